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

#[test]
fn the_first_source_keeps_its_own_timestamp_and_takes_the_slots_numbers() {
    let now = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, PacketIndex(100));
    let packet = numbers(70_000, 5, 7);
    slot.begin(now, 'a', &packet);
    let out = sent(slot.pass(now, &packet));
    assert_eq!((out.index, out.timestamp), (PacketIndex(100), RtpTimestamp(5)));
}

#[test]
fn a_switch_goes_on_by_one_and_by_the_time_that_passed() {
    let now = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, PacketIndex(100));
    slot.begin(now, 'a', &numbers(10, 1000, 7));
    sent(slot.pass(now, &numbers(10, 1000, 7)));
    let later = now + Duration::from_millis(200);
    slot.begin(later, 'b', &numbers(9_000, 77, 0x7FFE));
    let out = sent(slot.pass(later, &numbers(9_000, 77, 0x7FFE)));
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
fn two_pictures_at_the_same_moment_have_two_timestamps() {
    let now = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, PacketIndex(0));
    slot.begin(now, 'a', &numbers(10, 1000, 7));
    sent(slot.pass(now, &numbers(10, 1000, 7)));
    slot.begin(now, 'b', &numbers(10, 1000, 7));
    assert_eq!(sent(slot.pass(now, &numbers(10, 1000, 7))).timestamp, RtpTimestamp(1001));
}

#[test]
fn a_hole_of_the_source_stays_a_hole_and_its_late_packet_fits_it() {
    let now = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, PacketIndex(100));
    slot.begin(now, 'a', &numbers(10, 0, 0));
    sent(slot.pass(now, &numbers(10, 0, 0)));
    assert_eq!(sent(slot.pass(now, &numbers(12, 0, 0))).index, PacketIndex(102));
    let Passage::Late(out) = slot.pass(now, &numbers(11, 0, 0)) else {
        panic!("it came too late to be next")
    };
    assert_eq!(out.index, PacketIndex(101));
}

#[test]
fn packets_older_than_the_beginning_do_not_pass() {
    let now = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, PacketIndex(100));
    assert_eq!(slot.pass(now, &numbers(10, 0, 0)), Passage::Before);
    slot.begin(now, 'a', &numbers(10, 0, 0));
    assert_eq!(slot.pass(now, &numbers(9, 0, 0)), Passage::Before);
}

#[test]
fn a_jump_of_the_publishers_numbers_is_not_passed_on() {
    let now = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, PacketIndex(100));
    slot.begin(now, 'a', &numbers(10, 0, 0));
    sent(slot.pass(now, &numbers(10, 0, 0)));
    let far = numbers(12 + LARGEST_JUMP, 90, 1);
    assert_eq!(slot.pass(now, &far), Passage::Jump);
    slot.begin(now, 'a', &far);
    let out = sent(slot.pass(now, &far));
    assert_eq!(
        (out.index, out.timestamp),
        (PacketIndex(101), RtpTimestamp(90)),
        "the same source keeps its clock"
    );
}

#[test]
fn a_resend_after_a_switch_repeats_the_first_sending() {
    let now = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, PacketIndex(16_000));
    slot.begin(now, 'a', &numbers(500, 40, 3));
    let first = sent(slot.pass(now, &numbers(500, 40, 3)));
    slot.begin(now, 'b', &numbers(9, 1, 1));
    sent(slot.pass(now, &numbers(9, 1, 1)));
    let sequence = truncate(first.index);
    assert_eq!(slot.find(sequence), Some(Sent { source: 'a', index: PacketIndex(500) }));
    assert_eq!(slot.repeat(sequence, &numbers(500, 40, 3)), Some(first));
    assert_eq!(slot.repeat(sequence, &numbers(501, 40, 3)), None);
}

#[test]
fn what_was_never_sent_is_not_found() {
    let slot: Rewriter<char> = Rewriter::new(VIDEO_RATE, PacketIndex(100));
    assert_eq!(slot.find(SequenceNumber(99)), None);
    assert_eq!(slot.find(SequenceNumber(100)), None);
}

#[test]
fn a_source_whose_clock_runs_backwards_does_not_take_the_next_one_with_it() {
    let now = testing::start();
    let mut slot = Rewriter::new(VIDEO_RATE, PacketIndex(100));
    slot.begin(now, 'a', &numbers(10, 90_000, 0));
    sent(slot.pass(now, &numbers(10, 90_000, 0)));
    sent(slot.pass(now, &numbers(11, 0, 1)));
    slot.begin(now, 'b', &numbers(10, 5, 0));
    assert_eq!(sent(slot.pass(now, &numbers(10, 5, 0))).timestamp, RtpTimestamp(90_001));
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
        let mut slot = Rewriter::new(VIDEO_RATE, PacketIndex(first));
        let mut source = 0;
        let mut packet = numbers(1 << 20, 0, 0);
        slot.begin(now, source, &packet);
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
                    prop_assert!(!matches!(slot.pass(now, &late), Passage::Next(_)) || last.is_none());
                    continue;
                }
                Step::Switch { index, timestamp, picture_id } => {
                    source += 1;
                    packet = numbers(index, timestamp, picture_id);
                    slot.begin(now, source, &packet);
                    true
                }
            };
            let mut passage = slot.pass(now, &packet);
            let jumped = passage == Passage::Jump;
            if jumped {
                slot.begin(now, source, &packet);
                passage = slot.pass(now, &packet);
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
