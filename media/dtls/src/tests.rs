use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::client::{Client, Offer};
use crate::{
    Acceptor, Association, Established, Event, Identity, KeyExchange, Options, Server, SrtpProfile, Version,
};

const ONE_WAY: Duration = Duration::from_millis(10);

/// Any moment: the tests use only differences.
#[expect(clippy::disallowed_methods, reason = "there is no other way to an Instant")]
fn start() -> Instant {
    Instant::now()
}

/// A client and a server on virtual time.
struct Pair {
    now: Instant,
    client: Client,
    server: Server,
    client_identity: Identity,
    server_identity: Identity,
    at_client: Ends,
    at_server: Ends,
}

#[derive(Default)]
struct Ends {
    established: Option<Box<Established>>,
    closed: bool,
    failed: bool,
}

impl Ends {
    fn take(&mut self, association: &mut impl Association) {
        match association.poll_event() {
            Some(Event::Established(established)) => self.established = Some(established),
            Some(Event::Closed) => self.closed = true,
            Some(Event::Failed) => self.failed = true,
            None => {}
        }
    }
}

impl Pair {
    fn new(options: Options, offer: Offer<'_>) -> Self {
        let now = start();
        let client_identity = Identity::generate().unwrap();
        let server_identity = Identity::generate().unwrap();
        let acceptor = Acceptor::new(&server_identity, options).unwrap();
        Self {
            now,
            client: Client::connect(&client_identity, offer, now).unwrap(),
            server: acceptor.accept(now).unwrap(),
            client_identity,
            server_identity,
            at_client: Ends::default(),
            at_server: Ends::default(),
        }
    }

    /// Carries what both have to say. `fate` is asked for each datagram, to the server or not.
    fn exchange(&mut self, mut fate: impl FnMut(bool, Vec<u8>) -> Option<Vec<u8>>) {
        self.now += ONE_WAY;
        while let Some(datagram) = self.client.poll_datagram() {
            if let Some(datagram) = fate(true, datagram) {
                self.server.handle_datagram(self.now, &datagram);
                self.at_server.take(&mut self.server);
            }
        }
        self.now += ONE_WAY;
        while let Some(datagram) = self.server.poll_datagram() {
            if let Some(datagram) = fate(false, datagram) {
                self.client.handle_datagram(self.now, &datagram);
                self.at_client.take(&mut self.client);
            }
        }
    }

    /// Exchanges, and lets time pass when both are silent, until both have an outcome.
    fn run(&mut self, mut fate: impl FnMut(bool, Vec<u8>) -> Option<Vec<u8>>) {
        let end = self.now + Duration::from_secs(60);
        while self.now < end && !self.settled() {
            self.exchange(&mut fate);
            self.now = [self.client.next_timeout(), self.server.next_timeout()]
                .into_iter()
                .flatten()
                .min()
                .map_or(self.now, |due| due.max(self.now));
            self.client.handle_timeout(self.now);
            self.server.handle_timeout(self.now);
            self.at_client.take(&mut self.client);
            self.at_server.take(&mut self.server);
        }
    }

    fn settled(&self) -> bool {
        [&self.at_client, &self.at_server].iter().all(|at| at.failed || at.established.is_some())
    }

    fn agreed(&self) -> (&Established, &Established) {
        (self.at_client.established.as_ref().unwrap(), self.at_server.established.as_ref().unwrap())
    }
}

fn untouched(_to_server: bool, datagram: Vec<u8>) -> Option<Vec<u8>> {
    Some(datagram)
}

#[test]
fn a_browser_like_client_gets_dtls_1_3_with_a_post_quantum_group_and_aes_256() {
    let mut pair = Pair::new(Options::default(), Offer::default());
    pair.run(untouched);
    let (client, server) = pair.agreed();
    for end in [client, server] {
        assert_eq!(end.version, Version::Dtls13);
        assert_eq!(end.key_exchange, KeyExchange::X25519MlKem768);
        assert_eq!(end.profile, SrtpProfile::AeadAes256Gcm);
    }
    assert_eq!(server.peer, pair.client_identity.fingerprint());
    assert_eq!(client.peer, pair.server_identity.fingerprint());
}

#[test]
fn each_end_seals_with_the_key_by_which_the_other_opens() {
    for profiles in ["SRTP_AEAD_AES_256_GCM", "SRTP_AEAD_AES_128_GCM"] {
        let mut pair = Pair::new(Options::default(), Offer { srtp_profiles: profiles, ..Offer::default() });
        pair.run(untouched);
        let (client, server) = pair.agreed();
        assert!(client.local_key == server.remote_key);
        assert!(client.remote_key == server.local_key);
        assert!(client.local_key != client.remote_key);
        assert_eq!(client.local_key.key.len(), client.profile.key_length());
    }
}

#[test]
fn the_server_prefers_the_post_quantum_group_whatever_the_clients_order() {
    let offer = Offer { groups: "X25519:X25519MLKEM768", ..Offer::default() };
    let mut pair = Pair::new(Options::default(), offer);
    pair.run(untouched);
    assert_eq!(pair.agreed().1.key_exchange, KeyExchange::X25519MlKem768);
}

#[test]
fn a_client_without_the_post_quantum_group_gets_x25519() {
    let mut pair = Pair::new(Options::default(), Offer { groups: "X25519", ..Offer::default() });
    pair.run(untouched);
    assert_eq!(pair.agreed().1.key_exchange, KeyExchange::X25519);
}

#[test]
fn a_client_that_knows_only_hmac_sha1_is_refused() {
    let offer = Offer { srtp_profiles: "SRTP_AES128_CM_SHA1_80", ..Offer::default() };
    let mut pair = Pair::new(Options::default(), offer);
    pair.run(untouched);
    assert!(pair.at_server.established.is_none());
}

#[test]
fn dtls_1_2_is_refused_unless_the_operator_allows_it() {
    let offer = Offer { version: Version::Dtls12, ..Offer::default() };
    let mut refused = Pair::new(Options::default(), offer);
    let begun = refused.now;
    refused.run(untouched);
    assert!(refused.at_server.failed && refused.at_client.failed);
    assert!(refused.now - begun < Duration::from_secs(10));

    let mut allowed = Pair::new(Options { allow_dtls12: true }, Offer { groups: "P-256", ..offer });
    allowed.run(untouched);
    let (_, server) = allowed.agreed();
    assert_eq!((server.version, server.key_exchange), (Version::Dtls12, KeyExchange::P256));
}

#[test]
fn dtls_1_3_is_spoken_with_those_who_know_it_also_where_1_2_is_allowed() {
    let mut pair = Pair::new(Options { allow_dtls12: true }, Offer::default());
    pair.run(untouched);
    let (_, server) = pair.agreed();
    assert_eq!((server.version, server.key_exchange), (Version::Dtls13, KeyExchange::X25519MlKem768));
}

#[test]
fn no_datagram_of_a_handshake_is_longer_than_1200_bytes() {
    let mut pair = Pair::new(Options::default(), Offer::default());
    let mut longest = 0;
    pair.run(|_, datagram| {
        longest = longest.max(datagram.len());
        Some(datagram)
    });
    assert!((1000..=1200).contains(&longest), "longest is {longest}");
}

#[test]
fn the_close_of_one_end_reaches_the_other() {
    let mut pair = Pair::new(Options::default(), Offer::default());
    pair.run(untouched);
    pair.exchange(untouched);
    pair.client.close();
    pair.exchange(untouched);
    assert!(pair.at_server.closed);

    let mut pair = Pair::new(Options::default(), Offer::default());
    pair.run(untouched);
    pair.server.close();
    pair.exchange(untouched);
    assert!(pair.at_client.closed);
}

#[test]
fn a_first_flight_that_breaks_the_protocol_is_neither_answered_nor_fatal() {
    for groups in ["X25519", Offer::default().groups] {
        let mut pair = Pair::new(Options::default(), Offer { groups, ..Offer::default() });
        let mut flight: Vec<_> = std::iter::from_fn(|| pair.client.poll_datagram()).collect();
        // The length of the session id: after the headers of record and message, version and random.
        flight[0][13 + 12 + 2 + 32] = 0xFF;
        for _ in 0..3 {
            for datagram in &flight {
                pair.server.handle_datagram(pair.now, datagram);
                assert!(pair.server.poll_datagram().is_none());
                assert!(pair.server.poll_event().is_none());
            }
        }
        pair.run(untouched);
        assert_eq!(pair.agreed().1.version, Version::Dtls13);
    }
}

#[test]
fn a_datagram_without_bytes_is_no_end() {
    let mut pair = Pair::new(Options::default(), Offer::default());
    let mut count = 0;
    pair.run(|to_server, datagram| {
        count += usize::from(to_server);
        Some(if to_server && count == FIRST_FLIGHT + 1 { Vec::new() } else { datagram })
    });
    assert_eq!(pair.agreed().1.version, Version::Dtls13);
}

#[test]
fn retransmission_waits_for_the_time_it_is_told() {
    let mut pair = Pair::new(Options::default(), Offer::default());
    while pair.client.poll_datagram().is_some() {}
    let due = pair.client.next_timeout().unwrap();
    assert!(due > pair.now + Duration::from_millis(100));
    pair.client.handle_timeout(pair.now + Duration::from_millis(50));
    assert!(pair.client.poll_datagram().is_none());
    pair.client.handle_timeout(due);
    assert!(pair.client.poll_datagram().is_some());
}

/// Datagrams of a browser's first flight: the post-quantum key share does not fit one.
const FIRST_FLIGHT: usize = 2;

#[derive(Debug, Clone)]
enum Damage {
    Cut(prop::sample::Index),
    Flip(prop::sample::Index, u8),
}

fn damages() -> impl Strategy<Value = Damage> {
    prop_oneof![
        any::<prop::sample::Index>().prop_map(Damage::Cut),
        (any::<prop::sample::Index>(), 0_u8..8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
    ]
}

/// Damages the client's datagram number `victim`, counted from zero.
fn once(victim: usize, damage: Damage) -> impl FnMut(bool, Vec<u8>) -> Option<Vec<u8>> {
    let mut count = 0;
    move |to_server, mut datagram| {
        if to_server {
            if count == victim {
                match &damage {
                    Damage::Cut(at) => datagram.truncate(at.index(datagram.len())),
                    Damage::Flip(at, bit) => {
                        let at = at.index(datagram.len());
                        datagram[at] ^= 1 << bit;
                    }
                }
            }
            count += 1;
        }
        Some(datagram)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_handshake_survives_loss_of_a_fifth_in_each_direction(losses in prop::collection::vec(0_u8..100, 64)) {
        let mut pair = Pair::new(Options::default(), Offer::default());
        let mut losses = losses.into_iter();
        pair.run(|_, datagram| (losses.next().unwrap_or(99) >= 20).then_some(datagram));
        prop_assert!(pair.at_client.established.is_some());
        prop_assert!(pair.at_server.established.is_some());
    }

    #[test]
    fn no_damaged_datagram_makes_the_server_panic(victim in 0_usize..4, damage in damages()) {
        let mut pair = Pair::new(Options::default(), Offer::default());
        pair.run(once(victim, damage));
    }

    #[test]
    fn a_damaged_datagram_after_the_first_flight_is_made_good_by_the_clients_timer(damage in damages()) {
        let mut pair = Pair::new(Options::default(), Offer::default());
        pair.run(once(FIRST_FLIGHT, damage));
        prop_assert!(pair.at_server.established.is_some());
    }

    #[test]
    fn no_bytes_make_the_server_panic(datagrams in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..8)) {
        let now = start();
        let acceptor = Acceptor::new(&Identity::generate().unwrap(), Options { allow_dtls12: true }).unwrap();
        let mut server = acceptor.accept(now).unwrap();
        for datagram in datagrams {
            server.handle_datagram(now, &datagram);
            prop_assert!(server.poll_datagram().is_none());
        }
    }
}
