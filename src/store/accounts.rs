//! Accounts, the links that make them, and sessions. Of links and sessions only hashes are kept.

use giaoban_directory::PersonId;
use giaoban_directory::sign_in::{ACCOUNT_LINK_LIFETIME, SESSION_LIFETIME, session_lives};

use super::acts::{self, NewAct};
use super::database::{Transaction, values};
use super::{Store, StoreError, row};
use crate::secret::SecretHash;

/// How exactly a session's last use is known, in seconds; finer would cost a write for each request.
const USE_IS_NOTED_EVERY: i64 = 60;

/// A person's account. No `Debug`.
pub struct Account {
    /// Whose.
    pub person: PersonId,
    /// The name to sign in with.
    pub login: String,
    /// The password's hash, in PHC form.
    pub password: String,
    /// The secret of one-time codes, if they are asked for.
    pub totp: Option<Vec<u8>>,
    /// The last time step whose code was used.
    pub totp_step: i64,
}

/// What came of setting a password by a link.
#[derive(Debug, PartialEq, Eq)]
pub enum Activated {
    /// It is set.
    Done(PersonId),
    /// There is no such link any more.
    NoLink,
    /// Another person signs in with this name.
    LoginTaken,
}

type AccountRow = (i64, String, String, Option<Vec<u8>>, i64);

impl Store {
    /// The account with a name to sign in with.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn account_by_login(&self, login: &str) -> Result<Option<Account>, StoreError> {
        let find = "SELECT person, login, password, totp, totp_step FROM accounts WHERE login = $1";
        self.database.optional(find, values![login]).await?.map(account).transpose()
    }

    /// A person's account.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn account(&self, person: PersonId) -> Result<Option<Account>, StoreError> {
        let find = "SELECT person, login, password, totp, totp_step FROM accounts WHERE person = $1";
        self.database.optional(find, values![person.0]).await?.map(account).transpose()
    }

    /// Keeps the hash of a link by which a person sets a password, in the place of earlier ones.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_account_link(
        &self,
        person: PersonId,
        link: SecretHash,
        now: i64,
        act: NewAct,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin_ordered().await?;
        let forget = "DELETE FROM account_links WHERE person = $1 OR expires_at <= $2";
        transaction.execute(forget, values![person.0, now]).await?;
        let put = "INSERT INTO account_links (hash, person, expires_at) VALUES ($1, $2, $3)";
        transaction
            .execute(put, values![link.as_bytes(), person.0, now.saturating_add(ACCOUNT_LINK_LIFETIME)])
            .await?;
        acts::append(&mut transaction, &[act]).await?;
        transaction.commit().await
    }

    /// Whose password a link may set.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn find_account_link(
        &self,
        link: SecretHash,
        now: i64,
    ) -> Result<Option<PersonId>, StoreError> {
        let find = "SELECT person FROM account_links WHERE hash = $1 AND expires_at > $2";
        let found: Option<(i64,)> = self.database.optional(find, values![link.as_bytes(), now]).await?;
        found.map(|(person,)| row::id(person).map(PersonId)).transpose()
    }

    /// Uses a link up: sets name and password, ends one-time codes and all sessions of the person.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn activate(
        &self,
        link: SecretHash,
        login: &str,
        password: &str,
        now: i64,
        act: impl FnOnce(PersonId) -> NewAct,
    ) -> Result<Activated, StoreError> {
        let mut transaction = self.database.begin_ordered().await?;
        let take = "DELETE FROM account_links WHERE hash = $1 AND expires_at > $2 RETURNING person";
        let taken: Option<(i64,)> = transaction.optional(take, values![link.as_bytes(), now]).await?;
        let Some((person,)) = taken else { return Ok(Activated::NoLink) };
        let other = "SELECT person FROM accounts WHERE login = $1 AND person <> $2";
        if transaction.optional::<(i64,)>(other, values![login, person]).await?.is_some() {
            return Ok(Activated::LoginTaken);
        }
        let put = "INSERT INTO accounts (person, login, password, totp, totp_step) VALUES ($1, $2, $3, NULL, 0) \
                   ON CONFLICT (person) DO UPDATE SET login = excluded.login, password = excluded.password, \
                   totp = NULL, totp_step = 0";
        transaction.execute(put, values![person, login, password]).await?;
        transaction.execute("DELETE FROM sessions WHERE person = $1", values![person]).await?;
        let person = PersonId(row::id(person)?);
        acts::append(&mut transaction, &[act(person)]).await?;
        transaction.commit().await?;
        Ok(Activated::Done(person))
    }

    /// Opens a session in the place of the one presented, if any. `step` is the time step of the code given; false if
    /// that step's code was used before.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn open_session(
        &self,
        person: PersonId,
        (fresh, presented): (SecretHash, Option<SecretHash>),
        step: Option<i64>,
        now: i64,
        act: NewAct,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.database.begin_ordered().await?;
        if let Some(step) = step {
            let take = "UPDATE accounts SET totp_step = $1 WHERE person = $2 AND totp_step < $1";
            if transaction.execute(take, values![step, person.0]).await? == 0 {
                return Ok(false);
            }
        }
        let old = now.saturating_sub(SESSION_LIFETIME);
        let presented = presented.as_ref().map(SecretHash::as_bytes).unwrap_or_default();
        let forget = "DELETE FROM sessions WHERE hash = $1 OR created_at <= $2";
        transaction.execute(forget, values![presented, old]).await?;
        let put = "INSERT INTO sessions (hash, person, created_at, used_at) VALUES ($1, $2, $3, $3)";
        transaction.execute(put, values![fresh.as_bytes(), person.0, now]).await?;
        acts::append(&mut transaction, &[act]).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Whose session this is, if it lives; it has then been used now.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn use_session(&self, session: SecretHash, now: i64) -> Result<Option<PersonId>, StoreError> {
        let find = "SELECT person, created_at, used_at FROM sessions WHERE hash = $1";
        let found: Option<(i64, i64, i64)> =
            self.database.optional(find, values![session.as_bytes()]).await?;
        let Some((person, _, used)) = found.filter(|(_, created, used)| session_lives(*created, *used, now))
        else {
            return Ok(None);
        };
        if used.saturating_add(USE_IS_NOTED_EVERY) <= now {
            let note = "UPDATE sessions SET used_at = $1 WHERE hash = $2";
            self.database.execute(note, values![now, session.as_bytes()]).await?;
        }
        row::id(person).map(PersonId).map(Some)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn close_session(&self, session: SecretHash, act: NewAct) -> Result<(), StoreError> {
        let mut transaction = self.database.begin_ordered().await?;
        transaction.execute("DELETE FROM sessions WHERE hash = $1", values![session.as_bytes()]).await?;
        acts::append(&mut transaction, &[act]).await?;
        transaction.commit().await
    }

    /// Ends all sessions of a person.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn close_sessions(&self, person: PersonId, act: NewAct) -> Result<(), StoreError> {
        let mut transaction = self.database.begin_ordered().await?;
        close_others(&mut transaction, person, None).await?;
        acts::append(&mut transaction, &[act]).await?;
        transaction.commit().await
    }

    /// Sets another password and ends all sessions of the person but the one given.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn set_password(
        &self,
        person: PersonId,
        password: &str,
        keep: SecretHash,
        act: NewAct,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin_ordered().await?;
        let set = "UPDATE accounts SET password = $1 WHERE person = $2";
        transaction.execute(set, values![password, person.0]).await?;
        close_others(&mut transaction, person, Some(keep)).await?;
        acts::append(&mut transaction, &[act]).await?;
        transaction.commit().await
    }

    /// Sets the secret of one-time codes; `step` is that of the code that proved it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn set_totp(
        &self,
        person: PersonId,
        (secret, step): (&[u8], i64),
        keep: SecretHash,
        act: NewAct,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin_ordered().await?;
        let set = "UPDATE accounts SET totp = $1, totp_step = $2 WHERE person = $3";
        transaction.execute(set, values![secret, step, person.0]).await?;
        close_others(&mut transaction, person, Some(keep)).await?;
        acts::append(&mut transaction, &[act]).await?;
        transaction.commit().await
    }
}

async fn close_others(
    transaction: &mut Transaction,
    person: PersonId,
    keep: Option<SecretHash>,
) -> Result<(), StoreError> {
    let keep = keep.as_ref().map(SecretHash::as_bytes).unwrap_or_default();
    let close = "DELETE FROM sessions WHERE person = $1 AND hash <> $2";
    transaction.execute(close, values![person.0, keep]).await.map(drop)
}

fn account((person, login, password, totp, totp_step): AccountRow) -> Result<Account, StoreError> {
    Ok(Account { person: PersonId(row::id(person)?), login, password, totp, totp_step })
}
