//! Bookings: what is planned in a room, once or again and again.

use std::collections::BTreeMap;

use giaoban_directory::{Date, Directory, Person, PersonId, Text, UnitId};
use serde::{Deserialize, Serialize};

use crate::room::RoomId;
use crate::time::{LocalTime, Moment, Zone};

/// A booking's number, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BookingId(pub u32);

/// Lines of who is expected at most.
pub const MAX_EXPECTED: usize = 500;

/// The longest briefing, in minutes.
pub const MAX_MINUTES: u16 = 24 * 60;

/// The earliest that a door opens, in minutes before the start.
pub const MAX_OPENS_BEFORE: u16 = 24 * 60;

/// How long a door stays open after the end, in minutes: briefings overrun, and whoever lost his line comes back.
pub const OVERRUN: i64 = 120;

/// Who is expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Expected {
    /// A unit: one of its people, or its site.
    Unit {
        /// Which.
        unit: UnitId,
    },
    /// A unit and each unit below it.
    Subtree {
        /// The unit at the top.
        unit: UnitId,
    },
    /// A person.
    Person {
        /// Who.
        person: PersonId,
    },
}

/// What an administrator decides about a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The room.
    pub room: RoomId,
    /// What it is about.
    pub title: Text,
    /// The start, by the clocks of the zone; of a series the first.
    pub start: LocalTime,
    /// Those clocks.
    pub zone: Zone,
    /// How long, in minutes.
    pub minutes: u16,
    /// How it recurs: an RRULE's value (RFC 5545 §3.3.10). None: it does not.
    pub recurrence: Option<String>,
    /// Who is expected.
    pub expected: Vec<Expected>,
    /// Who leads; none is the room's chair.
    pub chair: Option<PersonId>,
    /// How many minutes before the start the door opens.
    pub opens_before: u16,
}

/// How one instance differs from the series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Exception {
    /// It does not take place.
    Cancelled,
    /// It takes place at another time.
    Moved {
        /// The start, by the clocks of the booking's zone.
        start: LocalTime,
        /// How long, in minutes.
        minutes: u16,
    },
}

/// A booking. Never deleted: one that is off is cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// Its number.
    pub id: BookingId,
    /// Counts its changes, from 1.
    pub revision: u32,
    /// What was decided.
    pub plan: Plan,
    /// The instances that differ, by the start they would have had.
    pub exceptions: BTreeMap<LocalTime, Exception>,
    /// None of it takes place.
    pub cancelled: bool,
}

/// One meeting of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instance {
    /// When it begins.
    pub start: Moment,
    /// When it shall be over.
    pub end: Moment,
    /// Of which booking.
    pub booking: BookingId,
    /// The start it has by the series.
    pub original: LocalTime,
    /// It is at another time than by the series.
    pub moved: bool,
}

impl Instance {
    /// Whether it shares a moment with another.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// From when and until when the door is open for it.
    #[must_use]
    pub fn door(&self, opens_before: u16) -> (Moment, Moment) {
        (self.start.plus_minutes(-i64::from(opens_before)), self.end.plus_minutes(OVERRUN))
    }
}

impl Plan {
    /// Whether a person is expected on a day.
    #[must_use]
    pub fn expects(&self, person: &Person, directory: &Directory, day: Date) -> bool {
        let place = person.unit_at(day);
        self.chair == Some(person.id)
            || self.expected.iter().any(|expected| match expected {
                Expected::Person { person: one } => *one == person.id,
                Expected::Unit { unit } => place == Some(*unit),
                Expected::Subtree { unit } => {
                    place.is_some_and(|place| directory.is_within(place, *unit, day))
                }
            })
    }
}
