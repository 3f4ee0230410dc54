//! The sending half of a synthetic browser: Opus with levels, VP8 in three layers, repairs, key frames and reports.

use std::collections::BTreeMap;
use std::time::Duration;

use giaoban_media::rtcp::{self, NtpTime, SenderInfo};
use giaoban_media::rtp::{
    self, AudioLevel, Element, ExtensionId, Header, PayloadType, SequenceNumber, Ssrc, rtx,
};
use giaoban_media_types::{MemberId, RtpTimestamp, SourceId, SourceKind};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

use crate::offer::{Offer, RIDS, number};
use crate::tag::{TAG_LENGTH, Tag};

/// As loud as speech, in −dBov.
const SPEECH: u8 = 20;
/// Silence.
const SILENCE: u8 = 127;
/// Height and packets of a frame for each layer; a key frame has three times as many.
const LAYERS: [(u16, u16); 3] = [(180, 1), (360, 2), (720, 4)];
/// Bytes of a picture's packet.
const VIDEO_PAYLOAD: usize = 1000;
/// Bytes of 20 ms of sound.
const AUDIO_PAYLOAD: usize = 80;
/// An encoder of libwebrtc ignores requests for so long after the last one it honoured (`video/encoder_rtcp_feedback.cc`).
const DEAF: Duration = Duration::from_millis(300);
/// Packets kept for repair, of each layer.
const HISTORY: u16 = 600;

struct Stream {
    mid: String,
    rid: Option<&'static str>,
    ssrc: Ssrc,
    sequence: u16,
    /// Every stream counts its time from a point of its own.
    offset: u32,
    /// Ticks of its clock in a millisecond.
    ticks: u64,
    frame: u32,
    packets: u32,
    octets: u32,
    timestamp: u32,
}

struct Layer {
    stream: Stream,
    number: u8,
    height: u16,
    length: u16,
    picture: u16,
    tl0: u8,
    wants_key: bool,
    repair: Ssrc,
    repair_sequence: u16,
    sent: BTreeMap<u16, (Header, Vec<u8>)>,
}

/// What one member sends.
pub struct Publisher {
    member: MemberId,
    sound: Stream,
    layers: Vec<Layer>,
    transport_sequence: u16,
    /// How far the member's clock is ahead.
    clock: Duration,
    /// Whether he speaks.
    pub speaks: bool,
    /// Whether the microphone sends at all.
    pub microphone: bool,
    /// Whether the camera sends at all.
    pub camera: bool,
    /// Layers that are sent, from the smallest on.
    pub active: usize,
    /// When a request for a key frame was honoured last.
    honoured: Option<Duration>,
}

impl Stream {
    fn new(random: &mut ChaCha8Rng, mid: String, rid: Option<&'static str>, ticks: u64) -> Self {
        Self {
            mid,
            rid,
            ssrc: Ssrc(random.next_u32()),
            sequence: (random.next_u32() & 0xFFFF) as u16,
            offset: random.next_u32(),
            ticks,
            frame: 0,
            packets: 0,
            octets: 0,
            timestamp: 0,
        }
    }

    fn time(&self, now: Duration) -> u32 {
        let ticks = now.as_micros() as u64 * self.ticks / 1000;
        self.offset.wrapping_add((ticks & 0xFFFF_FFFF) as u32)
    }

    fn header(&mut self, payload_type: u8, marker: bool, payload: &[u8]) -> Header {
        let header = Header {
            marker,
            payload_type: PayloadType(payload_type),
            sequence: SequenceNumber(self.sequence),
            timestamp: RtpTimestamp(self.timestamp),
            ssrc: self.ssrc,
        };
        self.sequence = self.sequence.wrapping_add(1);
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(u32::try_from(payload.len()).unwrap_or(0));
        header
    }

    fn report(&self, now: Duration, clock: Duration, compound: &mut Vec<u8>) {
        if self.packets == 0 {
            return;
        }
        let info = SenderInfo {
            ntp: NtpTime::new(now + clock),
            rtp: RtpTimestamp(self.time(now)),
            packets: self.packets,
            octets: self.octets,
        };
        rtcp::write_sender_report(compound, self.ssrc, &info, &[]);
        rtcp::write_cname(compound, self.ssrc, "synthetic");
    }
}

impl Publisher {
    /// A microphone and a camera in three layers, as offered.
    pub fn new(random: &mut ChaCha8Rng, member: MemberId, offer: &Offer) -> Option<Self> {
        let camera = offer.mid(SourceKind::Camera)?;
        let sound = Stream::new(random, offer.mid(SourceKind::Microphone)?, None, 48);
        let mut layers = Vec::new();
        for ((place, rid), (height, length)) in (0..).zip(RIDS).zip(LAYERS) {
            layers.push(Layer {
                stream: Stream::new(random, camera.clone(), Some(rid), 90),
                number: place,
                height,
                length,
                picture: (random.next_u32() & 0x7FFF) as u16,
                tl0: (random.next_u32() & 0xFF) as u8,
                wants_key: true,
                repair: Ssrc(random.next_u32()),
                repair_sequence: (random.next_u32() & 0xFFFF) as u16,
                sent: BTreeMap::new(),
            });
        }
        Some(Self {
            member,
            sound,
            layers,
            transport_sequence: (random.next_u32() & 0xFFFF) as u16,
            clock: Duration::from_millis(u64::from(random.next_u32())),
            speaks: false,
            microphone: true,
            camera: true,
            active: RIDS.len(),
            honoured: None,
        })
    }

    /// 20 ms of sound.
    pub fn sound(&mut self, now: Duration) -> Option<Vec<u8>> {
        if !self.microphone {
            return None;
        }
        self.sound.timestamp = self.sound.time(now);
        let source = SourceId { member: self.member, kind: SourceKind::Microphone };
        let tag = Tag { source, layer: 0, frame: self.sound.frame, place: 0, count: 1 };
        self.sound.frame += 1;
        let mut payload = tag.to_bytes().to_vec();
        payload.resize(AUDIO_PAYLOAD, 0);
        let level = if self.speaks { SPEECH } else { SILENCE };
        let level = AudioLevel { voice: self.speaks, level }.to_bytes();
        let header = self.sound.header(number::OPUS, false, &payload);
        let number = next(&mut self.transport_sequence);
        let elements = [
            (number::MID, self.sound.mid.as_bytes()),
            (number::AUDIO_LEVEL, &level[..]),
            (number::TRANSPORT_SEQUENCE, &number[..]),
        ];
        Some(packet(&header, &elements, &payload))
    }

    /// One frame of every layer.
    pub fn frame(&mut self, now: Duration) -> Vec<Vec<u8>> {
        let mut packets = Vec::new();
        if !self.camera {
            return packets;
        }
        let source = SourceId { member: self.member, kind: SourceKind::Camera };
        for layer in self.layers.iter_mut().take(self.active) {
            layer.frame(now, source, &mut self.transport_sequence, &mut packets);
        }
        packets
    }

    /// A compound of sender reports.
    #[must_use]
    pub fn reports(&self, now: Duration) -> Vec<u8> {
        let mut compound = Vec::new();
        for stream in std::iter::once(&self.sound).chain(self.layers.iter().map(|layer| &layer.stream)) {
            stream.report(now, self.clock, &mut compound);
        }
        compound
    }

    /// What the gateway asks for; packets to send again are added to `packets`.
    pub fn receive(&mut self, now: Duration, control: rtcp::Packet<'_>, packets: &mut Vec<Vec<u8>>) {
        match control {
            rtcp::Packet::Nack(nack) => {
                if let Some(layer) = self.layers.iter_mut().find(|layer| layer.stream.ssrc == nack.media) {
                    for lost in nack.lost() {
                        packets.extend(layer.repair(lost.0, &mut self.transport_sequence));
                    }
                }
            }
            // As libwebrtc's simulcast encoder: asked for a key frame of one layer, it makes one of each.
            rtcp::Packet::PictureLossIndication { media, .. }
                if self.layers.iter().any(|layer| layer.stream.ssrc == media)
                    && self.honoured.is_none_or(|honoured| now >= honoured + DEAF) =>
            {
                self.layers.iter_mut().for_each(|layer| layer.wants_key = true);
                self.honoured = Some(now);
            }
            _ => {}
        }
    }
}

impl Layer {
    fn frame(&mut self, now: Duration, source: SourceId, counter: &mut u16, packets: &mut Vec<Vec<u8>>) {
        let key = std::mem::take(&mut self.wants_key);
        let count = if key { self.length * 3 } else { self.length };
        self.picture = (self.picture + 1) & 0x7FFF;
        self.tl0 = self.tl0.wrapping_add(1);
        self.stream.timestamp = self.stream.time(now);
        for place in 0..count {
            let tag = Tag { source, layer: self.number, frame: self.stream.frame, place, count };
            let payload = self.payload(key, tag);
            let header = self.stream.header(number::VP8, place + 1 == count, &payload);
            let number = next(counter);
            let mut elements =
                vec![(number::MID, self.stream.mid.as_bytes()), (number::TRANSPORT_SEQUENCE, &number[..])];
            elements.extend(self.stream.rid.map(|rid| (number::RID, rid.as_bytes())));
            packets.push(packet(&header, &elements, &payload));
            self.sent.insert(header.sequence.0, (header, payload));
            self.sent.remove(&header.sequence.0.wrapping_sub(HISTORY));
        }
        self.stream.frame += 1;
    }

    /// Descriptor (RFC 7741 §4.2), frame header (RFC 6386 §9.1), tag, filling.
    fn payload(&self, key: bool, tag: Tag) -> Vec<u8> {
        let [high, low] = self.picture.to_be_bytes();
        let mut payload = vec![if tag.place == 0 { 0x90 } else { 0x80 }, 0xC0, 0x80 | high, low, self.tl0];
        if tag.place == 0 && key {
            let [h0, h1] = self.height.to_le_bytes();
            let [w0, w1] = (self.height / 9 * 16).to_le_bytes();
            payload.extend_from_slice(&[0, 0, 0, 0x9D, 0x01, 0x2A, w0, w1, h0, h1]);
        } else if tag.place == 0 {
            payload.push(1);
        }
        payload.extend_from_slice(&tag.to_bytes());
        payload.resize(VIDEO_PAYLOAD + TAG_LENGTH, 0);
        payload
    }

    /// RFC 4588: the packet again, on the stream of repairs.
    fn repair(&mut self, lost: u16, counter: &mut u16) -> Option<Vec<u8>> {
        let (header, original) = self.sent.get(&lost)?;
        let mut payload = Vec::new();
        rtx::encapsulate(&mut payload, header.sequence, original);
        let sequence = SequenceNumber(self.repair_sequence);
        self.repair_sequence = self.repair_sequence.wrapping_add(1);
        let header =
            Header { payload_type: PayloadType(number::RTX), sequence, ssrc: self.repair, ..*header };
        let number = next(counter);
        let mut elements =
            vec![(number::MID, self.stream.mid.as_bytes()), (number::TRANSPORT_SEQUENCE, &number[..])];
        elements.extend(self.stream.rid.map(|rid| (number::REPAIRED_RID, rid.as_bytes())));
        Some(packet(&header, &elements, &payload))
    }
}

fn next(counter: &mut u16) -> [u8; 2] {
    *counter = counter.wrapping_add(1);
    counter.to_be_bytes()
}

fn packet(header: &Header, elements: &[(u8, &[u8])], payload: &[u8]) -> Vec<u8> {
    let element = |&(id, data): &(u8, _)| ExtensionId::new(id).map(|id| Element { id, data });
    let elements: Vec<Element<'_>> = elements.iter().filter_map(element).collect();
    let mut buffer = Vec::new();
    rtp::write_header(&mut buffer, header, &elements);
    buffer.extend_from_slice(payload);
    buffer
}
