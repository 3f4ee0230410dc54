//! Requests that were answered before, by the key that their sender gave them.

use giaoban_directory::PersonId;

use super::database::values;
use super::{Store, StoreError};

/// How long an answer is kept, in seconds.
const KEPT: i64 = 24 * 3600;

/// An answer as it went out.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The tag of what was changed.
    pub etag: Option<String>,
    /// The type of the body.
    pub kind: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// What is known of a key.
pub enum Known {
    /// Nothing: the request is to be carried out, and then [`Store::answer`]ed.
    New,
    /// The same request is being carried out.
    UnderWay,
    /// Another request had this key.
    Another,
    /// The same request was carried out.
    Answered(Answer),
}

type Row = (Vec<u8>, Option<i64>, Option<String>, Option<String>, Option<Vec<u8>>);

impl Store {
    /// Begins a request that its sender gave a key, or says what became of the one with this key.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn begin_answer(
        &self,
        person: PersonId,
        key: &str,
        fingerprint: &[u8],
        now: i64,
    ) -> Result<Known, StoreError> {
        let mut transaction = self.database.begin_ordered().await?;
        transaction.execute("DELETE FROM answered WHERE at < $1", values![now - KEPT]).await?;
        let put = "INSERT INTO answered (person, key, fingerprint, at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (person, key) DO NOTHING";
        let begun = transaction.execute(put, values![person.0, key, fingerprint, now]).await?;
        let find =
            "SELECT fingerprint, status, etag, kind, body FROM answered WHERE person = $1 AND key = $2";
        let (before, status, etag, kind, body): Row = transaction.one(find, values![person.0, key]).await?;
        transaction.commit().await?;
        if begun == 1 {
            return Ok(Known::New);
        }
        if before != fingerprint {
            return Ok(Known::Another);
        }
        let Some(status) = status else { return Ok(Known::UnderWay) };
        let status = u16::try_from(status).map_err(|_| StoreError::Unreadable { what: "answer" })?;
        Ok(Known::Answered(Answer { status, etag, kind, body: body.unwrap_or_default() }))
    }

    /// Keeps what a request was answered; without an answer it may be sent again.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn answer(
        &self,
        person: PersonId,
        key: &str,
        answer: Option<&Answer>,
    ) -> Result<(), StoreError> {
        let done = match answer {
            Some(answer) => {
                let put = "UPDATE answered SET status = $1, etag = $2, kind = $3, body = $4 \
                           WHERE person = $5 AND key = $6";
                let values = values![
                    i64::from(answer.status),
                    answer.etag.as_deref(),
                    answer.kind.as_deref(),
                    answer.body.as_slice(),
                    person.0,
                    key
                ];
                self.database.execute(put, values).await
            }
            None => {
                let forget = "DELETE FROM answered WHERE person = $1 AND key = $2 AND status IS NULL";
                self.database.execute(forget, values![person.0, key]).await
            }
        };
        done.map(drop)
    }

    /// Forgets requests that were under way when the process before ended: nobody answers them any more.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_unanswered(&self) -> Result<(), StoreError> {
        self.database.execute("DELETE FROM answered WHERE status IS NULL", values![]).await.map(drop)
    }
}
