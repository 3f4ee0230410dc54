//! What a receiver asks of a sender: packets again, or a key frame.

use super::{
    FMT_NACK, FMT_PLI, PAYLOAD_FEEDBACK, ParseError, TRANSPORT_LAYER_FEEDBACK, split_feedback, write_feedback,
};
use crate::rtp::{SequenceNumber, Ssrc};

/// Packets that a receiver misses (RFC 4585 §6.2.1).
#[derive(Debug, Clone, Copy)]
pub struct Nack<'a> {
    /// Who misses them.
    pub sender: Ssrc,
    /// Of which stream.
    pub media: Ssrc,
    pairs: &'a [u8],
}

impl<'a> Nack<'a> {
    pub(super) fn parse(body: &'a [u8]) -> Result<Self, ParseError> {
        let (sender, media, pairs) = split_feedback(body)?;
        Ok(Self { sender, media, pairs })
    }

    /// The missing sequence numbers, at most 17 for every four bytes.
    pub fn lost(self) -> impl Iterator<Item = SequenceNumber> + 'a {
        self.pairs.as_chunks::<4>().0.iter().flat_map(|&[p0, p1, m0, m1]| {
            let first = u16::from_be_bytes([p0, p1]);
            let mask = u16::from_be_bytes([m0, m1]);
            let following =
                (0..16).filter(move |bit| mask & (1 << bit) != 0).map(move |bit| first.wrapping_add(bit + 1));
            std::iter::once(first).chain(following).map(SequenceNumber)
        })
    }
}

/// Appends a NACK for the numbers, which should ascend (wrapping) so that neighbours share a mask.
/// Appends nothing if there are none.
pub fn write_nack(
    buffer: &mut Vec<u8>,
    sender: Ssrc,
    media: Ssrc,
    lost: impl IntoIterator<Item = SequenceNumber>,
) {
    let mut lost = lost.into_iter();
    let Some(SequenceNumber(mut first)) = lost.next() else { return };
    let mut mask = 0u16;
    write_feedback(buffer, (TRANSPORT_LAYER_FEEDBACK, FMT_NACK), (sender, media), |body| {
        for SequenceNumber(number) in lost {
            match number.wrapping_sub(first) {
                0 => {}
                distance @ 1..=16 => mask |= 1 << (distance - 1),
                _ => {
                    write_pair(body, first, mask);
                    (first, mask) = (number, 0);
                }
            }
        }
        write_pair(body, first, mask);
    });
}

fn write_pair(body: &mut Vec<u8>, first: u16, mask: u16) {
    body.extend_from_slice(&first.to_be_bytes());
    body.extend_from_slice(&mask.to_be_bytes());
}

/// Appends a PLI.
pub fn write_picture_loss_indication(buffer: &mut Vec<u8>, sender: Ssrc, media: Ssrc) {
    write_feedback(buffer, (PAYLOAD_FEEDBACK, FMT_PLI), (sender, media), |_| {});
}

/// One entry of a FIR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntraRequest {
    /// Of which stream.
    pub media: Ssrc,
    /// Grows with each new request; the same number is a repetition.
    pub number: u8,
}

/// The entries of a FIR (RFC 5104 §4.3.1.1).
#[derive(Debug, Clone, Copy)]
pub struct FullIntraRequests<'a> {
    /// Who asks.
    pub sender: Ssrc,
    entries: &'a [u8],
}

impl<'a> FullIntraRequests<'a> {
    pub(super) fn parse(body: &'a [u8]) -> Result<Self, ParseError> {
        let (sender, _, entries) = split_feedback(body)?;
        Ok(Self { sender, entries })
    }

    /// What is asked.
    pub fn requests(self) -> impl Iterator<Item = IntraRequest> + 'a {
        self.entries.as_chunks::<8>().0.iter().map(|&[c0, c1, c2, c3, number, _, _, _]| IntraRequest {
            media: Ssrc(u32::from_be_bytes([c0, c1, c2, c3])),
            number,
        })
    }
}
