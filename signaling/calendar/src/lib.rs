//! The calendar: rooms with their rules, the templates they are made from, and what is booked in them.
//!
//! A pure core, beside the directory and built on it: it is told the day, it has no clock, no disk, no sockets.
//! [`Calendar::decide`] turns a command into changes or a refusal; whoever keeps the changes hands them to
//! [`Calendar::apply`].
#![forbid(unsafe_code)]

mod authority;
mod booking;
mod calendar;
mod command;
mod conflict;
mod decide;
mod doorway;
mod ics;
mod label;
mod recurrence;
mod refusal;
mod roll;
mod room;
mod template;
mod time;

pub use authority::is_cleared;
pub use booking::{
    Booking, BookingId, Exception, Expected, Instance, MAX_EXPECTED, MAX_MINUTES, MAX_OPENS_BEFORE, OVERRUN,
    Plan,
};
pub use calendar::{Calendar, World};
pub use command::{Change, Command, Subject};
pub use conflict::{Alternatives, Conflict, Shared};
pub use doorway::Doorway;
pub use ics::{Event, write_calendar};
pub use label::{Allowance, Classification, allowance};
pub use recurrence::MAX_INSTANCES;
pub use refusal::Refusal;
pub use roll::{Attendance, Called, Line, Roll, Stay};
pub use room::{
    Joiners, Lobby, MAX_CAPACITY, MAX_DEPUTIES, MAX_JOINERS, Opening, Room, RoomId, RoomKind, Rules, Standing,
};
pub use template::{Template, TemplateId};
pub use time::{LocalTime, Moment, TimeError, Zone};

#[cfg(test)]
mod tests;
