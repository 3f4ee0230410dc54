//! One shard: the conferences of one core.
//!
//! A packet's way: [`Shard::handle_datagrams`] opens it by the transport, `ingress` decides whether it may pass and
//! puts it into the history of its encoding, `egress` serves receiver after receiver out of the histories that his
//! slots read, `outbox` hands each receiver's packets to the socket as one message.

mod control;
mod counters;
mod egress;
mod hold;
mod ingress;
mod line_test;
mod members;
mod negotiate;
mod outbox;
mod packet;
mod reports;
mod roster;
mod speakers;
mod switch;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use giaoban_media_types::{Command, ConferenceId, Event, MediaKind, MemberId, SourceId, SourceKind};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::arena::{Arena, Key};
use crate::history::Pool;
use crate::publication::{Publication, SOURCE_SILENCE};
use crate::report::WallClock;
use crate::rtp::SequenceNumber;
use crate::statistics::Statistics;
use crate::subscriber::{Path, Queue, Subscriber};
use crate::transport::{Inbound, Transport, TransportEvent};
use crate::verdict::Verdict;

use egress::{Egress, Notice};
use hold::Hold;
use line_test::Running;
use outbox::Outbox;
use roster::{Conference, Peers};

/// What a shard is told at its making.
#[derive(Debug, Clone)]
pub struct ShardConfig {
    /// Seeds every choice that need not be secret: SSRCs, first sequence numbers, jitter.
    pub seed: u64,
}

/// Packets sealed in one turn, after which they are sent and the socket is read again: what was sealed is handed to
/// the kernel while it is still in the core's cache, and a sound waits for no more than a fifth of a millisecond's work.
const TURN_BUDGET: usize = 96;
/// How often requests to publishers are repeated and timers looked at, while there is any peer.
const TICK: Duration = Duration::from_millis(20);

/// A datagram to send: one, or several of equal length to one receiver for UDP GSO.
#[derive(Debug, PartialEq, Eq)]
pub struct Transmit<'a> {
    /// The receiver.
    pub destination: SocketAddr,
    /// The datagrams, one after the other.
    pub contents: &'a [u8],
    /// Length of each but the last, which may be shorter; `None` for a single datagram.
    pub segment_size: Option<usize>,
}

/// A datagram as received. The shard decrypts it in place.
pub struct Datagram<'a> {
    /// The sender.
    pub from: SocketAddr,
    /// The payload.
    pub contents: &'a mut [u8],
}

/// The receivers, and which of them have something to be sent.
struct Served<'a> {
    subscribers: &'a mut Arena<Subscriber>,
    audio: &'a mut Queue,
    video: &'a mut Queue,
    hold: &'a mut Hold,
}

impl Served<'_> {
    /// Whether something remains to be sent at once.
    fn all<T: Transport>(self, egress: &mut Egress<'_, T>) -> bool {
        for (queue, media) in [(self.audio, MediaKind::Audio), (self.video, MediaKind::Video)] {
            if media == MediaKind::Video && self.hold.holds(egress.now) {
                return false;
            }
            while let Some(key) = queue.first() {
                let subscriber = self.subscribers.get_mut(key);
                if !subscriber.is_none_or(|subscriber| egress.serve(key, subscriber, media)) {
                    return true;
                }
                queue.pop();
            }
        }
        false
    }
}

/// Owns all packets, streams, transports, negotiation and layers of its conferences.
pub struct Shard<T> {
    transport: T,
    random: ChaCha8Rng,
    /// Runs from the first time the shard is told.
    clock: Option<WallClock>,
    conferences: BTreeMap<ConferenceId, Conference>,
    peers: Peers,
    next_session: u64,
    /// Tests of lines before a seat is taken.
    line_tests: BTreeMap<Key, Running>,
    pool: Pool,
    /// Receivers with audio to be sent; served before any video.
    audio: Queue,
    /// Receivers with video to be sent.
    video: Queue,
    /// Frames under way, for which video waits.
    hold: Hold,
    outbox: Outbox,
    /// What the fan-out found out in this turn.
    notices: Vec<Notice>,
    /// Conferences whose speakers may have changed in this turn.
    speech_changes: Vec<ConferenceId>,
    /// Publishers to be asked for something in this turn.
    urgent: Vec<Key>,
    /// Room for the numbers of one NACK.
    requests: Vec<SequenceNumber>,
    /// The transport's own datagram that was handed out last.
    control: Vec<u8>,
    events: VecDeque<Event>,
    statistics: Statistics,
    next_tick: Option<Instant>,
    /// The time of the last turn that left work undone.
    unfinished: Option<Instant>,
}

impl<T: Transport> Shard<T> {
    /// A shard without conferences.
    pub fn new(config: ShardConfig, transport: T) -> Self {
        Self {
            transport,
            random: ChaCha8Rng::seed_from_u64(config.seed),
            clock: None,
            conferences: BTreeMap::new(),
            peers: Peers::default(),
            next_session: 0,
            line_tests: BTreeMap::new(),
            pool: Pool::default(),
            audio: Queue::default(),
            video: Queue::default(),
            hold: Hold::default(),
            outbox: Outbox::default(),
            notices: Vec::new(),
            speech_changes: Vec::new(),
            urgent: Vec::new(),
            requests: Vec::new(),
            control: Vec::new(),
            events: VecDeque::new(),
            statistics: Statistics::default(),
            next_tick: None,
            unfinished: None,
        }
    }

    /// Takes an order.
    pub fn handle_command(&mut self, now: Instant, command: Command) {
        match command {
            Command::Negotiate(negotiation) => self.negotiate(now, *negotiation),
            Command::TestLine(negotiation) => self.test_line(now, *negotiation),
            Command::Allow { conference, member, sources } => self.allow(now, conference, member, sources),
            Command::Bind { conference, member, bindings } => self.bind(now, conference, member, &bindings),
            Command::Expect { conference, source } => self.expect(conference, source),
            Command::Measure { conference } => self.measure(now, conference),
            Command::Remove { conference, member } => self.remove(now, conference, member),
            Command::End { conference } => self.end(now, conference),
        }
        self.turn(now);
    }

    /// Takes what was received together. Forwards audio first, and at most a millisecond's work of video:
    /// what remains is due at once, see [`Shard::next_timeout`].
    pub fn handle_datagrams(&mut self, now: Instant, batch: &mut [Datagram<'_>]) {
        for datagram in batch {
            self.statistics.ingress_bytes += datagram.contents.len() as u64;
            let verdict = match self.transport.handle_datagram(now, datagram.from, datagram.contents) {
                Inbound::Rtp { session, packet, index } => self.receive_rtp(now, session, &packet, index),
                Inbound::Rtcp { session, compound } => self.receive_rtcp(now, session, compound),
                Inbound::Control => Verdict::Forward,
                Inbound::Dropped(reason) => Verdict::Drop(reason),
            };
            self.statistics.count(verdict);
        }
        self.drain_transport(now);
        self.turn(now);
    }

    /// Runs what is due at `now`: the rest of a fan-out, feedback, reports, timers.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.transport.handle_timeout(now);
        self.drain_transport(now);
        if self.next_tick.is_some_and(|tick| tick <= now) {
            self.tick(now);
        }
        self.run_line_tests(now);
        self.turn(now);
    }

    /// When [`Shard::handle_timeout`] is due next.
    pub fn next_timeout(&self) -> Option<Instant> {
        if self.unfinished.is_some() {
            return self.unfinished;
        }
        let others = [self.next_tick, self.hold.until(), self.next_line_test()];
        others.into_iter().chain([self.transport.next_timeout()]).flatten().min()
    }

    /// Drains one message for the socket. It must be called to `None` after every `handle_*`.
    pub fn poll_transmit(&mut self) -> Option<Transmit<'_>> {
        if let Some((destination, contents)) = self.transport.poll_datagram() {
            self.control = contents;
            return Some(Transmit { destination, contents: &self.control, segment_size: None });
        }
        self.outbox.poll()
    }

    /// Drains one event.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// What was counted so far, and how large the shard is now.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        let mut statistics = self.statistics.clone();
        statistics.conferences = self.conferences.len().saturating_sub(self.line_tests.len());
        for (_, subscriber) in self.peers.subscribers.iter() {
            statistics.transports += 1;
            if let Some(security) = subscriber.security {
                *statistics.security.entry(security).or_default() += 1;
            }
        }
        statistics
    }

    /// The transport, for what only it can tell.
    pub fn transport(&self) -> &T {
        &self.transport
    }

    /// The gateway's clock.
    fn wall(&mut self, now: Instant) -> WallClock {
        *self.clock.get_or_insert(WallClock::new(now))
    }

    fn publication_mut(&mut self, publisher: Key, kind: SourceKind) -> Option<&mut Publication> {
        self.peers.publishers.get_mut(publisher)?.publication_mut(kind)
    }

    fn peers_of(&self, conference: ConferenceId) -> Vec<(MemberId, Key)> {
        self.conferences.get(&conference).map(|state| state.peers().collect()).unwrap_or_default()
    }

    /// Brings what has come to where it belongs: choices first, then the fan-out, then what follows from it.
    fn turn(&mut self, now: Instant) {
        self.settle_speakers(now);
        self.fan_out(now);
        self.follow_up(now);
        self.send_urgent(now);
    }

    /// The fan-out's view, and beside it those whom it serves. `budget` is how many packets it may send.
    fn egress(&mut self, now: Instant, budget: usize) -> (Egress<'_, T>, Served<'_>) {
        let egress = Egress {
            now,
            publishers: &self.peers.publishers,
            transport: &mut self.transport,
            outbox: &mut self.outbox,
            statistics: &mut self.statistics,
            notices: &mut self.notices,
            budget,
        };
        let served = Served {
            subscribers: &mut self.peers.subscribers,
            audio: &mut self.audio,
            video: &mut self.video,
            hold: &mut self.hold,
        };
        (egress, served)
    }

    /// Receivers outer, packets inner; audio first, and video once its frames are whole. Stops when the turn's work
    /// is done and goes on in the next.
    fn fan_out(&mut self, now: Instant) {
        let (mut egress, served) = self.egress(now, TURN_BUDGET);
        self.unfinished = served.all(&mut egress).then_some(now);
    }

    fn tick(&mut self, now: Instant) {
        self.next_tick = if self.peers.subscribers.is_empty() { None } else { Some(now + TICK) };
        self.tick_peers(now);
        let due = |(_, state): &(&ConferenceId, &Conference)| state.speech_due <= now;
        let due: Vec<ConferenceId> = self.conferences.iter().filter(due).map(|(&id, _)| id).collect();
        for conference in due {
            self.look_at_speech(now, conference);
        }
    }

    /// Notices sources that have stopped and layers that have come or gone.
    fn watch_sources(&mut self, now: Instant, key: Key) {
        let Some(publisher) = self.peers.publishers.get_mut(key) else { return };
        let (conference, member) = (publisher.conference, publisher.member);
        let mut silent = false;
        let mut changed = Vec::new();
        for publication in publisher.publications_mut() {
            let kind = publication.kind;
            if publication
                .last_packet
                .is_some_and(|last| now.saturating_duration_since(last) >= SOURCE_SILENCE)
            {
                publication.last_packet = None;
                silent = true;
                self.events.push_back(Event::SourceStopped { conference, source: SourceId { member, kind } });
            }
            for encoding in &mut publication.encodings {
                if !encoding.is_kept(now) {
                    encoding.history.expire(now, &mut self.pool);
                }
            }
            if publication.encodings.len() > 1 && publication.alive() != publication.layers {
                changed.push(kind);
            }
        }
        for kind in changed {
            self.retarget_source(now, key, kind);
        }
        if silent {
            self.speech_changed(conference);
        }
    }

    fn drain_transport(&mut self, now: Instant) {
        while let Some(event) = self.transport.poll_event() {
            match event {
                TransportEvent::Connected(session, security) => {
                    let Some(key) = self.peers.of_session(session) else { continue };
                    if let Some(subscriber) = self.peers.subscribers.get_mut(key) {
                        subscriber.security = Some(security);
                    }
                    self.set_path(now, key, Path::Open);
                    if let Some((conference, member, peer)) = self.peer_of(key) {
                        self.events.push_back(Event::Connected { conference, member, peer, security });
                    }
                }
                TransportEvent::PathLost(session) => {
                    if let Some(key) = self.peers.of_session(session) {
                        self.set_path(now, key, Path::Lost);
                    }
                }
                TransportEvent::PathRestored(session) => {
                    if let Some(key) = self.peers.of_session(session) {
                        self.set_path(now, key, Path::Open);
                    }
                }
                TransportEvent::Closed(session, reason) => self.closed(now, session, reason),
            }
        }
    }
}

#[cfg(test)]
mod tests;
