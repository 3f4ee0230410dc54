use super::room::{CHAIR, Room, SITE_A, SITE_B, camera, nothing_stored, pin};
use crate::conference::{ConnectionId, Entry};
use crate::wire::{ChairAction, ClientMessage, EndReason, ErrorCode};
use giaoban_media_types::MemberId;

const DEPUTY: MemberId = MemberId(5);
const NEXT_DEPUTY: MemberId = MemberId(6);
const SOON: u64 = 89;

/// The room with two deputies' seats.
fn room() -> Room {
    Room::seating(&[DEPUTY, NEXT_DEPUTY], nothing_stored(), 500)
}

fn acting(room: &mut Room, seen_by: ConnectionId) -> Option<u32> {
    room.settle();
    room.view(seen_by).acting
}

/// Whether the powers are there that only who leads has.
fn leads(room: &mut Room, connection: ConnectionId) -> bool {
    room.order(connection, ChairAction::FollowSpeaker) == Some(Ok(()))
}

#[test]
fn a_deputy_beside_the_chair_keeps_door_and_hands_and_gives_no_other_order() {
    let mut room = room();
    let chair = room.enter(CHAIR);
    let [deputy, site] = [DEPUTY, SITE_A].map(|member| room.enter(member));
    room.order(chair, ChairAction::Lock);
    room.say(site, ClientMessage::Hand { request: 900, raised: true });
    let (waits, refusal) = room.try_enter(SITE_B, Entry::Ticket, false);
    assert_eq!(refusal, Some(ErrorCode::RoomLocked));
    assert_eq!(room.order(deputy, ChairAction::Admit { member: SITE_B.0 }), Some(Ok(())));
    assert!(room.waits(waits).is_none(), "he is in");
    assert_eq!(room.order(deputy, ChairAction::LowerHand { member: SITE_A.0 }), Some(Ok(())));
    for order in [ChairAction::MuteAll, ChairAction::Unlock, ChairAction::End, pin(camera(SITE_A))] {
        assert_eq!(room.order(deputy, order), Some(Err(ErrorCode::NotAllowed)), "{order:?}");
    }
}

#[test]
fn a_deputy_stands_in_ninety_seconds_after_the_chair_was_lost_and_no_sooner() {
    let mut room = room();
    let chair = room.enter(CHAIR);
    let [deputy, site] = [DEPUTY, SITE_A].map(|member| room.enter(member));
    room.disconnect(chair);
    room.advance_seconds(SOON);
    assert!(acting(&mut room, site).is_none() && !leads(&mut room, deputy));
    room.advance_seconds(2);
    assert_eq!(acting(&mut room, site), Some(DEPUTY.0));
    assert!(leads(&mut room, deputy));
    assert_eq!(room.order(deputy, ChairAction::MuteAll), Some(Ok(())));
    room.open_microphone(deputy);
    assert!(room.hears(DEPUTY), "who leads is not muted with all");
}

#[test]
fn a_chair_who_leaves_or_never_comes_is_stood_in_for_as_well() {
    for comes in [true, false] {
        let mut room = room();
        let chair = comes.then(|| room.enter(CHAIR));
        let deputy = room.enter(DEPUTY);
        if let Some(chair) = chair {
            room.say(chair, ClientMessage::Leave);
        }
        room.advance_seconds(SOON);
        assert!(!leads(&mut room, deputy));
        room.advance_seconds(2);
        assert!(leads(&mut room, deputy), "the chair came: {comes}");
    }
}

#[test]
fn the_chair_has_his_powers_back_the_moment_he_is_there() {
    let mut room = room();
    let chair = room.enter(CHAIR);
    let deputy = room.enter(DEPUTY);
    room.disconnect(chair);
    room.advance_seconds(91);
    room.order(deputy, ChairAction::MuteAll);
    room.open_microphone(deputy);
    let chair = room.enter(CHAIR);
    assert!(!leads(&mut room, deputy));
    assert!(!room.hears(DEPUTY), "he is muted as all are");
    assert!(leads(&mut room, chair));
    assert_eq!(acting(&mut room, chair), None);
}

#[test]
fn the_next_deputy_takes_over_at_once_when_the_first_is_gone_for_good() {
    let mut room = room();
    let chair = room.enter(CHAIR);
    let [next, deputy, site] = [NEXT_DEPUTY, DEPUTY, SITE_A].map(|member| room.enter(member));
    room.say(chair, ClientMessage::Leave);
    room.advance_seconds(91);
    assert_eq!(acting(&mut room, site), Some(DEPUTY.0), "in the order of the seats");
    room.disconnect(deputy);
    room.advance_seconds(SOON);
    assert_eq!(acting(&mut room, site), Some(DEPUTY.0), "his seat is kept as any other");
    room.advance_seconds(2);
    assert_eq!(acting(&mut room, site), Some(NEXT_DEPUTY.0));
    room.say(next, ClientMessage::Leave);
    assert_eq!(acting(&mut room, site), None);
    room.enter(DEPUTY);
    assert_eq!(acting(&mut room, site), Some(DEPUTY.0), "the chair has long been gone");
}

#[test]
fn a_deputy_who_stands_in_still_does_after_a_restart() {
    let mut room = room();
    let chair = room.enter(CHAIR);
    room.enter(DEPUTY);
    room.say(chair, ClientMessage::Leave);
    room.advance_seconds(92);
    let mut room = room.restart();
    room.wake();
    let deputy = room.resume(DEPUTY);
    assert!(leads(&mut room, deputy));
}

#[test]
fn a_room_that_a_deputy_leads_is_not_deserted_and_one_that_he_left_is() {
    let mut room = room();
    let chair = room.enter(CHAIR);
    let deputy = room.enter(DEPUTY);
    room.say(chair, ClientMessage::Leave);
    room.advance_seconds(3600);
    assert_eq!(room.ended(deputy), None, "he waits for the others as a chair would");
    let site = room.enter(SITE_A);
    room.say(deputy, ClientMessage::Leave);
    room.advance_seconds(601);
    assert_eq!(room.ended(site), Some(EndReason::Deserted));
}

#[test]
fn a_briefing_that_the_deputy_ended_leaves_nobody_in_the_chairs_place() {
    let mut room = room();
    let deputy = room.enter(DEPUTY);
    room.advance_seconds(91);
    assert_eq!(room.order(deputy, ChairAction::End), Some(Ok(())));
    assert_eq!(room.ended(deputy), Some(EndReason::Ended));
    assert!(room.writes.last().is_some_and(|(_, durable)| durable.ended && durable.acting.is_none()));
    let (_, refused) = room.try_enter(DEPUTY, Entry::Ticket, false);
    assert_eq!(refused, Some(ErrorCode::RoomClosed), "the chair opens it again");
}
