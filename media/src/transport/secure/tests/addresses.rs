use super::*;

#[test]
fn nothing_but_stun_is_read_from_an_address_that_passed_no_check() {
    let (mut world, mut browser) = World::with_media();
    let stranger = address(50_000);
    let hello = Client::connect(&browser.identity, Offer::default(), world.now).unwrap().poll_datagram();
    for datagram in [browser.seal(1), hello.unwrap()] {
        assert_eq!(world.deliver(stranger, &datagram), (Err(DropReason::UnknownAddress), vec![]));
    }
}

#[test]
fn media_is_taken_from_a_checked_address_and_sent_to_the_nominated_one() {
    let (mut world, mut browser) = World::with_media();
    let old = browser.address;
    browser.address = address(61_001);
    world.stun(&browser, false).0.unwrap();
    assert_eq!(world.deliver(browser.address, &browser.seal(1)).0, Ok(()));
    assert_eq!(world.transport.destination(ID), Some(old));
    world.stun(&browser, true).0.unwrap();
    assert_eq!(world.transport.destination(ID), Some(browser.address));
}

#[test]
fn the_address_longest_without_a_check_makes_room_but_never_the_path() {
    let (mut world, mut browser) = World::with_media();
    let path = browser.address;
    for port in 0..MAX_ADDRESSES as u16 {
        browser.address = address(50_000 + port);
        world.stun(&browser, false).0.unwrap();
    }
    let verdict = |world: &mut World, from, packet: Vec<u8>| world.deliver(from, &packet).0;
    assert_eq!(verdict(&mut world, address(50_000), browser.seal(1)), Err(DropReason::UnknownAddress));
    assert_eq!(verdict(&mut world, address(50_001), browser.seal(2)), Ok(()));
    assert_eq!(verdict(&mut world, path, browser.seal(3)), Ok(()));
}

#[test]
fn a_check_from_the_path_of_a_live_session_is_refused_to_another() {
    let (mut world, mut browser) = World::with_media();
    let mut other = world.browser(SessionId(2), 61_002);
    other.address = browser.address;
    assert_eq!(world.stun(&other, true), (Err(DropReason::StunRefused), vec![]));
    assert_eq!(world.deliver(browser.address, &browser.seal(1)).0, Ok(()));

    world.advance(PATH_LOST_AFTER);
    world.stun(&other, true).0.unwrap();
    assert_eq!(world.deliver(browser.address, &browser.seal(2)).0, Err(DropReason::NotConnected));
}

#[test]
fn a_controlled_browser_is_told_to_take_the_other_role() {
    let mut world = World::new(false);
    let browser = world.browser(ID, 61_000);
    let username = format!("{}:theirs", browser.local.ufrag);
    let attributes = [(ATTR_ICE_CONTROLLED, &[1_u8; 8][..]), (ATTR_USE_CANDIDATE, &[])];
    let (verdict, replies) =
        world.deliver(browser.address, &check(&username, &browser.local.password, &attributes));
    assert_eq!(verdict, Ok(()));
    // Class error, code 487 (RFC 8489 §14.8).
    assert_eq!(replies[0].1[..2], [0x01, 0x11]);
    assert!(replies[0].1.windows(2).any(|pair| pair == [4, 87]));
    assert_eq!(world.deliver(browser.address, &rtp_packet(1, 1)).0, Err(DropReason::UnknownAddress));
}

#[test]
fn a_further_offer_with_the_same_credentials_keeps_ours() {
    let (mut world, browser) = World::with_media();
    let again = world.transport.renegotiate(world.now, ID, &remote(&browser.identity, "theirs")).unwrap();
    assert!(again == browser.local);
    assert!(
        world.transport.renegotiate(world.now, SessionId(9), &remote(&browser.identity, "theirs")).is_none()
    );
}

#[test]
fn another_certificate_needs_another_session() {
    let (mut world, _) = World::with_media();
    let other = Identity::generate().unwrap();
    assert!(world.transport.renegotiate(world.now, ID, &remote(&other, "theirs")).is_none());
}

#[test]
fn an_ice_restart_keeps_the_old_path_until_the_new_one_is_checked() {
    let (mut world, mut browser) = World::with_media();
    let old = Browser {
        dtls: Client::connect(&browser.identity, Offer::default(), world.now).unwrap(),
        identity: browser.identity.clone(),
        local: browser.local.clone(),
        keys: None,
        ..browser
    };
    let fresh = world.transport.renegotiate(world.now, ID, &remote(&browser.identity, "newer")).unwrap();
    assert!(fresh.ufrag != old.local.ufrag && fresh.password != old.local.password);
    world.stun(&old, true).0.unwrap();
    assert_eq!(world.transport.destination(ID), Some(old.address));

    let new_check = check(&format!("{}:newer", fresh.ufrag), &fresh.password, &[(ATTR_USE_CANDIDATE, &[])]);
    browser.address = address(61_001);
    world.deliver(browser.address, &new_check).0.unwrap();
    assert_eq!(world.transport.destination(ID), Some(browser.address));
    assert_eq!(world.stun(&old, true), (Err(DropReason::StunRefused), vec![]));
    assert_eq!(world.deliver(browser.address, &browser.seal(1)).0, Ok(()));
}
