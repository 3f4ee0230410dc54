//! The whole calendar in memory.

use std::collections::BTreeMap;

use giaoban_directory::{Date, Directory, UnitId};

use crate::command::{Change, Command, Subject};
use crate::room::{Room, RoomId};
use crate::template::{Template, TemplateId};

/// What a decision looks at beside the calendar.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Units and people.
    pub directory: &'a Directory,
    /// The day it is.
    pub today: Date,
}

/// All rooms and templates there ever were.
#[derive(Clone, Default)]
pub struct Calendar {
    rooms: BTreeMap<RoomId, Room>,
    templates: BTreeMap<TemplateId, Template>,
}

impl Calendar {
    /// Takes in records: those kept, at the start, and what [`Calendar::decide`] came to, once it is kept.
    pub fn apply(&mut self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            match change {
                Change::Room(room) => drop(self.rooms.insert(room.id, room)),
                Change::Template(template) => drop(self.templates.insert(template.id, template)),
            }
        }
    }

    /// A room, whoever asks.
    #[must_use]
    pub fn room(&self, id: RoomId) -> Option<&Room> {
        self.rooms.get(&id)
    }

    /// A template, whoever asks.
    #[must_use]
    pub fn template(&self, id: TemplateId) -> Option<&Template> {
        self.templates.get(&id)
    }

    /// Every room there ever was, by number.
    pub fn rooms(&self) -> impl Iterator<Item = &Room> {
        self.rooms.values()
    }

    /// Every template there ever was, by number.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        self.templates.values()
    }

    /// How often what a command is about was changed.
    #[must_use]
    pub fn revision(&self, subject: Subject) -> Option<u32> {
        match subject {
            Subject::Room(id) => self.rooms.get(&id).map(|room| room.revision),
            Subject::Template(id) => self.templates.get(&id).map(|template| template.revision),
            Subject::None => None,
        }
    }

    /// The unit under which a command stands in the record.
    #[must_use]
    pub fn concerned(&self, command: &Command) -> Option<UnitId> {
        match command {
            Command::CreateRoom { rules } | Command::CreateTemplate { rules, .. } => rules.unit,
            Command::UpdateRoom { room, .. } | Command::CloseRoom { room } => self.room(*room)?.rules.unit,
            Command::UpdateTemplate { template, .. } | Command::RetireTemplate { template } => {
                self.template(*template)?.rules.unit
            }
        }
    }

    pub(crate) fn next_room(&self) -> Option<RoomId> {
        next(self.rooms.keys().next_back().map(|id| id.0)).map(RoomId)
    }

    pub(crate) fn next_template(&self) -> Option<TemplateId> {
        next(self.templates.keys().next_back().map(|id| id.0)).map(TemplateId)
    }
}

fn next(last: Option<u32>) -> Option<u32> {
    last.map_or(Some(1), |last| last.checked_add(1))
}
