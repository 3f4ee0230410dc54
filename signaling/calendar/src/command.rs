//! What administrators ask for, and what comes of it.

use giaoban_directory::Text;
use serde::Serialize;

use crate::room::{Room, RoomId, Rules};
use crate::template::{Template, TemplateId};

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
}

/// A whole record that is new or differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A room.
    Room(Room),
    /// A template.
    Template(Template),
}

/// What a command changes, as far as it exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A room.
    Room(RoomId),
    /// A template.
    Template(TemplateId),
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
            Self::CreateRoom { .. } | Self::CreateTemplate { .. } => Subject::None,
        }
    }
}
