//! One continuous stream out of many: what a slot's packets are called towards its receiver.
//!
//! Between two switches every number of a source is shifted by a constant, so that a packet is rewritten
//! the same way whenever it is sent. The shifts of past switches are kept for resends.
//!
//! A slot's timestamps are those of a clock of its own that runs with the gateway's: whatever source it carries, a
//! timestamp says when the picture or sound was captured. So a receiver finds one relation between timestamps and
//! sender reports for the slot's whole life (it fits a line through many of them), and holds no frame back. A source
//! that is longer under way than the one before it was captured, at its beginning, before that one's end: its first
//! pictures are moved together behind it, its first sounds left out. None is moved later for good.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use giaoban_media_types::RtpTimestamp;

use crate::rtp::SequenceNumber;
use crate::sequence::expand;
use crate::transport::PacketIndex;

/// Past sources of a slot whose packets can still be resent, and the silences between them.
const SPANS: usize = 16;
/// A source's index may jump by so much; beyond, the slot goes on without the hole, so that a receiver
/// never guesses the rollover counter wrongly (RFC 3711 §3.3.1) whatever a publisher sends.
pub const LARGEST_JUMP: u64 = 4096;
/// What came at once, before the slot began, is played at most so many times faster than it was captured.
const MOST_HASTE: u32 = 64;
/// Pictures that are late when their source begins are on time again after as long as they are late, or this.
const LONGEST_CATCH_UP: Duration = Duration::from_millis(200);
/// A packet is not older than this, and not younger than now by more than a second: else its publisher's clock is not
/// to be believed.
const OLDEST: Duration = Duration::from_secs(5);
/// A source that begins again in its slot keeps its timestamps if they are off by less than this part of a second. A
/// microphone's clock may have stood still while it sent nothing (Chromium's does).
const STANDSTILL: u32 = 5;

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

/// How far a source has come when a slot begins with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The timestamp of the present moment, on the source's clock.
    pub present: RtpTimestamp,
    /// The timestamp of its newest packet.
    pub newest: RtpTimestamp,
}

/// Pictures captured before the last one of another source, squeezed into the time that the slot has for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct CatchUp {
    /// The first timestamp, of the source and of the slot.
    from: u32,
    to: u32,
    /// The ticks from there to the last one, of the source and of the slot.
    length: u32,
    room: u32,
}

impl CatchUp {
    fn apply(&self, timestamp: u32) -> Option<u32> {
        let since = timestamp.wrapping_sub(self.from);
        if since > self.length {
            return None;
        }
        let squeezed = u64::from(since) * u64::from(self.room) / u64::from(self.length.max(1));
        Some(self.to.wrapping_add((squeezed & u64::from(u32::MAX)) as u32))
    }
}

/// Where a source's timestamps lie on the slot's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Place {
    /// What is added to a timestamp for the moment of its capture.
    captured: u32,
    /// What is added to it on the wire: the same, but for a sound that follows another without a hole.
    sent: u32,
    /// The timestamps of which another rule holds.
    catch_up: Option<CatchUp>,
}

impl Place {
    const fn on_time(captured: u32) -> Self {
        Self { captured, sent: captured, catch_up: None }
    }

    fn timestamp(&self, timestamp: RtpTimestamp) -> RtpTimestamp {
        let caught_up = self.catch_up.and_then(|catch_up| catch_up.apply(timestamp.0));
        RtpTimestamp(caught_up.unwrap_or_else(|| timestamp.0.wrapping_add(self.sent)))
    }
}

/// What is added, wrapping, to each number of a source while it is in the slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Shift {
    index: u64,
    place: Place,
    picture_id: u16,
    tl0_index: u8,
    frame_number: u16,
}

impl Shift {
    fn apply(&self, numbers: &Numbers) -> Numbers {
        Numbers {
            index: PacketIndex(numbers.index.0.wrapping_add(self.index)),
            timestamp: self.place.timestamp(numbers.timestamp),
            picture_id: numbers.picture_id.map(|id| id.wrapping_add(self.picture_id) & PICTURE_ID_MASK),
            tl0_index: numbers.tl0_index.map(|index| index.wrapping_add(self.tl0_index)),
            frame_number: numbers.frame_number.map(|number| number.wrapping_add(self.frame_number)),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Span<S> {
    /// `None` for packets of the gateway's own.
    source: Option<S>,
    shift: Shift,
    /// First index on the wire.
    first: PacketIndex,
    /// Index of the source's packet that became `first`.
    first_of_source: PacketIndex,
    /// Sound of the source that was captured before the last one sent had ended: it begins with this timestamp.
    waits_for: Option<RtpTimestamp>,
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
    picture_id: u16,
    tl0_index: u8,
    frame_number: u16,
}

/// Rewrites the packets of one slot. `S` names a source in such a way that a source whose numbers
/// begin anew has a new name.
#[derive(Debug)]
pub struct Rewriter<S> {
    clock_rate: u32,
    /// Ticks from the last packet of one source to the first of the next, at least.
    step: u32,
    /// The index of the next packet.
    next: PacketIndex,
    newest: Option<Newest>,
    /// The slot's clock: a timestamp and its moment.
    clock: Option<(RtpTimestamp, Instant)>,
    spans: VecDeque<Span<S>>,
}

impl<S: Copy + PartialEq> Rewriter<S> {
    /// A slot that has sent nothing. `step` is the time of one packet of sound, or one tick, so that two
    /// pictures never share a timestamp. `first` is its first sequence number, below 2^14.
    #[must_use]
    pub const fn new(clock_rate: u32, step: u32, first: PacketIndex) -> Self {
        Self { clock_rate, step, next: first, newest: None, clock: None, spans: VecDeque::new() }
    }

    /// The source whose packets pass now.
    #[must_use]
    pub fn source(&self) -> Option<S> {
        self.spans.back().and_then(|span| span.source)
    }

    /// From `packet` on the slot carries `source`: sequence numbers and frame counters go on without a gap.
    pub fn begin(&mut self, now: Instant, source: S, packet: &Numbers, standing: Standing) {
        let (place, waits_for) = self.place(now, source, packet.timestamp, standing);
        let shift = Shift {
            index: self.next.0.wrapping_sub(packet.index.0),
            place,
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
        let (first, first_of_source) = (self.next, packet.index);
        self.push(Span { source: Some(source), shift, first, first_of_source, waits_for });
    }

    fn push(&mut self, span: Span<S>) {
        if self.spans.len() >= SPANS {
            self.spans.pop_front();
        }
        self.spans.push_back(span);
    }

    /// Where a source that begins with the timestamp `first` lies, and what it waits for.
    fn place(
        &mut self,
        now: Instant,
        source: S,
        first: RtpTimestamp,
        standing: Standing,
    ) -> (Place, Option<RtpTimestamp>) {
        let present = self.present(now, standing.present);
        let age = standing.present.0.wrapping_sub(first.0);
        let is_believed =
            age.wrapping_add(self.clock_rate) <= ticks(OLDEST + Duration::from_secs(1), self.clock_rate);
        let captured = if is_believed { present.wrapping_sub(age) } else { present };
        let shift = captured.wrapping_sub(first.0);
        let Some(newest) = self.newest else { return (Place::on_time(shift), None) };
        if let Some(span) = self.spans.back().filter(|span| span.source == Some(source)) {
            let goes_on = span.shift.place.timestamp(first).0;
            let off = goes_on.wrapping_sub(captured).cast_signed().unsigned_abs();
            if is_ahead(goes_on, newest.timestamp.0) && off <= self.clock_rate / STANDSTILL {
                return (span.shift.place, span.waits_for);
            }
        }
        let follows = newest.timestamp.0.wrapping_add(self.step);
        if !self.is_sound() {
            return (self.picture(shift, first, follows, standing.newest), None);
        }
        let on_time = follows.wrapping_sub(self.step / 2);
        let waits_for = is_ahead(on_time, captured).then(|| RtpTimestamp(on_time.wrapping_sub(shift)));
        (self.sound(shift, first), waits_for)
    }

    /// Where a sound lies that begins with the timestamp `first`, which was captured at `first + shift`.
    fn sound(&self, shift: u32, first: RtpTimestamp) -> Place {
        let on_time = Place::on_time(shift);
        let Some(newest) = self.newest else { return on_time };
        let follows = newest.timestamp.0.wrapping_add(self.step);
        // Less than a packet's time between two sounds is no pause: a receiver would make up what is missing.
        if is_ahead(first.0.wrapping_add(shift), follows.wrapping_add(self.step)) {
            return on_time;
        }
        Place { sent: follows.wrapping_sub(first.0), ..on_time }
    }

    /// Where pictures lie that begin with the timestamp `first`, which was captured at `first + shift`; those until `last`
    /// have come.
    fn picture(&self, shift: u32, first: RtpTimestamp, follows: u32, last: RtpTimestamp) -> Place {
        let on_time = Place::on_time(shift);
        let captured = first.0.wrapping_add(shift);
        if is_ahead(captured, follows) {
            return on_time;
        }
        let come = match last.0.wrapping_sub(first.0) {
            length if length < ticks(OLDEST, self.clock_rate) => length,
            _ => 0,
        };
        let least = follows.wrapping_add(come / MOST_HASTE);
        let newest = captured.wrapping_add(come);
        let late = if is_ahead(least, newest) { least.wrapping_sub(newest) } else { 0 };
        let length = come + late + late.min(ticks(LONGEST_CATCH_UP, self.clock_rate));
        let room = captured.wrapping_add(length).wrapping_sub(follows);
        Place { catch_up: Some(CatchUp { from: first.0, to: follows, length, room }), ..on_time }
    }

    const fn is_sound(&self) -> bool {
        self.step > 1
    }

    /// The present moment on the slot's clock; a clock that sources have left behind is set anew.
    fn present(&mut self, now: Instant, fallback: RtpTimestamp) -> u32 {
        let present = self.clock.map(|(timestamp, at)| {
            timestamp.0.wrapping_add(ticks(now.saturating_duration_since(at), self.clock_rate))
        });
        let newest = self.newest.map(|newest| newest.timestamp.0);
        let timestamp = match (present, newest) {
            (Some(present), Some(newest)) if is_ahead(newest, present.wrapping_add(self.clock_rate)) => {
                newest
            }
            (Some(present), _) => return present,
            (None, _) => fallback.0,
        };
        self.clock = Some((RtpTimestamp(timestamp), now));
        timestamp
    }

    /// A sender report said that a capture at `now` has this timestamp: the slot's clock goes on from there, unless that
    /// is the word of a publisher whose clock ran wild.
    pub fn reported(&mut self, now: Instant, timestamp: RtpTimestamp) {
        let present = self.present(now, timestamp);
        if timestamp.0.wrapping_sub(present).cast_signed().unsigned_abs() <= self.clock_rate {
            self.clock = Some((timestamp, now));
        }
    }

    /// Numbers for a packet of the gateway's own, right behind the last one; none before there was one.
    pub fn insert(&mut self) -> Option<Numbers> {
        let newest = self.newest?;
        let timestamp = RtpTimestamp(newest.timestamp.0.wrapping_add(self.step));
        let index = self.next;
        if self.source().is_some() {
            let shift = Shift::default();
            self.push(Span { source: None, shift, first: index, first_of_source: index, waits_for: None });
        }
        self.next = PacketIndex(index.0 + 1);
        self.newest = Some(Newest { timestamp, ..newest });
        Some(Numbers { index, timestamp, picture_id: None, tl0_index: None, frame_number: None })
    }

    /// Rewrites a packet of the present source. What is returned as [`Passage::Next`] counts as sent.
    pub fn pass(&mut self, packet: &Numbers) -> Passage {
        let Some(mut span) = self.spans.back().copied().filter(|span| span.source.is_some()) else {
            return Passage::Before;
        };
        if packet.index < span.first_of_source {
            return Passage::Before;
        }
        if let Some(begin) = span.waits_for {
            if is_ahead(begin.0, packet.timestamp.0) {
                return Passage::Before;
            }
            span.waits_for = None;
            span.first_of_source = packet.index;
            span.shift.index = self.next.0.wrapping_sub(packet.index.0);
            span.shift.place = self.sound(span.shift.place.captured, packet.timestamp);
            self.spans.pop_back();
            self.spans.push_back(span);
        }
        let numbers = span.shift.apply(packet);
        if numbers.index < self.next {
            return Passage::Late(numbers);
        }
        if numbers.index.0 - self.next.0 > LARGEST_JUMP {
            return Passage::Jump;
        }
        self.next = PacketIndex(numbers.index.0 + 1);
        self.remember(&numbers);
        Passage::Next(numbers)
    }

    fn remember(&mut self, sent: &Numbers) {
        let before = self.newest;
        if before.is_some_and(|newest| {
            newest.timestamp != sent.timestamp && !is_ahead(sent.timestamp.0, newest.timestamp.0)
        }) {
            // A source whose clock runs backwards does not take the slot with it.
            return;
        }
        self.newest = Some(Newest {
            timestamp: sent.timestamp,
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
        Some(Sent { source: span.source?, index: PacketIndex(index.0.wrapping_sub(span.shift.index)) })
    }

    /// The very numbers that `packet`, found by [`Rewriter::find`], had or would have had as `sequence`.
    #[must_use]
    pub fn repeat(&self, sequence: SequenceNumber, packet: &Numbers) -> Option<Numbers> {
        let index = expand(sequence, self.next);
        let span = self.spans.iter().rev().find(|span| span.first <= index)?;
        let numbers = span.shift.apply(packet);
        (span.source.is_some() && numbers.index == index).then_some(numbers)
    }

    /// Whether a source began in this slot with the packet sent as `index`.
    #[must_use]
    pub fn began_at(&self, index: PacketIndex) -> bool {
        self.spans.iter().any(|span| span.first == index && span.source.is_some())
    }

    /// The moment, on the slot's clock, at which the present source captured what has `timestamp` there: for sender reports.
    #[must_use]
    pub fn timestamp(&self, timestamp: RtpTimestamp) -> Option<RtpTimestamp> {
        let span = self.spans.back().filter(|span| span.source.is_some())?;
        Some(RtpTimestamp(timestamp.0.wrapping_add(span.shift.place.captured)))
    }
}

fn ticks(duration: Duration, clock_rate: u32) -> u32 {
    let ticks = duration.as_nanos() * u128::from(clock_rate) / 1_000_000_000;
    // Only the low 32 bits count.
    (ticks & u128::from(u32::MAX)) as u32
}

fn is_ahead(timestamp: u32, of: u32) -> bool {
    (1..0x8000_0000).contains(&timestamp.wrapping_sub(of))
}

#[cfg(test)]
mod tests;
