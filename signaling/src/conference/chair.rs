//! The chair's orders. Each bites at once, and is confirmed when it is on disk.

use std::time::Instant;

use giaoban_media_types::{MemberId, SourceId, SourceKind};

use super::ledger::{Ledger, Then, Waiting};
use super::member::Member;
use super::{Conference, ConnectionId, Durable, Output, WriteId};
use crate::access::{Action, Capacity, Policy};
use crate::wire::{ChairAction, EndReason, ErrorCode, Role, StageRule, WireSource};

impl Conference {
    pub(super) fn order(
        &mut self,
        now: Instant,
        orderer: MemberId,
        connection: ConnectionId,
        request: u32,
        order: ChairAction,
    ) {
        let Some(capacity) = self.members.get(&orderer).map(|member| self.capacity(&member.seat)) else {
            return;
        };
        if let Err(code) = self.check_order(now, capacity, order) {
            self.refuse(connection, request, code);
            return;
        }
        // These outlive no process: nothing of them is stored.
        let passing = match order {
            ChairAction::LowerHand { member } => {
                self.lower_hand(MemberId(member));
                Some(Ok(()))
            }
            ChairAction::Admit { member } => Some(self.admit(MemberId(member))),
            _ => None,
        };
        match passing {
            Some(Ok(())) => return self.done(connection, request),
            Some(Err(code)) => return self.refuse(connection, request, code),
            None => {}
        }
        let then = self.carry_out(orderer, order);
        self.ledger.wait(Waiting { connection, request, then });
        self.begin_write();
    }

    fn check_order(&self, now: Instant, capacity: Capacity, order: ChairAction) -> Result<(), ErrorCode> {
        let (action, target) = self.describe(order);
        Policy::authorize(capacity, &action)?;
        if let Some(target) = target {
            self.listed(target).ok_or(ErrorCode::NoSuchMember)?;
        }
        if let ChairAction::Pin { source } = order {
            self.check_pin(now, source)?;
        }
        if self.ledger.is_full() { Err(ErrorCode::Overloaded) } else { Ok(()) }
    }

    /// What an order is to the policy, and at whom it is aimed.
    fn describe(&self, order: ChairAction) -> (Action, Option<MemberId>) {
        let role_of = |id: u32| self.members.get(&MemberId(id)).map_or(Role::Site, |member| member.seat.role);
        match order {
            ChairAction::Pin { source } => (Action::DirectStage, Some(MemberId(source.member))),
            ChairAction::FollowSpeaker => (Action::DirectStage, None),
            ChairAction::Mute { member } => (Action::Mute { of: role_of(member) }, Some(MemberId(member))),
            ChairAction::LetSpeak { member } => (Action::LetSpeak, Some(MemberId(member))),
            ChairAction::MuteAll | ChairAction::UnmuteAll => (Action::MuteAll, None),
            ChairAction::LowerHand { member } => (Action::LowerHand, Some(MemberId(member))),
            ChairAction::Admit { member } => (Action::Admit, Some(MemberId(member))),
            ChairAction::Lock | ChairAction::Unlock => (Action::Lock, None),
            ChairAction::Remove { member } => {
                (Action::Remove { of: role_of(member) }, Some(MemberId(member)))
            }
            ChairAction::End => (Action::End, None),
        }
    }

    /// A seat that was not removed.
    fn listed(&self, id: MemberId) -> Option<&Member> {
        self.members.get(&id).filter(|_| !self.ledger.durable().removed.contains(&id))
    }

    fn check_pin(&self, now: Instant, source: WireSource) -> Result<(), ErrorCode> {
        let source = SourceId::from(source);
        let member =
            self.listed(source.member).filter(|member| member.has_lease()).ok_or(ErrorCode::NoSuchMember)?;
        let possible = match source.kind {
            SourceKind::Camera => true,
            SourceKind::Screen => member.sources.screen || member.can_be_on_stage(now, SourceKind::Screen),
            SourceKind::Microphone | SourceKind::ScreenAudio => false,
        };
        if possible { Ok(()) } else { Err(ErrorCode::NoSuchSource) }
    }

    /// Lets an order take effect; what follows when it is on disk.
    fn carry_out(&mut self, orderer: MemberId, order: ChairAction) -> Then {
        self.change_durable(|ledger| change(ledger.durable_mut(), order));
        match order {
            ChairAction::LetSpeak { member } => {
                // What he asked for is granted.
                self.lower_hand(MemberId(member));
                Then::Confirm
            }
            ChairAction::Remove { member } => {
                let member = MemberId(member);
                self.see_out(member, EndReason::Removed, Some(orderer));
                self.unpin(member);
                self.retarget_all = true;
                Then::Forget(member)
            }
            ChairAction::End => Then::End(orderer),
            _ => Then::Confirm,
        }
    }

    /// Changes what outlives the process, and draws all conclusions but those for removed members' connections.
    pub(super) fn change_durable<T>(&mut self, change: impl FnOnce(&mut Ledger) -> T) -> T {
        let before = self.ledger.durable().clone();
        let result = change(&mut self.ledger);
        let after = self.ledger.durable();
        if before.locked != after.locked {
            self.roster.lock_changed();
        }
        if (before.locked, before.ended) != (after.locked, after.ended) {
            self.lobby.look_again();
        }
        if before.muted_all != after.muted_all {
            self.roster.mute_of_all_changed();
        }
        if before.stage != after.stage {
            self.roster.stage_changed();
        }
        if before.acting != after.acting {
            self.roster.acting_changed();
        }
        for member in before.removed.symmetric_difference(&after.removed) {
            self.roster.member_changed(*member);
            self.retarget_all = true;
        }
        for member in self.members.values() {
            if before.mutes(&member.seat) != after.mutes(&member.seat) {
                self.roster.member_changed(member.seat.member);
            }
        }
        self.enforce_mutes();
        result
    }

    pub(super) fn begin_write(&mut self) {
        if let Some((write, durable)) = self.ledger.begin_write() {
            self.outputs.push_back(Output::Store { write, durable });
        }
    }

    pub(super) fn stored(&mut self, write: WriteId) {
        for waiting in self.ledger.stored(write) {
            self.done(waiting.connection, waiting.request);
            match waiting.then {
                Then::Confirm => {}
                Then::Forget(member) => {
                    self.outputs.push_back(Output::Forget { member, reason: EndReason::Removed });
                }
                Then::End(orderer) => self.see_all_out(EndReason::Ended, Some(orderer)),
            }
        }
        self.begin_write();
    }

    pub(super) fn store_failed(&mut self, write: WriteId) {
        let occupied = self.members.values().any(Member::has_lease);
        let refused = self.change_durable(|ledger| {
            let refused = ledger.failed(write)?;
            // A room that was reopened is not closed over people's heads because the disk failed.
            ledger.durable_mut().ended &= !occupied;
            Some(refused)
        });
        for waiting in refused.into_iter().flatten() {
            self.refuse(waiting.connection, waiting.request, ErrorCode::Internal);
        }
    }
}

/// What an order does to the durable part.
pub(super) fn change(durable: &mut Durable, order: ChairAction) {
    match order {
        ChairAction::Pin { source } => durable.stage = StageRule::Pinned { source },
        ChairAction::FollowSpeaker => durable.stage = StageRule::FollowSpeaker,
        ChairAction::Mute { member } => {
            durable.muted.insert(MemberId(member));
        }
        ChairAction::LetSpeak { member } => {
            durable.muted.remove(&MemberId(member));
            if durable.muted_all {
                durable.let_speak.insert(MemberId(member));
            }
        }
        ChairAction::MuteAll => {
            durable.muted_all = true;
            durable.let_speak.clear();
        }
        ChairAction::UnmuteAll => {
            durable.muted_all = false;
            durable.let_speak.clear();
            durable.muted.clear();
        }
        ChairAction::Lock => durable.locked = true,
        ChairAction::Unlock => durable.locked = false,
        ChairAction::Remove { member } => {
            durable.removed.insert(MemberId(member));
            durable.muted.remove(&MemberId(member));
            durable.let_speak.remove(&MemberId(member));
        }
        ChairAction::End => {
            durable.ended = true;
            durable.led = false;
            durable.acting = None;
            durable.locked = false;
            durable.stage = StageRule::FollowSpeaker;
            durable.muted_all = false;
            durable.muted.clear();
            durable.let_speak.clear();
        }
        ChairAction::LowerHand { .. } | ChairAction::Admit { .. } => {}
    }
}
