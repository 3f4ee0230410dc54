//! What a member may send: his own word, the chair's mutes, and push-to-talk.

use std::time::{Duration, Instant};

use giaoban_media_types::{Command, MemberId, SourceKind, SourceSet};

use super::member::{Member, OwnSources};
use super::timers::Timer;
use super::{Conference, Durable, Seat};
use crate::access::{Action, Policy};
use crate::wire::{MicrophoneState, ServerMessage};

/// A push-to-talk spurt ends so long after its last heartbeat; a client sends one each second.
const SPURT_TIMEOUT: Duration = Duration::from_secs(3);

impl Durable {
    /// Whether the chair's mutes cover a seat.
    pub(super) fn mutes(&self, seat: &Seat) -> bool {
        let by_mute_of_all = self.muted_all
            && !self.let_speak.contains(&seat.member)
            && Policy::authorize(self.capacity(seat), &Action::SpeakWhileAllMuted).is_err();
        by_mute_of_all || self.muted.contains(&seat.member)
    }
}

impl Conference {
    pub(super) fn is_muted(&self, member: &Member) -> bool {
        self.ledger.durable().mutes(&member.seat)
    }

    /// A member's word about his own sources. A muted microphone stays closed; its owner opens it again himself.
    pub(super) fn say_sources(&mut self, now: Instant, id: MemberId, mut sources: OwnSources) {
        let share = self.next_order();
        let Some(member) = self.members.get(&id) else {
            return;
        };
        let refused = self.is_muted(member) && sources.microphone != MicrophoneState::Off;
        if refused {
            sources.microphone = MicrophoneState::Off;
            self.send_to_member(id, ServerMessage::MicrophoneClosed);
        }
        if sources.microphone == MicrophoneState::PushToTalk {
            self.timers.set(Timer::Spurt(id), now + SPURT_TIMEOUT);
        } else {
            self.timers.stop(Timer::Spurt(id));
        }
        if let Some(member) = self.members.get_mut(&id)
            && member.sources != sources
        {
            if sources.screen && !member.sources.screen {
                member.share = share;
            }
            member.say_sources(sources);
            self.roster.member_changed(id);
        }
        self.allow_if_changed(id);
    }

    pub(super) fn heartbeat(&mut self, now: Instant, id: MemberId) {
        if self.timers.is_set(Timer::Spurt(id)) {
            self.timers.set(Timer::Spurt(id), now + SPURT_TIMEOUT);
        }
    }

    /// Closes a microphone that is open, and tells its owner.
    pub(super) fn close_microphone(&mut self, id: MemberId) {
        self.timers.stop(Timer::Spurt(id));
        if let Some(member) = self.members.get_mut(&id)
            && member.sources.microphone != MicrophoneState::Off
        {
            member.sources.microphone = MicrophoneState::Off;
            self.roster.member_changed(id);
            self.send_to_member(id, ServerMessage::MicrophoneClosed);
        }
        self.allow_if_changed(id);
    }

    /// What passes the gateway. Not the microphone of one who says that it is off: so a spurt that ended,
    /// or a client that lies, is not heard. Nothing once the briefing is over.
    fn allowed(&self, member: &Member) -> SourceSet {
        if self.ledger.durable().ended {
            return SourceSet::NONE;
        }
        let muted = self.is_muted(member);
        let mut allowed = SourceSet::ALL;
        if muted || member.sources.microphone == MicrophoneState::Off {
            allowed = allowed.without(SourceKind::Microphone);
        }
        if muted {
            allowed = allowed.without(SourceKind::ScreenAudio);
        }
        allowed
    }

    /// Tells the shard what passes.
    pub(super) fn allow(&mut self, id: MemberId) {
        if let Some(member) = self.members.get(&id).filter(|member| member.has_lease()) {
            let sources = self.allowed(member);
            self.command(Command::Allow { conference: self.id, member: id, sources });
            if let Some(member) = self.members.get_mut(&id) {
                member.allowed = Some(sources);
            }
        }
    }

    pub(super) fn allow_if_changed(&mut self, id: MemberId) {
        if let Some(member) = self.members.get(&id)
            && member.allowed != Some(self.allowed(member))
        {
            self.allow(id);
        }
    }

    /// Makes every mute true after the chair's orders changed.
    pub(super) fn enforce_mutes(&mut self) {
        let seats: Vec<(MemberId, bool)> =
            self.members.iter().map(|(id, member)| (*id, self.is_muted(member))).collect();
        for (id, muted) in seats {
            if muted {
                self.close_microphone(id);
            } else {
                self.allow_if_changed(id);
            }
        }
    }
}
