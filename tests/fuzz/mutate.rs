//! Breaking bytes, always the same way.

/// What makes parsers stumble: ends of ranges, and the bytes that delimit texts.
const TELLING: [u8; 16] =
    [0, 1, 0x7F, 0x80, 0xFF, 0xFE, b'0', b'9', b':', b';', b'/', b' ', b'"', b'{', b'\r', b'\n'];
/// Changes to one copy at most: more hit the first check of a parser again and again.
const MOST_CHANGES: u64 = 4;

/// Breaks copies of bytes. One seed decides all.
pub struct Mutator {
    state: u64,
}

impl Mutator {
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// SplitMix64 (Steele, Lea and Flood 2014).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which is not 0.
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("below a length")
    }

    /// A broken copy of `item`.
    pub fn mutate(&mut self, item: &[u8]) -> Vec<u8> {
        let mut copy = item.to_vec();
        for _ in 0..=self.next() % MOST_CHANGES {
            self.change(&mut copy);
        }
        copy
    }

    fn change(&mut self, copy: &mut Vec<u8>) {
        if copy.is_empty() {
            copy.push(self.telling());
            return;
        }
        let place = self.below(copy.len());
        match self.next() % 7 {
            0 => copy[place] ^= 1 << self.below(8),
            1 => copy[place] = self.telling(),
            2 => copy.truncate(place),
            3 => {
                copy.remove(place);
            }
            4 => {
                let byte = self.telling();
                copy.insert(place, byte);
            }
            5 => {
                // A stretch twice: counts and lengths no longer fit.
                let end = (place + 1 + self.below(32)).min(copy.len());
                let stretch = copy[place..end].to_vec();
                copy.splice(place..place, stretch);
            }
            _ => {
                let number = self.next().to_be_bytes();
                let end = (place + 4).min(copy.len());
                copy[place..end].copy_from_slice(&number[..end - place]);
            }
        }
    }

    fn telling(&mut self) -> u8 {
        TELLING[self.below(TELLING.len())]
    }
}
