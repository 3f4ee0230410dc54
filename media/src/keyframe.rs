//! When to ask a publisher for a key frame.

use std::time::{Duration, Instant};

/// Least time between two requests to one source, and the pace at which an unanswered one is repeated.
/// An encoder of libwebrtc ignores a request within 300 ms of the last it honoured, whichever layer the two name,
/// and answers with a key frame of every layer (its `video/encoder_rtcp_feedback.cc`): a request sent too early is
/// lost, and who has just missed a key frame would wait for the next one after it.
pub const REQUEST_INTERVAL: Duration = Duration::from_millis(320);

/// For so long after its key frame came an encoding is kept though nobody watches it, and a slot may begin with that
/// key frame: whoever comes later is answered with a new one, whoever comes earlier would be ignored.
pub const KEY_FRAME_SERVES: Duration = REQUEST_INTERVAL;

/// Coalesces the wishes of all receivers of one encoding.
#[derive(Debug, Default)]
pub struct KeyframeGate {
    wanted: bool,
}

impl KeyframeGate {
    /// Someone needs a key frame.
    pub fn want(&mut self) {
        self.wanted = true;
    }

    /// A key frame has begun, or nobody needs one any more.
    pub fn settle(&mut self) {
        self.wanted = false;
    }

    /// Whether anyone waits.
    #[must_use]
    pub const fn is_wanted(&self) -> bool {
        self.wanted
    }
}

/// Paces the picture loss indications (RFC 4585 §6.3.1) to all encodings of one source together.
#[derive(Debug, Default)]
pub struct KeyframePace {
    last_request: Option<Instant>,
}

impl KeyframePace {
    /// Whether the publisher may be asked now. Encodings that are asked at the same time count as one request.
    #[must_use]
    pub fn is_open(&self, now: Instant) -> bool {
        self.last_request.is_none_or(|last| now.saturating_duration_since(last) >= REQUEST_INTERVAL)
    }

    /// He was asked.
    pub fn asked(&mut self, now: Instant) {
        self.last_request = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn wishes_wait_until_they_are_settled() {
        let mut gate = KeyframeGate::default();
        assert!(!gate.is_wanted());
        gate.want();
        gate.want();
        assert!(gate.is_wanted());
        gate.settle();
        assert!(!gate.is_wanted());
    }

    #[test]
    fn a_source_is_not_asked_again_before_its_encoder_would_answer() {
        let (now, mut pace) = (testing::start(), KeyframePace::default());
        assert!(pace.is_open(now));
        pace.asked(now);
        assert!(!pace.is_open(now));
        assert!(!pace.is_open(now + Duration::from_millis(300)));
        assert!(pace.is_open(now + REQUEST_INTERVAL));
    }
}
