//! Video waits for the rest of its frame, so that each receiver gets it as one message.
//!
//! The packets of a frame come within tens of microseconds of each other, each waking the shard. Sent one by one they
//! would cost the kernel three times as much; waiting for the last one costs the first ones that little time.

use std::time::{Duration, Instant};

use crate::publication::StreamName;

/// How long the first packets of a frame wait for its last one. A frame that comes more slowly, over a narrow
/// uplink or with its end lost, goes out in the parts that came within this time.
const LONGEST: Duration = Duration::from_micros(500);
/// Frames under way that are told apart; with more of them nothing waits.
const FRAMES: usize = 64;

/// Which frames are under way, and until when they hold video back.
#[derive(Debug, Default)]
pub struct Hold {
    streams: Vec<StreamName>,
    until: Option<Instant>,
}

impl Hold {
    /// Takes note of a packet; the last one of a frame bears the marker.
    pub fn note(&mut self, now: Instant, stream: StreamName, marker: bool) {
        let known = self.streams.iter().position(|other| *other == stream);
        match (known, marker) {
            (Some(position), true) => {
                self.streams.swap_remove(position);
            }
            (None, false) if self.streams.len() < FRAMES => {
                self.streams.push(stream);
                self.until.get_or_insert(now + LONGEST);
            }
            _ => {}
        }
    }

    /// Whether video still waits. If not, the frames under way are forgotten: what comes of them begins to wait anew.
    pub fn holds(&mut self, now: Instant) -> bool {
        if !self.streams.is_empty() && self.until.is_some_and(|until| now < until) {
            return true;
        }
        self.streams.clear();
        self.until = None;
        false
    }

    /// When video goes out at the latest, if it waits.
    pub const fn until(&self) -> Option<Instant> {
        self.until
    }
}

#[cfg(test)]
mod tests {
    use giaoban_media_types::SourceKind;

    use super::*;
    use crate::arena::Arena;
    use crate::simulcast::LayerIndex;
    use crate::testing;

    fn streams() -> [StreamName; 2] {
        let mut arena = Arena::default();
        [(); 2].map(|()| StreamName {
            publisher: arena.insert(()),
            kind: SourceKind::Camera,
            layer: LayerIndex(0),
            epoch: 0,
        })
    }

    #[test]
    fn a_frame_waits_for_its_last_packet_and_no_longer() {
        let (now, mut hold, [stream, _]) = (testing::start(), Hold::default(), streams());
        hold.note(now, stream, false);
        assert!(hold.holds(now));
        hold.note(now, stream, true);
        assert!(!hold.holds(now));
        assert_eq!(hold.until(), None);
    }

    #[test]
    fn a_frame_without_end_waits_for_half_a_millisecond_and_then_begins_anew() {
        let (now, mut hold, [stream, _]) = (testing::start(), Hold::default(), streams());
        hold.note(now, stream, false);
        hold.note(now + LONGEST / 2, stream, false);
        assert!(!hold.holds(now + LONGEST));
        hold.note(now + LONGEST, stream, false);
        assert!(hold.holds(now + LONGEST), "what comes later waits for more of its kind");
        assert_eq!(hold.until(), Some(now + LONGEST * 2));
    }

    #[test]
    fn the_end_of_one_frame_does_not_send_half_of_another() {
        let (now, mut hold, [one, other]) = (testing::start(), Hold::default(), streams());
        hold.note(now, one, false);
        hold.note(now, other, false);
        hold.note(now, one, true);
        assert!(hold.holds(now));
        hold.note(now, other, true);
        assert!(!hold.holds(now));
    }

    #[test]
    fn a_frame_of_one_packet_waits_for_nothing() {
        let (now, mut hold, [stream, _]) = (testing::start(), Hold::default(), streams());
        hold.note(now, stream, true);
        assert!(!hold.holds(now));
    }
}
