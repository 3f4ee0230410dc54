//! The state of the room as one client knows it.

use std::collections::BTreeMap;

use giaoban_signaling::wire::{Change, MemberState, Presence, ServerMessage, Stage};

/// A snapshot and the deltas after it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// The version of the last change.
    pub version: u32,
    /// Everyone, with names.
    pub members: BTreeMap<u32, MemberState>,
    /// What is on the stage.
    pub stage: Option<Stage>,
    /// Whether nobody new is let in.
    pub locked: bool,
    /// Whether all but the chair are muted.
    pub muted_all: bool,
    /// The deputy who stands in for the chair.
    pub acting: Option<u32>,
    /// Deltas that came out of their order.
    pub missed: u32,
}

impl View {
    /// Takes a message that tells of the room. Who came or went by it is added to `moves`.
    pub fn take(&mut self, message: &ServerMessage, moves: &mut Vec<(u32, bool)>) {
        match message {
            ServerMessage::Snapshot { snapshot } => {
                self.version = snapshot.version;
                snapshot.members.iter().for_each(|state| self.compare(state, moves));
                self.members = snapshot.members.iter().map(|state| (state.member, state.clone())).collect();
                self.stage = Some(snapshot.stage);
                self.locked = snapshot.locked;
                self.muted_all = snapshot.muted_all;
                self.acting = snapshot.acting;
            }
            ServerMessage::Delta { version, changes } => {
                self.missed += u32::from(*version != self.version.wrapping_add(1));
                self.version = *version;
                changes.iter().for_each(|change| self.change(change, moves));
            }
            _ => {}
        }
    }

    /// What is told of somebody for the first time is no move.
    fn compare(&self, state: &MemberState, moves: &mut Vec<(u32, bool)>) {
        let is_there = |state: &MemberState| state.presence != Presence::Absent;
        if self.members.get(&state.member).is_some_and(|known| is_there(known) != is_there(state)) {
            moves.push((state.member, is_there(state)));
        }
    }

    fn change(&mut self, change: &Change, moves: &mut Vec<(u32, bool)>) {
        match change {
            Change::Member { member } => {
                self.compare(member, moves);
                self.members.insert(member.member, member.clone());
            }
            Change::Gone { member } => {
                self.members.remove(member);
            }
            Change::Speaking { members } => {
                for state in self.members.values_mut() {
                    state.speaking = members.contains(&state.member);
                }
            }
            Change::Stage { stage } => self.stage = Some(*stage),
            Change::Locked { locked } => self.locked = *locked,
            Change::MutedAll { muted_all } => self.muted_all = *muted_all,
            Change::Acting { member } => self.acting = *member,
            // Nobody waits in a plan.
            Change::Waiting { .. } => {}
        }
    }
}
