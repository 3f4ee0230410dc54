//! The store: rooms, seats with their links, durable state, resume secrets. SQLite, one file.

mod record;
mod row;
mod schema;

pub use row::{Admission, LinkRow, NewSeat, RoomRow};

use std::path::Path;
use std::time::{Duration, SystemTime};

use giaoban_media_types::{ConferenceId, MemberId};
use giaoban_signaling::conference::Durable;
use giaoban_signaling::wire::RoomInfo;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::registry::SeatRef;
use crate::secret::SecretHash;

/// How long a resume secret lives. A briefing is shorter; the link itself outlives it.
const RESUME_LIFETIME: Duration = Duration::from_secs(12 * 3600);

/// Why the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or cannot be reached.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The database file cannot be made.
    #[error("cannot make the database: {0}")]
    File(#[from] std::io::Error),
    /// A row that this version cannot read.
    #[error("the database holds a {what} that this version cannot read; use the version that wrote it")]
    Unreadable {
        /// What.
        what: &'static str,
    },
}

/// The database. Cheap to clone; calls are carried out one after the other.
#[derive(Clone)]
pub struct Store {
    pool: SqlitePool,
}

impl Store {
    /// Opens the database and brings its tables up to date. Its file is readable by its owner alone.
    ///
    /// # Errors
    /// If the file cannot be used or was written by a later version.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        use std::os::unix::fs::OpenOptionsExt;
        // SQLite gives its other files the mode of this one.
        std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            // What was confirmed survives a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        // One connection: calls are served in the order they came, and none sees the database locked.
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        schema::migrate(&pool).await?;
        Ok(Self { pool })
    }

    /// Writes what is still in memory and closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Every room with its living seats, in the order they were made.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn rooms(&self) -> Result<Vec<RoomRow>, StoreError> {
        let rows = sqlx::query_as("SELECT id, slug, title, classification, durable FROM rooms ORDER BY id");
        let mut rooms = Vec::new();
        for raw in rows.fetch_all(&self.pool).await? {
            let mut room = row::room(raw)?;
            let seats = "SELECT id, name, role FROM seats WHERE room = $1 AND revoked_at IS NULL ORDER BY id";
            let seats = sqlx::query_as(seats).bind(room.conference.0).fetch_all(&self.pool).await?;
            room.seats = seats.into_iter().map(row::seat).collect::<Result<_, _>>()?;
            rooms.push(room);
        }
        Ok(rooms)
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
        let mut transaction = self.pool.begin().await?;
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO rooms (slug, title, classification, durable) VALUES ($1, $2, $3, $4) RETURNING id",
        )
        .bind(slug)
        .bind(&info.title)
        .bind(row::to_text(&info.classification)?)
        .bind(record::to_json(&record::fresh())?)
        .fetch_one(&mut *transaction)
        .await?;
        let conference = ConferenceId(row::id(id)?);
        let mut members = Vec::new();
        for seat in seats {
            members.push(insert_seat(&mut transaction, conference, seat).await?);
        }
        transaction.commit().await?;
        Ok((conference, members))
    }

    /// Makes a seat with its link.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn add_seat(&self, conference: ConferenceId, seat: &NewSeat) -> Result<MemberId, StoreError> {
        let mut connection = self.pool.acquire().await?;
        insert_seat(&mut connection, conference, seat).await
    }

    /// Every link ever made, without its secret.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn links(&self) -> Result<Vec<LinkRow>, StoreError> {
        let rows = "SELECT seats.id, seats.room, rooms.title, seats.name, seats.role, seats.revoked_at \
                    FROM seats JOIN rooms ON rooms.id = seats.room ORDER BY seats.id";
        let rows = sqlx::query_as(rows).fetch_all(&self.pool).await?;
        rows.into_iter().map(row::link).collect()
    }

    /// Whose link this is, if it is alive.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn find_link(&self, link: SecretHash) -> Result<Option<Admission>, StoreError> {
        let found =
            "SELECT link_hash, room, id, name, role FROM seats WHERE link_hash = $1 AND revoked_at IS NULL";
        let found = sqlx::query_as(found).bind(link.as_bytes()).fetch_optional(&self.pool).await?;
        found.map(row::admission).transpose().map(|found| found.filter(|found| found.link.verify(&link)))
    }

    /// Ends a link for good, and with it the seat's resume secrets. Returns its room if it was alive.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn revoke(&self, member: MemberId) -> Result<Option<ConferenceId>, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let room: Option<i64> = sqlx::query_scalar(
            "UPDATE seats SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL RETURNING room",
        )
        .bind(seconds(SystemTime::now()))
        .bind(member.0)
        .fetch_optional(&mut *transaction)
        .await?;
        sqlx::query("DELETE FROM resumes WHERE seat = $1").bind(member.0).execute(&mut *transaction).await?;
        transaction.commit().await?;
        room.map(row::id).transpose().map(|room| room.map(ConferenceId))
    }

    /// Ends the seat's resume secrets; its link lives.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_resumes(&self, member: MemberId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM resumes WHERE seat = $1").bind(member.0).execute(&self.pool).await?;
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
        let found: Option<(i64, i64)> = sqlx::query_as(
            "SELECT seats.room, seats.id FROM resumes JOIN seats ON seats.id = resumes.seat \
             WHERE resumes.hash = $1 AND resumes.expires_at > $2 AND seats.revoked_at IS NULL",
        )
        .bind(secret.as_bytes())
        .bind(seconds(now))
        .fetch_optional(&self.pool)
        .await?;
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
        let mut transaction = self.pool.begin().await?;
        sqlx::query("DELETE FROM resumes WHERE (seat = $1 AND hash <> $2) OR expires_at <= $3")
            .bind(member.0)
            .bind(presented)
            .bind(seconds(now))
            .execute(&mut *transaction)
            .await?;
        let kept = sqlx::query(
            "INSERT INTO resumes (hash, seat, expires_at) \
             SELECT $1, id, $2 FROM seats WHERE id = $3 AND revoked_at IS NULL",
        )
        .bind(fresh.as_bytes())
        .bind(seconds(now + RESUME_LIFETIME))
        .bind(member.0)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(kept.rows_affected() == 1)
    }

    /// Keeps the durable part of a conference.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn save(&self, conference: ConferenceId, durable: &Durable) -> Result<(), StoreError> {
        sqlx::query("UPDATE rooms SET durable = $1 WHERE id = $2")
            .bind(record::to_json(durable)?)
            .bind(conference.0)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

async fn insert_seat(
    connection: &mut sqlx::SqliteConnection,
    conference: ConferenceId,
    seat: &NewSeat,
) -> Result<MemberId, StoreError> {
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO seats (room, name, role, link_hash, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
    )
    .bind(conference.0)
    .bind(&seat.name)
    .bind(row::to_text(&seat.role)?)
    .bind(seat.link.as_bytes())
    .bind(seconds(SystemTime::now()))
    .fetch_one(connection)
    .await?;
    row::id(id).map(MemberId)
}

fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
