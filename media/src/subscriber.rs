//! The receiving half of a member: his slots and what is on its way to them.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use giaoban_media_types::{
    ConferenceId, MediaKind, MemberId, Mid, Security, SlotEpoch, SlotId, SlotKind, SourceId,
};

use crate::arena::Key;
use crate::history::Ordinal;
use crate::publication::{StreamName, clock_rate, step};
use crate::rtp::{ExtensionId, PayloadType, Ssrc};
use crate::sdp::StreamIdentity;
use crate::slot::Rewriter;
use crate::transport::{PacketIndex, SessionId};

/// How a slot's packets are to look, as negotiated with its receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotFormat {
    /// The codec's number.
    pub payload_type: PayloadType,
    /// The number of its retransmissions; without one NACK is not answered.
    pub repair_payload_type: Option<PayloadType>,
    /// The section, and the extension that names it.
    pub mid: Option<(ExtensionId, Mid)>,
    /// Where the audio level goes (RFC 6464).
    pub audio_level: Option<ExtensionId>,
    /// Where the Dependency Descriptor goes; without it, it is left out.
    pub dependency_descriptor: Option<ExtensionId>,
}

/// A place in an encoding's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// Which encoding.
    pub stream: StreamName,
    /// The next packet to look at.
    pub cursor: Ordinal,
}

/// What is sent on a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Feed {
    /// What passes now.
    pub live: Option<Flow>,
    /// What takes over with its next entry: a key frame, or any packet of a sound.
    pub next: Option<Flow>,
}

impl Feed {
    /// Whether the slot reads this encoding.
    #[must_use]
    pub fn reads(&self, stream: StreamName) -> bool {
        [self.live, self.next].into_iter().flatten().any(|flow| flow.stream == stream)
    }
}

/// What a receiver says of one of his streams (RFC 3550 §6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// Packets lost since the stream began.
    pub lost: u32,
    /// Interarrival jitter in ticks of the stream's clock.
    pub jitter: u32,
}

/// One receiving section.
pub struct Slot {
    /// Which.
    pub id: SlotId,
    /// What it is called.
    pub identity: StreamIdentity,
    /// How its packets look.
    pub format: SlotFormat,
    /// What its packets are numbered.
    pub rewriter: Rewriter<StreamName>,
    /// The index of the next retransmission.
    pub next_repair: PacketIndex,
    /// What it shall carry.
    pub source: Option<SourceId>,
    /// Height of the picture wanted.
    pub height: u16,
    /// What it carries.
    pub feed: Feed,
    /// The last assignment.
    pub epoch: Option<SlotEpoch>,
    /// The assignment to report with the first packet of its source.
    pub announce: Option<SlotEpoch>,
    /// Packets and payload bytes sent, for sender reports.
    pub sent: (u32, u32),
    /// When its next sender report is due.
    pub report_due: Option<Instant>,
    /// What the receiver said last of what he was sent.
    pub told: Told,
    /// Share of its packets that the receiver says are lost, smoothed, in 256ths.
    pub loss: u8,
    /// The last packet of sound as it was sent, sealed, while it is to be sent once more; else empty.
    pub repeat: Vec<u8>,
}

impl Slot {
    /// A slot without a source. `first` is below 2^14.
    #[must_use]
    pub fn new(
        id: SlotId,
        identity: StreamIdentity,
        format: SlotFormat,
        first: (PacketIndex, PacketIndex),
    ) -> Self {
        Self {
            id,
            identity,
            format,
            rewriter: Rewriter::new(clock_rate(id.media()), step(id.media()), first.0),
            next_repair: first.1,
            source: None,
            height: 0,
            feed: Feed::default(),
            epoch: None,
            announce: None,
            sent: (0, 0),
            report_due: None,
            told: Told::default(),
            loss: 0,
            repeat: Vec::new(),
        }
    }
}

/// Whether packets may go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// The handshake is not complete.
    Connecting,
    /// Open.
    Open,
    /// Silent for five seconds.
    Lost,
}

/// Slots of one kind of media that have something to send: one bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pending(u128);

impl Pending {
    /// Marks a slot. Whether nothing was marked before.
    pub fn mark(&mut self, slot: SlotId) -> bool {
        let was_empty = self.0 == 0;
        self.0 |= 1_u128.checked_shl(u32::from(slot.0)).unwrap_or(0);
        was_empty
    }

    /// Unmarks a slot.
    pub fn clear(&mut self, slot: SlotId) {
        self.0 &= !1_u128.checked_shl(u32::from(slot.0)).unwrap_or(0);
    }

    /// The lowest marked slot: the stage comes before the tiles.
    #[must_use]
    pub fn first(self) -> Option<SlotId> {
        if self.0 == 0 { None } else { u8::try_from(self.0.trailing_zeros()).ok().map(SlotId) }
    }
}

/// The receiving half of a peer.
pub struct Subscriber {
    /// His conference.
    pub conference: ConferenceId,
    /// Who he is.
    pub member: MemberId,
    /// His transport.
    pub session: SessionId,
    /// Whether packets may go out.
    pub path: Path,
    /// His slots, at their numbers.
    slots: Vec<Option<Slot>>,
    /// Audio and video slots with packets to send.
    pub pending_audio: Pending,
    /// See `pending_audio`.
    pub pending_video: Pending,
    /// Way there and back by his last report.
    pub round_trip: Option<Duration>,
    /// What his transport negotiated, once it is connected.
    pub security: Option<Security>,
    /// Retransmissions he may still be sent before the next tick.
    pub repairs_left: u32,
    /// Until when he is sent every packet of sound twice.
    pub repeats_until: Option<Instant>,
}

/// Loss from which on sound is sent twice, in 256ths: 2 %.
const LOSS_TO_REPEAT: u8 = 5;
/// For so long after it was last told: what is sent twice is lost no more, and reports say so.
const REPEAT_TIME: Duration = Duration::from_secs(30);

/// Most retransmissions to one receiver in one tick: an answer to NACKs must not become a flood.
pub const REPAIRS_PER_TICK: u32 = 64;

impl Subscriber {
    /// A receiver without slots, whose handshake is to come.
    #[must_use]
    pub const fn new(conference: ConferenceId, member: MemberId, session: SessionId) -> Self {
        Self {
            conference,
            member,
            session,
            path: Path::Connecting,
            slots: Vec::new(),
            pending_audio: Pending(0),
            pending_video: Pending(0),
            round_trip: None,
            security: None,
            repairs_left: REPAIRS_PER_TICK,
            repeats_until: None,
        }
    }

    /// He says that so much of a stream was lost on its way. Whoever loses pictures loses sound too, and browsers
    /// report on pictures much more often.
    pub fn lost(&mut self, now: Instant, fraction: u8) {
        if fraction >= LOSS_TO_REPEAT {
            self.repeats_until = Some(now + REPEAT_TIME);
        }
    }

    /// A slot.
    #[must_use]
    pub fn slot(&self, id: SlotId) -> Option<&Slot> {
        self.slots.get(usize::from(id.0))?.as_ref()
    }

    /// A slot.
    pub fn slot_mut(&mut self, id: SlotId) -> Option<&mut Slot> {
        self.slots.get_mut(usize::from(id.0))?.as_mut()
    }

    /// All slots in ascending order.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().flatten()
    }

    /// All slots in ascending order.
    pub fn slots_mut(&mut self) -> impl Iterator<Item = &mut Slot> {
        self.slots.iter_mut().flatten()
    }

    /// Adds a slot at its number.
    pub fn add(&mut self, slot: Slot) {
        let position = usize::from(slot.id.0);
        if self.slots.len() <= position {
            self.slots.resize_with(position + 1, || None);
        }
        if let Some(place) = self.slots.get_mut(position) {
            *place = Some(slot);
        }
    }

    /// The slot that sends, or resends, on an SSRC.
    pub fn slot_of(&mut self, ssrc: Ssrc) -> Option<&mut Slot> {
        self.slots_mut().find(|slot| slot.identity.ssrc == ssrc || slot.identity.repair_ssrc == ssrc)
    }

    /// Marks a slot as having packets. Whether the receiver is to be queued for its kind of media.
    pub fn mark(&mut self, slot: SlotId) -> bool {
        if self.path != Path::Open {
            return false;
        }
        self.pending_mut(slot.media()).mark(slot)
    }

    /// The marks of one kind of media.
    pub fn pending_mut(&mut self, media: MediaKind) -> &mut Pending {
        match media {
            MediaKind::Audio => &mut self.pending_audio,
            MediaKind::Video => &mut self.pending_video,
        }
    }

    /// The slots that the shard fills with speakers.
    pub fn speaker_slots(&self) -> impl Iterator<Item = &Slot> {
        self.slots().filter(|slot| slot.id.kind() == SlotKind::Audio)
    }
}

/// Receivers that have packets to be sent, each once, in the order they came to have them.
#[derive(Debug, Default)]
pub struct Queue(VecDeque<Key>);

impl Queue {
    /// Queues a receiver.
    pub fn push(&mut self, subscriber: Key) {
        self.0.push_back(subscriber);
    }

    /// The receiver whose turn it is.
    #[must_use]
    pub fn first(&self) -> Option<Key> {
        self.0.front().copied()
    }

    /// Takes the first one out.
    pub fn pop(&mut self) {
        self.0.pop_front();
    }

    /// Whether nobody waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_slots_come_in_ascending_order_and_only_the_first_mark_queues() {
        let mut pending = Pending::default();
        assert!(pending.mark(SlotId(9)));
        assert!(!pending.mark(SlotId::STAGE_VIDEO));
        assert_eq!(pending.first(), Some(SlotId::STAGE_VIDEO));
        pending.clear(SlotId::STAGE_VIDEO);
        assert_eq!(pending.first(), Some(SlotId(9)));
        pending.clear(SlotId(9));
        assert_eq!(pending.first(), None);
        assert!(pending.mark(SlotId(SlotId::MAX_SLOTS - 1)));
    }
}
