//! RTP packets (RFC 3550 §5.1) and their header extensions (RFC 8285).

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
    /// The extension block's profile: `0xBEDE` for one-byte, `0x1000` to `0x100F` for two-byte elements, 0 for none.
    pub extension_profile: u16,
    /// The extension block's elements, without its four-byte head.
    pub extensions: &'a [u8],
    /// The payload without padding.
    pub payload: &'a [u8],
}
