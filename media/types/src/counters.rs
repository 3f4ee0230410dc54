//! What a shard has counted of one member's connection: totals, of which whoever asks makes rates.

use std::time::Duration;

use crate::MemberId;

/// Totals of one direction. They only grow, until the member makes another peer connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LinkCounters {
    /// Packets that were to come.
    pub expected: u64,
    /// Of these, lost on the way, before any repair (RFC 3550 §6.4.1).
    pub lost: u64,
    /// Bytes of media payload.
    pub bytes: u64,
    /// The worst interarrival jitter among the streams (RFC 3550 §6.4.1).
    pub jitter: Duration,
}

/// One member's connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberCounters {
    /// Whose.
    pub member: MemberId,
    /// Packets pass: the handshake is done, and he was heard of in the last seconds.
    pub is_open: bool,
    /// Way there and back by his last report; `None` before the first.
    pub round_trip: Option<Duration>,
    /// From him to the gateway.
    pub uplink: LinkCounters,
    /// From the gateway to him, by his reports.
    pub downlink: LinkCounters,
    /// Height in pixels of the tallest layer of his camera that comes; 0 for none.
    pub sends: u16,
    /// Height in pixels of the layer he is sent of the stage; 0 for none.
    pub receives: u16,
}

impl MemberCounters {
    /// Of a member without a transport.
    #[must_use]
    pub const fn without_transport(member: MemberId) -> Self {
        const NONE: LinkCounters = LinkCounters { expected: 0, lost: 0, bytes: 0, jitter: Duration::ZERO };
        Self { member, is_open: false, round_trip: None, uplink: NONE, downlink: NONE, sends: 0, receives: 0 }
    }
}
