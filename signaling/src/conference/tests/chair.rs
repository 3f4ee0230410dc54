use super::room::{camera, microphone, nothing_stored, pin, screen};
use super::{CHAIR, Room, SITE_A, SITE_B};
use crate::conference::{ConnectionId, Durable, Entry, Input};
use crate::wire::{ChairAction, ClientMessage, EndReason, ErrorCode, Presence, StageRule};
use giaoban_media_types::{Command, SourceSet};

const REMOVE_A: ChairAction = ChairAction::Remove { member: SITE_A.0 };
const UNKNOWN: u32 = 99;

fn every_order() -> [ChairAction; 11] {
    [
        pin(camera(SITE_B)),
        ChairAction::FollowSpeaker,
        ChairAction::Mute { member: SITE_B.0 },
        ChairAction::LetSpeak { member: SITE_B.0 },
        ChairAction::MuteAll,
        ChairAction::UnmuteAll,
        ChairAction::LowerHand { member: SITE_B.0 },
        ChairAction::Lock,
        ChairAction::Unlock,
        ChairAction::Remove { member: SITE_B.0 },
        ChairAction::End,
    ]
}

#[test]
fn a_site_gives_no_orders() {
    let mut room = Room::new();
    let a = room.enter(SITE_A);
    room.enter(SITE_B);
    for order in every_order() {
        assert_eq!(room.order(a, order), Some(Err(ErrorCode::NotAllowed)));
    }
    assert!(room.writes.is_empty());
}

#[test]
fn nobody_mutes_or_removes_the_chair() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    for order in [ChairAction::Mute { member: CHAIR.0 }, ChairAction::Remove { member: CHAIR.0 }] {
        assert_eq!(room.order(chair, order), Some(Err(ErrorCode::NotAllowed)));
    }
}

#[test]
fn an_order_about_a_seat_that_does_not_exist_is_refused() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    for order in [
        ChairAction::Mute { member: UNKNOWN },
        ChairAction::LetSpeak { member: UNKNOWN },
        ChairAction::LowerHand { member: UNKNOWN },
        ChairAction::Remove { member: UNKNOWN },
        pin(camera(giaoban_media_types::MemberId(UNKNOWN))),
        pin(camera(SITE_A)),
    ] {
        assert_eq!(room.order(chair, order), Some(Err(ErrorCode::NoSuchMember)));
    }
}

#[test]
fn what_is_no_picture_or_is_not_shared_cannot_be_pinned() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    room.enter(SITE_A);
    assert_eq!(room.order(chair, pin(microphone(SITE_A))), Some(Err(ErrorCode::NoSuchSource)));
    assert_eq!(room.order(chair, pin(screen(SITE_A))), Some(Err(ErrorCode::NoSuchSource)));
}

#[test]
fn everyone_sees_the_lock_and_the_chairs_choice() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.settle();
    room.order(chair, ChairAction::Lock);
    room.order(chair, pin(camera(CHAIR)));
    room.settle();
    let view = room.view(a);
    assert!(view.locked);
    assert_eq!(view.stage.rule, StageRule::Pinned { source: camera(CHAIR).into() });
    room.order(chair, ChairAction::Unlock);
    room.order(chair, ChairAction::FollowSpeaker);
    room.settle();
    let view = room.view(a);
    assert!(!view.locked);
    assert_eq!(view.stage.rule, StageRule::FollowSpeaker);
}

#[test]
fn the_chair_lowers_a_hand() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.say(a, ClientMessage::Hand { request: 1, raised: true });
    assert_eq!(room.order(chair, ChairAction::LowerHand { member: SITE_A.0 }), Some(Ok(())));
    room.settle();
    assert_eq!(room.row(chair, SITE_A).hand, None);
}

#[test]
fn a_removed_member_is_cut_at_once_and_his_link_is_dead_also_after_a_restart() {
    let mut room = Room::new();
    room.stores = false;
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.open_microphone(a);
    assert_eq!(room.order(chair, REMOVE_A), None);
    assert_eq!(room.ended(a), Some(EndReason::Removed));
    assert!(room.closed.contains(&a));
    assert_eq!(room.removals(SITE_A), 1);
    assert_eq!(room.try_enter(SITE_A, Entry::Ticket, true).1, Some(ErrorCode::LinkInvalid));
    assert!(room.forgotten.is_empty(), "not before it is stored");
    let write = room.writes.last().expect("a write").0;
    room.input(Input::Stored { write });
    assert_eq!(room.forgotten, [(SITE_A, EndReason::Removed)]);
    assert_eq!(room.outcome(chair, room.last_request()), Some(Ok(())));
    room.settle();
    assert!(!room.view(chair).members.contains_key(&SITE_A.0));
    let mut room = room.restart();
    assert_eq!(room.try_enter(SITE_A, Entry::Resume, false).1, Some(ErrorCode::LinkInvalid));
}

#[test]
fn a_removed_member_is_on_no_stage_and_in_no_slot() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    room.enter(SITE_A);
    room.order(chair, pin(camera(SITE_A)));
    room.want(chair, &[(6, Some(camera(SITE_A)), 180)]);
    room.cover(chair, 6);
    room.order(chair, REMOVE_A);
    room.settle();
    assert_eq!(room.stage(chair).rule, StageRule::FollowSpeaker);
    assert_eq!(room.bound(CHAIR, 0), None);
    assert_eq!(room.assignment(chair, 6).map(|assignment| assignment.source), Some(None));
    assert_eq!(room.order(chair, ChairAction::Mute { member: SITE_A.0 }), Some(Err(ErrorCode::NoSuchMember)));
}

#[test]
fn ending_sends_everyone_away_and_clears_lock_mutes_pin_and_hands_but_keeps_removals() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    let b = room.enter(SITE_B);
    room.order(chair, REMOVE_A);
    room.order(chair, ChairAction::Lock);
    room.order(chair, ChairAction::MuteAll);
    room.order(chair, pin(camera(SITE_B)));
    room.say(b, ClientMessage::Hand { request: 1, raised: true });
    assert_eq!(
        room.order(chair, ChairAction::End),
        Some(Ok(())),
        "the chair hears that it is done before he goes"
    );
    for connection in [chair, b] {
        assert_eq!(room.ended(connection), Some(EndReason::Ended));
        assert!(room.closed.contains(&connection));
    }
    assert_eq!(room.ended(a), Some(EndReason::Removed));
    assert!(matches!(room.commands.last(), Some(Command::End { .. })));
    let stored = room.writes.last().map(|(_, durable)| durable.clone());
    let removed = [SITE_A].into();
    assert!(stored == Some(Durable { ended: true, removed, ..nothing_stored() }));
    assert_eq!(room.try_enter(SITE_B, Entry::Resume, false).1, Some(ErrorCode::RoomClosed));
    let b = room.last_connection();
    let chair = room.enter(CHAIR);
    room.settle();
    let row = room.row(chair, SITE_B);
    assert_eq!((row.presence, row.hand, row.muted), (Presence::Present, None, false));
    assert_eq!(room.ended(ConnectionId(b)), None);
}

#[test]
fn while_the_end_is_being_stored_nothing_is_heard_and_nobody_comes_in() {
    let mut room = Room::new();
    room.stores = false;
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.open_microphone(a);
    room.order(chair, ChairAction::End);
    assert_eq!(room.allowed(SITE_A), Some(SourceSet::NONE));
    assert_eq!(room.try_enter(SITE_B, Entry::Ticket, false).1, Some(ErrorCode::RoomClosed));
    let write = room.writes.last().expect("a write").0;
    room.input(Input::StoreFailed { write });
    assert_eq!(room.outcome(chair, room.last_request()), Some(Err(ErrorCode::Internal)));
    assert!(room.hears(SITE_A));
    room.settle();
    assert_eq!(room.row(chair, SITE_B).presence, Presence::Present, "he waited");
}

#[test]
fn an_order_the_disk_did_not_take_is_refused_and_the_old_state_stands() {
    let mut room = Room::new();
    room.stores = false;
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.order(chair, ChairAction::MuteAll);
    let first = room.last_request();
    room.order(chair, ChairAction::Lock);
    let second = room.last_request();
    assert_eq!(room.writes.len(), 1, "one write at a time");
    let write = room.writes.last().expect("a write").0;
    room.input(Input::StoreFailed { write });
    for request in [first, second] {
        assert_eq!(room.outcome(chair, request), Some(Err(ErrorCode::Internal)));
    }
    room.settle();
    let view = room.view(chair);
    assert!(!view.muted_all && !view.locked && !room.row(chair, SITE_A).muted);
    room.open_microphone(a);
    assert!(room.hears(SITE_A));
}

#[test]
fn orders_given_while_a_write_is_under_way_share_the_next_one() {
    let mut room = Room::new();
    room.stores = false;
    let chair = room.enter(CHAIR);
    room.order(chair, ChairAction::MuteAll);
    room.order(chair, ChairAction::Lock);
    let second = room.last_request();
    room.order(chair, ChairAction::FollowSpeaker);
    let third = room.last_request();
    room.stores = true;
    let write = room.writes.last().expect("a write").0;
    room.input(Input::Stored { write });
    assert_eq!(room.writes.len(), 2);
    for request in [second, third] {
        assert_eq!(room.outcome(chair, request), Some(Ok(())));
    }
}

#[test]
fn a_room_reopened_is_not_closed_over_peoples_heads_when_the_disk_fails() {
    let mut room = Room::restored(Durable { ended: true, ..nothing_stored() }, 500);
    room.stores = false;
    let chair = room.enter(CHAIR);
    room.open_microphone(chair);
    let write = room.writes.last().expect("a write").0;
    room.input(Input::StoreFailed { write });
    assert!(room.hears(CHAIR));
    room.enter(SITE_A);
}

#[test]
fn orders_that_wait_for_the_disk_are_bounded() {
    let mut room = Room::new();
    room.stores = false;
    let chair = room.enter(CHAIR);
    for _ in 0..crate::conference::ledger::MAX_WAITING {
        assert_eq!(room.order(chair, ChairAction::MuteAll), None);
    }
    assert_eq!(room.order(chair, ChairAction::MuteAll), Some(Err(ErrorCode::Overloaded)));
}

#[test]
fn a_stale_answer_of_the_disk_confirms_nothing() {
    let mut room = Room::new();
    room.stores = false;
    let chair = room.enter(CHAIR);
    assert_eq!(room.order(chair, ChairAction::Lock), None);
    room.input(Input::Stored { write: crate::conference::WriteId(77) });
    room.input(Input::StoreFailed { write: crate::conference::WriteId(77) });
    assert_eq!(room.outcome(chair, room.last_request()), None);
}
