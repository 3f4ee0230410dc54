//! What a synthetic member sends: Opus 50 times a second, and VP8 at 30 frames a second in bursts.
//!
//! The media is noise with a stamp in front, so that a receiver knows which packet of whom it holds, and how old it is.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Octets before the stamp of a video packet: descriptor (RFC 7741 §4.2) and the frame's own header.
const VIDEO_HEAD: usize = 16;
const STAMP_LENGTH: usize = 20;
/// 60 kbit/s.
const AUDIO_LENGTH: usize = 150;
const AUDIO_TICKS: u32 = 960;
const VIDEO_TICKS: u32 = 3000;
const AUDIO_INTERVAL: Duration = Duration::from_millis(20);
/// 90,000 / 3,000 frames a second.
const VIDEO_INTERVAL: Duration = Duration::from_nanos(33_333_333);
/// A key frame every ten seconds besides those asked for.
const KEY_FRAME_INTERVAL: u32 = 300;

/// Sound or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Opus.
    Audio,
    /// VP8.
    Video,
}

impl Kind {
    /// From one sending to the next.
    #[must_use]
    pub const fn interval(self) -> Duration {
        match self {
            Self::Audio => AUDIO_INTERVAL,
            Self::Video => VIDEO_INTERVAL,
        }
    }
}

/// What a packet says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The publisher, by the number that the test gave him.
    pub publisher: u32,
    /// Number of the packet among those of its kind, from 0.
    pub number: u64,
    /// When it was made, since [`epoch`].
    pub made: Duration,
}

/// The instant from which stamps count: the first call in this process.
pub fn epoch() -> Instant {
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    *EPOCH.get_or_init(Instant::now)
}

/// The same moment on the clock by which the kernel stamps what it receives.
pub fn wall_epoch() -> Duration {
    static EPOCH: OnceLock<Duration> = OnceLock::new();
    *EPOCH.get_or_init(|| {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        wall.saturating_sub(epoch().elapsed())
    })
}

impl Stamp {
    fn write(self, kind: Kind, payload: &mut [u8]) {
        let made = u64::try_from(self.made.as_nanos()).unwrap_or(u64::MAX);
        let fields = self.publisher.to_be_bytes().into_iter();
        let fields = fields.chain(self.number.to_be_bytes()).chain(made.to_be_bytes());
        for (place, octet) in payload.iter_mut().skip(Self::offset(kind)).zip(fields) {
            *place = octet;
        }
    }

    /// Reads the stamp of a received payload.
    #[must_use]
    pub fn read(kind: Kind, payload: &[u8]) -> Option<Self> {
        let stamp = payload.get(Self::offset(kind)..)?;
        let (publisher, rest) = stamp.split_first_chunk()?;
        let (number, rest) = rest.split_first_chunk()?;
        let (made, _) = rest.split_first_chunk()?;
        Some(Self {
            publisher: u32::from_be_bytes(*publisher),
            number: u64::from_be_bytes(*number),
            made: Duration::from_nanos(u64::from_be_bytes(*made)),
        })
    }

    fn offset(kind: Kind) -> usize {
        match kind {
            Kind::Audio => 0,
            Kind::Video => VIDEO_HEAD,
        }
    }
}

/// How much picture is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// Packets of a frame, sent together.
    pub packets: u16,
    /// Octets of payload of each.
    pub length: usize,
}

impl Picture {
    /// 1.5 Mbit/s at 30 frames a second.
    pub const BRIEFING: Self = Self { packets: 6, length: 1040 };
}

/// One packet to be sent.
pub struct Packet {
    /// Of what.
    pub kind: Kind,
    /// RTP timestamp.
    pub timestamp: u32,
    /// Last packet of a frame.
    pub marker: bool,
    /// What follows the header.
    pub payload: Vec<u8>,
    stamp: Stamp,
}

impl Packet {
    fn new(kind: Kind, timestamp: u32, marker: bool, mut payload: Vec<u8>, stamp: Stamp) -> Self {
        stamp.write(kind, &mut payload);
        Self { kind, timestamp, marker, payload, stamp }
    }

    /// The packet leaves only now: those of a frame are made together.
    pub fn leave(&mut self, now: Instant) {
        self.stamp.made = now.saturating_duration_since(epoch());
        self.stamp.write(self.kind, &mut self.payload);
    }
}

/// The timetable of one publisher.
pub struct Programme {
    publisher: u32,
    picture: Picture,
    next_audio: Instant,
    next_video: Instant,
    audio: u64,
    video: u64,
    frames: u32,
    key_frame_due: bool,
}

impl Programme {
    /// Begins now.
    #[must_use]
    pub fn new(now: Instant, publisher: u32, picture: Picture) -> Self {
        Self {
            publisher,
            picture,
            next_audio: now,
            next_video: now,
            audio: 0,
            video: 0,
            frames: 0,
            key_frame_due: true,
        }
    }

    /// When there is something to send.
    #[must_use]
    pub fn due(&self) -> Instant {
        self.next_audio.min(self.next_video)
    }

    /// The next frame is to be a key frame.
    pub fn want_key_frame(&mut self) {
        self.key_frame_due = true;
    }

    /// What is due.
    pub fn take(&mut self, now: Instant) -> Vec<Packet> {
        let mut packets = Vec::new();
        while self.next_audio <= now {
            packets.push(self.sound(now));
            self.next_audio += AUDIO_INTERVAL;
        }
        while self.next_video <= now {
            self.frame(now, &mut packets);
            self.next_video += VIDEO_INTERVAL;
        }
        packets
    }

    fn sound(&mut self, now: Instant) -> Packet {
        let timestamp = truncate(self.audio).wrapping_mul(AUDIO_TICKS);
        let stamp = self.stamp(now, self.audio);
        self.audio += 1;
        Packet::new(Kind::Audio, timestamp, false, vec![0x5A; AUDIO_LENGTH], stamp)
    }

    fn frame(&mut self, now: Instant, packets: &mut Vec<Packet>) {
        let key_frame =
            std::mem::take(&mut self.key_frame_due) || self.frames.is_multiple_of(KEY_FRAME_INTERVAL);
        for place in 0..self.picture.packets {
            let mut payload = vec![0xA5; self.picture.length.max(VIDEO_HEAD + STAMP_LENGTH)];
            let head = head(self.frames, place == 0, key_frame);
            for (octet, value) in payload.iter_mut().zip(head) {
                *octet = value;
            }
            let stamp = self.stamp(now, self.video);
            self.video += 1;
            let (timestamp, last) =
                (self.frames.wrapping_mul(VIDEO_TICKS), place + 1 == self.picture.packets);
            packets.push(Packet::new(Kind::Video, timestamp, last, payload, stamp));
        }
        self.frames += 1;
    }

    fn stamp(&self, now: Instant, number: u64) -> Stamp {
        let made = now.saturating_duration_since(epoch());
        Stamp { publisher: self.publisher, number, made }
    }
}

/// Descriptor with 15-bit picture id, TL0PICIDX and temporal layer 0 (RFC 7741 §4.2), then a frame header
/// (RFC 6386 §9.1) of 640×360.
fn head(frame: u32, start: bool, key_frame: bool) -> [u8; VIDEO_HEAD] {
    let [_, low_of_picture, high, low] = frame.to_be_bytes();
    let _ = low_of_picture;
    let first = if start { 0x90 } else { 0x80 };
    let inter = u8::from(!key_frame);
    [
        first,
        0xE0,
        0x80 | (high & 0x7F),
        low,
        low,
        0x00,
        0x10 | inter,
        0,
        0,
        0x9D,
        0x01,
        0x2A,
        0x80,
        0x02,
        0x68,
        0x01,
    ]
}

fn truncate(number: u64) -> u32 {
    let [_, _, _, _, low @ ..] = number.to_be_bytes();
    u32::from_be_bytes(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holds_fifty_sounds_and_thirty_frames_each_with_its_stamp() {
        let start = epoch();
        let mut programme = Programme::new(start, 7, Picture::BRIEFING);
        let packets: Vec<_> =
            (0..1000).flat_map(|ms| programme.take(start + Duration::from_millis(ms))).collect();
        for (kind, count) in [(Kind::Audio, 50), (Kind::Video, 180)] {
            let of_kind: Vec<_> = packets.iter().filter(|packet| packet.kind == kind).collect();
            assert_eq!(of_kind.len(), count);
            for (number, packet) in of_kind.iter().enumerate() {
                let stamp = Stamp::read(kind, &packet.payload).unwrap();
                assert_eq!((stamp.publisher, stamp.number), (7, number as u64));
            }
        }
        assert_eq!(packets.iter().filter(|packet| packet.marker).count(), 30);
    }
}
