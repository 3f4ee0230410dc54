use super::*;

#[test]
fn media_before_the_handshake_is_not_opened() {
    let mut world = World::new(false);
    let browser = world.browser(ID, 61_000);
    world.stun(&browser, true).0.unwrap();
    assert_eq!(world.deliver(browser.address, &rtp_packet(1, 1)).0, Err(DropReason::NotConnected));
}

#[test]
fn a_packet_is_taken_once_and_only_unchanged() {
    let (mut world, mut browser) = World::with_media();
    let sealed = browser.seal(1);
    for length in 0..sealed.len() {
        assert!(world.deliver(browser.address, &sealed[..length]).0.is_err());
    }
    assert_eq!(world.deliver(browser.address, &sealed).0, Ok(()));
    assert_eq!(world.deliver(browser.address, &sealed).0, Err(DropReason::Replayed));
}

#[test]
fn an_index_is_sealed_once() {
    let (mut world, _) = World::with_media();
    let mut seal = |sequence: u16| {
        let mut packet = rtp_packet(9, sequence);
        world.transport.seal_rtp(ID, PacketIndex(sequence.into()), &mut packet, 0, 12)
    };
    assert_eq!(seal(5), Ok(()));
    assert_eq!(seal(5), Err(SealError::IndexReused));
    assert_eq!(seal(4), Err(SealError::IndexReused));
    assert_eq!(seal(6), Ok(()));
}

#[test]
fn a_truncated_dtls_datagram_is_malformed_and_not_answered() {
    let mut world = World::new(false);
    let mut browser = world.browser(ID, 61_000);
    world.stun(&browser, true).0.unwrap();
    while let Some(datagram) = browser.dtls.poll_datagram() {
        for length in 1..datagram.len() {
            let outcome = world.deliver(browser.address, &datagram[..length]);
            assert_eq!(outcome, (Err(DropReason::Malformed), vec![]), "{length} bytes");
        }
    }
    assert!(world.events.is_empty());
}

#[test]
fn a_check_by_whoever_does_not_know_the_session_is_refused_and_not_answered() {
    let mut world = World::new(false);
    let browser = world.browser(ID, 61_000);
    let LocalParameters { ufrag, password, .. } = &browser.local;
    let strangers = [
        check(&format!("{ufrag}:theirs"), "a guess", &[]),
        check(&format!("{ufrag}:others"), password, &[]),
        check("another:theirs", password, &[]),
    ];
    for datagram in strangers {
        assert_eq!(world.deliver(browser.address, &datagram), (Err(DropReason::StunRefused), vec![]));
    }
    assert_eq!(world.deliver(browser.address, &rtp_packet(1, 1)).0, Err(DropReason::UnknownAddress));
}

#[test]
fn damaged_checks_are_refused_and_not_answered() {
    let mut world = World::new(false);
    let browser = world.browser(ID, 61_000);
    let whole = browser.check(true);
    for byte in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[byte] ^= 0x01;
        for damaged in [&flipped[..], &whole[..byte]] {
            let (verdict, replies) = world.deliver(browser.address, damaged);
            assert!(verdict.is_err() && replies.is_empty());
        }
    }
    assert_eq!(world.deliver(browser.address, &rtp_packet(1, 1)).0, Err(DropReason::UnknownAddress));
}

proptest! {
    #[test]
    fn bytes_from_nowhere_get_a_verdict_and_no_answer(datagram in prop::collection::vec(any::<u8>(), 0..100)) {
        let mut world = World::new(true);
        let _ = world.browser(ID, 61_000);
        let (verdict, replies) = world.deliver(address(50_000), &datagram);
        prop_assert!(verdict.is_err() && replies.is_empty());
    }

    #[test]
    fn bytes_from_a_checked_address_get_no_answer(
        datagram in prop::collection::vec(any::<u8>(), 1..100),
        first in any::<u8>(),
        media in any::<bool>(),
    ) {
        let (mut world, browser) = if media {
            World::with_media()
        } else {
            let mut world = World::new(true);
            let browser = world.browser(ID, 61_000);
            world.stun(&browser, true).0.unwrap();
            (world, browser)
        };
        let mut datagram = datagram;
        datagram[0] = first;
        let (_, replies) = world.deliver(browser.address, &datagram);
        prop_assert!(replies.is_empty() && world.events.is_empty());
    }
}
