//! The whole stack of another make (ICE agent, DTLS, SRTP) against ours.

use str0m::config::{DtlsVersion as Theirs, Fingerprint};
use str0m::ice::IceCreds;
use str0m::media::MediaKind;
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpWrite, Ssrc};
use str0m::{Candidate, Event as Happened, Input, Output, Rtc, RtcConfig};

use super::*;

const MID: &str = "v";
const UP: u32 = 1111;
const DOWN: u32 = 2222;

struct Stranger {
    rtc: Rtc,
    address: SocketAddr,
    due: Instant,
    received: Vec<Vec<u8>>,
}

impl Stranger {
    fn join(world: &mut World, version: Theirs) -> Self {
        str0m::crypto::from_feature_flags().install_process_default();
        let mut rtc = RtcConfig::new().set_rtp_mode(true).set_dtls_version(version).build(world.now);
        let ours = world.transport.config.candidates[0];
        rtc.add_local_candidate(Candidate::host(address(61_000), "udp").unwrap());
        rtc.add_remote_candidate(Candidate::host(ours, "udp").unwrap());

        let mut direct = rtc.direct_api();
        let credentials = direct.local_ice_credentials();
        let theirs = RemoteParameters {
            ufrag: credentials.ufrag,
            password: credentials.pass,
            fingerprint: direct.local_dtls_fingerprint().bytes.clone().try_into().unwrap(),
        };
        let ours = world.transport.open(world.now, ID, &theirs).unwrap();
        direct.set_remote_ice_credentials(IceCreds { ufrag: ours.ufrag, pass: ours.password });
        direct.set_remote_fingerprint(Fingerprint {
            hash_func: "sha-256".to_owned(),
            bytes: ours.fingerprint.to_vec(),
        });
        direct.set_ice_controlling(true);
        direct.start_dtls(true).unwrap();
        direct.declare_media(MID.into(), MediaKind::Video);
        direct.declare_stream_tx(Ssrc::from(UP), None, MID.into(), None);
        direct.expect_stream_rx(Ssrc::from(DOWN), None, MID.into(), None);
        Self { rtc, address: address(61_000), due: world.now, received: Vec::new() }
    }

    /// Lets the stranger do all that it can do now, and yields what it sends.
    fn drain(&mut self) -> Vec<Vec<u8>> {
        let mut sent = Vec::new();
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(due) => {
                    self.due = due;
                    return sent;
                }
                Output::Transmit(transmit) => sent.push(transmit.contents.to_vec()),
                Output::Event(Happened::RtpPacket(packet)) => self.received.push(packet.payload.to_vec()),
                Output::Event(_) => {}
            }
        }
    }

    fn receive(&mut self, world: &World, datagram: &[u8]) {
        let destination = world.transport.config.candidates[0];
        let receive = Receive {
            proto: Protocol::Udp,
            source: destination,
            destination: self.address,
            contents: datagram.try_into().unwrap(),
        };
        self.rtc.handle_input(Input::Receive(world.now, receive)).unwrap();
    }

    /// One round: the stranger's datagrams to us, ours back, and time to the next thing due.
    /// Yields the media that reached us.
    fn round(&mut self, world: &mut World) -> Vec<Vec<u8>> {
        let mut media = Vec::new();
        let step = world.now + Duration::from_millis(10);
        world.now = self.due.clamp(world.now, step);
        self.rtc.handle_input(Input::Timeout(world.now)).unwrap();
        let mut replies = world.finish();
        for mut datagram in self.drain() {
            match world.transport.handle_datagram(world.now, self.address, &mut datagram) {
                Inbound::Rtp { packet, .. } => media.push(packet.payload.to_vec()),
                Inbound::Rtcp { .. } | Inbound::Control => {}
                // In DTLS 1.3 the client is ready half a round trip before us.
                Inbound::Dropped(reason) => assert_eq!(reason, DropReason::NotConnected),
            }
            replies.extend(world.finish());
        }
        for (_, datagram) in replies {
            self.receive(world, &datagram);
            self.drain();
        }
        world.now += Duration::from_millis(1);
        media
    }

    fn connect(&mut self, world: &mut World) -> Security {
        for _ in 0..2000 {
            self.round(world);
            if let Some(TransportEvent::Connected(_, security)) = world.events.first() {
                return *security;
            }
        }
        panic!("not connected");
    }
}

fn media_flows_both_ways(allow_dtls12: bool, version: Theirs) -> Security {
    let mut world = World::new(allow_dtls12);
    let mut stranger = Stranger::join(&mut world, version);
    let security = stranger.connect(&mut world);

    let mut direct = stranger.rtc.direct_api();
    let stream = direct.stream_tx(&Ssrc::from(UP)).unwrap();
    stream.write_rtp(RtpWrite::new(96.into(), 7.into(), 9, world.now, &b"up"[..]));
    let up: Vec<_> = (0..50).flat_map(|_| stranger.round(&mut world)).collect();
    assert_eq!(up, [b"up".to_vec()]);

    let mut down = rtp_packet(DOWN, 1);
    world.transport.seal_rtp(ID, PacketIndex(1), &mut down, 0, 12).unwrap();
    stranger.receive(&world, &down);
    stranger.drain();
    assert_eq!(stranger.received, [b"picture".to_vec()]);
    security
}

#[test]
fn a_stranger_connects_by_dtls_1_2_where_it_is_allowed() {
    let security = media_flows_both_ways(true, Theirs::Dtls12);
    assert_eq!((security.dtls, security.key_exchange), (DtlsVersion::Dtls12, KeyExchange::X25519));
}

#[test]
fn a_stranger_without_the_post_quantum_group_connects_by_dtls_1_3_and_x25519() {
    let security = media_flows_both_ways(false, Theirs::Dtls13);
    assert_eq!((security.dtls, security.key_exchange), (DtlsVersion::Dtls13, KeyExchange::X25519));
}
