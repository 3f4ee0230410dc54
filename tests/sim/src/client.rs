//! A synthetic browser: what it says, and what it does with what it is told and sent.

use std::collections::BTreeMap;
use std::time::Duration;

use giaoban_media::feedback::ArrivalRecorder;
use giaoban_media::rtcp::{self, ReportBlock, SenderInfo};
use giaoban_media::rtp::{ExtensionId, Packet, SequenceNumber, Ssrc, TransportSequence, rtx};
use giaoban_media::transport::plain::BINDING;
use giaoban_media_types::{MediaKind, MemberId, SlotId, SourceId};
use giaoban_signaling::ConnectionId;
use giaoban_signaling::wire::{ClientMessage, MicrophoneState, ServerMessage, SlotAssignment};
use rand_chacha::ChaCha8Rng;

use crate::lips::Lips;
use crate::offer::{Offer, number, read_ufrag};
use crate::publisher::Publisher;
use crate::receiver::{Decoded, Receiver};
use crate::tag::Tag;
use crate::trace::{Record, Trace};
use crate::view::View;

/// The SSRC by which a client names itself in its reports.
const REPORTER: Ssrc = Ssrc(1);

/// What is on the screen in a slot.
#[derive(Default)]
struct Tile {
    epoch: u32,
    source: Option<SourceId>,
    /// Where the new source begins, once known.
    from: Option<u32>,
    uncovered: bool,
}

/// What a member has that must outlive his connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Seat {
    /// His place in the queue of hands.
    pub hand: Option<u32>,
    /// Whether the chair muted him.
    pub is_muted: bool,
    /// Whether the room is locked, and all are muted.
    pub room: (bool, bool),
    /// What is on the stage.
    pub stage: Option<SourceId>,
    /// What each slot shall show.
    pub slots: BTreeMap<SlotId, Option<SourceId>>,
}

/// What is known of one stream that is received.
#[derive(Default)]
struct Incoming {
    slot: Option<SlotId>,
    media: Option<Ssrc>,
    is_repair: bool,
    highest: Option<u16>,
    /// Packets that came since the last report, and the highest number in it.
    received: u16,
    reported: Option<u16>,
}

impl Incoming {
    /// The share of packets that were lost since the last report, in 256ths.
    fn fraction_lost(&mut self) -> u8 {
        let (Some(highest), received) = (self.highest, std::mem::take(&mut self.received)) else { return 0 };
        let expected = self.reported.replace(highest).map_or(received, |before| highest.wrapping_sub(before));
        let lost = u32::from(expected.saturating_sub(received));
        (lost * 256).checked_div(u32::from(expected)).map_or(0, |lost| u8::try_from(lost).unwrap_or(u8::MAX))
    }
}

/// A member's browser.
pub struct Client {
    /// Whose.
    pub member: MemberId,
    /// What it offers.
    pub offer: Offer,
    /// What it sends, if it publishes.
    pub publisher: Option<Publisher>,
    /// Whether it goes on sending whatever it is told.
    pub is_stubborn: bool,
    /// The WebSocket, while there is one.
    pub connection: Option<ConnectionId>,
    /// What it knows of the room.
    pub view: View,
    /// Whether it was told that its seat is lost.
    pub has_ended: bool,
    /// Who came and went since this was last emptied.
    pub moves: Vec<(u32, bool)>,
    /// What it says next.
    pub messages: Vec<ClientMessage>,
    /// What it sends next.
    pub datagrams: Vec<Vec<u8>>,
    tiles: BTreeMap<SlotId, Tile>,
    streams: BTreeMap<Ssrc, Incoming>,
    receivers: BTreeMap<SlotId, Receiver>,
    heard: BTreeMap<SlotId, std::collections::BTreeSet<u32>>,
    arrivals: ArrivalRecorder,
    /// Packets asked for again.
    pub nacks: u32,
    /// What binds its address; said again until something comes from the gateway.
    check: Option<Vec<u8>>,
    lips: Lips,
    /// The number of its peer connection, and what names the gateway's end.
    peer: u32,
    session: Option<String>,
}

impl Client {
    /// A browser that has joined nothing.
    pub fn new(random: &mut ChaCha8Rng, member: MemberId, publishes: bool, tiles: u8) -> Self {
        let offer = Offer::new(publishes, tiles);
        Self {
            member,
            publisher: Publisher::new(random, member, &offer),
            offer,
            is_stubborn: false,
            connection: None,
            view: View::default(),
            has_ended: false,
            moves: Vec::new(),
            messages: Vec::new(),
            datagrams: Vec::new(),
            tiles: BTreeMap::new(),
            streams: BTreeMap::new(),
            receivers: BTreeMap::new(),
            heard: BTreeMap::new(),
            arrivals: ArrivalRecorder::default(),
            nacks: 0,
            check: None,
            lips: Lips::default(),
            peer: member.0,
            session: None,
        }
    }

    /// Key frames its receivers asked for.
    #[must_use]
    pub fn key_frame_requests(&self) -> u32 {
        self.receivers.values().map(|receiver| receiver.requests).sum()
    }

    /// Takes a message of the gateway.
    pub fn hear(&mut self, message: &ServerMessage) {
        self.view.take(message, &mut self.moves);
        match message {
            ServerMessage::Welcome { .. } => self.say_hello(),
            ServerMessage::Answer { sdp, .. } => self.take_answer(sdp),
            ServerMessage::Slots { slots } => slots.iter().for_each(|slot| self.cover(slot)),
            ServerMessage::SlotSwitched { slot, epoch, timestamp } => {
                if let Some(tile) = self.tiles.get_mut(&SlotId(*slot)).filter(|tile| tile.epoch == *epoch) {
                    tile.from = Some(*timestamp);
                }
            }
            ServerMessage::MicrophoneClosed if !self.is_stubborn => {
                if let Some(publisher) = &mut self.publisher {
                    publisher.microphone = false;
                }
            }
            ServerMessage::Ended { .. } | ServerMessage::Error { .. } => {
                self.has_ended = true;
                if let Some(publisher) = self.publisher.as_mut().filter(|_| !self.is_stubborn) {
                    publisher.microphone = false;
                    publisher.camera = false;
                }
            }
            _ => {}
        }
    }

    fn say_hello(&mut self) {
        let publishes = self.publisher.is_some();
        let is_open = self.publisher.as_ref().is_some_and(|publisher| publisher.microphone);
        let microphone = if is_open { MicrophoneState::Open } else { MicrophoneState::Off };
        self.messages.push(ClientMessage::Sources { microphone, camera: publishes, screen: false });
        self.say_offer();
    }

    fn say_offer(&mut self) {
        self.messages.push(ClientMessage::Offer {
            request: 1,
            peer: self.peer,
            sdp: self.offer.text(),
            sections: self.offer.sections(),
        });
    }

    /// What it has at this moment.
    #[must_use]
    pub fn seat(&self) -> Seat {
        let own = self.view.members.get(&self.member.0);
        Seat {
            hand: own.and_then(|own| own.hand).map(|hand| hand.order),
            is_muted: own.is_some_and(|own| own.muted),
            room: (self.view.locked, self.view.muted_all),
            stage: self.view.stage.and_then(|stage| stage.source).map(Into::into),
            slots: self.tiles.iter().map(|(slot, tile)| (*slot, tile.source)).collect(),
        }
    }

    /// An answer of a gateway that no longer knows the peer connection: another one is made.
    fn renew(&mut self) {
        self.peer += 1000;
        self.streams.clear();
        self.receivers.clear();
        self.heard.clear();
        self.arrivals = ArrivalRecorder::default();
        self.lips = Lips::default();
        self.say_offer();
    }

    fn take_answer(&mut self, sdp: &str) {
        let session = |line: &&str| line.starts_with("a=ice-ufrag:") || line.starts_with("a=candidate:");
        let session = Some(sdp.lines().filter(session).collect());
        let known = std::mem::replace(&mut self.session, session);
        if known.is_some() && known != self.session {
            self.session = None;
            self.renew();
            return;
        }
        if known.is_some() {
            return;
        }
        for (slot, (media, repair)) in self.offer.read_slots(sdp) {
            let incoming = |is_repair| Incoming {
                slot: Some(slot),
                media: Some(media),
                is_repair,
                ..Incoming::default()
            };
            self.streams.insert(media, incoming(false));
            if let Some(repair) = repair {
                self.streams.insert(repair, incoming(true));
            }
        }
        self.check = read_ufrag(sdp).map(|ufrag| [&[BINDING], ufrag.as_bytes()].concat());
        self.datagrams.extend(self.check.clone());
    }

    fn cover(&mut self, slot: &SlotAssignment) {
        let SlotAssignment { slot, epoch, source } = *slot;
        // Said again to one who comes back: the picture that is there may stay.
        if self.tiles.get(&SlotId(slot)).is_some_and(|tile| tile.epoch == epoch) {
            self.messages.push(ClientMessage::Covered { slot, epoch });
            return;
        }
        let tile = Tile { epoch, source: source.map(Into::into), from: None, uncovered: false };
        self.tiles.insert(SlotId(slot), tile);
        self.messages.push(ClientMessage::Covered { slot, epoch });
    }

    /// Takes a datagram of the gateway.
    pub fn receive(&mut self, now: Duration, datagram: &[u8], trace: &mut Trace) {
        self.check = None;
        if datagram.get(1).is_some_and(|kind| (192..=223).contains(kind)) {
            for control in rtcp::packets(datagram).flatten() {
                if let rtcp::Packet::SenderReport { sender, info, .. } = control {
                    self.take_report(sender, info);
                }
                if let Some(publisher) = &mut self.publisher {
                    publisher.receive(now, control, &mut self.datagrams);
                }
            }
            return;
        }
        let Ok(packet) = Packet::parse(datagram) else { return };
        let number = ExtensionId::new(number::TRANSPORT_SEQUENCE).and_then(|id| packet.extension(id));
        if let Some(number) = number.and_then(TransportSequence::parse) {
            self.arrivals.record(now, number);
        }
        let Some(stream) = self.streams.get_mut(&packet.header.ssrc) else { return };
        let Some(slot) = stream.slot else { return };
        let sequence = packet.header.sequence;
        stream.received = stream.received.saturating_add(1);
        if stream.highest.is_none_or(|highest| sequence.0.wrapping_sub(highest) < 0x8000) {
            stream.highest = Some(sequence.0);
        }
        let (sequence, payload) = if stream.is_repair {
            let Some(original) = rtx::decapsulate(packet.payload) else { return };
            original
        } else {
            (sequence, packet.payload)
        };
        let timestamp = packet.header.timestamp;
        let delivered = match slot.media() {
            MediaKind::Audio => self.hear_sound(slot, sequence, payload),
            MediaKind::Video => {
                let receiver = self.receivers.entry(slot).or_default();
                receiver.take(now, sequence, &packet, payload)
            }
        };
        if let Some(tag) = delivered {
            trace.add(now, Record::Delivered { receiver: self.member, slot, tag });
            if let Some(apart) = self.lips.deliver(slot, tag, timestamp) {
                trace.add(now, Record::Lips { receiver: self.member, member: tag.source.member, apart });
            }
        }
        if slot.media() == MediaKind::Video {
            self.paint(now, slot, trace);
        }
    }

    fn take_report(&mut self, sender: Ssrc, info: SenderInfo) {
        if let Some(slot) = self.streams.get(&sender).filter(|stream| !stream.is_repair).and_then(|s| s.slot)
        {
            self.lips.report(slot, info);
        }
    }

    /// A copy of a packet is dropped, as SRTP's replay protection does.
    fn hear_sound(&mut self, slot: SlotId, sequence: SequenceNumber, payload: &[u8]) -> Option<Tag> {
        let heard = self.heard.entry(slot).or_default();
        let is_new = heard.insert(u32::from(sequence.0));
        heard.remove(&u32::from(sequence.0.wrapping_sub(1000)));
        Tag::parse(payload).filter(|_| is_new)
    }

    fn paint(&mut self, now: Duration, slot: SlotId, trace: &mut Trace) {
        let Some(receiver) = self.receivers.get_mut(&slot) else { return };
        let mut decoded = Vec::new();
        receiver.decode(now, &mut decoded);
        let tile = self.tiles.entry(slot).or_default();
        for decoded in decoded {
            let record = match decoded {
                Decoded::Broken => Record::Broken { receiver: self.member, slot },
                Decoded::Frame(frame) => {
                    if tile.from.is_some_and(|from| frame.timestamp.wrapping_sub(from) < 0x8000_0000) {
                        tile.uncovered = true;
                    }
                    Record::Painted {
                        receiver: self.member,
                        slot,
                        tag: frame.tag,
                        named: tile.source.filter(|_| tile.uncovered),
                        epoch: tile.epoch,
                        height: frame.height,
                    }
                }
            };
            trace.add(now, record);
        }
    }

    /// Asks for what is missing.
    pub fn ask(&mut self, now: Duration, trace: &mut Trace) {
        let slots: Vec<SlotId> = self.receivers.keys().copied().collect();
        for slot in slots {
            self.paint(now, slot, trace);
            let media = self.streams.values().find(|stream| stream.slot == Some(slot));
            let Some(media) = media.and_then(|stream| stream.media) else { continue };
            let Some(receiver) = self.receivers.get_mut(&slot) else { continue };
            let (packets, key) = receiver.ask(now);
            self.nacks += u32::try_from(packets.len()).unwrap_or(0);
            let mut compound = Vec::new();
            rtcp::write_nack(&mut compound, REPORTER, media, packets);
            if key {
                rtcp::write_picture_loss_indication(&mut compound, REPORTER, media);
            }
            if !compound.is_empty() {
                self.datagrams.push(compound);
            }
        }
    }

    /// Reports what has been received. An empty report keeps the path alive.
    pub fn report(&mut self) {
        let block = |(&ssrc, stream): (&Ssrc, &mut Incoming)| {
            Some(ReportBlock {
                ssrc,
                fraction_lost: stream.fraction_lost(),
                cumulative_lost: 0,
                highest_sequence: u32::from(stream.highest?),
                jitter: 0,
                last_sender_report: 0,
                delay_since_last: 0,
            })
        };
        let blocks: Vec<ReportBlock> = self.streams.iter_mut().filter_map(block).collect();
        let mut compound = Vec::new();
        rtcp::write_receiver_report(&mut compound, REPORTER, &blocks);
        while !self.arrivals.is_empty() {
            self.arrivals.write(&mut compound, REPORTER, REPORTER);
        }
        self.datagrams.extend(self.check.clone());
        self.datagrams.push(compound);
    }
}
