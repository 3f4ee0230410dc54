//! What an offer carries into a shard, and why it may be refused.

use crate::{ConferenceId, MemberId, Mid, PeerId, SlotId, SourceKind};

/// A client's offer. The client always offers, the gateway only answers.
pub struct Negotiation {
    /// The conference.
    pub conference: ConferenceId,
    /// Who offers.
    pub member: MemberId,
    /// For which of his peer connections.
    pub peer: PeerId,
    /// The offer's text (RFC 8866, RFC 8829); no `Debug`: it holds addresses and ICE passwords.
    pub sdp: String,
    /// What each media section is for. Sections not listed are answered as inactive.
    pub sections: Vec<Section>,
}

/// The client's word for what one media section is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Which section.
    pub mid: Mid,
    /// What for.
    pub purpose: Purpose,
}

/// The purpose of a media section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// The client sends this source on it.
    Source(SourceKind),
    /// The client receives this slot on it.
    Slot(SlotId),
}

/// Why an offer was refused. Each is the peer's fault but the last two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NegotiationError {
    /// Not an SDP offer.
    Malformed,
    /// More bytes or sections than are taken.
    TooLarge,
    /// No bundled transport with rtcp-mux, ICE credentials and a SHA-256 fingerprint.
    UnusableTransport,
    /// A listed mid is missing, listed twice, of the wrong media kind or direction, or a section changed its purpose.
    SectionMismatch,
    /// No codec of the room in a section.
    NoCommonCodec,
    /// The shard holds as many transports as it may.
    Full,
    /// The gateway failed.
    Internal,
}
