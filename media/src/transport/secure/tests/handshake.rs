use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::*;

#[test]
fn a_browser_connects_with_post_quantum_dtls_1_3_and_media_flows_both_ways() {
    let mut world = World::new(false);
    let mut browser = world.browser(ID, 61_000);
    world.connect(&mut browser);
    assert_eq!(world.events, [TransportEvent::Connected(ID, BEST)]);
    assert_eq!(world.transport.destination(ID), Some(browser.address));

    let mut up = browser.seal(7);
    match world.transport.handle_datagram(world.now, browser.address, &mut up) {
        Inbound::Rtp { session, packet, index } => {
            assert_eq!((session, index), (ID, PacketIndex(7)));
            assert_eq!(packet.payload, b"picture");
        }
        _ => panic!("not taken for RTP"),
    }
    let mut up = RECEIVER_REPORT.to_vec();
    browser.keys.as_mut().unwrap().0.seal_rtcp(&mut up, 0).unwrap();
    match world.transport.handle_datagram(world.now, browser.address, &mut up) {
        Inbound::Rtcp { session, compound } => {
            assert_eq!((session, compound), (ID, &RECEIVER_REPORT[..]))
        }
        _ => panic!("not taken for RTCP"),
    }

    let mut down = rtp_packet(9, 1);
    world.transport.seal_rtp(ID, PacketIndex(1), &mut down, 0, 12).unwrap();
    assert_eq!(down.len(), rtp_packet(9, 1).len() + world.transport.rtp_overhead(ID));
    let (length, _) = browser.keys.as_mut().unwrap().1.open_rtp(&mut down).unwrap();
    assert_eq!(down[..length], rtp_packet(9, 1));
    let mut down = RECEIVER_REPORT.to_vec();
    world.transport.seal_rtcp(ID, &mut down, 0).unwrap();
    assert_eq!(browser.keys.as_mut().unwrap().1.open_rtcp(&mut down), Ok(RECEIVER_REPORT.len()));
}

#[test]
fn a_browser_may_shake_hands_before_it_nominates() {
    let mut world = World::new(false);
    let mut browser = world.browser(ID, 61_000);
    world.stun(&browser, false).0.unwrap();
    while !world.connected() {
        world.exchange_dtls(&mut browser);
    }
    assert_eq!(world.transport.destination(ID), Some(browser.address));
    browser.address = address(61_001);
    world.stun(&browser, true).0.unwrap();
    assert_eq!(world.transport.destination(ID), Some(browser.address));
}

#[test]
fn dtls_1_2_connects_only_where_the_operator_allows_it() {
    let offer = Offer { version: Version::Dtls12, groups: "P-256", ..Offer::default() };
    for allowed in [false, true] {
        let mut world = World::new(allowed);
        let mut browser = world.browser_that_offers(ID, 61_000, offer);
        world.connect(&mut browser);
        assert_eq!(world.connected(), allowed);
    }
}

#[test]
fn a_certificate_that_is_not_the_offers_closes_the_session() {
    let mut world = World::new(false);
    let mut browser = world.browser(ID, 61_000);
    browser.dtls = Client::connect(&Identity::generate().unwrap(), Offer::default(), world.now).unwrap();
    world.connect(&mut browser);
    assert_eq!(world.events, [TransportEvent::Closed(ID, CloseReason::WrongFingerprint)]);
    assert!(browser.closed);
}

#[test]
fn a_session_that_never_connects_is_given_up() {
    let mut world = World::new(false);
    let browser = world.browser(ID, 61_000);
    world.stun(&browser, true).0.unwrap();
    world.advance(HANDSHAKE_LIMIT - Duration::from_millis(1));
    assert!(world.events.is_empty());
    world.advance(Duration::from_millis(1));
    assert_eq!(world.events, [TransportEvent::Closed(ID, CloseReason::HandshakeFailed)]);
    assert_eq!(world.stun(&browser, true), (Err(DropReason::StunRefused), vec![]));
    assert_eq!(world.transport.next_timeout(), None);
}

#[test]
fn one_call_does_one_step_of_one_handshake() {
    let mut world = World::new(false);
    let mut browsers = [world.browser(SessionId(1), 61_001), world.browser(SessionId(2), 61_002)];
    for browser in &browsers {
        world.stun(browser, true).0.unwrap();
    }
    for browser in &mut browsers {
        while let Some(mut datagram) = browser.dtls.poll_datagram() {
            world.transport.handle_datagram(world.now, browser.address, &mut datagram);
        }
    }
    let mut answered = Vec::new();
    while world.transport.next_timeout().is_some_and(|due| due <= world.now) {
        world.transport.handle_timeout(world.now);
        let sent: BTreeSet<_> =
            std::iter::from_fn(|| world.transport.poll_datagram()).map(|(to, _)| to.port()).collect();
        assert!(sent.len() <= 1);
        answered.extend(sent);
    }
    assert_eq!(answered, [61_001, 61_002]);
}

#[test]
fn a_session_may_have_a_bounded_number_of_datagrams_wait() {
    let mut world = World::new(false);
    let mut browser = world.browser(ID, 61_000);
    world.stun(&browser, true).0.unwrap();
    let hello = browser.dtls.poll_datagram().unwrap();
    let verdicts: Vec<_> = (0..=MAX_WAITING_DATAGRAMS)
        .map(|_| match world.transport.handle_datagram(world.now, browser.address, &mut hello.clone()) {
            Inbound::Dropped(reason) => Some(reason),
            _ => None,
        })
        .collect();
    assert_eq!(verdicts.iter().filter(|verdict| verdict.is_none()).count(), MAX_WAITING_DATAGRAMS);
    assert_eq!(verdicts.last(), Some(&Some(DropReason::Overload)));
}

/// Of a long enough row of losses any handshake dies, so the claim is one about many.
#[test]
fn nineteen_of_twenty_browsers_connect_within_four_seconds_at_20_percent_loss_each_way() {
    let mut random = ChaCha8Rng::seed_from_u64(9147);
    let mut times: Vec<Duration> = (0..400)
        .map(|_| {
            let mut world = World::new(false);
            let mut browser = world.browser(ID, 61_000);
            world.losses = (0..200).map(|_| random.next_u32() % 5 == 0).collect();
            let begun = world.now;
            world.connect(&mut browser);
            world.now - begun
        })
        .collect();
    times.sort();
    assert!(times[379] <= Duration::from_secs(4), "{:?}", &times[370..]);
}
