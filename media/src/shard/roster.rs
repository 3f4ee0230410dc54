//! Who is in which conference, and on which transport.

use std::collections::BTreeMap;
use std::time::Instant;

use giaoban_media_types::{
    Binding, ConferenceId, MemberId, Mid, PeerId, Purpose, SlotId, SourceId, SourceSet,
};

use crate::arena::{Arena, Key};
use crate::publisher::Publisher;
use crate::speech::DominantSpeaker;
use crate::subscriber::Subscriber;
use crate::transport::SessionId;

/// A member's peer connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Which of his.
    pub id: PeerId,
    /// Where both of its halves are.
    pub key: Key,
    /// Its transport.
    pub session: SessionId,
    /// What its sections are for.
    pub purposes: BTreeMap<Mid, Purpose>,
    /// The session number of its answers, and how many there were.
    pub answers: (u64, u64),
}

/// What is known of a member, with or without a transport.
#[derive(Debug)]
pub struct Member {
    /// What he may send.
    pub allowed: SourceSet,
    /// What his slots shall carry, those that do not exist yet among them.
    pub bindings: BTreeMap<SlotId, Binding>,
    /// His peer connection.
    pub peer: Option<Peer>,
}

impl Default for Member {
    fn default() -> Self {
        Self { allowed: SourceSet::NONE, bindings: BTreeMap::new(), peer: None }
    }
}

/// One conference.
#[derive(Debug)]
pub struct Conference {
    /// Its members.
    pub members: BTreeMap<MemberId, Member>,
    /// The dominant speaker and who was before.
    pub dominant: DominantSpeaker<MemberId>,
    /// What was last reported: the dominant speaker and all who speak.
    pub reported: (Option<MemberId>, Vec<MemberId>),
    /// Whose microphones fill the speakers' slots, best first.
    pub ranking: Vec<MemberId>,
    /// When speaking is looked at next.
    pub speech_due: Instant,
}

impl Conference {
    /// A conference without members.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            members: BTreeMap::new(),
            dominant: DominantSpeaker::default(),
            reported: (None, Vec::new()),
            ranking: Vec::new(),
            speech_due: now,
        }
    }

    /// The keys of all peers.
    pub fn peers(&self) -> impl Iterator<Item = (MemberId, Key)> {
        self.members.iter().filter_map(|(&member, state)| Some((member, state.peer.as_ref()?.key)))
    }
}

/// Both halves of all peers. The halves lie apart, so that one receiver can be written while all
/// publishers are read; a peer's halves have the same key.
#[derive(Default)]
pub struct Peers {
    /// The sending halves.
    pub publishers: Arena<Publisher>,
    /// The receiving halves.
    pub subscribers: Arena<Subscriber>,
    sessions: BTreeMap<SessionId, Key>,
}

impl Peers {
    /// Adds a peer.
    pub fn insert(&mut self, publisher: Publisher, subscriber: Subscriber) -> Key {
        let session = publisher.session;
        let key = self.publishers.insert(publisher);
        // Both arenas have seen the same insertions and removals, so they give the same key.
        let twin = self.subscribers.insert(subscriber);
        debug_assert_eq!(key, twin);
        self.sessions.insert(session, key);
        key
    }

    /// Takes a peer out.
    pub fn remove(&mut self, key: Key) -> Option<(Publisher, Subscriber)> {
        let halves = (self.publishers.remove(key)?, self.subscribers.remove(key)?);
        self.sessions.remove(&halves.0.session);
        Some(halves)
    }

    /// The peer of a transport.
    #[must_use]
    pub fn of_session(&self, session: SessionId) -> Option<Key> {
        self.sessions.get(&session).copied()
    }
}

/// Where a source is published, if it is.
#[must_use]
pub fn locate(
    conferences: &BTreeMap<ConferenceId, Conference>,
    conference: ConferenceId,
    source: SourceId,
) -> Option<Key> {
    Some(conferences.get(&conference)?.members.get(&source.member)?.peer.as_ref()?.key)
}
