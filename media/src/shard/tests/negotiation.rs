//! Offers and answers.

use giaoban_media_types::{Event, NegotiationError, Purpose, SlotId, SourceKind};

use super::world::{LOUD, MILLISECOND, Plan, World};
use crate::keyframe::KEY_FRAME_SERVES;
use crate::transport::PacketIndex;

const STAGE: SlotId = SlotId::STAGE_VIDEO;

#[test]
fn a_further_offer_adds_slots_and_the_old_ones_go_on() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    world.bind(1, SlotId(20), Some((2, SourceKind::Camera)), 180, 1);
    world.frame(2, &mut camera, true, 1);
    let before = world.clients[&giaoban_media_types::MemberId(1)].slots.clone();
    let first = world.take(1, STAGE).pop().unwrap();
    let mut plan = Plan::full();
    plan.purposes.push(Purpose::Slot(SlotId(20)));
    world.negotiate(1, 1, plan).unwrap();
    let after = world.clients[&giaoban_media_types::MemberId(1)].slots.clone();
    assert!(before.iter().all(|(slot, numbers)| after[slot] == *numbers), "a slot keeps its SSRC for life");
    world.frame(2, &mut camera, true, 1);
    let second = world.take(1, STAGE).pop().unwrap();
    assert_eq!(second.header.sequence.0, first.header.sequence.0.wrapping_add(1));
    assert_eq!(
        world.take(1, SlotId(20)).len(),
        2,
        "the order waited, and the slot began with the key frame at hand"
    );
}

#[test]
fn another_peer_connection_replaces_the_first_and_takes_over_its_slots_and_watchers() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    world.frame(2, &mut camera, true, 1);
    assert_eq!(world.take(1, STAGE).len(), 1);
    world.connect(1, 2, Plan::full());
    assert_eq!(world.take(1, STAGE).len(), 1, "with the key frame at hand");
    world.connect(2, 2, Plan::full());
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.frame(2, &mut camera, true, 1);
    assert_eq!(world.take(1, STAGE).len(), 1);
    assert!(!world.events.iter().any(|event| matches!(event, Event::Closed { .. })));
    assert_eq!(world.shard.statistics().transports, 2);
}

#[test]
fn a_refused_offer_leaves_what_stood() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    world.frame(2, &mut camera, true, 1);
    let mut swapped = Plan::full();
    swapped.purposes.swap(3, 4);
    assert_eq!(world.negotiate(1, 1, swapped), Err(NegotiationError::SectionMismatch));
    let mut doubled = Plan::full();
    doubled.purposes.push(Purpose::Slot(STAGE));
    assert_eq!(world.negotiate(1, 2, doubled), Err(NegotiationError::SectionMismatch));
    let mut shrunk = Plan::full();
    shrunk.purposes.pop();
    assert_eq!(world.negotiate(1, 1, shrunk), Err(NegotiationError::SectionMismatch));
    let mut beyond = Plan::full();
    beyond.purposes.push(Purpose::Slot(SlotId(SlotId::MAX_SLOTS)));
    assert_eq!(world.negotiate(1, 1, beyond), Err(NegotiationError::TooLarge));
    world.frame(2, &mut camera, false, 1);
    assert_eq!(world.take(1, STAGE).len(), 2);
}

#[test]
fn the_stages_sound_and_picture_share_stream_and_name_and_nothing_else_does() {
    let mut world = World::of(1);
    let client = world.clients.pop_first().unwrap().1;
    let mut names = std::collections::BTreeMap::new();
    for (section, purpose) in client.answer.split("\r\nm=").skip(1).zip(&client.plan.purposes) {
        let Purpose::Slot(slot) = purpose else { continue };
        let find = |prefix: &str| section.lines().find_map(|line| line.split_once(prefix)).unwrap().1;
        let stream = find("a=msid:").split(' ').next().unwrap();
        names.insert(*slot, (stream.to_owned(), find("cname:").to_owned()));
    }
    let stage = names.remove(&STAGE).unwrap();
    assert_eq!(names.remove(&SlotId::STAGE_AUDIO), Some(stage.clone()));
    let mut streams: Vec<_> = names.into_values().chain([stage]).collect();
    let all = streams.len();
    streams.sort();
    streams.dedup();
    assert_eq!(streams.len(), all);
}

#[test]
fn first_sequence_numbers_leave_the_rollover_counter_no_doubt() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    for slot in [5, 6, 7].map(SlotId) {
        world.bind(1, slot, Some((2, SourceKind::Camera)), 360, 1);
    }
    world.frame(2, &mut camera, true, 1);
    let sealed: Vec<_> = world.shard.transport().sealed().collect();
    assert_eq!(sealed.len(), 3);
    assert!(sealed.iter().all(|(_, _, index)| *index < PacketIndex(1 << 14)));
}

#[test]
fn streams_may_be_announced_by_number_alone() {
    let mut world = World::of(2);
    let mut microphone = world.sender(2, SourceKind::Microphone, None);
    world.bind(1, SlotId::STAGE_AUDIO, Some((2, SourceKind::Microphone)), 0, 1);
    let mut plan = Plan::full();
    plan.announced = vec![(Purpose::Source(SourceKind::Microphone), microphone.ssrc)];
    world.connect(2, 2, plan);
    microphone.mid = "unknown".into();
    world.sound(2, &mut microphone, LOUD);
    world.pass(20 * MILLISECOND);
    assert_eq!(world.take(1, SlotId::STAGE_AUDIO).len(), 1);
}

#[test]
fn nothing_is_asked_of_a_publisher_for_someone_who_is_not_connected_yet() {
    let mut world = World::of(1);
    let mut camera = world.sender(1, SourceKind::Camera, None);
    world.frame(1, &mut camera, true, 1);
    world.pass(KEY_FRAME_SERVES + MILLISECOND);
    world.negotiate(2, 1, Plan::full()).unwrap();
    world.bind(2, STAGE, Some((1, SourceKind::Camera)), 360, 1);
    world.frame(1, &mut camera, false, 1);
    assert_eq!(world.take_requests(1).1, []);
    world.rebind(2);
    assert_eq!(world.take_requests(1).1, [camera.ssrc]);
    world.frame(1, &mut camera, true, 1);
    assert_eq!(world.take(2, STAGE).len(), 1);
}
