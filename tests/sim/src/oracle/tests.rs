//! Each oracle is shown a run that it must not let pass.

use std::collections::BTreeMap;
use std::time::Duration;

use giaoban_media::rtp::Ssrc;
use giaoban_media_types::{MemberId, SlotId, SourceId, SourceKind};

use super::*;
use crate::client::Seat;
use crate::plan::{CLEAN_LIMITS, Expected, Limits, Plan};
use crate::plans::two_sites;
use crate::tag::Tag;
use crate::trace::{Record, Sealed, Trace};
use crate::world::{self, Told};

const STAGE: SlotId = SlotId::STAGE_VIDEO;

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn tag(member: u32, kind: SourceKind, frame: u32) -> Tag {
    Tag { source: SourceId { member: MemberId(member), kind }, layer: 0, frame, place: 0, count: 1 }
}

fn camera(member: u32) -> Tag {
    tag(member, SourceKind::Camera, 0)
}

/// A packet of member 2 to member 1.
fn sealed(sequence: u16, timestamp: u32, picture: u16) -> Sealed {
    Sealed {
        receiver: MemberId(1),
        transport: 1,
        ssrc: Ssrc(9),
        is_repair: false,
        sequence,
        timestamp,
        picture: Some(picture),
        tag: Some(camera(2)),
    }
}

fn sent(packets: &[Sealed]) -> Trace {
    trace(packets.iter().map(|&packet| (0, Record::Sealed(packet))))
}

fn trace(records: impl IntoIterator<Item = (u64, Record)>) -> Trace {
    Trace { records: records.into_iter().map(|(at, record)| (ms(at), record)).collect() }
}

fn painted(named: Option<u32>, shown: u32, epoch: u32) -> Record {
    let named = named.map(|member| camera(member).source);
    Record::Painted { receiver: MemberId(1), slot: STAGE, tag: camera(shown), named, epoch, height: 720 }
}

fn told(epoch: u32, member: u32) -> Record {
    Record::Told { receiver: MemberId(1), slot: STAGE, epoch, source: Some(camera(member).source) }
}

fn bound(slot: SlotId, source: Tag) -> Record {
    Record::Bound { receiver: MemberId(1), slot, source: Some(source.source), height: 0 }
}

fn heard(member: u32, frame: u32) -> Record {
    let tag = tag(member, SourceKind::Microphone, frame);
    Record::Delivered { receiver: MemberId(1), slot: SlotId::STAGE_AUDIO, tag }
}

#[test]
fn an_index_sealed_twice_or_going_back_is_found() {
    assert!(rising_indices(&sent(&[sealed(1, 0, 1), sealed(2, 0, 1), sealed(0xF, 9, 2)])).is_empty());
    assert!(rising_indices(&sent(&[sealed(0xFFFF, 0, 1), sealed(0, 0, 1)])).is_empty());
    assert_eq!(rising_indices(&sent(&[sealed(1, 0, 1), sealed(1, 0, 1)])).len(), 1);
    assert_eq!(rising_indices(&sent(&[sealed(1, 0, 1), sealed(0xFFFF, 0, 1)])).len(), 1);
    let renewed = Sealed { transport: 2, ..sealed(1, 0, 1) };
    assert!(
        rising_indices(&sent(&[sealed(1, 0, 1), renewed])).is_empty(),
        "another transport has other keys"
    );
}

#[test]
fn a_seam_in_time_or_in_the_picture_ids_is_found() {
    let found = |next| continuous_streams(&sent(&[sealed(1, 90, 1), next])).len();
    assert_eq!(found(sealed(2, 90, 1)), 0);
    assert_eq!(found(sealed(2, 180, 2)), 0);
    assert_eq!(found(sealed(4, 180, 3)), 0, "numbers were left out, so may frames");
    assert_eq!(found(sealed(2, 89, 2)), 1, "time goes back");
    assert_eq!(found(sealed(2, 180, 3)), 1, "a picture id is left out");
    assert_eq!(found(sealed(2, 180, 1)), 1, "two frames have one picture id");
    assert_eq!(found(sealed(2, 90, 2)), 1, "one frame has two picture ids");
}

#[test]
fn ones_own_media_is_found() {
    assert!(nothing_of_ones_own(&sent(&[sealed(1, 0, 1)])).is_empty());
    let own = Sealed { tag: Some(camera(1)), ..sealed(1, 0, 1) };
    assert_eq!(nothing_of_ones_own(&sent(&[own])).len(), 1);
}

#[test]
fn sound_of_the_muted_is_found_and_their_picture_may_pass() {
    let packet = |kind, at| {
        let sealed = Sealed { tag: Some(tag(2, kind, 0)), ..sealed(1, 0, 1) };
        let order = (0, Record::Muted(MemberId(2)));
        nothing_of_the_silenced(&trace([order, (at, Record::Sealed(sealed))])).len()
    };
    assert_eq!(packet(SourceKind::Microphone, 100), 0);
    assert_eq!(packet(SourceKind::Microphone, 101), 1);
    assert_eq!(packet(SourceKind::Camera, 101), 0);
}

#[test]
fn anything_of_or_to_the_removed_is_found() {
    let packet = |member, at| {
        let order = (0, Record::Removed(MemberId(member)));
        nothing_of_the_silenced(&trace([order, (at, Record::Sealed(sealed(1, 0, 1)))])).len()
    };
    assert_eq!((packet(2, 100), packet(2, 101)), (0, 1));
    assert_eq!((packet(1, 100), packet(1, 101)), (0, 1));
    assert_eq!(packet(3, 101), 0);
}

#[test]
fn a_picture_under_anothers_name_is_found() {
    assert!(
        names_and_pictures_agree(&trace([(0, painted(Some(2), 2, 1)), (1, painted(None, 3, 1))])).is_empty()
    );
    assert_eq!(names_and_pictures_agree(&trace([(0, painted(Some(2), 3, 1))])).len(), 1);
}

#[test]
fn a_broken_frame_is_found() {
    let broken = Record::Broken { receiver: MemberId(1), slot: STAGE };
    assert_eq!(no_broken_frames(&trace([(0, broken)])).len(), 1);
}

#[test]
fn a_long_gap_is_found_in_the_middle_and_at_the_end() {
    let run = |second, end| {
        let records = [(0, told(1, 2)), (10, painted(Some(2), 2, 1)), (second, painted(Some(2), 2, 1))];
        no_long_gaps(&trace(records), ms(100), ms(end)).len()
    };
    assert_eq!(run(110, 210), 0);
    assert_eq!(run(111, 210), 1);
    assert_eq!(run(110, 211), 1);
}

#[test]
fn a_slow_switch_is_found_and_one_that_was_replaced_is_not() {
    let run =
        |records: &[(u64, Record)]| prompt_switches(&trace(records.to_vec()), ms(0), ms(500), ms(2000)).len();
    assert_eq!(run(&[(0, told(1, 2)), (500, painted(Some(2), 2, 1))]), 0);
    assert_eq!(run(&[(0, told(1, 2)), (501, painted(Some(2), 2, 1))]), 1);
    assert_eq!(run(&[(0, told(1, 2))]), 1);
    assert_eq!(run(&[(0, told(1, 2)), (100, told(2, 3)), (200, painted(Some(3), 3, 2))]), 0);
}

#[test]
fn lost_sound_is_found() {
    let limits = |sound_lost, sound_gap| Limits { sound_lost, sound_gap, ..CLEAN_LIMITS };
    let run = [(0, heard(2, 0)), (20, heard(2, 1)), (80, heard(2, 4)), (100, heard(2, 5))];
    let run = trace(run);
    assert_eq!(sound_loss(&run), SoundLoss { expected: 6, lost: 2, longest: 2 });
    assert!(sound_goes_on(&run, &limits(334, 2)).is_empty());
    assert_eq!(sound_goes_on(&run, &limits(333, 2)).len(), 1);
    assert_eq!(sound_goes_on(&run, &limits(334, 1)).len(), 1);
    let again = bound(SlotId::STAGE_AUDIO, tag(2, SourceKind::Microphone, 0));
    let two_turns = trace([(0, heard(2, 0)), (20, again), (900, heard(2, 50))]);
    assert_eq!(sound_loss(&two_turns).lost, 0, "he was not on the stage in between");
}

#[test]
fn a_hole_between_two_sounds_is_found_unless_silence_announces_it() {
    let sound = |sequence, timestamp, member| {
        let tag = Some(tag(member, SourceKind::Microphone, 0));
        Sealed { picture: None, tag, ..sealed(sequence, timestamp, 0) }
    };
    let silence = Sealed { tag: None, ..sound(2, 960, 2) };
    let found = |packets: &[Sealed]| sound_without_holes(&sent(packets), &CLEAN_LIMITS).len();
    assert_eq!(
        found(&[sound(1, 0, 2), sound(2, 960, 3), sound(3, 1920, 3), sound(2, 960, 3)]),
        0,
        "one came twice"
    );
    assert_eq!(found(&[sound(1, 0, 2), sound(2, 2880, 3)]), 0, "one packet was late when it was cut off");
    assert_eq!(found(&[sound(1, 0, 2), sound(2, 2881, 3)]), 1);
    assert_eq!(found(&[sound(1, 0, 2), sound(2, 959, 3)]), 1);
    assert_eq!(found(&[sound(1, 0, 2), silence, sound(3, 90_000, 3)]), 0);
    assert_eq!(found(&[silence, sound(3, 1900, 3)]), 1);
    assert_eq!(found(&[sound(1, 0, 2), sound(2, 961, 2)]), 0, "his clock runs fast");
    assert_eq!(found(&[sound(1, 0, 2), sound(2, 962, 2)]), 1);
}

#[test]
fn a_stage_that_sounds_as_another_than_it_looks_is_found() {
    let microphone = |member| tag(member, SourceKind::Microphone, 0);
    let run = |sound, heard_member, at| {
        let records = [
            (0, bound(SlotId::STAGE_AUDIO, microphone(3))),
            (0, bound(STAGE, camera(3))),
            (0, heard(3, 0)),
            (10, bound(SlotId::STAGE_AUDIO, microphone(sound))),
            (10, bound(STAGE, camera(2))),
            (at, heard(heard_member, 0)),
        ];
        stage_sounds_as_it_looks(&trace(records)).len()
    };
    assert_eq!(run(2, 2, 20), 0);
    assert_eq!(run(2, 3, 20), 0, "still under way");
    assert_eq!(run(2, 3, 500), 1);
    assert_eq!(run(2, 4, 20), 1);
    assert_eq!(run(3, 3, 20), 1, "bound apart");
}

#[test]
fn what_a_plan_expects_and_is_not_so_is_found() {
    let run = trace([(0, painted(Some(2), 2, 1)), (0, heard(2, 0)), (1000, painted(Some(3), 3, 2))]);
    let found = |at, expected| all_as_expected(&run, &[(at, expected)]).len();
    let sees = |member, height| Expected::Sees { receiver: 1, slot: STAGE.0, member, height };
    assert_eq!((found(999, sees(2, 720)), found(1000, sees(3, 720))), (0, 0));
    assert_eq!((found(1000, sees(2, 720)), found(999, sees(2, 360))), (1, 1));
    let (hears, hears_not) =
        (Expected::Hears { receiver: 1, member: 2 }, Expected::HearsNot { receiver: 1, member: 2 });
    assert_eq!((found(200, hears), found(201, hears)), (0, 1));
    assert_eq!((found(200, hears_not), found(201, hears_not)), (1, 0));
}

fn short() -> Plan {
    Plan { length: ms(1500), ..two_sites() }
}

#[test]
fn an_unjudged_datagram_and_what_is_left_behind_are_found() {
    let mut outcome = world::run(&short(), 1);
    assert_eq!((every_datagram_judged(&outcome).len(), nothing_left_behind(&outcome).len()), (0, 0));
    let life = outcome.lives.first_mut().expect("one life");
    life.given += 1;
    life.reused = 1;
    outcome.statistics.transports = 1;
    assert_eq!((every_datagram_judged(&outcome).len(), nothing_left_behind(&outcome).len()), (1, 2));
}

#[test]
fn rosters_that_differ_or_missed_something_are_found() {
    let mut outcome = world::run(&short(), 1);
    assert!(equal_rosters(&outcome).is_empty());
    outcome.views.get_mut(&1).expect("the chair is there").locked = true;
    assert_eq!(equal_rosters(&outcome).len(), 1);
    outcome.views.get_mut(&1).expect("the chair is there").missed = 1;
    assert_eq!(equal_rosters(&outcome).len(), 2);
    outcome.views.clear();
    assert_eq!(equal_rosters(&outcome).len(), 1);
}

#[test]
fn lips_that_are_apart_are_found() {
    let lips = |apart| {
        let record = Record::Lips { receiver: MemberId(1), member: MemberId(2), apart };
        lips_together(&trace([(0, record)]), CLEAN_LIMITS.lips).len()
    };
    assert_eq!((lips(20_000), lips(-20_000), lips(20_001), lips(-20_001)), (0, 0, 1, 1));
}

#[test]
fn a_seat_that_is_not_kept_is_found() {
    let seat = |hand| {
        Box::new(Seat { hand, is_muted: true, room: (true, false), stage: None, slots: BTreeMap::new() })
    };
    let resumed = |hand| Record::Resumed { member: MemberId(2), before: seat(Some(3)), after: seat(hand) };
    let found = |hand, plan: &Plan| seats_are_kept(&trace([(0, resumed(hand))]), plan).len();
    assert_eq!((found(Some(3), &two_sites()), found(Some(4), &two_sites())), (0, 1));
    assert_eq!(found(None, &Plan { is_kept: false, ..two_sites() }), 0, "something else happened meanwhile");
}

#[test]
fn whoever_comes_or_goes_unasked_is_found() {
    let moved = |at, is_there| (at, Record::Moved { receiver: MemberId(1), member: MemberId(2), is_there });
    let run = |records: Vec<(u64, Record)>, plan: &Plan| {
        let mut outcome = world::run(&short(), 1);
        outcome.trace = trace(records);
        nobody_comes_or_goes_unasked(&outcome, plan).len()
    };
    let plan = two_sites();
    assert_eq!(run(vec![moved(100, true)], &plan), 0, "he joins once");
    assert_eq!(run(vec![moved(100, true), moved(200, true)], &plan), 1);
    assert_eq!(run(vec![moved(100, false)], &plan), 1);
    assert_eq!(run(vec![(50, Record::Removed(MemberId(2))), moved(100, false)], &plan), 0);
    let leaver = Plan { leavers: vec![2], ..two_sites() };
    assert_eq!(run(vec![moved(100, true), moved(200, false), moved(300, true)], &leaver), 0);
    assert_eq!(run(vec![moved(60_000, false)], &plan), 0, "at the end all leave");
}

#[test]
fn a_member_who_is_told_too_much_is_found() {
    let mut outcome = world::run(&short(), 1);
    assert!(bounded_telling(&outcome, &CLEAN_LIMITS).is_empty());
    let told = |octets, messages| Told { octets, messages };
    for much in [told(CLEAN_LIMITS.told + 1, 1), told(1, CLEAN_LIMITS.messages + 1)] {
        outcome.told.insert(MemberId(2), much);
        assert_eq!(bounded_telling(&outcome, &CLEAN_LIMITS).len(), 1);
    }
}
