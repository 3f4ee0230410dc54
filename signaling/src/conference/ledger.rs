//! The durable part of a conference, and the orders that wait for the disk.

use giaoban_media_types::MemberId;

use super::{ConnectionId, Durable, WriteId};

/// Orders that wait for the disk at most; further ones are refused as `overloaded`.
pub(super) const MAX_WAITING: usize = 64;

/// What follows when a write is on disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Only the confirmation.
    Confirm,
    /// The removed member's secrets are forgotten.
    Forget(MemberId),
    /// Everyone goes, by this member's order.
    End(MemberId),
}

/// An order that waits for the disk.
#[derive(Clone, Copy)]
pub(super) struct Waiting {
    /// Who ordered it.
    pub(super) connection: ConnectionId,
    /// The number of his request.
    pub(super) request: u32,
    /// What follows.
    pub(super) then: Then,
}

struct InFlight {
    write: WriteId,
    durable: Durable,
    waiting: Vec<Waiting>,
}

/// Owns the durable part. `durable` holds from the moment of the order, so that a mute bites at once;
/// `stored` is what the disk has. One write is under way at a time, and takes all orders since the one before.
pub(super) struct Ledger {
    durable: Durable,
    stored: Durable,
    in_flight: Option<InFlight>,
    queued: Vec<Waiting>,
    next_write: u64,
}

impl Ledger {
    pub(super) fn new(stored: Durable) -> Self {
        Self { durable: stored.clone(), stored, in_flight: None, queued: Vec::new(), next_write: 1 }
    }

    pub(super) fn durable(&self) -> &Durable {
        &self.durable
    }

    pub(super) fn durable_mut(&mut self) -> &mut Durable {
        &mut self.durable
    }

    pub(super) fn is_full(&self) -> bool {
        let in_flight = self.in_flight.as_ref().map_or(0, |write| write.waiting.len());
        in_flight + self.queued.len() >= MAX_WAITING
    }

    pub(super) fn wait(&mut self, waiting: Waiting) {
        self.queued.push(waiting);
    }

    /// Begins the next write, if one is needed and none is under way.
    pub(super) fn begin_write(&mut self) -> Option<(WriteId, Durable)> {
        if self.in_flight.is_some() || (self.queued.is_empty() && self.durable == self.stored) {
            return None;
        }
        let write = WriteId(self.next_write);
        self.next_write += 1;
        let waiting = std::mem::take(&mut self.queued);
        self.in_flight = Some(InFlight { write, durable: self.durable.clone(), waiting });
        Some((write, self.durable.clone()))
    }

    /// A write is on disk: the orders that waited for it.
    pub(super) fn stored(&mut self, write: WriteId) -> Vec<Waiting> {
        match self.in_flight.take_if(|in_flight| in_flight.write == write) {
            Some(in_flight) => {
                self.stored = in_flight.durable;
                in_flight.waiting
            }
            None => Vec::new(),
        }
    }

    /// A write failed: what is stored holds again. The orders that are refused with it, those since included:
    /// they were given on top of a state that is no more.
    pub(super) fn failed(&mut self, write: WriteId) -> Option<Vec<Waiting>> {
        let mut in_flight = self.in_flight.take_if(|in_flight| in_flight.write == write)?;
        self.durable = self.stored.clone();
        in_flight.waiting.append(&mut self.queued);
        Some(in_flight.waiting)
    }
}
