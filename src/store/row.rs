//! Rows, and what they mean.

use giaoban_media_types::{ConferenceId, MemberId};
use giaoban_signaling::conference::{Durable, Seat};
use giaoban_signaling::wire::{Role, RoomInfo};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{StoreError, record};
use crate::registry::SeatRef;
use crate::secret::SecretHash;

/// A room as stored.
pub struct RoomRow {
    /// Its conference.
    pub conference: ConferenceId,
    /// Title and classification.
    pub info: RoomInfo,
    /// What outlives the process.
    pub durable: Durable,
    /// Its living seats.
    pub seats: Vec<Seat>,
    /// It opens no more.
    pub closed: bool,
}

/// A seat to be made.
pub struct NewSeat {
    /// The site's name.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// The hash of its link's secret.
    pub link: SecretHash,
    /// Milliseconds since 1970 at which the link ends, if it does.
    pub until: Option<u64>,
}

/// What a good link opens.
pub struct Admission {
    /// The seat.
    pub seat: SeatRef,
    /// The site's name.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// When the link ends.
    pub until: Option<u64>,
    /// The stored hash.
    pub(super) link: SecretHash,
}

/// A link in a list.
pub struct LinkRow {
    /// Its number.
    pub member: MemberId,
    /// Its room.
    pub conference: ConferenceId,
    /// The room's title.
    pub room: String,
    /// The site's name.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// It was ended and opens nothing any more.
    pub revoked: bool,
    /// When it ends by itself.
    pub until: Option<u64>,
}

pub(super) fn room(
    (id, title, classification, durable, closed): (i64, String, String, String, i64),
) -> Result<RoomRow, StoreError> {
    Ok(RoomRow {
        conference: ConferenceId(self::id(id)?),
        info: RoomInfo { title, classification: from_text(&classification, "classification")? },
        durable: record::from_json(&durable)?,
        seats: Vec::new(),
        closed: closed != 0,
    })
}

pub(super) fn seat((id, name, role, until): (i64, String, String, Option<i64>)) -> Result<Seat, StoreError> {
    Ok(Seat {
        member: MemberId(self::id(id)?),
        name,
        role: from_text(&role, "role")?,
        until: until.map(time).transpose()?,
    })
}

/// Milliseconds since 1970.
fn time(time: i64) -> Result<u64, StoreError> {
    u64::try_from(time).map_err(|_| StoreError::Unreadable { what: "time" })
}

pub(super) fn link(
    (id, conference, room, name, role, revoked_at, until): (
        i64,
        i64,
        String,
        String,
        String,
        Option<i64>,
        Option<i64>,
    ),
) -> Result<LinkRow, StoreError> {
    Ok(LinkRow {
        member: MemberId(self::id(id)?),
        conference: ConferenceId(self::id(conference)?),
        room,
        name,
        role: from_text(&role, "role")?,
        revoked: revoked_at.is_some(),
        until: until.map(time).transpose()?,
    })
}

pub(super) fn admission(
    (link, room, id, name, role, until): (Vec<u8>, i64, i64, String, String, Option<i64>),
) -> Result<Admission, StoreError> {
    Ok(Admission {
        seat: SeatRef { conference: ConferenceId(self::id(room)?), member: MemberId(self::id(id)?) },
        name,
        role: from_text(&role, "role")?,
        until: until.map(time).transpose()?,
        link: SecretHash::from_bytes(&link).ok_or(StoreError::Unreadable { what: "link" })?,
    })
}

pub(super) fn id(id: i64) -> Result<u32, StoreError> {
    u32::try_from(id).map_err(|_| StoreError::Unreadable { what: "number" })
}

/// The wire's word for a plain value: the database and the wire name roles and classifications alike.
pub(super) fn to_text(value: &impl Serialize) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => Ok(text),
        _ => Err(StoreError::Unreadable { what: "value" }),
    }
}

pub(super) fn from_text<T: DeserializeOwned>(text: &str, what: &'static str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(text.to_owned()))
        .map_err(|_| StoreError::Unreadable { what })
}
