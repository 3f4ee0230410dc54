//! Replay protection (RFC 3711 §3.3.2).

const WORDS: usize = 16;

/// How far behind the highest index a packet may be. RFC 3711 asks for 64; at 500 packets/s a
/// window of that size would drop what a network holds back for 130 ms.
pub(super) const WINDOW_SIZE: u64 = (WORDS as u64 - 1) * 64;

/// The indexes seen of one SSRC: a ring of bits in which an index has the place `index mod 1024`.
/// One word more than the window, so that a word is cleared as a whole when the window enters it.
pub(super) struct Window {
    highest: u64,
    words: [u64; WORDS],
}

impl Window {
    /// A window that has seen one index.
    pub(super) fn new(index: u64) -> Self {
        let mut window = Self { highest: index, words: [0; WORDS] };
        window.set(index);
        window
    }

    pub(super) const fn highest(&self) -> u64 {
        self.highest
    }

    /// Whether the index is new and not too old.
    pub(super) fn accepts(&self, index: u64) -> bool {
        if index > self.highest {
            return true;
        }
        if self.highest - index >= WINDOW_SIZE {
            return false;
        }
        let (word, bit) = place(index);
        self.words.get(word).is_some_and(|word| word & bit == 0)
    }

    /// Records an index that was accepted and authenticated.
    pub(super) fn record(&mut self, index: u64) {
        if index > self.highest {
            let entered = (index / 64 - self.highest / 64).min(WORDS as u64);
            for step in 0..entered {
                let (word, _) = place(index - step * 64);
                if let Some(word) = self.words.get_mut(word) {
                    *word = 0;
                }
            }
            self.highest = index;
        }
        self.set(index);
    }

    fn set(&mut self, index: u64) {
        let (word, bit) = place(index);
        if let Some(word) = self.words.get_mut(word) {
            *word |= bit;
        }
    }
}

const fn place(index: u64) -> (usize, u64) {
    ((index / 64) as usize % WORDS, 1 << (index % 64))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_index_is_accepted_once() {
        let mut window = Window::new(7);
        assert!(!window.accepts(7));
        assert!(window.accepts(6) && window.accepts(8));
        window.record(6);
        assert!(!window.accepts(6));
    }

    #[test]
    fn an_index_older_than_the_window_is_refused() {
        let window = Window::new(10_000);
        assert!(window.accepts(10_000 - WINDOW_SIZE + 1));
        assert!(!window.accepts(10_000 - WINDOW_SIZE));
    }

    proptest! {
        #[test]
        fn the_window_agrees_with_a_set_of_all_that_was_seen(
            start in 0_u64..5_000,
            steps in prop::collection::vec(prop_oneof![-1_500_i64..1_500, -70_i64..70], 1..200),
        ) {
            let mut window = Window::new(start);
            let mut seen = BTreeSet::from([start]);
            for step in steps {
                let index = window.highest().saturating_add_signed(step);
                let highest = *seen.last().unwrap();
                let expected = !seen.contains(&index) && index + WINDOW_SIZE > highest;
                prop_assert_eq!(window.accepts(index), expected, "index {}, highest {}", index, highest);
                if expected {
                    window.record(index);
                    seen.insert(index);
                }
            }
        }
    }
}
