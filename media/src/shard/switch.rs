//! Which encoding a slot reads: bindings, layers, and the change from one to another.

use std::time::{Duration, Instant};

use giaoban_media_types::{
    Binding, ConferenceId, Event, MediaKind, MemberId, SlotId, SlotKind, SourceId, SourceKind,
};

use super::Shard;
use super::egress::Notice;
use super::roster::locate;
use crate::arena::Key;
use crate::publication::{Publication, StreamName, Watcher};
use crate::simulcast::{LayerIndex, choose};
use crate::subscriber::{Feed, Flow, Path};
use crate::transport::Transport;

/// A sound of which nothing came for so long is not being sent.
const PAUSE: Duration = Duration::from_millis(100);

/// What a slot is ordered to carry.
#[derive(Debug, Clone, Copy)]
pub struct Assignment {
    /// The source.
    pub source: Option<SourceId>,
    /// Height of the picture wanted.
    pub height: u16,
}

impl<T: Transport> Shard<T> {
    /// Keeps bindings and carries out those whose slots exist.
    pub(super) fn bind(
        &mut self,
        now: Instant,
        conference: ConferenceId,
        member: MemberId,
        bindings: &[Binding],
    ) {
        let Some(state) = self.conferences.get_mut(&conference) else { return };
        let state = state.members.entry(member).or_default();
        for binding in bindings.iter().filter(|binding| is_bindable(member, binding)) {
            state.bindings.insert(binding.slot, *binding);
        }
        let Some(key) = state.peer.as_ref().map(|peer| peer.key) else { return };
        for binding in bindings.iter().filter(|binding| is_bindable(member, binding)) {
            self.apply(now, key, binding);
        }
        self.fill_speaker_slots(now, conference, key);
    }

    /// Carries out what is bound to slots that have just come to exist, or to a source that has.
    pub(super) fn apply_all(&mut self, now: Instant, conference: ConferenceId, member: MemberId) {
        let Some(state) = self.conferences.get(&conference).and_then(|state| state.members.get(&member))
        else {
            return;
        };
        let Some(key) = state.peer.as_ref().map(|peer| peer.key) else { return };
        for binding in state.bindings.values().copied().collect::<Vec<_>>() {
            self.apply(now, key, &binding);
        }
        self.fill_speaker_slots(now, conference, key);
    }

    /// A new order stops the old source at once: the client has covered the slot.
    fn apply(&mut self, now: Instant, key: Key, binding: &Binding) {
        let Some(slot) = self.peers.subscribers.get_mut(key).and_then(|peer| peer.slot_mut(binding.slot))
        else {
            return;
        };
        if slot.epoch != Some(binding.epoch) || slot.source != binding.source {
            slot.epoch = Some(binding.epoch);
            slot.announce = binding.source.map(|_| binding.epoch);
        }
        self.assign(now, key, binding.slot, Assignment { source: binding.source, height: binding.height });
    }

    /// Gives a slot its source.
    pub(super) fn assign(&mut self, now: Instant, key: Key, id: SlotId, assignment: Assignment) {
        let Some(subscriber) = self.peers.subscribers.get_mut(key) else { return };
        let conference = subscriber.conference;
        let Some(slot) = subscriber.slot_mut(id) else { return };
        slot.height = assignment.height;
        if slot.source != assignment.source {
            let before = std::mem::take(&mut slot.feed);
            let left = slot.source.take();
            slot.source = assignment.source;
            self.leave(conference, key, id, left, before);
            if !self.is_heard(now, conference, assignment.source) {
                self.fall_silent(now, key, id);
            }
        }
        self.retarget(now, key, id);
    }

    /// Whether a microphone or the sound of a screen is being sent.
    fn is_heard(&self, now: Instant, conference: ConferenceId, source: Option<SourceId>) -> bool {
        let publication = source.and_then(|source| {
            let publisher = locate(&self.conferences, conference, source)?;
            self.peers.publishers.get(publisher)?.publication(source.kind)
        });
        publication
            .and_then(|publication| publication.last_packet)
            .is_some_and(|last| now.saturating_duration_since(last) <= PAUSE)
    }

    /// Tells the receiver of a slot of sound that it ends, or pauses, unless he knows.
    pub(super) fn fall_silent(&mut self, now: Instant, key: Key, id: SlotId) {
        let (mut egress, served) = self.egress(now, usize::MAX);
        let Some(subscriber) = served.subscribers.get_mut(key) else { return };
        let (session, open) = (subscriber.session, subscriber.path == Path::Open);
        let Some(slot) = subscriber.slot_mut(id).filter(|_| open && id.media() == MediaKind::Audio) else {
            return;
        };
        if slot.rewriter.source().is_none() {
            return;
        }
        egress.fall_silent(key, session, slot);
    }

    /// A source will be bound to slots in a moment: its key frame shall be there by then.
    pub(super) fn expect(&mut self, conference: ConferenceId, source: SourceId) {
        let Some(publisher) = locate(&self.conferences, conference, source) else { return };
        if let Some(publication) = self.publication_mut(publisher, source.kind)
            && source.kind.media() == MediaKind::Video
        {
            publication.is_expected = true;
            self.urgent.push(publisher);
        }
    }

    /// Takes a slot out of the lists of a source it no longer carries.
    pub(super) fn leave(
        &mut self,
        conference: ConferenceId,
        key: Key,
        id: SlotId,
        source: Option<SourceId>,
        feed: Feed,
    ) {
        let watcher = Watcher { subscriber: key, slot: id };
        for flow in [feed.live, feed.next].into_iter().flatten() {
            self.unwatch(flow.stream, watcher);
        }
        if let Some(source) = source
            && let Some(publisher) = locate(&self.conferences, conference, source)
            && let Some(publication) = self.publication_mut(publisher, source.kind)
        {
            publication.watchers.remove(watcher);
        }
    }

    fn unwatch(&mut self, stream: StreamName, watcher: Watcher) {
        if let Some(encoding) = self
            .publication_mut(stream.publisher, stream.kind)
            .and_then(|publication| publication.encoding_mut(stream.layer))
        {
            encoding.watchers.remove(watcher);
        }
    }

    /// Turns a slot to the encoding it should read. Another layer takes over at its next key frame only.
    pub(super) fn retarget(&mut self, now: Instant, key: Key, id: SlotId) {
        let Some(subscriber) = self.peers.subscribers.get_mut(key) else { return };
        let (conference, open) = (subscriber.conference, subscriber.path == Path::Open);
        let Some(slot) = subscriber.slot_mut(id) else { return };
        let Some(source) = slot.source else { return };
        let Some(publisher) = locate(&self.conferences, conference, source) else { return };
        let sending = self.peers.publishers.get_mut(publisher);
        let Some(publication) = sending.and_then(|sending| sending.publication_mut(source.kind)) else {
            return;
        };
        let watcher = Watcher { subscriber: key, slot: id };
        publication.watchers.add(watcher);
        if !open {
            // Nothing is asked of a publisher for someone who cannot be reached: the path's opening comes back here.
            return;
        }
        let Some(layer) = layer_for(publication, slot.height) else { return };
        let Some(encoding) = publication.encoding_mut(layer) else { return };
        let stream = StreamName { publisher, kind: source.kind, layer, epoch: encoding.epoch };
        let goes_on = slot.feed.live.is_some_and(|flow| flow.stream.is_same_source(stream));
        let before = slot.feed;
        if slot.feed.live.is_some_and(|flow| flow.stream == stream) {
            slot.feed.next = None;
        } else if slot.feed.next.is_none_or(|flow| flow.stream != stream) {
            // Another layer of a picture that goes on takes over with what is to come.
            let entry = encoding.entry(now).filter(|_| !goes_on);
            slot.feed.next = Some(Flow { stream, cursor: entry.unwrap_or(encoding.history.end()) });
            encoding.watchers.add(watcher);
            if entry.is_some() {
                if subscriber.mark(id) {
                    self.video.push(key);
                }
            } else if source.kind.media() == MediaKind::Video {
                encoding.gate.want();
                self.urgent.push(publisher);
            }
        }
        let after = subscriber.slot(id).map(|slot| slot.feed).unwrap_or_default();
        for flow in [before.live, before.next].into_iter().flatten() {
            if !after.reads(flow.stream) {
                self.unwatch(flow.stream, watcher);
            }
        }
    }

    /// Turns all slots that wait for a source of a member who has just begun to offer it.
    pub(super) fn attach_watchers(
        &mut self,
        now: Instant,
        conference: ConferenceId,
        member: MemberId,
        kind: SourceKind,
    ) {
        let source = Some(SourceId { member, kind });
        for (_, key) in self.peers_of(conference) {
            let Some(subscriber) = self.peers.subscribers.get(key) else { continue };
            let waiting: Vec<SlotId> =
                subscriber.slots().filter(|slot| slot.source == source).map(|slot| slot.id).collect();
            for slot in waiting {
                self.retarget(now, key, slot);
            }
        }
    }

    /// Turns all slots of a source, where its layers or its encodings' names have changed.
    pub(super) fn retarget_source(&mut self, now: Instant, publisher: Key, kind: SourceKind) {
        let Some(publication) = self.publication_mut(publisher, kind) else { return };
        publication.layers = publication.alive();
        for watcher in publication.watchers.iter().collect::<Vec<_>>() {
            self.retarget(now, watcher.subscriber, watcher.slot);
        }
    }

    /// Makes the slots of a source wait for its next entry: what was sent before must not be continued.
    pub(super) fn interrupt(&mut self, now: Instant, publisher: Key, kind: SourceKind) {
        let Some(publication) = self.publication_mut(publisher, kind) else { return };
        let watchers: Vec<_> = publication.watchers.iter().collect();
        for watcher in watchers {
            self.restart(now, watcher.subscriber, watcher.slot);
        }
    }

    /// Makes a slot wait for the next entry of its source.
    pub(super) fn restart(&mut self, now: Instant, key: Key, id: SlotId) {
        let Some(slot) = self.peers.subscribers.get_mut(key).and_then(|peer| peer.slot_mut(id)) else {
            return;
        };
        let before = std::mem::take(&mut slot.feed);
        let watcher = Watcher { subscriber: key, slot: id };
        for flow in [before.live, before.next].into_iter().flatten() {
            self.unwatch(flow.stream, watcher);
        }
        self.fall_silent(now, key, id);
        self.retarget(now, key, id);
    }

    /// Does what the fan-out asked for.
    pub(super) fn follow_up(&mut self, now: Instant) {
        for notice in std::mem::take(&mut self.notices) {
            match notice {
                Notice::Switched { subscriber, slot, before } => {
                    let watcher = Watcher { subscriber, slot };
                    let feed = self
                        .peers
                        .subscribers
                        .get(subscriber)
                        .and_then(|peer| peer.slot(slot))
                        .map(|slot| slot.feed);
                    if let Some(before) = before
                        && !feed.is_some_and(|feed| feed.reads(before))
                    {
                        self.unwatch(before, watcher);
                    }
                    self.report_slot(now, subscriber, slot);
                }
                Notice::Announced { subscriber, slot, epoch, timestamp } => {
                    let Some(peer) = self.peers.subscribers.get(subscriber) else { continue };
                    let Some(source) = peer.slot(slot).and_then(|slot| slot.source) else { continue };
                    let (conference, member) = (peer.conference, peer.member);
                    self.events.push_back(Event::SlotSwitched {
                        conference,
                        member,
                        slot,
                        epoch,
                        source,
                        timestamp,
                    });
                }
                Notice::Stuck { stream } => self.want_key_frame(stream),
            }
        }
    }

    /// Asks for a key frame of an encoding, at its gate's pace.
    pub(super) fn want_key_frame(&mut self, stream: StreamName) {
        if let Some(encoding) = self
            .publication_mut(stream.publisher, stream.kind)
            .and_then(|publication| publication.encoding_mut(stream.layer))
        {
            encoding.gate.want();
            self.urgent.push(stream.publisher);
        }
    }
}

/// Whether signaling may bind this: the speakers' slots are the shard's, kinds must agree, and nothing of
/// a member's own is sent back to him.
fn is_bindable(member: MemberId, binding: &Binding) -> bool {
    let known = binding.slot.0 < SlotId::MAX_SLOTS && binding.slot.kind() != SlotKind::Audio;
    known
        && binding
            .source
            .is_none_or(|source| source.member != member && source.kind.media() == binding.slot.media())
}

/// The layer a slot should read: the only one, or the one that its height asks for among those alive.
fn layer_for(publication: &Publication, height: u16) -> Option<LayerIndex> {
    match (publication.kind.media(), publication.encodings.as_slice()) {
        (MediaKind::Audio, _) | (_, [_]) => Some(LayerIndex(0)),
        (MediaKind::Video, _) => choose(&publication.layers, height),
    }
}
