//! What a synthetic member received.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::programme::{Kind, Stamp, epoch};

/// Of so many packets the delay of one is kept.
const DELAY_SAMPLE: u64 = 8;
/// Delays kept for one stream; later ones are not.
const MAX_DELAYS: usize = 1 << 16;

/// One publisher's sound or picture at one receiver.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Packets, each counted once.
    pub received: u64,
    /// Packets that came a second time.
    pub doubles: u64,
    /// Number of the first packet counted.
    pub first: u64,
    /// Highest number seen.
    pub last: u64,
    /// When the latest arrived.
    pub arrived: Option<Instant>,
    /// When the latest was made, since the epoch of stamps.
    made: Duration,
    /// Longest time between two arrivals, less what the publisher himself paused meanwhile.
    pub longest_gap: Duration,
    /// Delays from the making of a packet to its arrival, sampled.
    pub delays: Vec<Duration>,
    /// Numbers below `last` that have not come.
    missing: std::collections::BTreeSet<u64>,
}

impl Tally {
    fn count(&mut self, now: Instant, kind: Kind, stamp: Stamp) {
        if self.received == 0 {
            self.first = stamp.number;
            self.last = stamp.number;
        } else if stamp.number > self.last {
            self.missing.extend(self.last + 1..stamp.number);
            self.last = stamp.number;
        } else if !self.missing.remove(&stamp.number) {
            self.doubles += 1;
            return;
        }
        if let Some(before) = self.arrived.replace(now) {
            let pause = stamp.made.saturating_sub(self.made).saturating_sub(kind.interval());
            let gap = now.saturating_duration_since(before).saturating_sub(pause);
            self.longest_gap = self.longest_gap.max(gap);
        }
        self.made = stamp.made;
        if self.received.is_multiple_of(DELAY_SAMPLE) && self.delays.len() < MAX_DELAYS {
            self.delays.push(now.saturating_duration_since(epoch() + stamp.made));
        }
        self.received += 1;
    }

    /// Packets between the first and the last that never came.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.missing.len()
    }
}

/// All that one receiver got, by publisher and kind. Which slot it came in is not looked at.
#[derive(Debug, Clone, Default)]
pub struct Tallies(BTreeMap<(u32, Kind), Tally>);

impl Tallies {
    /// Counts a packet; what bears no stamp is not of this process.
    pub fn count(&mut self, now: Instant, kind: Kind, payload: &[u8]) {
        if let Some(stamp) = Stamp::read(kind, payload) {
            self.0.entry((stamp.publisher, kind)).or_default().count(now, kind, stamp);
        }
    }

    /// What came of one publisher.
    #[must_use]
    pub fn of(&self, publisher: u32, kind: Kind) -> Tally {
        self.0.get(&(publisher, kind)).cloned().unwrap_or_default()
    }

    /// How much came of one publisher.
    #[must_use]
    pub fn received(&self, publisher: u32, kind: Kind) -> u64 {
        self.0.get(&(publisher, kind)).map_or(0, |tally| tally.received)
    }

    /// Begins anew.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(tally: &mut Tally, at: u64, number: u64) {
        let stamp = Stamp { publisher: 1, number, made: Duration::ZERO };
        tally.count(epoch() + Duration::from_millis(at), Kind::Audio, stamp);
    }

    #[test]
    fn a_gap_is_a_loss_until_it_is_filled_and_a_double_counts_once() {
        let mut tally = Tally::default();
        for (at, number) in [(0, 5), (20, 6), (140, 9), (150, 8), (151, 8)] {
            count(&mut tally, at, number);
        }
        assert_eq!((tally.received, tally.lost(), tally.doubles), (4, 1, 1));
        assert_eq!((tally.first, tally.last, tally.longest_gap), (5, 9, Duration::from_millis(120)));
    }
}
