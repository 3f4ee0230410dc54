//! Where the network reaches a parser. Each function takes any bytes and must return.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::time::Instant;

use giaoban_media::dependency;
use giaoban_media::rtcp::{self, Packet};
use giaoban_media::rtp::{self, AudioLevel, ExtensionId, Ssrc, TransportSequence, rtx, token};
use giaoban_media::sdp::{Answer, Direction, Offer, Part, StreamIdentity, accept};
use giaoban_media::transport::ice::BindingRequest;
use giaoban_media::transport::{
    Identity, Inbound, LocalParameters, RemoteParameters, SecureConfig, SecureTransport, SessionId, Transport,
};
use giaoban_media::vp8;
use giaoban_signaling::wire::parse_client;

/// A decrypted RTP packet with all that is read in it, also as if it had come by retransmission.
pub fn rtp(bytes: &[u8]) {
    let Ok(packet) = rtp::Packet::parse(bytes) else { return };
    assert_eq!(packet.header_length + packet.payload.len() + packet.padding_length, bytes.len());
    for element in packet.elements() {
        let _ = (AudioLevel::parse(element.data), TransportSequence::parse(element.data));
        let _ = token(element.data);
        let structure =
            dependency::Descriptor::parse(element.data, None).ok().and_then(|read| read.structure);
        let _ = dependency::Descriptor::parse(element.data, structure);
    }
    let _ = ExtensionId::new(1).and_then(|id| packet.extension(id));
    let original = rtx::decapsulate(packet.payload).map(|(_, original)| original);
    for payload in [Some(packet.payload), original].into_iter().flatten() {
        let Ok(descriptor) = vp8::Descriptor::parse(payload) else { continue };
        let _ = descriptor.key_frame_size(payload);
        let mut rewritten = payload.to_vec();
        descriptor.rewrite(&mut rewritten, 0x7FFF, 0xFF);
        let again = vp8::Descriptor::parse(&rewritten).expect("still a descriptor");
        assert_eq!(again.length, descriptor.length);
    }
}

/// A decrypted compound RTCP packet, read to its end.
pub fn rtcp(bytes: &[u8]) {
    for packet in rtcp::packets(bytes).flatten() {
        match packet {
            Packet::SenderReport { reports, .. } | Packet::ReceiverReport { reports, .. } => {
                assert!(reports.into_iter().count() <= 31);
            }
            Packet::SourceDescription(chunks) => assert!(chunks.count() <= 31),
            Packet::Goodbye(goodbye) => assert!(goodbye.sources().count() <= 31),
            Packet::Nack(nack) => assert!(nack.lost().count() <= bytes.len() / 4 * 17),
            Packet::FullIntraRequest(requests) => assert!(requests.requests().count() <= bytes.len() / 8),
            Packet::TransportFeedback(feedback) => assert!(feedback.statuses().count() <= 8192),
            Packet::PictureLossIndication { .. } | Packet::Other => {}
        }
    }
}

/// A STUN message, before its integrity is checked: as it is, and with length and fingerprint made right.
pub fn stun(bytes: &[u8]) {
    for message in [bytes.to_vec(), stamped(bytes)] {
        if let Some(request) = BindingRequest::parse(&message) {
            let _ = (request.local_ufrag().len(), request.remote_ufrag().len());
        }
    }
}

/// The message with the length and the FINGERPRINT that it should have (RFC 8489 §14.7), which keep nobody out.
fn stamped(bytes: &[u8]) -> Vec<u8> {
    const HEADER: usize = 20;
    const FINGERPRINT: usize = 8;
    let mut message = bytes.to_vec();
    if message.len() < HEADER + FINGERPRINT {
        return message;
    }
    let end = message.len() - FINGERPRINT;
    let length = u16::try_from(message.len() - HEADER).unwrap_or(u16::MAX);
    message[2..4].copy_from_slice(&length.to_be_bytes());
    message[end..end + 4].copy_from_slice(&[0x80, 0x28, 0, 4]);
    let fingerprint = crc32(&message[..end]) ^ 0x5354_554E;
    message[end + 4..].copy_from_slice(&fingerprint.to_be_bytes());
    message
}

/// ITU V.42.
fn crc32(bytes: &[u8]) -> u32 {
    let shift = |crc: u32, _| if crc & 1 == 0 { crc >> 1 } else { (crc >> 1) ^ 0xEDB8_8320 };
    !bytes.iter().fold(u32::MAX, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), shift))
}

/// An offer: read, decided section by section in every way, and answered.
pub fn sdp(bytes: &[u8]) {
    let Ok(offer) = Offer::parse(&String::from_utf8_lossy(bytes)) else { return };
    let stream = StreamIdentity {
        ssrc: Ssrc(1),
        repair_ssrc: Ssrc(2),
        cname: "cname".into(),
        stream: "stream".into(),
        track: "track".into(),
    };
    let sections = offer.sections.iter().map(|section| {
        let part = match section.direction {
            Direction::SendOnly => Part::Receive,
            Direction::ReceiveOnly => Part::Send(stream.clone()),
            Direction::SendReceive | Direction::Inactive => Part::Idle,
        };
        accept(section, part)
            .or_else(|_| accept(section, Part::Idle))
            .expect("an idle section is always answered")
    });
    let answer = Answer {
        session: 1,
        version: 1,
        ufrag: offer.transport.ufrag.clone(),
        password: offer.transport.password.clone(),
        fingerprint: offer.transport.fingerprint,
        candidates: vec![SocketAddr::from(([192, 0, 2, 1], 1))],
        mixed_extensions: offer.mixed_extensions,
        sections: sections.collect(),
    };
    let text = answer.write();
    assert!(
        text.lines().all(|line| line.as_bytes().get(1) == Some(&b'=')),
        "nothing of an offer breaks our lines"
    );
}

/// A text frame of a client.
pub fn wire(bytes: &[u8]) {
    let _ = parse_client(&String::from_utf8_lossy(bytes));
}

/// A transport with one session that nobody has reached yet, and its credentials.
struct Target {
    transport: SecureTransport,
    local: LocalParameters,
    now: Instant,
}

impl Target {
    fn new() -> Self {
        let identity = Identity::generate().expect("a certificate");
        let mut transport = SecureTransport::new(SecureConfig {
            shard: 0,
            candidates: vec![SocketAddr::from(([192, 0, 2, 1], 40_000))],
            identity,
            session_limit: 1,
            allow_dtls12: false,
        })
        .expect("a transport");
        let now = Instant::now();
        let remote = RemoteParameters {
            ufrag: "peer".into(),
            password: "a+password+of+the+peer".into(),
            fingerprint: [1; 32],
        };
        let local = transport.open(now, SessionId(1), &remote).expect("a session");
        Self { transport, local, now }
    }

    fn refuses(&mut self, datagram: &mut [u8]) {
        let from = SocketAddr::from(([198, 51, 100, 1], 5000));
        assert!(matches!(self.transport.handle_datagram(self.now, from, datagram), Inbound::Dropped(_)));
        assert_eq!(self.transport.poll_datagram(), None, "a stranger is not answered");
    }
}

thread_local! {
    // Making one costs a key pair.
    static TARGET: RefCell<Target> = RefCell::new(Target::new());
}

/// A datagram from an address that has passed no check.
pub fn datagram(bytes: &[u8]) {
    TARGET.with_borrow_mut(|target| target.refuses(&mut bytes.to_vec()));
}

/// A STUN message that names a session which exists, but was not made with its password.
pub fn ufrag(bytes: &[u8]) {
    TARGET.with_borrow_mut(|target| {
        let ufrag = target.local.ufrag.as_bytes();
        let mut named = bytes.to_vec();
        if let Some(place) = named.windows(NAMELESS.len()).position(|window| window == NAMELESS) {
            named.splice(place..place + NAMELESS.len(), ufrag.iter().copied());
        }
        target.refuses(&mut stamped(&named));
    });
}

/// Stands in the corpus for the ufrag, which is drawn when the test runs; of the same length.
const NAMELESS: &[u8] = b"0000AAAAAAAAAAA";
