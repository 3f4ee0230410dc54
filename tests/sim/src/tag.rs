//! What every payload says of itself, so that a receiver can tell what he was really given.

use giaoban_media::vp8::Descriptor;
use giaoban_media_types::{MemberId, SourceId, SourceKind};

/// Bytes of a tag.
pub const TAG_LENGTH: usize = 14;
/// Bytes of a key frame's header (RFC 6386 §9.1) before the tag; another frame's header is one byte here.
const KEY_FRAME_HEADER_LENGTH: usize = 10;

/// The publisher's mark in one packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tag {
    /// Whose and which.
    pub source: SourceId,
    /// Which simulcast layer.
    pub layer: u8,
    /// Counts the frames of the layer, or the packets of sound.
    pub frame: u32,
    /// The packet's place in its frame.
    pub place: u16,
    /// Packets of the frame.
    pub count: u16,
}

impl Tag {
    /// The tag as it stands in a payload.
    #[must_use]
    pub fn to_bytes(self) -> [u8; TAG_LENGTH] {
        let kind = SourceKind::ALL.iter().position(|kind| *kind == self.source.kind).unwrap_or(0);
        let [m0, m1, m2, m3] = self.source.member.0.to_be_bytes();
        let [f0, f1, f2, f3] = self.frame.to_be_bytes();
        let [p0, p1] = self.place.to_be_bytes();
        let [c0, c1] = self.count.to_be_bytes();
        let kind = u8::try_from(kind).unwrap_or(0);
        [m0, m1, m2, m3, kind, self.layer, f0, f1, f2, f3, p0, p1, c0, c1]
    }

    /// Reads a tag at the head of `bytes`.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (&[m0, m1, m2, m3, kind, layer, f0, f1, f2, f3, p0, p1, c0, c1], _) =
            bytes.split_first_chunk::<TAG_LENGTH>()?;
        let kind = *SourceKind::ALL.get(usize::from(kind))?;
        Some(Self {
            source: SourceId { member: MemberId(u32::from_be_bytes([m0, m1, m2, m3])), kind },
            layer,
            frame: u32::from_be_bytes([f0, f1, f2, f3]),
            place: u16::from_be_bytes([p0, p1]),
            count: u16::from_be_bytes([c0, c1]),
        })
    }

    /// Reads the tag of a VP8 payload: behind the descriptor and, in a frame's first packet, the frame header.
    #[must_use]
    pub fn of_picture(payload: &[u8]) -> Option<Self> {
        let descriptor = Descriptor::parse(payload).ok()?;
        let header = match (descriptor.frame_start(), descriptor.starts_key_frame(payload)) {
            (true, true) => KEY_FRAME_HEADER_LENGTH,
            (true, false) => 1,
            (false, _) => 0,
        };
        Self::parse(payload.get(descriptor.length + header..)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_as_it_was_written() {
        let source = SourceId { member: MemberId(70_000), kind: SourceKind::Screen };
        let tag = Tag { source, layer: 2, frame: 100_000, place: 3, count: 700 };
        assert_eq!(Tag::parse(&tag.to_bytes()), Some(tag));
        assert_eq!(Tag::parse(&tag.to_bytes()[1..]), None);
    }
}
