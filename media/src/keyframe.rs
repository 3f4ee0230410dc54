//! When to ask a publisher for a key frame.

use std::time::{Duration, Instant};

/// Least time between two requests to one encoding, and the pace at which an unanswered one is repeated.
/// Requests every 50 ms make an encoder answer with storms of key frames; 400 ms was measured as good.
pub const REQUEST_INTERVAL: Duration = Duration::from_millis(400);

/// Least time between a request that was answered and the next one. The receivers of one switch are ready at different
/// times: who has just missed the first one's key frame shall not wait for a whole [`REQUEST_INTERVAL`].
pub const ANSWERED_INTERVAL: Duration = Duration::from_millis(200);

/// Coalesces the wishes of all receivers of one encoding into paced picture loss indications (RFC 4585 §6.3.1).
#[derive(Debug, Default)]
pub struct KeyframeGate {
    wanted: bool,
    last_request: Option<Instant>,
    /// A key frame has come since the last request.
    answered: bool,
}

impl KeyframeGate {
    /// Someone needs a key frame.
    pub fn want(&mut self) {
        self.wanted = true;
    }

    /// A key frame has begun: every wish up to now is fulfilled.
    pub fn arrived(&mut self) {
        self.wanted = false;
        self.answered = true;
    }

    /// Nobody needs a key frame any more.
    pub fn forget(&mut self) {
        self.wanted = false;
    }

    /// Whether to send a request now; counts it as sent.
    pub fn due(&mut self, now: Instant) -> bool {
        let interval = if self.answered { ANSWERED_INTERVAL } else { REQUEST_INTERVAL };
        let paced = self.last_request.is_none_or(|last| now.saturating_duration_since(last) >= interval);
        if self.wanted && paced {
            self.last_request = Some(now);
            self.answered = false;
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn many_wishes_make_one_request_and_it_is_repeated_at_its_pace() {
        let (now, mut gate) = (testing::start(), KeyframeGate::default());
        assert!(!gate.due(now));
        gate.want();
        gate.want();
        assert!(gate.due(now));
        assert!(!gate.due(now + REQUEST_INTERVAL / 2));
        assert!(gate.due(now + REQUEST_INTERVAL));
    }

    #[test]
    fn a_key_frame_ends_the_asking_and_quickens_the_pace() {
        let (now, mut gate) = (testing::start(), KeyframeGate::default());
        gate.want();
        assert!(gate.due(now));
        gate.arrived();
        assert!(!gate.due(now + REQUEST_INTERVAL));
        gate.want();
        assert!(gate.due(now + REQUEST_INTERVAL));
        gate.want();
        assert!(!gate.due(now + REQUEST_INTERVAL + ANSWERED_INTERVAL));
        gate.arrived();
        gate.want();
        assert!(!gate.due(now + REQUEST_INTERVAL + ANSWERED_INTERVAL / 2));
        assert!(gate.due(now + REQUEST_INTERVAL + ANSWERED_INTERVAL));
    }
}
