//! What happened in a run, in the order in which it happened: the oracles judge it, its hash proves a replay.

use std::hash::{Hash, Hasher};
use std::time::Duration;

use giaoban_media::rtp::Ssrc;
use giaoban_media_types::{MemberId, SlotId, SourceId};

use crate::client::Seat;
use crate::tag::Tag;

/// An RTP packet that the shard sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sealed {
    /// To whom.
    pub receiver: MemberId,
    /// On which transport of his; counted by the sim from 1.
    pub transport: u32,
    /// The stream.
    pub ssrc: Ssrc,
    /// Whether it is a slot's RTX stream.
    pub is_repair: bool,
    /// Sequence number as it stands in the packet.
    pub sequence: u16,
    /// Timestamp as it stands in the packet.
    pub timestamp: u32,
    /// Picture id of a picture's packet.
    pub picture: Option<u16>,
    /// Whose payload it is; none on padding.
    pub tag: Option<Tag>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Record {
    /// The shard sent a packet.
    Sealed(Sealed),
    /// A payload reached its receiver for the first time.
    Delivered {
        /// Whom.
        receiver: MemberId,
        /// In which slot.
        slot: SlotId,
        /// Whose.
        tag: Tag,
    },
    /// A receiver decoded a frame and showed it.
    Painted {
        /// Who.
        receiver: MemberId,
        /// In which slot.
        slot: SlotId,
        /// What the frame says that it is.
        tag: Tag,
        /// Under whose name; none while the slot is covered.
        named: Option<SourceId>,
        /// The assignment on the screen.
        epoch: u32,
        /// Height of the picture.
        height: u16,
    },
    /// A frame whose packets do not belong together, or that decodes to something else than was sent.
    Broken {
        /// Who received it.
        receiver: MemberId,
        /// In which slot.
        slot: SlotId,
    },
    /// The conference told a member of an assignment.
    Told {
        /// Whom.
        receiver: MemberId,
        /// Of which slot.
        slot: SlotId,
        /// Its number.
        epoch: u32,
        /// What shall be there.
        source: Option<SourceId>,
    },
    /// The conference ordered the shard to fill a slot.
    Bound {
        /// Whose.
        receiver: MemberId,
        /// Which.
        slot: SlotId,
        /// With what.
        source: Option<SourceId>,
        /// Picture height wanted.
        height: u16,
    },
    /// The conference took the chair's order to mute.
    Muted(MemberId),
    /// And to let speak again.
    LetSpeak(MemberId),
    /// And to remove.
    Removed(MemberId),
    /// The gateway's process started again: nothing that was bound is bound.
    Restarted,
    /// In the eyes of a member another came or went.
    Moved {
        /// In whose eyes.
        receiver: MemberId,
        /// Who.
        member: MemberId,
        /// Whether he is there now.
        is_there: bool,
    },
    /// A member whose WebSocket was lost knows again what is so.
    Resumed {
        /// Who.
        member: MemberId,
        /// What was so when it was lost.
        before: Box<Seat>,
        /// What is so now.
        after: Box<Seat>,
    },
    /// A receiver knows from the gateway's reports when what he hears and sees on the stage was made.
    Lips {
        /// Who.
        receiver: MemberId,
        /// Whose.
        member: MemberId,
        /// By how many microseconds the picture would be early.
        apart: i64,
    },
}

/// The records of a run.
#[derive(Default)]
pub struct Trace {
    /// All of them, with the time since the run's start.
    pub records: Vec<(Duration, Record)>,
}

impl Trace {
    /// Adds one.
    pub fn add(&mut self, now: Duration, record: Record) {
        self.records.push((now, record));
    }

    /// FNV-1a over every record and its time.
    #[must_use]
    pub fn hash(&self) -> u64 {
        let mut hasher = Fnv(0xCBF2_9CE4_8422_2325);
        for record in &self.records {
            record.hash(&mut hasher);
        }
        hasher.finish()
    }
}

struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
