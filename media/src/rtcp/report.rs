//! Sender and receiver reports (RFC 3550 §6.4).

use std::slice::ChunksExact;
use std::time::Duration;

use giaoban_media_types::RtpTimestamp;

use super::{MAX_COUNT, ParseError, RECEIVER_REPORT, SENDER_REPORT, split_u32, write_packet};
use crate::rtp::Ssrc;

/// A time in the 32.32 fixed point seconds of NTP (RFC 3550 §4). Only differences are used, so the
/// start may be any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NtpTime(pub u64);

impl NtpTime {
    /// The time since some start.
    #[must_use]
    pub fn new(since_start: Duration) -> Self {
        let fraction = (u64::from(since_start.subsec_nanos()) << 32) / 1_000_000_000;
        Self((since_start.as_secs() << 32) | fraction)
    }

    /// Time since the start.
    #[must_use]
    pub fn since_start(self) -> Duration {
        let nanos = ((self.0 & 0xFFFF_FFFF) * 1_000_000_000) >> 32;
        Duration::from_secs(self.0 >> 32) + Duration::from_nanos(nanos)
    }

    /// The middle 32 bits, by which a report block names a sender report.
    #[must_use]
    pub fn middle(self) -> u32 {
        ((self.0 >> 16) & 0xFFFF_FFFF) as u32
    }
}

/// The sender's part of a sender report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderInfo {
    /// When the report was made, on the sender's clock.
    pub ntp: NtpTime,
    /// The same moment on the stream's clock.
    pub rtp: RtpTimestamp,
    /// Packets sent so far, wrapping.
    pub packets: u32,
    /// Payload bytes sent so far, wrapping.
    pub octets: u32,
}

impl SenderInfo {
    pub(super) fn parse(body: &[u8]) -> Result<(Self, &[u8]), ParseError> {
        let (&ntp, rest) = body.split_first_chunk::<8>().ok_or(ParseError::Truncated)?;
        let (rtp, rest) = split_u32(rest)?;
        let (packets, rest) = split_u32(rest)?;
        let (octets, rest) = split_u32(rest)?;
        let ntp = NtpTime(u64::from_be_bytes(ntp));
        Ok((Self { ntp, rtp: RtpTimestamp(rtp), packets, octets }, rest))
    }
}

/// What a receiver says of one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportBlock {
    /// The stream.
    pub ssrc: Ssrc,
    /// Packets lost since the last report, in 256ths of those expected.
    pub fraction_lost: u8,
    /// Packets lost so far; duplicates make it negative. 24 bits, saturated when written.
    pub cumulative_lost: i32,
    /// Highest sequence number received, with its count of cycles above.
    pub highest_sequence: u32,
    /// Interarrival jitter in units of the payload's clock.
    pub jitter: u32,
    /// [`NtpTime::middle`] of the last sender report; 0 if there was none.
    pub last_sender_report: u32,
    /// Time from that report's arrival to this one, in 65,536ths of a second.
    pub delay_since_last: u32,
}

const BLOCK_LENGTH: usize = 24;
const MAX_CUMULATIVE_LOST: i32 = 0x7F_FFFF;
const MIN_CUMULATIVE_LOST: i32 = -0x80_0000;

impl ReportBlock {
    fn parse(block: &[u8]) -> Option<Self> {
        let (&[c0, c1, c2, c3, fraction_lost, l0, l1, l2], rest) = block.split_first_chunk::<8>()?;
        let (highest_sequence, rest) = split_u32(rest).ok()?;
        let (jitter, rest) = split_u32(rest).ok()?;
        let (last_sender_report, rest) = split_u32(rest).ok()?;
        let (delay_since_last, _) = split_u32(rest).ok()?;
        Some(Self {
            ssrc: Ssrc(u32::from_be_bytes([c0, c1, c2, c3])),
            fraction_lost,
            // The shift back extends the sign of the 24 bits.
            cumulative_lost: i32::from_be_bytes([l0, l1, l2, 0]) >> 8,
            highest_sequence,
            jitter,
            last_sender_report,
            delay_since_last,
        })
    }

    fn write(&self, buffer: &mut Vec<u8>) {
        let [_, l0, l1, l2] =
            self.cumulative_lost.clamp(MIN_CUMULATIVE_LOST, MAX_CUMULATIVE_LOST).to_be_bytes();
        buffer.extend_from_slice(&self.ssrc.0.to_be_bytes());
        buffer.extend_from_slice(&[self.fraction_lost, l0, l1, l2]);
        for word in [self.highest_sequence, self.jitter, self.last_sender_report, self.delay_since_last] {
            buffer.extend_from_slice(&word.to_be_bytes());
        }
    }
}

/// The report blocks of one packet, at most 31.
#[derive(Debug, Clone, Copy)]
pub struct ReportBlocks<'a>(&'a [u8]);

impl<'a> ReportBlocks<'a> {
    /// What follows the blocks is a profile's extension and ignored.
    pub(super) fn parse(count: usize, body: &'a [u8]) -> Result<Self, ParseError> {
        body.get(..count * BLOCK_LENGTH).map(Self).ok_or(ParseError::Truncated)
    }
}

impl<'a> IntoIterator for ReportBlocks<'a> {
    type Item = ReportBlock;
    type IntoIter = std::iter::FilterMap<ChunksExact<'a, u8>, fn(&'a [u8]) -> Option<ReportBlock>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.chunks_exact(BLOCK_LENGTH).filter_map(ReportBlock::parse)
    }
}

/// Appends a sender report; blocks beyond the 31st go into receiver reports after it.
pub fn write_sender_report(buffer: &mut Vec<u8>, sender: Ssrc, info: &SenderInfo, reports: &[ReportBlock]) {
    let (first, rest) = reports.split_at_checked(MAX_COUNT).unwrap_or((reports, &[]));
    write_packet(buffer, SENDER_REPORT, count(first), |body| {
        body.extend_from_slice(&sender.0.to_be_bytes());
        body.extend_from_slice(&info.ntp.0.to_be_bytes());
        for word in [info.rtp.0, info.packets, info.octets] {
            body.extend_from_slice(&word.to_be_bytes());
        }
        first.iter().for_each(|report| report.write(body));
    });
    if !rest.is_empty() {
        write_receiver_report(buffer, sender, rest);
    }
}

/// Appends one receiver report for every 31 blocks, and an empty one if there are none.
pub fn write_receiver_report(buffer: &mut Vec<u8>, sender: Ssrc, reports: &[ReportBlock]) {
    let mut rest = reports;
    loop {
        let (first, after) = rest.split_at_checked(MAX_COUNT).unwrap_or((rest, &[]));
        write_packet(buffer, RECEIVER_REPORT, count(first), |body| {
            body.extend_from_slice(&sender.0.to_be_bytes());
            first.iter().for_each(|report| report.write(body));
        });
        if after.is_empty() {
            return;
        }
        rest = after;
    }
}

fn count(reports: &[ReportBlock]) -> u8 {
    u8::try_from(reports.len()).unwrap_or(0)
}
