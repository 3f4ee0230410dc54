mod addresses;
mod handshake;
mod hostile_datagrams;
mod lifetime;
mod stranger;

use std::collections::BTreeSet;
use std::time::Duration;

use giaoban_dtls::client::{Client, Offer};
use giaoban_dtls::{Event, Version};
use giaoban_media_types::{CloseReason, DtlsVersion, KeyExchange, Security, SrtpProfile};
use proptest::prelude::*;
use rtc_stun::attributes::{ATTR_ICE_CONTROLLED, ATTR_ICE_CONTROLLING, ATTR_USE_CANDIDATE};

use super::*;
use crate::transport::ice::tests::check;
use crate::transport::session::{CLOSED_AFTER, HANDSHAKE_LIMIT, MAX_ADDRESSES, PATH_LOST_AFTER};
use crate::transport::srtp::{Opener, Sealer};

const ID: SessionId = SessionId(1);
const ONE_WAY: Duration = Duration::from_millis(20);

/// Any moment: the tests use only differences.
#[expect(clippy::disallowed_methods, reason = "there is no other way to an Instant")]
fn start() -> Instant {
    Instant::now()
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([203, 0, 113, 7], port))
}

/// What a transport sent, and to whom.
type Sent = Vec<(SocketAddr, Vec<u8>)>;

/// A browser, as far as a transport can see.
struct Browser {
    address: SocketAddr,
    identity: Identity,
    local: LocalParameters,
    dtls: Client,
    keys: Option<(Sealer, Opener)>,
    closed: bool,
}

/// One gateway's transport, the browsers that talk to it, and the time.
struct World {
    now: Instant,
    transport: SecureTransport,
    events: Vec<TransportEvent>,
    /// Whether the next datagram arrives, by direction; none left means all arrive.
    losses: Vec<bool>,
}

fn remote(identity: &Identity, ufrag: &str) -> RemoteParameters {
    RemoteParameters {
        ufrag: ufrag.to_owned(),
        password: "the browser's own password".to_owned(),
        fingerprint: identity.fingerprint(),
    }
}

impl World {
    fn new(allow_dtls12: bool) -> Self {
        let config = SecureConfig {
            shard: 3,
            candidates: vec![SocketAddr::from(([198, 51, 100, 1], 8444))],
            identity: Identity::generate().unwrap(),
            session_limit: 3,
            allow_dtls12,
        };
        let transport = SecureTransport::new(config).unwrap();
        Self { now: start(), transport, events: Vec::new(), losses: Vec::new() }
    }

    fn browser(&mut self, id: SessionId, port: u16) -> Browser {
        self.browser_that_offers(id, port, Offer::default())
    }

    fn browser_that_offers(&mut self, id: SessionId, port: u16, offer: Offer<'_>) -> Browser {
        let identity = Identity::generate().unwrap();
        let local = self.transport.open(self.now, id, &remote(&identity, "theirs")).unwrap();
        let dtls = Client::connect(&identity, offer, self.now).unwrap();
        Browser { address: address(port), identity, local, dtls, keys: None, closed: false }
    }

    /// Hands a datagram to the transport and lets it finish: what it was, and what was sent.
    fn deliver(&mut self, from: SocketAddr, datagram: &[u8]) -> (Result<(), DropReason>, Sent) {
        let mut datagram = datagram.to_vec();
        let verdict = match self.transport.handle_datagram(self.now, from, &mut datagram) {
            Inbound::Dropped(reason) => Err(reason),
            Inbound::Control | Inbound::Rtp { .. } | Inbound::Rtcp { .. } => Ok(()),
        };
        (verdict, self.finish())
    }

    /// Runs what is due and drains the transport.
    fn finish(&mut self) -> Sent {
        while self.transport.next_timeout().is_some_and(|due| due <= self.now) {
            self.transport.handle_timeout(self.now);
        }
        self.events.extend(std::iter::from_fn(|| self.transport.poll_event()));
        std::iter::from_fn(|| self.transport.poll_datagram()).collect()
    }

    fn advance(&mut self, by: Duration) -> Sent {
        self.now += by;
        self.finish()
    }

    fn arrives(&mut self) -> bool {
        self.losses.pop().is_none_or(|lost| !lost)
    }

    fn stun(&mut self, browser: &Browser, nominates: bool) -> (Result<(), DropReason>, Sent) {
        self.deliver(browser.address, &browser.check(nominates))
    }

    /// Carries datagrams both ways, with checks at a browser's pace, until media flows or the limit.
    fn connect(&mut self, browser: &mut Browser) {
        let end = self.now + HANDSHAKE_LIMIT;
        let mut next_check = self.now;
        while self.now < end && !(browser.keys.is_some() && self.connected()) && !self.closed() {
            if self.now >= next_check {
                next_check = self.now + Duration::from_millis(500);
                if self.arrives() {
                    let (verdict, replies) = self.stun(browser, true);
                    assert_eq!((verdict, replies.len()), (Ok(()), 1));
                }
            }
            self.exchange_dtls(browser);
            let due = [browser.dtls.next_timeout(), self.transport.next_timeout(), Some(next_check)];
            self.now = due.into_iter().flatten().min().unwrap_or(self.now).max(self.now);
            browser.dtls.handle_timeout(self.now);
            let sent = self.finish();
            self.receive(browser, sent);
        }
    }

    fn exchange_dtls(&mut self, browser: &mut Browser) {
        while let Some(datagram) = browser.dtls.poll_datagram() {
            if self.arrives() {
                let (_, replies) = self.deliver(browser.address, &datagram);
                self.now += ONE_WAY;
                self.receive(browser, replies);
            }
        }
    }

    fn receive(&mut self, browser: &mut Browser, datagrams: Sent) {
        for (to, datagram) in datagrams {
            if to == browser.address && self.arrives() && datagram[0] >= 20 {
                browser.receive(self.now, &datagram);
            }
        }
    }

    fn connected(&self) -> bool {
        self.events.iter().any(|event| matches!(event, TransportEvent::Connected(..)))
    }

    fn closed(&self) -> bool {
        self.events.iter().any(|event| matches!(event, TransportEvent::Closed(..)))
    }

    /// A transport with one browser on it, its first events taken.
    fn with_media() -> (Self, Browser) {
        let mut world = Self::new(false);
        let mut browser = world.browser(ID, 61_000);
        world.connect(&mut browser);
        assert!(browser.keys.is_some() && world.connected());
        world.events.clear();
        (world, browser)
    }
}

impl Browser {
    fn check(&self, nominates: bool) -> Vec<u8> {
        let username = format!("{}:theirs", self.local.ufrag);
        let attributes = [(ATTR_ICE_CONTROLLING, &[1_u8; 8][..]), (ATTR_USE_CANDIDATE, &[])];
        check(&username, &self.local.password, &attributes[..1 + usize::from(nominates)])
    }

    fn receive(&mut self, now: Instant, datagram: &[u8]) {
        self.dtls.handle_datagram(now, datagram);
        match self.dtls.poll_event() {
            Some(Event::Established(established)) => {
                let sealer = Sealer::new(established.profile, &established.local_key).unwrap();
                let opener = Opener::new(established.profile, &established.remote_key).unwrap();
                self.keys = Some((sealer, opener));
            }
            Some(Event::Closed) => self.closed = true,
            Some(Event::Failed) | None => {}
        }
    }

    fn seal(&mut self, sequence: u16) -> Vec<u8> {
        let mut packet = rtp_packet(5, sequence);
        self.keys.as_mut().unwrap().0.seal_rtp(PacketIndex(sequence.into()), &mut packet, 0, 12).unwrap();
        packet
    }
}

fn rtp_packet(ssrc: u32, sequence: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 96];
    packet.extend(sequence.to_be_bytes());
    packet.extend([0, 0, 0, 9]);
    packet.extend(ssrc.to_be_bytes());
    packet.extend(b"picture");
    packet
}

const RECEIVER_REPORT: [u8; 8] = [0x80, 201, 0, 1, 0, 0, 0, 5];

const BEST: Security = Security {
    dtls: DtlsVersion::Dtls13,
    key_exchange: KeyExchange::X25519MlKem768,
    srtp: SrtpProfile::AeadAes256Gcm,
};
