//! The state that all see: one version, changes gathered and sent together.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use giaoban_media_types::MemberId;

use super::member::Member;
use super::timers::Timer;
use super::{Conference, ConnectionId, Output};
use crate::wire::{self, Change, Hand, MemberState, MicrophoneState, ServerMessage, Snapshot};

/// Changes go out at most so often: 500 sites that join at once cost ten messages a second each, not 500.
pub(super) const FLUSH_INTERVAL: Duration = Duration::from_millis(100);

/// What changed since the last delta. Changes carry whole values, so a snapshot taken between two deltas
/// may be ahead of its version without harm: the next delta says the same again.
#[derive(Default)]
pub(super) struct Roster {
    version: u32,
    members: BTreeSet<MemberId>,
    speaking: bool,
    stage: bool,
    locked: bool,
    muted_all: bool,
    queue: bool,
    acting: bool,
    flushed: Option<Instant>,
}

impl Roster {
    pub(super) fn member_changed(&mut self, member: MemberId) {
        self.members.insert(member);
    }

    pub(super) fn speaking_changed(&mut self) {
        self.speaking = true;
    }

    pub(super) fn stage_changed(&mut self) {
        self.stage = true;
    }

    pub(super) fn lock_changed(&mut self) {
        self.locked = true;
    }

    pub(super) fn mute_of_all_changed(&mut self) {
        self.muted_all = true;
    }

    pub(super) fn queue_changed(&mut self) {
        self.queue = true;
    }

    pub(super) fn acting_changed(&mut self) {
        self.acting = true;
    }

    fn is_changed(&self) -> bool {
        let of_the_room = self.stage || self.locked || self.muted_all || self.queue || self.acting;
        !self.members.is_empty() || self.speaking || of_the_room
    }
}

impl Conference {
    /// Sets the time of the next delta, if there is something to say.
    pub(super) fn schedule_flush(&mut self, now: Instant) {
        if self.roster.is_changed() && !self.timers.is_set(Timer::Flush) {
            let at = self.roster.flushed.map_or(now, |flushed| now.max(flushed + FLUSH_INTERVAL));
            self.timers.set(Timer::Flush, at);
        }
    }

    /// Sends what changed to all.
    pub(super) fn flush(&mut self, now: Instant) {
        if !self.roster.is_changed() {
            return;
        }
        self.keep_soon(now);
        let changes = self.take_changes();
        self.roster.version = self.roster.version.wrapping_add(1);
        self.roster.flushed = Some(now);
        let connections: Vec<ConnectionId> = self.members.values().filter_map(Member::connection).collect();
        if !connections.is_empty() {
            let message = ServerMessage::Delta { version: self.roster.version, changes };
            self.outputs.push_back(Output::Broadcast { connections, message });
        }
    }

    fn take_changes(&mut self) -> Vec<Change> {
        let fresh =
            Roster { version: self.roster.version, flushed: self.roster.flushed, ..Roster::default() };
        let changed = std::mem::replace(&mut self.roster, fresh);
        let mut changes: Vec<Change> = Vec::new();
        for id in changed.members {
            changes.push(match self.members.get(&id).filter(|member| self.is_listed(member)) {
                Some(member) => Change::Member { member: self.row(member) },
                None => Change::Gone { member: id.0 },
            });
        }
        if changed.speaking {
            changes.push(Change::Speaking { members: self.speakers.iter().map(|member| member.0).collect() });
        }
        if changed.stage {
            changes.push(Change::Stage { stage: self.stage_state() });
        }
        if changed.locked {
            changes.push(Change::Locked { locked: self.ledger.durable().locked });
        }
        if changed.muted_all {
            changes.push(Change::MutedAll { muted_all: self.ledger.durable().muted_all });
        }
        if changed.queue {
            changes.push(Change::Waiting { members: self.waiting() });
        }
        if changed.acting {
            changes.push(Change::Acting { member: self.acting() });
        }
        changes
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        let listed = self.members.values().filter(|member| self.is_listed(member));
        Snapshot {
            version: self.roster.version,
            room: self.room.clone(),
            members: listed.map(|member| self.row(member)).collect(),
            stage: self.stage_state(),
            locked: self.ledger.durable().locked,
            muted_all: self.ledger.durable().muted_all,
            waiting: self.waiting(),
            acting: self.acting(),
        }
    }

    fn waiting(&self) -> Vec<u32> {
        self.lobby.queue().into_iter().map(|member| member.0).collect()
    }

    fn acting(&self) -> Option<u32> {
        self.ledger.durable().acting.map(|member| member.0)
    }

    /// A removed member has no row.
    fn is_listed(&self, member: &Member) -> bool {
        !self.ledger.durable().removed.contains(&member.seat.member)
    }

    fn stage_state(&self) -> wire::Stage {
        wire::Stage { rule: self.ledger.durable().stage, source: self.stage.source().map(Into::into) }
    }

    fn row(&self, member: &Member) -> MemberState {
        MemberState {
            member: member.seat.member.0,
            name: member.seat.name.clone(),
            role: member.seat.role,
            presence: member.presence(),
            microphone: member.sources.microphone != MicrophoneState::Off,
            camera: member.sources.camera,
            screen: member.sources.screen,
            muted: self.is_muted(member),
            hand: member.hand.map(|order| Hand { order }),
            speaking: self.speakers.contains(&member.seat.member),
        }
    }
}
