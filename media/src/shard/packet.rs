//! One packet as a slot's receiver is to see it.

use giaoban_media_types::MediaKind;

use crate::dependency;
use crate::history::Stored;
use crate::publication::Detail;
use crate::rtp::{self, Element, Header};
use crate::slot::Numbers;
use crate::subscriber::Slot;
use crate::vp8;

/// Longest data of a header extension element (RFC 8285 §4.3).
const LONGEST_ELEMENT: usize = 255;

/// The numbers of a stored packet.
pub fn numbers(packet: &Stored<Detail>) -> Numbers {
    let (index, timestamp) = (packet.index, packet.timestamp);
    match packet.detail {
        Detail::Video { descriptor, frame_number, .. } => Numbers {
            index,
            timestamp,
            picture_id: descriptor.picture_id.map(vp8::PictureId::get),
            tl0_index: descriptor.tl0_index,
            frame_number,
        },
        Detail::Audio { .. } | Detail::Empty => {
            Numbers { index, timestamp, picture_id: None, tl0_index: None, frame_number: None }
        }
    }
}

/// The packet's own marker; a sound that takes over a slot begins a talk spurt (RFC 3551 §4.1).
pub fn marker(slot: &Slot, packet: &Stored<Detail>, numbers: &Numbers) -> bool {
    let begins = slot.id.media() == MediaKind::Audio && slot.rewriter.began_at(numbers.index);
    packet.marker || begins
}

/// Appends the header with the extensions that the receiver has negotiated. Its length.
pub fn write_header(
    buffer: &mut Vec<u8>,
    slot: &Slot,
    packet: &Stored<Detail>,
    header: &Header,
    numbers: &Numbers,
) -> usize {
    let format = &slot.format;
    let mut level = [0; 1];
    let mut dependency = [0; LONGEST_ELEMENT];
    let mid = format.mid.as_ref().map(|(id, mid)| Element { id: *id, data: mid.as_str().as_bytes() });
    let other = match packet.detail {
        Detail::Audio { level: Some(heard) } => format.audio_level.map(|id| {
            level = heard.to_bytes();
            Element { id, data: &level }
        }),
        Detail::Video { .. } => {
            let rewritten = rewrite_dependency(&mut dependency, packet.appendix(), numbers.frame_number);
            format.dependency_descriptor.zip(rewritten).map(|(id, data)| Element { id, data })
        }
        Detail::Audio { level: None } | Detail::Empty => None,
    };
    match (mid, other) {
        (Some(mid), Some(other)) => rtp::write_header(buffer, header, &[mid, other]),
        (Some(element), None) | (None, Some(element)) => rtp::write_header(buffer, header, &[element]),
        (None, None) => rtp::write_header(buffer, header, &[]),
    }
}

/// A copy of a Dependency Descriptor with the slot's frame number.
fn rewrite_dependency<'a>(
    copy: &'a mut [u8; LONGEST_ELEMENT],
    descriptor: &[u8],
    frame_number: Option<u16>,
) -> Option<&'a [u8]> {
    let copy = copy.get_mut(..descriptor.len())?;
    copy.copy_from_slice(descriptor);
    dependency::rewrite_frame_number(copy, frame_number?);
    Some(copy)
}

/// Appends the payload with the slot's counters.
pub fn write_payload(buffer: &mut Vec<u8>, packet: &Stored<Detail>, numbers: &Numbers) {
    let start = buffer.len();
    buffer.extend_from_slice(packet.payload());
    if let (Detail::Video { descriptor, .. }, Some(payload)) = (packet.detail, buffer.get_mut(start..)) {
        descriptor.rewrite(payload, numbers.picture_id.unwrap_or(0), numbers.tl0_index.unwrap_or(0));
    }
}
