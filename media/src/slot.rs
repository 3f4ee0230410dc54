//! One continuous stream out of many: what a slot's packets are called towards its receiver.
//!
//! Between two switches every number of a source is shifted by a constant, so that a packet is rewritten
//! the same way whenever it is sent. The shifts of past switches are kept for resends.

use std::collections::VecDeque;
use std::time::Instant;

use giaoban_media_types::RtpTimestamp;

use crate::rtp::SequenceNumber;
use crate::sequence::expand;
use crate::transport::PacketIndex;

/// Past sources of a slot whose packets can still be resent.
const SPANS: usize = 8;
/// A source's index may jump by so much; beyond, the slot goes on without the hole, so that a receiver
/// never guesses the rollover counter wrongly (RFC 3711 §3.3.1) whatever a publisher sends.
pub const LARGEST_JUMP: u64 = 4096;

/// The numbers of a packet that count within its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    /// Extended sequence number.
    pub index: PacketIndex,
    /// RTP timestamp.
    pub timestamp: RtpTimestamp,
    /// VP8 picture id, in 15 bits.
    pub picture_id: Option<u16>,
    /// VP8 TL0PICIDX.
    pub tl0_index: Option<u8>,
    /// Frame number of the Dependency Descriptor.
    pub frame_number: Option<u16>,
}

const PICTURE_ID_MASK: u16 = 0x7FFF;

/// What is added, wrapping, to each number of a source while it is in the slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Shift {
    index: u64,
    timestamp: u32,
    picture_id: u16,
    tl0_index: u8,
    frame_number: u16,
}

impl Shift {
    fn apply(&self, numbers: &Numbers) -> Numbers {
        Numbers {
            index: PacketIndex(numbers.index.0.wrapping_add(self.index)),
            timestamp: RtpTimestamp(numbers.timestamp.0.wrapping_add(self.timestamp)),
            picture_id: numbers.picture_id.map(|id| id.wrapping_add(self.picture_id) & PICTURE_ID_MASK),
            tl0_index: numbers.tl0_index.map(|index| index.wrapping_add(self.tl0_index)),
            frame_number: numbers.frame_number.map(|number| number.wrapping_add(self.frame_number)),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Span<S> {
    source: S,
    shift: Shift,
    /// First index on the wire.
    first: PacketIndex,
    /// Index of the source's packet that became `first`.
    first_of_source: PacketIndex,
}

/// How a packet may go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// As the next packet of the slot's SSRC.
    Next(Numbers),
    /// Later packets have gone before it: only as a retransmission, under its own original number.
    Late(Numbers),
    /// Not at all: it lies before the packet that the source began with in this slot.
    Before,
    /// The source's numbers have jumped: the slot must begin anew with a packet that starts a picture or a sound.
    Jump,
}

/// A packet of the past, found by its number on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent<S> {
    /// Whose packet it was.
    pub source: S,
    /// Its index there.
    pub index: PacketIndex,
}

/// The newest values sent, which the next source continues.
#[derive(Debug, Clone, Copy)]
struct Newest {
    timestamp: RtpTimestamp,
    sent: Instant,
    picture_id: u16,
    tl0_index: u8,
    frame_number: u16,
}

/// Rewrites the packets of one slot. `S` names a source in such a way that a source whose numbers
/// begin anew has a new name.
#[derive(Debug)]
pub struct Rewriter<S> {
    clock_rate: u32,
    /// The index of the next packet.
    next: PacketIndex,
    newest: Option<Newest>,
    spans: VecDeque<Span<S>>,
}

impl<S: Copy + PartialEq> Rewriter<S> {
    /// A slot that has sent nothing. `first` is its first sequence number, below 2^14.
    #[must_use]
    pub const fn new(clock_rate: u32, first: PacketIndex) -> Self {
        Self { clock_rate, next: first, newest: None, spans: VecDeque::new() }
    }

    /// The source whose packets pass now.
    #[must_use]
    pub fn source(&self) -> Option<S> {
        self.spans.back().map(|span| span.source)
    }

    /// From `packet` on the slot carries `source`: sequence numbers and frame counters go on without a gap,
    /// the timestamp by the time that has passed on the gateway's clock.
    pub fn begin(&mut self, now: Instant, source: S, packet: &Numbers) {
        let shift = Shift {
            index: self.next.0.wrapping_sub(packet.index.0),
            timestamp: self.timestamp_shift(now, source, packet.timestamp),
            picture_id: match (self.newest, packet.picture_id) {
                (Some(newest), Some(id)) => newest.picture_id.wrapping_add(1).wrapping_sub(id),
                _ => 0,
            },
            tl0_index: match (self.newest, packet.tl0_index) {
                (Some(newest), Some(index)) => newest.tl0_index.wrapping_add(1).wrapping_sub(index),
                _ => 0,
            },
            frame_number: match (self.newest, packet.frame_number) {
                (Some(newest), Some(number)) => newest.frame_number.wrapping_add(1).wrapping_sub(number),
                _ => 0,
            },
        };
        if self.spans.len() >= SPANS {
            self.spans.pop_front();
        }
        self.spans.push_back(Span { source, shift, first: self.next, first_of_source: packet.index });
    }

    fn timestamp_shift(&self, now: Instant, source: S, timestamp: RtpTimestamp) -> u32 {
        let Some(newest) = self.newest else { return 0 };
        if let Some(span) = self.spans.back().filter(|span| span.source == source) {
            let shifted = timestamp.0.wrapping_add(span.shift.timestamp);
            if is_ahead(shifted, newest.timestamp.0) {
                return span.shift.timestamp;
            }
        }
        let elapsed = now.saturating_duration_since(newest.sent).as_nanos();
        let ticks = elapsed * u128::from(self.clock_rate) / 1_000_000_000;
        // Only the low 32 bits count; at least one tick, so that two pictures never share a timestamp.
        let ticks = ((ticks & u128::from(u32::MAX)) as u32).max(1);
        newest.timestamp.0.wrapping_add(ticks).wrapping_sub(timestamp.0)
    }

    /// Rewrites a packet of the present source. What is returned as [`Passage::Next`] counts as sent.
    pub fn pass(&mut self, now: Instant, packet: &Numbers) -> Passage {
        let Some(span) = self.spans.back() else { return Passage::Before };
        if packet.index < span.first_of_source {
            return Passage::Before;
        }
        let numbers = span.shift.apply(packet);
        if numbers.index < self.next {
            return Passage::Late(numbers);
        }
        if numbers.index.0 - self.next.0 > LARGEST_JUMP {
            return Passage::Jump;
        }
        self.next = PacketIndex(numbers.index.0 + 1);
        self.remember(now, &numbers);
        Passage::Next(numbers)
    }

    fn remember(&mut self, now: Instant, sent: &Numbers) {
        let before = self.newest;
        if before.is_some_and(|newest| {
            newest.timestamp != sent.timestamp && !is_ahead(sent.timestamp.0, newest.timestamp.0)
        }) {
            // A source whose clock runs backwards does not take the slot with it.
            return;
        }
        self.newest = Some(Newest {
            timestamp: sent.timestamp,
            sent: now,
            picture_id: sent.picture_id.or(before.map(|newest| newest.picture_id)).unwrap_or(0),
            tl0_index: sent.tl0_index.or(before.map(|newest| newest.tl0_index)).unwrap_or(0),
            frame_number: sent.frame_number.or(before.map(|newest| newest.frame_number)).unwrap_or(0),
        });
    }

    /// The packet that was sent, or would have been, as `sequence`.
    #[must_use]
    pub fn find(&self, sequence: SequenceNumber) -> Option<Sent<S>> {
        let index = expand(sequence, self.next);
        if index >= self.next {
            return None;
        }
        let span = self.spans.iter().rev().find(|span| span.first <= index)?;
        Some(Sent { source: span.source, index: PacketIndex(index.0.wrapping_sub(span.shift.index)) })
    }

    /// The very numbers that `packet`, found by [`Rewriter::find`], had or would have had as `sequence`.
    #[must_use]
    pub fn repeat(&self, sequence: SequenceNumber, packet: &Numbers) -> Option<Numbers> {
        let index = expand(sequence, self.next);
        let span = self.spans.iter().rev().find(|span| span.first <= index)?;
        let numbers = span.shift.apply(packet);
        (numbers.index == index).then_some(numbers)
    }

    /// Whether a source began in this slot with the packet sent as `index`.
    #[must_use]
    pub fn began_at(&self, index: PacketIndex) -> bool {
        self.spans.iter().any(|span| span.first == index)
    }

    /// The timestamp that a packet of the present source with `timestamp` has on the wire.
    #[must_use]
    pub fn timestamp(&self, timestamp: RtpTimestamp) -> Option<RtpTimestamp> {
        self.spans.back().map(|span| RtpTimestamp(timestamp.0.wrapping_add(span.shift.timestamp)))
    }
}

fn is_ahead(timestamp: u32, of: u32) -> bool {
    (1..0x8000_0000).contains(&timestamp.wrapping_sub(of))
}

#[cfg(test)]
mod tests;
