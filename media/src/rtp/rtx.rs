//! Retransmission payloads (RFC 4588 §4): the original sequence number, then the original payload.

use super::SequenceNumber;

/// Bytes that a retransmission adds to the payload.
pub const OVERHEAD: usize = 2;

/// Splits a retransmission's payload. `None` if there is no original in it: browsers probe with padding alone.
#[must_use]
pub fn decapsulate(payload: &[u8]) -> Option<(SequenceNumber, &[u8])> {
    let (&number, original) = payload.split_first_chunk::<OVERHEAD>()?;
    Some((SequenceNumber(u16::from_be_bytes(number)), original))
}

/// Appends a retransmission's payload.
pub fn encapsulate(buffer: &mut Vec<u8>, original: SequenceNumber, payload: &[u8]) {
    buffer.extend_from_slice(&original.0.to_be_bytes());
    buffer.extend_from_slice(payload);
}
