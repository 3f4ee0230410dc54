//! Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
//!
//! ```text
//! | sender SSRC | media SSRC | base sequence 16 | status count 16 | reference time 24, 64 ms | number 8 |
//! | status chunks, 16 bits each | deltas of the packets received, 8 or 16 bits of 250 µs | fill |
//!
//! run length chunk    |0| symbol 2 | length 13 |
//! one-bit vector      |1|0| 14 symbols of 1 bit |
//! two-bit vector      |1|1|  7 symbols of 2 bits |
//! ```

use std::time::Duration;

use super::{FMT_TRANSPORT_WIDE, ParseError, TRANSPORT_LAYER_FEEDBACK, split_feedback, write_feedback};
use crate::rtp::{Ssrc, TransportSequence};

/// Ticks of 250 µs in one unit of the reference time.
const TICKS_PER_REFERENCE: u64 = 256;
const MICROS_PER_TICK: i64 = 250;

/// Most statuses that are read from or written into one packet. A browser reports every 50 to 250 ms;
/// this is several seconds of a stream, and bounds the work that a few hostile bytes can cause.
const MAX_STATUSES: usize = 8192;
/// Most arrivals written into one packet, so that it fits a datagram: each costs 2 bytes and at most three chunks.
const MAX_ARRIVALS: usize = 128;
/// How far the first arrival may stand behind the base; what is lost before that is not reported.
const MAX_LEADING_GAP: u64 = 2048;

const SYMBOL_LOST: u8 = 0;
const SYMBOL_SMALL: u8 = 1;
const SYMBOL_LARGE: u8 = 2;

const MAX_RUN: usize = 0x1FFF;
const ONE_BIT_SYMBOLS: usize = 14;
const TWO_BIT_SYMBOLS: usize = 7;

/// What stands in every feedback packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedbackHead {
    /// Who received.
    pub sender: Ssrc,
    /// Any stream of the transport reported on.
    pub media: Ssrc,
    /// Counts the feedback packets, so that the loss of one is seen.
    pub number: u8,
}

/// A feedback packet whose chunks and deltas have been found complete.
#[derive(Debug, Clone, Copy)]
pub struct TransportFeedback<'a> {
    /// See [`FeedbackHead`].
    pub head: FeedbackHead,
    base: u16,
    count: u16,
    /// In units of 64 ms, sign extended.
    reference: i32,
    chunks: &'a [[u8; 2]],
    deltas: &'a [u8],
}

impl<'a> TransportFeedback<'a> {
    pub(super) fn parse(body: &'a [u8]) -> Result<Self, ParseError> {
        let (sender, media, rest) = split_feedback(body)?;
        let (&[b0, b1, c0, c1, r0, r1, r2, number], rest) =
            rest.split_first_chunk::<8>().ok_or(ParseError::Truncated)?;
        let count = u16::from_be_bytes([c0, c1]);
        if usize::from(count) > MAX_STATUSES {
            return Err(ParseError::Excessive);
        }
        let (words, _) = rest.as_chunks::<2>();
        let (chunks, deltas_length) = measure(words, usize::from(count)).ok_or(ParseError::Truncated)?;
        let chunks = words.get(..chunks).ok_or(ParseError::Truncated)?;
        let deltas = rest.get(chunks.len() * 2..).and_then(|deltas| deltas.get(..deltas_length));
        Ok(Self {
            head: FeedbackHead { sender, media, number },
            base: u16::from_be_bytes([b0, b1]),
            count,
            reference: i32::from_be_bytes([r0, r1, r2, 0]) >> 8,
            chunks,
            deltas: deltas.ok_or(ParseError::Truncated)?,
        })
    }

    /// What became of each packet, in the order of their numbers.
    #[must_use]
    pub fn statuses(&self) -> Statuses<'a> {
        Statuses {
            next: self.base,
            left: self.count,
            ticks: i64::from(self.reference) * TICKS_PER_REFERENCE.cast_signed(),
            chunk: Chunk::default(),
            chunks: self.chunks.iter(),
            deltas: self.deltas,
        }
    }
}

/// How many chunks hold `count` symbols, and how many bytes of deltas these need.
fn measure(words: &[[u8; 2]], count: usize) -> Option<(usize, usize)> {
    let mut left = count;
    let mut chunks = 0;
    let mut deltas = 0;
    while left > 0 {
        let mut chunk = Chunk::new(*words.get(chunks)?);
        chunks += 1;
        chunk.left = chunk.left.min(left);
        left -= chunk.left;
        deltas += match chunk.run() {
            Some(symbol) => chunk.left * delta_length(symbol),
            None => chunk.map(delta_length).sum(),
        };
    }
    Some((chunks, deltas))
}

fn delta_length(symbol: u8) -> usize {
    match symbol {
        SYMBOL_SMALL => 1,
        SYMBOL_LARGE => 2,
        _ => 0,
    }
}

/// One status chunk: yields its symbols.
#[derive(Debug, Clone, Copy, Default)]
struct Chunk {
    bits: u16,
    left: usize,
}

impl Chunk {
    fn new(word: [u8; 2]) -> Self {
        let bits = u16::from_be_bytes(word);
        let left = match bits >> 14 {
            0b10 => ONE_BIT_SYMBOLS,
            0b11 => TWO_BIT_SYMBOLS,
            _ => usize::from(bits & 0x1FFF),
        };
        Self { bits, left }
    }

    /// The symbol that a run length chunk repeats.
    fn run(self) -> Option<u8> {
        (self.bits & 0x8000 == 0).then_some(((self.bits >> 13) & 0b11) as u8)
    }
}

impl Iterator for Chunk {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        self.left = self.left.checked_sub(1)?;
        if let Some(symbol) = self.run() {
            return Some(symbol);
        }
        let (shift, mask) = if self.bits & 0x4000 == 0 { (1, 0b0001) } else { (2, 0b0011) };
        // The first symbol of a vector stands right below its two mode bits.
        let symbol = (self.bits >> (14 - shift)) & mask;
        self.bits = (self.bits & 0xC000) | ((self.bits << shift) & 0x3FFF);
        Some(symbol as u8)
    }
}

/// When a packet arrived, in microseconds on the receiver's clock, to 250 µs. The clock wraps every 2^24 × 64 ms;
/// use differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArrivalTime(pub i64);

/// What became of one packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketStatus {
    /// Which.
    pub sequence: TransportSequence,
    /// When it arrived; `None` if it has not.
    pub arrival: Option<ArrivalTime>,
}

/// See [`TransportFeedback::statuses`].
#[derive(Debug, Clone)]
pub struct Statuses<'a> {
    next: u16,
    left: u16,
    ticks: i64,
    chunk: Chunk,
    chunks: std::slice::Iter<'a, [u8; 2]>,
    deltas: &'a [u8],
}

impl Statuses<'_> {
    fn symbol(&mut self) -> Option<u8> {
        loop {
            if let Some(symbol) = self.chunk.next() {
                return Some(symbol);
            }
            self.chunk = Chunk::new(*self.chunks.next()?);
        }
    }

    fn delta(&mut self, symbol: u8) -> Option<i64> {
        let (delta, rest) = if symbol == SYMBOL_SMALL {
            let (&delta, rest) = self.deltas.split_first()?;
            (i64::from(delta), rest)
        } else {
            let (&delta, rest) = self.deltas.split_first_chunk::<2>()?;
            (i64::from(i16::from_be_bytes(delta)), rest)
        };
        self.deltas = rest;
        Some(delta)
    }
}

impl Iterator for Statuses<'_> {
    type Item = PacketStatus;

    fn next(&mut self) -> Option<PacketStatus> {
        self.left = self.left.checked_sub(1)?;
        let sequence = TransportSequence(self.next);
        self.next = self.next.wrapping_add(1);
        let symbol = self.symbol()?;
        // The fourth symbol is reserved and has no delta.
        let arrival = if matches!(symbol, SYMBOL_SMALL | SYMBOL_LARGE) {
            self.ticks += self.delta(symbol)?;
            Some(ArrivalTime(self.ticks * MICROS_PER_TICK))
        } else {
            None
        };
        Some(PacketStatus { sequence, arrival })
    }
}

/// A packet that has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// Its transport-wide sequence number, extended so that it does not wrap.
    pub sequence: u64,
    /// When, since any fixed start.
    pub at: Duration,
}

/// Appends a feedback packet on the numbers from `base` to the last arrival it takes, and returns how many
/// of `arrivals` it took: go on with the rest, and the number after the last taken as base.
///
/// `arrivals` must ascend strictly by sequence. All that one packet may hold are taken, at least one; numbers
/// between them are reported lost. If the first stands before `base` or far behind it, it is the base.
pub fn write_transport_feedback(
    buffer: &mut Vec<u8>,
    head: FeedbackHead,
    base: u64,
    arrivals: &[Arrival],
) -> usize {
    let Some(first) = arrivals.first() else { return 0 };
    let plausible = first.sequence.checked_sub(base).is_some_and(|gap| gap <= MAX_LEADING_GAP);
    let base = if plausible { base } else { first.sequence };
    let reference = ticks(first) / TICKS_PER_REFERENCE;
    let origin = reference * TICKS_PER_REFERENCE;
    let taken = deltas(arrivals, origin).take(MAX_ARRIVALS).scan(base, |next, (sequence, delta)| {
        let ascends = sequence >= *next && sequence - base < MAX_STATUSES as u64;
        *next = sequence + 1;
        (ascends && i16::try_from(delta).is_ok()).then_some(sequence)
    });
    let (taken, last) = taken.fold((0, base), |(taken, _), sequence| (taken + 1, sequence));
    let arrivals = arrivals.get(..taken).unwrap_or(arrivals);
    let count = u16::try_from(last - base + 1).unwrap_or(0);
    let [_, r0, r1, r2] = ((reference & 0xFF_FFFF) as u32).to_be_bytes();
    let kind = (TRANSPORT_LAYER_FEEDBACK, FMT_TRANSPORT_WIDE);
    write_feedback(buffer, kind, (head.sender, head.media), |body| {
        body.extend_from_slice(&((base & 0xFFFF) as u16).to_be_bytes());
        body.extend_from_slice(&count.to_be_bytes());
        body.extend_from_slice(&[r0, r1, r2, head.number]);
        write_chunks(body, Symbols { next: base, arrivals, origin });
        for (_, delta) in deltas(arrivals, origin) {
            match u8::try_from(delta) {
                Ok(small) => body.push(small),
                Err(_) => body.extend_from_slice(&i16::try_from(delta).unwrap_or(0).to_be_bytes()),
            }
        }
    });
    taken
}

fn ticks(arrival: &Arrival) -> u64 {
    u64::try_from(arrival.at.as_micros()).unwrap_or(u64::MAX) / MICROS_PER_TICK.unsigned_abs()
}

/// Each arrival's sequence number and its distance in ticks from the one before.
fn deltas(arrivals: &[Arrival], origin: u64) -> impl Iterator<Item = (u64, i64)> {
    arrivals.iter().scan(origin, |previous, arrival| {
        let now = ticks(arrival);
        let delta = now.cast_signed().wrapping_sub(previous.cast_signed());
        *previous = now;
        Some((arrival.sequence, delta))
    })
}

/// The symbols of all numbers from `next` to the last arrival.
#[derive(Clone)]
struct Symbols<'a> {
    next: u64,
    arrivals: &'a [Arrival],
    origin: u64,
}

impl Iterator for Symbols<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.arrivals.split_first()?;
        let number = self.next;
        self.next += 1;
        if first.sequence != number {
            return Some(SYMBOL_LOST);
        }
        let delta = ticks(first).cast_signed().wrapping_sub(self.origin.cast_signed());
        self.origin = ticks(first);
        self.arrivals = rest;
        Some(if u8::try_from(delta).is_ok() { SYMBOL_SMALL } else { SYMBOL_LARGE })
    }
}

fn write_chunks(body: &mut Vec<u8>, mut symbols: Symbols<'_>) {
    while let Some(first) = symbols.clone().next() {
        let run = symbols.clone().take(MAX_RUN).take_while(|&symbol| symbol == first).count();
        let ends = symbols.clone().nth(run).is_none();
        let chunk = if run >= ONE_BIT_SYMBOLS || (first == SYMBOL_LARGE && run >= TWO_BIT_SYMBOLS) || ends {
            symbols.nth(run - 1);
            (u16::from(first) << 13) | u16::try_from(run).unwrap_or(0)
        } else if symbols.clone().take(ONE_BIT_SYMBOLS).all(|symbol| symbol != SYMBOL_LARGE) {
            0x8000 | vector(&mut symbols, ONE_BIT_SYMBOLS, 1)
        } else {
            0xC000 | vector(&mut symbols, TWO_BIT_SYMBOLS, 2)
        };
        body.extend_from_slice(&chunk.to_be_bytes());
    }
}

/// Packs the next `count` symbols of `width` bits from the left; after the last arrival they are zeros.
fn vector(symbols: &mut Symbols<'_>, count: usize, width: usize) -> u16 {
    (0..count).fold(0, |bits, _| (bits << width) | u16::from(symbols.next().unwrap_or(SYMBOL_LOST)))
}
