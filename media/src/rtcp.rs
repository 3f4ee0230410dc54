//! RTCP: reading and writing the packets of a compound (RFC 3550 §6), and feedback (RFC 4585, RFC 5104).
//!
//! Readers borrow and never allocate. Writers append whole packets; a compound is what is written one
//! after the other.

mod feedback;
mod report;
mod source;
mod transport_feedback;

pub use feedback::{FullIntraRequests, IntraRequest, Nack, write_nack, write_picture_loss_indication};
pub use report::{
    NtpTime, ReportBlock, ReportBlocks, SenderInfo, write_receiver_report, write_sender_report,
};
pub use source::{Goodbye, SourceDescription, write_cname};
pub use transport_feedback::{
    Arrival, ArrivalTime, FeedbackHead, PacketStatus, Statuses, TransportFeedback, write_transport_feedback,
};

use crate::rtp::Ssrc;

/// One packet of a compound.
#[derive(Debug, Clone, Copy)]
pub enum Packet<'a> {
    /// SR (RFC 3550 §6.4.1).
    SenderReport {
        /// Who reports.
        sender: Ssrc,
        /// What he has sent.
        info: SenderInfo,
        /// What he has received.
        reports: ReportBlocks<'a>,
    },
    /// RR (§6.4.2).
    ReceiverReport {
        /// Who reports.
        sender: Ssrc,
        /// What he has received.
        reports: ReportBlocks<'a>,
    },
    /// SDES (§6.5).
    SourceDescription(SourceDescription<'a>),
    /// BYE (§6.6).
    Goodbye(Goodbye<'a>),
    /// Generic NACK (RFC 4585 §6.2.1).
    Nack(Nack<'a>),
    /// PLI (RFC 4585 §6.3.1): a picture of `media` cannot be decoded.
    PictureLossIndication {
        /// Who asks.
        sender: Ssrc,
        /// Of which stream.
        media: Ssrc,
    },
    /// FIR (RFC 5104 §4.3.1).
    FullIntraRequest(FullIntraRequests<'a>),
    /// Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
    TransportFeedback(TransportFeedback<'a>),
    /// Well-formed, and nothing we act on.
    Other,
}

/// Why bytes are not a compound. All of it is the peer's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// A packet ends before its length or its count says.
    #[error("an RTCP packet is shorter than it says")]
    Truncated,
    /// Not version 2.
    #[error("not RTCP version 2")]
    Version,
    /// The padding is longer than the packet, or none.
    #[error("the padding of an RTCP packet is wrong")]
    Padding,
    /// Feedback on more packets than one report is taken for.
    #[error("an RTCP packet reports on too many packets")]
    Excessive,
}

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;
const TRANSPORT_LAYER_FEEDBACK: u8 = 205;
const PAYLOAD_FEEDBACK: u8 = 206;

const FMT_NACK: u8 = 1;
const FMT_TRANSPORT_WIDE: u8 = 15;
const FMT_PLI: u8 = 1;
const FMT_FIR: u8 = 4;

const VERSION_2: u8 = 0x80;
const PADDING_BIT: u8 = 0x20;
/// Most that the five-bit count of a packet can say.
const MAX_COUNT: usize = 31;

/// The packets of a compound, or of a reduced-size one (RFC 5506), in their order.
/// After an error there is nothing more: where the next packet would start is not known.
#[must_use]
pub fn packets(compound: &[u8]) -> Packets<'_> {
    Packets { rest: compound }
}

/// See [`packets`].
#[derive(Debug, Clone)]
pub struct Packets<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Packets<'a> {
    type Item = Result<Packet<'a>, ParseError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let parsed = split_packet(self.rest).and_then(|(head, body, rest)| {
            self.rest = rest;
            parse_body(head, body)
        });
        if parsed.is_err() {
            self.rest = &[];
        }
        Some(parsed)
    }
}

#[derive(Clone, Copy)]
struct Head {
    kind: u8,
    /// Reception report count, source count or feedback message type.
    count: u8,
}

/// The first packet's head and body without padding, and the rest of the compound.
fn split_packet(compound: &[u8]) -> Result<(Head, &[u8], &[u8]), ParseError> {
    let (&[flags, kind, l0, l1], rest) = compound.split_first_chunk::<4>().ok_or(ParseError::Truncated)?;
    if flags & 0xC0 != VERSION_2 {
        return Err(ParseError::Version);
    }
    let length = usize::from(u16::from_be_bytes([l0, l1])) * 4;
    let (body, rest) = rest.split_at_checked(length).ok_or(ParseError::Truncated)?;
    let head = Head { kind, count: flags & 0x1F };
    if flags & PADDING_BIT == 0 {
        return Ok((head, body, rest));
    }
    let padding = usize::from(*body.last().ok_or(ParseError::Padding)?);
    // Browsers fill transport-wide feedback with 1 to 3 bytes (libwebrtc, `TransportFeedback::Create`), whatever RFC 3550 §6.4.1
    // says of multiples of four.
    if padding == 0 {
        return Err(ParseError::Padding);
    }
    let length = body.len().checked_sub(padding).ok_or(ParseError::Padding)?;
    Ok((head, body.get(..length).ok_or(ParseError::Padding)?, rest))
}

fn parse_body(head: Head, body: &[u8]) -> Result<Packet<'_>, ParseError> {
    let count = usize::from(head.count);
    Ok(match (head.kind, head.count) {
        (SENDER_REPORT, _) => {
            let (sender, rest) = split_ssrc(body)?;
            let (info, rest) = SenderInfo::parse(rest)?;
            Packet::SenderReport { sender, info, reports: ReportBlocks::parse(count, rest)? }
        }
        (RECEIVER_REPORT, _) => {
            let (sender, rest) = split_ssrc(body)?;
            Packet::ReceiverReport { sender, reports: ReportBlocks::parse(count, rest)? }
        }
        (SOURCE_DESCRIPTION, _) => Packet::SourceDescription(SourceDescription::new(count, body)),
        (GOODBYE, _) => Packet::Goodbye(Goodbye::parse(count, body)?),
        (TRANSPORT_LAYER_FEEDBACK, FMT_NACK) => Packet::Nack(Nack::parse(body)?),
        (TRANSPORT_LAYER_FEEDBACK, FMT_TRANSPORT_WIDE) => {
            Packet::TransportFeedback(TransportFeedback::parse(body)?)
        }
        (PAYLOAD_FEEDBACK, FMT_PLI) => {
            let (sender, media, _) = split_feedback(body)?;
            Packet::PictureLossIndication { sender, media }
        }
        (PAYLOAD_FEEDBACK, FMT_FIR) => Packet::FullIntraRequest(FullIntraRequests::parse(body)?),
        _ => Packet::Other,
    })
}

fn split_u32(bytes: &[u8]) -> Result<(u32, &[u8]), ParseError> {
    let (&word, rest) = bytes.split_first_chunk::<4>().ok_or(ParseError::Truncated)?;
    Ok((u32::from_be_bytes(word), rest))
}

fn split_ssrc(bytes: &[u8]) -> Result<(Ssrc, &[u8]), ParseError> {
    split_u32(bytes).map(|(word, rest)| (Ssrc(word), rest))
}

/// The two SSRCs of a feedback packet and its control information (RFC 4585 §6.1).
fn split_feedback(body: &[u8]) -> Result<(Ssrc, Ssrc, &[u8]), ParseError> {
    let (sender, rest) = split_ssrc(body)?;
    let (media, rest) = split_ssrc(rest)?;
    Ok((sender, media, rest))
}

/// Appends one packet whose body `write` appends; it is filled up to a word with zeros.
fn write_packet(buffer: &mut Vec<u8>, kind: u8, count: u8, write: impl FnOnce(&mut Vec<u8>)) {
    let start = buffer.len();
    buffer.extend_from_slice(&[VERSION_2 | (count & 0x1F), kind, 0, 0]);
    write(buffer);
    let words = (buffer.len() - start).div_ceil(4);
    buffer.resize(start + words * 4, 0);
    let length = u16::try_from(words - 1).unwrap_or(u16::MAX).to_be_bytes();
    if let Some(place) = buffer.get_mut(start + 2..start + 4) {
        place.copy_from_slice(&length);
    }
}

fn write_feedback(
    buffer: &mut Vec<u8>,
    (kind, format): (u8, u8),
    (sender, media): (Ssrc, Ssrc),
    write: impl FnOnce(&mut Vec<u8>),
) {
    write_packet(buffer, kind, format, |body| {
        body.extend_from_slice(&sender.0.to_be_bytes());
        body.extend_from_slice(&media.0.to_be_bytes());
        write(body);
    });
}

#[cfg(test)]
mod tests;
