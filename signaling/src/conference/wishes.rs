//! From what a member wishes to see to what his slots show.

use std::collections::BTreeMap;
use std::time::Instant;

use giaoban_media_types::{Command, MediaKind, MemberId, SlotEpoch, SlotId, SlotKind, SourceId};

use super::slots::{Orders, Sound, Wanted};
use super::{Conference, ConnectionId};
use crate::wire::{ErrorCode, ServerMessage, Wish};

impl Conference {
    pub(super) fn want(&mut self, now: Instant, id: MemberId, connection: ConnectionId, wishes: &[Wish]) {
        let Some(wanted) = wanted(wishes) else {
            self.fault(now, connection, ErrorCode::BadMessage);
            return;
        };
        if let Some(member) = self.members.get_mut(&id) {
            member.slots.want(wanted);
            self.retarget(id);
        }
    }

    pub(super) fn covered(&mut self, id: MemberId, slot: u8, epoch: u32) {
        let sound = Sound::of(self.stage.source(), id);
        if let Some(member) = self.members.get_mut(&id) {
            let orders = member.slots.cover(SlotId(slot), SlotEpoch(epoch), sound);
            self.issue(id, orders);
        }
    }

    /// Brings a member's slots to what they shall show now.
    pub(super) fn retarget(&mut self, id: MemberId) {
        let stage = self.stage.source();
        let sound = Sound::of(stage, id);
        let Some(mut slots) = self.members.get_mut(&id).map(|member| std::mem::take(&mut member.slots))
        else {
            return;
        };
        let removed = &self.ledger.durable().removed;
        let has_seat = |source: &SourceId| {
            self.members.contains_key(&source.member) && !removed.contains(&source.member)
        };
        let resolve = |slot: SlotId, wish: Option<SourceId>| {
            let source = if slot == SlotId::STAGE_VIDEO { stage } else { wish };
            // Nobody is sent his own picture.
            source.filter(|source| source.member != id).filter(has_seat)
        };
        let orders = slots.retarget(resolve, sound);
        if let Some(member) = self.members.get_mut(&id) {
            member.slots = slots;
        }
        self.issue(id, orders);
    }

    pub(super) fn renew_slots(&mut self, id: MemberId) {
        let sound = Sound::of(self.stage.source(), id);
        if let Some(member) = self.members.get_mut(&id) {
            let orders = member.slots.renew(sound);
            self.issue(id, orders);
        }
    }

    fn issue(&mut self, id: MemberId, orders: Orders) {
        let Orders { assignments: slots, bindings } = orders;
        if !bindings.is_empty() {
            self.command(Command::Bind { conference: self.id, member: id, bindings });
        }
        if !slots.is_empty() {
            self.send_to_member(id, ServerMessage::Slots { slots });
        }
    }
}

/// The wishes by slot; `None` if a slot is named twice, is no picture's or does not exist, or a source is no picture.
fn wanted(wishes: &[Wish]) -> Option<BTreeMap<SlotId, Wanted>> {
    let mut wanted = BTreeMap::new();
    for wish in wishes {
        let slot = SlotId(wish.slot);
        let takes_wishes =
            matches!(slot.kind(), SlotKind::StageVideo | SlotKind::Tile) && slot.0 < SlotId::MAX_SLOTS;
        let source = wish.source.map(SourceId::from);
        let is_picture = source.is_none_or(|source| source.kind.media() == MediaKind::Video);
        let entry = Wanted { source, height: wish.height };
        if !takes_wishes || !is_picture || wanted.insert(slot, entry).is_some() {
            return None;
        }
    }
    Some(wanted)
}
