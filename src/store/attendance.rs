//! Seats of people who sign in, and who came and went.

use std::time::SystemTime;

use giaoban_calendar::{Attendance, Moment};
use giaoban_directory::{PersonId, UnitId};
use giaoban_media_types::{ConferenceId, MemberId};
use giaoban_signaling::wire::Role;

use super::acts::milliseconds;
use super::database::values;
use super::row::{self, to_text};
use super::{Store, StoreError};
use crate::secret::SecretHash;

/// The seat of a person who signs in.
pub struct PersonSeat {
    /// Who.
    pub person: PersonId,
    /// His unit today.
    pub unit: Option<UnitId>,
    /// What all see.
    pub name: String,
    /// His role.
    pub role: Role,
    /// The hash of the secret that opens it this time.
    pub link: SecretHash,
}

type AttendanceRow = (i64, i64, i64, String, Option<i64>, Option<i64>);

impl Store {
    /// Makes a person's seat in a room, or gives the one he has another secret, name and role.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn seat_person(
        &self,
        conference: ConferenceId,
        seat: &PersonSeat,
    ) -> Result<MemberId, StoreError> {
        let put = "INSERT INTO seats (room, name, role, link_hash, created_at, person, unit) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) \
                   ON CONFLICT (room, person) WHERE revoked_at IS NULL DO UPDATE SET name = excluded.name, \
                   role = excluded.role, link_hash = excluded.link_hash, unit = excluded.unit RETURNING id";
        let values = values![
            conference.0,
            &seat.name,
            to_text(&seat.role)?,
            seat.link.as_bytes(),
            milliseconds(SystemTime::now()) / 1000,
            seat.person.0,
            seat.unit.map(|unit| unit.0)
        ];
        let mut transaction = self.database.begin_ordered().await?;
        let (id,) = transaction.one(put, values).await?;
        transaction.commit().await?;
        row::id(id).map(MemberId)
    }

    /// The living seats of people in a room.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn people_seated(
        &self,
        conference: ConferenceId,
    ) -> Result<Vec<(MemberId, PersonId)>, StoreError> {
        let rows = "SELECT id, person FROM seats WHERE room = $1 AND person IS NOT NULL AND revoked_at IS NULL ORDER BY id";
        let rows: Vec<(i64, i64)> = self.database.all(rows, values![conference.0]).await?;
        rows.into_iter()
            .map(|(id, person)| Ok((MemberId(row::id(id)?), PersonId(row::id(person)?))))
            .collect()
    }

    /// Whether a person was put out of a room by its chair since a moment.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn was_removed(
        &self,
        conference: ConferenceId,
        person: PersonId,
        since: Moment,
    ) -> Result<bool, StoreError> {
        let find = "SELECT id FROM seats WHERE room = $1 AND person = $2 AND revoked_at >= $3 LIMIT 1";
        let values = values![conference.0, person.0, since.0];
        let found: Option<(i64,)> = self.database.optional(find, values).await?;
        Ok(found.is_some())
    }

    /// Writes down that a seat was taken or left.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_attendance(
        &self,
        conference: ConferenceId,
        member: MemberId,
        came: bool,
        at: i64,
    ) -> Result<(), StoreError> {
        let put = "INSERT INTO attendance (room, at, came, seat, name, person, unit) \
                   SELECT room, $1, $2, id, name, person, unit FROM seats WHERE id = $3 AND room = $4";
        self.database.execute(put, values![at, i32::from(came), member.0, conference.0]).await.map(drop)
    }

    /// Who came into a room and went between two moments, in the order of time.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn attendance(
        &self,
        conference: ConferenceId,
        from: Moment,
        to: Moment,
    ) -> Result<Vec<Attendance>, StoreError> {
        let rows = "SELECT seat, at, came, name, person, unit FROM attendance \
                    WHERE room = $1 AND at >= $2 AND at < $3 ORDER BY at, number";
        let values = values![conference.0, from.0.saturating_mul(1000), to.0.saturating_mul(1000)];
        let rows: Vec<AttendanceRow> = self.database.all(rows, values).await?;
        rows.into_iter()
            .map(|(seat, at, came, name, person, unit)| {
                Ok(Attendance {
                    seat: row::id(seat)?,
                    at: Moment(at.div_euclid(1000)),
                    came: came != 0,
                    name,
                    person: person.map(row::id).transpose()?.map(PersonId),
                    unit: unit.map(row::id).transpose()?.map(UnitId),
                })
            })
            .collect()
    }
}
