//! What is due when.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use giaoban_media_types::MemberId;

/// A thing that falls due. Each is set at most once at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// Changes of the state go out.
    Flush,
    /// The stage may pass to another speaker.
    Stage,
    /// The next step of a member's absence.
    Away(MemberId),
    /// A source that stopped counts as gone.
    Flow(MemberId),
    /// Who sits there is written.
    Keep,
    /// The place of one who waited is let go.
    Waiter(MemberId),
    /// A room that its chair left ends.
    Deserted,
    /// Who watches the sites' quality is told of it.
    Quality,
    /// A deputy stands in for the chair.
    Succession,
    /// A push-to-talk without heartbeat ends.
    Spurt(MemberId),
}

/// The table of timers, in the order in which they fall due.
#[derive(Default)]
pub(super) struct Timers {
    due: BTreeMap<Timer, Instant>,
    order: BTreeSet<(Instant, Timer)>,
}

impl Timers {
    /// Sets a timer, in place of what it was set to.
    pub(super) fn set(&mut self, timer: Timer, at: Instant) {
        self.stop(timer);
        self.due.insert(timer, at);
        self.order.insert((at, timer));
    }

    pub(super) fn stop(&mut self, timer: Timer) {
        if let Some(at) = self.due.remove(&timer) {
            self.order.remove(&(at, timer));
        }
    }

    pub(super) fn is_set(&self, timer: Timer) -> bool {
        self.due.contains_key(&timer)
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.order.first().map(|(at, _)| *at)
    }

    /// Takes the earliest timer that is due at `now`.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<Timer> {
        let (at, timer) = *self.order.first()?;
        if at > now {
            return None;
        }
        self.stop(timer);
        Some(timer)
    }
}
