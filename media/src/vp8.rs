//! The VP8 payload descriptor (RFC 7741 §4.2). It stands in the clear before a sealed payload; what
//! follows it is looked at only for the key frame bit and size, and only where the caller asks.
//!
//! ```text
//!  0 1 2 3 4 5 6 7
//! |X|R|N|S|R| PID |  always
//! |I|L|T|K|  RSV  |  if X
//! |M| picture id  |  if I; with M set, a second octet
//! |  TL0PICIDX    |  if L
//! |TID|Y| KEYIDX  |  if T or K
//! ```

/// The picture id: 7 or 15 bits, as the sender chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PictureId {
    /// Seven bits.
    Short(u8),
    /// Fifteen bits.
    Long(u16),
}

impl PictureId {
    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        match self {
            Self::Short(number) => number as u16,
            Self::Long(number) => number,
        }
    }

    /// `number` in this one's width.
    #[must_use]
    pub const fn with(self, number: u16) -> Self {
        match self {
            Self::Short(_) => Self::Short((number & 0x7F) as u8),
            Self::Long(_) => Self::Long(number & 0x7FFF),
        }
    }
}

/// The octet of `TID`, `Y` and `KEYIDX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layering {
    /// Temporal layer; means something only if the descriptor's `T` bit is set.
    pub temporal: Option<u8>,
    /// The frame depends only on the base layer, so a receiver may switch up here.
    pub sync: bool,
    /// Key frame index, if signalled.
    pub key_index: Option<u8>,
}

/// A parsed descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor {
    /// No other frame depends on this one (`N`).
    pub discardable: bool,
    /// The packet starts a partition (`S`).
    pub partition_start: bool,
    /// Partition index (`PID`).
    pub partition: u8,
    /// The frame's number.
    pub picture_id: Option<PictureId>,
    /// Counts the frames of the base temporal layer.
    pub tl0_index: Option<u8>,
    /// Temporal layering.
    pub layering: Option<Layering>,
    /// Bytes of the descriptor; the VP8 payload follows.
    pub length: usize,
}

/// Why bytes have no descriptor: they end within it. The peer's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the payload ends within its VP8 descriptor")]
pub struct Truncated;

/// Width and height of a key frame in pixels (RFC 6386 §9.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameSize {
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
}

/// Bytes before a key frame's start code (RFC 6386 §9.1).
const KEY_FRAME_TAG_LENGTH: usize = 3;
const EXTENDED: u8 = 0x80;
const HAS_PICTURE_ID: u8 = 0x80;
const HAS_TL0_INDEX: u8 = 0x40;
const HAS_TEMPORAL: u8 = 0x20;
const HAS_KEY_INDEX: u8 = 0x10;
const LONG_PICTURE_ID: u8 = 0x80;

impl Descriptor {
    /// Reads the descriptor at the head of an RTP payload.
    ///
    /// # Errors
    /// If the payload ends within it.
    pub fn parse(payload: &[u8]) -> Result<Self, Truncated> {
        let mut octets = Octets { payload, position: 0 };
        let first = octets.next()?;
        let flags = if first & EXTENDED == 0 { 0 } else { octets.next()? };
        let picture_id = if flags & HAS_PICTURE_ID == 0 { None } else { Some(octets.picture_id()?) };
        let tl0_index = if flags & HAS_TL0_INDEX == 0 { None } else { Some(octets.next()?) };
        let layering = if flags & (HAS_TEMPORAL | HAS_KEY_INDEX) == 0 {
            None
        } else {
            let octet = octets.next()?;
            Some(Layering {
                temporal: (flags & HAS_TEMPORAL != 0).then_some(octet >> 6),
                sync: octet & 0x20 != 0,
                key_index: (flags & HAS_KEY_INDEX != 0).then_some(octet & 0x1F),
            })
        };
        Ok(Self {
            discardable: first & 0x20 != 0,
            partition_start: first & 0x10 != 0,
            partition: first & 0x07,
            picture_id,
            tl0_index,
            layering,
            length: octets.position,
        })
    }

    /// Whether the packet is the first of its frame.
    #[must_use]
    pub const fn frame_start(&self) -> bool {
        self.partition_start && self.partition == 0
    }

    /// Whether the packet starts a key frame. Only where the payload is not sealed: the bit is the
    /// inverse of the payload's first (RFC 6386 §9.1).
    #[must_use]
    pub fn starts_key_frame(&self, payload: &[u8]) -> bool {
        self.frame_start() && payload.get(self.length).is_some_and(|tag| tag & 1 == 0)
    }

    /// The size of the key frame that this packet starts, if it does and holds the size.
    #[must_use]
    pub fn key_frame_size(&self, payload: &[u8]) -> Option<FrameSize> {
        if !self.starts_key_frame(payload) {
            return None;
        }
        key_frame_size(payload.get(self.length + KEY_FRAME_TAG_LENGTH..)?)
    }

    /// Overwrites picture id and TL0PICIDX in the payload this descriptor was read from, each in the
    /// place and width the sender gave it; what it did not send stays absent.
    pub fn rewrite(&self, payload: &mut [u8], picture_id: u16, tl0_index: u8) {
        let mut position = 2;
        match self.picture_id {
            Some(PictureId::Short(_)) => {
                put(payload, position, (picture_id & 0x7F) as u8);
                position += 1;
            }
            Some(PictureId::Long(_)) => {
                let [high, low] = picture_id.to_be_bytes();
                put(payload, position, LONG_PICTURE_ID | high);
                put(payload, position + 1, low);
                position += 2;
            }
            None => {}
        }
        if self.tl0_index.is_some() {
            put(payload, position, tl0_index);
        }
    }
}

fn put(payload: &mut [u8], position: usize, octet: u8) {
    if let Some(place) = payload.get_mut(position) {
        *place = octet;
    }
}

/// The size in a key frame's header, after its tag: a start code, then two 14-bit fields.
fn key_frame_size(header: &[u8]) -> Option<FrameSize> {
    let (&[0x9D, 0x01, 0x2A, w0, w1, h0, h1], _) = header.split_first_chunk::<7>()? else { return None };
    Some(FrameSize {
        width: u16::from_le_bytes([w0, w1]) & 0x3FFF,
        height: u16::from_le_bytes([h0, h1]) & 0x3FFF,
    })
}

struct Octets<'a> {
    payload: &'a [u8],
    position: usize,
}

impl Octets<'_> {
    fn next(&mut self) -> Result<u8, Truncated> {
        let octet = *self.payload.get(self.position).ok_or(Truncated)?;
        self.position += 1;
        Ok(octet)
    }

    fn picture_id(&mut self) -> Result<PictureId, Truncated> {
        let first = self.next()?;
        if first & LONG_PICTURE_ID == 0 {
            return Ok(PictureId::Short(first));
        }
        Ok(PictureId::Long(u16::from_be_bytes([first & 0x7F, self.next()?])))
    }
}

#[cfg(test)]
mod tests;
