use super::room::{camera, microphone, pin};
use super::{CHAIR, Room, SITE_A, SITE_B, SITE_C};
use crate::conference::ConnectionId;
use crate::wire::{ClientMessage, ErrorCode, ServerMessage, WireSource, WireSourceKind};
use giaoban_media_types::{MemberId, SlotEpoch};

fn everyone() -> (Room, [ConnectionId; 4]) {
    let mut room = Room::new();
    let connections = [CHAIR, SITE_A, SITE_B, SITE_C].map(|member| room.enter(member));
    (room, connections)
}

fn assigned(room: &Room, connection: ConnectionId, slot: u8) -> Option<(u32, Option<MemberId>)> {
    let assignment = room.assignment(connection, slot)?;
    Some((assignment.epoch, assignment.source.map(|source| MemberId(source.member))))
}

/// The slots of the last `slots` message.
fn last_slots(room: &Room, connection: ConnectionId) -> Vec<(u8, u32, Option<MemberId>)> {
    let slots = room.sent(connection).iter().rev().find_map(|message| match message {
        ServerMessage::Slots { slots } => Some(slots.clone()),
        _ => None,
    });
    let triple =
        |slot: &crate::wire::SlotAssignment| (slot.slot, slot.epoch, slot.source.map(|s| MemberId(s.member)));
    slots.expect("slots").iter().map(triple).collect()
}

#[test]
fn a_slot_is_bound_only_when_its_assignment_is_covered() {
    let (mut room, [_, a, ..]) = everyone();
    room.want(a, &[(6, Some(camera(SITE_B)), 180)]);
    assert_eq!(assigned(&room, a, 6), Some((1, Some(SITE_B))));
    assert_eq!(room.binding(SITE_A, 6), None);
    room.say(a, ClientMessage::Covered { slot: 6, epoch: 2 });
    assert_eq!(room.binding(SITE_A, 6), None);
    room.say(a, ClientMessage::Covered { slot: 6, epoch: 1 });
    let binding = room.binding(SITE_A, 6).expect("bound");
    assert_eq!((binding.source, binding.epoch, binding.height), (Some(camera(SITE_B)), SlotEpoch(1), 180));
}

#[test]
fn a_cover_of_an_assignment_that_was_overtaken_binds_nothing() {
    let (mut room, [_, a, ..]) = everyone();
    room.want(a, &[(6, Some(camera(SITE_B)), 180)]);
    room.want(a, &[(6, Some(camera(SITE_C)), 180)]);
    room.say(a, ClientMessage::Covered { slot: 6, epoch: 1 });
    assert_eq!(room.binding(SITE_A, 6), None);
    room.say(a, ClientMessage::Covered { slot: 6, epoch: 2 });
    assert_eq!(room.bound(SITE_A, 6), Some(camera(SITE_C)));
}

#[test]
fn a_second_acknowledgement_orders_nothing() {
    let (mut room, [_, a, ..]) = everyone();
    room.want(a, &[(6, Some(camera(SITE_B)), 180)]);
    room.cover(a, 6);
    let before = room.bindings(SITE_A).len();
    room.cover(a, 6);
    assert_eq!(room.bindings(SITE_A).len(), before);
}

#[test]
fn the_first_peer_connection_changes_no_slot() {
    let (mut room, [_, a, ..]) = everyone();
    room.want(a, &[(6, Some(camera(SITE_B)), 180)]);
    room.cover(a, 6);
    let before = room.bindings(SITE_A).len();
    room.offer(a, 1, 100);
    assert_eq!(room.bindings(SITE_A).len(), before);
}

#[test]
fn the_height_of_a_source_that_waits_for_its_cover_is_not_asked_of_the_one_before_it() {
    let (mut room, [_, a, ..]) = everyone();
    room.want(a, &[(6, Some(camera(SITE_B)), 180)]);
    room.cover(a, 6);
    room.want(a, &[(6, Some(camera(SITE_C)), 180)]);
    room.want(a, &[(6, Some(camera(SITE_C)), 720)]);
    assert_eq!(room.binding(SITE_A, 6).map(|binding| binding.height), Some(180));
    room.cover(a, 6);
    assert_eq!(room.binding(SITE_A, 6).map(|binding| binding.height), Some(720));
}

#[test]
fn a_resume_repeats_no_switch_of_an_assignment_that_was_overtaken() {
    let (mut room, [_, a, ..]) = everyone();
    room.want(a, &[(6, Some(camera(SITE_B)), 180)]);
    room.cover(a, 6);
    room.switches(SITE_A, 6, 1, 4_000);
    room.want(a, &[(6, Some(camera(SITE_C)), 180)]);
    room.disconnect(a);
    let a = room.resume(SITE_A);
    assert_eq!(room.count(a, |message| matches!(message, ServerMessage::SlotSwitched { .. })), 0);
}

#[test]
fn a_slot_keeps_its_source_until_the_next_one_is_covered() {
    let (mut room, [_, a, ..]) = everyone();
    room.want(a, &[(6, Some(camera(SITE_B)), 180)]);
    room.cover(a, 6);
    room.want(a, &[(6, Some(camera(SITE_C)), 180)]);
    assert_eq!(room.bound(SITE_A, 6), Some(camera(SITE_B)));
    room.cover(a, 6);
    assert_eq!(room.bound(SITE_A, 6), Some(camera(SITE_C)));
}

#[test]
fn another_height_needs_no_cover_and_no_new_epoch() {
    let (mut room, [_, a, ..]) = everyone();
    room.want(a, &[(6, Some(camera(SITE_B)), 180)]);
    room.cover(a, 6);
    room.want(a, &[(6, Some(camera(SITE_B)), 720)]);
    let binding = room.binding(SITE_A, 6).expect("bound");
    assert_eq!((binding.epoch, binding.height), (SlotEpoch(1), 720));
    assert_eq!(assigned(&room, a, 6), Some((1, Some(SITE_B))));
    let before = room.bindings(SITE_A).len();
    room.want(a, &[(6, Some(camera(SITE_B)), 720)]);
    assert_eq!(room.bindings(SITE_A).len(), before, "the same wish orders nothing");
}

#[test]
fn a_slot_not_named_is_emptied_with_a_cover() {
    let (mut room, [_, a, ..]) = everyone();
    room.want(a, &[(6, Some(camera(SITE_B)), 180)]);
    room.cover(a, 6);
    room.want(a, &[]);
    assert_eq!(assigned(&room, a, 6), Some((2, None)));
    assert_eq!(room.bound(SITE_A, 6), Some(camera(SITE_B)));
    room.cover(a, 6);
    assert_eq!(room.bound(SITE_A, 6), None);
}

#[test]
fn the_stage_slot_follows_the_stage_and_its_sound_comes_with_its_picture() {
    let (mut room, [chair, a, ..]) = everyone();
    room.want(a, &[(5, None, 720)]);
    assert_eq!(assigned(&room, a, 5), Some((1, Some(CHAIR))));
    room.cover(a, 5);
    assert_eq!(
        (room.bound(SITE_A, 5), room.bound(SITE_A, 0)),
        (Some(camera(CHAIR)), Some(microphone(CHAIR)))
    );
    room.order(chair, pin(camera(SITE_B)));
    assert_eq!(assigned(&room, a, 5), Some((2, Some(SITE_B))));
    assert_eq!(
        (room.bound(SITE_A, 5), room.bound(SITE_A, 0)),
        (Some(camera(CHAIR)), Some(microphone(CHAIR)))
    );
    room.cover(a, 5);
    assert_eq!(
        (room.bound(SITE_A, 5), room.bound(SITE_A, 0)),
        (Some(camera(SITE_B)), Some(microphone(SITE_B)))
    );
}

#[test]
fn a_client_that_shows_no_stage_still_hears_it() {
    let (mut room, [chair, ..]) = everyone();
    assert_eq!(room.bound(SITE_A, 0), Some(microphone(CHAIR)));
    room.order(chair, pin(camera(SITE_B)));
    assert_eq!(room.bound(SITE_A, 0), Some(microphone(SITE_B)));
}

#[test]
fn who_is_on_the_stage_is_assigned_an_empty_one() {
    let (mut room, [chair, a, ..]) = everyone();
    room.want(a, &[(5, None, 720)]);
    room.cover(a, 5);
    room.order(chair, pin(camera(SITE_A)));
    assert_eq!(assigned(&room, a, 5), Some((2, None)));
    room.cover(a, 5);
    assert_eq!((room.bound(SITE_A, 5), room.bound(SITE_A, 0)), (None, None));
}

#[test]
fn while_the_connection_is_down_slots_keep_their_sources_and_the_resume_says_what_is_pending() {
    let (mut room, [chair, a, ..]) = everyone();
    room.want(a, &[(5, None, 720), (6, Some(camera(SITE_C)), 180)]);
    room.cover(a, 5);
    room.cover(a, 6);
    room.switches(SITE_A, 6, 1, 4_000);
    room.disconnect(a);
    room.order(chair, pin(camera(SITE_B)));
    room.advance_seconds(30);
    assert_eq!(
        (room.bound(SITE_A, 5), room.bound(SITE_A, 0)),
        (Some(camera(CHAIR)), Some(microphone(CHAIR)))
    );
    let a = room.resume(SITE_A);
    assert_eq!(last_slots(&room, a), [(5, 2, Some(SITE_B)), (6, 1, Some(SITE_C))]);
    let switched = ServerMessage::SlotSwitched { slot: 6, epoch: 1, timestamp: 4_000 };
    assert_eq!(room.count(a, |message| *message == switched), 1, "a switch lost on the way is said again");
    room.cover(a, 5);
    room.cover(a, 6);
    assert_eq!((room.bound(SITE_A, 5), room.bound(SITE_A, 6)), (Some(camera(SITE_B)), Some(camera(SITE_C))));
}

#[test]
fn a_page_that_outlived_the_gateway_is_never_given_an_epoch_that_it_knows() {
    let mut epochs = std::collections::BTreeSet::new();
    for hour in 0..3 {
        let mut room = Room::new();
        let (a, _) = room.enter_at(SITE_A, 1_795_503_127_250 + hour * 3_600_000);
        for source in [SITE_B, SITE_C, SITE_B] {
            room.want(a, &[(6, Some(camera(source)), 180)]);
            assert!(epochs.insert(assigned(&room, a, 6).map(|(epoch, _)| epoch)));
        }
    }
}

#[test]
fn a_switch_is_told_only_for_the_assignment_the_client_waits_for() {
    let (mut room, [_, a, ..]) = everyone();
    let switched =
        |room: &Room| room.count(a, |message| matches!(message, ServerMessage::SlotSwitched { .. }));
    room.want(a, &[(6, Some(camera(SITE_B)), 180)]);
    room.cover(a, 6);
    room.switches(SITE_A, 6, 7, 1);
    assert_eq!(switched(&room), 0);
    room.switches(SITE_A, 6, 1, 2);
    assert_eq!(switched(&room), 1);
    room.want(a, &[(6, Some(camera(SITE_C)), 180)]);
    room.switches(SITE_A, 6, 1, 3);
    room.switches(SITE_A, 0, 1, 3);
    assert_eq!(switched(&room), 1);
}

#[test]
fn another_peer_connection_begins_with_empty_slots_and_covers_them_all_again() {
    let (mut room, [_, a, ..]) = everyone();
    room.offer(a, 1, 100);
    room.want(a, &[(5, None, 720), (6, Some(camera(SITE_B)), 180), (7, Some(camera(SITE_C)), 180)]);
    for slot in [5, 6] {
        room.cover(a, slot);
    }
    room.answers(SITE_A, 100, "v=0");
    room.offer(a, 2, 100);
    assert_eq!(room.bound(SITE_A, 6), Some(camera(SITE_B)), "the same one keeps them");
    room.answers(SITE_A, 100, "v=0");
    room.offer(a, 3, 200);
    assert_eq!((room.bound(SITE_A, 5), room.bound(SITE_A, 6), room.bound(SITE_A, 0)), (None, None, None));
    assert_eq!(assigned(&room, a, 5), Some((2, Some(CHAIR))));
    assert_eq!(assigned(&room, a, 6), Some((2, Some(SITE_B))));
    assert_eq!(assigned(&room, a, 7), Some((1, Some(SITE_C))));
    for slot in [5, 6, 7] {
        room.cover(a, slot);
    }
    assert_eq!(
        (room.bound(SITE_A, 5), room.bound(SITE_A, 0)),
        (Some(camera(CHAIR)), Some(microphone(CHAIR)))
    );
    assert_eq!((room.bound(SITE_A, 6), room.bound(SITE_A, 7)), (Some(camera(SITE_B)), Some(camera(SITE_C))));
}

#[test]
fn a_wish_that_no_honest_client_has_closes_the_connection() {
    let sound = WireSource { member: SITE_B.0, kind: WireSourceKind::Microphone };
    let wish = |slot, source| crate::wire::Wish { slot, source, height: 180 };
    for wishes in [
        vec![wish(0, None)],
        vec![wish(4, None)],
        vec![wish(87, None)],
        vec![wish(6, Some(sound))],
        vec![wish(6, None), wish(6, None)],
    ] {
        let mut room = Room::new();
        let a = room.enter(SITE_A);
        room.say(a, ClientMessage::Want { wishes });
        assert_eq!(
            room.count(a, |message| *message == ServerMessage::Error { code: ErrorCode::BadMessage }),
            1
        );
        assert!(room.closed.contains(&a));
    }
}
