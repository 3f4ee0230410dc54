//! SDP (RFC 8866): offers read into a plain summary, and answers written from a plain plan (RFC 8829, RFC 8843).
//!
//! [`Offer::parse`] takes what browsers send and ignores what it does not know. [`accept`] decides one section:
//! codec, extensions, feedback, layers. [`Answer::write`] writes the smallest answer both browsers take.

mod accept;
mod answer;
mod offer;

pub use accept::{Accepted, AnswerSection, Extensions, Format, Part, Rejected, StreamIdentity, accept};
pub use answer::Answer;
pub use offer::{Codec, ExtensionOffer, Offer, OfferedTransport, Section, SectionMedia};

/// Longest offer taken, in bytes. With VP8 and its retransmissions alone a section takes up to 1.5 kB, so this is
/// more than every section we take; with every codec of a browser it is about forty sections.
pub const MAX_OFFER_LENGTH: usize = 256 * 1024;
/// Most sections taken: four sources, 87 slots, and a few that a client has stopped using.
pub const MAX_SECTIONS: usize = 96;

/// The direction of media, from the point of view of whose description it stands in (RFC 8866 §6.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Both ways.
    SendReceive,
    /// Towards the peer only.
    SendOnly,
    /// From the peer only.
    ReceiveOnly,
    /// None.
    Inactive,
}

impl Direction {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "sendrecv" => Some(Self::SendReceive),
            "sendonly" => Some(Self::SendOnly),
            "recvonly" => Some(Self::ReceiveOnly),
            "inactive" => Some(Self::Inactive),
            _ => None,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::SendReceive => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::ReceiveOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    /// Whether the describer sends.
    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendReceive | Self::SendOnly)
    }

    /// Whether the describer receives.
    #[must_use]
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendReceive | Self::ReceiveOnly)
    }
}

/// A header extension that we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extension {
    /// The section (RFC 9143 §15).
    Mid,
    /// The layer (RFC 8852 §3.1).
    Rid,
    /// The layer that a retransmission repairs (RFC 8852 §3.2).
    RepairedRid,
    /// The audio level (RFC 6464).
    AudioLevel,
    /// The transport-wide sequence number.
    TransportSequence,
    /// The AV1 RTP specification's Dependency Descriptor, for any codec.
    DependencyDescriptor,
}

impl Extension {
    /// All, in the order answers name them.
    pub const ALL: [Self; 6] = [
        Self::Mid,
        Self::Rid,
        Self::RepairedRid,
        Self::AudioLevel,
        Self::TransportSequence,
        Self::DependencyDescriptor,
    ];

    /// The name it is negotiated by (RFC 8285 §5).
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Mid => "urn:ietf:params:rtp-hdrext:sdes:mid",
            Self::Rid => "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
            Self::RepairedRid => "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
            Self::AudioLevel => "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
            Self::TransportSequence => {
                "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
            }
            Self::DependencyDescriptor => {
                "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"
            }
        }
    }

    fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|extension| extension.uri() == uri)
    }
}

/// Feedback that we give or take (RFC 4585 §4.2, RFC 5104 §7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feedback {
    /// Packets asked for again.
    Nack,
    /// A key frame asked for, because a picture is lost.
    PictureLossIndication,
    /// A key frame asked for.
    FullIntraRequest,
    /// Transport-wide congestion control.
    TransportWide,
}

impl Feedback {
    /// All, in the order answers name them.
    pub const ALL: [Self; 4] =
        [Self::Nack, Self::PictureLossIndication, Self::FullIntraRequest, Self::TransportWide];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Nack => "nack",
            Self::PictureLossIndication => "nack pli",
            Self::FullIntraRequest => "ccm fir",
            Self::TransportWide => "transport-cc",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feedback| feedback.as_str() == text)
    }
}

/// The name of a layer (RFC 8851 §10): alphanumeric characters, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rid(Box<str>);

impl Rid {
    /// Longest name that a one-byte header extension carries.
    const MAX_LENGTH: usize = 16;

    fn parse(text: &str) -> Option<Self> {
        let text = crate::rtp::token(text.as_bytes())?;
        (text.len() <= Self::MAX_LENGTH).then(|| Self(text.into()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests;
