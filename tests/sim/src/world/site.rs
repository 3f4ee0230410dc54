//! What the sites do: the script, their clocks, their ways, their WebSockets.

use std::collections::BTreeMap;
use std::time::Duration;

use giaoban_media_types::{MemberId, PeerId, SlotId};
use giaoban_signaling::ConnectionId;
use giaoban_signaling::wire::{
    ClientMessage, Credential, MicrophoneState, PROTOCOL_VERSION, ServerMessage, WireSource, WireSourceKind,
    Wish,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

use super::{Event, SIGNALING_DELAY, World};
use crate::client::{Client, Seat};
use crate::link::{Link, below, chance};
use crate::plan::{Action, Site, WishFor};
use crate::publisher::Publisher;
use crate::trace::Record;

/// A page says that a picture is covered when the cover is painted: up to so many microseconds later.
const PAINT_MICROS: u32 = 120_000;

const SOUND_INTERVAL: Duration = Duration::from_millis(20);
const FRAME_INTERVAL: Duration = Duration::from_micros(33_333);
/// How often a receiver looks after what it misses.
const ASK_INTERVAL: Duration = Duration::from_millis(20);
const REPORT_INTERVAL: Duration = Duration::from_millis(100);
const SENDER_REPORT_INTERVAL: Duration = Duration::from_secs(1);
/// A client without a WebSocket tries again after so many milliseconds, give or take.
const RETRY: std::ops::Range<u32> = 300..1000;
/// The gateway gives up a connection of which it hears nothing for so long.
const SILENCE: Duration = Duration::from_secs(16);

pub(super) struct Node {
    pub(super) client: Client,
    pub(super) site: Site,
    pub(super) up: Link,
    pub(super) down: Link,
    /// Counts his transports; the streams of each are numbered anew.
    pub(super) transport: u32,
    negotiated: Option<(u16, PeerId)>,
    /// The last assignment he was told of each slot.
    pub(super) told: BTreeMap<SlotId, u32>,
    /// Until then no WebSocket opens.
    no_socket_until: Duration,
    /// When the last message said on a WebSocket arrives.
    last_said: Duration,
    /// When the last message told to him arrives.
    pub(super) last_told: Duration,
    /// What he had when his WebSocket was lost.
    left: Option<Seat>,
    has_ticked: bool,
}

impl Node {
    pub(super) fn new(random: &mut ChaCha8Rng, site: &Site) -> Self {
        let tiles = site.wishes.iter().map(|wish| wish.0.saturating_sub(5)).max().unwrap_or(0);
        let mut client = Client::new(random, MemberId(site.member), site.publishes, tiles);
        client.is_stubborn = site.is_stubborn;
        Self {
            client,
            site: site.clone(),
            up: Link::new(site.to_gateway),
            down: Link::new(site.from_gateway),
            transport: 0,
            negotiated: None,
            told: BTreeMap::new(),
            no_socket_until: Duration::ZERO,
            last_said: Duration::ZERO,
            last_told: Duration::ZERO,
            left: None,
            has_ticked: false,
        }
    }

    /// An offer of what stands already makes no other transport.
    pub(super) fn negotiated(&mut self, life: u16, peer: PeerId) {
        if self.negotiated.replace((life, peer)) != Some((life, peer)) {
            self.transport += 1;
        }
    }

    /// What the member's own clock shows, which runs as fast or slow as his site's does.
    fn clock(&self, now: Duration) -> Duration {
        let micros = u64::try_from(now.as_micros()).unwrap_or(u64::MAX);
        let skew = micros * u64::from(self.site.clock_ppm.unsigned_abs()) / 1_000_000;
        if self.site.clock_ppm < 0 {
            now - Duration::from_micros(skew)
        } else {
            now + Duration::from_micros(skew)
        }
    }
}

impl World {
    /// What a client does at regular times.
    pub(super) fn tick(&mut self, event: &Event) {
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
        let clock = node.clock(now);
        let client = &mut node.client;
        if client.has_ended && !client.is_stubborn {
            return;
        }
        let publisher = client.publisher.as_mut();
        let (interval, again) = match event {
            Event::Sound(_) => {
                client.datagrams.extend(publisher.and_then(|publisher| publisher.sound(clock)));
                (SOUND_INTERVAL, Event::Sound(member))
            }
            Event::Frame(_) => {
                client
                    .datagrams
                    .extend(publisher.map(|publisher| publisher.frame(clock)).unwrap_or_default());
                (FRAME_INTERVAL, Event::Frame(member))
            }
            Event::SenderReport(_) => {
                let reports = publisher.map(|publisher| publisher.reports(clock));
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
    pub(super) fn flush(&mut self, member: MemberId) {
        let Some(node) = self.nodes.get_mut(&member) else { return };
        for datagram in std::mem::take(&mut node.client.datagrams) {
            for at in node.up.send(self.now, &mut self.random, datagram.len()).into_iter().flatten() {
                self.queue.push(at, Event::ToShard(member, datagram.clone()));
            }
        }
        let mut messages = std::mem::take(&mut node.client.messages);
        let Some(connection) = node.client.connection else { return };
        let signals = self.plan.signals;
        if messages.len() > 1 && chance(&mut self.random, signals.reorder) {
            // Who says hello says it first.
            let first = usize::from(matches!(messages.first(), Some(ClientMessage::Hello { .. })));
            if let Some(rest) = messages.get_mut(first..) {
                rest.reverse();
            }
        }
        for message in messages {
            let Ok(text) = serde_json::to_string(&message) else { continue };
            let is_hello = matches!(message, ClientMessage::Hello { .. });
            let paint = if matches!(message, ClientMessage::Covered { .. }) { PAINT_MICROS } else { 0 };
            let copies = 1 + usize::from(!is_hello && chance(&mut self.random, signals.duplicate));
            for _ in 0..copies {
                let late = below(&mut self.random, signals.jitter_micros + paint);
                node.last_said = node.last_said.max(self.now + SIGNALING_DELAY + late);
                self.queue.push(node.last_said, Event::ToGateway(connection, member, text.clone()));
            }
        }
    }

    /// A client takes a message of its own connection.
    pub(super) fn hear(&mut self, connection: ConnectionId, member: MemberId, message: &ServerMessage) {
        if let Some(node) = self.nodes.get_mut(&member)
            && node.client.connection == Some(connection)
        {
            node.client.hear(message);
            if let ServerMessage::Slots { .. } = message
                && let Some(before) = node.left.take()
            {
                let after = node.client.seat();
                self.trace.add(
                    self.now,
                    Record::Resumed { member, before: Box::new(before), after: Box::new(after) },
                );
            }
            self.note_moves(member);
            self.learn_streams(member, message);
            if matches!(message, ServerMessage::Welcome { .. }) {
                self.want(member);
            }
        }
        self.flush(member);
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
        if std::mem::replace(&mut node.has_ticked, true) {
            return;
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

    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Join(member) => {
                let credential = Credential::Ticket { ticket: member.to_string() };
                self.connect(MemberId(member), credential);
            }
            Action::Speak(member, speaks) => self.publish(member, |publisher| publisher.speaks = speaks),
            Action::Layers(member, active) => self.publish(member, |publisher| publisher.active = active),
            Action::Chair(order) => self.act(Action::Order(crate::plan::CHAIR, order)),
            Action::Order(chair, order) => {
                let message = ClientMessage::Chair { request: 7, order };
                self.with(chair, |node| node.client.messages.push(message));
            }
            Action::Hand(member, raised) => {
                self.with(member, |node| {
                    node.client.messages.push(ClientMessage::Hand { request: 8, raised })
                });
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
            Action::LoseSocket { member, milliseconds, is_told } => {
                self.cut_socket(MemberId(member), Duration::from_millis(milliseconds), is_told);
            }
            Action::Kill { milliseconds } => {
                self.end_life();
                self.queue.push(self.now + Duration::from_millis(milliseconds), Event::Start);
            }
        }
    }

    fn connect(&mut self, member: MemberId, credential: Credential) {
        self.last_connection += 1;
        let connection = ConnectionId(self.last_connection);
        let hello = ClientMessage::Hello { protocol: PROTOCOL_VERSION, credential, take_over: false };
        self.with(member.0, |node| {
            node.client.connection = Some(connection);
            node.client.messages.push(hello);
        });
    }

    /// A WebSocket breaks, and none opens for a while. A gateway that is not told of it hears nothing any more.
    fn cut_socket(&mut self, member: MemberId, length: Duration, is_told: bool) {
        let Some(node) = self.nodes.get_mut(&member) else { return };
        node.no_socket_until = self.now + length;
        let Some(connection) = node.client.connection else { return };
        let later = if is_told { SIGNALING_DELAY } else { SILENCE };
        self.queue.push(self.now + later, Event::Disconnected(connection));
        self.lose_socket(connection, member);
    }

    /// A client's WebSocket is gone; unless it was told that its seat is lost it tries to come back.
    pub(super) fn lose_socket(&mut self, connection: ConnectionId, member: MemberId) {
        let Some(node) = self.nodes.get_mut(&member) else { return };
        if node.client.connection != Some(connection) {
            return;
        }
        node.client.connection = None;
        node.client.messages.clear();
        if !node.client.has_ended {
            let seat = node.client.seat();
            node.left.get_or_insert(seat);
            self.queue.push(self.now, Event::Retry(member));
        }
    }

    pub(super) fn retry(&mut self, member: MemberId) {
        let Some(node) = self.nodes.get_mut(&member) else { return };
        if node.client.connection.is_some() || node.client.has_ended {
            return;
        }
        if self.process.is_none() || self.now < node.no_socket_until {
            let after = RETRY.start + self.random.next_u32() % (RETRY.end - RETRY.start);
            let at = self.now + Duration::from_millis(u64::from(after));
            self.queue.push(at, Event::Retry(member));
            return;
        }
        self.connect(member, Credential::Resume { secret: format!("resume {}", member.0) });
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
