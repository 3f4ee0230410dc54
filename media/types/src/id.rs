//! Identifiers. None of them is a secret and none of them names a person.

use std::fmt;

/// A conference (RFC 4353 §2) on this gateway, for as long as its room exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConferenceId(pub u32);

/// A member of a conference: his seat, the same before and after a resume or a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(pub u32);

/// One `RTCPeerConnection` of a member, drawn at random by the client when it makes one.
/// A different id on the same seat replaces the transport; the same id renegotiates it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u32);

/// Sound or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaKind {
    /// Opus.
    Audio,
    /// The room's video codec.
    Video,
}

/// What a member can publish, one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceKind {
    /// His microphone.
    Microphone,
    /// His camera.
    Camera,
    /// A shared screen, window or document.
    Screen,
    /// The sound that belongs to the shared screen.
    ScreenAudio,
}

impl SourceKind {
    /// Every kind, in the order of [`SourceSet`]'s bits.
    pub const ALL: [Self; 4] = [Self::Microphone, Self::Camera, Self::Screen, Self::ScreenAudio];

    /// Whether the source is sound or picture.
    #[must_use]
    pub const fn media(self) -> MediaKind {
        match self {
            Self::Microphone | Self::ScreenAudio => MediaKind::Audio,
            Self::Camera | Self::Screen => MediaKind::Video,
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Microphone => 1,
            Self::Camera => 2,
            Self::Screen => 4,
            Self::ScreenAudio => 8,
        }
    }
}

/// One source of one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId {
    /// Whose.
    pub member: MemberId,
    /// Which of his.
    pub kind: SourceKind,
}

/// A set of source kinds: what policy lets a member send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SourceSet(u8);

impl SourceSet {
    /// Nothing may pass.
    pub const NONE: Self = Self(0);
    /// Everything may pass.
    pub const ALL: Self = Self(15);

    /// The same set with `kind` in it.
    #[must_use]
    pub const fn with(self, kind: SourceKind) -> Self {
        Self(self.0 | kind.bit())
    }

    /// The same set with `kind` taken out.
    #[must_use]
    pub const fn without(self, kind: SourceKind) -> Self {
        Self(self.0 & !kind.bit())
    }

    /// Whether `kind` is in the set.
    #[must_use]
    pub const fn contains(self, kind: SourceKind) -> bool {
        self.0 & kind.bit() != 0
    }
}

/// A receiving slot of a member, numbered the same way by client and gateway:
/// 0 the stage's microphone, 1–3 other speakers, 4 the stage's screen audio, 5 the stage's picture, 6 and up tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotId(pub u8);

/// What a slot is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotKind {
    /// The microphone of whoever is on the stage; bound by signaling together with [`SlotKind::StageVideo`].
    StageAudio,
    /// Another speaker, chosen by the shard from the levels it hears.
    Audio,
    /// The sound of the screen on the stage.
    ScreenAudio,
    /// The picture on the stage: a camera or a screen.
    StageVideo,
    /// A picture in the strip or the grid.
    Tile,
}

impl SlotId {
    /// The stage's microphone.
    pub const STAGE_AUDIO: Self = Self(0);
    /// The stage's screen audio.
    pub const SCREEN_AUDIO: Self = Self(4);
    /// The stage's picture.
    pub const STAGE_VIDEO: Self = Self(5);
    /// The first tile.
    pub const FIRST_TILE: Self = Self(6);
    /// Slots a client may ask for at most: the nine-by-nine grid is more than a screen can show legibly.
    pub const MAX_SLOTS: u8 = 87;

    /// What this slot is for.
    #[must_use]
    pub const fn kind(self) -> SlotKind {
        match self.0 {
            0 => SlotKind::StageAudio,
            1..=3 => SlotKind::Audio,
            4 => SlotKind::ScreenAudio,
            5 => SlotKind::StageVideo,
            _ => SlotKind::Tile,
        }
    }

    /// Whether the slot carries sound or picture.
    #[must_use]
    pub const fn media(self) -> MediaKind {
        match self.kind() {
            SlotKind::StageAudio | SlotKind::Audio | SlotKind::ScreenAudio => MediaKind::Audio,
            SlotKind::StageVideo | SlotKind::Tile => MediaKind::Video,
        }
    }
}

/// Counts the assignments of one slot, so that a late acknowledgement or switch is recognised as late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SlotEpoch(pub u32);

/// An RTP timestamp as it stands in the packet (RFC 3550 §5.1), in units of the payload's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RtpTimestamp(pub u32);

/// The identification of a media section (RFC 5888 §4): 1 to 16 token characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mid(Box<str>);

/// Why a text is not a [`Mid`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MidError;

impl Mid {
    /// Longest mid we take: one-byte header extensions carry no more.
    pub const MAX_LENGTH: usize = 16;

    /// Checks and keeps a mid.
    ///
    /// # Errors
    /// If the text is empty, too long or has a character that is not alphanumeric, `-` or `_`.
    pub fn new(text: &str) -> Result<Self, MidError> {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if text.is_empty() || text.len() > Self::MAX_LENGTH || !text.bytes().all(token) {
            return Err(MidError);
        }
        Ok(Self(text.into()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Mid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for MidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mid has 1 to 16 alphanumeric characters")
    }
}

impl std::error::Error for MidError {}
