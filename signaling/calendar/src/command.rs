//! What administrators ask for, and what comes of it.

use giaoban_directory::Text;
use serde::Serialize;

use crate::booking::{Booking, BookingId, Exception, Expected, Plan};
use crate::room::{Room, RoomId, Rules};
use crate::template::{Template, TemplateId};
use crate::time::LocalTime;

/// A command. It is kept in the record of acts as it is written here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Command {
    /// Makes a room.
    CreateRoom {
        /// Its rules.
        rules: Rules,
    },
    /// Gives a room other rules.
    UpdateRoom {
        /// Which.
        room: RoomId,
        /// The new rules.
        rules: Rules,
    },
    /// Closes a room for good.
    CloseRoom {
        /// Which.
        room: RoomId,
    },
    /// Makes a template.
    CreateTemplate {
        /// Its name.
        name: Text,
        /// What rooms of it begin with.
        rules: Rules,
    },
    /// Changes a template.
    UpdateTemplate {
        /// Which.
        template: TemplateId,
        /// Its name.
        name: Text,
        /// What rooms of it begin with.
        rules: Rules,
    },
    /// Offers a template no more.
    RetireTemplate {
        /// Which.
        template: TemplateId,
    },
    /// Books a room.
    Book {
        /// For what.
        plan: Plan,
        /// Also where it conflicts with another booking.
        knowingly: bool,
    },
    /// Changes a booking, all of a series.
    ChangeBooking {
        /// Which.
        booking: BookingId,
        /// The new plan.
        plan: Plan,
        /// Also where it conflicts with another booking.
        knowingly: bool,
    },
    /// Moves or cancels one meeting of a booking, or puts it back as the series has it.
    ExceptInstance {
        /// Of which booking.
        booking: BookingId,
        /// The start it has by the series.
        original: LocalTime,
        /// How it differs; none puts it back.
        exception: Option<Exception>,
        /// Also where it conflicts with another booking.
        knowingly: bool,
    },
    /// Cancels all of a booking.
    CancelBooking {
        /// Which.
        booking: BookingId,
    },
    /// Makes a room and begins a briefing in it at once.
    Convene {
        /// The room's rules.
        rules: Rules,
        /// Who is expected.
        expected: Vec<Expected>,
        /// How long, in minutes.
        minutes: u16,
    },
}

/// A whole record that is new or differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A room.
    Room(Room),
    /// A template.
    Template(Template),
    /// A booking.
    Booking(Booking),
}

/// What a command changes, as far as it exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A room.
    Room(RoomId),
    /// A template.
    Template(TemplateId),
    /// A booking.
    Booking(BookingId),
    /// Nothing that exists.
    None,
}

impl Command {
    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> Subject {
        match self {
            Self::UpdateRoom { room, .. } | Self::CloseRoom { room } => Subject::Room(*room),
            Self::UpdateTemplate { template, .. } | Self::RetireTemplate { template } => {
                Subject::Template(*template)
            }
            Self::ChangeBooking { booking, .. }
            | Self::ExceptInstance { booking, .. }
            | Self::CancelBooking { booking } => Subject::Booking(*booking),
            Self::CreateRoom { .. }
            | Self::CreateTemplate { .. }
            | Self::Book { .. }
            | Self::Convene { .. } => Subject::None,
        }
    }
}
