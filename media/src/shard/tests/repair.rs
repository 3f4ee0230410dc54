//! Lost packets, on both sides of the gateway.

use std::time::Duration;

use giaoban_media_types::{MemberId, SlotId, SourceKind};

use super::world::{
    LOUD, MID, MILLISECOND, Packet, Plan, REPAIRED_RID, RTX, Sender, TRANSPORT_SEQUENCE, World, packet,
};
use crate::rtcp::{self, ReportBlock};
use crate::rtp::{Ssrc, rtx};
use crate::verdict::DropReason;

const STAGE: SlotId = SlotId::STAGE_VIDEO;

/// Member 1 sees member 2, whose camera has begun.
fn watching(repair: bool) -> (World, Sender) {
    let mut world = World::new();
    let plan = Plan { repair, ..Plan::full() };
    world.join(1, plan);
    world.join(2, Plan::full());
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    world.frame(2, &mut camera, true, 4);
    (world, camera)
}

/// A retransmission by member 2 of one of his packets.
fn repair(world: &mut World, camera: &Sender, repair_sequence: u16, original: &[u8]) {
    let original = crate::rtp::Packet::parse(original).unwrap();
    let mut payload = Vec::new();
    rtx::encapsulate(&mut payload, original.header.sequence, original.payload);
    let sender = Sender { timestamp: original.header.timestamp.0, ..camera.clone() };
    let mut elements = vec![(MID, camera.mid.as_bytes().to_vec()), (TRANSPORT_SEQUENCE, vec![9, 9])];
    if let Some(rid) = camera.rid {
        elements.push((REPAIRED_RID, rid.as_bytes().to_vec()));
    }
    let ssrc = Ssrc(camera.ssrc.0 + 500_000);
    let datagram = packet(&sender, RTX, ssrc, repair_sequence, original.header.marker, &elements, &payload);
    world.datagrams(2, vec![datagram]);
}

fn split(repair: &Packet) -> (u16, &[u8]) {
    let (sequence, payload) = rtx::decapsulate(&repair.payload).unwrap();
    (sequence.0, payload)
}

#[test]
fn a_receiver_is_sent_again_exactly_what_he_lost() {
    let (mut world, _) = watching(true);
    let sent = world.take(1, STAGE);
    world.ask_again(1, STAGE, &[sent[1].header.sequence.0, sent[3].header.sequence.0]);
    let repairs = world.take_repairs(1, STAGE);
    assert_eq!(repairs.len(), 2);
    for (repair, lost) in repairs.iter().zip([&sent[1], &sent[3]]) {
        assert_eq!(split(repair), (lost.header.sequence.0, lost.payload.as_slice()));
        assert_eq!(repair.header.timestamp, lost.header.timestamp);
        assert_eq!(repair.header.marker, lost.header.marker);
        assert_eq!(repair.header.payload_type, RTX);
    }
    assert_eq!(repairs[1].header.sequence.0, repairs[0].header.sequence.0.wrapping_add(1));
    world.ask_again(1, STAGE, &[sent[1].header.sequence.0]);
    assert_eq!(split(&world.take_repairs(1, STAGE)[0]).0, sent[1].header.sequence.0);
    assert!(world.shard.transport().reuses().is_empty());
}

#[test]
fn what_was_lost_before_a_switch_is_sent_again_after_it_unchanged() {
    let (mut world, _) = watching(true);
    world.join(3, Plan::full());
    let sent = world.take(1, STAGE);
    let mut other = world.sender(3, SourceKind::Camera, None);
    world.bind(1, STAGE, Some((3, SourceKind::Camera)), 360, 2);
    world.frame(3, &mut other, true, 2);
    world.ask_again(1, STAGE, &[sent[2].header.sequence.0]);
    let repairs = world.take_repairs(1, STAGE);
    assert_eq!(split(&repairs[0]), (sent[2].header.sequence.0, sent[2].payload.as_slice()));
}

#[test]
fn a_request_is_not_answered_without_rtx_nor_for_what_was_never_sent() {
    let (mut world, _) = watching(false);
    let sent = world.take(1, STAGE);
    world.ask_again(1, STAGE, &[sent[1].header.sequence.0]);
    assert_eq!(world.take(1, STAGE), []);

    let (mut world, _) = watching(true);
    let sent = world.take(1, STAGE);
    world.ask_again(
        1,
        STAGE,
        &[sent[3].header.sequence.0.wrapping_add(1), sent[0].header.sequence.0.wrapping_sub(1)],
    );
    assert_eq!(world.take_repairs(1, STAGE), []);
    assert_eq!(world.shard.statistics().unanswered_nacks, 2);
}

#[test]
fn requests_beyond_the_bound_wait_for_the_next_tick() {
    let (mut world, mut camera) = watching(true);
    for _ in 0..10 {
        world.frame(2, &mut camera, false, 10);
    }
    let lost: Vec<u16> = world.take(1, STAGE).iter().map(|packet| packet.header.sequence.0).collect();
    world.ask_again(1, STAGE, &lost);
    world.ask_again(1, STAGE, &lost);
    assert_eq!(world.take_repairs(1, STAGE).len(), 64);
    world.pass(20 * MILLISECOND);
    world.ask_again(1, STAGE, &lost);
    assert_eq!(world.take_repairs(1, STAGE).len(), 64);
}

#[test]
fn a_packet_the_publisher_lost_is_asked_for_and_reaches_the_receiver_as_a_retransmission() {
    let (mut world, mut camera) = watching(true);
    world.take(1, STAGE);
    let frame = world.frame_packets(2, &mut camera, false, 3);
    let lost = frame[1].clone();
    world.datagrams(2, vec![frame[0].clone(), frame[2].clone()]);
    let number = camera.sequence.wrapping_sub(2);
    assert_eq!(world.take_requests(2).0, [(camera.ssrc, number)]);
    let sent = world.take(1, STAGE);
    assert_eq!(sent[1].header.sequence.0, sent[0].header.sequence.0.wrapping_add(2), "the hole stays open");
    repair(&mut world, &camera, 1, &lost);
    let late = world.take_repairs(1, STAGE);
    assert_eq!(split(&late[0]).0, sent[0].header.sequence.0.wrapping_add(1));
    world.pass(Duration::from_secs(1));
    assert_eq!(world.take_requests(2).0, []);
}

#[test]
fn an_unanswered_request_is_repeated_and_given_up() {
    let (mut world, mut camera) = watching(true);
    let frame = world.frame_packets(2, &mut camera, false, 3);
    world.datagrams(2, vec![frame[0].clone(), frame[2].clone()]);
    world.pass(Duration::from_secs(3));
    let requests = world.take_requests(2).0.len();
    assert!((5..=10).contains(&requests), "{requests} requests");
}

#[test]
fn nobody_asks_for_what_nobody_watches() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.frame(2, &mut camera, false, 1);
    let frame = world.frame_packets(2, &mut camera, false, 3);
    world.datagrams(2, vec![frame[0].clone(), frame[2].clone()]);
    world.pass(Duration::from_secs(1));
    assert_eq!(world.take_requests(2), (vec![], vec![]));
    assert_eq!(world.shard.statistics().dropped(DropReason::Unwatched), 3);
}

#[test]
fn a_browsers_probes_are_counted_and_go_nowhere() {
    let (mut world, camera) = watching(true);
    let mut copies = camera.clone();
    copies.sequence = camera.sequence.wrapping_sub(4);
    copies.timestamp = camera.timestamp.wrapping_sub(3000);
    copies.picture_id = camera.picture_id.wrapping_sub(1);
    let old = world.frame_packets(2, &mut copies, true, 1);
    world.take(1, STAGE);
    for sequence in 1..=5 {
        repair(&mut world, &camera, sequence, &old[0]);
    }
    let padding = packet(&camera, RTX, Ssrc(camera.ssrc.0 + 500_000), 6, false, &[], &[]);
    world.datagrams(2, vec![padding]);
    assert_eq!(world.shard.statistics().dropped(DropReason::Probe), 6);
    assert_eq!(world.take_repairs(1, STAGE), []);
    assert_eq!(world.take(1, STAGE), []);
}

#[test]
fn a_key_frame_whose_first_packet_was_lost_is_whole_once_it_is_repaired() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.frame(2, &mut camera, false, 1);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    let frame = world.frame_packets(2, &mut camera, true, 4);
    world.datagrams(2, frame[1..].to_vec());
    assert_eq!(world.take(1, STAGE), []);
    repair(&mut world, &camera, 1, &frame[0]);
    world.frame(2, &mut camera, false, 1);
    let sent = world.take(1, STAGE);
    assert_eq!(sent.len(), 5);
    for pair in sent.windows(2) {
        assert_eq!(pair[1].header.sequence.0, pair[0].header.sequence.0.wrapping_add(1));
    }
}

#[test]
fn layers_retransmissions_are_bound_by_repaired_rid() {
    let mut world = World::new();
    world.join(1, Plan::full());
    world.join(2, Plan { rids: vec!["q", "h"], ..Plan::full() });
    let mut low = world.sender(2, SourceKind::Camera, Some("q"));
    low.height = 180;
    world.frame(2, &mut low, true, 1);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 180, 1);
    world.frame(2, &mut low, true, 1);
    let frame = world.frame_packets(2, &mut low, false, 3);
    world.datagrams(2, vec![frame[0].clone(), frame[2].clone()]);
    repair(&mut world, &low, 1, &frame[1]);
    assert_eq!(world.take_repairs(1, STAGE).len(), 1);
}

#[test]
fn sound_is_sent_twice_to_who_loses_packets_and_only_for_as_long() {
    let mut world = World::of(3);
    let mut microphone = world.sender(2, SourceKind::Microphone, None);
    for receiver in [1, 3] {
        world.bind(receiver, SlotId::STAGE_AUDIO, Some((2, SourceKind::Microphone)), 0, 1);
    }
    let mut talk = |world: &mut World, packets: usize| {
        for _ in 0..packets {
            world.sound(2, &mut microphone, LOUD);
            world.pass(20 * MILLISECOND);
        }
        [1, 3].map(|receiver| -> Vec<u16> {
            let sent = world.take(receiver, SlotId::STAGE_AUDIO);
            sent.iter().map(|packet| packet.header.sequence.0).collect()
        })
    };
    talk(&mut world, 1);
    let ssrc = world.clients[&MemberId(1)].slots[&SlotId::STAGE_AUDIO].0;
    let block = ReportBlock {
        ssrc,
        fraction_lost: 13,
        cumulative_lost: 0,
        highest_sequence: 0,
        jitter: 0,
        last_sender_report: 0,
        delay_since_last: 0,
    };
    let mut report = Vec::new();
    rtcp::write_receiver_report(&mut report, Ssrc(1), &[block]);
    world.datagrams(1, vec![report]);
    let [lossy, clean] = talk(&mut world, 4);
    let expected = [0, 1, 0, 2, 1, 3, 2].map(|place| lossy[0].wrapping_add(place));
    assert_eq!(lossy, expected, "each once more, behind the next one");
    assert_eq!(clean.len(), 4);
    assert_eq!(world.shard.statistics().repeats, 3);
    assert!(world.shard.transport().reuses().is_empty(), "the same datagram, not sealed anew");
    world.bind(1, SlotId::STAGE_AUDIO, None, 0, 2);
    let [ended, _] = talk(&mut world, 2);
    assert_eq!(ended[0], lossy[5].wrapping_add(1), "what has left the slot is not said again");
    world.bind(1, SlotId::STAGE_AUDIO, Some((2, SourceKind::Microphone)), 0, 3);
    for _ in 0..15 {
        talk(&mut world, 100);
        world.rebind(1);
    }
    let [later, _] = talk(&mut world, 10);
    assert_eq!(later.len(), 10, "he was told of no loss for 30 s");
}
