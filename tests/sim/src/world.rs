//! The two production cores, the network between them and the clients, and the clock of it all.

mod gateway;
mod site;
mod wires;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use giaoban_media::rtp::Ssrc;
use giaoban_media::shard::{Datagram, Shard, ShardConfig};
use giaoban_media::statistics::Statistics;
use giaoban_media::transport::plain::PlainTransport;
use giaoban_media_types::{ConferenceId, MemberId, SlotId};
use giaoban_signaling::conference::{Durable, Seat, Setup, WriteId};
use giaoban_signaling::wire::{Classification, ClientMessage, RoomInfo, ServerMessage};
use giaoban_signaling::{Conference, ConnectionId, Input};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::client::Client;
use crate::plan::{Action, Plan};
use crate::queue::Queue;
use crate::trace::{Record, Trace};
use crate::view::View;

use site::Node;
use wires::address;

const CONFERENCE: ConferenceId = ConferenceId(1);
/// Time a message takes from a client to the gateway, or back.
const SIGNALING_DELAY: Duration = Duration::from_millis(10);
/// From the last word of the script to the comparison of what all know.
const QUIET: Duration = Duration::from_secs(2);
/// From there until what everyone left behind is looked at.
const AFTERMATH: Duration = Duration::from_secs(1);

enum Event {
    ToShard(MemberId, Vec<u8>),
    ToClient(MemberId, Vec<u8>),
    ToGateway(ConnectionId, MemberId, String),
    FromGateway(ConnectionId, MemberId, Rc<ServerMessage>),
    /// The client learns that its WebSocket is gone.
    Closed(ConnectionId, MemberId),
    /// The gateway learns it.
    Disconnected(ConnectionId),
    /// A write of the gateway's so-manieth life is on disk.
    Stored(u16, WriteId, Box<Durable>),
    /// The gateway comes back.
    Start,
    /// A client without a WebSocket tries again.
    Retry(MemberId),
    Act(Action),
    Sound(MemberId),
    Frame(MemberId),
    Ask(MemberId),
    Report(MemberId),
    SenderReport(MemberId),
}

/// What one life of the gateway's process leaves.
#[derive(Debug, Clone)]
pub struct Life {
    /// What the shard counted.
    pub statistics: Statistics,
    /// Datagrams that the shard was given.
    pub given: u64,
    /// Indices that were to be sealed twice.
    pub reused: usize,
}

/// Messages of the gateway to one member.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// How many.
    pub messages: u64,
    /// How much.
    pub octets: u64,
}

/// What a run leaves for its judges.
pub struct Outcome {
    /// What happened.
    pub trace: Trace,
    /// What the shard counted, at the end.
    pub statistics: Statistics,
    /// Every life of the gateway, the last one included.
    pub lives: Vec<Life>,
    /// What everyone knew of the room before they left, of those who still had their seats.
    pub views: BTreeMap<u32, View>,
    /// When everyone left.
    pub left_at: Duration,
    /// Packets receivers asked for again.
    pub nacks: u32,
    /// Key frames receivers asked for.
    pub key_frame_requests: u32,
    /// Whether some client's message was refused as malformed.
    pub malformed_messages: u32,
    /// What the gateway told each member.
    pub told: BTreeMap<MemberId, Told>,
}

/// The gateway's process: what a restart loses.
struct Process {
    shard: Shard<PlainTransport>,
    conference: Conference,
    connections: BTreeMap<ConnectionId, MemberId>,
    given: u64,
}

/// A run under way.
pub struct World {
    plan: Plan,
    origin: Instant,
    now: Duration,
    random: ChaCha8Rng,
    queue: Queue<Event>,
    /// None while the gateway is down.
    process: Option<Process>,
    /// Counts the gateway's lives.
    life: u16,
    lives: Vec<Life>,
    /// The disk.
    durable: Durable,
    nodes: BTreeMap<MemberId, Node>,
    slots: BTreeMap<(MemberId, Ssrc), (SlotId, bool)>,
    trace: Trace,
    told: BTreeMap<MemberId, Told>,
    malformed_messages: u32,
    last_connection: u64,
}

/// Runs a plan to its end.
#[must_use]
pub fn run(plan: &Plan, seed: u64) -> Outcome {
    let mut world = World::new(plan, seed);
    for (at, action) in &plan.script {
        world.queue.push(Duration::from_millis(*at), Event::Act(action.clone()));
    }
    for site in &plan.sites {
        world.queue.push(plan.length, Event::Act(Action::Speak(site.member, false)));
    }
    world.pass_until(plan.length + QUIET);
    let left_at = world.now;
    let seated = world.nodes.values().filter(|node| node.client.connection.is_some());
    let views = seated.map(|node| (node.client.member.0, node.client.view.clone())).collect();
    let members: Vec<MemberId> = world.nodes.keys().copied().collect();
    for member in members {
        if let Some(node) = world.nodes.get_mut(&member) {
            node.client.messages.push(ClientMessage::Leave);
        }
        world.flush(member);
    }
    world.pass_until(left_at + AFTERMATH);
    world.end_life();
    let clients = || world.nodes.values().map(|node| &node.client);
    Outcome {
        statistics: world.lives.last().map(|life| life.statistics.clone()).unwrap_or_default(),
        views,
        left_at,
        nacks: clients().map(|client| client.nacks).sum(),
        key_frame_requests: clients().map(Client::key_frame_requests).sum(),
        malformed_messages: world.malformed_messages,
        told: world.told,
        lives: world.lives,
        trace: world.trace,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "an instant can be had nowhere else; it is the zero of virtual time"
)]
fn zero() -> Instant {
    Instant::now()
}

fn setup(plan: &Plan, durable: Durable) -> Setup {
    let seat = |site: &crate::plan::Site| Seat {
        member: MemberId(site.member),
        name: format!("Điểm cầu {}", site.member),
        role: site.role,
        until: None,
    };
    Setup {
        conference: CONFERENCE,
        room: RoomInfo { title: "Giao ban".into(), classification: Classification::Normal },
        seats: plan.sites.iter().map(seat).collect(),
        durable,
        capacity: plan.sites.len(),
    }
}

impl World {
    fn new(plan: &Plan, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let config = ShardConfig { seed: random.next_u64() };
        let nodes = plan.sites.iter().map(|site| (MemberId(site.member), Node::new(&mut random, site)));
        let nodes = nodes.collect();
        let mut world = Self {
            plan: plan.clone(),
            origin: zero(),
            now: Duration::ZERO,
            random,
            queue: Queue::default(),
            process: None,
            life: 0,
            lives: Vec::new(),
            durable: Durable::default(),
            nodes,
            slots: BTreeMap::new(),
            trace: Trace::default(),
            told: BTreeMap::new(),
            malformed_messages: 0,
            last_connection: 0,
        };
        world.begin_life(config);
        world
    }

    /// The gateway starts on what is on disk.
    fn begin_life(&mut self, config: ShardConfig) {
        self.life += 1;
        // Each life answers with a certificate of its own; over the plain transport its address stands for that.
        let gateway = SocketAddr::from(([192, 0, 2, 1], 10_000 + self.life));
        self.process = Some(Process {
            shard: Shard::new(config, PlainTransport::new(gateway)),
            conference: Conference::new(setup(&self.plan, self.durable.clone())),
            connections: BTreeMap::new(),
            given: 0,
        });
        let now = self.instant();
        if let Some(process) = &mut self.process {
            process.conference.handle_timeout(now);
        }
        self.settle();
    }

    /// The gateway is no more.
    fn end_life(&mut self) {
        let Some(process) = self.process.take() else { return };
        self.lives.push(Life {
            statistics: process.shard.statistics(),
            given: process.given,
            reused: process.shard.transport().reuses().len(),
        });
        for (connection, member) in process.connections {
            self.queue.push(self.now + SIGNALING_DELAY, Event::Closed(connection, member));
        }
    }

    fn instant(&self) -> Instant {
        self.origin + self.now
    }

    fn since_origin(&self, due: Option<Instant>) -> Option<Duration> {
        due.map(|due| due.saturating_duration_since(self.origin).max(self.now))
    }

    fn pass_until(&mut self, end: Duration) {
        loop {
            let process = self.process.as_ref();
            let shard = self.since_origin(process.and_then(|process| process.shard.next_timeout()));
            let conference = self.since_origin(process.and_then(|process| process.conference.next_timeout()));
            let due = [self.queue.next(), shard, conference].into_iter().flatten().min();
            let Some(due) = due.filter(|&due| due <= end) else { break };
            self.now = due;
            let now = self.instant();
            if let Some(process) = self.process.as_mut().filter(|_| shard == Some(due)) {
                process.shard.handle_timeout(now);
                self.settle();
            }
            if let Some(process) = self.process.as_mut().filter(|_| conference == Some(due)) {
                process.conference.handle_timeout(now);
                self.settle();
            }
            if let Some(event) = self.queue.pop_due(due) {
                self.happen(event);
            }
        }
        self.now = end;
    }

    fn happen(&mut self, event: Event) {
        let now = self.instant();
        match event {
            Event::ToShard(member, mut datagram) => {
                let Some(process) = &mut self.process else { return };
                process.given += 1;
                let from = address(member);
                let mut batch = [Datagram { from, contents: &mut datagram }];
                process.shard.handle_datagrams(now, &mut batch);
                self.settle();
            }
            Event::ToClient(member, datagram) => {
                if let Some(node) = self.nodes.get_mut(&member) {
                    node.client.receive(self.now, &datagram, &mut self.trace);
                }
                self.flush(member);
            }
            Event::ToGateway(connection, member, text) => self.take_message(connection, member, &text),
            Event::FromGateway(connection, member, message) => self.hear(connection, member, &message),
            Event::Closed(connection, member) => self.lose_socket(connection, member),
            Event::Disconnected(connection) => {
                if let Some(process) = &mut self.process
                    && process.connections.remove(&connection).is_some()
                {
                    self.input(Input::Disconnected { connection });
                }
            }
            Event::Stored(life, write, durable) => {
                if life == self.life && self.process.is_some() {
                    self.durable = *durable;
                    self.input(Input::Stored { write });
                }
            }
            Event::Start => {
                self.trace.add(self.now, Record::Restarted);
                let config = ShardConfig { seed: self.random.next_u64() };
                self.begin_life(config);
            }
            Event::Retry(member) => self.retry(member),
            Event::Act(action) => self.act(action),
            Event::Sound(_) | Event::Frame(_) | Event::Ask(_) | Event::Report(_) | Event::SenderReport(_) => {
                self.tick(&event);
            }
        }
    }

    /// Notes who came and went in the eyes of a member.
    fn note_moves(&mut self, receiver: MemberId) {
        let Some(node) = self.nodes.get_mut(&receiver) else { return };
        for (member, is_there) in std::mem::take(&mut node.client.moves) {
            let member = MemberId(member);
            self.trace.add(self.now, Record::Moved { receiver, member, is_there });
        }
    }
}
