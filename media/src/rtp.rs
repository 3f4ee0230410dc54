//! RTP packets (RFC 3550 §5.1) and their header extensions (RFC 8285).

mod extension;
pub mod rtx;
mod writer;

pub use extension::{AudioLevel, Element, Elements, ExtensionId, TransportSequence, token};
pub use writer::{pad, write_header};

use giaoban_media_types::RtpTimestamp;

/// A synchronisation source (RFC 3550 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ssrc(pub u32);

/// A payload type as negotiated on one transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PayloadType(pub u8);

/// A sequence number as it stands in the packet. Its extended form is `transport::PacketIndex`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SequenceNumber(pub u16);

/// The fixed header without what the layout implies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The last packet of a video frame; the first of a talk spurt.
    pub marker: bool,
    /// What the payload is.
    pub payload_type: PayloadType,
    /// Counts the packets of the SSRC.
    pub sequence: SequenceNumber,
    /// Sampling instant of the payload.
    pub timestamp: RtpTimestamp,
    /// The stream.
    pub ssrc: Ssrc,
}

/// A parsed packet that borrows its datagram.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'a> {
    /// The fixed header.
    pub header: Header,
    /// Bytes before the payload: fixed header, CSRCs and extension block. SRTP leaves them readable.
    pub header_length: usize,
    /// The extension block's profile: `0xBEDE` for one-byte, `0x1000` to `0x100F` for two-byte elements, 0 for none.
    pub extension_profile: u16,
    /// The extension block's elements, without its four-byte head.
    pub extensions: &'a [u8],
    /// The payload without padding.
    pub payload: &'a [u8],
    /// Bytes of padding after the payload, its count included.
    pub padding_length: usize,
}

/// Why bytes are not an RTP packet. All of it is the peer's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Shorter than its own header says.
    #[error("the packet is shorter than its header")]
    Truncated,
    /// Not version 2.
    #[error("not RTP version 2")]
    Version,
    /// The padding count is 0 or more than what follows the header.
    #[error("the padding is longer than the payload")]
    Padding,
}

/// Profile of an extension block with one-byte element heads (RFC 8285 §4.2).
const ONE_BYTE_PROFILE: u16 = 0xBEDE;
/// Profile of an extension block with two-byte element heads; the low four bits are the application's (§4.3).
const TWO_BYTE_PROFILE: u16 = 0x1000;

const PADDING_BIT: u8 = 0x20;
const EXTENSION_BIT: u8 = 0x10;
const VERSION_2: u8 = 0x80;
const FIXED_HEADER_LENGTH: usize = 12;

impl<'a> Packet<'a> {
    /// Reads a decrypted packet. Elements of the extension block are not looked at: see [`Packet::elements`].
    ///
    /// # Errors
    /// See [`ParseError`].
    pub fn parse(datagram: &'a [u8]) -> Result<Self, ParseError> {
        let (fixed, rest) =
            datagram.split_first_chunk::<FIXED_HEADER_LENGTH>().ok_or(ParseError::Truncated)?;
        let [flags, kind, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3] = *fixed;
        if flags & 0xC0 != VERSION_2 {
            return Err(ParseError::Version);
        }
        let contributors = usize::from(flags & 0x0F) * 4;
        let rest = rest.get(contributors..).ok_or(ParseError::Truncated)?;
        let (extension_profile, extensions, body) = split_extensions(flags, rest)?;
        let padding_length = padding_length(flags, body)?;
        let payload = body.get(..body.len() - padding_length).ok_or(ParseError::Padding)?;
        Ok(Self {
            header: Header {
                marker: kind & 0x80 != 0,
                payload_type: PayloadType(kind & 0x7F),
                sequence: SequenceNumber(u16::from_be_bytes([s0, s1])),
                timestamp: RtpTimestamp(u32::from_be_bytes([t0, t1, t2, t3])),
                ssrc: Ssrc(u32::from_be_bytes([c0, c1, c2, c3])),
            },
            header_length: datagram.len() - body.len(),
            extension_profile,
            extensions,
            payload,
            padding_length,
        })
    }

    /// The header extension elements in their order.
    #[must_use]
    pub fn elements(&self) -> Elements<'a> {
        Elements::new(self.extension_profile, self.extensions)
    }

    /// The data of the first element with this id.
    #[must_use]
    pub fn extension(&self, id: ExtensionId) -> Option<&'a [u8]> {
        self.elements().find(|element| element.id == id).map(|element| element.data)
    }
}

/// The extension block's profile and elements, and what follows it.
fn split_extensions(flags: u8, rest: &[u8]) -> Result<(u16, &[u8], &[u8]), ParseError> {
    if flags & EXTENSION_BIT == 0 {
        return Ok((0, &[], rest));
    }
    let (&[p0, p1, l0, l1], rest) = rest.split_first_chunk::<4>().ok_or(ParseError::Truncated)?;
    let length = usize::from(u16::from_be_bytes([l0, l1])) * 4;
    let (extensions, body) = rest.split_at_checked(length).ok_or(ParseError::Truncated)?;
    Ok((u16::from_be_bytes([p0, p1]), extensions, body))
}

/// Bytes of padding at the end of `body`, at most its length.
fn padding_length(flags: u8, body: &[u8]) -> Result<usize, ParseError> {
    if flags & PADDING_BIT == 0 {
        return Ok(0);
    }
    let count = usize::from(*body.last().ok_or(ParseError::Padding)?);
    if count == 0 || count > body.len() { Err(ParseError::Padding) } else { Ok(count) }
}

#[cfg(test)]
mod tests;
