//! What waits to be handed to the socket: for each receiver one run of equal datagrams for UDP GSO.

use std::collections::VecDeque;
use std::net::SocketAddr;

use super::Transmit;

/// Segments of one message at most: the kernel takes no more (`UDP_MAX_SEGMENTS`).
const MOST_SEGMENTS: usize = 64;
/// Bytes of one message at most: an IP datagram holds 65,535 with its headers.
const MOST_BYTES: usize = 65_000;
/// Packets that differ by no more than this are made equal by padding. Pieces of one frame differ by a byte
/// or two; more padding would cost the line more than the message saves the processor.
const LEVEL: usize = 16;

#[derive(Debug)]
struct Run {
    destination: SocketAddr,
    start: usize,
    end: usize,
    /// Length of each datagram but the last.
    segment: usize,
    count: usize,
    /// Whether a shorter last datagram has been added.
    closed: bool,
}

/// Datagrams in one buffer that is used again and again. It is drained after every turn, and a turn's work is bounded.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Where the next datagram is written, at its end.
    pub buffer: Vec<u8>,
    runs: VecDeque<Run>,
}

impl Outbox {
    /// Bytes of padding that make the next datagram fit the receiver's open run. Lengths are those of sealed
    /// datagrams: `length` of this one without padding, `following` the greatest of the like ones that come after it.
    pub fn level(&self, destination: SocketAddr, length: usize, following: usize) -> u8 {
        let open = self.runs.back().filter(|run| run.accepts(destination, length));
        let target = open.map_or(following, |run| run.segment);
        let missing = target.saturating_sub(length);
        if missing <= LEVEL { u8::try_from(missing).unwrap_or(0) } else { 0 }
    }

    /// Takes the datagram at `buffer[start..]`, sealed.
    pub fn commit(&mut self, destination: SocketAddr, start: usize) {
        let end = self.buffer.len();
        let length = end - start;
        if let Some(run) = self.runs.back_mut()
            && run.end == start
            && run.accepts(destination, length)
        {
            run.end = end;
            run.count += 1;
            run.closed = length < run.segment;
            return;
        }
        self.runs.push_back(Run { destination, start, end, segment: length, count: 1, closed: false });
    }

    /// Hands out one message. The buffer is free again once there is none.
    pub fn poll(&mut self) -> Option<Transmit<'_>> {
        let Some(run) = self.runs.pop_front() else {
            self.buffer.clear();
            return None;
        };
        Some(Transmit {
            destination: run.destination,
            contents: self.buffer.get(run.start..run.end)?,
            segment_size: (run.count > 1).then_some(run.segment),
        })
    }
}

impl Run {
    fn accepts(&self, destination: SocketAddr, length: usize) -> bool {
        self.destination == destination
            && !self.closed
            && length <= self.segment
            && self.count < MOST_SEGMENTS
            && self.end - self.start + self.segment <= MOST_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receiver(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    fn send(outbox: &mut Outbox, destination: SocketAddr, length: usize, following: usize) {
        let start = outbox.buffer.len();
        let padding = usize::from(outbox.level(destination, length, following));
        outbox.buffer.resize(start + length + padding, 0);
        outbox.commit(destination, start);
    }

    fn drain(outbox: &mut Outbox) -> Vec<(u16, usize, Option<usize>)> {
        let mut messages = Vec::new();
        while let Some(transmit) = outbox.poll() {
            messages.push((transmit.destination.port(), transmit.contents.len(), transmit.segment_size));
        }
        messages
    }

    #[test]
    fn pieces_of_a_frame_to_one_receiver_are_one_message() {
        let mut outbox = Outbox::default();
        for length in [1099, 1100, 1100, 700] {
            send(&mut outbox, receiver(1), length, 1100);
        }
        assert_eq!(drain(&mut outbox), [(1, 4000, Some(1100))]);
    }

    #[test]
    fn nothing_follows_a_shorter_segment_and_nothing_longer_joins() {
        let mut outbox = Outbox::default();
        for length in [500, 100, 100, 900] {
            send(&mut outbox, receiver(1), length, length);
        }
        assert_eq!(drain(&mut outbox), [(1, 600, Some(500)), (1, 100, None), (1, 900, None)]);
    }

    #[test]
    fn two_receivers_never_share_a_message() {
        let mut outbox = Outbox::default();
        for port in [1, 2, 1] {
            send(&mut outbox, receiver(port), 100, 100);
        }
        assert_eq!(drain(&mut outbox), [(1, 100, None), (2, 100, None), (1, 100, None)]);
    }

    #[test]
    fn a_message_holds_what_the_kernel_takes() {
        let mut outbox = Outbox::default();
        for _ in 0..65 {
            send(&mut outbox, receiver(1), 100, 100);
        }
        for _ in 0..60 {
            send(&mut outbox, receiver(2), 1200, 1200);
        }
        for (_, length, segment) in drain(&mut outbox) {
            let count = segment.map_or(1, |segment| length.div_ceil(segment));
            assert!(count <= MOST_SEGMENTS && length <= MOST_BYTES, "{count} segments, {length} bytes");
        }
        assert!(outbox.buffer.is_empty(), "the buffer is used again");
    }
}
