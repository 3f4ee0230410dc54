//! Members come, go, and are told what they may send.

use std::time::Instant;

use giaoban_media_types::{
    CloseReason, ConferenceId, Event, MemberId, PeerId, SourceId, SourceKind, SourceSet,
};

use super::Shard;
use super::roster::Conference;
use crate::arena::Key;
use crate::subscriber::Path;
use crate::transport::{SessionId, Transport};

impl<T: Transport> Shard<T> {
    /// Egress ends, or begins anew: then every slot waits for an entry, and key frames are asked for.
    pub(super) fn set_path(&mut self, now: Instant, key: Key, path: Path) {
        let Some(subscriber) = self.peers.subscribers.get_mut(key) else { return };
        subscriber.path = path;
        let slots: Vec<_> = subscriber.slots().map(|slot| slot.id).collect();
        for slot in slots {
            self.restart(now, key, slot);
        }
    }

    pub(super) fn peer_of(&self, key: Key) -> Option<(ConferenceId, MemberId, PeerId)> {
        let subscriber = self.peers.subscribers.get(key)?;
        let state = self.conferences.get(&subscriber.conference)?;
        let peer = state.members.get(&subscriber.member)?.peer.as_ref()?;
        Some((subscriber.conference, subscriber.member, peer.id))
    }

    pub(super) fn closed(&mut self, now: Instant, session: SessionId, reason: CloseReason) {
        let Some(key) = self.peers.of_session(session) else { return };
        if let Some((conference, member, peer)) = self.peer_of(key) {
            self.events.push_back(Event::Closed { conference, member, peer, reason });
        }
        self.disconnect(now, key);
        self.forget_line_test(now, key);
    }

    /// Forgets a peer; its transport is gone already, or about to be closed.
    pub(super) fn disconnect(&mut self, now: Instant, key: Key) {
        let Some((publisher, subscriber)) = self.peers.remove(key) else { return };
        let (conference, member) = (publisher.conference, publisher.member);
        for publication in publisher.publications() {
            if publication.last_packet.is_some() {
                let source = SourceId { member, kind: publication.kind };
                self.events.push_back(Event::SourceStopped { conference, source });
            }
        }
        for watcher in publisher.publications().flat_map(|publication| publication.watchers.iter()) {
            self.fall_silent(now, watcher.subscriber, watcher.slot);
        }
        for slot in subscriber.slots() {
            self.leave(conference, key, slot.id, slot.source, slot.feed);
        }
        let state = self.conferences.get_mut(&conference).and_then(|state| state.members.get_mut(&member));
        if let Some(state) = state
            && state.peer.as_ref().is_some_and(|peer| peer.key == key)
        {
            state.peer = None;
        }
        self.speech_changed(conference);
    }

    pub(super) fn allow(
        &mut self,
        now: Instant,
        conference: ConferenceId,
        member: MemberId,
        sources: SourceSet,
    ) {
        let state = self.conferences.entry(conference).or_insert_with(|| Conference::new(now));
        let state = state.members.entry(member).or_default();
        state.allowed = sources;
        let Some(key) = state.peer.as_ref().map(|peer| peer.key) else { return };
        let Some(publisher) = self.peers.publishers.get_mut(key) else { return };
        let before = std::mem::replace(&mut publisher.allowed, sources);
        for kind in
            SourceKind::ALL.into_iter().filter(|&kind| before.contains(kind) && !sources.contains(kind))
        {
            // Nothing that came before the order is sent after it, neither what waits nor what is asked for again.
            if let Some(publication) =
                self.peers.publishers.get_mut(key).and_then(|peer| peer.publication_mut(kind))
            {
                for encoding in &mut publication.encodings {
                    encoding.history.clear(&mut self.pool);
                }
            }
            self.interrupt(now, key, kind);
        }
    }

    pub(super) fn remove(&mut self, now: Instant, conference: ConferenceId, member: MemberId) {
        let Some(state) = self.conferences.get_mut(&conference) else { return };
        let Some(gone) = state.members.remove(&member) else { return };
        let empty = state.members.is_empty();
        if let Some(peer) = gone.peer {
            self.transport.close(peer.session);
            self.disconnect(now, peer.key);
        }
        if empty {
            self.conferences.remove(&conference);
        }
    }

    pub(super) fn end(&mut self, now: Instant, conference: ConferenceId) {
        let Some(state) = self.conferences.get(&conference) else { return };
        // All at once: nobody is to be told any more that another one falls silent.
        for peer in state.members.values().filter_map(|member| member.peer.as_ref()) {
            self.transport.close(peer.session);
        }
        for member in state.members.keys().copied().collect::<Vec<_>>() {
            self.remove(now, conference, member);
        }
        self.conferences.remove(&conference);
    }
}
