//! Every packet ends in a counted verdict.

/// What became of a received packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It was taken: forwarded to whoever wants it, or consumed as control.
    Forward,
    /// It was not.
    Drop(DropReason),
}

/// Why a packet was dropped. Each reason has a counter in the shard's statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DropReason {
    /// The first byte belongs to no protocol we speak (RFC 7983 §7).
    UnknownProtocol,
    /// STUN that is malformed, of another ufrag, or whose integrity is wrong.
    StunRefused,
    /// DTLS or SRTP from an address that has passed no STUN check.
    UnknownAddress,
    /// Media before the handshake is complete.
    NotConnected,
    /// Authentication failed.
    Forged,
    /// Seen before, or older than the replay window.
    Replayed,
    /// A header or payload descriptor that breaks its format.
    Malformed,
    /// An SSRC that no negotiated section explains.
    UnknownStream,
    /// Policy does not let this source through.
    NotAllowed,
    /// Part of a line test: measured, and meant for nobody.
    LineTest,
    /// A browser's bandwidth probe: a copy of an old packet on an RTX stream.
    Probe,
    /// A repair of a packet that is already there or no longer useful.
    Duplicate,
    /// Nobody wants it now.
    Unwatched,
    /// A bound of work or memory was reached.
    Overload,
}

impl DropReason {
    /// Every reason, in the order of the counters.
    pub const ALL: [Self; 14] = [
        Self::UnknownProtocol,
        Self::StunRefused,
        Self::UnknownAddress,
        Self::NotConnected,
        Self::Forged,
        Self::Replayed,
        Self::Malformed,
        Self::UnknownStream,
        Self::NotAllowed,
        Self::LineTest,
        Self::Probe,
        Self::Duplicate,
        Self::Unwatched,
        Self::Overload,
    ];
}
