//! The receiving half of one picture slot: reordering, repair, assembly, and the rules by which VP8 can be decoded.

use std::collections::BTreeMap;
use std::time::Duration;

use giaoban_media::rtp::{Packet, SequenceNumber};
use giaoban_media::sequence::{expand, truncate};
use giaoban_media::transport::PacketIndex;
use giaoban_media::vp8::{Descriptor, PictureId};

use crate::tag::Tag;

/// A lost packet is asked for again after so long without an answer.
const NACK_INTERVAL: Duration = Duration::from_millis(60);
/// What is still missing after so long is given up.
const GIVE_UP: Duration = Duration::from_millis(600);
/// A receiver that waits for a packet so long takes a whole key frame that lies behind it.
const PATIENCE: Duration = Duration::from_millis(80);
/// A key frame is asked for at most this often.
const PLI_INTERVAL: Duration = Duration::from_millis(300);

#[derive(Debug, Clone)]
struct Piece {
    timestamp: u32,
    marker: bool,
    start: bool,
    key: bool,
    picture: u16,
    tl0: u8,
    height: Option<u16>,
    tag: Tag,
}

/// A frame that was decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Its RTP timestamp.
    pub timestamp: u32,
    /// What it says that it is.
    pub tag: Tag,
    /// Height of the picture.
    pub height: u16,
}

/// What came of the packets so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoded {
    /// A frame to paint.
    Frame(Frame),
    /// Packets that cannot be one frame, though all numbers fit.
    Broken,
}

struct Missing {
    since: Duration,
    asked: Option<Duration>,
}

/// One slot's receiver.
#[derive(Default)]
pub struct Receiver {
    newest: Option<PacketIndex>,
    pieces: BTreeMap<u64, Piece>,
    /// The first index that is neither decoded nor given up.
    next: u64,
    missing: BTreeMap<u64, Missing>,
    /// Picture id and TL0PICIDX of the last frame decoded; none when a key frame is needed.
    last: Option<(u16, u8)>,
    height: u16,
    wants_key: bool,
    asked_key: Option<Duration>,
    blocked: Option<Duration>,
    decoded_any: bool,
    /// Key frames asked for.
    pub requests: u32,
}

impl Receiver {
    /// Takes a packet of the slot; its numbers are those of the media stream, also when it came as a repair.
    /// Gives its tag if it came for the first time.
    pub fn take(
        &mut self,
        now: Duration,
        sequence: SequenceNumber,
        packet: &Packet<'_>,
        payload: &[u8],
    ) -> Option<Tag> {
        let piece = read(packet, payload)?;
        let tag = piece.tag;
        let near = self.newest.unwrap_or(PacketIndex(u64::from(sequence.0)));
        let PacketIndex(index) = expand(sequence, near);
        match self.newest {
            None => self.next = index,
            Some(PacketIndex(newest)) => {
                for lost in newest + 1..index {
                    self.missing.insert(lost, Missing { since: now, asked: None });
                }
            }
        }
        self.newest = self.newest.max(Some(PacketIndex(index)));
        self.missing.remove(&index);
        if index < self.next && !self.decoded_any {
            self.next = index;
        }
        if index < self.next || self.pieces.contains_key(&index) {
            return None;
        }
        self.pieces.insert(index, piece);
        Some(tag)
    }

    /// Decodes what can be decoded.
    pub fn decode(&mut self, now: Duration, decoded: &mut Vec<Decoded>) {
        loop {
            let Some(end) = self.frame_at(self.next) else {
                if self.pieces.is_empty() || !self.jump(now) {
                    break;
                }
                continue;
            };
            self.blocked = None;
            let pieces: Vec<Piece> =
                (self.next..=end).filter_map(|index| self.pieces.remove(&index)).collect();
            self.next = end + 1;
            decoded.extend(self.decode_frame(&pieces));
        }
        let next = self.next;
        self.missing.retain(|&index, _| index >= next);
    }

    /// The last index of the whole frame that starts at `first`; a piece that starts none is one of its own.
    fn frame_at(&self, first: u64) -> Option<u64> {
        let start = self.pieces.get(&first)?;
        if !start.start {
            return Some(first);
        }
        let mut index = first;
        let mut piece = start;
        while !piece.marker {
            piece = self.pieces.get(&(index + 1))?;
            if piece.timestamp != start.timestamp {
                return Some(index);
            }
            index += 1;
        }
        Some(index)
    }

    /// Goes on behind what is missing, if it may. Says whether it did.
    fn jump(&mut self, now: Duration) -> bool {
        let since = *self.blocked.get_or_insert(now);
        if now - since < PATIENCE {
            return false;
        }
        let keys = self.pieces.range(self.next..).filter(|(_, piece)| piece.key && piece.start);
        let key =
            keys.map(|(&index, _)| index).find(|&index| index > self.next && self.frame_at(index).is_some());
        let target = key.or_else(|| {
            let first = self.pieces.range(self.next + 1..).next().map(|(&index, _)| index);
            first.filter(|_| now - since >= GIVE_UP)
        });
        let Some(target) = target else { return false };
        self.pieces = self.pieces.split_off(&target);
        self.next = target;
        self.blocked = None;
        if key.is_none() {
            self.lose();
        }
        true
    }

    fn lose(&mut self) {
        self.last = None;
        self.wants_key = true;
    }

    fn decode_frame(&mut self, pieces: &[Piece]) -> Option<Decoded> {
        let (first, last) = (pieces.first()?, pieces.last()?);
        if !first.start || !last.marker {
            self.lose();
            return None;
        }
        let fits = |(place, piece): (u16, &Piece)| {
            let tag = Tag { place, ..first.tag };
            piece.tag == tag && piece.picture == first.picture && piece.tl0 == first.tl0
        };
        let is_whole = usize::from(first.tag.count) == pieces.len() && (0..).zip(pieces).all(fits);
        if !is_whole {
            self.lose();
            return Some(Decoded::Broken);
        }
        let follows = self.last == Some((first.picture.wrapping_sub(1) & 0x7FFF, first.tl0.wrapping_sub(1)));
        if !first.key && !follows {
            self.lose();
            return None;
        }
        self.last = Some((first.picture, first.tl0));
        self.decoded_any = true;
        self.height = first.height.unwrap_or(self.height);
        if first.key {
            self.wants_key = false;
        }
        Some(Decoded::Frame(Frame { timestamp: first.timestamp, tag: first.tag, height: self.height }))
    }

    /// What is to be asked of the sender now: packets, and whether a key frame.
    pub fn ask(&mut self, now: Duration) -> (Vec<SequenceNumber>, bool) {
        let mut packets = Vec::new();
        for (&index, missing) in &mut self.missing {
            let due = missing.asked.is_none_or(|asked| now - asked >= NACK_INTERVAL);
            if due && now - missing.since < GIVE_UP {
                missing.asked = Some(now);
                packets.push(truncate(PacketIndex(index)));
            }
        }
        let stuck = self.blocked.is_some_and(|since| now - since >= PATIENCE * 3);
        let due = self.asked_key.is_none_or(|asked| now - asked >= PLI_INTERVAL);
        let key = (self.wants_key || stuck) && due;
        if key {
            self.asked_key = Some(now);
            self.requests += 1;
        }
        (packets, key)
    }
}

fn read(packet: &Packet<'_>, payload: &[u8]) -> Option<Piece> {
    let descriptor = Descriptor::parse(payload).ok()?;
    let start = descriptor.frame_start();
    let key = descriptor.starts_key_frame(payload);
    let PictureId::Long(picture) = descriptor.picture_id? else { return None };
    Some(Piece {
        timestamp: packet.header.timestamp.0,
        marker: packet.header.marker,
        start,
        key,
        picture,
        tl0: descriptor.tl0_index?,
        height: descriptor.key_frame_size(payload).map(|size| size.height),
        tag: Tag::of_picture(payload)?,
    })
}
