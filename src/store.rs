//! The store: rooms, seats with their links, durable state, resume secrets. SQLite in one file, or PostgreSQL.

mod accounts;
mod acts;
mod answered;
mod attendance;
pub mod backup;
mod calendar;
mod database;
mod directory;
mod feeds;
pub mod health;
mod record;
mod row;
mod schema;

pub use accounts::{Account, Activated};
pub use acts::{ActRow, By, NewAct, Verdict, milliseconds};
pub use answered::{Answer, Known};
pub use attendance::PersonSeat;
pub use backup::BackupError;
pub use health::{Health, Tables};
pub use row::{Admission, LinkRow, NewSeat, RoomRow};

use std::path::Path;
use std::time::{Duration, SystemTime};

use giaoban_directory::ActContent;
use giaoban_media_types::{ConferenceId, MemberId};
use giaoban_signaling::conference::Durable;
use giaoban_signaling::wire::RoomInfo;

use self::database::{Database, Transaction, values};
use crate::config::DatabaseUrl;
use crate::registry::SeatRef;
use crate::secret::SecretHash;

/// SQLite's file in the data directory.
const FILE: &str = "giaoban.db";

/// How long a resume secret lives. A briefing is shorter; the link itself outlives it.
const RESUME_LIFETIME: Duration = Duration::from_secs(12 * 3600);

/// Why the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or cannot be reached.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The database file cannot be made or opened.
    #[error("cannot open the database: {0}")]
    File(#[from] std::io::Error),
    /// The work was broken off by the gateway's own end.
    #[error("the gateway is going down")]
    Stopped,
    /// A row that this version cannot read.
    #[error("the database holds a {what} that this version cannot read; use the version that wrote it")]
    Unreadable {
        /// What.
        what: &'static str,
    },
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    database: Database,
}

impl Store {
    /// Opens the configured database: PostgreSQL by its URL, else SQLite in the data directory.
    ///
    /// # Errors
    /// See [`Store::open`] and [`Store::connect`].
    pub async fn at(url: Option<&DatabaseUrl>, data: &Path) -> Result<Self, StoreError> {
        match url {
            Some(url) => Self::connect(url.as_str()).await,
            None => Self::open(&data.join(FILE)).await,
        }
    }

    /// The configured database as it is: nothing is made and no table is changed, so a gateway may be running on it.
    ///
    /// # Errors
    /// If there is none, or its tables are of another version.
    pub async fn existing(url: Option<&DatabaseUrl>, data: &Path) -> Result<Self, StoreError> {
        let database = match url {
            Some(url) => Database::connect(url.as_str()).await?,
            None => {
                std::fs::metadata(data.join(FILE))?;
                Database::open_file(&data.join(FILE)).await?
            }
        };
        if !schema::is_current(&database).await? {
            return Err(StoreError::Unreadable { what: "table" });
        }
        Ok(Self { database })
    }

    /// Opens an SQLite file and brings its tables up to date. The file is readable by its owner alone.
    ///
    /// # Errors
    /// If the file cannot be used or was written by a later version.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::with(Database::open_file(path).await?).await
    }

    /// Connects to a PostgreSQL database and brings its tables up to date.
    ///
    /// # Errors
    /// If the database cannot be reached or was written by a later version.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::with(Database::connect(url).await?).await
    }

    async fn with(database: Database) -> Result<Self, StoreError> {
        schema::migrate(&database).await?;
        Ok(Self { database })
    }

    /// Writes what is still in memory and lets go of the database.
    pub async fn close(&self) {
        self.database.close().await;
    }

    /// Every room with its living seats, in the order they were made.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn rooms(&self) -> Result<Vec<RoomRow>, StoreError> {
        let rows = "SELECT id, title, classification, durable, closed FROM rooms ORDER BY id";
        let mut rooms = Vec::new();
        for raw in self.database.all(rows, values![]).await? {
            let mut room = row::room(raw)?;
            let seats =
                "SELECT id, name, role, until FROM seats WHERE room = $1 AND revoked_at IS NULL ORDER BY id";
            let seats = self.database.all(seats, values![room.conference.0]).await?;
            room.seats = seats.into_iter().map(row::seat).collect::<Result<_, _>>()?;
            rooms.push(room);
        }
        Ok(rooms)
    }

    /// What a room is called in addresses.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn slug(&self, conference: ConferenceId) -> Result<Option<String>, StoreError> {
        let find = "SELECT slug FROM rooms WHERE id = $1";
        let found: Option<(String,)> = self.database.optional(find, values![conference.0]).await?;
        Ok(found.map(|(slug,)| slug))
    }

    /// Makes a room with its first seats, all or nothing. Returns its id and the seats' in their order.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn create_room(
        &self,
        slug: &str,
        info: &RoomInfo,
        seats: &[NewSeat],
    ) -> Result<(ConferenceId, Vec<MemberId>), StoreError> {
        let mut transaction = self.database.begin().await?;
        let insert =
            "INSERT INTO rooms (slug, title, classification, durable) VALUES ($1, $2, $3, $4) RETURNING id";
        let values = values![
            slug,
            &info.title,
            row::to_text(&info.classification)?,
            record::to_json(&record::fresh())?
        ];
        let (id,) = transaction.one(insert, values).await?;
        let conference = ConferenceId(row::id(id)?);
        let mut members = Vec::new();
        for seat in seats {
            members.push(insert_seat(&mut transaction, conference, seat, By::default()).await?);
        }
        transaction.commit().await?;
        Ok((conference, members))
    }

    /// Makes a seat with its link.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn add_seat(
        &self,
        conference: ConferenceId,
        seat: &NewSeat,
        by: By,
    ) -> Result<MemberId, StoreError> {
        let mut transaction = self.database.begin_ordered().await?;
        let member = insert_seat(&mut transaction, conference, seat, by).await?;
        transaction.commit().await?;
        Ok(member)
    }

    /// Every link ever made, without its secret.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn links(&self) -> Result<Vec<LinkRow>, StoreError> {
        let rows = "SELECT seats.id, seats.room, rooms.title, seats.name, seats.role, seats.revoked_at, seats.until \
                    FROM seats JOIN rooms ON rooms.id = seats.room WHERE seats.person IS NULL ORDER BY seats.id";
        self.database.all(rows, values![]).await?.into_iter().map(row::link).collect()
    }

    /// The living seats of a room that are entered by a link.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn link_seats(&self, conference: ConferenceId) -> Result<Vec<MemberId>, StoreError> {
        let rows =
            "SELECT id FROM seats WHERE room = $1 AND person IS NULL AND revoked_at IS NULL ORDER BY id";
        let rows: Vec<(i64,)> = self.database.all(rows, values![conference.0]).await?;
        rows.into_iter().map(|(id,)| row::id(id).map(MemberId)).collect()
    }

    /// Whose link this is, if it is alive.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn find_link(&self, link: SecretHash) -> Result<Option<Admission>, StoreError> {
        let found = "SELECT seats.link_hash, seats.room, seats.id, seats.name, seats.role, seats.until FROM seats \
             JOIN rooms ON rooms.id = seats.room \
             WHERE seats.link_hash = $1 AND seats.revoked_at IS NULL AND rooms.closed = 0";
        let found = self.database.optional(found, values![link.as_bytes()]).await?;
        found.map(row::admission).transpose().map(|found| found.filter(|found| found.link.verify(&link)))
    }

    /// Ends a link for good, and with it the seat's resume secrets. Returns its room if it was alive.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn revoke(&self, member: MemberId, by: By) -> Result<Option<ConferenceId>, StoreError> {
        let mut transaction = self.database.begin_ordered().await?;
        let revoke = "UPDATE seats SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL RETURNING room";
        let values = values![seconds(SystemTime::now()), member.0];
        let room: Option<(i64,)> = transaction.optional(revoke, values).await?;
        transaction.execute("DELETE FROM resumes WHERE seat = $1", values![member.0]).await?;
        if room.is_some() {
            let content = ActContent::LinkRevoked { link: member.0 };
            acts::append(&mut transaction, &[by.act(content)]).await?;
        }
        transaction.commit().await?;
        room.map(|(room,)| row::id(room).map(ConferenceId)).transpose()
    }

    /// Ends the seat's resume secrets; its link lives.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_resumes(&self, member: MemberId) -> Result<(), StoreError> {
        self.database.execute("DELETE FROM resumes WHERE seat = $1", values![member.0]).await?;
        Ok(())
    }

    /// Whose resume secret this is, if it is alive.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn find_resume(
        &self,
        secret: SecretHash,
        now: SystemTime,
    ) -> Result<Option<SeatRef>, StoreError> {
        let find = "SELECT seats.room, seats.id FROM resumes JOIN seats ON seats.id = resumes.seat \
             JOIN rooms ON rooms.id = seats.room WHERE resumes.hash = $1 AND resumes.expires_at > $2 \
             AND seats.revoked_at IS NULL AND rooms.closed = 0";
        let values = values![secret.as_bytes(), seconds(now)];
        let found: Option<(i64, i64)> = self.database.optional(find, values).await?;
        found
            .map(|(room, seat)| {
                Ok(SeatRef { conference: ConferenceId(row::id(room)?), member: MemberId(row::id(seat)?) })
            })
            .transpose()
    }

    /// Puts a new resume secret in the place of a seat's others. The one just presented lives on beside it,
    /// until the new one is presented: the new one may be lost on the way. False if the seat is revoked.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn replace_resume(
        &self,
        member: MemberId,
        presented: Option<SecretHash>,
        fresh: SecretHash,
        now: SystemTime,
    ) -> Result<bool, StoreError> {
        let presented = presented.as_ref().map(SecretHash::as_bytes).unwrap_or_default();
        let mut transaction = self.database.begin().await?;
        let forget = "DELETE FROM resumes WHERE (seat = $1 AND hash <> $2) OR expires_at <= $3";
        transaction.execute(forget, values![member.0, presented, seconds(now)]).await?;
        let keep = "INSERT INTO resumes (hash, seat, expires_at) \
             SELECT $1, id, $2 FROM seats WHERE id = $3 AND revoked_at IS NULL";
        let values = values![fresh.as_bytes(), seconds(now + RESUME_LIFETIME), member.0];
        let kept = transaction.execute(keep, values).await?;
        transaction.commit().await?;
        Ok(kept == 1)
    }

    /// Keeps the durable part of a conference.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn save(&self, conference: ConferenceId, durable: &Durable) -> Result<(), StoreError> {
        let values = values![record::to_json(durable)?, conference.0];
        self.database.execute("UPDATE rooms SET durable = $1 WHERE id = $2", values).await?;
        Ok(())
    }
}

async fn insert_seat(
    transaction: &mut Transaction,
    conference: ConferenceId,
    seat: &NewSeat,
    by: By,
) -> Result<MemberId, StoreError> {
    let insert = "INSERT INTO seats (room, name, role, link_hash, created_at, until) \
                  VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
    let values = values![
        conference.0,
        &seat.name,
        row::to_text(&seat.role)?,
        seat.link.as_bytes(),
        seconds(SystemTime::now()),
        seat.until.and_then(|until| i64::try_from(until).ok())
    ];
    let (id,) = transaction.one(insert, values).await?;
    let member = MemberId(row::id(id)?);
    let content = ActContent::LinkMade { link: member.0, site: seat.name.clone() };
    acts::append(transaction, &[by.act(content)]).await?;
    Ok(member)
}

fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
