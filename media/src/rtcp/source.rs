//! Who a source is, and that it has gone (RFC 3550 §6.5, §6.6).

use super::{ParseError, SOURCE_DESCRIPTION, write_packet};
use crate::rtp::Ssrc;

const ITEM_END: u8 = 0;
const ITEM_CNAME: u8 = 1;
/// Longest item, its length being one byte.
const MAX_ITEM_LENGTH: usize = 255;

/// The chunks of an SDES packet: each an SSRC and its canonical name, if it has one.
/// The walk ends at the first chunk that is cut off.
#[derive(Debug, Clone, Copy)]
pub struct SourceDescription<'a> {
    left: usize,
    rest: &'a [u8],
}

impl<'a> SourceDescription<'a> {
    pub(super) fn new(count: usize, body: &'a [u8]) -> Self {
        Self { left: count, rest: body }
    }
}

impl<'a> Iterator for SourceDescription<'a> {
    type Item = (Ssrc, Option<&'a [u8]>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let (&ssrc, mut items) = self.rest.split_first_chunk::<4>()?;
        let whole = items.len();
        let mut cname = None;
        loop {
            let (&kind, after) = items.split_first()?;
            if kind == ITEM_END {
                break;
            }
            let (&length, after) = after.split_first()?;
            let (text, after) = after.split_at_checked(usize::from(length))?;
            if kind == ITEM_CNAME {
                cname = Some(text);
            }
            items = after;
        }
        // The end mark fills up to the next word, so at least one byte is left of it.
        let used = (whole - items.len() + 1).next_multiple_of(4);
        self.rest = self.rest.get(4 + used..).unwrap_or(&[]);
        Some((Ssrc(u32::from_be_bytes(ssrc)), cname))
    }
}

/// The sources of a BYE.
#[derive(Debug, Clone, Copy)]
pub struct Goodbye<'a>(&'a [u8]);

impl<'a> Goodbye<'a> {
    /// What follows the SSRCs is a reason and ignored.
    pub(super) fn parse(count: usize, body: &'a [u8]) -> Result<Self, ParseError> {
        body.get(..count * 4).map(Self).ok_or(ParseError::Truncated)
    }

    /// Who has gone.
    pub fn sources(self) -> impl Iterator<Item = Ssrc> + 'a {
        self.0.as_chunks::<4>().0.iter().map(|&word| Ssrc(u32::from_be_bytes(word)))
    }
}

/// Appends an SDES packet with one chunk. A name is cut off at 255 bytes.
pub fn write_cname(buffer: &mut Vec<u8>, ssrc: Ssrc, cname: &str) {
    let text = cname.as_bytes();
    let text = text.get(..MAX_ITEM_LENGTH).unwrap_or(text);
    write_packet(buffer, SOURCE_DESCRIPTION, 1, |body| {
        body.extend_from_slice(&ssrc.0.to_be_bytes());
        body.extend_from_slice(&[ITEM_CNAME, u8::try_from(text.len()).unwrap_or(u8::MAX)]);
        body.extend_from_slice(text);
        body.push(ITEM_END);
    });
}
