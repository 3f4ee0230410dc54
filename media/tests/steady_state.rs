//! What is forwarded in the steady state costs no allocation. The allocator of this program counts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use allocation_counter::measure;
use giaoban_dtls::{MasterKey, SrtpProfile};
use giaoban_media::shard::{Datagram, Shard, ShardConfig};
use giaoban_media::transport::PacketIndex;
use giaoban_media::transport::plain::{BINDING, PlainTransport};
use giaoban_media::transport::srtp::{Opener, Sealer};
use giaoban_media_types::{
    Binding, Command, ConferenceId, Event, MemberId, Mid, Negotiation, PeerId, Purpose, Section, SlotEpoch,
    SlotId, SourceId, SourceKind, SourceSet,
};

const CONFERENCE: ConferenceId = ConferenceId(1);
const PUBLISHER: u32 = 1;
const LISTENERS: u32 = 20;
const AUDIO_SSRC: u32 = 11;
const VIDEO_SSRC: u32 = 22;
const FRAME_PACKETS: u16 = 6;
/// Long enough for every history and every buffer to have come to its size.
const WARM_UP_FRAMES: u32 = 90;
const MEASURED_FRAMES: u32 = 60;

#[expect(clippy::disallowed_methods, reason = "the one origin of time in the test; it only adds to it")]
fn start() -> Instant {
    Instant::now()
}

fn address(member: u32) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 2], 20_000 + u16::try_from(member).unwrap()))
}

/// Sound and picture, sent with announced SSRCs by the publisher and received in slots 0 and 5 by all others.
fn offer(sends: bool) -> String {
    let fingerprint = ["AB"; 32].join(":");
    let mut sdp = format!(
        "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\na=ice-ufrag:abcd\r\n\
         a=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 {fingerprint}\r\na=setup:actpass\r\n"
    );
    let kinds = [("audio", 111, "opus/48000/2", AUDIO_SSRC), ("video", 96, "VP8/90000", VIDEO_SSRC)];
    for (mid, (media, format, codec, ssrc)) in kinds.into_iter().enumerate() {
        let direction = if sends { "sendonly" } else { "recvonly" };
        write!(
            sdp,
            "m={media} 9 UDP/TLS/RTP/SAVPF {format}\r\nc=IN IP4 0.0.0.0\r\na=mid:{mid}\r\na={direction}\r\n\
             a=rtcp-mux\r\na=rtpmap:{format} {codec}\r\n"
        )
        .unwrap();
        if sends {
            write!(sdp, "a=ssrc:{ssrc} cname:x\r\n").unwrap();
        }
    }
    sdp
}

fn join(shard: &mut Shard<PlainTransport>, now: Instant, member: u32) {
    let sends = member == PUBLISHER;
    let (number, sources) = (MemberId(member), SourceSet::ALL);
    shard.handle_command(now, Command::Allow { conference: CONFERENCE, member: number, sources });
    let purposes = if sends {
        [SourceKind::Microphone, SourceKind::Camera].map(Purpose::Source)
    } else {
        [SlotId(0), SlotId::STAGE_VIDEO].map(Purpose::Slot)
    };
    let sections = purposes.into_iter().enumerate();
    let sections =
        sections.map(|(mid, purpose)| Section { mid: Mid::new(&mid.to_string()).unwrap(), purpose });
    let negotiation = Negotiation {
        conference: CONFERENCE,
        member: number,
        peer: PeerId(1),
        sdp: offer(sends),
        sections: sections.collect(),
    };
    shard.handle_command(now, Command::Negotiate(Box::new(negotiation)));
    let answer = std::iter::from_fn(|| shard.poll_event()).find_map(|event| match event {
        Event::Answered { sdp, .. } => Some(sdp),
        _ => None,
    });
    let answer = answer.expect("the offer is answered");
    let ufrag = answer.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).unwrap();
    let mut binding = [&[BINDING], ufrag.as_bytes()].concat();
    shard.handle_datagrams(now, &mut [Datagram { from: address(member), contents: &mut binding }]);
    if !sends {
        let source = |kind| Some(SourceId { member: MemberId(PUBLISHER), kind });
        let bindings = [(SlotId(0), SourceKind::Microphone), (SlotId::STAGE_VIDEO, SourceKind::Camera)]
            .map(|(slot, kind)| Binding { slot, epoch: SlotEpoch(1), source: source(kind), height: 720 });
        let bindings = bindings.to_vec();
        shard.handle_command(now, Command::Bind { conference: CONFERENCE, member: number, bindings });
    }
}

fn packet(ssrc: u32, format: u8, sequence: u16, timestamp: u32, marker: bool, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, format | u8::from(marker) << 7];
    packet.extend(sequence.to_be_bytes());
    packet.extend(timestamp.to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.extend(payload);
    packet
}

/// A frame of VP8, the first one a key frame, and a sound.
fn frame(number: u32) -> Vec<Vec<u8>> {
    let mut datagrams: Vec<_> = (0..FRAME_PACKETS)
        .map(|place| {
            let key = [0x90, 0x80, 0x00, 0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01];
            let inter = [0x80, 0x80, 0x00, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            let mut payload = vec![0xA5; 1100];
            let start = if number == 0 && place == 0 { key } else { inter };
            payload[..13].copy_from_slice(&start);
            payload[0] = if place == 0 { 0x90 } else { 0x80 };
            payload[2] = u8::try_from(number % 128).unwrap();
            let sequence = u16::try_from(number).unwrap() * FRAME_PACKETS + place;
            packet(VIDEO_SSRC, 96, sequence, number * 3000, place + 1 == FRAME_PACKETS, &payload)
        })
        .collect();
    let sequence = u16::try_from(number).unwrap();
    datagrams.push(packet(AUDIO_SSRC, 111, sequence, number * 1600, false, &[0x5A; 150]));
    datagrams
}

fn drain(shard: &mut Shard<PlainTransport>) -> usize {
    let mut count = 0;
    while let Some(transmit) = shard.poll_transmit() {
        count += transmit.contents.len().div_ceil(transmit.segment_size.unwrap_or(usize::MAX));
    }
    count
}

/// Hands over what came together and lets the shard finish it.
fn forward(shard: &mut Shard<PlainTransport>, now: Instant, batch: &mut [Datagram<'_>]) -> usize {
    shard.handle_datagrams(now, batch);
    let mut count = drain(shard);
    while shard.next_timeout().is_some_and(|due| due <= now) {
        shard.handle_timeout(now);
        count += drain(shard);
    }
    count
}

#[test]
fn a_forwarded_packet_allocates_nothing() {
    let candidate = SocketAddr::from(([192, 0, 2, 1], 10_000));
    let mut shard = Shard::new(ShardConfig { seed: 7 }, PlainTransport::new(candidate));
    let mut now = start();
    for member in PUBLISHER..=PUBLISHER + LISTENERS {
        join(&mut shard, now, member);
    }
    let (mut forwarded, mut allocations) = (0, 0);
    for number in 0..WARM_UP_FRAMES + MEASURED_FRAMES {
        now += Duration::from_millis(33);
        // What is due by the clock and not by a packet.
        forward(&mut shard, now, &mut []);
        while shard.poll_event().is_some() {}
        let mut datagrams = frame(number);
        let mut batch: Vec<_> =
            datagrams.iter_mut().map(|contents| Datagram { from: address(PUBLISHER), contents }).collect();
        let mut count = 0;
        let counted = measure(|| count = forward(&mut shard, now, &mut batch));
        if number >= WARM_UP_FRAMES {
            forwarded += count;
            allocations += counted.count_total;
        }
    }
    let expected = MEASURED_FRAMES * LISTENERS * u32::from(FRAME_PACKETS + 1);
    assert_eq!((forwarded, allocations), (expected as usize, 0));
}

#[test]
fn a_sealed_and_an_opened_packet_allocate_nothing() {
    let profile = SrtpProfile::AeadAes256Gcm;
    let key = MasterKey { key: vec![7; profile.key_length()], salt: [9; 12] };
    let (mut sealer, mut opener) = (Sealer::new(profile, &key).unwrap(), Opener::new(profile, &key).unwrap());
    let mut buffer = Vec::with_capacity(1500);
    let mut allocations = 0;
    for sequence in 0..100_u16 {
        let plain = packet(VIDEO_SSRC, 96, sequence, 0, false, &[0xA5; 1100]);
        buffer.clear();
        buffer.extend_from_slice(&plain);
        let counted = measure(|| {
            sealer.seal_rtp(PacketIndex(sequence.into()), &mut buffer, 0, 12).unwrap();
            opener.open_rtp(&mut buffer).unwrap();
        });
        // The first packet of an SSRC makes room for what is kept of it.
        if sequence > 0 {
            allocations += counted.count_total;
        }
    }
    assert_eq!(allocations, 0);
}
