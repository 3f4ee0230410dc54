//! Bindings, sources, layers, permissions.

use std::time::Duration;

use giaoban_media_types::{Command, Event, MemberId, SlotId, SourceId, SourceKind, SourceSet};

use super::world::{CONFERENCE, LOUD, MILLISECOND, Plan, World, picture_id};
use crate::keyframe::{KEY_FRAME_SERVES, REQUEST_INTERVAL};
use crate::verdict::DropReason;

const STAGE: SlotId = SlotId::STAGE_VIDEO;

#[test]
fn two_sites_hear_and_see_each_other() {
    let mut world = World::of(2);
    for (receiver, publisher) in [(1, 2), (2, 1)] {
        world.bind(receiver, SlotId::STAGE_AUDIO, Some((publisher, SourceKind::Microphone)), 0, 1);
        world.bind(receiver, STAGE, Some((publisher, SourceKind::Camera)), 360, 1);
    }
    let mut microphones = [1, 2].map(|member| world.sender(member, SourceKind::Microphone, None));
    let mut cameras = [1, 2].map(|member| world.sender(member, SourceKind::Camera, None));
    for round in 0..50 {
        for (member, (microphone, camera)) in (1..).zip(microphones.iter_mut().zip(&mut cameras)) {
            world.sound(member, microphone, LOUD);
            world.frame(member, camera, round == 0, 3);
        }
        world.pass(33 * MILLISECOND);
    }
    for (receiver, publisher) in [(1_u32, 2_u8), (2, 1)] {
        let sound = world.take(receiver, SlotId::STAGE_AUDIO);
        assert_eq!(sound.len(), 50);
        assert!(sound.iter().all(|packet| packet.payload == [publisher; 60]));
        let picture = world.take(receiver, STAGE);
        assert_eq!(picture.len(), 150);
        assert!(picture.iter().all(|packet| packet.payload.last() == Some(&publisher)));
        for pair in picture.windows(2) {
            assert_eq!(pair[1].header.sequence.0, pair[0].header.sequence.0.wrapping_add(1));
        }
        for pair in picture.chunks(3).collect::<Vec<_>>().windows(2) {
            assert_eq!(picture_id(&pair[1][0]), (picture_id(&pair[0][0]) + 1) & 0x7FFF);
            assert_eq!(pair[1][0].header.timestamp.0, pair[0][0].header.timestamp.0.wrapping_add(3000));
        }
        assert!(picture.chunks(3).all(|frame| frame[2].header.marker && !frame[1].header.marker));
    }
    assert!(world.shard.transport().reuses().is_empty());
    let started = world.events.iter().filter(|event| matches!(event, Event::SourceStarted { .. })).count();
    assert_eq!(started, 4);
    assert_eq!(world.switched().len(), 4);
}

#[test]
fn a_switch_stops_the_old_source_at_once_and_begins_with_the_new_ones_key_frame() {
    let mut world = World::of(3);
    let mut old = world.sender(2, SourceKind::Camera, None);
    let mut new = world.sender(3, SourceKind::Camera, None);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    for round in 0..10 {
        world.frame(2, &mut old, round == 0, 2);
        world.frame(3, &mut new, round == 0, 2);
        world.pass(33 * MILLISECOND);
    }
    let before = world.take(1, STAGE).pop().unwrap();
    world.switched();
    world.take_requests(3);

    world.bind(1, STAGE, Some((3, SourceKind::Camera)), 360, 2);
    assert_eq!(world.take_requests(3).1, [new.ssrc], "a key frame is asked for at once");
    for _ in 0..4 {
        world.frame(2, &mut old, true, 2);
        world.frame(3, &mut new, false, 2);
        world.pass(33 * MILLISECOND);
    }
    assert_eq!(world.take(1, STAGE), [], "nothing passes before the new source's key frame");
    assert_eq!(world.switched(), []);
    world.frame(3, &mut new, true, 2);
    let after = world.take(1, STAGE);
    assert!(after.iter().all(|packet| packet.payload.last() == Some(&3)));
    assert_eq!(after[0].header.sequence.0, before.header.sequence.0.wrapping_add(1));
    assert_eq!(picture_id(&after[0]), (picture_id(&before) + 1) & 0x7FFF);
    assert_eq!(after[0].frame_number, before.frame_number.map(|number| number.wrapping_add(1)));
    assert!(after[0].frame_number.is_some() && after[0].mid.as_deref() == Some("7"));
    // The last old frame was sent five rounds of 33 ms before; a frame's timestamps are 3,000 apart.
    let expected = before.header.timestamp.0.wrapping_add(5 * 33 * 90);
    assert!(after[0].header.timestamp.0.wrapping_sub(expected).cast_signed().abs() <= 20 * 30);
    assert_eq!(world.switched(), [(1, STAGE, 2, 3, after[0].header.timestamp)]);
}

#[test]
fn extensions_that_a_receiver_has_not_negotiated_are_left_out() {
    let mut world = World::new();
    world.join(1, Plan { dependency: false, ..Plan::full() });
    world.join(2, Plan::full());
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    world.frame(2, &mut camera, true, 1);
    assert_eq!(world.take(1, STAGE)[0].frame_number, None);
}

#[test]
fn a_pending_switch_asks_for_key_frames_at_a_pace_and_stops_when_one_comes() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.frame(2, &mut camera, false, 1);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    for _ in 0..99 {
        world.frame(2, &mut camera, false, 1);
        world.pass(20 * MILLISECOND);
    }
    let asked = world.take_requests(2).1.len();
    assert_eq!(asked as u128, Duration::from_secs(2).as_millis().div_ceil(REQUEST_INTERVAL.as_millis()));
    world.frame(2, &mut camera, true, 1);
    world.pass(3 * REQUEST_INTERVAL);
    assert_eq!(world.take_requests(2).1, []);
}

#[test]
fn who_has_just_missed_a_key_frame_begins_with_it_at_once() {
    let (mut world, mut layers) = simulcast();
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 180, 1);
    all_layers(&mut world, &mut layers, &[true; 3]);
    for _ in 0..5 {
        all_layers(&mut world, &mut layers, &[false; 3]);
    }
    world.take_requests(2);
    world.bind(1, SlotId(7), Some((2, SourceKind::Camera)), 720, 1);
    let sent = world.take(1, SlotId(7));
    assert_eq!((sent.len(), heights(&sent)), (6, vec![720]), "nobody watched this layer until now");
    assert_eq!(world.take_requests(2).1, [], "nothing is asked for");
    for pair in sent.windows(2) {
        assert_eq!(pair[1].header.sequence.0, pair[0].header.sequence.0.wrapping_add(1));
        assert_eq!(picture_id(&pair[1]), (picture_id(&pair[0]) + 1) & 0x7FFF);
    }
    all_layers(&mut world, &mut layers, &[false; 3]);
    assert_eq!(world.take(1, SlotId(7)).len(), 1);
}

#[test]
fn a_key_frame_that_is_too_old_is_not_begun_with_and_nothing_is_kept_for_it() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.frame(2, &mut camera, true, 1);
    world.pass(KEY_FRAME_SERVES + MILLISECOND);
    world.frame(2, &mut camera, false, 1);
    assert_eq!(world.shard.statistics().dropped(DropReason::Unwatched), 1);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    assert_eq!(world.take(1, STAGE), []);
    assert_eq!(world.take_requests(2).1, [camera.ssrc]);
}

#[test]
fn a_picture_that_is_expected_is_asked_for_its_key_frame_before_anyone_is_bound_to_it() {
    let (mut world, mut layers) = simulcast();
    all_layers(&mut world, &mut layers, &[true; 3]);
    world.pass(REQUEST_INTERVAL);
    let source = SourceId { member: MemberId(2), kind: SourceKind::Camera };
    let expect = || Command::Expect { conference: CONFERENCE, source };
    world.command(expect());
    assert_eq!(world.take_requests(2).1.len(), 3);
    world.command(expect());
    world.pass(REQUEST_INTERVAL * 2);
    assert_eq!(world.take_requests(2).1, [], "once");
    world.command(expect());
    world.take_requests(2);
    all_layers(&mut world, &mut layers, &[true; 3]);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 720, 1);
    assert_eq!(heights(&world.take(1, STAGE)), [720]);
    assert_eq!(world.take_requests(2).1, []);
}

#[test]
fn a_switch_that_is_taken_back_asks_for_nothing_more() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.frame(2, &mut camera, false, 1);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    world.take_requests(2);
    world.bind(1, STAGE, None, 0, 2);
    world.pass(3 * REQUEST_INTERVAL);
    assert_eq!(world.take_requests(2).1, []);
}

#[test]
fn many_receivers_losses_are_one_request() {
    let mut world = World::of(5);
    let mut camera = world.sender(1, SourceKind::Camera, None);
    for receiver in 2..=5 {
        world.bind(receiver, STAGE, Some((1, SourceKind::Camera)), 360, 1);
    }
    world.frame(1, &mut camera, true, 1);
    world.pass(REQUEST_INTERVAL);
    world.take_requests(1);
    for receiver in 2..=5 {
        world.report_picture_loss(receiver, STAGE);
    }
    assert_eq!(world.take_requests(1).1, [camera.ssrc]);
}

#[test]
fn an_empty_slot_is_silent_and_a_binding_of_the_same_source_is_announced_again() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    world.frame(2, &mut camera, true, 1);
    assert_eq!(world.switched().len(), 1);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 2);
    world.frame(2, &mut camera, false, 1);
    let sent = world.take(1, STAGE);
    assert_eq!(world.switched(), [(1, STAGE, 2, 2, sent[1].header.timestamp)]);
    world.bind(1, STAGE, None, 0, 3);
    world.frame(2, &mut camera, true, 1);
    assert_eq!(world.take(1, STAGE), []);
}

#[test]
fn nothing_of_a_members_own_is_sent_back_to_him() {
    let mut world = World::of(2);
    let mut camera = world.sender(1, SourceKind::Camera, None);
    let mut microphone = world.sender(1, SourceKind::Microphone, None);
    world.bind(1, STAGE, Some((1, SourceKind::Camera)), 360, 1);
    world.bind(1, SlotId::STAGE_AUDIO, Some((1, SourceKind::Microphone)), 0, 1);
    for _ in 0..10 {
        world.frame(1, &mut camera, true, 1);
        world.sound(1, &mut microphone, LOUD);
        world.pass(20 * MILLISECOND);
    }
    for slot in (0..8).map(SlotId) {
        assert_eq!(world.take(1, slot), []);
    }
}

#[test]
fn what_is_not_allowed_is_dropped_at_ingress_and_a_picture_returns_with_a_key_frame() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    let mut microphone = world.sender(2, SourceKind::Microphone, None);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    world.bind(1, SlotId::STAGE_AUDIO, Some((2, SourceKind::Microphone)), 0, 1);
    world.frame(2, &mut camera, true, 2);
    world.sound(2, &mut microphone, LOUD);
    let before = world.take(1, STAGE);
    assert_eq!((before.len(), world.take(1, SlotId::STAGE_AUDIO).len()), (2, 1));

    world.allow(2, SourceSet::NONE);
    for _ in 0..5 {
        let frame = world.frame_packets(2, &mut camera, true, 3);
        world.datagrams(2, vec![frame[0].clone(), frame[2].clone()]);
        world.sound(2, &mut microphone, LOUD);
        world.pass(20 * MILLISECOND);
    }
    world.ask_again(1, STAGE, &[before[0].header.sequence.0]);
    assert_eq!(world.take(1, STAGE), []);
    assert_eq!(world.take_repairs(1, STAGE), [], "nor is what came before the order sent again");
    let ends: Vec<Vec<u8>> =
        world.take(1, SlotId::STAGE_AUDIO).into_iter().map(|packet| packet.payload).collect();
    assert_eq!(ends, [&[0xF8, 0xFF, 0xFE][..], &[0xF8], &[0xF8]], "the gateway's own words that it ends");
    assert_eq!(world.shard.statistics().dropped(DropReason::NotAllowed), 15);

    world.allow(2, SourceSet::ALL);
    world.frame(2, &mut camera, false, 1);
    world.sound(2, &mut microphone, LOUD);
    assert_eq!(world.take(1, STAGE), []);
    assert_eq!(world.take(1, SlotId::STAGE_AUDIO).len(), 1);
    world.frame(2, &mut camera, true, 1);
    let after = world.take(1, STAGE);
    assert_eq!(after[0].header.sequence.0, before[1].header.sequence.0.wrapping_add(1));
    assert_eq!(world.take_requests(2).0, [], "what was lost while it was not allowed is not asked for");
}

#[test]
fn a_member_without_permission_sends_nothing_and_starts_nothing() {
    let mut world = World::new();
    world.connect(1, 1, Plan::full());
    let mut microphone = world.sender(1, SourceKind::Microphone, None);
    world.sound(1, &mut microphone, LOUD);
    assert!(!world.events.iter().any(|event| matches!(event, Event::SourceStarted { .. })));
    assert_eq!(world.shard.statistics().dropped(DropReason::NotAllowed), 1);
}

fn simulcast() -> (World, [super::world::Sender; 3]) {
    let mut world = World::new();
    let mut plan = Plan::full();
    plan.rids = vec!["q", "h", "f"];
    world.join(1, Plan::full());
    world.join(2, plan);
    let mut layers = ["q", "h", "f"].map(|rid| world.sender(2, SourceKind::Camera, Some(rid)));
    for (layer, height) in layers.iter_mut().zip([180, 360, 720]) {
        layer.height = height;
    }
    (world, layers)
}

fn all_layers(world: &mut World, layers: &mut [super::world::Sender], keys: &[bool]) {
    for (layer, &key) in layers.iter_mut().zip(keys) {
        world.frame(2, layer, key, 1);
    }
    world.pass(33 * MILLISECOND);
}

/// The heights of the key frames among packets.
fn heights(packets: &[super::world::Packet]) -> Vec<u16> {
    let key = |packet: &&super::world::Packet| packet.payload[5] & 1 == 0;
    packets
        .iter()
        .filter(key)
        .map(|packet| u16::from_le_bytes([packet.payload[13], packet.payload[14]]))
        .collect()
}

#[test]
fn a_layer_is_changed_at_a_key_frame_and_the_old_one_goes_on_until_then() {
    let (mut world, mut layers) = simulcast();
    all_layers(&mut world, &mut layers, &[true; 3]);
    world.pass(KEY_FRAME_SERVES);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 180, 1);
    all_layers(&mut world, &mut layers, &[true; 3]);
    assert_eq!(heights(&world.take(1, STAGE)), [180]);
    world.take_requests(2);

    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 720, 1);
    assert_eq!(world.take_requests(2).1, [], "the camera was asked for its small layer just now");
    world.pass(REQUEST_INTERVAL);
    assert_eq!(world.take_requests(2).1, [layers[2].ssrc]);
    for _ in 0..3 {
        all_layers(&mut world, &mut layers, &[false; 3]);
    }
    let waiting = world.take(1, STAGE);
    assert_eq!(waiting.len(), 3);
    all_layers(&mut world, &mut layers, &[false, false, true]);
    let all = world.take(1, STAGE);
    assert_eq!(heights(&all), [720]);
    all_layers(&mut world, &mut layers, &[false; 3]);
    let after = world.take(1, STAGE);
    assert_eq!(after.len(), 1, "one layer at a time");
    assert_eq!(after[0].header.sequence.0, all.last().unwrap().header.sequence.0.wrapping_add(1));
    assert_eq!(world.switched().len(), 1, "another layer is no other source");
}

#[test]
fn a_camera_is_seen_from_the_first_packet_of_its_first_layer_on() {
    let (mut world, mut layers) = simulcast();
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 180, 1);
    all_layers(&mut world, &mut layers, &[true; 3]);
    assert_eq!(heights(&world.take(1, STAGE)), [180]);
    world.pass(REQUEST_INTERVAL);
    assert_eq!(world.take_requests(2).1, [], "its key frame is there already");
}

#[test]
fn a_layer_that_is_switched_off_is_replaced_by_one_that_lives() {
    let (mut world, mut layers) = simulcast();
    all_layers(&mut world, &mut layers, &[true; 3]);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 720, 1);
    all_layers(&mut world, &mut layers, &[true; 3]);
    world.take(1, STAGE);
    world.take_requests(2);
    for _ in 0..30 {
        all_layers(&mut world, &mut layers[..2], &[false; 2]);
    }
    assert!(world.take_requests(2).1.contains(&layers[1].ssrc));
    all_layers(&mut world, &mut layers[..2], &[true; 2]);
    assert_eq!(heights(&world.take(1, STAGE)), [360]);
    all_layers(&mut world, &mut layers, &[false, false, true]);
    assert_eq!(heights(&world.take(1, STAGE)), [720]);
}

#[test]
fn a_layer_whose_picture_grows_is_chosen_anew() {
    let (mut world, mut layers) = simulcast();
    layers[0].height = 90;
    all_layers(&mut world, &mut layers[..2], &[true; 2]);
    world.pass(KEY_FRAME_SERVES);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 180, 1);
    all_layers(&mut world, &mut layers[..2], &[true; 2]);
    assert_eq!(heights(&world.take(1, STAGE)), [360]);
    layers[0].height = 180;
    all_layers(&mut world, &mut layers[..2], &[true, false]);
    assert_eq!(heights(&world.take(1, STAGE)), [180]);
}

#[test]
fn a_source_that_is_silent_for_five_seconds_has_stopped_and_may_start_again() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    let source = SourceId { member: MemberId(2), kind: SourceKind::Camera };
    let count = |world: &World, stopped: bool| {
        let is = |event: &&Event| match event {
            Event::SourceStarted { source: other, .. } => !stopped && *other == source,
            Event::SourceStopped { source: other, .. } => stopped && *other == source,
            _ => false,
        };
        world.events.iter().filter(is).count()
    };
    world.frame(2, &mut camera, true, 1);
    world.pass(4900 * MILLISECOND);
    world.rebind(2);
    assert_eq!((count(&world, false), count(&world, true)), (1, 0));
    world.pass(300 * MILLISECOND);
    assert_eq!((count(&world, false), count(&world, true)), (1, 1));
    world.frame(2, &mut camera, true, 1);
    assert_eq!((count(&world, false), count(&world, true)), (2, 1));
}

#[test]
fn a_removed_members_media_ends_and_his_transport_is_dead() {
    let mut world = World::of(3);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    world.bind(2, STAGE, Some((3, SourceKind::Camera)), 360, 1);
    world.frame(2, &mut camera, true, 1);
    assert_eq!(world.take(1, STAGE).len(), 1);
    world.command(Command::Remove { conference: CONFERENCE, member: MemberId(2) });
    world.frame(2, &mut camera, true, 1);
    let mut other = world.sender(3, SourceKind::Camera, None);
    world.frame(3, &mut other, true, 1);
    assert_eq!(world.take(1, STAGE), []);
    assert_eq!(world.take(2, STAGE), []);
    assert!(world.events.iter().any(|event| matches!(event, Event::SourceStopped { .. })));
    assert!(!world.events.iter().any(|event| matches!(event, Event::Closed { .. })), "by order");
    assert_eq!(world.shard.statistics().transports, 2);
    world.command(Command::End { conference: CONFERENCE });
    assert_eq!((world.shard.statistics().transports, world.shard.statistics().conferences), (0, 0));
}

#[test]
fn a_lost_path_stops_egress_and_a_restored_one_resumes_with_a_key_frame() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    world.frame(2, &mut camera, true, 1);
    for _ in 0..300 {
        world.frame(2, &mut camera, false, 1);
        world.pass(20 * MILLISECOND);
    }
    let heard = world.take(1, STAGE).len();
    assert!((200..=255).contains(&heard), "five seconds of 50 packets, not {heard}");
    let unwatched = world.shard.statistics().dropped(DropReason::Unwatched);
    assert!((45..=55).contains(&unwatched), "{unwatched}: nothing is kept for who cannot be reached");
    world.take_requests(2);
    world.rebind(1);
    assert_eq!(world.take_requests(2).1, [camera.ssrc]);
    world.frame(2, &mut camera, false, 1);
    world.frame(2, &mut camera, true, 1);
    let after = world.take(1, STAGE);
    assert_eq!(after.len(), 1);
    assert!(world.shard.transport().reuses().is_empty());
}

#[test]
fn a_transport_that_died_is_reported_and_its_sources_stop() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.frame(2, &mut camera, true, 1);
    world.pass(Duration::from_secs(31));
    let closed = world.events.iter().filter(|event| matches!(event, Event::Closed { .. })).count();
    assert_eq!(closed, 2);
    assert!(world.events.iter().any(|event| matches!(event, Event::SourceStopped { .. })));
    assert_eq!(world.shard.next_timeout(), None, "an empty shard has no timers");
}
