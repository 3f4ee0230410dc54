//! Who speaks, and whose microphones fill the speakers' slots.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use giaoban_media_types::{ConferenceId, Event, MemberId, SlotId, SourceId, SourceKind};

use super::Shard;
use super::switch::Assignment;
use crate::arena::Key;
use crate::speech::Activity;
use crate::transport::Transport;

/// How often speaking is looked at and, if it changed, reported.
pub const SPEECH_INTERVAL: Duration = Duration::from_millis(100);
/// Microphones ranked: three for the slots, one more for a receiver who is among them himself,
/// and one more whose stage slot carries one of them.
const RANKED: usize = 5;
/// The dominant speaker is reported while he has spoken this recently: the pauses between words count as speech,
/// what keeps a microphone active after its last word does not.
const SPEAKING_NOW: Duration = Duration::from_millis(300);

impl<T: Transport> Shard<T> {
    /// Notes that the ranking of a conference is to be made again.
    pub(super) fn speech_changed(&mut self, conference: ConferenceId) {
        if !self.speech_changes.contains(&conference) {
            self.speech_changes.push(conference);
        }
    }

    /// Makes the rankings again that may have changed.
    pub(super) fn settle_speakers(&mut self, now: Instant) {
        for conference in std::mem::take(&mut self.speech_changes) {
            self.rank(now, conference);
        }
    }

    /// Looks at who speaks, and reports it if it is others than before.
    pub(super) fn look_at_speech(&mut self, now: Instant, conference: ConferenceId) {
        for (_, key) in self.peers_of(conference) {
            if let Some(activity) = self
                .publication_mut(key, SourceKind::Microphone)
                .and_then(|publication| publication.activity.as_mut())
            {
                activity.advance(now);
            }
        }
        let Some(state) = self.conferences.get(&conference) else { return };
        let mut dominant = state.dominant.clone();
        let microphones = self.microphones(conference);
        let speaks_now = |leader: &MemberId| {
            let activity =
                microphones.iter().find(|(member, _)| member == leader).map(|(_, activity)| activity);
            let last = activity.and_then(|activity| activity.last_spoken());
            last.is_some_and(|last| now.saturating_duration_since(last) <= SPEAKING_NOW)
        };
        let leader = dominant.decide(microphones.iter().copied()).filter(speaks_now);
        let speakers: Vec<MemberId> = microphones
            .iter()
            .filter(|(_, activity)| activity.active_since().is_some())
            .map(|&(member, _)| member)
            .collect();
        let Some(state) = self.conferences.get_mut(&conference) else { return };
        state.dominant = dominant;
        state.speech_due = now + SPEECH_INTERVAL;
        if state.reported.0 != leader || state.reported.1 != speakers {
            state.reported = (leader, speakers.clone());
            self.events.push_back(Event::Speaking { conference, dominant: leader, speakers });
        }
        self.rank(now, conference);
    }

    /// The microphones that are being sent, in the order of their members.
    fn microphones(&self, conference: ConferenceId) -> Vec<(MemberId, &Activity)> {
        let Some(state) = self.conferences.get(&conference) else { return Vec::new() };
        state
            .peers()
            .filter_map(|(member, key)| {
                let microphone = self.peers.publishers.get(key)?.publication(SourceKind::Microphone)?;
                microphone.last_packet?;
                Some((member, microphone.activity.as_ref()?))
            })
            .collect()
    }

    /// Ranks the microphones. Who speaks keeps his place until he ends; behind come those who were heard
    /// most recently, then those never heard.
    fn rank(&mut self, now: Instant, conference: ConferenceId) {
        let mut microphones = self.microphones(conference);
        microphones.sort_by_key(|&(member, activity)| {
            let silent = activity.active_since().is_none();
            (silent, activity.active_since(), Reverse(activity.last_spoken()), member)
        });
        let ranking: Vec<_> = microphones.into_iter().map(|(member, _)| member).take(RANKED).collect();
        let Some(state) = self.conferences.get_mut(&conference) else { return };
        if state.ranking == ranking {
            return;
        }
        state.ranking = ranking;
        for (_, key) in self.peers_of(conference) {
            self.fill_speaker_slots(now, conference, key);
        }
    }

    /// Gives one receiver the best ranked microphones but his own and his stage's. Who has a slot keeps it.
    pub(super) fn fill_speaker_slots(&mut self, now: Instant, conference: ConferenceId, key: Key) {
        let Some(state) = self.conferences.get(&conference) else { return };
        let Some(subscriber) = self.peers.subscribers.get(key) else { return };
        let stage = subscriber.slot(SlotId::STAGE_AUDIO).and_then(|slot| slot.source);
        let slots: Vec<(SlotId, Option<MemberId>)> = subscriber
            .speaker_slots()
            .map(|slot| (slot.id, slot.source.map(|source| source.member)))
            .collect();
        let wanted: Vec<MemberId> = state
            .ranking
            .iter()
            .copied()
            .filter(|&member| {
                member != subscriber.member && Some(member) != stage.map(|source| source.member)
            })
            .take(slots.len())
            .collect();
        let held: Vec<MemberId> = slots.iter().filter_map(|&(_, member)| member).collect();
        let mut arriving = wanted.iter().copied().filter(|member| !held.contains(member));
        for (id, holder) in slots {
            if holder.is_some_and(|member| wanted.contains(&member)) {
                continue;
            }
            let source = arriving.next().map(|member| SourceId { member, kind: SourceKind::Microphone });
            if holder.is_some() || source.is_some() {
                self.assign(now, key, id, Assignment { source, height: 0 });
            }
        }
    }
}
