use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::sequence::truncate;
use crate::testing;

const VIDEO_RATE: u32 = 90_000;

fn numbers(index: u64, timestamp: u32, picture_id: u16) -> Numbers {
    Numbers {
        index: PacketIndex(index),
        timestamp: RtpTimestamp(timestamp),
        picture_id: Some(picture_id),
        tl0_index: Some((picture_id & 0xFF) as u8),
        frame_number: Some(picture_id.wrapping_mul(3)),
    }
}

fn sent(passage: Passage) -> Numbers {
    match passage {
        Passage::Next(numbers) => numbers,
        other => panic!("not sent as the next packet: {other:?}"),
    }
}

/// A source whose packet has just been captured.
fn begin<S: Copy + PartialEq>(slot: &mut Rewriter<S>, now: Instant, source: S, packet: &Numbers) {
    slot.begin(now, source, packet, Standing { present: packet.timestamp, newest: packet.timestamp });
}

#[test]
fn the_first_source_keeps_its_own_timestamp_and_takes_the_slots_numbers() {
    let now = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, 1, PacketIndex(100));
    let packet = numbers(70_000, 5, 7);
    begin(&mut slot, now, 'a', &packet);
    let out = sent(slot.pass(&packet));
    assert_eq!((out.index, out.timestamp), (PacketIndex(100), RtpTimestamp(5)));
}

#[test]
fn a_switch_goes_on_by_one_and_by_the_time_that_passed() {
    let now = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, 1, PacketIndex(100));
    begin(&mut slot, now, 'a', &numbers(10, 1000, 7));
    sent(slot.pass(&numbers(10, 1000, 7)));
    let later = now + Duration::from_millis(200);
    begin(&mut slot, later, 'b', &numbers(9_000, 77, 0x7FFE));
    let out = sent(slot.pass(&numbers(9_000, 77, 0x7FFE)));
    assert_eq!(
        out,
        Numbers {
            index: PacketIndex(101),
            timestamp: RtpTimestamp(1000 + 18_000),
            picture_id: Some(8),
            tl0_index: Some(8),
            frame_number: Some(22),
        }
    );
}

#[test]
fn a_slots_clock_is_the_gateways_however_long_its_sources_packets_were_under_way() {
    let start = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, 1, PacketIndex(0));
    let standing = |timestamp: u32, late: u32| Standing {
        present: RtpTimestamp(timestamp + late * 90),
        newest: RtpTimestamp(timestamp),
    };
    for (place, late) in (0..).zip([20, 150, 40, 110, 20, 150]) {
        let now = start + Duration::from_secs(place);
        let timestamp = 7_000_000 * u32::try_from(place).unwrap();
        let packet = numbers(10, timestamp, 0);
        slot.begin(now, place, &packet, standing(timestamp, late));
        let Numbers { timestamp: sent, .. } = sent(slot.pass(&packet));
        let captured = u32::try_from(place).unwrap() * 90_000 + 20 * 90 - late * 90;
        assert_eq!(sent.0, captured, "captured {late} ms before it is sent");
    }
}

#[test]
fn what_came_before_a_switch_is_caught_up_with_and_then_time_goes_on() {
    let start = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, 1, PacketIndex(0));
    begin(&mut slot, start, 'a', &numbers(10, 1000, 0));
    sent(slot.pass(&numbers(10, 1000, 0)));
    // 30 ms later: a key frame of 300 ms ago and nine frames since.
    let now = start + Duration::from_millis(30);
    let frame = |place: u32| numbers(100 + u64::from(place), 500_000 + place * 3000, 0);
    let standing = Standing { present: RtpTimestamp(527_000), newest: RtpTimestamp(527_000) };
    slot.begin(now, 'b', &frame(0), standing);
    let sent: Vec<Numbers> = (0..12).map(|place| sent(slot.pass(&frame(place)))).collect();
    assert!(sent.windows(2).all(|pair| is_ahead(pair[1].timestamp.0, pair[0].timestamp.0)));
    assert_eq!(sent[0].timestamp.0, 1001);
    let captured: Vec<u32> = sent[9..].iter().map(|numbers| numbers.timestamp.0).collect();
    assert_eq!(captured, [3_700, 6_700, 9_700], "the newest is at its own time, and so is what follows");
    for place in 0..12 {
        let numbers = sent[place as usize];
        assert_eq!(slot.repeat(truncate(numbers.index), &frame(place)), Some(numbers));
    }
    assert_eq!(slot.timestamp(RtpTimestamp(527_000)), Some(RtpTimestamp(3_700)), "for sender reports");
}

#[test]
fn pictures_captured_before_the_last_one_sent_are_moved_together_until_they_are_on_time() {
    let start = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, 1, PacketIndex(0));
    begin(&mut slot, start, 'a', &numbers(10, 9_000, 0));
    sent(slot.pass(&numbers(10, 9_000, 0)));
    let late = Standing { present: RtpTimestamp(18_000), newest: RtpTimestamp(0) };
    slot.begin(start, 'b', &numbers(10, 0, 0), late);
    assert_eq!(sent(slot.pass(&numbers(10, 0, 0))).timestamp, RtpTimestamp(9_001));
    // 200 ms late: for 400 ms they are half as far apart.
    assert_eq!(sent(slot.pass(&numbers(11, 3_000, 1))).timestamp, RtpTimestamp(10_500));
    assert_eq!(sent(slot.pass(&numbers(22, 36_000, 2))).timestamp, RtpTimestamp(27_000));
    assert_eq!(sent(slot.pass(&numbers(23, 39_000, 3))).timestamp, RtpTimestamp(30_000));
    assert_eq!(slot.timestamp(RtpTimestamp(39_000)), Some(RtpTimestamp(30_000)), "for sender reports");
}

#[test]
fn a_picture_that_has_stood_for_long_is_soon_followed_at_the_right_time() {
    let start = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, 1, PacketIndex(0));
    begin(&mut slot, start, 'a', &numbers(10, 900_000, 0));
    sent(slot.pass(&numbers(10, 900_000, 0)));
    let standing = Standing { present: RtpTimestamp(360_000), newest: RtpTimestamp(0) };
    slot.begin(start, 'b', &numbers(10, 0, 0), standing);
    assert_eq!(sent(slot.pass(&numbers(10, 0, 0))).timestamp, RtpTimestamp(900_001));
    let soon = 360_000 + 18_000 + 1;
    assert_eq!(sent(slot.pass(&numbers(11, soon, 1))).timestamp, RtpTimestamp(900_000 + 18_000 + 1));
}

#[test]
fn a_source_whose_clock_is_not_to_be_believed_begins_now() {
    let start = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, 1, PacketIndex(0));
    begin(&mut slot, start, 0_u32, &numbers(10, 0, 0));
    sent(slot.pass(&numbers(10, 0, 0)));
    let now = start + Duration::from_secs(1);
    for present in [1_000_000, 0x9000_0000] {
        let standing = Standing { present: RtpTimestamp(present), newest: RtpTimestamp(77) };
        slot.begin(now, present, &numbers(10, 77, 0), standing);
        let expected = slot.newest.map_or(0, |newest| newest.timestamp.0 + 1).max(90_000);
        assert_eq!(sent(slot.pass(&numbers(10, 77, 0))).timestamp.0, expected);
    }
}

#[test]
fn one_sound_follows_another_without_a_hole_and_the_gateways_silence_fits_between() {
    let start = testing::start();
    let mut slot = Rewriter::new(48_000, 960, PacketIndex(50));
    assert_eq!(slot.insert(), None, "before a sound there is nothing to end");
    begin(&mut slot, start, 'a', &numbers(10, 0, 0));
    sent(slot.pass(&numbers(10, 0, 0)));
    let now = start + Duration::from_millis(13);
    begin(&mut slot, now, 'b', &numbers(900, 5_000, 0));
    let first = sent(slot.pass(&numbers(900, 5_000, 0)));
    let second = sent(slot.pass(&numbers(901, 5_960, 0)));
    assert_eq!((first.timestamp.0, second.timestamp.0), (960, 1920));
    let silence = [slot.insert().unwrap(), slot.insert().unwrap()];
    assert_eq!(silence.map(|numbers| (numbers.index.0, numbers.timestamp.0)), [(53, 2880), (54, 3840)]);
    assert_eq!(slot.find(truncate(silence[1].index)), None, "it is nobody's packet");
    assert_eq!(slot.repeat(truncate(silence[0].index), &numbers(902, 6_920, 0)), None);
    assert_eq!(slot.pass(&numbers(902, 6_920, 0)), Passage::Before);
    assert_eq!(slot.timestamp(RtpTimestamp(0)), None);
    let later = now + Duration::from_secs(1);
    begin(&mut slot, later, 'b', &numbers(950, 53_000, 0));
    let third = sent(slot.pass(&numbers(950, 53_000, 0)));
    assert_eq!((third.index.0, third.timestamp.0), (55, 1013 * 48));
    assert_eq!(slot.find(truncate(second.index)), Some(Sent { source: 'b', index: PacketIndex(901) }));
}

#[test]
fn the_next_source_begins_where_the_last_report_says() {
    let start = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, 1, PacketIndex(100));
    begin(&mut slot, start, 'a', &numbers(10, 1000, 7));
    sent(slot.pass(&numbers(10, 1000, 7)));
    let now = start + Duration::from_secs(1);
    slot.reported(now, RtpTimestamp(93_000));
    slot.reported(now, RtpTimestamp(0x4000_0000));
    let later = now + Duration::from_millis(100);
    begin(&mut slot, later, 'b', &numbers(5, 77, 1));
    let out = sent(slot.pass(&numbers(5, 77, 1)));
    assert_eq!(out.timestamp, RtpTimestamp(93_000 + 9_000), "a wild report counts for nothing");
}

/// A sound whose packets are `late` ms under way, from the one captured at `now - late` on.
fn begin_late(slot: &mut Rewriter<u32>, now: Instant, source: u32, late: u32) -> Vec<Passage> {
    let first = source * 777;
    let standing = Standing { present: RtpTimestamp(first + late * 48), newest: RtpTimestamp(first) };
    slot.begin(now, source, &numbers(500, first, 0), standing);
    (0..8).map(|place| slot.pass(&numbers(500 + u64::from(place), first + place * 960, 0))).collect()
}

#[test]
fn a_sound_captured_before_the_end_of_the_one_before_it_begins_with_the_packet_that_follows_that_one() {
    let start = testing::start();
    let mut slot = Rewriter::new(48_000, 960, PacketIndex(70));
    begin(&mut slot, start, 1, &numbers(10, 0, 0));
    sent(slot.pass(&numbers(10, 0, 0)));
    let passages = begin_late(&mut slot, start, 2, 70);
    // Captured at −70, −50, −30 and −10 ms, and 10 ms; the one before ended at 20 ms.
    assert!(passages[..4].iter().all(|passage| *passage == Passage::Before), "{passages:?}");
    let rest: Vec<Numbers> = passages[4..].iter().map(|passage| sent(*passage)).collect();
    let expected = [(71, 960), (72, 1920), (73, 2880), (74, 3840)];
    assert_eq!(
        rest.iter().map(|numbers| (numbers.index.0, numbers.timestamp.0)).collect::<Vec<_>>(),
        expected
    );
    assert_eq!(
        slot.timestamp(RtpTimestamp(2 * 777)),
        Some(RtpTimestamp(0_u32.wrapping_sub(70 * 48))),
        "for sender reports"
    );
    let (sequence, packet) = (truncate(rest[0].index), numbers(504, 2 * 777 + 4 * 960, 0));
    assert_eq!(slot.find(sequence), Some(Sent { source: 2, index: PacketIndex(504) }));
    assert_eq!(slot.repeat(sequence, &packet), Some(rest[0]));
}

#[test]
fn a_sound_keeps_to_its_capture_within_a_packet_whatever_it_follows() {
    let start = testing::start();
    let mut slot = Rewriter::new(48_000, 960, PacketIndex(0));
    begin(&mut slot, start, 0, &numbers(10, 0, 0));
    sent(slot.pass(&numbers(10, 0, 0)));
    for (source, late) in (1..).zip([12, 57, 12, 90, 33, 41, 200, 15]) {
        let now = start + Duration::from_secs(u64::from(source));
        let first =
            begin_late(&mut slot, now, source, late).into_iter().zip(0_u32..).find_map(|(passage, place)| {
                match passage {
                    Passage::Next(numbers) => Some((place, numbers.timestamp.0)),
                    _ => None,
                }
            });
        let Some((place, timestamp)) = first else { panic!("nothing of {source} passed") };
        let captured = slot.timestamp(RtpTimestamp(source * 777 + place * 960)).unwrap().0;
        assert_eq!(captured, (source * 1000 + place * 20 - late) * 48);
        let early = captured.wrapping_sub(timestamp).cast_signed();
        assert!((-480..=960).contains(&early), "{source}: {early} ticks early");
        slot.reported(now, slot.timestamp(RtpTimestamp(source * 777 + late * 48)).unwrap());
    }
}

#[test]
fn a_sound_follows_another_without_a_hole_of_less_than_a_packet_and_leaves_the_slots_clock_alone() {
    let start = testing::start();
    let mut slot = Rewriter::new(48_000, 960, PacketIndex(0));
    let begun = [('a', 0), ('b', 35), ('c', 1000)].map(|(source, milliseconds)| {
        let now = start + Duration::from_millis(milliseconds);
        let packet = numbers(10, 0, 0);
        begin(&mut slot, now, source, &packet);
        slot.reported(now, slot.timestamp(packet.timestamp).unwrap());
        sent(slot.pass(&packet)).timestamp.0
    });
    assert_eq!(begun, [0, 960, 48_000]);
}

#[test]
fn a_source_whose_clock_stood_still_begins_at_the_slots_own_time() {
    let now = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, 1, PacketIndex(100));
    begin(&mut slot, now, 'a', &numbers(10, 1000, 7));
    sent(slot.pass(&numbers(10, 1000, 7)));
    let later = now + Duration::from_secs(60);
    begin(&mut slot, later, 'a', &numbers(11, 4000, 8));
    assert_eq!(sent(slot.pass(&numbers(11, 4000, 8))).timestamp, RtpTimestamp(1000 + 60 * 90_000));
}

#[test]
fn two_pictures_at_the_same_moment_have_two_timestamps() {
    let now = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, 1, PacketIndex(0));
    begin(&mut slot, now, 'a', &numbers(10, 1000, 7));
    sent(slot.pass(&numbers(10, 1000, 7)));
    begin(&mut slot, now, 'b', &numbers(10, 1000, 7));
    assert_eq!(sent(slot.pass(&numbers(10, 1000, 7))).timestamp, RtpTimestamp(1001));
}

#[test]
fn a_hole_of_the_source_stays_a_hole_and_its_late_packet_fits_it() {
    let now = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, 1, PacketIndex(100));
    begin(&mut slot, now, 'a', &numbers(10, 0, 0));
    sent(slot.pass(&numbers(10, 0, 0)));
    assert_eq!(sent(slot.pass(&numbers(12, 0, 0))).index, PacketIndex(102));
    let Passage::Late(out) = slot.pass(&numbers(11, 0, 0)) else { panic!("it came too late to be next") };
    assert_eq!(out.index, PacketIndex(101));
}

#[test]
fn packets_older_than_the_beginning_do_not_pass() {
    let now = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, 1, PacketIndex(100));
    assert_eq!(slot.pass(&numbers(10, 0, 0)), Passage::Before);
    begin(&mut slot, now, 'a', &numbers(10, 0, 0));
    assert_eq!(slot.pass(&numbers(9, 0, 0)), Passage::Before);
}

#[test]
fn a_jump_of_the_publishers_numbers_is_not_passed_on() {
    let now = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, 1, PacketIndex(100));
    begin(&mut slot, now, 'a', &numbers(10, 0, 0));
    sent(slot.pass(&numbers(10, 0, 0)));
    let far = numbers(12 + LARGEST_JUMP, 90, 1);
    assert_eq!(slot.pass(&far), Passage::Jump);
    begin(&mut slot, now, 'a', &far);
    let out = sent(slot.pass(&far));
    assert_eq!(
        (out.index, out.timestamp),
        (PacketIndex(101), RtpTimestamp(90)),
        "the same source keeps its clock"
    );
}

#[test]
fn a_resend_after_a_switch_repeats_the_first_sending() {
    let now = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, 1, PacketIndex(16_000));
    begin(&mut slot, now, 'a', &numbers(500, 40, 3));
    let first = sent(slot.pass(&numbers(500, 40, 3)));
    begin(&mut slot, now, 'b', &numbers(9, 1, 1));
    sent(slot.pass(&numbers(9, 1, 1)));
    let sequence = truncate(first.index);
    assert_eq!(slot.find(sequence), Some(Sent { source: 'a', index: PacketIndex(500) }));
    assert_eq!(slot.repeat(sequence, &numbers(500, 40, 3)), Some(first));
    assert_eq!(slot.repeat(sequence, &numbers(501, 40, 3)), None);
}

#[test]
fn what_was_never_sent_is_not_found() {
    let slot: Rewriter<char> = Rewriter::new(VIDEO_RATE, 1, PacketIndex(100));
    assert_eq!(slot.find(SequenceNumber(99)), None);
    assert_eq!(slot.find(SequenceNumber(100)), None);
}

#[test]
fn a_source_whose_clock_runs_backwards_does_not_take_the_next_one_with_it() {
    let now = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, 1, PacketIndex(100));
    begin(&mut slot, now, 'a', &numbers(10, 90_000, 0));
    sent(slot.pass(&numbers(10, 90_000, 0)));
    sent(slot.pass(&numbers(11, 0, 1)));
    begin(&mut slot, now, 'b', &numbers(10, 5, 0));
    assert_eq!(sent(slot.pass(&numbers(10, 5, 0))).timestamp, RtpTimestamp(90_001));
}

#[derive(Debug, Clone)]
enum Step {
    Packet { gap: u64 },
    Late { back: u64 },
    Switch { index: u64, timestamp: u32, picture_id: u16 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (1_u64..6000).prop_map(|gap| Step::Packet { gap: if gap > 5000 { gap } else { gap % 3 + 1 } }),
        2 => (1_u64..20).prop_map(|back| Step::Late { back }),
        1 => (0_u64..1 << 40, any::<u32>(), 0_u16..0x8000)
            .prop_map(|(index, timestamp, picture_id)| Step::Switch { index, timestamp, picture_id }),
    ]
}

proptest! {
    #[test]
    fn whatever_the_sources_do_the_slot_is_one_stream(
        first in 0_u64..1 << 14,
        steps in prop::collection::vec(step(), 1..200),
    ) {
        let mut now = testing::start();
        let mut slot = Rewriter::new(VIDEO_RATE, 1, PacketIndex(first));
        let mut source = 0;
        let mut packet = numbers(1 << 20, 0, 0);
        begin(&mut slot, now, source, &packet);
        let mut last: Option<Numbers> = None;
        for step in steps {
            now += Duration::from_millis(33);
            let begins = match step {
                Step::Packet { gap } => {
                    packet.index.0 += gap;
                    packet.timestamp.0 = packet.timestamp.0.wrapping_add(3000);
                    packet.picture_id = packet.picture_id.map(|id| (id + 1) & 0x7FFF);
                    packet.tl0_index = packet.tl0_index.map(|index| index.wrapping_add(1));
                    packet.frame_number = packet.frame_number.map(|number| number.wrapping_add(1));
                    false
                }
                Step::Late { back } => {
                    let mut late = packet;
                    late.index.0 = late.index.0.saturating_sub(back);
                    prop_assert!(!matches!(slot.pass(&late), Passage::Next(_)) || last.is_none());
                    continue;
                }
                Step::Switch { index, timestamp, picture_id } => {
                    source += 1;
                    packet = numbers(index, timestamp, picture_id);
                    begin(&mut slot, now, source, &packet);
                    true
                }
            };
            let mut passage = slot.pass(&packet);
            let jumped = passage == Passage::Jump;
            if jumped {
                begin(&mut slot, now, source, &packet);
                passage = slot.pass(&packet);
            }
            let out = sent(passage);
            if let Some(last) = last {
                prop_assert!(out.index > last.index);
                prop_assert!(out.index.0 - last.index.0 <= LARGEST_JUMP + 1);
                prop_assert!(is_ahead(out.timestamp.0, last.timestamp.0));
                if begins || jumped {
                    prop_assert_eq!(out.index.0, last.index.0 + 1);
                }
                prop_assert_eq!(out.picture_id, last.picture_id.map(|id| (id + 1) & 0x7FFF));
                prop_assert_eq!(out.tl0_index, last.tl0_index.map(|index| index.wrapping_add(1)));
                prop_assert_eq!(out.frame_number, last.frame_number.map(|number| number.wrapping_add(1)));
            }
            let found = slot.find(truncate(out.index));
            prop_assert_eq!(found, Some(Sent { source, index: packet.index }));
            last = Some(out);
        }
    }
}
