use std::time::Duration;

use super::room::{CHAIR, Room, SITE_A, SITE_B, SITE_C, nothing_stored};
use crate::conference::{Admittance, ConnectionId, Door, Durable, Entry, Input};
use crate::wire::{
    ChairAction, Classification, ClientMessage, EndReason, ErrorCode, Presence, RoomInfo, ServerMessage,
};

fn locked() -> (Room, ConnectionId) {
    let mut room = Room::restored(Durable { locked: true, ..nothing_stored() }, 500);
    let chair = room.enter(CHAIR);
    (room, chair)
}

fn waits(room: &mut Room, member: giaoban_media_types::MemberId) -> ConnectionId {
    let (connection, refused) = room.try_enter(member, Entry::Ticket, false);
    assert!(refused.is_some(), "not let in");
    assert!(!room.closed.contains(&connection), "and not sent away");
    connection
}

fn is_in(room: &Room, connection: ConnectionId) -> bool {
    room.count(connection, |message| matches!(message, ServerMessage::Welcome { .. })) == 1
}

#[test]
fn who_is_kept_out_by_the_lock_waits_with_his_place_and_enters_by_himself_when_it_is_lifted() {
    let (mut room, chair) = locked();
    let b = waits(&mut room, SITE_B);
    let a = waits(&mut room, SITE_A);
    assert_eq!(room.waits(b), Some((ErrorCode::RoomLocked, 1)));
    assert_eq!(room.waits(a), Some((ErrorCode::RoomLocked, 2)));
    room.settle();
    assert_eq!(room.view(chair).waiting, [SITE_B.0, SITE_A.0]);
    room.order(chair, ChairAction::Unlock);
    room.settle();
    assert!(is_in(&room, a) && is_in(&room, b));
    assert!(room.view(chair).waiting.is_empty());
    assert_eq!(room.row(chair, SITE_A).presence, Presence::Present);
}

#[test]
fn a_place_that_becomes_free_goes_to_the_first_who_waits_and_the_others_move_up() {
    let mut room = Room::restored(nothing_stored(), 1);
    let a = room.enter(SITE_A);
    let c = waits(&mut room, SITE_C);
    let b = waits(&mut room, SITE_B);
    assert_eq!(room.waits(b), Some((ErrorCode::RoomFull, 2)));
    room.say(a, ClientMessage::Leave);
    assert!(is_in(&room, c) && !is_in(&room, b));
    assert_eq!(room.waits(b), Some((ErrorCode::RoomFull, 1)));
}

#[test]
fn a_resume_whose_seat_is_gone_counts_against_the_places_like_everyone() {
    let mut room = Room::restored(nothing_stored(), 1);
    let a = room.enter(SITE_A);
    room.disconnect(a);
    room.advance_seconds(91);
    room.enter(SITE_B);
    let (again, refused) = room.try_enter(SITE_A, Entry::Resume, false);
    assert_eq!(refused, Some(ErrorCode::RoomFull));
    assert!(!is_in(&room, again));
}

#[test]
fn who_comes_before_the_chair_reopens_the_room_waits_for_him() {
    let mut room = Room::restored(Durable { ended: true, ..nothing_stored() }, 500);
    let a = waits(&mut room, SITE_A);
    assert_eq!(room.waits(a), Some((ErrorCode::RoomClosed, 1)));
    room.enter(CHAIR);
    assert!(is_in(&room, a));
}

#[test]
fn the_chair_lets_one_in_and_the_room_stays_locked_for_the_others() {
    let (mut room, chair) = locked();
    let a = waits(&mut room, SITE_A);
    let b = waits(&mut room, SITE_B);
    assert_eq!(room.order(chair, ChairAction::Admit { member: SITE_B.0 }), Some(Ok(())));
    assert!(is_in(&room, b) && !is_in(&room, a));
    assert!(room.view(chair).locked);
    let again = room.order(chair, ChairAction::Admit { member: SITE_C.0 });
    assert_eq!(again, Some(Err(ErrorCode::NoSuchMember)), "nobody waits there");
    assert_eq!(room.order(b, ChairAction::Admit { member: SITE_A.0 }), Some(Err(ErrorCode::NotAllowed)));
    room.say(b, ClientMessage::Leave);
    assert_eq!(room.try_enter(SITE_B, Entry::Ticket, false).1, Some(ErrorCode::RoomLocked), "once only");
}

#[test]
fn a_place_survives_a_lost_connection_for_as_long_as_a_seat_would() {
    let (mut room, chair) = locked();
    let a = waits(&mut room, SITE_A);
    waits(&mut room, SITE_B);
    room.disconnect(a);
    room.settle();
    assert_eq!(room.view(chair).waiting, [SITE_B.0]);
    room.advance_seconds(80);
    let a = waits(&mut room, SITE_A);
    assert_eq!(room.waits(a), Some((ErrorCode::RoomLocked, 1)));
    room.disconnect(a);
    room.advance_seconds(91);
    let a = waits(&mut room, SITE_A);
    assert_eq!(room.waits(a), Some((ErrorCode::RoomLocked, 2)));
}

#[test]
fn a_second_page_that_waits_on_the_same_seat_takes_the_place_and_the_first_is_told() {
    let (mut room, _) = locked();
    let first = waits(&mut room, SITE_A);
    waits(&mut room, SITE_B);
    let second = waits(&mut room, SITE_A);
    assert_eq!(room.ended(first), Some(EndReason::TakenOver));
    assert!(room.closed.contains(&first));
    assert_eq!(room.waits(second), Some((ErrorCode::RoomLocked, 1)));
}

#[test]
fn who_gives_up_waiting_or_is_removed_or_revoked_waits_no_more() {
    let (mut room, chair) = locked();
    let [a, b, c] = [SITE_A, SITE_B, SITE_C].map(|member| waits(&mut room, member));
    room.say(a, ClientMessage::Leave);
    room.order(chair, ChairAction::Remove { member: SITE_B.0 });
    room.input(Input::SeatRevoked { member: SITE_C });
    room.settle();
    assert_eq!(room.ended(a), Some(EndReason::Left));
    assert_eq!(room.ended(b), Some(EndReason::Removed));
    assert_eq!(room.ended(c), Some(EndReason::Revoked));
    assert!(room.view(chair).waiting.is_empty());
    room.order(chair, ChairAction::Unlock);
    room.advance(Duration::from_secs(1));
    assert!(![a, b, c].into_iter().any(|connection| is_in(&room, connection)));
}

#[test]
fn what_one_says_who_waits_is_not_heard() {
    let (mut room, chair) = locked();
    let a = waits(&mut room, SITE_A);
    room.open_microphone(a);
    room.say(a, ClientMessage::Hand { request: 1, raised: true });
    room.settle();
    assert_eq!(room.outcome(a, 1), None);
    assert_eq!(room.row(chair, SITE_A).hand, None);
    assert!(!room.hears(SITE_A));
}

#[test]
fn a_shut_door_keeps_everyone_but_the_chair_until_it_opens() {
    let mut room = Room::new();
    room.input(Input::DoorChanged(Door { shut: true, ..Door::default() }));
    let a = waits(&mut room, SITE_A);
    assert_eq!(room.waits(a), Some((ErrorCode::RoomNotOpen, 1)));
    let chair = room.enter(CHAIR);
    assert!(is_in(&room, chair) && !is_in(&room, a));
    room.input(Input::DoorChanged(Door::default()));
    assert!(is_in(&room, a));
}

#[test]
fn the_unexpected_wait_for_the_chair_and_the_expected_do_not() {
    let mut room = Room::new();
    let door = Door { lobby: Admittance::Expected, expected: [SITE_A].into(), ..Door::default() };
    room.input(Input::DoorChanged(door));
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    let b = waits(&mut room, SITE_B);
    assert!(is_in(&room, a));
    assert_eq!(room.waits(b), Some((ErrorCode::ChairAdmits, 1)));
    room.order(chair, ChairAction::Admit { member: SITE_B.0 });
    assert!(is_in(&room, b));
    room.input(Input::DoorChanged(Door { lobby: Admittance::Chair, ..Door::default() }));
    assert!(is_in(&room, a), "who is in stays in");
    let c = waits(&mut room, SITE_C);
    assert_eq!(room.waits(c), Some((ErrorCode::ChairAdmits, 1)));
}

#[test]
fn fewer_places_put_nobody_out_and_let_nobody_new_in() {
    let mut room = Room::new();
    let a = room.enter(SITE_A);
    room.enter(SITE_B);
    let info = RoomInfo { title: "Họp khẩn".to_owned(), classification: Classification::Confidential };
    room.input(Input::RoomChanged { room: info.clone(), capacity: 1 });
    let told = |message: &ServerMessage| matches!(message, ServerMessage::Snapshot { snapshot } if snapshot.room == info);
    assert_eq!(room.count(a, told), 1, "whoever is in sees the new title");
    assert_eq!(room.row(a, SITE_B).presence, Presence::Present);
    let c = waits(&mut room, SITE_C);
    assert_eq!(room.waits(c), Some((ErrorCode::RoomFull, 1)));
}

#[test]
fn a_room_that_is_closed_sends_everyone_away_who_waits_too() {
    let mut room = Room::restored(nothing_stored(), 1);
    let a = room.enter(SITE_A);
    let b = waits(&mut room, SITE_B);
    room.input(Input::RoomClosed);
    for connection in [a, b] {
        let ended = |message: &ServerMessage| {
            matches!(message, ServerMessage::Ended { reason: EndReason::Ended, .. })
        };
        assert_eq!(room.count(connection, ended), 1);
        assert!(room.closed.contains(&connection));
    }
}
