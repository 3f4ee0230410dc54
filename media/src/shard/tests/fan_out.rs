//! Turns of bounded work, and messages for GSO.

use giaoban_media_types::{SlotId, SourceKind};

use super::world::{LOUD, Plan, World};
use crate::shard::{Datagram, TURN_BUDGET};

const STAGE: SlotId = SlotId::STAGE_VIDEO;
const LISTENERS: u32 = 300;

/// Member 1 is seen and heard by many.
fn auditorium() -> World {
    let mut world = World::new();
    world.join(1, Plan::full());
    for member in 2..2 + LISTENERS {
        world.join(member, Plan::new(&[], &[SlotId::STAGE_AUDIO, STAGE]));
        world.bind(member, STAGE, Some((1, SourceKind::Camera)), 360, 1);
        world.bind(member, SlotId::STAGE_AUDIO, Some((1, SourceKind::Microphone)), 0, 1);
    }
    world
}

#[test]
fn a_great_key_frame_takes_several_turns_and_sound_overtakes_it() {
    let mut world = auditorium();
    let mut camera = world.sender(1, SourceKind::Camera, None);
    let mut microphone = world.sender(1, SourceKind::Microphone, None);
    world.frame(1, &mut camera, true, 20);
    let seen = |world: &mut World| -> usize {
        (2..2 + LISTENERS).map(|member| world.take(member, STAGE).len()).sum()
    };
    let mut pictures = seen(&mut world);
    assert_eq!(pictures, TURN_BUDGET, "one turn's work");
    assert_eq!(world.shard.next_timeout(), Some(world.now), "the rest is due at once");

    world.sound(1, &mut microphone, LOUD);
    let turns = (LISTENERS as usize).div_ceil(TURN_BUDGET);
    for _ in 1..turns {
        world.shard.handle_timeout(world.now);
        world.drain();
    }
    for member in 2..2 + LISTENERS {
        assert_eq!(world.take(member, SlotId::STAGE_AUDIO).len(), 1);
    }
    pictures += seen(&mut world);
    assert_eq!(pictures, (1 + turns) * TURN_BUDGET - LISTENERS as usize, "the sounds went before them");
    world.pass(std::time::Duration::ZERO);
    pictures += seen(&mut world);
    assert_eq!(pictures, 20 * LISTENERS as usize);
    assert_ne!(world.shard.next_timeout(), Some(world.now));
    assert!(world.shard.transport().reuses().is_empty());
}

#[test]
fn the_pieces_of_a_frame_leave_as_one_message_for_each_receiver() {
    let mut world = World::of(3);
    for member in [2, 3] {
        world.bind(member, STAGE, Some((1, SourceKind::Camera)), 360, 1);
    }
    let mut camera = world.sender(1, SourceKind::Camera, None);
    world.frame(1, &mut camera, true, 1);
    let mut frame = world.frame_packets(1, &mut camera, false, 6);
    for (packet, length) in frame.iter_mut().zip([1099, 1100, 1099, 1100, 1100, 640]) {
        packet.truncate(length);
    }
    let from = world.clients.values().next().unwrap().address;
    let mut batch: Vec<_> = frame.iter_mut().map(|contents| Datagram { from, contents }).collect();
    world.shard.handle_datagrams(world.now, &mut batch);
    let mut messages = 0;
    while let Some(transmit) = world.shard.poll_transmit() {
        let segment = transmit.segment_size.expect("several segments");
        assert_eq!(transmit.contents.len().div_ceil(segment), 6);
        messages += 1;
    }
    assert_eq!(messages, 2);
}

#[test]
fn the_same_seed_makes_the_same_stream() {
    let run = || {
        let mut world = World::of(3);
        world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
        let mut camera = world.sender(2, SourceKind::Camera, None);
        world.frame(2, &mut camera, true, 5);
        world.clients.into_values().map(|client| (client.answer, client.inbox)).collect::<Vec<_>>()
    };
    assert_eq!(run(), run());
}
