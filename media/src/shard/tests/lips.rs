//! Sound and picture as a receiver fits them together by the sender reports, across switches.

use std::time::Duration;

use giaoban_media_types::{MemberId, RtpTimestamp, SlotId, SourceKind};

use super::world::{LOUD, MILLISECOND, Sender, World};
use crate::rtcp::{self, NtpTime, ReportBlock, SenderInfo};
use crate::rtp::Ssrc;

/// Reports through which libwebrtc fits a line (`RtpToNtpEstimator`).
const FITTED: usize = 20;
const SLOTS: [SlotId; 2] = [SlotId::STAGE_AUDIO, SlotId::STAGE_VIDEO];
const RATES: [f64; 2] = [48_000.0, 90_000.0];
/// Milliseconds from one packet of sound, or picture, to the next.
const STEPS: [u64; 2] = [20, 33];
/// Every so many pictures there is a key frame, which comes so many ms later than others, and holds up what follows.
const KEY_EVERY: u64 = 7;
const KEY_LATE: u64 = 60;
/// How long a report is under way, ms.
const REPORT_DELAY: u64 = 10;
/// Everything arrives at a multiple of so many ms.
const TICK: usize = 5;
/// Ten switches from then on, ms, so far apart.
const FIRST_SWITCH: u64 = 12_000;
const BETWEEN_SWITCHES: u64 = 2_000;
const SWITCHES: u64 = 10;
/// For a sound to follow another without a hole it is moved by half a packet at most, or by a whole one to an earlier time.
const LARGEST_ERROR: f64 = 20.0;

/// A microphone or camera.
struct Stream {
    sender: Sender,
    origin: u32,
    /// The next packet: its number, and when it arrives, ms.
    next: (u64, u64),
    /// From capture to arrival, ms.
    delay: u64,
    /// When the last packet that arrived was captured, ms.
    captured: u64,
}

struct Publisher {
    member: u32,
    /// His clocks run so much faster than the gateway's.
    drift: f64,
    streams: [Stream; 2],
}

impl Publisher {
    fn new(world: &World, member: u32, drift: f64, delays: [u64; 2]) -> Self {
        let stream = |kind, delay| {
            let sender = world.sender(member, kind, None);
            Stream { origin: sender.timestamp, sender, next: (0, delay), delay, captured: 0 }
        };
        let streams = [stream(SourceKind::Microphone, delays[0]), stream(SourceKind::Camera, delays[1])];
        Self { member, drift, streams }
    }

    fn own_seconds(&self, at: u64) -> f64 {
        at as f64 / 1000.0 * (1.0 + self.drift)
    }

    fn timestamp(&self, media: usize, at: u64) -> u32 {
        self.streams[media].origin.wrapping_add((self.own_seconds(at) * RATES[media]) as u32)
    }

    /// Sends what arrives at `at`.
    fn send(&mut self, world: &mut World, at: u64) {
        for (media, step) in STEPS.into_iter().enumerate() {
            while self.streams[media].next.1 == at {
                let (number, _) = self.streams[media].next;
                let captured = number * step;
                let timestamp = self.timestamp(media, captured);
                let stream = &mut self.streams[media];
                stream.sender.timestamp = timestamp;
                stream.captured = captured;
                if media == 0 {
                    world.sound(self.member, &mut stream.sender, LOUD);
                } else {
                    world.frame(self.member, &mut stream.sender, number % KEY_EVERY == 0, 1);
                }
                let is_key = media == 1 && (number + 1) % KEY_EVERY == 0;
                let arrives = captured + step + stream.delay + if is_key { KEY_LATE } else { 0 };
                stream.next = (number + 1, arrives.next_multiple_of(TICK as u64).max(at));
            }
        }
        // Browsers report a picture every second, a sound every five.
        for (media, every) in [(0, 5_000), (1, 1_000)] {
            if at % every == 500 + 35 * u64::from(self.member) {
                self.report(world, media, at - REPORT_DELAY);
            }
        }
    }

    fn report(&self, world: &mut World, media: usize, at: u64) {
        let ntp = 1_000.0 * f64::from(self.member) + self.own_seconds(at);
        let info = SenderInfo {
            ntp: NtpTime::new(Duration::from_secs_f64(ntp)),
            rtp: RtpTimestamp(self.timestamp(media, at)),
            packets: 0,
            octets: 0,
        };
        let mut report = Vec::new();
        rtcp::write_sender_report(&mut report, self.streams[media].sender.ssrc, &info, &[]);
        world.datagrams(self.member, vec![report]);
    }
}

/// What a receiver knows of the two slots.
#[derive(Default)]
struct Receiver {
    reports: [Vec<SenderInfo>; 2],
    /// The last timestamp that came.
    newest: [u32; 2],
}

impl Receiver {
    fn take(&mut self, world: &mut World) {
        let ssrcs = SLOTS.map(|slot| world.clients[&MemberId(1)].slots[&slot].0);
        world.take_control(1, |packet| {
            if let rtcp::Packet::SenderReport { sender, info, .. } = packet
                && let Some(media) = ssrcs.iter().position(|ssrc| *ssrc == sender)
            {
                self.reports[media].push(info);
            }
        });
        for (media, slot) in SLOTS.into_iter().enumerate() {
            if let Some(packet) = world.take(1, slot).pop() {
                self.newest[media] = packet.header.timestamp.0;
            }
        }
    }

    /// When the newest packet was captured, in ms of the gateway's clock, by a line through the last reports.
    fn captured(&self, media: usize) -> f64 {
        let reports = &self.reports[media];
        let reports = &reports[reports.len().saturating_sub(FITTED)..];
        let points: Vec<(f64, f64)> = reports
            .iter()
            .map(|info| {
                let ticks = info.rtp.0.wrapping_sub(self.newest[media]).cast_signed();
                (f64::from(ticks) * 1000.0 / RATES[media], info.ntp.since_start().as_secs_f64() * 1000.0)
            })
            .collect();
        let count = points.len() as f64;
        let mean = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
        let mean = (mean.0 / count, mean.1 / count);
        let slope = points.iter().map(|(x, y)| (x - mean.0) * (y - mean.1)).sum::<f64>()
            / points.iter().map(|(x, _)| (x - mean.0).powi(2)).sum::<f64>();
        mean.1 - slope * mean.0
    }

    /// How much later a sound is thought to be than it was, against the picture, ms.
    fn error(&self, publisher: &Publisher) -> f64 {
        let thought = self.captured(0) - self.captured(1);
        let [sound, picture] = &publisher.streams;
        thought - (sound.captured as f64 - picture.captured as f64)
    }
}

fn complain(world: &mut World) {
    let (ssrc, _) = world.clients[&MemberId(1)].slots[&SlotId::STAGE_VIDEO];
    let block = ReportBlock {
        ssrc,
        fraction_lost: 0,
        cumulative_lost: 0,
        highest_sequence: 0,
        jitter: 0,
        last_sender_report: 0,
        delay_since_last: 0,
    };
    let mut report = Vec::new();
    rtcp::write_receiver_report(&mut report, Ssrc(1), &[block]);
    world.datagrams(1, vec![report]);
}

#[test]
fn a_receiver_knows_when_sound_and_picture_were_captured_however_often_the_stage_was_switched() {
    let mut world = World::of(3);
    let mut publishers =
        [Publisher::new(&world, 2, 0.001, [12, 40]), Publisher::new(&world, 3, -0.000_5, [57, 90])];
    let mut receiver = Receiver::default();
    let mut errors = Vec::new();
    for at in (0..FIRST_SWITCH + (SWITCHES + 3) * BETWEEN_SWITCHES).step_by(TICK) {
        let switches =
            ((at + BETWEEN_SWITCHES).saturating_sub(FIRST_SWITCH) / BETWEEN_SWITCHES).min(SWITCHES);
        let on_stage = usize::from(switches % 2 == 1);
        if at % BETWEEN_SWITCHES == 0 {
            let (member, epoch) = (publishers[on_stage].member, u32::try_from(switches).unwrap());
            world.bind(1, SLOTS[0], Some((member, SourceKind::Microphone)), 0, epoch);
            world.bind(1, SLOTS[1], Some((member, SourceKind::Camera)), 360, epoch);
        }
        for publisher in &mut publishers {
            publisher.send(&mut world, at);
        }
        if at % 500 == 0 {
            complain(&mut world);
        }
        receiver.take(&mut world);
        if at > FIRST_SWITCH / 2 && at % BETWEEN_SWITCHES == BETWEEN_SWITCHES - 100 {
            errors.push((at, receiver.error(&publishers[on_stage])));
        }
        world.pass(MILLISECOND * TICK as u32);
    }
    let worst = errors.iter().map(|(_, error)| error.abs()).fold(0.0, f64::max);
    assert!(worst <= LARGEST_ERROR, "{worst:.1} ms, {errors:?}");
}
