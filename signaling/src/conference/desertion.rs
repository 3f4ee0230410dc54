//! A room whose chair is gone goes on without his powers, and ends when hardly anyone is left in it.

use std::time::{Duration, Instant};

use super::Conference;
use super::chair::change;
use super::timers::Timer;
use crate::wire::{ChairAction, EndReason};

/// A room without its chair in which one or nobody is left ends after this long.
const DESERTED_AFTER: Duration = Duration::from_mins(10);

impl Conference {
    /// Begins or stops the time after which a deserted room ends. Only a room that was led is deserted: sites that
    /// came before their chair wait for him as long as they like.
    pub(super) fn watch_desertion(&mut self, now: Instant) {
        let mut seated = self.members.values().filter(|member| member.has_lease()).map(|member| &member.seat);
        let is_led = seated.clone().any(|seat| self.leads(seat));
        let is_deserted = self.ledger.durable().led && !is_led && seated.nth(1).is_none();
        if !is_deserted {
            self.timers.stop(Timer::Deserted);
        } else if !self.timers.is_set(Timer::Deserted) {
            self.timers.set(Timer::Deserted, now + DESERTED_AFTER);
        }
    }

    /// Ends the briefing as its chair would have.
    pub(super) fn end_deserted(&mut self) {
        self.change_durable(|ledger| change(ledger.durable_mut(), ChairAction::End));
        self.see_all_out(EndReason::Deserted, None);
        self.begin_write();
    }
}
