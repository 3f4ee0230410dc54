//! The Dependency Descriptor (AV1 RTP specification, appendix A), which browsers send with any codec.
//!
//! ```text
//! |S|E| template id 6 | frame number 16 |                     always
//! |T|A|I|F|C| [template structure if T] [mask if A] [custom fields if I, F, C]
//! ```
//! S and E mark the first and last packet of a frame, T a template structure (on key frames), A a mask of
//! active decode targets. The frame number stands at a fixed place, so it is rewritten there.

/// What of a descriptor concerns forwarding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor {
    /// The packet is the first of its frame.
    pub frame_start: bool,
    /// The packet is the last of its frame.
    pub frame_end: bool,
    /// Which template describes the frame.
    pub template_id: u8,
    /// Counts the frames of the stream.
    pub frame_number: u16,
    /// The template structure that comes with it.
    pub structure: Option<Structure>,
    /// One bit for each decode target, set if the stream still carries it; `None` if it has not changed,
    /// or if no structure is known that would tell its width.
    pub active_decode_targets: Option<u32>,
}

/// What of a template structure concerns forwarding. It holds for all frames up to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Structure {
    /// 1 to 32.
    pub decode_targets: u8,
    /// 1 to 64.
    pub templates: u8,
    /// 1 to 4.
    pub spatial_layers: u8,
}

/// Why bytes are not a descriptor. The peer's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// They end within it.
    #[error("the dependency descriptor is cut off")]
    Truncated,
    /// More templates or spatial layers than there may be.
    #[error("the dependency descriptor's structure is too large")]
    Excessive,
}

const MANDATORY_LENGTH: usize = 3;
const MAX_TEMPLATES: u8 = 64;
const MAX_SPATIAL_LAYERS: u8 = 4;

impl Descriptor {
    /// Reads the data of a header extension element. `known` is the stream's last structure.
    ///
    /// # Errors
    /// See [`ParseError`].
    pub fn parse(data: &[u8], known: Option<Structure>) -> Result<Self, ParseError> {
        let (&[first, n0, n1], extended) =
            data.split_first_chunk::<MANDATORY_LENGTH>().ok_or(ParseError::Truncated)?;
        let mut descriptor = Self {
            frame_start: first & 0x80 != 0,
            frame_end: first & 0x40 != 0,
            template_id: first & 0x3F,
            frame_number: u16::from_be_bytes([n0, n1]),
            structure: None,
            active_decode_targets: None,
        };
        if extended.is_empty() {
            return Ok(descriptor);
        }
        let mut bits = Bits { bytes: extended, position: 0 };
        let (has_structure, has_mask) = (bits.flag()?, bits.flag()?);
        // Which of the three custom fields follow is of no interest: they stand at the end.
        bits.take(3)?;
        if has_structure {
            descriptor.structure = Some(bits.structure()?);
        }
        if let Some(structure) = descriptor.structure.or(known).filter(|_| has_mask) {
            descriptor.active_decode_targets = Some(bits.take(u32::from(structure.decode_targets))?);
        }
        Ok(descriptor)
    }
}

/// Overwrites the frame number in the data of an element. Shorter data than a descriptor is left alone.
pub fn rewrite_frame_number(data: &mut [u8], frame_number: u16) {
    if let Some(place) = data.get_mut(1..MANDATORY_LENGTH) {
        place.copy_from_slice(&frame_number.to_be_bytes());
    }
}

struct Bits<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl Bits<'_> {
    fn flag(&mut self) -> Result<bool, ParseError> {
        let byte = self.bytes.get(self.position / 8).ok_or(ParseError::Truncated)?;
        let bit = byte & (0x80 >> (self.position % 8));
        self.position += 1;
        Ok(bit != 0)
    }

    /// An unsigned number of at most 32 bits.
    fn take(&mut self, count: u32) -> Result<u32, ParseError> {
        let mut number = 0;
        for _ in 0..count {
            number = (number << 1) | u32::from(self.flag()?);
        }
        Ok(number)
    }

    /// A number below `limit`, in as few bits as its value allows (`ns(n)`, appendix A.2).
    fn below(&mut self, limit: u32) -> Result<u32, ParseError> {
        let width = u32::BITS - limit.leading_zeros();
        let short = (1 << width) - limit;
        let number = self.take(width - 1)?;
        if number < short {
            return Ok(number);
        }
        Ok((number << 1) - short + self.take(1)?)
    }

    /// `template_dependency_structure()`, appendix A.8.2.
    fn structure(&mut self) -> Result<Structure, ParseError> {
        self.take(6)?;
        let decode_targets = self.take(5)? + 1;
        let (templates, spatial_layers) = self.template_layers()?;
        for _ in 0..u32::from(templates) * decode_targets {
            self.take(2)?;
        }
        for _ in 0..templates {
            while self.flag()? {
                self.take(4)?;
            }
        }
        self.template_chains(templates, decode_targets)?;
        if self.flag()? {
            for _ in 0..spatial_layers {
                self.take(32)?;
            }
        }
        Ok(Structure { decode_targets: decode_targets as u8, templates, spatial_layers })
    }

    /// Counts templates and spatial layers: each template's entry tells what the next one is.
    fn template_layers(&mut self) -> Result<(u8, u8), ParseError> {
        let (mut templates, mut spatial_layers) = (1, 1);
        loop {
            match self.take(2)? {
                3 => return Ok((templates, spatial_layers)),
                2 => spatial_layers += 1,
                _ => {}
            }
            templates += 1;
            if templates > MAX_TEMPLATES || spatial_layers > MAX_SPATIAL_LAYERS {
                return Err(ParseError::Excessive);
            }
        }
    }

    fn template_chains(&mut self, templates: u8, decode_targets: u32) -> Result<(), ParseError> {
        let chains = self.below(decode_targets + 1)?;
        if chains == 0 {
            return Ok(());
        }
        for _ in 0..decode_targets {
            self.below(chains)?;
        }
        for _ in 0..u32::from(templates) * chains {
            self.take(4)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
