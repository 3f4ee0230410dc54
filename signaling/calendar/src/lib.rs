//! The calendar: rooms with their rules, and the templates they are made from.
//!
//! A pure core, beside the directory and built on it: it is told the day, it has no clock, no disk, no sockets.
//! [`Calendar::decide`] turns a command into changes or a refusal; whoever keeps the changes hands them to
//! [`Calendar::apply`].
#![forbid(unsafe_code)]

mod authority;
mod calendar;
mod command;
mod decide;
mod label;
mod refusal;
mod room;
mod template;

pub use authority::is_cleared;
pub use calendar::{Calendar, World};
pub use command::{Change, Command, Subject};
pub use label::{Allowance, Classification, allowance};
pub use refusal::Refusal;
pub use room::{
    Joiners, Lobby, MAX_CAPACITY, MAX_DEPUTIES, MAX_JOINERS, Opening, Room, RoomId, RoomKind, Rules, Standing,
};
pub use template::{Template, TemplateId};

#[cfg(test)]
mod tests;
