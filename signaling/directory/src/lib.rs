//! The organisation: units as a tree with effective dates, the people in them, and who administers what.
//!
//! A pure core: it is told the day, it has no clock, no disk, no sockets. [`Directory::decide`] turns a command into
//! changes or a refusal; whoever keeps the changes hands them to [`Directory::apply`].
#![forbid(unsafe_code)]

mod act;
mod appointment;
mod authority;
mod command;
mod date;
mod decide;
mod directory;
mod import;
mod person;
mod refusal;
mod text;
mod unit;

pub mod sign_in;

pub use act::{Act, ActContent};
pub use appointment::{Appointment, AppointmentId};
pub use authority::Actor;
pub use command::{Change, Command, Part, Subject};
pub use date::{Date, DateError};
pub use directory::Directory;
pub use import::{Effect, ImportFault, PersonRow, Planned, UnitRow};
pub use person::{Clearance, Details, Membership, Person, PersonId};
pub use refusal::Refusal;
pub use text::{Code, MAX_CODE, MAX_TEXT, Text};
pub use unit::{Unit, UnitId, UnitVersion};

#[cfg(test)]
mod tests;
