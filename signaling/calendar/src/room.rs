//! Rooms.

use giaoban_directory::{Date, Directory, Person, PersonId, Text, UnitId};
use serde::{Deserialize, Serialize};

use crate::label::Classification;

/// A room's number, for good; its conference has the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoomId(pub u32);

/// Deputies of one room at most.
pub const MAX_DEPUTIES: usize = 10;

/// Lines of who may join at most.
pub const MAX_JOINERS: usize = 200;

/// Places of one room at most; what a gateway really holds is its own limit.
pub const MAX_CAPACITY: u16 = 5000;

/// What a room is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// Giao ban: units report to their commander.
    Briefing,
    /// Chỉ huy: a command post that is always at work.
    Command,
    /// Phổ biến: one speaks, all listen.
    Lecture,
}

/// Whom the door lets in by itself. From lax to strict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lobby {
    /// Whoever may join.
    Open,
    /// The expected; the others wait for the chair.
    Expected,
    /// Nobody but chair and deputies: all others wait for the chair.
    Chair,
}

/// When the door is open at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opening {
    /// Always.
    Always,
    /// Around what is booked in it.
    Booked,
}

/// How long a room is meant to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Until it is closed.
    Permanent,
    /// For one meeting.
    OneTime,
}

/// People who may join: those of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Joiners {
    /// The unit.
    pub unit: UnitId,
    /// And of all units below it.
    pub below: bool,
    /// Only those with this duty (chức vụ).
    pub duty: Option<Text>,
    /// Only those cleared this far; never less than the room's classification.
    pub clearance: Option<Classification>,
}

/// What an administrator decides about a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Its title.
    pub title: Text,
    /// What it is for.
    pub kind: RoomKind,
    /// How secret it is.
    pub classification: Classification,
    /// The unit that owns it; none is the whole organisation.
    pub unit: Option<UnitId>,
    /// Places; none is as many as the gateway holds. Chairs take none.
    pub capacity: Option<u16>,
    /// Whom the door lets in by itself.
    pub lobby: Lobby,
    /// When the door is open.
    pub opening: Opening,
    /// How long it is meant to stand.
    pub standing: Standing,
    /// Who may join, beside chair, deputies and the expected of its bookings. Empty: the people of the owning unit and
    /// below it.
    pub joiners: Vec<Joiners>,
    /// Who leads.
    pub chair: Option<PersonId>,
    /// Who leads when the chair is gone, in this order.
    pub deputies: Vec<PersonId>,
}

/// A room. Never deleted: one that is no more is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Its number.
    pub id: RoomId,
    /// Counts its changes, from 1.
    pub revision: u32,
    /// What was decided about it.
    pub rules: Rules,
    /// It opens no more.
    pub closed: bool,
}

impl Rules {
    /// Whether a person may join on a day: cleared, and leading or named by the rules.
    #[must_use]
    pub fn admits(&self, person: &Person, directory: &Directory, day: Date) -> bool {
        person.details.clearance >= self.classification
            && (self.is_led_by(person.id) || self.names(person, directory, day))
    }

    /// Whether a person is chair or deputy.
    #[must_use]
    pub fn is_led_by(&self, person: PersonId) -> bool {
        self.chair == Some(person) || self.deputies.contains(&person)
    }

    fn names(&self, person: &Person, directory: &Directory, day: Date) -> bool {
        let Some(unit) = person.unit_at(day) else { return false };
        if self.joiners.is_empty() {
            return self.unit.is_none_or(|owner| directory.is_within(unit, owner, day));
        }
        self.joiners.iter().any(|joiners| {
            let inside =
                unit == joiners.unit || (joiners.below && directory.is_within(unit, joiners.unit, day));
            let has_duty = joiners.duty.as_ref().is_none_or(|duty| person.details.duty == *duty);
            inside && has_duty && joiners.clearance.is_none_or(|least| person.details.clearance >= least)
        })
    }
}
