//! The sending half of a member: his sources and the streams they come on.

use std::time::{Duration, Instant};

use giaoban_media_types::{ConferenceId, MemberId, Mid, SourceKind, SourceSet};

use crate::feedback::ArrivalRecorder;
use crate::publication::Publication;
use crate::report::PublisherClock;
use crate::rtp::{ExtensionId, Packet, PayloadType, Ssrc, token};
use crate::simulcast::LayerIndex;
use crate::transport::SessionId;

/// SSRCs remembered of one publisher at most: four sources of three layers with their retransmissions are 24.
/// Beyond, the oldest is forgotten.
const MOST_STREAMS: usize = 32;
/// Assumed until a report tells.
pub const DEFAULT_ROUND_TRIP: Duration = Duration::from_millis(100);

/// Header extensions as the publisher numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IngressExtensions {
    /// Section (RFC 9143 §15).
    pub mid: Option<ExtensionId>,
    /// Layer (RFC 8852 §3.1).
    pub rid: Option<ExtensionId>,
    /// Layer of a retransmission (RFC 8852 §3.2).
    pub repaired_rid: Option<ExtensionId>,
    /// Audio level (RFC 6464).
    pub audio_level: Option<ExtensionId>,
    /// Transport-wide sequence number.
    pub transport_sequence: Option<ExtensionId>,
    /// Dependency Descriptor.
    pub dependency_descriptor: Option<ExtensionId>,
}

/// A section that a source is sent on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSection {
    /// Which section.
    pub mid: Mid,
    /// Which source.
    pub kind: SourceKind,
    /// The codec's number.
    pub payload_type: PayloadType,
    /// The number of its retransmissions.
    pub repair_payload_type: Option<PayloadType>,
}

/// What is sent on an SSRC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The encoding itself.
    Media,
    /// Its retransmissions and the browser's probes (RFC 4588).
    Repair,
}

/// What an SSRC is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    /// The SSRC.
    pub ssrc: Ssrc,
    /// The source.
    pub kind: SourceKind,
    /// Its layer.
    pub layer: LayerIndex,
    /// Media or repair.
    pub role: Role,
}

/// The sending half of a peer.
pub struct Publisher {
    /// His conference.
    pub conference: ConferenceId,
    /// Who he is.
    pub member: MemberId,
    /// His transport.
    pub session: SessionId,
    /// Our SSRC in what we report to him.
    pub reporter: Ssrc,
    /// What may pass.
    pub allowed: SourceSet,
    /// Extensions as he numbers them.
    pub extensions: IngressExtensions,
    /// What he sends where.
    pub sections: Vec<SourceSection>,
    streams: Vec<Stream>,
    publications: [Option<Publication>; SourceKind::ALL.len()],
    /// Arrivals to be reported.
    pub arrivals: ArrivalRecorder,
    /// Bytes of payload that came of him.
    pub bytes: u64,
    /// His clock.
    pub clock: PublisherClock,
    /// How long a request to him takes to be answered.
    pub round_trip: Duration,
    /// When his next receiver report is due.
    pub report_due: Instant,
    /// When his next transport feedback is due.
    pub feedback_due: Instant,
}

/// What a new publisher is made of.
pub struct PublisherConfig {
    /// His conference.
    pub conference: ConferenceId,
    /// Who he is.
    pub member: MemberId,
    /// His transport.
    pub session: SessionId,
    /// Our SSRC towards him.
    pub reporter: Ssrc,
    /// What may pass.
    pub allowed: SourceSet,
}

impl Publisher {
    /// A publisher without sources.
    #[must_use]
    pub fn new(now: Instant, config: PublisherConfig) -> Self {
        Self {
            conference: config.conference,
            member: config.member,
            session: config.session,
            reporter: config.reporter,
            allowed: config.allowed,
            extensions: IngressExtensions::default(),
            sections: Vec::new(),
            streams: Vec::new(),
            publications: [const { None }; SourceKind::ALL.len()],
            arrivals: ArrivalRecorder::default(),
            bytes: 0,
            clock: PublisherClock::default(),
            round_trip: DEFAULT_ROUND_TRIP,
            report_due: now,
            feedback_due: now,
        }
    }

    /// A source.
    #[must_use]
    pub fn publication(&self, kind: SourceKind) -> Option<&Publication> {
        self.publications.get(kind as usize)?.as_ref()
    }

    /// A source.
    pub fn publication_mut(&mut self, kind: SourceKind) -> Option<&mut Publication> {
        self.publications.get_mut(kind as usize)?.as_mut()
    }

    /// All sources.
    pub fn publications(&self) -> impl Iterator<Item = &Publication> {
        self.publications.iter().flatten()
    }

    /// All sources.
    pub fn publications_mut(&mut self) -> impl Iterator<Item = &mut Publication> {
        self.publications.iter_mut().flatten()
    }

    /// Adds a source.
    pub fn add(&mut self, publication: Publication) {
        if let Some(place) = self.publications.get_mut(publication.kind as usize) {
            *place = Some(publication);
        }
    }

    /// Remembers what an SSRC is for.
    pub fn bind(&mut self, stream: Stream) {
        self.streams.retain(|known| known.ssrc != stream.ssrc);
        if self.streams.len() >= MOST_STREAMS {
            self.streams.remove(0);
        }
        self.streams.push(stream);
        if stream.role == Role::Media
            && let Some(encoding) = self
                .publication_mut(stream.kind)
                .and_then(|publication| publication.encoding_mut(stream.layer))
        {
            encoding.bind(stream.kind.media(), stream.ssrc);
        }
    }

    /// What an SSRC is for, if it is known.
    #[must_use]
    pub fn stream(&self, ssrc: Ssrc) -> Option<Stream> {
        self.streams.iter().find(|stream| stream.ssrc == ssrc).copied()
    }

    /// The media SSRC of any of his streams, by which transport feedback is addressed.
    #[must_use]
    pub fn any_ssrc(&self) -> Option<Ssrc> {
        self.streams.iter().find(|stream| stream.role == Role::Media).map(|stream| stream.ssrc)
    }

    /// What the SSRC of a packet is for by the section and layer that the packet names itself
    /// (RFC 9143 §9.2, RFC 8852 §4): a retransmission says repaired-rid, never rid.
    #[must_use]
    pub fn identify(&self, packet: &Packet<'_>) -> Option<Stream> {
        let text = |id: Option<ExtensionId>| token(packet.extension(id?)?);
        let mid = text(self.extensions.mid)?;
        let section = self.sections.iter().find(|section| section.mid.as_str() == mid)?;
        let publication = self.publication(section.kind)?;
        let role = if packet.header.payload_type == section.payload_type {
            Role::Media
        } else if Some(packet.header.payload_type) == section.repair_payload_type {
            Role::Repair
        } else {
            return None;
        };
        let rid = match role {
            Role::Media => text(self.extensions.rid),
            Role::Repair => text(self.extensions.repaired_rid),
        };
        let layer = publication.layer_of(rid)?;
        Some(Stream { ssrc: packet.header.ssrc, kind: section.kind, layer, role })
    }

    /// Whether a packet's payload type is the one negotiated for its stream.
    #[must_use]
    pub fn speaks(&self, stream: Stream, payload_type: PayloadType) -> bool {
        self.sections.iter().filter(|section| section.kind == stream.kind).any(|section| match stream.role {
            Role::Media => section.payload_type == payload_type,
            Role::Repair => section.repair_payload_type == Some(payload_type),
        })
    }
}
