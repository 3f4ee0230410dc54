//! Which packets of a stream came, which are missing, and when to ask for them again (RFC 4585 §6.2.1).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::rtp::SequenceNumber;
use crate::sequence::truncate;
use crate::transport::PacketIndex;

/// Packets behind the newest for which it is known whether they came.
const WINDOW: u64 = 1024;
/// A greater hole than this is not repaired: a key frame is cheaper.
pub const LARGEST_HOLE: u64 = 128;
/// Missing packets asked for at most; beyond, the oldest are given up.
const MOST_MISSING: usize = 256;
/// A packet is asked for at most so often.
const MOST_REQUESTS: u8 = 10;
/// A packet is given up after so long: receivers have gone on to a key frame by then.
const PATIENCE: Duration = Duration::from_millis(1000);
/// Least time between two requests for one packet, however short the round trip.
const LEAST_INTERVAL: Duration = Duration::from_millis(20);

/// What an arrived packet is to its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// Newer than all before.
    New,
    /// It fills a hole.
    Late,
    /// It was there already; `asked` if we had asked for it.
    Copy {
        /// Whether a request for it was ever sent.
        asked: bool,
    },
    /// Too old to say.
    Stale,
}

#[derive(Debug, Clone, Copy)]
struct Missing {
    index: PacketIndex,
    since: Instant,
    due: Instant,
    requests: u8,
}

/// Bits for the last [`WINDOW`] indices.
#[derive(Debug, Clone)]
struct Bits([u64; (WINDOW / 64) as usize]);

impl Bits {
    fn get(&self, index: u64) -> bool {
        let word = self.0.get((index % WINDOW / 64) as usize);
        word.is_some_and(|word| word & (1 << (index % 64)) != 0)
    }

    fn set(&mut self, index: u64, value: bool) {
        if let Some(word) = self.0.get_mut((index % WINDOW / 64) as usize) {
            *word = (*word & !(1 << (index % 64))) | (u64::from(value) << (index % 64));
        }
    }
}

/// Tracks one SSRC.
#[derive(Debug)]
pub struct MissingPackets {
    newest: Option<PacketIndex>,
    came: Bits,
    asked: Bits,
    missing: VecDeque<Missing>,
}

impl Default for MissingPackets {
    fn default() -> Self {
        let bits = Bits([0; (WINDOW / 64) as usize]);
        Self { newest: None, came: bits.clone(), asked: bits, missing: VecDeque::new() }
    }
}

impl MissingPackets {
    /// The highest index so far.
    #[must_use]
    pub const fn newest(&self) -> Option<PacketIndex> {
        self.newest
    }

    /// Takes note of a packet, whether it came by itself or by a resend.
    pub fn receive(&mut self, now: Instant, index: PacketIndex) -> Arrival {
        match self.newest {
            Some(newest) if index <= newest => self.fill(index, newest),
            newest => {
                self.advance(now, index, newest);
                Arrival::New
            }
        }
    }

    fn fill(&mut self, index: PacketIndex, newest: PacketIndex) -> Arrival {
        if newest.0 - index.0 >= WINDOW {
            return Arrival::Stale;
        }
        if self.came.get(index.0) {
            return Arrival::Copy { asked: self.asked.get(index.0) };
        }
        self.came.set(index.0, true);
        self.missing.retain(|missing| missing.index != index);
        Arrival::Late
    }

    fn advance(&mut self, now: Instant, index: PacketIndex, newest: Option<PacketIndex>) {
        let first_unknown = newest.map_or(index.0, |newest| newest.0 + 1);
        for passed in first_unknown.max(index.0.saturating_sub(WINDOW - 1))..index.0 {
            self.came.set(passed, false);
            self.asked.set(passed, false);
        }
        if newest.is_none() {
            // What came before the first packet we saw is not missing.
            self.came = Bits([u64::MAX; (WINDOW / 64) as usize]);
        }
        self.came.set(index.0, true);
        self.asked.set(index.0, false);
        self.newest = Some(index);
        if index.0 - first_unknown > LARGEST_HOLE {
            self.missing.clear();
            return;
        }
        for absent in first_unknown..index.0 {
            if self.missing.len() >= MOST_MISSING {
                self.missing.pop_front();
            }
            self.missing.push_back(Missing { index: PacketIndex(absent), since: now, due: now, requests: 0 });
        }
    }

    /// Gives up all that is missing: nobody watches the stream, or a key frame is on its way.
    pub fn forget(&mut self) {
        self.missing.clear();
    }

    /// Whether anything is missing.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    /// Appends what is to be asked for now, and counts it as asked. `round_trip` spaces repeated requests.
    pub fn due(&mut self, now: Instant, round_trip: Duration, requests: &mut Vec<SequenceNumber>) {
        let interval = LEAST_INTERVAL.max(round_trip + round_trip / 4);
        let asked = &mut self.asked;
        self.missing.retain_mut(|missing| {
            let tired = missing.requests >= MOST_REQUESTS;
            if tired || now.saturating_duration_since(missing.since) > PATIENCE {
                return false;
            }
            if missing.due <= now {
                missing.requests += 1;
                missing.due = now + interval;
                asked.set(missing.index.0, true);
                requests.push(truncate(missing.index));
            }
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    const ROUND_TRIP: Duration = Duration::from_millis(40);

    fn due(missing: &mut MissingPackets, now: Instant) -> Vec<u16> {
        let mut requests = Vec::new();
        missing.due(now, ROUND_TRIP, &mut requests);
        requests.into_iter().map(|sequence| sequence.0).collect()
    }

    fn receive(missing: &mut MissingPackets, now: Instant, index: u64) -> Arrival {
        missing.receive(now, PacketIndex(index))
    }

    #[test]
    fn a_hole_is_asked_for_at_once_and_again_after_a_round_trip() {
        let (now, mut missing) = (testing::start(), MissingPackets::default());
        assert_eq!(receive(&mut missing, now, 10), Arrival::New);
        assert_eq!(receive(&mut missing, now, 13), Arrival::New);
        assert_eq!(due(&mut missing, now), [11, 12]);
        assert!(due(&mut missing, now + ROUND_TRIP).is_empty());
        assert_eq!(receive(&mut missing, now + ROUND_TRIP, 11), Arrival::Late);
        assert_eq!(due(&mut missing, now + ROUND_TRIP * 5 / 4), [12]);
    }

    #[test]
    fn a_copy_tells_whether_it_was_asked_for() {
        let (now, mut missing) = (testing::start(), MissingPackets::default());
        receive(&mut missing, now, 1);
        receive(&mut missing, now, 3);
        due(&mut missing, now);
        receive(&mut missing, now, 2);
        assert_eq!(receive(&mut missing, now, 2), Arrival::Copy { asked: true });
        assert_eq!(receive(&mut missing, now, 3), Arrival::Copy { asked: false });
    }

    #[test]
    fn what_came_before_the_first_packet_counts_as_there() {
        let (now, mut missing) = (testing::start(), MissingPackets::default());
        receive(&mut missing, now, 500);
        assert_eq!(receive(&mut missing, now, 400), Arrival::Copy { asked: false });
        assert!(missing.is_complete());
    }

    #[test]
    fn older_than_the_window_is_stale_and_a_lap_later_nothing_is_remembered() {
        let (now, mut missing) = (testing::start(), MissingPackets::default());
        receive(&mut missing, now, 0);
        receive(&mut missing, now, WINDOW);
        assert_eq!(receive(&mut missing, now, 0), Arrival::Stale);
        assert_eq!(receive(&mut missing, now, 1), Arrival::Late);
        assert!(missing.is_complete(), "so great a hole is not repaired");
    }

    #[test]
    fn a_packet_is_given_up_after_a_second_or_ten_requests() {
        let (mut now, mut missing) = (testing::start(), MissingPackets::default());
        receive(&mut missing, now, 1);
        receive(&mut missing, now, 3);
        let mut requests = 0;
        for _ in 0..100 {
            requests += due(&mut missing, now).len();
            now += Duration::from_millis(60);
        }
        assert!(requests <= usize::from(MOST_REQUESTS));
        assert!(missing.is_complete());
    }

    #[test]
    fn a_packet_is_not_asked_for_any_more_after_a_second_however_seldom_it_was() {
        let (now, mut missing) = (testing::start(), MissingPackets::default());
        receive(&mut missing, now, 1);
        receive(&mut missing, now, 3);
        assert_eq!(due(&mut missing, now), [2]);
        assert_eq!(due(&mut missing, now + PATIENCE), [2]);
        assert!(due(&mut missing, now + PATIENCE * 2).is_empty());
    }

    #[test]
    fn forgotten_holes_are_not_asked_for_but_may_still_be_filled() {
        let (now, mut missing) = (testing::start(), MissingPackets::default());
        receive(&mut missing, now, 1);
        receive(&mut missing, now, 3);
        missing.forget();
        assert!(due(&mut missing, now).is_empty());
        assert_eq!(receive(&mut missing, now, 2), Arrival::Late);
    }
}
