//! The two production cores, the network between them and the clients, and the clock of it all.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use giaoban_media::rtp::{Packet, Ssrc, rtx};
use giaoban_media::shard::{Datagram, Shard, ShardConfig};
use giaoban_media::statistics::Statistics;
use giaoban_media::transport::plain::PlainTransport;
use giaoban_media::vp8::Descriptor;
use giaoban_media_types::{Command, ConferenceId, MediaKind, MemberId, SlotId};
use giaoban_signaling::conference::{Durable, Entry, Seat, Setup, WriteId};
use giaoban_signaling::wire::{
    ChairAction, Classification, ClientMessage, Credential, MicrophoneState, PROTOCOL_VERSION, Role,
    RoomInfo, ServerMessage, WireSource, WireSourceKind, Wish, parse_client,
};
use giaoban_signaling::{Conference, ConnectionId, Input, Output};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::client::Client;
use crate::link::Link;
use crate::plan::{Action, CHAIR, Plan, Site, WishFor};
use crate::publisher::Publisher;
use crate::queue::Queue;
use crate::tag::Tag;
use crate::trace::{Record, Sealed, Trace};
use crate::view::View;

const CONFERENCE: ConferenceId = ConferenceId(1);
const SOUND_INTERVAL: Duration = Duration::from_millis(20);
const FRAME_INTERVAL: Duration = Duration::from_micros(33_333);
/// How often a receiver looks after what it misses.
const ASK_INTERVAL: Duration = Duration::from_millis(20);
const REPORT_INTERVAL: Duration = Duration::from_millis(100);
const SENDER_REPORT_INTERVAL: Duration = Duration::from_secs(1);
/// Time a message takes from a client to the gateway, or back.
const SIGNALING_DELAY: Duration = Duration::from_millis(10);
/// Time the disk takes.
const STORE_DELAY: Duration = Duration::from_millis(3);
/// From the last word of the script to the comparison of what all know.
const QUIET: Duration = Duration::from_secs(2);
/// From there until what everyone left behind is looked at.
const AFTERMATH: Duration = Duration::from_secs(1);
const FIRST_PORT: u16 = 20_000;

enum Event {
    ToShard(MemberId, Vec<u8>),
    ToClient(MemberId, Vec<u8>),
    ToGateway(ConnectionId, MemberId, String),
    FromGateway(ConnectionId, MemberId, Rc<ServerMessage>),
    Closed(ConnectionId, MemberId),
    Stored(WriteId),
    Act(Action),
    Sound(MemberId),
    Frame(MemberId),
    Ask(MemberId),
    Report(MemberId),
    SenderReport(MemberId),
}

/// What a run leaves for its judges.
pub struct Outcome {
    /// What happened.
    pub trace: Trace,
    /// What the shard counted, at the end.
    pub statistics: Statistics,
    /// Datagrams that the shard was given.
    pub given: u64,
    /// Indices that were to be sealed twice.
    pub reused: usize,
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
}

struct Node {
    client: Client,
    site: Site,
    up: Link,
    down: Link,
    /// Counts his transports; the streams of each are numbered anew.
    transport: u32,
}

/// A run under way.
pub struct World {
    origin: Instant,
    now: Duration,
    random: ChaCha8Rng,
    queue: Queue<Event>,
    shard: Shard<PlainTransport>,
    conference: Conference,
    nodes: BTreeMap<MemberId, Node>,
    connections: BTreeMap<ConnectionId, MemberId>,
    slots: BTreeMap<(MemberId, Ssrc), (SlotId, bool)>,
    trace: Trace,
    given: u64,
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
    let clients = || world.nodes.values().map(|node| &node.client);
    Outcome {
        statistics: world.shard.statistics(),
        given: world.given,
        reused: world.shard.transport().reuses().len(),
        views,
        left_at,
        nacks: clients().map(|client| client.nacks).sum(),
        key_frame_requests: clients().map(Client::key_frame_requests).sum(),
        malformed_messages: world.malformed_messages,
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

fn setup(plan: &Plan) -> Setup {
    let seat = |site: &Site| Seat {
        member: MemberId(site.member),
        name: format!("Điểm cầu {}", site.member),
        role: if site.member == CHAIR { Role::Chair } else { Role::Site },
    };
    Setup {
        conference: CONFERENCE,
        room: RoomInfo { title: "Giao ban".into(), classification: Classification::Normal },
        seats: plan.sites.iter().map(seat).collect(),
        durable: Durable::default(),
        capacity: plan.sites.len(),
    }
}

impl World {
    fn new(plan: &Plan, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let gateway = SocketAddr::from(([192, 0, 2, 1], 10_000));
        let config = ShardConfig { seed: random.next_u64() };
        let mut nodes = BTreeMap::new();
        for site in &plan.sites {
            let member = MemberId(site.member);
            let tiles = site.wishes.iter().map(|wish| wish.0.saturating_sub(5)).max().unwrap_or(0);
            let mut client = Client::new(&mut random, member, site.publishes, tiles);
            client.is_stubborn = site.is_stubborn;
            let (up, down) = (Link::new(site.to_gateway), Link::new(site.from_gateway));
            nodes.insert(member, Node { client, site: site.clone(), up, down, transport: 0 });
        }
        Self {
            origin: zero(),
            now: Duration::ZERO,
            random,
            queue: Queue::default(),
            shard: Shard::new(config, PlainTransport::new(gateway)),
            conference: Conference::new(setup(plan)),
            nodes,
            connections: BTreeMap::new(),
            slots: BTreeMap::new(),
            trace: Trace::default(),
            given: 0,
            malformed_messages: 0,
            last_connection: 0,
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
            let shard = self.since_origin(self.shard.next_timeout());
            let conference = self.since_origin(self.conference.next_timeout());
            let due = [self.queue.next(), shard, conference].into_iter().flatten().min();
            let Some(due) = due.filter(|&due| due <= end) else { break };
            self.now = due;
            if shard == Some(due) {
                self.shard.handle_timeout(self.instant());
                self.settle();
            }
            if conference == Some(due) {
                self.conference.handle_timeout(self.instant());
                self.settle();
            }
            if let Some(event) = self.queue.pop_due(due) {
                self.happen(event);
            }
        }
        self.now = end;
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::ToShard(member, mut datagram) => {
                self.given += 1;
                let from = address(member);
                let mut batch = [Datagram { from, contents: &mut datagram }];
                self.shard.handle_datagrams(self.instant(), &mut batch);
                self.settle();
            }
            Event::ToClient(member, datagram) => {
                if let Some(node) = self.nodes.get_mut(&member) {
                    node.client.receive(self.now, &datagram, &mut self.trace);
                }
                self.flush(member);
            }
            Event::ToGateway(connection, member, text) => self.take_message(connection, member, &text),
            Event::FromGateway(connection, member, message) => {
                if let Some(node) = self.nodes.get_mut(&member)
                    && node.client.connection == Some(connection)
                {
                    node.client.hear(&message);
                    self.learn_streams(member, &message);
                    if matches!(*message, ServerMessage::Welcome { .. }) {
                        self.want(member);
                    }
                }
                self.flush(member);
            }
            Event::Closed(connection, member) => {
                if let Some(node) = self.nodes.get_mut(&member)
                    && node.client.connection == Some(connection)
                {
                    node.client.connection = None;
                }
            }
            Event::Stored(write) => self.input(Input::Stored { write }),
            Event::Act(action) => self.act(action),
            Event::Sound(_) | Event::Frame(_) | Event::Ask(_) | Event::Report(_) | Event::SenderReport(_) => {
                self.tick(&event);
            }
        }
    }

    /// What a client does at regular times.
    fn tick(&mut self, event: &Event) {
        let now = self.now;
        let (Event::Sound(member)
        | Event::Frame(member)
        | Event::Ask(member)
        | Event::Report(member)
        | Event::SenderReport(member)) = *event
        else {
            return;
        };
        let Some(node) = self.nodes.get_mut(&member) else { return };
        let client = &mut node.client;
        if client.has_ended && !client.is_stubborn {
            return;
        }
        let publisher = client.publisher.as_mut();
        let (interval, again) = match event {
            Event::Sound(_) => {
                client.datagrams.extend(publisher.and_then(|publisher| publisher.sound(now)));
                (SOUND_INTERVAL, Event::Sound(member))
            }
            Event::Frame(_) => {
                client.datagrams.extend(publisher.map(|publisher| publisher.frame(now)).unwrap_or_default());
                (FRAME_INTERVAL, Event::Frame(member))
            }
            Event::SenderReport(_) => {
                let reports = publisher.map(|publisher| publisher.reports(now));
                client.datagrams.extend(reports.filter(|reports| !reports.is_empty()));
                (SENDER_REPORT_INTERVAL, Event::SenderReport(member))
            }
            Event::Report(_) => {
                client.report();
                (REPORT_INTERVAL, Event::Report(member))
            }
            _ => {
                client.ask(now, &mut self.trace);
                (ASK_INTERVAL, Event::Ask(member))
            }
        };
        self.queue.push(now + interval, again);
        self.flush(member);
    }

    /// Sends what a client has to say and to send.
    fn flush(&mut self, member: MemberId) {
        let Some(node) = self.nodes.get_mut(&member) else { return };
        for datagram in std::mem::take(&mut node.client.datagrams) {
            for at in node.up.send(self.now, &mut self.random, datagram.len()).into_iter().flatten() {
                self.queue.push(at, Event::ToShard(member, datagram.clone()));
            }
        }
        let messages = std::mem::take(&mut node.client.messages);
        let Some(connection) = node.client.connection else { return };
        for message in messages {
            if let Ok(text) = serde_json::to_string(&message) {
                self.queue.push(self.now + SIGNALING_DELAY, Event::ToGateway(connection, member, text));
            }
        }
    }

    fn take_message(&mut self, connection: ConnectionId, member: MemberId, text: &str) {
        let Ok(message) = parse_client(text) else {
            self.malformed_messages += 1;
            return;
        };
        if let ClientMessage::Hello { .. } = message {
            self.connections.insert(connection, member);
            let resume = format!("resume {}", member.0);
            let entry = Entry::Ticket;
            self.input(Input::Enter { connection, member, entry, take_over: false, resume, time: 1_000_000 });
            return;
        }
        if !self.connections.contains_key(&connection) {
            return;
        }
        let order = match &message {
            ClientMessage::Chair { order: ChairAction::Mute { member }, .. } => {
                Some(Record::Muted(MemberId(*member)))
            }
            ClientMessage::Chair { order: ChairAction::LetSpeak { member }, .. } => {
                Some(Record::LetSpeak(MemberId(*member)))
            }
            ClientMessage::Chair { order: ChairAction::Remove { member }, .. } => {
                Some(Record::Removed(MemberId(*member)))
            }
            _ => None,
        };
        if let Some(order) = order {
            self.trace.add(self.now, order);
        }
        self.input(Input::Message { connection, message });
    }

    fn input(&mut self, input: Input) {
        self.conference.handle_input(self.instant(), input);
        self.settle();
    }

    /// Drains both cores until neither has anything for the other.
    fn settle(&mut self) {
        loop {
            self.drain_transmits();
            let Some(event) = self.shard.poll_event() else {
                let Some(output) = self.conference.poll_output() else { return };
                self.carry_out(output);
                continue;
            };
            self.conference.handle_input(self.instant(), Input::Media(event));
        }
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::Send { connection, message } => self.send(&[connection], &message),
            Output::Broadcast { connections, message } => self.send(&connections, &message),
            Output::Close { connection } | Output::Deny { connection, .. } => {
                if let Some(member) = self.connections.remove(&connection) {
                    self.queue.push(self.now + SIGNALING_DELAY, Event::Closed(connection, member));
                }
            }
            Output::Media(command) => {
                self.note(&command);
                self.shard.handle_command(self.instant(), command);
            }
            Output::Store { write, .. } => self.queue.push(self.now + STORE_DELAY, Event::Stored(write)),
            // Secrets are the gateway's.
            Output::Forget { .. } => {}
        }
    }

    fn note(&mut self, command: &Command) {
        match command {
            Command::Bind { member, bindings, .. } => {
                for binding in bindings {
                    let (receiver, slot, source) = (*member, binding.slot, binding.source);
                    self.trace
                        .add(self.now, Record::Bound { receiver, slot, source, height: binding.height });
                }
            }
            Command::Negotiate(negotiation) => {
                if let Some(node) = self.nodes.get_mut(&negotiation.member) {
                    node.transport += 1;
                }
            }
            _ => {}
        }
    }

    /// Writes a message once, reads it once, and sends what was read: a client understands only what is on the wire.
    fn send(&mut self, connections: &[ConnectionId], message: &ServerMessage) {
        let text = serde_json::to_string(message).unwrap_or_default();
        let Ok(message) = serde_json::from_str::<ServerMessage>(&text) else {
            self.malformed_messages += 1;
            return;
        };
        let message = Rc::new(message);
        for &connection in connections {
            let Some(&member) = self.connections.get(&connection) else { continue };
            if let ServerMessage::Slots { slots } = &*message {
                for slot in slots {
                    let source = slot.source.map(Into::into);
                    let told =
                        Record::Told { receiver: member, slot: SlotId(slot.slot), epoch: slot.epoch, source };
                    self.trace.add(self.now, told);
                }
            }
            let event = Event::FromGateway(connection, member, Rc::clone(&message));
            self.queue.push(self.now + SIGNALING_DELAY, event);
        }
    }

    /// What the shard sends goes on its receivers' ways.
    fn drain_transmits(&mut self) {
        while let Some(transmit) = self.shard.poll_transmit() {
            let member = MemberId(u32::from(transmit.destination.port().saturating_sub(FIRST_PORT)));
            let Some(node) = self.nodes.get_mut(&member) else { continue };
            let segment = transmit.segment_size.unwrap_or(transmit.contents.len()).max(1);
            for datagram in transmit.contents.chunks(segment) {
                if let Some(sealed) = sealed(&self.slots, member, node.transport, datagram) {
                    self.trace.add(self.now, Record::Sealed(sealed));
                }
                for at in node.down.send(self.now, &mut self.random, datagram.len()).into_iter().flatten() {
                    self.queue.push(at, Event::ToClient(member, datagram.to_vec()));
                }
            }
        }
    }

    fn learn_streams(&mut self, member: MemberId, message: &ServerMessage) {
        let (ServerMessage::Answer { sdp, .. }, Some(node)) = (message, self.nodes.get_mut(&member)) else {
            return;
        };
        for (slot, (media, repair)) in node.client.offer.read_slots(sdp) {
            self.slots.insert((member, media), (slot, false));
            if let Some(repair) = repair {
                self.slots.insert((member, repair), (slot, true));
            }
        }
        for event in [Event::Report(member), Event::Ask(member)] {
            self.queue.push(self.now + SIGNALING_DELAY, event);
        }
        if node.client.publisher.is_some() {
            let start = self.now + Duration::from_millis(50);
            for event in [Event::Sound(member), Event::Frame(member), Event::SenderReport(member)] {
                self.queue.push(start, event);
            }
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Join(member) => {
                self.last_connection += 1;
                let connection = ConnectionId(self.last_connection);
                let credential = Credential::Ticket { ticket: member.to_string() };
                let hello = ClientMessage::Hello { protocol: PROTOCOL_VERSION, credential, take_over: false };
                self.with(member, |node| {
                    node.client.connection = Some(connection);
                    node.client.messages.push(hello);
                });
            }
            Action::Speak(member, speaks) => self.publish(member, |publisher| publisher.speaks = speaks),
            Action::Layers(member, active) => self.publish(member, |publisher| publisher.active = active),
            Action::Chair(order) => {
                let message = ClientMessage::Chair { request: 7, order };
                self.with(CHAIR, |node| node.client.messages.push(message));
            }
            Action::Want(member, wishes) => {
                self.with(member, |node| node.site.wishes = wishes);
                self.want(MemberId(member));
                self.flush(MemberId(member));
            }
            Action::Ways(member, link) => self.with(member, |node| {
                node.up.config = link;
                node.down.config = link;
            }),
            Action::OpenMicrophone(member) => {
                let microphone = MicrophoneState::Open;
                let message = ClientMessage::Sources { microphone, camera: true, screen: false };
                self.with(member, |node| node.client.messages.push(message));
                self.publish(member, |publisher| publisher.microphone = true);
            }
        }
    }

    fn with(&mut self, member: u32, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.nodes.get_mut(&MemberId(member)) {
            change(node);
        }
        self.flush(MemberId(member));
    }

    fn publish(&mut self, member: u32, change: impl FnOnce(&mut Publisher)) {
        let node = self.nodes.get_mut(&MemberId(member));
        if let Some(publisher) = node.and_then(|node| node.client.publisher.as_mut()) {
            change(publisher);
        }
    }

    fn want(&mut self, member: MemberId) {
        let Some(node) = self.nodes.get_mut(&member) else { return };
        let wish = |&(slot, of, height): &WishFor| {
            let source = WireSource { member: of, kind: WireSourceKind::Camera };
            Wish { slot, source: (slot != SlotId::STAGE_VIDEO.0).then_some(source), height }
        };
        let wishes = node.site.wishes.iter().map(wish).collect();
        node.client.messages.push(ClientMessage::Want { wishes });
    }
}

fn address(member: MemberId) -> SocketAddr {
    let port = FIRST_PORT + u16::try_from(member.0).unwrap_or(0);
    SocketAddr::from(([192, 0, 2, 2], port))
}

fn sealed(
    slots: &BTreeMap<(MemberId, Ssrc), (SlotId, bool)>,
    receiver: MemberId,
    transport: u32,
    datagram: &[u8],
) -> Option<Sealed> {
    if datagram.get(1).is_some_and(|kind| (192..=223).contains(kind)) {
        return None;
    }
    let packet = Packet::parse(datagram).ok()?;
    let header = packet.header;
    let &(slot, is_repair) = slots.get(&(receiver, header.ssrc))?;
    let payload = if is_repair {
        rtx::decapsulate(packet.payload).map(|(_, original)| original)?
    } else {
        packet.payload
    };
    let (picture, tag) = match slot.media() {
        MediaKind::Audio => (None, Tag::parse(payload)),
        MediaKind::Video => {
            let descriptor = Descriptor::parse(payload).ok();
            let picture =
                descriptor.and_then(|descriptor| descriptor.picture_id).map(|picture| picture.get());
            (picture, Tag::of_picture(payload))
        }
    };
    Some(Sealed {
        receiver,
        transport,
        ssrc: header.ssrc,
        is_repair,
        sequence: header.sequence.0,
        timestamp: header.timestamp.0,
        picture,
        tag,
    })
}
