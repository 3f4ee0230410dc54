//! Addresses of personal calendars.

use std::time::SystemTime;

use giaoban_directory::{ActContent, PersonId};

use super::acts::{self, By, milliseconds};
use super::database::values;
use super::row;
use super::{Store, StoreError};
use crate::secret::SecretHash;

impl Store {
    /// Gives a person's calendar an address, in the place of the one that it had; without one it has none any more.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn set_feed(&self, person: PersonId, feed: Option<SecretHash>) -> Result<(), StoreError> {
        let mut transaction = self.database.begin_ordered().await?;
        let ended = transaction.execute("DELETE FROM feeds WHERE person = $1", values![person.0]).await?;
        if let Some(feed) = &feed {
            let put = "INSERT INTO feeds (person, hash, created_at) VALUES ($1, $2, $3)";
            let now = milliseconds(SystemTime::now()) / 1000;
            transaction.execute(put, values![person.0, feed.as_bytes(), now]).await?;
        }
        let content = if feed.is_some() { ActContent::FeedMade } else { ActContent::FeedEnded };
        if feed.is_some() || ended > 0 {
            let by = By { actor: Some(person), unit: None };
            acts::append(&mut transaction, &[by.act(content)]).await?;
        }
        transaction.commit().await
    }

    /// Whose calendar an address shows.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn find_feed(&self, feed: SecretHash) -> Result<Option<PersonId>, StoreError> {
        let find = "SELECT person FROM feeds WHERE hash = $1";
        let found: Option<(i64,)> = self.database.optional(find, values![feed.as_bytes()]).await?;
        found.map(|(person,)| row::id(person).map(PersonId)).transpose()
    }
}
