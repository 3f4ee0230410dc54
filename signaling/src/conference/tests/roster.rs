use std::time::Duration;

use super::view::View;
use super::{CHAIR, Room, SITE_A, SITE_B};
use crate::conference::roster::FLUSH_INTERVAL;
use crate::conference::tests::SITE_C;
use crate::wire::{ClientMessage, MicrophoneState, ServerMessage};
use giaoban_media_types::Event;

fn is_delta(message: &ServerMessage) -> bool {
    matches!(message, ServerMessage::Delta { .. })
}

#[test]
fn changes_within_a_tick_go_out_as_one_delta() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    room.settle();
    let before = room.count(chair, is_delta);
    for member in [SITE_A, SITE_B, SITE_C] {
        room.enter(member);
    }
    room.settle();
    let deltas = room.count(chair, is_delta) - before;
    assert!(deltas <= 2, "the first change at once, the rest together: {deltas}");
}

#[test]
fn a_change_after_a_quiet_time_goes_out_at_once() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    room.advance_seconds(1);
    let before = room.count(chair, is_delta);
    room.enter(SITE_A);
    assert_eq!(room.count(chair, is_delta), before + 1);
}

#[test]
fn deltas_are_never_closer_than_a_tick() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    room.advance_seconds(1);
    let before = room.count(chair, is_delta);
    for step in 0..100 {
        room.sources(chair, MicrophoneState::Off, step % 2 == 0, false);
        room.advance(FLUSH_INTERVAL / 10);
    }
    let deltas = room.count(chair, is_delta) - before;
    assert!((10..=11).contains(&deltas), "{deltas} in a second");
}

#[test]
fn one_who_comes_between_two_deltas_sees_the_same_room_as_the_others() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    room.sources(chair, MicrophoneState::Off, true, false);
    room.advance(Duration::from_millis(30));
    room.sources(chair, MicrophoneState::Off, false, false);
    let late = room.enter(SITE_A);
    room.sources(chair, MicrophoneState::Off, true, false);
    room.settle();
    assert_eq!(room.view(late), room.view(chair));
    assert!(room.row(late, CHAIR).camera);
}

#[test]
fn who_missed_a_delta_gets_a_snapshot_that_equals_what_the_deltas_led_to() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.say(a, ClientMessage::Hand { request: 1, raised: true });
    room.open_microphone(a);
    room.settle();
    let by_deltas = room.view(chair);
    room.say(chair, ClientMessage::Resync);
    let Some(ServerMessage::Snapshot { snapshot }) = room.sent(chair).last() else {
        panic!("a snapshot");
    };
    assert_eq!(View::new(snapshot.clone()), by_deltas);
}

#[test]
fn speaking_goes_out_as_one_list() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    room.enter(SITE_A);
    room.settle();
    let speakers = vec![CHAIR, SITE_A, SITE_B];
    room.media(Event::Speaking { conference: super::room::CONFERENCE, dominant: None, speakers });
    room.settle();
    assert!(room.row(chair, CHAIR).speaking && room.row(chair, SITE_A).speaking);
    assert!(!room.row(chair, SITE_B).speaking, "who is not there is not heard");
    room.speaks(None);
    room.settle();
    assert!(!room.row(chair, SITE_A).speaking);
}

#[test]
fn who_leaves_in_mid_sentence_speaks_no_more() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.speaks(Some(SITE_A));
    room.say(a, ClientMessage::Leave);
    room.settle();
    assert!(!room.row(chair, SITE_A).speaking);
}

#[test]
fn hands_queue_in_the_order_of_asking_and_a_hand_that_is_up_keeps_its_place() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    let b = room.enter(SITE_B);
    room.say(b, ClientMessage::Hand { request: 1, raised: true });
    room.say(a, ClientMessage::Hand { request: 2, raised: true });
    room.say(b, ClientMessage::Hand { request: 3, raised: true });
    room.settle();
    let order = |member| room.row(chair, member).hand.map(|hand| hand.order);
    assert!(order(SITE_B).is_some() && order(SITE_B) < order(SITE_A));
    assert_eq!(room.outcome(b, 3), Some(Ok(())));
    room.say(b, ClientMessage::Hand { request: 4, raised: false });
    room.settle();
    assert_eq!(room.row(chair, SITE_B).hand, None);
}
