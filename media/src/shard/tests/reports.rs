//! Reports and feedback to both sides.

use std::time::Duration;

use giaoban_media_types::{MemberId, RtpTimestamp, SlotId, SourceKind};

use super::world::{LOUD, MILLISECOND, Sender, World};
use crate::rtcp::{self, NtpTime, ReportBlock, SenderInfo};
use crate::rtp::{SequenceNumber, Ssrc};

const STAGE: SlotId = SlotId::STAGE_VIDEO;

/// Sender reports received since last asked, of one SSRC.
fn sender_reports(world: &mut World, member: u32, slot: SlotId) -> Vec<SenderInfo> {
    let ssrc = world.clients[&MemberId(member)].slots[&slot].0;
    let mut reports = Vec::new();
    world.take_control(member, |packet| {
        if let rtcp::Packet::SenderReport { sender, info, .. } = packet
            && sender == ssrc
        {
            reports.push(info);
        }
    });
    reports
}

/// The publisher's own report: his stream's next timestamp is of this moment of his clock.
fn publish_report(world: &mut World, member: u32, sender: &Sender, ntp: Duration) {
    let info =
        SenderInfo { ntp: NtpTime::new(ntp), rtp: RtpTimestamp(sender.timestamp), packets: 0, octets: 0 };
    let mut report = Vec::new();
    rtcp::write_sender_report(&mut report, sender.ssrc, &info, &[]);
    world.datagrams(member, vec![report]);
}

#[test]
fn a_slot_is_reported_at_once_and_then_every_second() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.frame(2, &mut camera, true, 1);
    publish_report(&mut world, 2, &camera, Duration::from_secs(3_900_000_000));
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    world.frame(2, &mut camera, true, 1);
    let first = sender_reports(&mut world, 1, STAGE);
    assert_eq!(first.len(), 1, "with the first packet");
    assert_eq!(first[0].packets, 1);
    for _ in 0..100 {
        world.frame(2, &mut camera, false, 1);
        world.pass(33 * MILLISECOND);
    }
    let more = sender_reports(&mut world, 1, STAGE);
    assert!((3..=4).contains(&more.len()), "{} reports in 3.3 s", more.len());
    let sent = world.take(1, STAGE);
    assert!(sent.len() > 100);
    for report in more {
        let elapsed = report.ntp.since_start() - first[0].ntp.since_start();
        let expected = first[0].rtp.0.wrapping_add(u32::try_from(elapsed.as_millis() * 90).unwrap());
        assert!(report.rtp.0.wrapping_sub(expected).cast_signed().abs() <= 90, "the clock runs evenly");
    }
}

#[test]
fn sound_and_picture_of_a_publisher_stay_in_step_across_switches() {
    let mut world = World::of(3);
    let mut streams: Vec<_> = [2, 3]
        .into_iter()
        .flat_map(|member| {
            [SourceKind::Microphone, SourceKind::Camera]
                .map(|kind| (member, kind, world.sender(member, kind, None)))
        })
        .collect();
    // Every publisher's clocks start anywhere; sound and picture are sampled at the same moments, but the
    // picture is 120 ms late on its way.
    for round in 0..20_u32 {
        for (member, kind, sender) in &mut streams {
            let ntp = NtpTime::new(Duration::from_secs(u64::from(*member) * 1000) + 33 * MILLISECOND * round);
            let late = if *kind == SourceKind::Camera { 120 * 90 } else { 0 };
            let rtp = RtpTimestamp(sender.timestamp.wrapping_add(late));
            let info = SenderInfo { ntp, rtp, packets: 0, octets: 0 };
            let mut report = Vec::new();
            rtcp::write_sender_report(&mut report, sender.ssrc, &info, &[]);
            if round == 3 {
                world.datagrams(*member, vec![report]);
            }
        }
        if round % 10 == 0 {
            let publisher = 2 + round / 10;
            world.bind(1, SlotId::STAGE_AUDIO, Some((publisher, SourceKind::Microphone)), 0, round);
            world.bind(1, STAGE, Some((publisher, SourceKind::Camera)), 360, round);
        }
        for (member, kind, sender) in &mut streams {
            if *kind == SourceKind::Camera {
                world.frame(*member, sender, true, 1);
            } else {
                world.sound(*member, sender, LOUD);
                sender.timestamp = sender.timestamp.wrapping_add(33 * 48 - 960);
            }
            // The frame's 3,000 ticks are 33.3 ms.
            if *kind == SourceKind::Camera {
                sender.timestamp = sender.timestamp.wrapping_sub(30);
            }
        }
        world.pass(33 * MILLISECOND);
        if round % 10 == 9 {
            world.pass(Duration::from_millis(1100));
            for (_, kind, sender) in &mut streams {
                let rate = if *kind == SourceKind::Camera { 90 } else { 48 };
                sender.timestamp = sender.timestamp.wrapping_add(1100 * rate);
            }
            let sound = sender_reports_of_both(&mut world);
            let last_sound = world.take(1, SlotId::STAGE_AUDIO).pop().unwrap().header.timestamp.0;
            let last_picture = world.take(1, STAGE).pop().unwrap().header.timestamp.0;
            let moment = |(info, rate): (SenderInfo, i64), timestamp: u32| {
                let ticks = i64::from(timestamp.wrapping_sub(info.rtp.0).cast_signed());
                i64::try_from(info.ntp.since_start().as_micros()).unwrap() + ticks * 1_000_000 / rate
            };
            let apart = moment((sound.0, 48_000), last_sound) - moment((sound.1, 90_000), last_picture);
            assert!((apart - 120_000).abs() <= 2_000, "sampled 120 ms apart, not {apart} µs");
        }
    }
}

fn sender_reports_of_both(world: &mut World) -> (SenderInfo, SenderInfo) {
    let slots = world.clients[&MemberId(1)].slots.clone();
    let (mut sound, mut picture) = (None, None);
    world.take_control(1, |packet| {
        if let rtcp::Packet::SenderReport { sender, info, .. } = packet {
            if sender == slots[&SlotId::STAGE_AUDIO].0 {
                sound = Some(info);
            } else if sender == slots[&STAGE].0 {
                picture = Some(info);
            }
        }
    });
    (sound.unwrap(), picture.unwrap())
}

#[test]
fn nothing_is_said_of_a_stream_by_its_arrival_until_its_publisher_has_had_time_to_report() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    let mut reported = Vec::new();
    for round in 0..100 {
        world.frame(2, &mut camera, round == 0, 1);
        camera.timestamp = camera.timestamp.wrapping_add(100 * 90 - 3_000);
        complain(&mut world, 1, STAGE, 0);
        world.pass(100 * MILLISECOND);
        reported.push(!sender_reports(&mut world, 1, STAGE).is_empty());
    }
    assert!(reported[..75].iter().all(|reported| !reported) && reported[75..].contains(&true));
}

/// The reports of a slot lie on one line: what each says of the gateway's clock at timestamp 0, in microseconds.
fn origins(reports: &[SenderInfo], rate: u64) -> Vec<u64> {
    let first = reports[0].rtp.0;
    let since = |info: &SenderInfo| u64::from(info.rtp.0.wrapping_sub(first)) * 1_000_000 / rate;
    let at = |info: &SenderInfo| u64::try_from(info.ntp.since_start().as_micros()).unwrap();
    reports.iter().map(|info| at(info) - since(info)).collect()
}

#[test]
fn the_reports_of_a_slot_stay_on_one_line_however_late_the_key_frames_of_its_sources_come() {
    let mut world = World::of(3);
    let mut cameras = [2, 3].map(|member| (member, world.sender(member, SourceKind::Camera, None)));
    let mut reports = Vec::new();
    for round in 0..240_u32 {
        for (member, camera) in &mut cameras {
            if round % 30 == 1 {
                let ntp = Duration::from_secs(1_000 * u64::from(*member)) + 33 * MILLISECOND * round;
                publish_report(&mut world, *member, camera, ntp);
            }
        }
        if round % 40 == 0 {
            let source = (2 + round / 40 % 2, SourceKind::Camera);
            world.bind(1, STAGE, Some(source), 360, round);
        }
        let key = round % 40 == 3;
        let frames = cameras.each_mut().map(|(member, camera)| {
            let frame = world.frame_packets(*member, camera, key, 1);
            camera.timestamp = camera.timestamp.wrapping_sub(30);
            (*member, frame)
        });
        // A key frame takes 90 ms to come, and delays those behind it.
        world.pass(
            if key {
                90
            } else if round % 40 == 4 || round % 40 == 5 {
                4
            } else {
                33
            } * MILLISECOND,
        );
        for (member, frame) in frames {
            world.datagrams(member, frame);
        }
        if round % 40 == 5 {
            world.pass(MILLISECOND);
        }
        complain(&mut world, 1, STAGE, 0);
        reports.extend(sender_reports(&mut world, 1, STAGE));
    }
    assert!(reports.len() >= 12, "{} reports", reports.len());
    let origins = origins(&reports, 90_000);
    let step = origins.windows(2).map(|pair| pair[0].abs_diff(pair[1])).max().unwrap();
    assert!(step <= 5_000, "{step} µs, {origins:?}");
}

#[test]
fn a_microphone_whose_clock_stood_still_goes_on_at_the_slots_own_time() {
    let mut world = World::of(2);
    let mut microphone = world.sender(2, SourceKind::Microphone, None);
    world.bind(1, SlotId::STAGE_AUDIO, Some((2, SourceKind::Microphone)), 0, 1);
    for _ in 0..10 {
        world.sound(2, &mut microphone, LOUD);
        world.pass(20 * MILLISECOND);
    }
    let before = world.take(1, SlotId::STAGE_AUDIO).pop().unwrap().header;
    world.pass(Duration::from_secs(3));
    world.sound(2, &mut microphone, LOUD);
    let after = world.take(1, SlotId::STAGE_AUDIO).pop().unwrap().header;
    assert_eq!(after.timestamp.0.wrapping_sub(before.timestamp.0), 3_020 * 48);
    assert!(after.marker, "sound begins again");
}

#[test]
fn a_publisher_is_told_when_each_packet_arrived() {
    let mut world = World::of(2);
    let mut microphone = world.sender(2, SourceKind::Microphone, None);
    for _ in 0..50 {
        world.sound(2, &mut microphone, LOUD);
        world.pass(20 * MILLISECOND);
    }
    world.pass(100 * MILLISECOND);
    let (mut reports, mut numbers) = (0, Vec::new());
    world.take_control(2, |packet| {
        if let rtcp::Packet::TransportFeedback(feedback) = packet {
            reports += 1;
            numbers.extend(
                feedback.statuses().filter(|status| status.arrival.is_some()).map(|status| status.sequence.0),
            );
        }
    });
    assert_eq!(numbers, (1..=50).collect::<Vec<u16>>());
    assert!((9..=12).contains(&reports), "{reports} reports in 1.1 s");
}

#[test]
fn a_publisher_is_told_what_was_lost() {
    let mut world = World::of(2);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    for _ in 0..40 {
        let frame = world.frame_packets(2, &mut camera, false, 4);
        world.datagrams(2, frame[..3].to_vec());
        world.pass(33 * MILLISECOND);
    }
    let mut blocks: Vec<ReportBlock> = Vec::new();
    world.take_control(2, |packet| {
        if let rtcp::Packet::ReceiverReport { reports, .. } = packet {
            blocks.extend(reports);
        }
    });
    let last = blocks.last().unwrap();
    assert_eq!(last.ssrc, camera.ssrc);
    assert!((60..=68).contains(&last.fraction_lost), "a quarter, not {} of 256", last.fraction_lost);
}

fn complain(world: &mut World, member: u32, slot: SlotId, fraction_lost: u8) {
    let (ssrc, _) = world.clients[&MemberId(member)].slots[&slot];
    let block = ReportBlock {
        ssrc,
        fraction_lost,
        cumulative_lost: 0,
        highest_sequence: 0,
        jitter: 0,
        last_sender_report: 0,
        delay_since_last: 0,
    };
    let mut report = Vec::new();
    rtcp::write_receiver_report(&mut report, Ssrc(1), &[block]);
    world.datagrams(member, vec![report]);
}

#[test]
fn a_speaker_is_told_the_worst_loss_of_those_who_hear_him_up_to_a_tenth() {
    let mut world = World::of(3);
    let mut microphone = world.sender(2, SourceKind::Microphone, None);
    for member in [1, 3] {
        world.bind(member, SlotId::STAGE_AUDIO, Some((2, SourceKind::Microphone)), 0, 1);
    }
    let mut told = Vec::new();
    for _ in 0..250 {
        world.sound(2, &mut microphone, LOUD);
        complain(&mut world, 3, SlotId::STAGE_AUDIO, 128);
        world.pass(20 * MILLISECOND);
    }
    world.take_control(2, |packet| {
        if let rtcp::Packet::ReceiverReport { reports, .. } = packet {
            told.extend(reports.into_iter().map(|block| block.fraction_lost));
        }
    });
    assert_eq!(told.last(), Some(&26));
}

#[test]
fn the_round_trip_of_a_receivers_reports_paces_requests_to_him() {
    let mut world = World::of(2);
    let mut own = world.sender(1, SourceKind::Camera, None);
    let mut camera = world.sender(2, SourceKind::Camera, None);
    world.bind(1, STAGE, Some((2, SourceKind::Camera)), 360, 1);
    world.bind(2, STAGE, Some((1, SourceKind::Camera)), 360, 1);
    world.frame(1, &mut own, true, 1);
    publish_report(&mut world, 1, &own, Duration::from_secs(3_900_000_000));
    world.frame(2, &mut camera, true, 1);
    world.pass(Duration::from_millis(1_000));
    let report = sender_reports(&mut world, 2, STAGE).pop().unwrap();
    world.pass(400 * MILLISECOND);
    let (ssrc, _) = world.clients[&MemberId(2)].slots[&STAGE];
    let block = ReportBlock {
        ssrc,
        fraction_lost: 0,
        cumulative_lost: 0,
        highest_sequence: 0,
        jitter: 0,
        last_sender_report: report.ntp.middle(),
        delay_since_last: 0,
    };
    let mut reply = Vec::new();
    rtcp::write_receiver_report(&mut reply, Ssrc(1), &[block]);
    world.datagrams(2, vec![reply]);
    let frame = world.frame_packets(2, &mut camera, false, 3);
    world.datagrams(2, vec![frame[0].clone(), frame[2].clone()]);
    world.pass(900 * MILLISECOND);
    let requests = world.take_requests(2).0.len();
    assert_eq!(requests, 2, "once, and again after 500 ms");
}

#[test]
fn malformed_rtcp_is_counted_and_does_nothing() {
    let mut world = World::of(1);
    let before = world.shard.statistics();
    world.datagrams(1, vec![vec![0x80, 200, 0, 9, 1, 2, 3, 4]]);
    let after = world.shard.statistics();
    assert_eq!(
        after.dropped(crate::verdict::DropReason::Malformed),
        before.dropped(crate::verdict::DropReason::Malformed) + 1
    );
    let mut unknown = Vec::new();
    rtcp::write_nack(&mut unknown, Ssrc(1), Ssrc(2), [SequenceNumber(3)]);
    world.datagrams(1, vec![unknown]);
    assert_eq!(world.shard.statistics().unanswered_nacks, 0);
}
