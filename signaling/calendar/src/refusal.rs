//! Why a command is not carried out.

use crate::booking::{MAX_EXPECTED, MAX_MINUTES};
use crate::recurrence::MAX_INSTANCES;
use crate::room::{MAX_CAPACITY, MAX_DEPUTIES, MAX_JOINERS};

/// A refusal. What an administrator may not see is said not to exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// What the directory says.
    #[error(transparent)]
    Directory(#[from] giaoban_directory::Refusal),
    /// No room with this number, or none that the actor may see.
    #[error("there is no such room")]
    NoSuchRoom,
    /// No template with this number, or none that the actor may see.
    #[error("there is no such template")]
    NoSuchTemplate,
    /// The room is closed, the template retired.
    #[error("it is closed already")]
    Closed,
    /// The actor is not cleared for what he would read or make.
    #[error("this is above your own clearance")]
    AboveClearance,
    /// Who shall lead is not cleared for the room.
    #[error("chair and deputies are cleared for the room's classification")]
    LeaderNotCleared,
    /// The same person twice, or too many.
    #[error("chair and deputies are different people, {MAX_DEPUTIES} deputies at most")]
    BadLeaders,
    /// The lobby is laxer than the classification allows.
    #[error("the classification asks for a stricter lobby")]
    LobbyTooLax,
    /// No places, or too many.
    #[error("a room has 1 to {MAX_CAPACITY} places")]
    BadCapacity,
    /// Too many lines of who may join.
    #[error("at most {MAX_JOINERS} lines say who may join")]
    TooManyJoiners,
    /// No booking with this number, or none that the actor may see.
    #[error("there is no such booking")]
    NoSuchBooking,
    /// The series has no meeting at that time.
    #[error("the series has no meeting at that time")]
    NoSuchInstance,
    /// Not a rule that is taken, or the start is not its first day.
    #[error(
        "a series recurs by days, weeks, months or years, and begins with its start; it has {MAX_INSTANCES} meetings at most"
    )]
    BadRecurrence,
    /// Too short, too long, or the door opens too early.
    #[error("a briefing takes 1 to {MAX_MINUTES} minutes, and its door opens no earlier before it")]
    BadLength,
    /// Too many lines of who is expected.
    #[error("at most {MAX_EXPECTED} lines say who is expected")]
    TooManyExpected,
    /// All of it lies in the past.
    #[error("all of it is over already")]
    Past,
    /// Something else is booked in the room, or for the chair, at that time.
    #[error("room or chair are taken at that time; choose another, or book it knowingly")]
    Conflict,
    /// What is booked in the room is not over.
    #[error("something is still booked in this room; cancel it first")]
    StillBooked,
    /// The chair put this person out.
    #[error("the chair put you out of this briefing")]
    PutOut,
    /// The classification allows no links.
    #[error("a room of this classification has no links: its people sign in")]
    NoLinks,
}
