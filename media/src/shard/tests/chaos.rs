//! Whatever members, networks and orders do, some things never happen.

use std::collections::BTreeMap;
use std::time::Duration;

use giaoban_media_types::{Command, MediaKind, MemberId, SlotId, SlotKind, SourceKind, SourceSet};
use proptest::prelude::*;

use super::world::{CONFERENCE, LOUD, Plan, Sender, World, is_control};
use crate::rtp;
use crate::slot::LARGEST_JUMP;

const MEMBERS: u32 = 4;

#[derive(Debug, Clone)]
enum Step {
    Sound { member: u32, level: u8 },
    Frame { member: u32, layer: usize, key: bool, packets: usize, lose: u8, reverse: bool },
    Jump { member: u32, layer: usize, by: u16 },
    NewStream { member: u32, layer: usize },
    Bind { member: u32, slot: u8, source: u32, height: u16 },
    Empty { member: u32, slot: u8 },
    Allow { member: u32, all: bool },
    Lost { member: u32, slot: u8 },
    PictureLoss { member: u32, slot: u8 },
    Reconnect { member: u32 },
    Leave { member: u32 },
    Garbage { member: u32, bytes: Vec<u8> },
    Pass { milliseconds: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    let member = || 1..=MEMBERS;
    let layer = || 0_usize..2;
    prop_oneof![
        8 => (member(), 0_u8..128).prop_map(|(member, level)| Step::Sound { member, level }),
        12 => (member(), layer(), prop::bool::weighted(0.3), 1_usize..6, any::<u8>(), prop::bool::weighted(0.1))
            .prop_map(|(member, layer, key, packets, lose, reverse)| {
                Step::Frame { member, layer, key, packets, lose: lose & lose.rotate_left(3), reverse }
            }),
        1 => (member(), layer(), any::<u16>()).prop_map(|(member, layer, by)| Step::Jump { member, layer, by }),
        1 => (member(), layer()).prop_map(|(member, layer)| Step::NewStream { member, layer }),
        4 => (member(), 0_u8..9, member(), 0_u16..800)
            .prop_map(|(member, slot, source, height)| Step::Bind { member, slot, source, height }),
        1 => (member(), 0_u8..9).prop_map(|(member, slot)| Step::Empty { member, slot }),
        2 => (member(), any::<bool>()).prop_map(|(member, all)| Step::Allow { member, all }),
        3 => (member(), 0_u8..9).prop_map(|(member, slot)| Step::Lost { member, slot }),
        1 => (member(), 0_u8..9).prop_map(|(member, slot)| Step::PictureLoss { member, slot }),
        1 => member().prop_map(|member| Step::Reconnect { member }),
        1 => member().prop_map(|member| Step::Leave { member }),
        1 => (member(), prop::collection::vec(any::<u8>(), 0..80))
            .prop_map(|(member, bytes)| Step::Garbage { member, bytes }),
        4 => prop_oneof![9 => 1_u64..100, 1 => 1000_u64..7000].prop_map(|milliseconds| Step::Pass { milliseconds }),
    ]
}

struct Chaos {
    world: World,
    peers: BTreeMap<u32, u32>,
    microphones: BTreeMap<u32, Sender>,
    cameras: BTreeMap<u32, [Sender; 2]>,
    bound: BTreeMap<(u32, SlotId), u32>,
    muted: BTreeMap<u32, bool>,
    newest: BTreeMap<(u32, u32, SlotId), u16>,
    epoch: u32,
}

impl Chaos {
    fn new() -> Self {
        let mut chaos = Self {
            world: World::new(),
            peers: BTreeMap::new(),
            microphones: BTreeMap::new(),
            cameras: BTreeMap::new(),
            bound: BTreeMap::new(),
            muted: BTreeMap::new(),
            newest: BTreeMap::new(),
            epoch: 0,
        };
        for member in 1..=MEMBERS {
            chaos.connect(member);
        }
        chaos
    }

    fn connect(&mut self, member: u32) {
        let peer = self.peers.entry(member).or_default();
        *peer += 1;
        if !self.muted.contains_key(&member) {
            self.world.allow(member, SourceSet::ALL);
            self.muted.insert(member, false);
        }
        self.world.connect(member, *peer, Plan { rids: vec!["q", "h"], ..Plan::full() });
        self.microphones.insert(member, self.world.sender(member, SourceKind::Microphone, None));
        let mut cameras = ["q", "h"].map(|rid| self.world.sender(member, SourceKind::Camera, Some(rid)));
        cameras[0].height = 180;
        self.cameras.insert(member, cameras);
    }

    fn run(&mut self, step: Step) {
        match step {
            Step::Sound { member, level } => {
                let microphone = self.microphones.get_mut(&member).unwrap();
                self.world.sound(member, microphone, if level < 64 { LOUD } else { level });
            }
            Step::Frame { member, layer, key, packets, lose, reverse } => {
                let camera = &mut self.cameras.get_mut(&member).unwrap()[layer];
                let frame = self.world.frame_packets(member, camera, key, packets);
                let kept = frame.into_iter().enumerate().filter(|(place, _)| lose & (1 << place) == 0);
                let mut kept: Vec<_> = kept.map(|(_, packet)| packet).collect();
                if reverse {
                    kept.reverse();
                }
                self.world.datagrams(member, kept);
            }
            Step::Jump { member, layer, by } => {
                let camera = &mut self.cameras.get_mut(&member).unwrap()[layer];
                camera.sequence = camera.sequence.wrapping_add(by);
                camera.timestamp = camera.timestamp.wrapping_add(u32::from(by) << 12);
            }
            Step::NewStream { member, layer } => {
                let camera = &mut self.cameras.get_mut(&member).unwrap()[layer];
                camera.ssrc.0 = camera.ssrc.0.wrapping_add(10_000);
                camera.sequence = camera.sequence.wrapping_mul(31);
            }
            Step::Bind { member, slot, source, height } => {
                self.bind(member, SlotId(slot), Some(source), height)
            }
            Step::Empty { member, slot } => self.bind(member, SlotId(slot), None, 0),
            Step::Allow { member, all } => {
                self.muted.insert(member, !all);
                self.world.allow(member, if all { SourceSet::ALL } else { SourceSet::NONE });
            }
            Step::Lost { member, slot } => self.lose(member, SlotId(slot)),
            Step::PictureLoss { member, slot } => {
                if self.world.clients[&MemberId(member)].slots.contains_key(&SlotId(slot)) {
                    self.world.report_picture_loss(member, SlotId(slot));
                }
            }
            Step::Reconnect { member } => self.connect(member),
            Step::Leave { member } => {
                self.world.command(Command::Remove { conference: CONFERENCE, member: MemberId(member) });
                self.muted.remove(&member);
                self.bound.retain(|(other, _), _| *other != member);
                self.connect(member);
            }
            Step::Garbage { member, bytes } => {
                let rtp = [&[0x80, 96], bytes.as_slice()].concat();
                let rtcp = [&[0x81, 205], bytes.as_slice()].concat();
                self.world.datagrams(member, vec![bytes, rtp, rtcp]);
            }
            Step::Pass { milliseconds } => self.world.pass(Duration::from_millis(milliseconds)),
        }
    }

    fn bind(&mut self, member: u32, slot: SlotId, source: Option<u32>, height: u16) {
        let kind = if slot.0 < 5 { SourceKind::Microphone } else { SourceKind::Camera };
        self.epoch += 1;
        self.world.bind(member, slot, source.map(|source| (source, kind)), height, self.epoch);
        if slot.kind() == SlotKind::Audio || slot == SlotId::SCREEN_AUDIO && source == Some(member) {
            return;
        }
        match source {
            Some(source) if source != member => {
                self.bound.insert((member, slot), source);
            }
            Some(_) => {}
            None => {
                self.bound.remove(&(member, slot));
            }
        }
    }

    fn lose(&mut self, member: u32, slot: SlotId) {
        let peer = self.peers[&member];
        if let Some(newest) = self.newest.get(&(member, peer, slot)).copied() {
            let lost: Vec<u16> = (0..20).map(|back| newest.wrapping_sub(back)).collect();
            self.world.ask_again(member, slot, &lost);
        }
    }

    /// Looks at all that arrived since the last step.
    fn judge(&mut self) -> Result<(), TestCaseError> {
        prop_assert!(self.world.shard.transport().reuses().is_empty());
        for (&MemberId(member), client) in &mut self.world.clients {
            let peer = self.peers[&member];
            for datagram in client.inbox.drain(..).filter(|datagram| !is_control(datagram)) {
                let packet = rtp::Packet::parse(&datagram).unwrap();
                let ssrc = packet.header.ssrc;
                let Some((&slot, &(media, _))) =
                    client.slots.iter().find(|(_, (media, repair))| *media == ssrc || *repair == Some(ssrc))
                else {
                    continue;
                };
                if slot.media() == MediaKind::Audio && is_silence(packet.payload) {
                    prop_assert_eq!(ssrc, media);
                    self.newest.insert((member, peer, slot), packet.header.sequence.0);
                    continue;
                }
                let publisher = u32::from(*packet.payload.last().unwrap());
                prop_assert_ne!(publisher, member, "his own");
                prop_assert!(!self.muted[&publisher], "of a muted member");
                if ssrc != media {
                    continue;
                }
                if slot.kind() != SlotKind::Audio {
                    prop_assert_eq!(
                        self.bound.get(&(member, slot)),
                        Some(&publisher),
                        "not the bound source"
                    );
                }
                let sequence = packet.header.sequence.0;
                if let Some(before) = self.newest.insert((member, peer, slot), sequence) {
                    let step = u64::from(sequence.wrapping_sub(before));
                    prop_assert!((1..=LARGEST_JUMP + 1).contains(&step), "a step of {}", step);
                }
            }
        }
        Ok(())
    }
}

/// The gateway's own packets end a sound.
fn is_silence(payload: &[u8]) -> bool {
    matches!(payload, [0xF8] | [0xF8, 0xFF, 0xFE])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn no_index_twice_no_wrong_source_nothing_muted_nothing_of_ones_own(
        steps in prop::collection::vec(step(), 1..250),
    ) {
        let mut chaos = Chaos::new();
        for step in steps {
            chaos.run(step);
            chaos.judge()?;
        }
    }
}
