//! Which conference is where.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use giaoban_media_types::{ConferenceId, MemberId};

use crate::actor::ConferenceHandle;

/// A seat on this gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatRef {
    /// Its conference.
    pub conference: ConferenceId,
    /// Its member.
    pub member: MemberId,
}

/// The running conferences. Its lock is held for a look-up only, never across an await.
#[derive(Default)]
pub struct Registry {
    conferences: RwLock<BTreeMap<ConferenceId, ConferenceHandle>>,
}

impl Registry {
    /// Adds a conference.
    pub fn insert(&self, conference: ConferenceId, handle: ConferenceHandle) {
        self.conferences.write().unwrap_or_else(PoisonError::into_inner).insert(conference, handle);
    }

    /// Where a conference is.
    #[must_use]
    pub fn find(&self, conference: ConferenceId) -> Option<ConferenceHandle> {
        self.conferences.read().unwrap_or_else(PoisonError::into_inner).get(&conference).cloned()
    }

    /// Lets go of a conference: it ends when whoever talks to it is done.
    pub fn remove(&self, conference: ConferenceId) {
        self.conferences.write().unwrap_or_else(PoisonError::into_inner).remove(&conference);
    }

    /// Lets go of all conferences: each ends when whoever talks to it is done.
    pub fn clear(&self) {
        self.conferences.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
