use std::time::Duration;

use super::room::{camera, microphone, pin, screen};
use super::{CHAIR, Room, SITE_A, SITE_B, SITE_C};
use crate::conference::ConnectionId;
use crate::wire::{ChairAction, MicrophoneState, StageRule};
use giaoban_media_types::{Command, SourceId, SourceKind};

/// A room with all four in it; their connections in the order of their ids.
fn everyone() -> (Room, [ConnectionId; 4]) {
    let mut room = Room::new();
    let connections = [CHAIR, SITE_A, SITE_B, SITE_C].map(|member| room.enter(member));
    room.settle();
    (room, connections)
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// What is on the stage when the next delta has gone out.
fn on_stage(room: &mut Room, seen_by: ConnectionId) -> Option<SourceId> {
    room.settle();
    room.on_stage(seen_by)
}

#[test]
fn the_chair_is_on_the_stage_when_nobody_spoke_or_shares() {
    let (mut room, [_, a, ..]) = everyone();
    assert_eq!(on_stage(&mut room, a), Some(camera(CHAIR)));
}

#[test]
fn a_room_without_a_chair_has_an_empty_stage_until_someone_speaks() {
    let mut room = Room::new();
    let a = room.enter(SITE_A);
    assert_eq!(on_stage(&mut room, a), None);
    room.speaks(Some(SITE_A));
    room.advance_seconds(2);
    assert_eq!(on_stage(&mut room, a), Some(camera(SITE_A)));
}

#[test]
fn a_second_of_speech_takes_the_stage_and_less_does_not() {
    let (mut room, [_, a, ..]) = everyone();
    room.speaks(Some(SITE_B));
    room.advance(ms(900));
    room.speaks(Some(SITE_C));
    room.advance(ms(900));
    assert_eq!(room.on_stage(a), Some(camera(CHAIR)));
    room.advance(ms(300));
    assert_eq!(room.on_stage(a), Some(camera(SITE_C)));
}

#[test]
fn a_pause_for_breath_is_part_of_the_speech_and_a_long_one_is_not() {
    let (mut room, [_, a, ..]) = everyone();
    room.speaks(Some(SITE_B));
    room.advance(ms(600));
    room.speaks(None);
    room.advance(ms(300));
    room.speaks(Some(SITE_B));
    room.advance(ms(300));
    assert_eq!(on_stage(&mut room, a), Some(camera(SITE_B)));
    room.advance_seconds(10);
    room.speaks(Some(SITE_C));
    room.advance(ms(600));
    room.speaks(None);
    room.advance(ms(700));
    room.speaks(Some(SITE_C));
    room.advance(ms(500));
    assert_eq!(on_stage(&mut room, a), Some(camera(SITE_B)));
}

#[test]
fn who_took_the_stage_holds_it_four_seconds() {
    let (mut room, [_, a, ..]) = everyone();
    room.speaks(Some(SITE_B));
    room.advance(ms(1_100));
    room.speaks(Some(SITE_C));
    room.advance(ms(3_700));
    assert_eq!(room.on_stage(a), Some(camera(SITE_B)));
    room.advance(ms(400));
    assert_eq!(room.on_stage(a), Some(camera(SITE_C)));
}

#[test]
fn the_last_who_spoke_stays_on_the_stage_in_silence() {
    let (mut room, [_, a, ..]) = everyone();
    room.speaks(Some(SITE_B));
    room.advance_seconds(2);
    room.speaks(None);
    room.advance_seconds(60);
    assert_eq!(room.on_stage(a), Some(camera(SITE_B)));
}

#[test]
fn the_latest_share_goes_before_whoever_speaks() {
    let (mut room, [_, a, b, c]) = everyone();
    room.speaks(Some(SITE_A));
    room.shares(c, SITE_C);
    room.advance_seconds(2);
    assert_eq!(room.on_stage(a), Some(screen(SITE_C)));
    room.shares(b, SITE_B);
    assert_eq!(on_stage(&mut room, a), Some(screen(SITE_B)));
    room.sources(b, MicrophoneState::Off, true, false);
    assert_eq!(on_stage(&mut room, a), Some(screen(SITE_C)));
    room.sources(c, MicrophoneState::Off, true, false);
    assert_eq!(on_stage(&mut room, a), Some(camera(SITE_A)));
}

#[test]
fn who_spoke_before_the_end_has_no_claim_on_the_stage_after_it() {
    let (mut room, [chair, ..]) = everyone();
    room.speaks(Some(SITE_A));
    room.order(chair, ChairAction::End);
    room.advance_seconds(60);
    room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.advance_seconds(2);
    assert_eq!(room.on_stage(a), Some(camera(CHAIR)));
}

#[test]
fn a_share_that_sends_nothing_takes_no_stage() {
    let (mut room, [_, a, b, _]) = everyone();
    room.sources(b, MicrophoneState::Off, false, true);
    room.advance_seconds(2);
    assert_eq!(room.on_stage(a), Some(camera(CHAIR)));
    room.starts(screen(SITE_B));
    assert_eq!(on_stage(&mut room, a), Some(screen(SITE_B)));
}

#[test]
fn a_pin_goes_before_everything_and_late_joiners_see_it_too() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    let a = room.enter(SITE_A);
    room.shares(a, SITE_A);
    assert_eq!(room.order(chair, pin(camera(SITE_A))), Some(Ok(())));
    room.speaks(Some(CHAIR));
    room.advance_seconds(5);
    assert_eq!(room.on_stage(chair), Some(camera(SITE_A)));
    let late = room.enter(SITE_B);
    assert_eq!(room.on_stage(late), Some(camera(SITE_A)));
    assert_eq!(room.stage(late).rule, StageRule::Pinned { source: camera(SITE_A).into() });
    assert_eq!(room.bound(SITE_B, 0), Some(microphone(SITE_A)));
    room.order(chair, ChairAction::FollowSpeaker);
    assert_eq!(on_stage(&mut room, late), Some(screen(SITE_A)));
}

#[test]
fn a_pinned_site_whose_camera_is_off_stays_on_the_stage() {
    let (mut room, [chair, a, ..]) = everyone();
    room.open_microphone(a);
    room.starts(camera(SITE_A));
    room.order(chair, pin(camera(SITE_A)));
    room.sources(a, MicrophoneState::Open, false, false);
    room.advance_seconds(5);
    room.stops(camera(SITE_A));
    room.advance_seconds(20);
    assert_eq!(room.on_stage(chair), Some(camera(SITE_A)));
    room.open_microphone(a);
    room.advance_seconds(1);
    assert_eq!(room.on_stage(chair), Some(camera(SITE_A)), "nor does he fall from it when it comes on again");
}

#[test]
fn a_pinned_source_that_stops_falls_to_the_next_rule_and_comes_back_with_its_packets() {
    let (mut room, [chair, a, b, _]) = everyone();
    room.open_microphone(a);
    room.starts(camera(SITE_A));
    room.order(chair, pin(camera(SITE_A)));
    room.advance_seconds(60);
    room.stops(camera(SITE_A));
    room.advance(ms(700));
    assert_eq!(room.on_stage(b), Some(camera(CHAIR)));
    room.starts(camera(SITE_A));
    assert_eq!(on_stage(&mut room, b), Some(camera(SITE_A)));
}

#[test]
fn a_member_without_connection_and_packets_keeps_the_stage_five_seconds() {
    let (mut room, [chair, a, b, _]) = everyone();
    room.order(chair, pin(camera(SITE_A)));
    room.advance_seconds(60);
    room.disconnect(a);
    room.advance(ms(4_800));
    assert_eq!(room.on_stage(b), Some(camera(SITE_A)));
    room.advance(ms(400));
    assert_eq!(room.on_stage(b), Some(camera(CHAIR)));
    room.resume(SITE_A);
    assert_eq!(on_stage(&mut room, b), Some(camera(SITE_A)));
}

#[test]
fn a_member_whose_media_flows_keeps_the_stage_though_his_connection_is_gone() {
    let (mut room, [chair, a, b, _]) = everyone();
    room.open_microphone(a);
    room.starts(camera(SITE_A));
    room.order(chair, pin(camera(SITE_A)));
    room.disconnect(a);
    room.advance_seconds(60);
    assert_eq!(room.on_stage(b), Some(camera(SITE_A)));
}

#[test]
fn a_refresh_of_the_page_does_not_move_the_stage() {
    let (mut room, [chair, a, b, _]) = everyone();
    room.open_microphone(a);
    room.starts(camera(SITE_A));
    room.offer(a, 1, 100);
    room.order(chair, pin(camera(SITE_A)));
    room.advance_seconds(60);
    room.stops(camera(SITE_A));
    room.advance(ms(200));
    room.disconnect(a);
    room.advance_seconds(3);
    assert_eq!(room.on_stage(b), Some(camera(SITE_A)));
    let a = room.resume(SITE_A);
    room.open_microphone(a);
    room.advance_seconds(1);
    room.offer(a, 1, 200);
    room.advance_seconds(3);
    room.starts(camera(SITE_A));
    room.advance_seconds(30);
    assert_eq!(room.on_stage(b), Some(camera(SITE_A)));
    let changes = room.count(b, |message| match message {
        crate::wire::ServerMessage::Delta { changes, .. } => changes
            .iter()
            .any(|change| matches!(change, crate::wire::Change::Stage { stage } if stage.source != Some(camera(SITE_A).into()))),
        _ => false,
    });
    assert!(changes <= 1, "only what the stage was before the pin: {changes}");
}

#[test]
fn another_peer_connection_has_five_seconds_to_bring_the_picture_back() {
    let (mut room, [chair, a, b, _]) = everyone();
    room.open_microphone(a);
    room.offer(a, 1, 100);
    room.answers(SITE_A, 100, "v=0");
    room.starts(camera(SITE_A));
    room.order(chair, pin(camera(SITE_A)));
    room.advance_seconds(60);
    room.offer(a, 2, 200);
    room.stops(camera(SITE_A));
    room.advance(ms(4_800));
    assert_eq!(room.on_stage(b), Some(camera(SITE_A)));
    room.advance(ms(400));
    assert_eq!(room.on_stage(b), Some(camera(CHAIR)));
}

#[test]
fn what_fell_from_the_stage_comes_back_with_packets_and_by_nothing_else() {
    let (mut room, [chair, a, b, _]) = everyone();
    room.open_microphone(a);
    room.starts(camera(SITE_A));
    room.order(chair, pin(camera(SITE_A)));
    room.advance_seconds(60);
    room.stops(camera(SITE_A));
    room.advance_seconds(1);
    assert_eq!(room.on_stage(b), Some(camera(CHAIR)));
    room.disconnect(a);
    assert_eq!(on_stage(&mut room, b), Some(camera(CHAIR)));
    room.resume(SITE_A);
    assert_eq!(on_stage(&mut room, b), Some(camera(CHAIR)));
    room.starts(camera(SITE_A));
    assert_eq!(on_stage(&mut room, b), Some(camera(SITE_A)));
}

#[test]
fn who_leaves_is_off_the_stage_at_once() {
    let (mut room, [_, a, b, _]) = everyone();
    room.speaks(Some(SITE_B));
    room.advance_seconds(2);
    room.say(b, crate::wire::ClientMessage::Leave);
    assert_eq!(on_stage(&mut room, a), Some(camera(CHAIR)));
}

#[test]
fn everyone_hears_the_stage_in_its_own_slot_but_he_who_is_on_it() {
    let (mut room, [chair, ..]) = everyone();
    room.order(chair, pin(camera(SITE_A)));
    for member in [CHAIR, SITE_B, SITE_C] {
        assert_eq!(room.bound(member, 0), Some(microphone(SITE_A)));
    }
    assert_eq!(room.bound(SITE_A, 0), None);
}

#[test]
fn a_shared_screen_brings_its_sound_and_its_owners_voice() {
    let (mut room, [_, a, ..]) = everyone();
    room.shares(a, SITE_A);
    assert_eq!(room.bound(SITE_B, 0), Some(microphone(SITE_A)));
    let sound = SourceId { member: SITE_A, kind: SourceKind::ScreenAudio };
    assert_eq!(room.bound(SITE_B, 4), Some(sound));
    room.sources(a, MicrophoneState::Off, true, false);
    assert_eq!(room.bound(SITE_B, 4), None);
}

#[test]
fn nothing_of_his_own_is_ever_sent_back_to_a_member() {
    let (mut room, connections) = everyone();
    for (connection, member) in connections.into_iter().zip([CHAIR, SITE_A, SITE_B, SITE_C]) {
        room.want(connection, &[(5, None, 720), (6, Some(camera(member)), 180)]);
        room.shares(connection, member);
        room.advance_seconds(1);
        if room.assignment(connection, 5).is_some() {
            room.cover(connection, 5);
        }
    }
    for command in &room.commands {
        if let Command::Bind { member, bindings, .. } = command {
            assert!(
                bindings.iter().all(|binding| binding.source.is_none_or(|source| source.member != *member))
            );
        }
    }
}
