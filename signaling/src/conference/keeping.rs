//! Who sits where, kept so that a restart brings it back: nobody sees a leave or a join.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use giaoban_media_types::MemberId;

use super::member::{Lease, Member, SHOW_AWAY_AFTER};
use super::timers::Timer;
use super::{Conference, Seated};

/// Changes of who sits there are written at most so often; what changed since is lost with the process. 500 sites
/// that come in at once cost four writes a second.
const KEEP_INTERVAL: Duration = Duration::from_millis(250);

impl Conference {
    /// Begins: whoever held a seat when the process ended holds it still, as if his connection were lost just now.
    pub(super) fn begin(&mut self, now: Instant) {
        if std::mem::replace(&mut self.has_begun, true) {
            return;
        }
        let durable = self.ledger.durable();
        let (seated, speaker) = (durable.seated.clone(), durable.speaker);
        for (id, seated) in seated {
            let is_out = self.ledger.durable().ended || self.ledger.durable().removed.contains(&id);
            let Some(member) = self.members.get_mut(&id).filter(|_| !is_out) else {
                continue;
            };
            member.sit_again(now, seated);
            self.last_order = self.last_order.max(seated.share).max(seated.hand.unwrap_or_default());
            self.timers.set(Timer::Away(id), now + SHOW_AWAY_AFTER);
            self.watch_flows(now, id);
        }
        self.is_succession_open = self.ledger.durable().acting.is_some();
        if let Some(speaker) = speaker {
            self.stage.speaks_on(now, speaker);
        }
    }

    /// Sets the time of the next write, if none is set.
    pub(super) fn keep_soon(&mut self, now: Instant) {
        if !self.timers.is_set(Timer::Keep) {
            self.timers.set(Timer::Keep, now + KEEP_INTERVAL);
        }
    }

    /// Writes who sits there, if that is not what was written last.
    pub(super) fn keep(&mut self) {
        let seated: BTreeMap<MemberId, Seated> =
            self.members.iter().filter_map(|(id, member)| Some((*id, member.seated()?))).collect();
        let speaker = self.stage.speaker();
        let durable = self.ledger.durable_mut();
        durable.seated = seated;
        durable.speaker = speaker;
        self.begin_write();
    }
}

impl Member {
    /// What a restart brings back of him; `None` if he holds no seat.
    fn seated(&self) -> Option<Seated> {
        self.has_lease().then(|| Seated {
            microphone: self.sources.microphone.is_steady(),
            camera: self.sources.camera,
            screen: self.sources.screen,
            share: self.share,
            hand: self.hand,
        })
    }

    fn sit_again(&mut self, now: Instant, seated: Seated) {
        self.lease = Lease::Away { since: now, shown: false };
        self.share = seated.share;
        self.hand = seated.hand;
        self.resume_sources(now, seated.into());
    }
}
