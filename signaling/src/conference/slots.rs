//! What each of a member's slots shall show, what he was told, and what the shard was ordered.
//!
//! A picture changes in three steps: the client is told (`slots`), covers the old picture and says so
//! (`covered`), and only then the shard is ordered (`Command::Bind`). So no picture stands under another's name,
//! however late a message is. The stage's sound is bound with the stage's picture.

use std::collections::{BTreeMap, BTreeSet};

use giaoban_media_types::{Binding, MemberId, RtpTimestamp, SlotEpoch, SlotId, SourceId, SourceKind};

use crate::wire::SlotAssignment;

/// What a client wishes in one slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Wanted {
    pub(super) source: Option<SourceId>,
    pub(super) height: u16,
}

/// The sound of the stage, as one receiver shall hear it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sound {
    pub(super) microphone: Option<SourceId>,
    pub(super) screen: Option<SourceId>,
}

impl Sound {
    /// What belongs to a picture on the stage, for `receiver`: nobody hears himself.
    pub(super) fn of(stage: Option<SourceId>, receiver: MemberId) -> Self {
        let Some(stage) = stage.filter(|stage| stage.member != receiver) else {
            return Self::default();
        };
        let of = |kind| SourceId { member: stage.member, kind };
        Self {
            microphone: Some(of(SourceKind::Microphone)),
            screen: (stage.kind == SourceKind::Screen).then(|| of(SourceKind::ScreenAudio)),
        }
    }
}

/// What the shard was ordered for a slot.
#[derive(Clone, Copy, Default)]
struct Bound {
    source: Option<SourceId>,
    epoch: SlotEpoch,
    height: u16,
}

#[derive(Clone, Copy)]
struct Slot {
    epoch: SlotEpoch,
    /// What the client was told last.
    assigned: Option<SourceId>,
    /// Whether the client covered the assignment, and the shard was ordered.
    covered: bool,
    bound: Bound,
    /// Where the bound source begins, once the shard said so.
    switched: Option<RtpTimestamp>,
}

impl Default for Slot {
    /// A slot that was never assigned: empty, and nothing to cover.
    fn default() -> Self {
        Self {
            epoch: SlotEpoch::default(),
            assigned: None,
            covered: true,
            bound: Bound::default(),
            switched: None,
        }
    }
}

impl Slot {
    fn assign(&mut self, id: SlotId, source: Option<SourceId>, first: SlotEpoch) -> SlotAssignment {
        self.epoch = if self.is_assigned() { next(self.epoch) } else { first };
        self.assigned = source;
        self.covered = false;
        self.switched = None;
        self.assignment(id)
    }

    fn is_assigned(&self) -> bool {
        self.epoch != SlotEpoch::default()
    }

    fn assignment(&self, id: SlotId) -> SlotAssignment {
        SlotAssignment { slot: id.0, epoch: self.epoch.0, source: self.assigned.map(Into::into) }
    }

    fn bind(&mut self, id: SlotId, bound: Bound) -> Binding {
        self.bound = bound;
        Binding { slot: id, epoch: bound.epoch, source: bound.source, height: bound.height }
    }
}

/// What a change asks for: words for the client, orders for the shard.
#[derive(Default)]
pub(super) struct Orders {
    pub(super) assignments: Vec<SlotAssignment>,
    pub(super) bindings: Vec<Binding>,
}

/// A switch that the client may have missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Switched {
    pub(super) slot: SlotId,
    pub(super) epoch: SlotEpoch,
    pub(super) timestamp: RtpTimestamp,
}

/// All slots of one member.
#[derive(Default)]
pub(super) struct Slots {
    wanted: BTreeMap<SlotId, Wanted>,
    slots: BTreeMap<SlotId, Slot>,
    /// The stage's sound as the shard was ordered, and the number of that order.
    sound: Sound,
    sound_epoch: SlotEpoch,
    first: SlotEpoch,
}

fn next(epoch: SlotEpoch) -> SlotEpoch {
    SlotEpoch(epoch.0.wrapping_add(1))
}

impl Slots {
    /// No slots yet, for one who came in at this time, in milliseconds since 1970. Epochs begin with its second:
    /// a page that outlived the gateway or its own seat does not take a new assignment for one that it knows.
    pub(super) fn of_entry(time: u64) -> Self {
        let second = u32::try_from((time / 1000) & u64::from(u32::MAX)).unwrap_or_default();
        Self { first: next(SlotEpoch(second)), ..Self::default() }
    }

    /// Whether they belong to an entry.
    pub(super) fn have_begun(&self) -> bool {
        self.first != SlotEpoch::default()
    }

    /// Takes a whole wish in place of the one before; [`Slots::retarget`] follows.
    pub(super) fn want(&mut self, wanted: BTreeMap<SlotId, Wanted>) {
        self.wanted = wanted;
    }

    /// Brings every slot to what it shall show now. `resolve` says what a wanted slot gets.
    pub(super) fn retarget(
        &mut self,
        resolve: impl Fn(SlotId, Option<SourceId>) -> Option<SourceId>,
        sound: Sound,
    ) -> Orders {
        let mut orders = Orders::default();
        let ids: BTreeSet<SlotId> = self.wanted.keys().chain(self.slots.keys()).copied().collect();
        for id in ids {
            let wanted = self.wanted.get(&id).copied();
            let target = wanted.and_then(|wanted| resolve(id, wanted.source));
            let height = wanted.unwrap_or_default().height;
            let slot = self.slots.entry(id).or_default();
            if slot.assigned != target {
                orders.assignments.push(slot.assign(id, target, self.first));
            } else if slot.covered && slot.bound.source.is_some() && slot.bound.height != height {
                orders.bindings.push(slot.bind(id, Bound { height, ..slot.bound }));
            }
        }
        self.follow_stage_sound(sound, &mut orders);
        orders
    }

    /// The client covered a slot. Anything but the latest assignment, covered for the first time, changes nothing.
    pub(super) fn cover(&mut self, id: SlotId, epoch: SlotEpoch, sound: Sound) -> Orders {
        let mut orders = Orders::default();
        let height = self.wanted.get(&id).copied().unwrap_or_default().height;
        if let Some(slot) = self.slots.get_mut(&id)
            && slot.epoch == epoch
            && !slot.covered
        {
            slot.covered = true;
            orders.bindings.push(slot.bind(id, Bound { source: slot.assigned, epoch, height }));
            self.follow_stage_sound(sound, &mut orders);
        }
        orders
    }

    /// The member has a new peer connection: nothing of the old one's pictures is on his screen, and the new one
    /// shall carry nothing before it is covered.
    pub(super) fn renew(&mut self, sound: Sound) -> Orders {
        let mut orders = Orders::default();
        for (&id, slot) in &mut self.slots {
            if slot.bound.source.is_none() {
                continue;
            }
            orders.bindings.push(slot.bind(id, Bound { source: None, ..slot.bound }));
            orders.assignments.push(slot.assign(id, slot.assigned, self.first));
        }
        self.bind_sound(Sound::default(), &mut orders);
        self.follow_stage_sound(sound, &mut orders);
        orders
    }

    /// The first packet of a binding went out. `None` if it is not the one the client waits for.
    pub(super) fn switch(&mut self, switched: Switched) -> Option<Switched> {
        let slot = self.slots.get_mut(&switched.slot)?;
        if slot.epoch != switched.epoch {
            return None;
        }
        slot.switched = Some(switched.timestamp);
        Some(switched)
    }

    /// Everything ever assigned, for a client that comes back.
    pub(super) fn assignments(&self) -> Vec<SlotAssignment> {
        let assigned = self.slots.iter().filter(|(_, slot)| slot.is_assigned());
        assigned.map(|(id, slot)| slot.assignment(*id)).collect()
    }

    /// The switches of the present assignments.
    pub(super) fn switches(&self) -> Vec<Switched> {
        let switched = |(id, slot): (&SlotId, &Slot)| {
            slot.switched.map(|timestamp| Switched { slot: *id, epoch: slot.epoch, timestamp })
        };
        self.slots.iter().filter_map(switched).collect()
    }

    /// The stage's sound changes with its picture; where no picture waits for its cover, at once.
    fn follow_stage_sound(&mut self, sound: Sound, orders: &mut Orders) {
        if self.slots.get(&SlotId::STAGE_VIDEO).is_none_or(|slot| slot.covered) {
            self.bind_sound(sound, orders);
        }
    }

    fn bind_sound(&mut self, sound: Sound, orders: &mut Orders) {
        if self.sound == sound {
            return;
        }
        self.sound_epoch = next(self.sound_epoch);
        let changed = [
            (SlotId::STAGE_AUDIO, self.sound.microphone != sound.microphone, sound.microphone),
            (SlotId::SCREEN_AUDIO, self.sound.screen != sound.screen, sound.screen),
        ];
        for (slot, _, source) in changed.into_iter().filter(|(_, differs, _)| *differs) {
            orders.bindings.push(Binding { slot, epoch: self.sound_epoch, source, height: 0 });
        }
        self.sound = sound;
    }
}
