//! The test of a line before its seat is taken: padding towards a browser, as fast as its reports allow.
//!
//! ```text
//! rate   |                    ______  at most 6 Mbit/s
//!        |               ____|        half as much again every 250 ms, until packets are lost or queue
//!        |__________----|
//!        0 s       1.5 s            4 s
//! ```
//!
//! In the first part little is sent, in packets as small as those of sound: what is lost then, the line loses. After
//! it the rate rises as long as the reports are good. To an address that does not report on what was sent to it, no more
//! than [`UNANSWERED`] at the first rate is ever sent: 50 kB.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::rtcp::{ArrivalTime, PacketStatus};
use crate::rtp::SequenceNumber;
use crate::sequence::expand;
use crate::transport::PacketIndex;

/// From the completed handshake to the last packet.
pub const DURATION: Duration = Duration::from_secs(4);
/// From the offer to the completed handshake; one that takes longer tells that there is no way.
pub const CONNECT_LIMIT: Duration = Duration::from_secs(8);
/// The transport stays so long after the last packet: reports about it are on their way both ways.
pub const CLOSING: Duration = Duration::from_secs(1);
/// The first part, in which the line is not filled.
pub const CALM: Duration = Duration::from_millis(1500);
/// Between two bursts: what is paced so does not overflow a small queue.
const TICK: Duration = Duration::from_millis(5);
/// Between two decisions about the rate.
const STEP: Duration = Duration::from_millis(250);
/// Without a report for so long nothing more is sent. Browsers report ten times a second; a satellite adds 0.6 s.
const UNANSWERED: Duration = Duration::from_secs(1);

/// Bits per second of the first part, of the first step after it, and at most: a stage and a page of tiles.
const CALM_RATE: u32 = 400_000;
const FIRST_RATE: u32 = 800_000;
const LARGEST_RATE: u32 = 6_000_000;
/// Padding of the packets of the first part and of those after it; more does not fit a packet (RFC 3550 §5.1).
const SMALL: u8 = 80;
const LARGE: u8 = 255;
/// Fixed header, extensions and tag, in bytes: what a packet costs beside its padding.
const OVERHEAD: u32 = 44;

/// A line on which so much more of 256 is lost within a step than in the first part is full; so is one on which packets
/// wait so long, in µs.
const FULL_LOSS: u32 = 26;
const FULL_QUEUE: i64 = 50_000;
/// A line that loses so much of 256 by itself is not sent more.
const WORST_LOSS: u32 = 51;

/// Packets whose fate is not known yet at most: what is sent within [`UNANSWERED`] at the largest rate, twice.
const MOST_PENDING: usize = 5120;

/// What is to be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burst {
    /// The index of the first packet; it numbers the packets of the transport too.
    pub first: PacketIndex,
    /// How many.
    pub count: u32,
    /// Padding of each.
    pub padding: u8,
    /// Since the test began.
    pub elapsed: Duration,
}

/// How far a test is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The handshake is not complete.
    Connecting { until: Instant },
    /// Padding is sent.
    Sending { since: Instant, last: Instant },
    /// Nothing more is sent.
    Closing { until: Instant },
}

/// What the reports said since the last step.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    received: u32,
    lost: u32,
    /// The shortest time that a packet of the latest report waited, in µs.
    queue: i64,
}

/// One test: decides how much is sent when.
#[derive(Debug)]
pub struct LineTest {
    phase: Phase,
    first: PacketIndex,
    next_index: PacketIndex,
    /// When each packet was sent whose fate is not known; the last is that before `next_index`.
    pending: VecDeque<Instant>,
    rate: u32,
    /// Bits that may be sent.
    credit: u32,
    /// The line was full once: the rate rises no more.
    was_full: bool,
    /// Of 256, in the first part; `None` during it.
    own_loss: Option<u32>,
    step_due: Instant,
    answered: Instant,
    window: Window,
    /// The shortest way seen, on two clocks, in µs.
    shortest: Option<i64>,
}

impl LineTest {
    /// A test whose handshake is to come. `first` is below 2^14, so that the rollover counter is never guessed wrongly.
    #[must_use]
    pub fn new(now: Instant, first: PacketIndex) -> Self {
        Self {
            phase: Phase::Connecting { until: now + CONNECT_LIMIT },
            first,
            next_index: first,
            pending: VecDeque::new(),
            rate: CALM_RATE,
            credit: 0,
            was_full: false,
            own_loss: None,
            step_due: now,
            answered: now,
            window: Window::default(),
            shortest: None,
        }
    }

    /// The handshake is complete: the padding begins.
    pub fn connected(&mut self, now: Instant) {
        if matches!(self.phase, Phase::Connecting { .. }) {
            self.phase = Phase::Sending { since: now, last: now };
            self.step_due = now + CALM;
            self.answered = now;
        }
    }

    /// What is due now, if anything.
    pub fn handle_timeout(&mut self, now: Instant) -> Option<Burst> {
        let Phase::Sending { since, last } = self.phase else { return None };
        let elapsed = now.saturating_duration_since(since);
        if elapsed >= DURATION || now.saturating_duration_since(self.answered) >= UNANSWERED {
            self.stop(now);
            return None;
        }
        let passed = now.saturating_duration_since(last);
        if passed < TICK {
            return None;
        }
        self.phase = Phase::Sending { since, last: now };
        if now >= self.step_due {
            self.step_due = now + STEP;
            self.decide();
        }
        // A gateway that was held up does not make up for all of it: that would be a burst of its own making.
        let passed = u32::try_from(passed.min(TICK * 4).as_micros()).unwrap_or(0);
        self.credit = self.credit.saturating_add(self.rate / 1000 * passed / 1000);
        self.burst(now, elapsed)
    }

    /// Sends nothing more.
    pub fn stop(&mut self, now: Instant) {
        self.phase = Phase::Closing { until: now + CLOSING };
    }

    fn burst(&mut self, now: Instant, elapsed: Duration) -> Option<Burst> {
        let padding = if elapsed < CALM { SMALL } else { LARGE };
        let cost = (OVERHEAD + u32::from(padding)) * 8;
        let count = self.credit / cost;
        self.credit %= cost;
        if count == 0 || self.pending.len() + count as usize > MOST_PENDING {
            return None;
        }
        let first = self.next_index;
        self.next_index.0 += u64::from(count);
        self.pending.extend((0..count).map(|_| now));
        Some(Burst { first, count, padding, elapsed })
    }

    /// Takes the statuses of one report. One that tells of packets that were never sent is a lie, and ends the test:
    /// only who receives can know their numbers.
    pub fn reported(&mut self, now: Instant, statuses: impl Iterator<Item = PacketStatus>) {
        let Phase::Sending { since, .. } = self.phase else { return };
        let mut queue = None;
        for status in statuses {
            let index = expand(SequenceNumber(status.sequence.0), self.next_index);
            let arrival = status.arrival.map(|ArrivalTime(arrival)| arrival);
            if arrival.is_some() && !(self.first..self.next_index).contains(&index) {
                self.stop(now);
                return;
            }
            let Some(sent) = self.sent(index) else { continue };
            let Some(arrival) = arrival else {
                self.window.lost += 1;
                continue;
            };
            self.answered = now;
            self.window.received += 1;
            let way = arrival - i64::try_from(sent.saturating_duration_since(since).as_micros()).unwrap_or(0);
            let shortest = *self.shortest.insert(self.shortest.map_or(way, |shortest| shortest.min(way)));
            queue = Some(queue.unwrap_or(i64::MAX).min(way - shortest));
        }
        self.window.queue = queue.unwrap_or(self.window.queue);
        while self.pending.front().is_some_and(|&sent| now.saturating_duration_since(sent) >= UNANSWERED) {
            self.pending.pop_front();
        }
    }

    /// When a packet was sent, while its fate is not known.
    fn sent(&self, index: PacketIndex) -> Option<Instant> {
        let before = usize::try_from(self.next_index.0.checked_sub(index.0)?).ok()?;
        self.pending.get(self.pending.len().checked_sub(before)?).copied()
    }

    /// The rate of the next step.
    fn decide(&mut self) {
        let Window { received, lost, queue } = std::mem::take(&mut self.window);
        let loss = (lost * 256).checked_div(received + lost).unwrap_or(0);
        let limit = self.own_loss.map_or(WORST_LOSS, |own| own + FULL_LOSS);
        self.own_loss.get_or_insert(loss);
        let is_full = loss > limit || queue >= FULL_QUEUE;
        self.was_full |= is_full;
        if is_full {
            // All the way: what has queued is to drain, and the browser has counted what came through.
            self.rate = CALM_RATE;
        } else if !self.was_full && received > 0 {
            self.rate = (self.rate / 2 * 3).clamp(FIRST_RATE, LARGEST_RATE);
        }
    }

    /// When it is to be looked at next.
    #[must_use]
    pub fn next_timeout(&self) -> Instant {
        match self.phase {
            Phase::Connecting { until } | Phase::Closing { until } => until,
            Phase::Sending { last, .. } => last + TICK,
        }
    }

    /// Whether its transport is to be closed.
    #[must_use]
    pub fn is_over(&self, now: Instant) -> bool {
        match self.phase {
            Phase::Connecting { until } | Phase::Closing { until } => now >= until,
            Phase::Sending { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests;
