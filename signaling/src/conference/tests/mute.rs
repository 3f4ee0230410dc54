use std::collections::BTreeSet;
use std::time::Duration;

use super::room::nothing_stored;
use super::{CHAIR, Room, SITE_A, SITE_B};
use crate::conference::{Durable, Input, Seat};
use crate::wire::{ChairAction, ClientMessage, MicrophoneState, Role};
use giaoban_media_types::{Command, SourceKind};

const MUTE_A: ChairAction = ChairAction::Mute { member: SITE_A.0 };
const LET_A_SPEAK: ChairAction = ChairAction::LetSpeak { member: SITE_A.0 };

fn allows(room: &Room, kind: SourceKind) -> bool {
    room.allowed(SITE_A).expect("told on entry").contains(kind)
}

#[test]
fn what_passes_is_told_on_entry_and_a_microphone_only_once_its_owner_opened_it() {
    let mut room = Room::new();
    let a = room.enter(SITE_A);
    assert!(allows(&room, SourceKind::Camera) && allows(&room, SourceKind::Screen));
    assert!(allows(&room, SourceKind::ScreenAudio) && !allows(&room, SourceKind::Microphone));
    room.open_microphone(a);
    assert!(allows(&room, SourceKind::Microphone));
    room.sources(a, MicrophoneState::Off, true, false);
    assert!(!allows(&room, SourceKind::Microphone));
}

#[test]
fn a_muted_member_is_cut_at_the_gateway_before_the_disk_has_it_and_confirmed_after() {
    let mut room = Room::new();
    room.stores = false;
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.open_microphone(a);
    assert_eq!(room.order(chair, MUTE_A), None);
    assert!(!room.hears(SITE_A));
    assert_eq!(room.microphone_closed(a), 1);
    let write = room.writes.last().expect("a write");
    assert!(write.1.muted.contains(&SITE_A));
    let write = write.0;
    room.input(crate::conference::Input::Stored { write });
    assert_eq!(room.outcome(chair, room.last_request()), Some(Ok(())));
    room.settle();
    let row = room.row(chair, SITE_A);
    assert!(row.muted && !row.microphone);
}

#[test]
fn who_loses_the_role_that_spared_him_is_muted_with_the_others() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    room.open_microphone(chair);
    room.order(chair, ChairAction::MuteAll);
    assert!(room.hears(CHAIR));
    let seat = Seat { member: CHAIR, name: "Chủ trì cũ".to_owned(), role: Role::Site, until: None };
    room.input(Input::SeatAdded(seat));
    assert!(!room.hears(CHAIR));
    assert_eq!(room.microphone_closed(chair), 1);
}

#[test]
fn a_mute_takes_screen_audio_too_and_leaves_the_pictures() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    room.enter(SITE_A);
    room.order(chair, MUTE_A);
    assert!(!allows(&room, SourceKind::ScreenAudio));
    assert!(allows(&room, SourceKind::Camera) && allows(&room, SourceKind::Screen));
}

#[test]
fn a_muted_client_that_says_it_is_open_stays_cut_and_is_told_again() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.order(chair, MUTE_A);
    room.open_microphone(a);
    assert!(!room.hears(SITE_A));
    assert_eq!(room.microphone_closed(a), 1);
    room.settle();
    assert!(!room.row(chair, SITE_A).microphone);
    assert!(room.row(chair, SITE_A).camera, "the rest of his word counts");
}

#[test]
fn who_may_speak_again_opens_his_microphone_himself() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.open_microphone(a);
    room.order(chair, MUTE_A);
    room.order(chair, LET_A_SPEAK);
    assert!(!room.hears(SITE_A));
    room.open_microphone(a);
    assert!(room.hears(SITE_A));
}

#[test]
fn muting_all_spares_the_chair_and_covers_those_who_join_later_or_resume() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.open_microphone(chair);
    room.open_microphone(a);
    room.order(chair, ChairAction::MuteAll);
    assert!(room.hears(CHAIR) && !room.hears(SITE_A));
    let b = room.enter(SITE_B);
    room.open_microphone(b);
    assert!(!room.hears(SITE_B));
    assert_eq!(room.microphone_closed(b), 1);
    room.disconnect(a);
    let a = room.resume(SITE_A);
    room.open_microphone(a);
    assert!(!room.hears(SITE_A));
    assert!(room.view(a).muted_all && room.row(a, SITE_A).muted && !room.row(a, CHAIR).muted);
}

#[test]
fn one_is_let_speak_while_all_are_muted_until_all_are_muted_again() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.order(chair, ChairAction::MuteAll);
    room.order(chair, LET_A_SPEAK);
    room.open_microphone(a);
    assert!(room.hears(SITE_A));
    room.order(chair, ChairAction::MuteAll);
    assert!(!room.hears(SITE_A));
    room.order(chair, ChairAction::UnmuteAll);
    room.open_microphone(a);
    assert!(room.hears(SITE_A));
}

#[test]
fn lifting_all_mutes_lifts_those_given_one_by_one() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.order(chair, MUTE_A);
    room.order(chair, ChairAction::UnmuteAll);
    room.open_microphone(a);
    assert!(room.hears(SITE_A));
}

#[test]
fn letting_one_speak_grants_what_his_hand_asked_for() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.say(a, ClientMessage::Hand { request: 1, raised: true });
    room.order(chair, LET_A_SPEAK);
    room.settle();
    assert_eq!(room.row(chair, SITE_A).hand, None);
}

#[test]
fn a_mute_stands_after_a_restart() {
    let stored = Durable { muted: BTreeSet::from([SITE_A]), ..nothing_stored() };
    let mut room = Room::restored(stored, 500);
    let a = room.resume(SITE_A);
    room.open_microphone(a);
    assert!(!room.hears(SITE_A) && room.row(a, SITE_A).muted);
}

#[test]
fn a_spurt_without_heartbeat_ends_after_three_seconds_until_the_key_is_pressed_again() {
    let mut room = Room::new();
    let a = room.enter(SITE_A);
    room.sources(a, MicrophoneState::PushToTalk, true, false);
    assert!(room.hears(SITE_A));
    for _ in 0..5 {
        room.advance_seconds(2);
        room.say(a, ClientMessage::Heartbeat);
    }
    assert!(room.hears(SITE_A));
    room.advance(Duration::from_millis(2_900));
    assert!(room.hears(SITE_A));
    room.advance(Duration::from_millis(200));
    assert!(!room.hears(SITE_A));
    assert_eq!(room.microphone_closed(a), 1);
    room.settle();
    assert!(!room.row(a, SITE_A).microphone);
    room.say(a, ClientMessage::Heartbeat);
    assert!(!room.hears(SITE_A), "a late heartbeat opens nothing");
    room.sources(a, MicrophoneState::PushToTalk, true, false);
    assert!(room.hears(SITE_A));
}

#[test]
fn a_spurt_ends_though_its_connection_is_lost() {
    let mut room = Room::new();
    let a = room.enter(SITE_A);
    room.sources(a, MicrophoneState::PushToTalk, true, false);
    room.disconnect(a);
    room.advance_seconds(4);
    assert!(!room.hears(SITE_A));
}

#[test]
fn an_open_microphone_goes_on_without_heartbeats_and_without_a_connection() {
    let mut room = Room::new();
    let a = room.enter(SITE_A);
    room.sources(a, MicrophoneState::PushToTalk, true, false);
    room.open_microphone(a);
    room.advance_seconds(60);
    room.disconnect(a);
    room.advance_seconds(60);
    assert!(room.hears(SITE_A));
}

#[test]
fn the_shard_is_told_only_what_changes() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    let count = |room: &Room| room.commands.iter().filter(|c| matches!(c, Command::Allow { .. })).count();
    let before = count(&room);
    room.order(chair, MUTE_A);
    room.order(chair, MUTE_A);
    room.sources(a, MicrophoneState::Off, true, true);
    assert_eq!(count(&room), before + 1);
}
