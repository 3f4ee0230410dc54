//! A shard with synthetic browsers around it, on a plain transport and a clock of its own.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use giaoban_media_types::{
    Binding, Command, ConferenceId, Event, MediaKind, MemberId, Mid, Negotiation, PeerId, Purpose,
    RtpTimestamp, Section, SlotEpoch, SlotId, SourceId, SourceKind, SourceSet,
};

use crate::rtcp;
use crate::rtp::{self, Element, ExtensionId, Header, PayloadType, SequenceNumber, Ssrc};
use crate::shard::{Datagram, Shard, ShardConfig};
use crate::testing;
use crate::transport::plain::{BINDING, PlainTransport};

/// As loud as speech.
pub const LOUD: u8 = 20;
pub const MILLISECOND: Duration = Duration::from_millis(1);
pub const CONFERENCE: ConferenceId = ConferenceId(1);
pub const OPUS: PayloadType = PayloadType(111);
pub const VP8: PayloadType = PayloadType(96);
pub const RTX: PayloadType = PayloadType(97);
pub const MID: u8 = 4;
pub const RID: u8 = 10;
pub const REPAIRED_RID: u8 = 11;
pub const AUDIO_LEVEL: u8 = 1;
pub const TRANSPORT_SEQUENCE: u8 = 3;
pub const DEPENDENCY: u8 = 12;

/// A datagram that a client received.
pub type Received = Vec<u8>;

/// What a synthetic browser offers.
#[derive(Clone)]
pub struct Plan {
    pub purposes: Vec<Purpose>,
    /// Layers of the camera; none for a single encoding.
    pub rids: Vec<&'static str>,
    pub repair: bool,
    /// Whether the Dependency Descriptor is negotiated.
    pub dependency: bool,
    /// Streams announced by `a=ssrc`.
    pub announced: Vec<(Purpose, Ssrc)>,
}

impl Plan {
    pub fn new(sources: &[SourceKind], slots: &[SlotId]) -> Self {
        let sources = sources.iter().map(|&kind| Purpose::Source(kind));
        let slots = slots.iter().map(|&slot| Purpose::Slot(slot));
        Self {
            purposes: sources.chain(slots).collect(),
            rids: Vec::new(),
            repair: true,
            dependency: true,
            announced: Vec::new(),
        }
    }

    /// Microphone and camera, all audio slots, the stage and two tiles.
    pub fn full() -> Self {
        let slots: Vec<_> = (0..8).map(SlotId).collect();
        Self::new(&[SourceKind::Microphone, SourceKind::Camera], &slots)
    }

    fn sections(&self) -> Vec<Section> {
        (0..)
            .zip(&self.purposes)
            .map(|(place, &purpose): (u32, _)| Section { mid: mid(place), purpose })
            .collect()
    }

    pub fn offer(&self) -> String {
        let mids: Vec<String> = (0..self.purposes.len()).map(|place| place.to_string()).collect();
        let mut sdp = format!(
            "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {}\r\n",
            mids.join(" ")
        );
        let fingerprint = ["AB"; 32].join(":");
        write!(
            sdp,
            "a=extmap-allow-mixed\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n\
             a=fingerprint:sha-256 {fingerprint}\r\na=setup:actpass\r\n"
        )
        .unwrap();
        for (place, purpose) in self.purposes.iter().enumerate() {
            self.section(&mut sdp, place, *purpose);
        }
        sdp
    }

    fn section(&self, sdp: &mut String, place: usize, purpose: Purpose) {
        let (media, direction) = match purpose {
            Purpose::Source(kind) => (kind.media(), "sendonly"),
            Purpose::Slot(slot) => (slot.media(), "recvonly"),
        };
        let (name, numbers) = match (media, self.repair) {
            (MediaKind::Audio, _) => ("audio", "111"),
            (MediaKind::Video, true) => ("video", "96 97"),
            (MediaKind::Video, false) => ("video", "96"),
        };
        write!(sdp, "m={name} 9 UDP/TLS/RTP/SAVPF {numbers}\r\nc=IN IP4 0.0.0.0\r\na=mid:{place}\r\n")
            .unwrap();
        write!(sdp, "a={direction}\r\na=rtcp-mux\r\na=rtcp-rsize\r\n").unwrap();
        let mut extensions = vec![(MID, "urn:ietf:params:rtp-hdrext:sdes:mid")];
        extensions.push((
            TRANSPORT_SEQUENCE,
            "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
        ));
        if media == MediaKind::Audio {
            extensions.push((AUDIO_LEVEL, "urn:ietf:params:rtp-hdrext:ssrc-audio-level"));
            write!(sdp, "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n").unwrap();
        } else {
            extensions.push((RID, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"));
            extensions.push((REPAIRED_RID, "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"));
            if self.dependency {
                extensions.push((
                    DEPENDENCY,
                    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
                ));
            }
            write!(sdp, "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n").unwrap();
            if self.repair {
                write!(sdp, "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n").unwrap();
            }
        }
        for (_, ssrc) in self.announced.iter().filter(|(announced, _)| *announced == purpose) {
            write!(sdp, "a=ssrc:{} cname:x\r\n", ssrc.0).unwrap();
        }
        for (id, uri) in extensions {
            write!(sdp, "a=extmap:{id} {uri}\r\n").unwrap();
        }
        if purpose == Purpose::Source(SourceKind::Camera) && !self.rids.is_empty() {
            for rid in &self.rids {
                write!(sdp, "a=rid:{rid} send\r\n").unwrap();
            }
            write!(sdp, "a=simulcast:send {}\r\n", self.rids.join(";")).unwrap();
        }
    }
}

pub fn mid(place: u32) -> Mid {
    Mid::new(&place.to_string()).unwrap()
}

/// One stream that a client sends.
#[derive(Debug, Clone)]
pub struct Sender {
    pub mid: String,
    pub rid: Option<&'static str>,
    pub ssrc: Ssrc,
    pub sequence: u16,
    pub timestamp: u32,
    pub picture_id: u16,
    pub height: u16,
}

/// A synthetic browser.
pub struct Client {
    pub peer: PeerId,
    pub address: SocketAddr,
    pub plan: Plan,
    pub answer: String,
    /// SSRC and RTX SSRC of each slot.
    pub slots: BTreeMap<SlotId, (Ssrc, Option<Ssrc>)>,
    pub inbox: Vec<Received>,
    transport_sequence: u16,
}

pub struct World {
    pub shard: Shard<PlainTransport>,
    pub now: Instant,
    pub clients: BTreeMap<MemberId, Client>,
    pub events: Vec<Event>,
    next_port: u16,
}

impl World {
    pub fn new() -> Self {
        let candidate = SocketAddr::from(([192, 0, 2, 1], 10_000));
        Self {
            shard: Shard::new(ShardConfig { seed: 7 }, PlainTransport::new(candidate)),
            now: testing::start(),
            clients: BTreeMap::new(),
            events: Vec::new(),
            next_port: 20_000,
        }
    }

    /// Members 1 to `count` with full plans, all of them allowed everything.
    pub fn of(count: u32) -> Self {
        let mut world = Self::new();
        for member in 1..=count {
            world.join(member, Plan::full());
        }
        world
    }

    pub fn command(&mut self, command: Command) {
        self.shard.handle_command(self.now, command);
        self.drain();
    }

    pub fn allow(&mut self, member: u32, sources: SourceSet) {
        self.command(Command::Allow { conference: CONFERENCE, member: MemberId(member), sources });
    }

    pub fn bind(
        &mut self,
        member: u32,
        slot: SlotId,
        source: Option<(u32, SourceKind)>,
        height: u16,
        epoch: u32,
    ) {
        let source = source.map(|(member, kind)| SourceId { member: MemberId(member), kind });
        let binding = Binding { slot, epoch: SlotEpoch(epoch), source, height };
        let member = MemberId(member);
        self.command(Command::Bind { conference: CONFERENCE, member, bindings: vec![binding] });
    }

    pub fn join(&mut self, member: u32, plan: Plan) {
        self.allow(member, SourceSet::ALL);
        self.connect(member, 1, plan);
    }

    /// A member's offer on a new or known peer connection, and the binding of his address.
    pub fn connect(&mut self, member: u32, peer: u32, plan: Plan) {
        self.negotiate(member, peer, plan).unwrap();
        self.rebind(member);
    }

    pub fn negotiate(
        &mut self,
        member: u32,
        peer: u32,
        plan: Plan,
    ) -> Result<(), giaoban_media_types::NegotiationError> {
        let (member, peer) = (MemberId(member), PeerId(peer));
        let before = self.events.len();
        self.command(Command::Negotiate(Box::new(Negotiation {
            conference: CONFERENCE,
            member,
            peer,
            sdp: plan.offer(),
            sections: plan.sections(),
        })));
        let answer = self.events[before..].iter().find_map(|event| match event {
            Event::Answered { sdp, .. } => Some(Ok(sdp.clone())),
            Event::NegotiationFailed { error, .. } => Some(Err(*error)),
            _ => None,
        });
        let answer = answer.expect("every offer is replied to")?;
        let slots = read_slots(&answer, &plan);
        self.next_port += 1;
        let address = SocketAddr::from(([192, 0, 2, 2], self.next_port));
        let (address, inbox, transport_sequence) = match self.clients.remove(&member) {
            Some(old) if old.peer == peer => (old.address, old.inbox, old.transport_sequence),
            _ => (address, Vec::new(), 0),
        };
        let client = Client { peer, address, plan, answer, slots, inbox, transport_sequence };
        self.clients.insert(member, client);
        Ok(())
    }

    /// Binds the client's address, as a STUN check would.
    pub fn rebind(&mut self, member: u32) {
        let client = &self.clients[&MemberId(member)];
        let ufrag = client.answer.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).unwrap();
        let datagram = [&[BINDING], ufrag.as_bytes()].concat();
        self.datagrams(member, vec![datagram]);
    }

    pub fn datagrams(&mut self, member: u32, datagrams: Vec<Vec<u8>>) {
        let from = self.clients[&MemberId(member)].address;
        let mut datagrams = datagrams;
        let mut batch: Vec<_> = datagrams.iter_mut().map(|contents| Datagram { from, contents }).collect();
        self.shard.handle_datagrams(self.now, &mut batch);
        self.drain();
    }

    pub fn drain(&mut self) {
        while let Some(transmit) = self.shard.poll_transmit() {
            let segment = transmit.segment_size.unwrap_or(transmit.contents.len());
            for datagram in transmit.contents.chunks(segment) {
                let receiver =
                    self.clients.values_mut().find(|client| client.address == transmit.destination);
                if let Some(receiver) = receiver {
                    receiver.inbox.push(datagram.to_vec());
                }
            }
        }
        while let Some(event) = self.shard.poll_event() {
            self.events.push(event);
        }
    }

    /// Lets time pass, timer by timer.
    pub fn pass(&mut self, duration: Duration) {
        let end = self.now + duration;
        while let Some(due) = self.shard.next_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.shard.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    /// A stream of a member's source.
    pub fn sender(&self, member: u32, kind: SourceKind, rid: Option<&'static str>) -> Sender {
        let plan = &self.clients[&MemberId(member)].plan;
        let place = plan.purposes.iter().position(|purpose| *purpose == Purpose::Source(kind)).unwrap();
        let layer = rid.map_or(0, |rid| u32::from(rid.as_bytes()[0]));
        let number = member * 1000 + u32::try_from(place).unwrap() * 256 + layer;
        Sender {
            mid: place.to_string(),
            rid,
            ssrc: Ssrc(number),
            sequence: u16::try_from(number % 60_000).unwrap(),
            timestamp: number.wrapping_mul(77_777),
            picture_id: 0x7FFE,
            height: 360,
        }
    }

    /// One packet of sound.
    pub fn sound(&mut self, member: u32, sender: &mut Sender, level: u8) {
        let packet = self.sound_packet(member, sender, level);
        self.datagrams(member, vec![packet]);
    }

    pub fn sound_packet(&mut self, member: u32, sender: &mut Sender, level: u8) -> Vec<u8> {
        let sequence = self.transport_sequence(member);
        let elements = [
            (MID, sender.mid.as_bytes().to_vec()),
            (AUDIO_LEVEL, vec![level]),
            (TRANSPORT_SEQUENCE, sequence.to_be_bytes().to_vec()),
        ];
        let packet =
            packet(sender, OPUS, sender.ssrc, sender.sequence, false, &elements, &[member as u8; 60]);
        sender.sequence = sender.sequence.wrapping_add(1);
        sender.timestamp = sender.timestamp.wrapping_add(960);
        packet
    }

    fn transport_sequence(&mut self, member: u32) -> u16 {
        let client = self.clients.get_mut(&MemberId(member)).unwrap();
        client.transport_sequence = client.transport_sequence.wrapping_add(1);
        client.transport_sequence
    }

    /// One frame of `packets` packets.
    pub fn frame(&mut self, member: u32, sender: &mut Sender, key: bool, packets: usize) {
        let frame = self.frame_packets(member, sender, key, packets);
        self.datagrams(member, frame);
    }

    pub fn frame_packets(
        &mut self,
        member: u32,
        sender: &mut Sender,
        key: bool,
        packets: usize,
    ) -> Vec<Vec<u8>> {
        sender.picture_id = (sender.picture_id + 1) & 0x7FFF;
        let mut frame = Vec::new();
        for place in 0..packets {
            let number = self.transport_sequence(member);
            let mut elements = vec![
                (MID, sender.mid.as_bytes().to_vec()),
                (TRANSPORT_SEQUENCE, number.to_be_bytes().to_vec()),
            ];
            if let Some(rid) = sender.rid {
                elements.push((RID, rid.as_bytes().to_vec()));
            }
            let [high, low] = sender.picture_id.wrapping_mul(5).to_be_bytes();
            elements.push((DEPENDENCY, vec![0x80 | u8::from(place == 0), high, low]));
            let payload = vp8_payload(sender, key, place == 0, member as u8);
            let last = place + 1 == packets;
            frame.push(packet(sender, VP8, sender.ssrc, sender.sequence, last, &elements, &payload));
            sender.sequence = sender.sequence.wrapping_add(1);
        }
        sender.timestamp = sender.timestamp.wrapping_add(3000);
        frame
    }

    /// The RTP packets a member has received on a slot since they were last taken.
    pub fn take(&mut self, member: u32, slot: SlotId) -> Vec<Packet> {
        let client = self.clients.get_mut(&MemberId(member)).unwrap();
        let (ssrc, _) = client.slots[&slot];
        take_stream(client, ssrc)
    }

    /// The retransmissions a member has received on a slot since they were last taken.
    pub fn take_repairs(&mut self, member: u32, slot: SlotId) -> Vec<Packet> {
        let client = self.clients.get_mut(&MemberId(member)).unwrap();
        let (_, repair) = client.slots[&slot];
        repair.map(|ssrc| take_stream(client, ssrc)).unwrap_or_default()
    }

    /// The RTCP a member has received since it was last taken, handed to `look` packet by packet.
    pub fn take_control(&mut self, member: u32, mut look: impl FnMut(rtcp::Packet<'_>)) {
        let client = self.clients.get_mut(&MemberId(member)).unwrap();
        let (control, rest) =
            std::mem::take(&mut client.inbox).into_iter().partition(|datagram| is_control(datagram));
        client.inbox = rest;
        for compound in control {
            for packet in rtcp::packets(&compound) {
                look(packet.expect("we send well-formed RTCP"));
            }
        }
    }

    /// Sequence numbers a publisher was asked for, and how often for a key frame, since last taken.
    pub fn take_requests(&mut self, member: u32) -> (Vec<(Ssrc, u16)>, Vec<Ssrc>) {
        let (mut nacks, mut pictures) = (Vec::new(), Vec::new());
        self.take_control(member, |packet| match packet {
            rtcp::Packet::Nack(nack) => nacks.extend(nack.lost().map(|lost| (nack.media, lost.0))),
            rtcp::Packet::PictureLossIndication { media, .. } => pictures.push(media),
            _ => {}
        });
        (nacks, pictures)
    }

    /// A receiver's request for packets of a slot.
    pub fn ask_again(&mut self, member: u32, slot: SlotId, lost: &[u16]) {
        let (media, _) = self.clients[&MemberId(member)].slots[&slot];
        let mut nack = Vec::new();
        rtcp::write_nack(&mut nack, Ssrc(1), media, lost.iter().copied().map(SequenceNumber));
        self.datagrams(member, vec![nack]);
    }

    /// A receiver's word that a picture is lost.
    pub fn report_picture_loss(&mut self, member: u32, slot: SlotId) {
        let (media, _) = self.clients[&MemberId(member)].slots[&slot];
        let mut loss = Vec::new();
        rtcp::write_picture_loss_indication(&mut loss, Ssrc(1), media);
        self.datagrams(member, vec![loss]);
    }

    /// What `SlotSwitched` events have said since they were last taken: member, slot, epoch, source's member, timestamp.
    pub fn switched(&mut self) -> Vec<(u32, SlotId, u32, u32, RtpTimestamp)> {
        let events = std::mem::take(&mut self.events);
        let (switched, rest) =
            events.into_iter().partition(|event| matches!(event, Event::SlotSwitched { .. }));
        self.events = rest;
        let read = |event: Event| match event {
            Event::SlotSwitched { member, slot, epoch, source, timestamp, .. } => {
                Some((member.0, slot, epoch.0, source.member.0, timestamp))
            }
            _ => None,
        };
        switched.into_iter().filter_map(read).collect()
    }
}

/// A received RTP packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    pub header: Header,
    pub mid: Option<String>,
    /// Frame number of the Dependency Descriptor.
    pub frame_number: Option<u16>,
    pub payload: Vec<u8>,
}

fn take_stream(client: &mut Client, ssrc: Ssrc) -> Vec<Packet> {
    let mut taken = Vec::new();
    client.inbox.retain(|datagram| {
        let Ok(packet) = rtp::Packet::parse(datagram) else { return true };
        if is_control(datagram) || packet.header.ssrc != ssrc {
            return true;
        }
        let mid = ExtensionId::new(MID).and_then(|id| packet.extension(id)).and_then(rtp::token);
        taken.push(Packet {
            header: packet.header,
            mid: mid.map(str::to_owned),
            frame_number: ExtensionId::new(DEPENDENCY)
                .and_then(|id| packet.extension(id))
                .map(|data| u16::from_be_bytes([data[1], data[2]])),
            payload: packet.payload.to_vec(),
        });
        false
    });
    taken
}

pub fn is_control(datagram: &[u8]) -> bool {
    (192..=223).contains(&datagram[1])
}

/// A packet of a stream.
pub fn packet(
    sender: &Sender,
    payload_type: PayloadType,
    ssrc: Ssrc,
    sequence: u16,
    marker: bool,
    elements: &[(u8, Vec<u8>)],
    payload: &[u8],
) -> Vec<u8> {
    let header = Header {
        marker,
        payload_type,
        sequence: SequenceNumber(sequence),
        timestamp: RtpTimestamp(sender.timestamp),
        ssrc,
    };
    let elements: Vec<_> =
        elements.iter().map(|(id, data)| Element { id: ExtensionId::new(*id).unwrap(), data }).collect();
    let mut buffer = Vec::new();
    rtp::write_header(&mut buffer, &header, &elements);
    buffer.extend_from_slice(payload);
    buffer
}

/// A VP8 payload with a 15-bit picture id and TL0PICIDX; the first byte of the picture data is the publisher's.
fn vp8_payload(sender: &Sender, key: bool, start: bool, mark: u8) -> Vec<u8> {
    let [high, low] = sender.picture_id.to_be_bytes();
    let mut payload = vec![if start { 0x90 } else { 0x80 }, 0xC0, 0x80 | high, low, low];
    if key && start {
        let [h0, h1] = sender.height.to_le_bytes();
        payload.extend_from_slice(&[0x00, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, h0, h1]);
    } else {
        payload.push(1);
    }
    payload.resize(1100, mark);
    payload
}

/// The picture id of a received packet.
pub fn picture_id(packet: &Packet) -> u16 {
    u16::from_be_bytes([packet.payload[2] & 0x7F, packet.payload[3]])
}

fn read_slots(answer: &str, plan: &Plan) -> BTreeMap<SlotId, (Ssrc, Option<Ssrc>)> {
    let mut slots = BTreeMap::new();
    for (section, purpose) in answer.split("\r\nm=").skip(1).zip(&plan.purposes) {
        let Purpose::Slot(slot) = purpose else { continue };
        let group = section.lines().find_map(|line| line.strip_prefix("a=ssrc-group:FID "));
        let numbers =
            group.map(|group| group.split(' ').map(|number| Ssrc(number.parse().unwrap())).collect());
        let numbers: Vec<Ssrc> = numbers.unwrap_or_else(|| {
            let line = section.lines().find_map(|line| line.strip_prefix("a=ssrc:")).unwrap();
            vec![Ssrc(line.split(' ').next().unwrap().parse().unwrap())]
        });
        slots.insert(*slot, (numbers[0], numbers.get(1).copied()));
    }
    slots
}
