//! What an administrator decides about a room, also while a briefing runs in it.

use std::collections::BTreeSet;

use giaoban_media_types::MemberId;

use super::{Conference, Output};
use crate::access::{Action, Capacity, Policy};
use crate::wire::{EndReason, ErrorCode, RoomInfo, ServerMessage};

/// Whom the door lets in by itself. Whoever may come into a locked room is let in always.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Admittance {
    /// Everyone with a seat.
    #[default]
    Open,
    /// The expected; the others wait for the chair.
    Expected,
    /// All wait for the chair.
    Chair,
}

/// Who comes in, and when.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Door {
    /// Nobody enters yet, or any more; the chair may.
    pub shut: bool,
    /// Whom it lets in by itself.
    pub lobby: Admittance,
    /// The seats that are expected.
    pub expected: BTreeSet<MemberId>,
}

impl Door {
    /// Whether it keeps a seat out.
    pub(super) fn check(&self, id: MemberId, capacity: Capacity) -> Result<(), ErrorCode> {
        if Policy::authorize(capacity, &Action::EnterLocked).is_ok() {
            return Ok(());
        }
        if self.shut {
            return Err(ErrorCode::RoomNotOpen);
        }
        let passes = match self.lobby {
            Admittance::Open => true,
            Admittance::Expected => self.expected.contains(&id),
            Admittance::Chair => false,
        };
        if passes { Ok(()) } else { Err(ErrorCode::ChairAdmits) }
    }
}

impl Conference {
    /// Title, classification and places are others; whoever is in stays, and sees it.
    pub(super) fn set_room(&mut self, room: RoomInfo, capacity: usize) {
        self.capacity = capacity;
        self.lobby.look_again();
        if self.room == room {
            return;
        }
        self.room = room;
        let connections: Vec<_> = self.connections.keys().copied().collect();
        if !connections.is_empty() {
            let message = ServerMessage::Snapshot { snapshot: self.snapshot() };
            self.outputs.push_back(Output::Broadcast { connections, message });
        }
    }

    pub(super) fn set_door(&mut self, door: Door) {
        self.door = door;
        self.lobby.look_again();
    }

    /// The room is no more.
    pub(super) fn close_room(&mut self) {
        for id in self.lobby.queue() {
            self.turn_away_waiter(id, EndReason::Ended);
        }
        self.see_all_out(EndReason::Ended, None);
        self.begin_write();
    }
}
