//! A source as the shard holds it: one encoding for each simulcast layer (RFC 8853).

use std::time::{Duration, Instant};

use giaoban_media_types::{MediaKind, RtpTimestamp, SlotId, SourceKind};

use crate::arena::Key;
use crate::history::{History, Ordinal, Stored};
use crate::keyframe::{KEY_FRAME_SERVES, KeyframeGate, KeyframePace};
use crate::nack::MissingPackets;
use crate::report::{PublisherClock, Reception, StreamClock};
use crate::rtp::{AudioLevel, Ssrc};
use crate::simulcast::{LAYER_SILENCE, Layer, LayerIndex};
use crate::slot::Standing;
use crate::speech::Activity;
use crate::vp8;

/// A source without a packet for so long has stopped. Browsers send comfort noise every 400 ms at least.
pub const SOURCE_SILENCE: Duration = Duration::from_secs(5);
/// Packets looked at for the newest one: repairs come among them, out of their order.
const NEWEST_AMONG: usize = 32;
/// Ticks a second of Opus (RFC 7587 §4.1).
pub const AUDIO_CLOCK_RATE: u32 = 48_000;
/// Ticks a second of every video payload.
pub const VIDEO_CLOCK_RATE: u32 = 90_000;

/// Ticks a second of a kind's RTP clock.
#[must_use]
pub const fn clock_rate(media: MediaKind) -> u32 {
    match media {
        MediaKind::Audio => AUDIO_CLOCK_RATE,
        MediaKind::Video => VIDEO_CLOCK_RATE,
    }
}

/// Ticks between the packets of two sources in one slot, at least: 20 ms of sound, as browsers pack it, or one tick.
#[must_use]
pub const fn step(media: MediaKind) -> u32 {
    match media {
        MediaKind::Audio => AUDIO_CLOCK_RATE / 50,
        MediaKind::Video => 1,
    }
}

/// What was read from a packet when it came.
#[derive(Debug, Clone, Copy)]
pub enum Detail {
    /// Of a sound.
    Audio {
        /// Its level, if the publisher tells.
        level: Option<AudioLevel>,
    },
    /// Of a picture.
    Video {
        /// The payload's descriptor.
        descriptor: vp8::Descriptor,
        /// Whether the packet starts a key frame.
        key_frame: bool,
        /// Frame number of its Dependency Descriptor, if it has one; the descriptor itself is kept behind the payload.
        frame_number: Option<u16>,
    },
    /// Padding alone: it holds its place in the sequence.
    Empty,
}

impl Detail {
    /// Whether the packet starts a key frame.
    #[must_use]
    pub const fn is_key_frame(&self) -> bool {
        matches!(self, Self::Video { key_frame: true, .. })
    }

    /// Whether a slot may begin with this packet.
    #[must_use]
    pub const fn is_entry(&self) -> bool {
        match self {
            Self::Audio { .. } => true,
            Self::Video { key_frame, .. } => *key_frame,
            Self::Empty => false,
        }
    }
}

/// Names an encoding. An encoding whose numbers begin anew has a new name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamName {
    /// Whose; a replaced peer connection has another key.
    pub publisher: Key,
    /// Which source of his.
    pub kind: SourceKind,
    /// Which layer.
    pub layer: LayerIndex,
    /// Counts the SSRCs that the layer has had.
    pub epoch: u32,
}

impl StreamName {
    /// Whether both are layers of one source.
    #[must_use]
    pub fn is_same_source(self, other: Self) -> bool {
        (self.publisher, self.kind) == (other.publisher, other.kind)
    }
}

/// A slot that reads an encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watcher {
    /// Whose slot.
    pub subscriber: Key,
    /// Which.
    pub slot: SlotId,
}

/// Who watches, each once.
#[derive(Debug, Default)]
pub struct Watchers(Vec<Watcher>);

impl Watchers {
    /// Adds one.
    pub fn add(&mut self, watcher: Watcher) {
        if !self.0.contains(&watcher) {
            self.0.push(watcher);
        }
    }

    /// Takes one out.
    pub fn remove(&mut self, watcher: Watcher) {
        self.0.retain(|other| *other != watcher);
    }

    /// Whether nobody watches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All.
    pub fn iter(&self) -> impl Iterator<Item = Watcher> {
        self.0.iter().copied()
    }
}

/// One layer of a source, or its only one.
pub struct Encoding {
    /// The layer's name in the offer (RFC 8851); `None` without simulcast.
    pub rid: Option<Box<str>>,
    /// The SSRC it is sent on, once known.
    pub ssrc: Option<Ssrc>,
    /// See [`StreamName::epoch`].
    pub epoch: u32,
    /// Which packets came.
    pub missing: MissingPackets,
    /// What the publisher is told about it.
    pub reception: Reception,
    /// Its clock.
    pub clock: StreamClock,
    /// Key frames wanted.
    pub gate: KeyframeGate,
    /// What slots read.
    pub history: History<Detail>,
    /// The last key frame: where it begins in the history, and when it came.
    pub key_frame: Option<(Ordinal, Instant)>,
    /// Height of its last key frame in pixels.
    pub height: Option<u16>,
    /// When its last packet came by itself.
    pub last_packet: Option<Instant>,
    /// The slots that read it.
    pub watchers: Watchers,
}

impl Encoding {
    fn new(media: MediaKind, rid: Option<Box<str>>) -> Self {
        Self {
            rid,
            ssrc: None,
            epoch: 0,
            missing: MissingPackets::default(),
            reception: Reception::default(),
            clock: StreamClock::new(clock_rate(media)),
            gate: KeyframeGate::default(),
            history: History::default(),
            key_frame: None,
            height: None,
            last_packet: None,
            watchers: Watchers::default(),
        }
    }

    /// A key frame that a slot may begin with now.
    #[must_use]
    pub fn entry(&self, now: Instant) -> Option<Ordinal> {
        let (ordinal, came) = self.key_frame?;
        let serves = now.saturating_duration_since(came) <= KEY_FRAME_SERVES;
        (serves && ordinal >= self.history.start()).then_some(ordinal)
    }

    /// Whether its packets are kept: somebody watches it, or may begin to.
    #[must_use]
    pub fn is_kept(&self, now: Instant) -> bool {
        !self.watchers.is_empty() || self.entry(now).is_some()
    }

    /// How far it has come at `now`, where a slot begins with a packet of this timestamp.
    #[must_use]
    pub fn standing(&self, now: Instant, publisher: &PublisherClock, first: RtpTimestamp) -> Standing {
        let since = |packet: &Stored<Detail>| packet.timestamp.0.wrapping_sub(first.0).cast_signed();
        let newest = self.history.iter().rev().take(NEWEST_AMONG).max_by_key(|packet| since(packet));
        Standing {
            present: self.clock.timestamp(now, publisher).unwrap_or(first),
            newest: newest.map_or(first, |packet| packet.timestamp),
        }
    }

    /// Takes the SSRC it is sent on. Another one than before begins the numbers anew.
    pub fn bind(&mut self, media: MediaKind, ssrc: Ssrc) {
        if self.ssrc.is_some_and(|before| before != ssrc) {
            self.epoch += 1;
            self.missing = MissingPackets::default();
            self.reception = Reception::default();
            self.clock = StreamClock::new(clock_rate(media));
            self.height = None;
            self.last_packet = None;
            self.key_frame = None;
            self.history = History::default();
        }
        self.ssrc = Some(ssrc);
    }
}

/// One source of one publisher.
pub struct Publication {
    /// What it is.
    pub kind: SourceKind,
    /// Its layers in the order of the offer; at least one.
    pub encodings: Vec<Encoding>,
    /// The layers that are being sent, as of the last look.
    pub layers: Vec<Layer>,
    /// When its publisher may be asked for key frames.
    pub pace: KeyframePace,
    /// Slots are about to be bound to it: a key frame is wanted at once.
    pub is_expected: bool,
    /// All slots bound to it, whether they read a layer yet or not.
    pub watchers: Watchers,
    /// When its last permitted packet came; `None` while it is stopped.
    pub last_packet: Option<Instant>,
    /// For a microphone, whether it is spoken into.
    pub activity: Option<Activity>,
}

impl Publication {
    /// A source that has sent nothing.
    #[must_use]
    pub fn new(now: Instant, kind: SourceKind, rids: &[&str]) -> Self {
        let media = kind.media();
        let mut encodings: Vec<_> = rids.iter().map(|&rid| Encoding::new(media, Some(rid.into()))).collect();
        if encodings.is_empty() {
            encodings.push(Encoding::new(media, None));
        }
        let activity = (kind == SourceKind::Microphone).then(|| Activity::new(now));
        Self {
            kind,
            encodings,
            layers: Vec::new(),
            pace: KeyframePace::default(),
            is_expected: false,
            watchers: Watchers::default(),
            last_packet: None,
            activity,
        }
    }

    /// A layer.
    #[must_use]
    pub fn encoding(&self, layer: LayerIndex) -> Option<&Encoding> {
        self.encodings.get(usize::from(layer.0))
    }

    /// A layer.
    pub fn encoding_mut(&mut self, layer: LayerIndex) -> Option<&mut Encoding> {
        self.encodings.get_mut(usize::from(layer.0))
    }

    /// The layer that is called `rid`. A lone encoding without a name is meant by any.
    #[must_use]
    pub fn layer_of(&self, rid: Option<&str>) -> Option<LayerIndex> {
        if let [Encoding { rid: None, .. }] = self.encodings.as_slice() {
            return Some(LayerIndex(0));
        }
        let position = self.encodings.iter().position(|encoding| encoding.rid.as_deref() == rid)?;
        u8::try_from(position).ok().map(LayerIndex)
    }

    /// Whether its layers are called so, in this order.
    #[must_use]
    pub fn has_layers(&self, rids: &[&str]) -> bool {
        let own: Vec<&str> = self.encodings.iter().filter_map(|encoding| encoding.rid.as_deref()).collect();
        own == rids
    }

    /// The layers that are being sent. One that is silent while a sister is not has been switched off.
    #[must_use]
    pub fn alive(&self) -> Vec<Layer> {
        let newest = self.encodings.iter().filter_map(|encoding| encoding.last_packet).max();
        let alive = |encoding: &Encoding| {
            let (Some(newest), Some(last)) = (newest, encoding.last_packet) else { return false };
            newest.saturating_duration_since(last) <= LAYER_SILENCE
        };
        (0..)
            .zip(&self.encodings)
            .filter(|(_, encoding)| alive(encoding))
            .map(|(index, encoding)| Layer { index: LayerIndex(index), height: encoding.height })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn a_layer_that_is_silent_while_a_sister_is_sent_is_not_alive() {
        let now = testing::start();
        let mut camera = Publication::new(now, SourceKind::Camera, &["h", "l"]);
        assert!(camera.alive().is_empty());
        for encoding in &mut camera.encodings {
            encoding.last_packet = Some(now);
        }
        assert_eq!(camera.alive().len(), 2);
        let low = camera.layer_of(Some("l")).unwrap();
        camera.encoding_mut(low).unwrap().last_packet = Some(now + LAYER_SILENCE * 2);
        let alive: Vec<_> = camera.alive().into_iter().map(|layer| layer.index).collect();
        assert_eq!(alive, [low]);
    }

    #[test]
    fn a_lone_layer_stays_alive_however_seldom_it_is_sent() {
        let mut screen = Publication::new(testing::start(), SourceKind::Screen, &[]);
        screen.encoding_mut(LayerIndex(0)).unwrap().last_packet = Some(testing::start());
        assert_eq!(screen.alive().len(), 1);
    }

    #[test]
    fn a_layer_is_found_by_its_name_and_a_lone_one_by_any() {
        let camera = Publication::new(testing::start(), SourceKind::Camera, &["h", "l"]);
        assert_eq!(camera.layer_of(Some("l")), Some(LayerIndex(1)));
        assert_eq!(camera.layer_of(Some("x")), None);
        assert_eq!(camera.layer_of(None), None);
        let screen = Publication::new(testing::start(), SourceKind::Screen, &[]);
        assert_eq!(screen.layer_of(Some("x")), Some(LayerIndex(0)));
        assert_eq!(screen.layer_of(None), Some(LayerIndex(0)));
    }

    #[test]
    fn a_new_ssrc_begins_the_numbers_anew() {
        let mut screen = Publication::new(testing::start(), SourceKind::Screen, &[]);
        let encoding = screen.encoding_mut(LayerIndex(0)).unwrap();
        encoding.bind(MediaKind::Video, Ssrc(1));
        encoding.bind(MediaKind::Video, Ssrc(1));
        assert_eq!(encoding.epoch, 0);
        encoding.bind(MediaKind::Video, Ssrc(2));
        assert_eq!(encoding.epoch, 1);
    }
}
