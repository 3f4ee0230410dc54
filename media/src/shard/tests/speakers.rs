//! Who is heard, and in which slot.

use std::collections::BTreeMap;
use std::time::Duration;

use giaoban_media_types::{Event, MemberId, SlotId, SourceKind};

use super::world::{LOUD, MILLISECOND, Sender, World};

const QUIET: u8 = 127;
/// First byte of the gateway's own packets.
const SILENCE: u8 = 0xF8;
const SPEAKERS: [SlotId; 3] = [SlotId(1), SlotId(2), SlotId(3)];

struct Room {
    world: World,
    microphones: BTreeMap<u32, Sender>,
}

impl Room {
    fn new(members: u32) -> Self {
        let world = World::of(members);
        let microphones = (1..=members)
            .map(|member| (member, world.sender(member, SourceKind::Microphone, None)))
            .collect();
        Self { world, microphones }
    }

    /// All microphones send for a while, those of `speakers` speech.
    fn talk(&mut self, speakers: &[u32], milliseconds: u64) {
        for _ in 0..milliseconds / 20 {
            for (member, microphone) in &mut self.microphones {
                let level = if speakers.contains(member) { LOUD } else { QUIET };
                self.world.sound(*member, microphone, level);
            }
            self.world.pass(20 * MILLISECOND);
        }
    }

    /// Whom a member has heard in his speakers' slots since last asked, slot by slot.
    fn heard(&mut self, member: u32) -> [Vec<u8>; 3] {
        SPEAKERS.map(|slot| {
            let mut voices: Vec<u8> =
                self.world.take(member, slot).iter().map(|packet| packet.payload[0]).collect();
            voices.retain(|voice| *voice != SILENCE);
            voices.dedup();
            voices
        })
    }

    fn speaking(&mut self) -> Vec<(Option<u32>, Vec<u32>)> {
        let events = std::mem::take(&mut self.world.events);
        let read = |event: Event| match event {
            Event::Speaking { dominant, speakers, .. } => {
                let number = |member: MemberId| member.0;
                Some((dominant.map(number), speakers.into_iter().map(number).collect()))
            }
            _ => None,
        };
        events.into_iter().filter_map(read).collect()
    }
}

#[test]
fn with_few_microphones_all_others_are_heard_even_before_they_speak() {
    let mut room = Room::new(3);
    room.talk(&[], 100);
    room.heard(1);
    room.talk(&[], 100);
    let heard: Vec<u8> = room.heard(1).concat();
    assert_eq!(heard, [2, 3]);
}

#[test]
fn in_a_large_room_those_who_speak_are_heard_and_keep_their_slots() {
    let mut room = Room::new(8);
    room.talk(&[6, 7, 8], 400);
    room.heard(1);
    room.talk(&[6, 7, 8], 200);
    let before = room.heard(1);
    let mut voices = before.concat();
    voices.sort_unstable();
    assert_eq!(voices, [6, 7, 8]);
    room.talk(&[5, 6, 7, 8], 400);
    assert_eq!(room.heard(1), before, "a fourth speaker interrupts nobody");
    // Slots of 6 and 7 stay with them while 8 falls silent and loses his to 5.
    room.talk(&[5, 6, 7], 1200);
    room.heard(1);
    room.talk(&[5, 6, 7], 200);
    let mut voices = room.heard(1).concat();
    voices.sort_unstable();
    assert_eq!(voices, [5, 6, 7]);
}

#[test]
fn a_speakers_first_word_is_heard_within_a_tenth_of_a_second() {
    let mut room = Room::new(8);
    room.talk(&[], 500);
    room.heard(1);
    room.talk(&[8], 100);
    let spoken = room.heard(1).concat();
    assert!(spoken.contains(&8));
}

#[test]
fn the_stages_microphone_fills_no_other_slot_of_its_receiver() {
    let mut room = Room::new(3);
    room.world.bind(1, SlotId::STAGE_AUDIO, Some((2, SourceKind::Microphone)), 0, 1);
    room.talk(&[2, 3], 300);
    assert_eq!(room.heard(1).concat(), [3]);
    assert!(!room.world.take(1, SlotId::STAGE_AUDIO).is_empty());
    assert_eq!(
        room.heard(3).concat().iter().filter(|&&voice| voice == 2).count(),
        1,
        "others hear him as a speaker"
    );
    room.world.bind(1, SlotId::STAGE_AUDIO, Some((3, SourceKind::Microphone)), 0, 2);
    room.talk(&[2, 3], 300);
    assert_eq!(room.heard(1).concat(), [2]);
}

#[test]
fn a_slot_that_changes_its_speaker_is_one_stream() {
    let mut room = Room::new(8);
    let mut packets = SPEAKERS.map(|_| Vec::new());
    for speakers in [[2, 3, 4], [5, 6, 7], [8, 2, 3]] {
        room.talk(&speakers, 2000);
        for (slot, packets) in SPEAKERS.into_iter().zip(&mut packets) {
            packets.extend(room.world.take(1, slot));
        }
    }
    let mut switches = 0;
    for pair in packets.iter().flat_map(|packets| packets.windows(2)) {
        let (before, after) = (&pair[0], &pair[1]);
        assert_eq!(after.header.sequence.0, before.header.sequence.0.wrapping_add(1));
        let step = after.header.timestamp.0.wrapping_sub(before.header.timestamp.0);
        assert!((1..=48_000).contains(&step), "a step of {step}");
        let switched = before.payload != after.payload;
        assert_eq!(after.header.marker, switched);
        switches += usize::from(switched);
    }
    assert_eq!(switches, 6, "each slot twice");
    assert!(room.world.shard.transport().reuses().is_empty());
}

#[test]
fn speaking_is_reported_when_it_changes_and_not_more_often_than_ten_times_a_second() {
    let mut room = Room::new(4);
    room.talk(&[], 500);
    assert_eq!(room.speaking(), []);
    room.talk(&[2], 1000);
    assert_eq!(room.speaking(), [(Some(2), vec![2])]);
    room.talk(&[2], 1000);
    assert_eq!(room.speaking(), []);
    room.talk(&[3], 2000);
    let reported = room.speaking();
    assert_eq!(reported.last(), Some(&(Some(3), vec![3])));
    for _ in 0..20 {
        room.talk(&[1, 2], 40);
        room.talk(&[3, 4], 40);
    }
    assert!(room.speaking().len() <= 17);
    room.talk(&[], 2000);
    assert_eq!(room.speaking().last(), Some(&(None, vec![])));
}

#[test]
fn who_has_stopped_is_dominant_no_longer_though_his_microphone_stays_active() {
    let mut room = Room::new(3);
    room.talk(&[], 500);
    room.talk(&[2], 400);
    room.talk(&[], 500);
    let reported = room.speaking();
    assert_eq!(reported.first(), Some(&(Some(2), vec![2])));
    assert_eq!(reported.last(), Some(&(None, vec![2])));
}

#[test]
fn a_muted_speaker_is_not_reported() {
    let mut room = Room::new(2);
    room.talk(&[2], 500);
    room.world.allow(2, giaoban_media_types::SourceSet::NONE);
    room.talk(&[2], 1500);
    assert_eq!(room.speaking().last(), Some(&(None, vec![])));
    assert!(room.heard(1).concat().len() <= 1);
    room.talk(&[2], Duration::from_secs(2).as_millis() as u64);
    assert_eq!(room.heard(1).concat(), []);
}
