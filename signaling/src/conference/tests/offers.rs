use super::room::CONFERENCE;
use super::{Room, SITE_A};
use crate::conference::ConnectionId;
use crate::wire::{ClientMessage, ErrorCode, SectionPurpose, ServerMessage, WireSection, WireSourceKind};
use giaoban_media_types::{Command, Event, NegotiationError, PeerId, Purpose, SlotId, SourceKind};

fn offers(room: &Room) -> usize {
    room.commands.iter().filter(|command| matches!(command, Command::Negotiate(_))).count()
}

fn answered(room: &Room, connection: ConnectionId, request: u32) -> Option<String> {
    room.sent(connection).iter().find_map(|message| match message {
        ServerMessage::Answer { request: of, sdp, .. } if *of == request => Some(sdp.clone()),
        _ => None,
    })
}

fn section(mid: &str, purpose: SectionPurpose) -> WireSection {
    WireSection { mid: mid.to_owned(), purpose }
}

#[test]
fn an_offer_goes_to_the_shard_and_its_answer_back_under_its_number() {
    let mut room = Room::new();
    let a = room.enter(SITE_A);
    let sections = vec![
        section("0", SectionPurpose::Source(WireSourceKind::Camera)),
        section("1", SectionPurpose::Slot(5)),
    ];
    room.say(a, ClientMessage::Offer { request: 4, peer: 100, sdp: "v=0".to_owned(), sections });
    let Some(Command::Negotiate(negotiation)) = room.commands.last() else {
        panic!("a negotiation");
    };
    assert_eq!(
        (negotiation.member, negotiation.peer, negotiation.sdp.as_str()),
        (SITE_A, PeerId(100), "v=0")
    );
    let purposes: Vec<Purpose> = negotiation.sections.iter().map(|section| section.purpose).collect();
    assert_eq!(purposes, [Purpose::Source(SourceKind::Camera), Purpose::Slot(SlotId(5))]);
    room.answers(SITE_A, 100, "answer");
    assert_eq!(answered(&room, a, 4).as_deref(), Some("answer"));
}

#[test]
fn a_refused_offer_is_refused_with_a_code_for_each_reason() {
    for (error, code) in [
        (NegotiationError::Malformed, ErrorCode::BadOffer),
        (NegotiationError::TooLarge, ErrorCode::TooLarge),
        (NegotiationError::UnusableTransport, ErrorCode::BadOffer),
        (NegotiationError::SectionMismatch, ErrorCode::BadOffer),
        (NegotiationError::NoCommonCodec, ErrorCode::NoCommonCodec),
        (NegotiationError::Full, ErrorCode::Overloaded),
        (NegotiationError::Internal, ErrorCode::Internal),
    ] {
        let mut room = Room::new();
        let a = room.enter(SITE_A);
        room.offer(a, 4, 100);
        room.media(Event::NegotiationFailed {
            conference: CONFERENCE,
            member: SITE_A,
            peer: PeerId(100),
            error,
        });
        assert_eq!(room.outcome(a, 4), Some(Err(code)));
    }
}

#[test]
fn a_connection_has_one_offer_under_way() {
    let mut room = Room::new();
    let a = room.enter(SITE_A);
    room.offer(a, 1, 100);
    room.offer(a, 2, 100);
    assert_eq!(room.outcome(a, 2), Some(Err(ErrorCode::TooFast)));
    assert_eq!(offers(&room), 1);
    room.answers(SITE_A, 100, "first");
    room.offer(a, 3, 100);
    assert_eq!(offers(&room), 2);
}

#[test]
fn the_answer_to_an_offer_of_a_lost_connection_is_not_given_to_the_next_one() {
    let mut room = Room::new();
    let a = room.enter(SITE_A);
    room.offer(a, 1, 100);
    let again = room.resume(SITE_A);
    room.offer(again, 1, 100);
    room.answers(SITE_A, 100, "first");
    assert_eq!(answered(&room, again, 1), None);
    room.answers(SITE_A, 100, "second");
    assert_eq!(answered(&room, again, 1).as_deref(), Some("second"));
}

#[test]
fn offers_that_are_never_answered_are_bounded() {
    let mut room = Room::new();
    room.enter(SITE_A);
    for request in 1..10 {
        let a = room.resume(SITE_A);
        room.offer(a, request, request);
    }
    assert_eq!(offers(&room), 4);
}

#[test]
fn sections_that_cannot_be_are_a_bad_offer() {
    let camera = SectionPurpose::Source(WireSourceKind::Camera);
    for sections in [
        vec![section("", camera)],
        vec![section("not a token", camera)],
        vec![section("0", camera), section("0", SectionPurpose::Slot(5))],
        vec![section("0", camera), section("1", camera)],
        vec![section("0", SectionPurpose::Slot(87))],
        (0..200).map(|mid| section(&mid.to_string(), camera)).collect(),
    ] {
        let mut room = Room::new();
        let a = room.enter(SITE_A);
        room.say(a, ClientMessage::Offer { request: 1, peer: 1, sdp: "v=0".to_owned(), sections });
        assert_eq!(room.outcome(a, 1), Some(Err(ErrorCode::BadOffer)));
        assert_eq!(offers(&room), 0);
    }
}
