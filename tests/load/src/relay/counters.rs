//! What a test asserts on: that the spoiling really took place.

use serde::Serialize;

/// Traffic of one direction since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// UDP datagrams or TCP reads that passed.
    pub packets: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Datagrams dropped; for TCP, pieces held back by an outage.
    pub dropped: u64,
    /// Datagrams that were let overtake others.
    pub reordered: u64,
}
