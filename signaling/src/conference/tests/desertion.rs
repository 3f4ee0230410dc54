use super::room::{CHAIR, Room, SITE_A, SITE_B, camera, nothing_stored, pin};
use crate::conference::{Durable, Entry};
use crate::wire::{ChairAction, ClientMessage, EndReason, ErrorCode, Presence, StageRule};

const NINE_MINUTES: u64 = 9 * 60;
const TEN_MINUTES: u64 = 10 * 60;

#[test]
fn a_room_goes_on_without_its_chair_who_is_absent_to_all_after_ninety_seconds() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let [a, b] = [SITE_A, SITE_B].map(|site| room.enter(site));
    room.disconnect(chair);
    room.advance_seconds(91);
    assert_eq!(room.row(a, CHAIR).presence, Presence::Absent);
    room.advance_seconds(3 * TEN_MINUTES);
    assert_eq!((room.ended(a), room.ended(b)), (None, None));
    assert_eq!(
        room.order(a, ChairAction::MuteAll),
        Some(Err(ErrorCode::NotAllowed)),
        "nobody inherits powers"
    );
}

#[test]
fn a_room_that_its_chair_left_ends_when_one_alone_stayed_ten_minutes() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let [a, b] = [SITE_A, SITE_B].map(|site| room.enter(site));
    room.order(chair, ChairAction::Lock);
    room.order(chair, ChairAction::MuteAll);
    room.order(chair, pin(camera(SITE_A)));
    room.say(chair, ClientMessage::Leave);
    room.advance_seconds(TEN_MINUTES);
    room.say(b, ClientMessage::Leave);
    room.advance_seconds(NINE_MINUTES);
    assert_eq!(room.ended(a), None);
    room.advance_seconds(61);
    assert_eq!(room.ended(a), Some(EndReason::Deserted));
    assert!(room.closed.contains(&a));
    let stored = room.writes.last().map(|(_, durable)| durable.clone()).unwrap_or_default();
    assert!(stored.ended && !stored.locked && !stored.muted_all && !stored.led);
    assert_eq!(stored.stage, StageRule::FollowSpeaker);
    assert_eq!(room.try_enter(SITE_A, Entry::Ticket, false).1, Some(ErrorCode::RoomClosed));
    room.enter(CHAIR);
}

#[test]
fn a_room_that_everyone_left_ends_too_so_that_no_lock_waits_for_the_next_briefing() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    room.order(chair, ChairAction::Lock);
    room.disconnect(chair);
    room.advance_seconds(90 + TEN_MINUTES + 1);
    assert!(room.writes.last().is_some_and(|(_, durable)| durable.ended && !durable.locked));
}

#[test]
fn the_chair_or_a_second_site_who_comes_back_in_time_keeps_the_room() {
    for returns in [CHAIR, SITE_B] {
        let mut room = Room::new();
        let chair = room.enter(CHAIR);
        let a = room.enter(SITE_A);
        room.say(chair, ClientMessage::Leave);
        room.advance_seconds(NINE_MINUTES);
        room.enter(returns);
        room.advance_seconds(2 * TEN_MINUTES);
        assert_eq!(room.ended(a), None);
    }
}

#[test]
fn who_came_before_the_chair_may_wait_for_him_as_long_as_he_likes() {
    let mut room = Room::new();
    let a = room.enter(SITE_A);
    room.advance_seconds(6 * TEN_MINUTES);
    assert_eq!(room.ended(a), None);
}

#[test]
fn a_restart_does_not_forget_that_the_chair_left() {
    let mut room = Room::restored(Durable { led: true, ..nothing_stored() }, 500);
    let a = room.enter(SITE_A);
    room.advance_seconds(TEN_MINUTES + 1);
    assert_eq!(room.ended(a), Some(EndReason::Deserted));
}
