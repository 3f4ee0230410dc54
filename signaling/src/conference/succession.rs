//! Who stands in for a chair who is gone.

use std::time::{Duration, Instant};

use giaoban_media_types::MemberId;

use super::member::{LEASE, Member};
use super::timers::Timer;
use super::{Conference, Durable, Seat};
use crate::access::{Action, Capacity, Policy};

/// A chair who is gone for so long is stood in for: until then his own seat waits for him.
const SUCCESSION_AFTER: Duration = LEASE;

impl Durable {
    /// In what capacity the member of a seat acts.
    pub(super) fn capacity(&self, seat: &Seat) -> Capacity {
        Capacity { role: seat.role, is_acting: self.acting == Some(seat.member) }
    }
}

impl Conference {
    pub(super) fn capacity(&self, seat: &Seat) -> Capacity {
        self.ledger.durable().capacity(seat)
    }

    /// Whether a seat leads the briefing, by its role or in the chair's place.
    pub(super) fn leads(&self, seat: &Seat) -> bool {
        Policy::authorize(self.capacity(seat), &Action::Lead).is_ok()
    }

    /// Gives the chair's powers back as soon as he is there, takes them from a deputy who lost his seat, and begins or
    /// stops the time after which a deputy has them. It runs while anyone is there and no chair is.
    pub(super) fn watch_succession(&mut self, now: Instant) {
        let seated = || self.members.values().filter(|member| member.has_lease());
        let is_chair = |member: &Member| {
            Policy::authorize(Capacity::of(member.seat.role), &Action::Lead).is_ok()
                && member.connection().is_some()
        };
        let (is_chaired, is_empty) = (seated().any(is_chair), seated().next().is_none());
        let acting = self.ledger.durable().acting;
        let stays = acting.is_some_and(|id| !is_chaired && self.holds_lease(id));
        if acting.is_some() && !stays {
            self.let_act(None);
        }
        if is_chaired || is_empty {
            self.timers.stop(Timer::Succession);
            self.is_succession_open = false;
        } else if self.is_succession_open {
            self.succeed();
        } else if !stays && !self.timers.is_set(Timer::Succession) {
            self.timers.set(Timer::Succession, now + SUCCESSION_AFTER);
        }
    }

    /// The chair is gone for good: from now on a deputy who is there has his powers, and the next one when he goes.
    pub(super) fn open_succession(&mut self) {
        self.is_succession_open = true;
    }

    /// The first deputy in the order of the seats stands in, if nobody does.
    fn succeed(&mut self) {
        if self.ledger.durable().acting.is_some() {
            return;
        }
        let can = |member: &&Member| {
            member.connection().is_some()
                && Policy::authorize(Capacity::of(member.seat.role), &Action::StandIn).is_ok()
        };
        if let Some(id) = self.members.values().find(can).map(|member| member.seat.member) {
            self.let_act(Some(id));
        }
    }

    fn let_act(&mut self, deputy: Option<MemberId>) {
        self.change_durable(|ledger| {
            let durable = ledger.durable_mut();
            durable.acting = deputy;
            durable.led |= deputy.is_some();
        });
        self.begin_write();
    }
}
