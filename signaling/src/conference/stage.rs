//! What is on everyone's stage.

use std::time::{Duration, Instant};

use giaoban_media_types::{Command, MemberId, SourceId, SourceKind};

use super::Conference;
use super::timers::Timer;
use crate::access::{Action, Policy};
use crate::wire::StageRule;

/// Speech that takes the stage lasts at least so long: a cough does not.
const SPEECH_TO_TAKE: Duration = Duration::from_secs(1);

/// Who took the stage by speaking holds it at least so long.
const HOLD: Duration = Duration::from_secs(4);

/// A pause shorter than this is part of the speech.
const PAUSE: Duration = Duration::from_millis(500);

#[derive(Clone, Copy)]
struct Speech {
    member: MemberId,
    since: Instant,
    paused: Option<Instant>,
}

/// Owns what is on the stage, and who took it by speaking.
#[derive(Default)]
pub(super) struct Stage {
    source: Option<SourceId>,
    speech: Option<Speech>,
    speaker: Option<(MemberId, Instant)>,
}

/// Who may be on the stage, from the strongest claim to the weakest.
pub(super) struct Claims {
    /// The chair's choice.
    pub(super) pinned: Option<SourceId>,
    /// The latest share.
    pub(super) share: Option<SourceId>,
    /// Whoever took it by speaking.
    pub(super) speaker: Option<SourceId>,
    /// The chair.
    pub(super) chair: Option<SourceId>,
}

impl Stage {
    pub(super) fn source(&self) -> Option<SourceId> {
        self.source
    }

    /// Who took the stage by speaking, if anyone did and is not gone.
    pub(super) fn speaker(&self) -> Option<MemberId> {
        self.speaker.map(|(member, _)| member)
    }

    /// The dominant speaker changed.
    pub(super) fn hear(&mut self, now: Instant, dominant: Option<MemberId>) {
        self.speech = match (self.speech, dominant) {
            (Some(speech), None) => Some(Speech { paused: speech.paused.or(Some(now)), ..speech }),
            (Some(speech), Some(member)) if speech.member == member && !speech.broke_off(now) => {
                Some(Speech { paused: None, ..speech })
            }
            (_, Some(member)) => Some(Speech { member, since: now, paused: None }),
            (None, None) => None,
        };
    }

    /// Lets whoever spoke long enough take the stage, and takes it from one who is gone.
    pub(super) fn follow_speech(&mut self, now: Instant, is_there: impl Fn(MemberId) -> bool) {
        self.speaker = self.speaker.filter(|(member, _)| is_there(*member));
        if self.next_turn().is_some_and(|at| at <= now)
            && let Some(speech) = self.speech
            && is_there(speech.member)
        {
            self.speaker = Some((speech.member, now));
        }
    }

    /// When the one who speaks may take the stage.
    pub(super) fn next_turn(&self) -> Option<Instant> {
        let speech = self.speech.filter(|speech| speech.paused.is_none())?;
        let spoken = speech.since + SPEECH_TO_TAKE;
        match self.speaker {
            Some((member, _)) if member == speech.member => None,
            Some((_, since)) => Some(spoken.max(since + HOLD)),
            None => Some(spoken),
        }
    }

    /// Whoever spoke before a restart has the stage still.
    pub(super) fn speaks_on(&mut self, now: Instant, member: MemberId) {
        self.speaker = Some((member, now));
    }

    /// Settles what is on the stage. Says whether it changed.
    pub(super) fn settle(&mut self, claims: &Claims) -> bool {
        let source = claims.pinned.or(claims.share).or(claims.speaker).or(claims.chair);
        std::mem::replace(&mut self.source, source) != source
    }

    /// Forgets who spoke.
    pub(super) fn forget_speech(&mut self) {
        self.speech = None;
        self.speaker = None;
    }
}

impl Speech {
    fn broke_off(&self, now: Instant) -> bool {
        self.paused.is_some_and(|at| now > at + PAUSE)
    }
}

impl Conference {
    /// Settles who is on the stage; everyone's slots follow.
    pub(super) fn settle_stage(&mut self, now: Instant) {
        let members = &self.members;
        let can =
            |id: MemberId, kind| members.get(&id).is_some_and(|member| member.can_be_on_stage(now, kind));
        self.stage.follow_speech(now, |id| can(id, SourceKind::Camera));
        let pinned = match self.ledger.durable().stage {
            StageRule::Pinned { source } => Some(SourceId::from(source)),
            StageRule::FollowSpeaker => None,
        };
        let sharing = members.values().filter(|member| member.can_be_on_stage(now, SourceKind::Screen));
        let camera = |member: MemberId| SourceId { member, kind: SourceKind::Camera };
        let chair = members.values().find(|member| {
            Policy::authorize(self.capacity(&member.seat), &Action::DirectStage).is_ok()
                && member.can_be_on_stage(now, SourceKind::Camera)
        });
        let claims = Claims {
            pinned: pinned.filter(|source| can(source.member, source.kind)),
            share: sharing.max_by_key(|member| member.share).map(|member| member.source(SourceKind::Screen)),
            speaker: self.stage.speaker().map(camera),
            chair: chair.map(|member| camera(member.seat.member)),
        };
        if self.stage.settle(&claims) {
            if let Some(source) = self.stage.source() {
                self.command(Command::Expect { conference: self.id, source });
            }
            self.roster.stage_changed();
            self.retarget_all = true;
        }
        match self.stage.next_turn().filter(|at| *at > now) {
            Some(at) => self.timers.set(Timer::Stage, at),
            None => self.timers.stop(Timer::Stage),
        }
    }
}
