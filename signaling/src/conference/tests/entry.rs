use std::collections::BTreeSet;
use std::time::Duration;

use super::room::{camera, microphone, nothing_stored, pin};
use super::{CHAIR, Room, SITE_A, SITE_B, SITE_C};
use crate::conference::{Durable, Entry, Input, Seat};
use crate::wire::{
    ChairAction, ClientMessage, EndReason, ErrorCode, Presence, Role, ServerMessage, StageRule,
};
use giaoban_media_types::MemberId;

#[test]
fn who_enters_is_welcomed_then_shown_the_room_with_himself_in_it() {
    let mut room = Room::new();
    let site = room.enter(SITE_A);
    assert!(matches!(
        room.sent(site),
        [
            ServerMessage::Welcome { member: 2, role: Role::Site, time: 1, .. },
            ServerMessage::Snapshot { .. },
            ..
        ]
    ));
    assert_eq!(room.row(site, SITE_A).presence, Presence::Present);
    assert_eq!(room.row(site, SITE_B).presence, Presence::Absent);
}

#[test]
fn a_seat_that_does_not_exist_or_was_removed_is_refused_as_a_bad_link() {
    let removed = BTreeSet::from([SITE_A]);
    let mut room = Room::restored(Durable { removed, ..nothing_stored() }, 500);
    assert_eq!(room.try_enter(MemberId(99), Entry::Ticket, false).1, Some(ErrorCode::LinkInvalid));
    assert_eq!(room.try_enter(SITE_A, Entry::Ticket, true).1, Some(ErrorCode::LinkInvalid));
    assert_eq!(room.try_enter(SITE_A, Entry::Resume, false).1, Some(ErrorCode::LinkInvalid));
}

#[test]
fn a_full_room_takes_nobody_more_but_keeps_the_seats_it_promised() {
    let mut room = Room::restored(nothing_stored(), 2);
    let a = room.enter(SITE_A);
    room.enter(SITE_B);
    assert_eq!(room.try_enter(SITE_C, Entry::Ticket, false).1, Some(ErrorCode::RoomFull));
    assert_eq!(room.try_enter(SITE_C, Entry::Resume, false).1, Some(ErrorCode::RoomFull));
    room.disconnect(a);
    assert_eq!(room.try_enter(SITE_C, Entry::Ticket, false).1, Some(ErrorCode::RoomFull));
    room.resume(SITE_A);
}

#[test]
fn the_chair_finds_a_place_in_a_full_room_and_takes_none() {
    let mut room = Room::restored(nothing_stored(), 2);
    room.enter(SITE_A);
    let chair = room.enter(CHAIR);
    room.enter(SITE_B);
    assert_eq!(room.try_enter(SITE_C, Entry::Ticket, false).1, Some(ErrorCode::RoomFull));
    room.say(chair, ClientMessage::Leave);
    assert_eq!(room.try_enter(SITE_C, Entry::Resume, false).1, Some(ErrorCode::RoomFull));
    room.enter(CHAIR);
}

fn locked() -> Durable {
    Durable { locked: true, ..nothing_stored() }
}

#[test]
fn a_locked_room_lets_in_the_chair_and_leases_and_nobody_else() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.advance_seconds(91);
    assert_eq!(room.order(chair, ChairAction::Lock), Some(Ok(())));
    assert_eq!(room.try_enter(SITE_B, Entry::Ticket, false).1, Some(ErrorCode::RoomLocked));
    assert_eq!(room.try_enter(SITE_B, Entry::Resume, false).1, Some(ErrorCode::RoomLocked));
    room.disconnect(a);
    room.advance_seconds(89);
    let a = room.resume(SITE_A);
    room.disconnect(a);
    room.advance_seconds(91);
    assert_eq!(room.try_enter(SITE_A, Entry::Resume, false).1, Some(ErrorCode::RoomLocked));
    room.say(chair, ClientMessage::Leave);
    room.enter(CHAIR);
}

#[test]
fn an_unlocked_room_takes_the_one_it_refused_without_more_ado() {
    let mut room = Room::restored(locked(), 500);
    let chair = room.enter(CHAIR);
    assert_eq!(room.try_enter(SITE_B, Entry::Ticket, false).1, Some(ErrorCode::RoomLocked));
    room.order(chair, ChairAction::Unlock);
    room.settle();
    assert_eq!(room.row(chair, SITE_B).presence, Presence::Present);
}

#[test]
fn a_second_use_of_a_seat_is_refused_unless_it_takes_over_and_then_both_are_told() {
    let mut room = Room::new();
    let first = room.enter(SITE_A);
    let (second, denied) = room.try_enter(SITE_A, Entry::Ticket, false);
    assert_eq!(denied, Some(ErrorCode::SeatInUse));
    assert!(!room.closed.contains(&first) && room.sent(second).is_empty());
    let (third, denied) = room.try_enter(SITE_A, Entry::Ticket, true);
    assert_eq!(denied, None);
    assert_eq!(room.ended(first), Some(EndReason::TakenOver));
    assert!(room.closed.contains(&first));
    assert_eq!(room.row(third, SITE_A).presence, Presence::Present);
}

#[test]
fn a_page_that_takes_over_begins_with_everything_off_and_the_old_media_cut() {
    let mut room = Room::new();
    let first = room.enter(SITE_A);
    room.open_microphone(first);
    assert!(room.hears(SITE_A));
    let (second, _) = room.try_enter(SITE_A, Entry::Ticket, true);
    assert_eq!(room.removals(SITE_A), 1);
    assert!(!room.hears(SITE_A) && room.allowed(SITE_A).is_some());
    assert!(!room.row(second, SITE_A).microphone);
}

#[test]
fn a_resume_replaces_the_old_connection_silently_and_keeps_everything() {
    let mut room = Room::new();
    let b = room.enter(SITE_B);
    let first = room.enter(SITE_A);
    room.open_microphone(first);
    room.say(first, ClientMessage::Hand { request: 1, raised: true });
    room.settle();
    let before = room.view(b);
    let second = room.resume(SITE_A);
    room.advance_seconds(3);
    assert_eq!(room.ended(first), None);
    assert!(room.closed.contains(&first));
    assert_eq!(room.view(b).members, before.members);
    assert_eq!(room.view(second).members, before.members);
    assert_eq!(room.removals(SITE_A), 0);
    assert!(room.hears(SITE_A));
}

#[test]
fn the_end_of_a_replaced_connection_touches_nobody() {
    let mut room = Room::new();
    let first = room.enter(SITE_A);
    let second = room.resume(SITE_A);
    room.disconnect(first);
    room.advance_seconds(100);
    assert_eq!(room.row(second, SITE_A).presence, Presence::Present);
}

#[test]
fn a_short_blip_is_not_shown() {
    let mut room = Room::new();
    let b = room.enter(SITE_B);
    let a = room.enter(SITE_A);
    room.settle();
    let before = room.view(b);
    room.disconnect(a);
    room.advance(Duration::from_millis(1_900));
    room.resume(SITE_A);
    room.advance_seconds(5);
    assert_eq!(room.view(b).members, before.members);
}

#[test]
fn others_see_an_outage_but_no_leave_and_no_join() {
    let mut room = Room::new();
    let b = room.enter(SITE_B);
    let a = room.enter(SITE_A);
    room.disconnect(a);
    room.advance(Duration::from_millis(2_100));
    assert_eq!(room.row(b, SITE_A).presence, Presence::Recovering);
    room.advance_seconds(80);
    assert_eq!(room.row(b, SITE_A).presence, Presence::Recovering);
    room.resume(SITE_A);
    room.settle();
    assert_eq!(room.row(b, SITE_A).presence, Presence::Present);
    assert_eq!(room.removals(SITE_A), 0, "media went on");
}

#[test]
fn a_seat_is_kept_ninety_seconds_and_then_let_go_with_its_media() {
    let mut room = Room::new();
    let b = room.enter(SITE_B);
    let a = room.enter(SITE_A);
    room.open_microphone(a);
    room.say(a, ClientMessage::Hand { request: 1, raised: true });
    room.disconnect(a);
    room.advance(Duration::from_millis(89_900));
    assert_eq!(room.removals(SITE_A), 0);
    room.advance(Duration::from_millis(200));
    assert_eq!(room.removals(SITE_A), 1);
    room.settle();
    let row = room.row(b, SITE_A);
    assert_eq!((row.presence, row.microphone, row.hand), (Presence::Absent, false, None));
}

#[test]
fn who_leaves_is_gone_at_once_and_his_secrets_with_him() {
    let mut room = Room::new();
    let b = room.enter(SITE_B);
    let a = room.enter(SITE_A);
    room.say(a, ClientMessage::Leave);
    room.settle();
    assert_eq!(room.ended(a), Some(EndReason::Left));
    assert!(room.closed.contains(&a));
    assert_eq!(room.removals(SITE_A), 1);
    assert_eq!(room.row(b, SITE_A).presence, Presence::Absent);
    assert_eq!(room.forgotten, [(SITE_A, EndReason::Left)]);
}

#[test]
fn a_connection_that_breaks_the_protocol_is_told_and_closed_but_keeps_its_seat() {
    let mut room = Room::new();
    let a = room.enter(SITE_A);
    room.say(a, ClientMessage::Ping { nonce: 1 });
    assert_eq!(room.count(a, |message| *message == ServerMessage::Error { code: ErrorCode::BadMessage }), 1);
    assert!(room.closed.contains(&a));
    assert_eq!(room.removals(SITE_A), 0);
    room.resume(SITE_A);
}

#[test]
fn what_a_connection_without_a_seat_says_is_not_heard() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let (stranger, _) = room.try_enter(CHAIR, Entry::Ticket, false);
    assert_eq!(room.order(stranger, ChairAction::Lock), None);
    room.settle();
    assert!(!room.view(chair).locked);
}

#[test]
fn only_a_deliberate_entry_of_the_chair_reopens_an_ended_briefing() {
    let mut room = Room::restored(Durable { ended: true, ..nothing_stored() }, 500);
    assert_eq!(room.try_enter(SITE_A, Entry::Ticket, false).1, Some(ErrorCode::RoomClosed));
    let (page, refused) = room.try_enter(CHAIR, Entry::Resume, false);
    assert_eq!(refused, Some(ErrorCode::RoomClosed));
    assert!(room.denied.contains_key(&page), "he does not wait for himself");
    let chair = room.enter(CHAIR);
    assert!(room.writes.last().is_some_and(|(_, durable)| !durable.ended));
    room.settle();
    assert_eq!(room.row(chair, SITE_A).presence, Presence::Present);
}

#[test]
fn a_new_seat_is_in_the_roster_and_can_be_taken() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let seat = Seat { member: MemberId(9), name: "Tỉnh mới".to_owned(), role: Role::Site, until: None };
    room.input(Input::SeatAdded(seat));
    room.settle();
    assert_eq!(room.row(chair, MemberId(9)).presence, Presence::Absent);
    room.enter(MemberId(9));
}

#[test]
fn a_revoked_link_cuts_its_member_and_takes_the_seat_and_its_pin_away() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.order(chair, pin(camera(SITE_A)));
    assert_eq!(room.bound(CHAIR, 0), Some(microphone(SITE_A)));
    room.input(Input::SeatRevoked { member: SITE_A });
    room.settle();
    assert_eq!(room.ended(a), Some(EndReason::Revoked));
    assert!(room.closed.contains(&a));
    assert_eq!(room.removals(SITE_A), 1);
    assert!(!room.view(chair).members.contains_key(&SITE_A.0));
    assert_eq!(room.forgotten, [(SITE_A, EndReason::Revoked)]);
    assert_eq!(room.bound(CHAIR, 0), None);
    assert_eq!(room.try_enter(SITE_A, Entry::Ticket, false).1, Some(ErrorCode::LinkInvalid));
    assert_eq!(room.writes.last().map(|(_, durable)| durable.stage), Some(nothing_stored().stage));
}

#[test]
fn a_revoked_site_vanishes_from_every_tile_and_nobody_elses_pin_is_touched() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    room.enter(SITE_A);
    room.enter(SITE_B);
    room.order(chair, pin(camera(SITE_B)));
    room.want(chair, &[(6, Some(camera(SITE_A)), 180)]);
    room.input(Input::SeatRevoked { member: SITE_A });
    room.settle();
    assert_eq!(room.assignment(chair, 6).map(|assignment| assignment.source), Some(None));
    assert_eq!(room.stage(chair).rule, StageRule::Pinned { source: camera(SITE_B).into() });
}

#[test]
fn who_came_and_went_is_said_once_each_whatever_his_line_did_in_between() {
    let mut room = Room::new();
    let a = room.enter(SITE_A);
    room.disconnect(a);
    room.advance_seconds(30);
    let again = room.enter(SITE_A);
    let b = room.enter(SITE_B);
    assert_eq!(room.attendance, [(SITE_A, true), (SITE_B, true)]);
    room.disconnect(b);
    room.advance_seconds(91);
    room.say(again, ClientMessage::Leave);
    assert_eq!(room.attendance[2..], [(SITE_B, false), (SITE_A, false)]);
    room.enter(SITE_A);
    let chair = room.enter(CHAIR);
    room.order(chair, ChairAction::End);
    let left = room.attendance.iter().filter(|(_, came)| !came).count();
    assert_eq!(left, 4, "the end of the briefing is everyone's");
}

#[test]
fn a_link_whose_time_is_over_opens_nothing_but_whoever_is_in_stays_and_comes_back_to_his_seat() {
    const END: u64 = 1_000_000;
    let guest = MemberId(9);
    let mut room = Room::new();
    let seat = Seat { member: guest, name: "Khách".to_owned(), role: Role::Site, until: Some(END) };
    room.input(Input::SeatAdded(seat));
    let (connection, refused) = room.enter_at(guest, END - 1);
    assert_eq!(refused, None);
    let welcome =
        |message: &ServerMessage| matches!(message, ServerMessage::Welcome { until: Some(END), .. });
    assert_eq!(room.count(connection, welcome), 1);
    room.advance_seconds(3600);
    assert_eq!(room.ended(connection), None);
    room.disconnect(connection);
    room.advance_seconds(60);
    let connection = room.resume_at(guest, END + 3_660_000);
    room.disconnect(connection);
    room.advance_seconds(91);
    let (_, refused) = room.try_resume_at(guest, END + 3_800_000);
    assert_eq!(refused, Some(ErrorCode::LinkExpired));
    assert_eq!(room.enter_at(guest, END).1, Some(ErrorCode::LinkExpired));
}
