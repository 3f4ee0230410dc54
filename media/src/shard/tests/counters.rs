//! What the shard counts of each member's connection.

use std::time::Duration;

use giaoban_media_types::{Command, Event, MemberCounters, MemberId, RtpTimestamp, SlotId, SourceKind};

use super::world::{CONFERENCE, MILLISECOND, World};
use crate::rtcp::{self, NtpTime, ReportBlock, SenderInfo};

const STAGE: SlotId = SlotId::STAGE_VIDEO;

fn measured(world: &mut World) -> Vec<MemberCounters> {
    world.events.clear();
    world.command(Command::Measure { conference: CONFERENCE });
    let found = world.events.iter().find_map(|event| match event {
        Event::Measured { members, .. } => Some(members.clone()),
        _ => None,
    });
    found.expect("an answer")
}

#[test]
fn what_a_publisher_sends_and_loses_is_counted() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    for number in 0..10 {
        if number == 4 {
            // Lost on its way.
            world.frame_packets(2, &mut camera, false, 1);
        } else {
            world.frame(2, &mut camera, number == 0, 1);
        }
        world.pass(33 * MILLISECOND);
    }
    let members = measured(&mut world);
    let of = |member| members.iter().find(|counters| counters.member == MemberId(member)).unwrap();
    assert_eq!((of(2).uplink.expected, of(2).uplink.lost), (10, 1));
    assert!(of(2).uplink.bytes > 0, "{:?}", of(2).uplink);
    assert!(of(2).is_open && of(2).sends > 0);
    assert_eq!(of(1).uplink.expected, 0);
}

#[test]
fn what_a_receiver_says_is_counted() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.frame(2, &mut camera, true, 1);
    let info = SenderInfo {
        ntp: NtpTime::new(Duration::from_secs(3_900_000_000)),
        rtp: RtpTimestamp(camera.timestamp),
        packets: 0,
        octets: 0,
    };
    let mut report = Vec::new();
    rtcp::write_sender_report(&mut report, camera.ssrc, &info, &[]);
    world.datagrams(2, vec![report]);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    for _ in 0..20 {
        world.frame(2, &mut camera, false, 1);
        world.pass(33 * MILLISECOND);
    }
    let sent = u64::try_from(world.take(1, STAGE).len()).unwrap();
    let mut middle = 0;
    let slot = world.clients[&MemberId(1)].slots[&STAGE].0;
    world.take_control(1, |packet| {
        if let rtcp::Packet::SenderReport { sender, info, .. } = packet
            && sender == slot
        {
            middle = info.ntp.middle();
        }
    });
    let block = ReportBlock {
        ssrc: slot,
        fraction_lost: 20,
        cumulative_lost: 3,
        highest_sequence: 0,
        jitter: 900,
        last_sender_report: middle,
        delay_since_last: 0,
    };
    let mut report = Vec::new();
    rtcp::write_receiver_report(&mut report, slot, &[block]);
    world.datagrams(1, vec![report]);
    let members = measured(&mut world);
    let receiver = members.iter().find(|counters| counters.member == MemberId(1)).unwrap();
    assert_eq!((receiver.downlink.expected, receiver.downlink.lost), (sent, 3));
    assert_eq!(receiver.downlink.jitter, Duration::from_millis(10), "900 ticks of 90 kHz");
    assert!(receiver.downlink.bytes > 0 && receiver.receives > 0);
    assert!(receiver.round_trip.is_some(), "by its report");
    assert_eq!(members.iter().find(|counters| counters.member == MemberId(2)).unwrap().round_trip, None);
}
