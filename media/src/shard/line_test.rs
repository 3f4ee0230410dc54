//! Line tests: a browser that has no seat yet, in a conference of its own in which nobody else ever is.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use giaoban_media_types::{
    CloseReason, ConferenceId, Event, MemberId, Negotiation, PeerId, RtpTimestamp, SlotId,
};

use super::Shard;
use crate::arena::Key;
use crate::line_test::{Burst, LineTest};
use crate::rtcp::TransportFeedback;
use crate::rtp::{self, Element, Header};
use crate::sequence::truncate;
use crate::subscriber::Path;
use crate::transport::{PacketIndex, Transport};

/// Timestamps of video in a second (RFC 7741 §4.1).
const CLOCK_RATE: u128 = 90_000;

/// A test under way.
#[derive(Debug)]
pub struct Running {
    conference: ConferenceId,
    member: MemberId,
    peer: PeerId,
    /// Where its first packet went: nothing of it ever goes elsewhere.
    destination: Option<SocketAddr>,
    test: LineTest,
}

impl<T: Transport> Shard<T> {
    /// Answers the offer of a test.
    pub(super) fn test_line(&mut self, now: Instant, negotiation: Negotiation) {
        let (conference, member, peer) = (negotiation.conference, negotiation.member, negotiation.peer);
        self.negotiate(now, negotiation);
        let state = self.conferences.get(&conference).and_then(|state| state.members.get(&member));
        let Some(key) = state.and_then(|state| state.peer.as_ref()).map(|peer| peer.key) else { return };
        let test = LineTest::new(now, self.random_index());
        self.line_tests.insert(key, Running { conference, member, peer, destination: None, test });
    }

    /// When a test is to be looked at next.
    pub(super) fn next_line_test(&self) -> Option<Instant> {
        self.line_tests.values().map(|running| running.test.next_timeout()).min()
    }

    /// Sends what is due, and ends what is over.
    pub(super) fn run_line_tests(&mut self, now: Instant) {
        let keys: Vec<Key> = self.line_tests.keys().copied().collect();
        for key in keys {
            let open = self.peers.subscribers.get(key).is_some_and(|peer| peer.path == Path::Open);
            let Some(running) = self.line_tests.get_mut(&key) else { continue };
            if running.test.is_over(now) {
                let (conference, member, peer) = (running.conference, running.member, running.peer);
                self.events.push_back(Event::Closed {
                    conference,
                    member,
                    peer,
                    reason: CloseReason::TimedOut,
                });
                self.forget_line_test(now, key);
                continue;
            }
            if open {
                running.test.connected(now);
            }
            if let Some(burst) = running.test.handle_timeout(now) {
                self.send_padding(now, key, burst);
            }
        }
    }

    /// Takes a report of what was sent.
    pub(super) fn receive_line_report(&mut self, now: Instant, key: Key, feedback: &TransportFeedback<'_>) {
        if let Some(running) = self.line_tests.get_mut(&key) {
            running.test.reported(now, feedback.statuses());
        }
    }

    /// Lets go of a test whose transport is closed, or is to be.
    pub(super) fn forget_line_test(&mut self, now: Instant, key: Key) {
        if let Some(Running { conference, member, .. }) = self.line_tests.remove(&key) {
            self.remove(now, conference, member);
        }
    }

    fn send_padding(&mut self, now: Instant, key: Key, burst: Burst) {
        let (Some(running), Some(subscriber), Some(publisher)) =
            (self.line_tests.get_mut(&key), self.peers.subscribers.get(key), self.peers.publishers.get(key))
        else {
            return;
        };
        let session = subscriber.session;
        let destination = self.transport.destination(session);
        let (Some(slot), Some(destination)) = (subscriber.slot(SlotId::STAGE_VIDEO), destination) else {
            return;
        };
        if *running.destination.get_or_insert(destination) != destination {
            running.test.stop(now);
            return;
        }
        let mid = slot.format.mid.as_ref();
        for index in (0..u64::from(burst.count)).map(|n| PacketIndex(burst.first.0 + n)) {
            let start = self.outbox.buffer.len();
            let sequence = truncate(index);
            let number = sequence.0.to_be_bytes();
            let mut elements = Vec::with_capacity(2);
            elements.extend(mid.map(|(id, mid)| Element { id: *id, data: mid.as_str().as_bytes() }));
            let counted = publisher.extensions.transport_sequence;
            elements.extend(counted.map(|id| Element { id, data: &number }));
            let header = Header {
                marker: false,
                payload_type: slot.format.payload_type,
                sequence,
                timestamp: timestamp(burst.elapsed),
                ssrc: slot.identity.ssrc,
            };
            let buffer = &mut self.outbox.buffer;
            let length = rtp::write_header(buffer, &header, &elements);
            rtp::pad(buffer, start, burst.padding);
            if self.transport.seal_rtp(session, index, buffer, start, length).is_err() {
                return;
            }
            self.statistics.line_test_bytes += (self.outbox.buffer.len() - start) as u64;
            self.outbox.commit(destination, start);
        }
    }
}

fn timestamp(elapsed: Duration) -> RtpTimestamp {
    let ticks = elapsed.as_millis() * CLOCK_RATE / 1000;
    RtpTimestamp(u32::try_from(ticks).unwrap_or(u32::MAX))
}
