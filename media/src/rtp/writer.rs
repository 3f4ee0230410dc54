//! Writing headers for one receiver.

use super::{
    EXTENSION_BIT, Element, FIXED_HEADER_LENGTH, Header, ONE_BYTE_PROFILE, PADDING_BIT, TWO_BYTE_PROFILE,
    VERSION_2,
};

/// Longest data of an element, its length being one byte (RFC 8285 §4.3).
const MAX_ELEMENT_LENGTH: usize = 255;
/// Longest data of an element in the one-byte form (§4.2).
const MAX_ONE_BYTE_ELEMENT_LENGTH: usize = 16;
/// Largest id in the one-byte form (§4.2).
const MAX_ONE_BYTE_ID: u8 = 14;
/// Room taken at once for a whole packet, so that the vector grows at most once.
const PACKET_CAPACITY: usize = 1500;

/// Appends a header without CSRCs and returns its length, extensions included.
///
/// The one-byte form is used if every element fits it, else the two-byte form; which of them stand
/// in one stream may differ from packet to packet (`a=extmap-allow-mixed`, RFC 8285 §6). Elements
/// longer than 255 bytes cannot be written and are left out.
pub fn write_header(buffer: &mut Vec<u8>, header: &Header, elements: &[Element<'_>]) -> usize {
    let start = buffer.len();
    buffer.reserve(PACKET_CAPACITY);
    let extension = if elements.is_empty() { 0 } else { EXTENSION_BIT };
    let [s0, s1] = header.sequence.0.to_be_bytes();
    let [t0, t1, t2, t3] = header.timestamp.0.to_be_bytes();
    let [c0, c1, c2, c3] = header.ssrc.0.to_be_bytes();
    let kind = (u8::from(header.marker) << 7) | (header.payload_type.0 & 0x7F);
    let fixed: [u8; FIXED_HEADER_LENGTH] =
        [VERSION_2 | extension, kind, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3];
    buffer.extend_from_slice(&fixed);
    if !elements.is_empty() {
        write_extensions(buffer, elements);
    }
    buffer.len() - start
}

fn write_extensions(buffer: &mut Vec<u8>, elements: &[Element<'_>]) {
    let one_byte = elements.iter().all(fits_one_byte);
    let profile = if one_byte { ONE_BYTE_PROFILE } else { TWO_BYTE_PROFILE };
    let head = if one_byte { 1 } else { 2 };
    let writable = || elements.iter().filter(|element| element.data.len() <= MAX_ELEMENT_LENGTH);
    let length: usize = writable().map(|element| head + element.data.len()).sum();
    let words = u16::try_from(length.div_ceil(4)).unwrap_or(u16::MAX);
    buffer.extend_from_slice(&profile.to_be_bytes());
    buffer.extend_from_slice(&words.to_be_bytes());
    let block = buffer.len();
    for element in writable() {
        let length = u8::try_from(element.data.len()).unwrap_or(u8::MAX);
        if one_byte {
            buffer.push((element.id.get() << 4) | (length - 1));
        } else {
            buffer.extend_from_slice(&[element.id.get(), length]);
        }
        buffer.extend_from_slice(element.data);
    }
    buffer.resize(block + usize::from(words) * 4, 0);
}

fn fits_one_byte(element: &Element<'_>) -> bool {
    element.id.get() <= MAX_ONE_BYTE_ID && (1..=MAX_ONE_BYTE_ELEMENT_LENGTH).contains(&element.data.len())
}

/// Appends `length` bytes of padding to the packet that stands at `buffer[start..]` and marks it as padded
/// (RFC 3550 §5.1): segments of one GSO message are levelled so. The packet must not be padded yet.
pub fn pad(buffer: &mut Vec<u8>, start: usize, length: u8) {
    let Some(flags) = buffer.get_mut(start) else { return };
    if length == 0 {
        return;
    }
    *flags |= PADDING_BIT;
    let end = buffer.len() + usize::from(length) - 1;
    buffer.resize(end, 0);
    buffer.push(length);
}
