//! Between the wire's words and those of the media core.

use giaoban_media_types::{MemberId, SourceId, SourceKind};

use super::{WireSource, WireSourceKind};

impl From<WireSourceKind> for SourceKind {
    fn from(kind: WireSourceKind) -> Self {
        match kind {
            WireSourceKind::Microphone => Self::Microphone,
            WireSourceKind::Camera => Self::Camera,
            WireSourceKind::Screen => Self::Screen,
            WireSourceKind::ScreenAudio => Self::ScreenAudio,
        }
    }
}

impl From<SourceKind> for WireSourceKind {
    fn from(kind: SourceKind) -> Self {
        match kind {
            SourceKind::Microphone => Self::Microphone,
            SourceKind::Camera => Self::Camera,
            SourceKind::Screen => Self::Screen,
            SourceKind::ScreenAudio => Self::ScreenAudio,
        }
    }
}

impl From<WireSource> for SourceId {
    fn from(source: WireSource) -> Self {
        Self { member: MemberId(source.member), kind: source.kind.into() }
    }
}

impl From<SourceId> for WireSource {
    fn from(source: SourceId) -> Self {
        Self { member: source.member.0, kind: source.kind.into() }
    }
}
