//! Deciding one section: what of an offer we take.

use giaoban_media_types::{MediaKind, Mid, NegotiationError};

use super::{Codec, Direction, Extension, Feedback, Rid, Section, SectionMedia};
use crate::rtp::{ExtensionId, PayloadType, Ssrc};

/// Format parameters of Opus that an answer repeats (RFC 7587 §6.1): what the client would have decided
/// for itself. Stereo is not among them: speech is sent as one channel.
const OPUS_PARAMETERS: [&str; 3] = ["minptime", "useinbandfec", "usedtx"];

/// What the gateway does on a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Takes what the client sends.
    Receive,
    /// Sends this stream.
    Send(StreamIdentity),
    /// Nothing.
    Idle,
}

/// What a stream is called for life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamIdentity {
    /// Its SSRC.
    pub ssrc: Ssrc,
    /// The SSRC of its retransmissions; named only if these are negotiated.
    pub repair_ssrc: Ssrc,
    /// Its canonical name (RFC 3550 §6.5.1): streams with the same one are played in step.
    pub cname: String,
    /// The media stream it belongs to (RFC 8830).
    pub stream: String,
    /// The track within it.
    pub track: String,
}

/// One section of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerSection {
    /// Taken.
    Accepted(Accepted),
    /// Refused with port 0 (RFC 8829 §5.3.1).
    Rejected(Rejected),
}

/// A section that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Which.
    pub mid: Mid,
    /// Sound or picture.
    pub media: MediaKind,
    /// What we do on it.
    pub part: Part,
    /// How packets look on it.
    pub format: Format,
    /// Feedback may go without a report before it (RFC 5506).
    pub reduced_size: bool,
    /// Header extensions of both forms may stand in one stream (RFC 8285 §6).
    pub mixed_extensions: bool,
}

/// A section that is refused: its media line, with one format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Which.
    pub mid: Mid,
    /// `audio`, `video`, `application`.
    pub media: String,
    /// Transport protocol.
    pub protocol: String,
    /// Any one of the formats offered.
    pub format: String,
}

/// How packets look on a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// The codec's number.
    pub payload_type: PayloadType,
    /// The number of its retransmissions (RFC 4588), if both ends have them.
    pub repair_payload_type: Option<PayloadType>,
    /// Format parameters that the answer states.
    pub parameters: String,
    /// Feedback in use.
    pub feedback: Vec<Feedback>,
    /// Header extensions in use.
    pub extensions: Extensions,
    /// The layers received, in the offer's order; none if there is but one encoding.
    pub rids: Vec<Rid>,
}

/// The numbers of the header extensions in use on a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extensions([Option<ExtensionUse>; Extension::ALL.len()]);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ExtensionUse {
    id: ExtensionId,
    /// The offer limited its direction, so the answer must.
    directed: bool,
}

impl Extensions {
    /// The number of an extension, if it is in use.
    #[must_use]
    pub fn get(&self, extension: Extension) -> Option<ExtensionId> {
        self.0.get(extension as usize)?.map(|used| used.id)
    }

    fn set(&mut self, extension: Extension, used: ExtensionUse) {
        if let Some(place) = self.0.get_mut(extension as usize) {
            *place = Some(used);
        }
    }

    /// Each in use, its number, and whether the answer must state its direction.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Extension, ExtensionId, bool)> {
        Extension::ALL.into_iter().zip(self.0).filter_map(|(extension, used)| {
            let ExtensionUse { id, directed } = used?;
            Some((extension, id, directed))
        })
    }
}

/// Decides one section of an offer.
///
/// # Errors
/// [`NegotiationError::SectionMismatch`] if the client does not do on it what `part` needs,
/// [`NegotiationError::NoCommonCodec`] if `part` is not idle and no codec is common. An idle section without
/// one is rejected instead.
pub fn accept(offered: &Section, part: Part) -> Result<AnswerSection, NegotiationError> {
    let fits = match part {
        Part::Receive => offered.direction.sends(),
        Part::Send(_) => offered.direction.receives(),
        Part::Idle => true,
    };
    let media = match &offered.media {
        SectionMedia::Rtp(media) if !offered.rejected && fits => *media,
        _ if part != Part::Idle => return Err(NegotiationError::SectionMismatch),
        media => return Ok(AnswerSection::Rejected(reject(offered, media))),
    };
    let Some(codec) = offered.codecs.iter().find(|codec| is_common(media, codec)) else {
        if part != Part::Idle {
            return Err(NegotiationError::NoCommonCodec);
        }
        return Ok(AnswerSection::Rejected(reject(offered, &offered.media)));
    };
    Ok(AnswerSection::Accepted(Accepted {
        mid: offered.mid.clone(),
        media,
        format: format(offered, codec, media, &part),
        part,
        reduced_size: offered.reduced_size,
        mixed_extensions: offered.mixed_extensions,
    }))
}

fn reject(offered: &Section, media: &SectionMedia) -> Rejected {
    let (media, protocol, format) = match media {
        SectionMedia::Other { media, protocol, format } => {
            (media.as_str(), protocol.as_str(), format.clone())
        }
        SectionMedia::Rtp(kind) => {
            let first = offered.codecs.first().map_or(0, |codec| codec.payload_type.0);
            (media_name(*kind), RTP_PROTOCOL, first.to_string())
        }
    };
    Rejected { mid: offered.mid.clone(), media: media.into(), protocol: protocol.into(), format }
}

/// DTLS-SRTP over UDP with feedback (RFC 5764 §8).
pub(super) const RTP_PROTOCOL: &str = "UDP/TLS/RTP/SAVPF";

pub(super) const fn media_name(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Audio => "audio",
        MediaKind::Video => "video",
    }
}

/// The codecs of a room: Opus and VP8.
fn is_common(media: MediaKind, codec: &Codec) -> bool {
    match media {
        MediaKind::Audio => codec.is("opus") && codec.clock_rate == 48_000 && codec.channels == 2,
        MediaKind::Video => codec.is("VP8") && codec.clock_rate == 90_000,
    }
}

fn format(offered: &Section, codec: &Codec, media: MediaKind, part: &Part) -> Format {
    let number = codec.payload_type.0.to_string();
    let repair = offered
        .codecs
        .iter()
        .find(|other| other.is("rtx") && other.parameter("apt") == Some(number.as_str()))
        .map(|other| other.payload_type);
    let mut extensions = Extensions::default();
    let usable =
        offered.extensions.iter().filter(|offer| is_usable(offer.extension, offer.direction, media, part));
    for offer in usable {
        let directed = offer.direction != Direction::SendReceive;
        extensions.set(offer.extension, ExtensionUse { id: offer.id, directed });
    }
    let feedback = codec.feedback.iter().copied().filter(|feedback| match feedback {
        // Without them a missing packet could only be sent again under its own number, which is never done.
        Feedback::Nack => repair.is_some() || *part == Part::Receive,
        Feedback::TransportWide => extensions.get(Extension::TransportSequence).is_some(),
        Feedback::PictureLossIndication | Feedback::FullIntraRequest => media == MediaKind::Video,
    });
    let feedback = feedback.collect();
    // Both browsers need the extension to tell layers apart, and Chromium refuses simulcast without it.
    let layered = *part == Part::Receive && extensions.get(Extension::Rid).is_some();
    Format {
        payload_type: codec.payload_type,
        repair_payload_type: repair,
        parameters: if media == MediaKind::Audio { opus_parameters(codec) } else { String::new() },
        feedback,
        extensions,
        rids: if layered { offered.rids.clone() } else { Vec::new() },
    }
}

/// Whether we read the extension on this section, or may write it.
fn is_usable(extension: Extension, offered: Direction, media: MediaKind, part: &Part) -> bool {
    let wanted = match part {
        Part::Receive => offered.sends(),
        Part::Send(_) => offered.receives(),
        Part::Idle => false,
    };
    let has_purpose = match extension {
        Extension::Mid | Extension::TransportSequence => true,
        Extension::Rid | Extension::RepairedRid => media == MediaKind::Video && *part == Part::Receive,
        Extension::AudioLevel => media == MediaKind::Audio,
        Extension::DependencyDescriptor => media == MediaKind::Video,
    };
    wanted && has_purpose
}

fn opus_parameters(codec: &Codec) -> String {
    let repeated: Vec<String> = OPUS_PARAMETERS
        .iter()
        .filter_map(|name| {
            // Numbers only: nothing else of the client's gets into our text.
            let value: u32 = codec.parameter(name)?.parse().ok()?;
            Some(format!("{name}={value}"))
        })
        .collect();
    repeated.join(";")
}
