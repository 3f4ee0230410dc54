//! Header extension elements (RFC 8285) and the meaning of those we read or write.

use std::num::NonZeroU8;

use super::{ONE_BYTE_PROFILE, TWO_BYTE_PROFILE};

/// The local identifier of a header extension, negotiated per transport (RFC 8285 §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExtensionId(NonZeroU8);

impl ExtensionId {
    /// An identifier; 0 is padding and none.
    #[must_use]
    pub const fn new(id: u8) -> Option<Self> {
        match NonZeroU8::new(id) {
            Some(id) => Some(Self(id)),
            None => None,
        }
    }

    /// The number on the wire.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0.get()
    }
}

/// One header extension element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// Which extension.
    pub id: ExtensionId,
    /// Its data: 1 to 16 bytes in the one-byte form, 0 to 255 in the two-byte form.
    pub data: &'a [u8],
}

/// Walks an extension block. It ends at the first element that is cut off or reserved;
/// what stood before counts (RFC 8285 §4.2).
#[derive(Debug, Clone)]
pub struct Elements<'a> {
    rest: &'a [u8],
    two_byte: bool,
}

impl<'a> Elements<'a> {
    pub(super) fn new(profile: u16, block: &'a [u8]) -> Self {
        let two_byte = profile & 0xFFF0 == TWO_BYTE_PROFILE;
        let known = two_byte || profile == ONE_BYTE_PROFILE;
        Self { rest: if known { block } else { &[] }, two_byte }
    }

    /// Id, data length and what follows the head. `None`, or an id of 0 that is no padding, ends the walk.
    fn head(&self, first: u8, rest: &'a [u8]) -> Option<(u8, usize, &'a [u8])> {
        if self.two_byte {
            let (&length, rest) = rest.split_first()?;
            return Some((first, usize::from(length), rest));
        }
        match first >> 4 {
            15 => None,
            id => Some((id, usize::from(first & 0x0F) + 1, rest)),
        }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        while let Some((&first, rest)) = self.rest.split_first() {
            self.rest = rest;
            if first == 0 {
                continue;
            }
            let split = self
                .head(first, rest)
                .and_then(|(id, length, rest)| Some((ExtensionId::new(id)?, rest.split_at_checked(length)?)));
            let Some((id, (data, rest))) = split else {
                self.rest = &[];
                return None;
            };
            self.rest = rest;
            return Some(Element { id, data });
        }
        None
    }
}

/// The level of an audio packet (RFC 6464 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioLevel {
    /// The sender's voice detector heard speech.
    pub voice: bool,
    /// Loudness in −dBov: 0 is the loudest, 127 is silence.
    pub level: u8,
}

impl AudioLevel {
    /// Reads the element's data; the two-byte form may carry padding after the octet.
    #[must_use]
    pub fn parse(data: &[u8]) -> Option<Self> {
        let &octet = data.first()?;
        Some(Self { voice: octet & 0x80 != 0, level: octet & 0x7F })
    }

    /// The element's data.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 1] {
        [(u8::from(self.voice) << 7) | (self.level & 0x7F)]
    }
}

/// The transport-wide sequence number (draft-holmer-rmcat-transport-wide-cc-extensions-01 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TransportSequence(pub u16);

impl TransportSequence {
    /// Reads the element's data; version 2 of the extension appends a feedback request, which is ignored.
    #[must_use]
    pub fn parse(data: &[u8]) -> Option<Self> {
        let (&number, _) = data.split_first_chunk::<2>()?;
        Some(Self(u16::from_be_bytes(number)))
    }

    /// The element's data.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 2] {
        self.0.to_be_bytes()
    }
}

/// The text of a mid (RFC 9143 §15), rid or repaired-rid element (RFC 8852 §3), if it is a plain token.
#[must_use]
pub fn token(data: &[u8]) -> Option<&str> {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_';
    if data.is_empty() || !data.iter().all(plain) {
        return None;
    }
    std::str::from_utf8(data).ok()
}
