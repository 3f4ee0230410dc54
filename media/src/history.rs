//! What a publication's encoding sent lately: the queue of the fan-out and the store of resends.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use giaoban_media_types::RtpTimestamp;

use crate::transport::PacketIndex;

/// How long a packet can be resent: a receiver's second repair attempt at 400 ms of round trip still finds it.
pub const RETENTION: Duration = Duration::from_millis(1000);
/// Packets kept at most, older ones go first: 3 s of 2.5 Mbit/s. A power of two.
pub const CAPACITY: usize = 1024;
/// Buffers kept for reuse at most.
const SPARE_BUFFERS: usize = 4096;

/// A packet's place in the order of arrival; counts from 0 for each encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Ordinal(pub u64);

impl Ordinal {
    /// The next one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A packet as its publisher sent it.
#[derive(Debug)]
pub struct Stored<D> {
    /// Its extended sequence number.
    pub index: PacketIndex,
    /// When it came, on the gateway's clock.
    pub arrived: Instant,
    /// Its timestamp, on the publisher's clock.
    pub timestamp: RtpTimestamp,
    /// Its marker bit.
    pub marker: bool,
    /// What was read from its payload descriptor and extensions.
    pub detail: D,
    /// The payload, and behind it what else of the packet is kept.
    pub bytes: Vec<u8>,
    /// Where the payload ends.
    pub payload_length: usize,
}

impl<D> Stored<D> {
    /// The payload.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.bytes.get(..self.payload_length).unwrap_or(&self.bytes)
    }

    /// What is kept behind the payload.
    #[must_use]
    pub fn appendix(&self) -> &[u8] {
        self.bytes.get(self.payload_length..).unwrap_or(&[])
    }
}

/// Buffers of packets that left their history: the steady state allocates nothing.
#[derive(Default)]
pub struct Pool {
    spare: Vec<Vec<u8>>,
}

impl Pool {
    /// An empty buffer.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_default()
    }

    /// Gives a buffer back.
    pub fn give(&mut self, mut buffer: Vec<u8>) {
        if self.spare.len() < SPARE_BUFFERS {
            buffer.clear();
            self.spare.push(buffer);
        }
    }
}

/// Packets in the order of their arrival, found by ordinal or by index.
pub struct History<D> {
    packets: VecDeque<Stored<D>>,
    /// Ordinal of the packet at the front.
    first: Ordinal,
    /// For each index modulo [`CAPACITY`] the ordinal of the last packet that had it.
    places: Vec<Ordinal>,
}

impl<D> Default for History<D> {
    fn default() -> Self {
        Self { packets: VecDeque::new(), first: Ordinal(0), places: Vec::new() }
    }
}

impl<D> History<D> {
    /// Keeps a packet, and lets go of what is too old.
    pub fn push(&mut self, packet: Stored<D>, pool: &mut Pool) -> Ordinal {
        if self.places.is_empty() {
            self.places.resize(CAPACITY, Ordinal(0));
        }
        self.expire(packet.arrived, pool);
        let ordinal = self.end();
        if let Some(place) = self.places.get_mut(place_of(packet.index)) {
            *place = ordinal;
        }
        self.packets.push_back(packet);
        ordinal
    }

    /// Lets go of what is too old.
    pub fn expire(&mut self, now: Instant, pool: &mut Pool) {
        while let Some(oldest) = self.packets.front() {
            let aged = now.saturating_duration_since(oldest.arrived) > RETENTION;
            if !aged && self.packets.len() < CAPACITY {
                return;
            }
            if let Some(packet) = self.packets.pop_front() {
                pool.give(packet.bytes);
            }
            self.first = self.first.next();
        }
    }

    /// Lets go of everything. Ordinals go on.
    pub fn clear(&mut self, pool: &mut Pool) {
        self.first = self.end();
        for packet in self.packets.drain(..) {
            pool.give(packet.bytes);
        }
    }

    /// The ordinal of the next packet.
    #[must_use]
    pub fn end(&self) -> Ordinal {
        Ordinal(self.first.0 + self.packets.len() as u64)
    }

    /// The ordinal of the oldest packet kept.
    #[must_use]
    pub const fn start(&self) -> Ordinal {
        self.first
    }

    /// All packets in the order of their arrival.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Stored<D>> {
        self.packets.iter()
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    /// The packet with this ordinal, if it is still kept.
    #[must_use]
    pub fn get(&self, ordinal: Ordinal) -> Option<&Stored<D>> {
        let position = ordinal.0.checked_sub(self.first.0)?;
        self.packets.get(usize::try_from(position).ok()?)
    }

    /// The packet with this index, if it is still kept.
    #[must_use]
    pub fn find(&self, index: PacketIndex) -> Option<&Stored<D>> {
        let ordinal = *self.places.get(place_of(index))?;
        self.get(ordinal).filter(|packet| packet.index == index)
    }
}

fn place_of(index: PacketIndex) -> usize {
    (index.0 % CAPACITY as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn packet(index: u64, arrived: Instant) -> Stored<()> {
        Stored {
            index: PacketIndex(index),
            arrived,
            timestamp: RtpTimestamp(0),
            marker: false,
            detail: (),
            bytes: vec![1],
            payload_length: 1,
        }
    }

    #[test]
    fn packets_are_found_by_index_in_whatever_order_they_came() {
        let (now, mut pool, mut history) = (testing::start(), Pool::default(), History::default());
        for index in [5, 7, 6, 70_000] {
            history.push(packet(index, now), &mut pool);
        }
        assert_eq!(history.find(PacketIndex(6)).map(|found| found.index), Some(PacketIndex(6)));
        assert!(history.find(PacketIndex(8)).is_none());
        assert_eq!(history.get(Ordinal(2)).map(|found| found.index), Some(PacketIndex(6)));
        assert_eq!(history.end(), Ordinal(4));
    }

    #[test]
    fn an_index_one_lap_later_does_not_answer_for_the_older() {
        let (now, mut pool, mut history) = (testing::start(), Pool::default(), History::default());
        history.push(packet(3, now), &mut pool);
        history.push(packet(3 + CAPACITY as u64, now), &mut pool);
        assert!(history.find(PacketIndex(3)).is_none());
        assert!(history.find(PacketIndex(3 + CAPACITY as u64)).is_some());
    }

    #[test]
    fn old_packets_go_and_their_buffers_are_used_again() {
        let (now, mut pool, mut history) = (testing::start(), Pool::default(), History::default());
        history.push(packet(1, now), &mut pool);
        history.push(packet(2, now + RETENTION + Duration::from_millis(1)), &mut pool);
        assert!(history.find(PacketIndex(1)).is_none());
        assert_eq!(history.start(), Ordinal(1));
        assert!(pool.take().capacity() > 0);
    }

    #[test]
    fn never_more_than_its_capacity_is_kept() {
        let (now, mut pool, mut history) = (testing::start(), Pool::default(), History::default());
        for index in 0..2 * CAPACITY as u64 {
            history.push(packet(index, now), &mut pool);
        }
        assert_eq!(history.end().0 - history.start().0, CAPACITY as u64);
    }

    #[test]
    fn ordinals_go_on_after_clearing() {
        let (now, mut pool, mut history) = (testing::start(), Pool::default(), History::default());
        history.push(packet(1, now), &mut pool);
        history.clear(&mut pool);
        assert!(history.get(Ordinal(0)).is_none());
        assert!(history.find(PacketIndex(1)).is_none());
        assert_eq!(history.push(packet(2, now), &mut pool), Ordinal(1));
    }
}
