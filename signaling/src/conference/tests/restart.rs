//! The process dies and starts anew on what was stored: who comes back finds all as it was, and sees nobody leave.

use std::time::Duration;

use super::room::{CHAIR, Room, SITE_A, SITE_B, SITE_C, camera, nothing_stored, pin};
use crate::conference::{Durable, Entry};
use crate::wire::{ChairAction, ClientMessage, ErrorCode, MicrophoneState, Presence, ServerMessage};

/// A briefing under way: A speaks, B shares, C is muted with his hand up, and A's hand is up before his.
fn under_way() -> Room {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    let b = room.enter(SITE_B);
    let c = room.enter(SITE_C);
    room.open_microphone(a);
    room.starts(camera(SITE_A));
    room.shares(b, SITE_B);
    room.say(a, ClientMessage::Hand { request: 1, raised: true });
    room.say(c, ClientMessage::Hand { request: 1, raised: true });
    room.order(chair, ChairAction::Mute { member: SITE_C.0 });
    room.advance_seconds(1);
    room
}

#[test]
fn the_first_who_is_back_sees_everyone_in_his_seat_with_hands_mutes_and_stage() {
    for chooses in [false, true] {
        let mut room = under_way();
        let chair = room.resume(CHAIR);
        if chooses {
            room.order(chair, pin(camera(SITE_A)));
            room.advance_seconds(1);
        }
        let before = room.view(chair);
        let mut room = room.restart();
        let b = room.resume(SITE_B);
        assert_eq!(room.view(b).members, before.members);
        assert_eq!(room.stage(b), before.stage);
    }
}

#[test]
fn nobody_is_seen_to_leave_or_join_while_all_come_back() {
    let mut room = under_way().restart();
    let b = room.resume(SITE_B);
    room.advance(Duration::from_millis(700));
    for (member, microphone) in [(CHAIR, MicrophoneState::Off), (SITE_A, MicrophoneState::Open)] {
        let back = room.resume(member);
        room.sources(back, microphone, true, false);
    }
    room.resume(SITE_C);
    room.advance_seconds(3);
    let told = room.count(b, |message| matches!(message, ServerMessage::Delta { .. }));
    assert!(told > 0);
    for member in [CHAIR, SITE_A, SITE_C] {
        assert_eq!(room.presences(b, member), [Presence::Present]);
    }
}

#[test]
fn who_does_not_come_back_is_missed_like_after_any_other_loss() {
    let mut room = under_way().restart();
    let b = room.resume(SITE_B);
    room.advance(Duration::from_millis(89_900));
    assert_eq!(room.row(b, SITE_A).presence, Presence::Recovering);
    room.advance(Duration::from_millis(400));
    assert_eq!(room.row(b, SITE_A).presence, Presence::Absent);
    assert_eq!(room.presences(b, SITE_A), [Presence::Present, Presence::Recovering, Presence::Absent]);
}

#[test]
fn a_hand_raised_after_the_restart_comes_behind_those_of_before() {
    let mut room = under_way().restart();
    let b = room.resume(SITE_B);
    room.say(b, ClientMessage::Hand { request: 1, raised: true });
    room.settle();
    let mine = room.row(b, SITE_B).hand.map(|hand| hand.order);
    assert!(mine > room.row(b, SITE_C).hand.map(|hand| hand.order));
}

#[test]
fn seats_of_before_pass_the_lock_and_no_others_do() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    room.enter(SITE_A);
    assert_eq!(room.order(chair, ChairAction::Lock), Some(Ok(())));
    room.advance_seconds(1);
    let mut room = room.restart();
    assert_eq!(room.try_enter(SITE_B, Entry::Resume, false).1, Some(ErrorCode::RoomLocked));
    room.resume(SITE_A);
    room.advance_seconds(1);
    let mut room = room.restart();
    room.wake();
    room.advance_seconds(91);
    assert_eq!(room.try_enter(SITE_A, Entry::Resume, false).1, Some(ErrorCode::RoomLocked));
}

#[test]
fn the_removed_and_those_of_an_ended_briefing_have_no_seat_after_it() {
    let seated = under_way().writes.last().map(|(_, durable)| durable.seated.clone()).unwrap_or_default();
    let removed = [SITE_A].into();
    let mut room = Room::restored(Durable { seated: seated.clone(), removed, ..nothing_stored() }, 500);
    let b = room.resume(SITE_B);
    room.advance_seconds(3);
    assert!(!room.view(b).members.contains_key(&SITE_A.0));
    let mut room = Room::restored(Durable { seated, ended: true, ..nothing_stored() }, 500);
    let chair = room.enter(CHAIR);
    assert_eq!(room.row(chair, SITE_A).presence, Presence::Absent);
}

#[test]
fn slots_begin_anew_with_numbers_that_no_page_knows() {
    let mut room = under_way().restart();
    let a = room.resume_at(SITE_A, 9_000);
    room.want(a, &[(6, Some(camera(SITE_B)), 180)]);
    assert_eq!(room.assignment(a, 6).map(|assignment| assignment.epoch), Some(10));
}
