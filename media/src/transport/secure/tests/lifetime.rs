use super::*;

#[test]
fn five_silent_seconds_stop_egress_and_a_packet_starts_it_again() {
    let (mut world, mut browser) = World::with_media();
    world.deliver(browser.address, &browser.seal(1)).0.unwrap();
    world.advance(PATH_LOST_AFTER - Duration::from_millis(1));
    assert!(world.events.is_empty());
    world.advance(Duration::from_millis(1));
    assert_eq!(world.events, [TransportEvent::PathLost(ID)]);
    assert_eq!(world.transport.destination(ID), None);
    let mut packet = rtp_packet(9, 1);
    assert_eq!(world.transport.seal_rtp(ID, PacketIndex(1), &mut packet, 0, 12), Err(SealError::NoPath));
    assert!(packet.is_empty());

    world.events.clear();
    world.deliver(browser.address, &browser.seal(2)).0.unwrap();
    assert_eq!(world.events, [TransportEvent::PathRestored(ID)]);
    assert_eq!(world.transport.destination(ID), Some(browser.address));
    world.events.clear();
    world.advance(PATH_LOST_AFTER);
    assert_eq!(world.events, [TransportEvent::PathLost(ID)]);
}

#[test]
fn a_check_keeps_the_path() {
    let (mut world, browser) = World::with_media();
    for _ in 0..10 {
        world.stun(&browser, true).0.unwrap();
        world.advance(PATH_LOST_AFTER - Duration::from_millis(1));
    }
    assert!(world.events.is_empty());
}

#[test]
fn what_is_not_authentic_does_not_keep_the_path() {
    let (mut world, mut browser) = World::with_media();
    world.stun(&browser, true).0.unwrap();
    world.advance(PATH_LOST_AFTER / 2);
    let mut forged = browser.seal(1);
    forged[15] ^= 1;
    assert_eq!(world.deliver(browser.address, &forged), (Err(DropReason::Forged), vec![]));
    world.advance(PATH_LOST_AFTER / 2);
    assert_eq!(world.events, [TransportEvent::PathLost(ID)]);
}

#[test]
fn thirty_silent_seconds_close_the_session() {
    let (mut world, browser) = World::with_media();
    world.stun(&browser, true).0.unwrap();
    world.advance(PATH_LOST_AFTER);
    world.events.clear();
    world.advance(CLOSED_AFTER - PATH_LOST_AFTER);
    assert_eq!(world.events, [TransportEvent::Closed(ID, CloseReason::TimedOut)]);
    assert_eq!(world.stun(&browser, true), (Err(DropReason::StunRefused), vec![]));
    assert_eq!(world.transport.next_timeout(), None);
}

#[test]
fn a_browser_that_closes_is_reported() {
    let (mut world, mut browser) = World::with_media();
    browser.dtls.close();
    world.exchange_dtls(&mut browser);
    assert_eq!(world.events, [TransportEvent::Closed(ID, CloseReason::ByPeer)]);
}

#[test]
fn a_closed_session_is_told_to_the_browser_and_forgotten() {
    let (mut world, mut browser) = World::with_media();
    world.transport.close(ID);
    let sent = world.finish();
    world.receive(&mut browser, sent);
    assert!(browser.closed && world.events.is_empty());
    assert_eq!(world.deliver(browser.address, &browser.seal(1)).0, Err(DropReason::UnknownAddress));
    assert_eq!(world.stun(&browser, true), (Err(DropReason::StunRefused), vec![]));
}

#[test]
fn the_shard_has_a_bounded_number_of_sessions() {
    let mut world = World::new(false);
    let identity = Identity::generate().unwrap();
    for id in 1..=3 {
        assert!(world.transport.open(world.now, SessionId(id), &remote(&identity, "theirs")).is_ok());
    }
    let fourth = world.transport.open(world.now, SessionId(4), &remote(&identity, "theirs"));
    assert_eq!(fourth.err(), Some(OpenError::Full));
    world.transport.close(SessionId(2));
    assert!(world.transport.open(world.now, SessionId(4), &remote(&identity, "theirs")).is_ok());
}
