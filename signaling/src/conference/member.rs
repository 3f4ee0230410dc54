//! A seat, and what is known of whoever sits in it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use giaoban_media_types::{SourceId, SourceKind, SourceSet};

use super::offers::Offers;
use super::slots::Slots;
use super::{ConnectionId, Seat, Seated};
use crate::wire::{MicrophoneState, Presence};

/// A connection may be gone this long before others are told: a blip shows nothing.
pub(super) const SHOW_AWAY_AFTER: Duration = Duration::from_secs(2);

/// A source without packets, or a member without connection and packets, keeps the stage this long.
pub(super) const GONE_AFTER: Duration = Duration::from_secs(5);

/// A seat is kept this long for a connection that is gone.
pub(super) const LEASE: Duration = Duration::from_secs(90);

/// A page that is refreshed closes its transport and its socket in either order: a stopped source waits
/// so long for the other sign.
const STOP_SETTLES_AFTER: Duration = Duration::from_millis(500);

/// The right to a seat. It outlives its connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lease {
    /// Nobody sits there.
    Absent,
    /// Held through a connection.
    Held(ConnectionId),
    /// The connection is gone, the seat is kept.
    Away {
        /// Since when.
        since: Instant,
        /// Whether the others were told.
        shown: bool,
    },
}

/// A member's own sources, by his own word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct OwnSources {
    pub(super) microphone: MicrophoneState,
    pub(super) camera: bool,
    pub(super) screen: bool,
}

impl OwnSources {
    pub(super) const OFF: Self = Self { microphone: MicrophoneState::Off, camera: false, screen: false };
}

impl From<Seated> for OwnSources {
    fn from(seated: Seated) -> Self {
        let microphone = if seated.microphone { MicrophoneState::Open } else { MicrophoneState::Off };
        Self { microphone, camera: seated.camera, screen: seated.screen }
    }
}

/// What the shard reports of one source.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Live,
    /// No packets any more; counts as gone at that time.
    Stopped {
        gone_at: Instant,
    },
}

/// A seat with its lease and all that hangs on it.
pub(super) struct Member {
    pub(super) seat: Seat,
    pub(super) lease: Lease,
    pub(super) sources: OwnSources,
    /// Rises with each share that begins: the latest takes the stage.
    pub(super) share: u32,
    /// Place in the queue of hands.
    pub(super) hand: Option<u32>,
    pub(super) slots: Slots,
    pub(super) offers: Offers,
    /// What the shard was told that passes.
    pub(super) allowed: Option<SourceSet>,
    flows: BTreeMap<SourceKind, Flow>,
    /// When the member last lost or made a connection of any sort.
    disturbed: Option<Instant>,
}

impl Member {
    pub(super) fn new(seat: Seat) -> Self {
        Self {
            seat,
            lease: Lease::Absent,
            sources: OwnSources::OFF,
            share: 0,
            hand: None,
            slots: Slots::default(),
            offers: Offers::default(),
            allowed: None,
            flows: BTreeMap::new(),
            disturbed: None,
        }
    }

    /// Forgets all that belongs to a page: its sources, slots and offers. The seat and the hand stay.
    pub(super) fn forget_page(&mut self) {
        self.sources = OwnSources::OFF;
        self.slots = Slots::default();
        self.offers = Offers::default();
        self.allowed = None;
        self.flows.clear();
    }

    pub(super) fn connection(&self) -> Option<ConnectionId> {
        match self.lease {
            Lease::Held(connection) => Some(connection),
            Lease::Absent | Lease::Away { .. } => None,
        }
    }

    pub(super) fn has_lease(&self) -> bool {
        self.lease != Lease::Absent
    }

    pub(super) fn presence(&self) -> Presence {
        match self.lease {
            Lease::Absent => Presence::Absent,
            Lease::Held(_) | Lease::Away { shown: false, .. } => Presence::Present,
            Lease::Away { shown: true, .. } => Presence::Recovering,
        }
    }

    pub(super) fn source(&self, kind: SourceKind) -> SourceId {
        SourceId { member: self.seat.member, kind }
    }

    /// Packets of a source come.
    pub(super) fn started(&mut self, kind: SourceKind) {
        self.flows.insert(kind, Flow::Live);
    }

    /// No packets of a source come any more. A member who just lost or made a connection is given time to send again.
    pub(super) fn stopped(&mut self, now: Instant, kind: SourceKind) {
        let soon = now + STOP_SETTLES_AFTER;
        let gone_at = self.disturbed.map_or(soon, |at| soon.max(at + GONE_AFTER));
        self.flows.insert(kind, Flow::Stopped { gone_at });
    }

    /// The member lost or made a connection: what is not gone yet has time again.
    pub(super) fn disturb(&mut self, now: Instant) {
        self.disturbed = Some(now);
        for flow in self.flows.values_mut() {
            if let Flow::Stopped { gone_at } = flow
                && now < *gone_at
            {
                *gone_at = now + GONE_AFTER;
            }
        }
    }

    /// When the next stopped source counts as gone.
    pub(super) fn next_gone(&self, now: Instant) -> Option<Instant> {
        let times = self.flows.values().filter_map(|flow| match flow {
            Flow::Stopped { gone_at } if *gone_at > now => Some(*gone_at),
            Flow::Stopped { .. } | Flow::Live => None,
        });
        times.min()
    }

    /// Takes the member's word. A camera that comes on again is not held gone for what it was before.
    pub(super) fn say_sources(&mut self, sources: OwnSources) {
        if sources.camera && !self.sources.camera {
            self.flows.retain(|kind, flow| *kind != SourceKind::Camera || *flow == Flow::Live);
        }
        self.sources = sources;
    }

    /// Takes the word of before a restart: what was sent then has time to be sent again.
    pub(super) fn resume_sources(&mut self, now: Instant, sources: OwnSources) {
        self.disturb(now);
        self.sources = sources;
        for (kind, on) in [(SourceKind::Camera, sources.camera), (SourceKind::Screen, sources.screen)] {
            if on {
                self.stopped(now, kind);
            }
        }
    }

    /// Whether the member can be on the stage with this source. A camera that is off by his word can (his crest
    /// stands for it), a screen that is off cannot.
    pub(super) fn can_be_on_stage(&self, now: Instant, kind: SourceKind) -> bool {
        let reachable = match self.lease {
            Lease::Absent => false,
            Lease::Held(_) => true,
            Lease::Away { since, .. } => {
                now < since + GONE_AFTER || self.flows.values().any(|f| *f == Flow::Live)
            }
        };
        let flows = self.flows.get(&kind).map(|flow| match flow {
            Flow::Live => true,
            Flow::Stopped { gone_at } => now < *gone_at,
        });
        reachable
            && match kind {
                SourceKind::Camera => !self.sources.camera || flows.unwrap_or(true),
                SourceKind::Screen => self.sources.screen && flows.unwrap_or(false),
                SourceKind::Microphone | SourceKind::ScreenAudio => false,
            }
    }
}
