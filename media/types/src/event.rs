//! What a shard reports.

use crate::{
    ConferenceId, MemberCounters, MemberId, NegotiationError, PeerId, RtpTimestamp, Security, SlotEpoch,
    SlotId, SourceId,
};

/// A report of a shard.
pub enum Event {
    /// The answer to an offer.
    Answered {
        /// The conference.
        conference: ConferenceId,
        /// Who offered.
        member: MemberId,
        /// For which peer connection.
        peer: PeerId,
        /// The answer's text; it holds ICE credentials.
        sdp: String,
    },
    /// An offer was refused; what stood before it stands.
    NegotiationFailed {
        /// The conference.
        conference: ConferenceId,
        /// Who offered.
        member: MemberId,
        /// For which peer connection.
        peer: PeerId,
        /// Why.
        error: NegotiationError,
    },
    /// The DTLS handshake is complete: media flows.
    Connected {
        /// The conference.
        conference: ConferenceId,
        /// Who.
        member: MemberId,
        /// His peer connection.
        peer: PeerId,
        /// What was agreed.
        security: Security,
    },
    /// The transport is gone. One that was replaced or removed by order is not reported.
    Closed {
        /// The conference.
        conference: ConferenceId,
        /// Who.
        member: MemberId,
        /// His peer connection.
        peer: PeerId,
        /// Why.
        reason: CloseReason,
    },
    /// A source's first packet came, or the first after `SourceStopped`.
    SourceStarted {
        /// The conference.
        conference: ConferenceId,
        /// Which.
        source: SourceId,
    },
    /// No packet of the source for five seconds, or its transport closed.
    SourceStopped {
        /// The conference.
        conference: ConferenceId,
        /// Which.
        source: SourceId,
    },
    /// The first packet of a slot's new source was sent.
    SlotSwitched {
        /// The conference.
        conference: ConferenceId,
        /// Whose slot.
        member: MemberId,
        /// Which.
        slot: SlotId,
        /// The binding this fulfils.
        epoch: SlotEpoch,
        /// The source now in it.
        source: SourceId,
        /// The timestamp of its first frame as the receiver sees it.
        timestamp: RtpTimestamp,
    },
    /// What was counted, as `Command::Measure` asked.
    Measured {
        /// The conference.
        conference: ConferenceId,
        /// Everyone who has a transport, in ascending order.
        members: Vec<MemberCounters>,
    },
    /// Who is heard changed. At most one a conference in 100 ms.
    Speaking {
        /// The conference.
        conference: ConferenceId,
        /// The dominant speaker (Volfin and Cohen 2013), if anyone speaks.
        dominant: Option<MemberId>,
        /// All whose microphones are active now, in ascending order.
        speakers: Vec<MemberId>,
    },
}

/// Why a transport closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CloseReason {
    /// The client closed it (DTLS close_notify).
    ByPeer,
    /// The handshake failed or took too long.
    HandshakeFailed,
    /// The client's certificate does not match the fingerprint in its offer.
    WrongFingerprint,
    /// No authenticated packet for 30 s.
    TimedOut,
}
