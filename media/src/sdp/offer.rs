//! Reading an offer.

use std::collections::BTreeMap;

use giaoban_media_types::{MediaKind, Mid, NegotiationError};

use super::{Direction, Extension, Feedback, MAX_OFFER_LENGTH, MAX_SECTIONS, Rid};
use crate::rtp::{ExtensionId, PayloadType, Ssrc};

/// Payload types of a section that are looked at: there are no more numbers.
const MAX_PAYLOAD_TYPES: usize = 128;
/// Layers of a section that are kept; what stands beyond is ignored.
const MAX_RIDS: usize = 8;
/// SSRCs of a section that are kept: eight layers with their retransmissions. What stands beyond is ignored.
const MAX_SSRCS: usize = 16;
/// Length of an ICE user fragment and password (RFC 8839 §5.4).
const UFRAG_LENGTH: std::ops::RangeInclusive<usize> = 4..=256;
const PASSWORD_LENGTH: std::ops::RangeInclusive<usize> = 22..=256;

/// What an offer says of what concerns us. No `Debug`: it holds a password.
pub struct Offer {
    /// The bundled transport.
    pub transport: OfferedTransport,
    /// Header extensions of both forms may stand in one stream, said for all sections (RFC 8285 §6).
    pub mixed_extensions: bool,
    /// The sections in their order.
    pub sections: Vec<Section>,
}

/// The one transport of a bundle.
#[derive(Clone, PartialEq, Eq)]
pub struct OfferedTransport {
    /// `a=ice-ufrag`.
    pub ufrag: String,
    /// `a=ice-pwd`.
    pub password: String,
    /// SHA-256 fingerprint of the certificate (RFC 8122 §5).
    pub fingerprint: [u8; 32],
}

/// One media section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its identification.
    pub mid: Mid,
    /// What it carries.
    pub media: SectionMedia,
    /// Whether the offerer has given it up: port 0, and not for being in a bundle (RFC 8843 §6).
    pub rejected: bool,
    /// From the offerer's point of view.
    pub direction: Direction,
    /// Feedback may go without a report before it (RFC 5506).
    pub reduced_size: bool,
    /// Header extensions of both forms may stand in one stream (RFC 8285 §6).
    pub mixed_extensions: bool,
    /// In the offerer's order of preference.
    pub codecs: Vec<Codec>,
    /// The extensions that we know.
    pub extensions: Vec<ExtensionOffer>,
    /// The layers that the offerer sends, in the order of `a=simulcast` (RFC 8853); none if it sends one encoding.
    pub rids: Vec<Rid>,
    /// The streams that the offerer has announced by number.
    pub ssrcs: Vec<Ssrc>,
    /// Announced pairs of a stream and its retransmissions (`ssrc-group:FID`, RFC 5576 §4.2, RFC 4588 §8.1).
    pub repairs: Vec<(Ssrc, Ssrc)>,
}

/// What a section carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SectionMedia {
    /// Sound or picture over RTP.
    Rtp(MediaKind),
    /// Something else, which we reject: the media line's media, protocol and first format.
    Other {
        /// `application` and the like.
        media: String,
        /// Transport protocol.
        protocol: String,
        /// First format.
        format: String,
    },
}

/// One payload type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codec {
    /// Its number.
    pub payload_type: PayloadType,
    /// The encoding's name as offered; names are compared without case (RFC 4855 §3).
    pub name: String,
    /// Ticks per second.
    pub clock_rate: u32,
    /// 1 for video.
    pub channels: u8,
    /// `a=fmtp`, as offered.
    pub parameters: String,
    /// The feedback that we know.
    pub feedback: Vec<Feedback>,
}

impl Codec {
    /// The value of one format parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.split(';').find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// Whether the name is this one.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// One offered header extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtensionOffer {
    /// Its number.
    pub id: ExtensionId,
    /// Which.
    pub extension: Extension,
    /// Who would use it, from the offerer's point of view.
    pub direction: Direction,
}

impl Offer {
    /// Reads an offer.
    ///
    /// # Errors
    /// [`NegotiationError::TooLarge`], [`NegotiationError::Malformed`], or [`NegotiationError::UnusableTransport`].
    pub fn parse(text: &str) -> Result<Self, NegotiationError> {
        if text.len() > MAX_OFFER_LENGTH {
            return Err(NegotiationError::TooLarge);
        }
        let mut lines = text.lines();
        if lines.next() != Some("v=0") {
            return Err(NegotiationError::Malformed);
        }
        let mut session = Common::default();
        let mut bundle: Vec<&str> = Vec::new();
        let mut drafts: Vec<Draft<'_>> = Vec::new();
        for line in lines.filter(|line| !line.is_empty()) {
            let (kind, value) = line.split_once('=').ok_or(NegotiationError::Malformed)?;
            match (kind, drafts.last_mut()) {
                ("m", _) => drafts.push(Draft::new(value).ok_or(NegotiationError::Malformed)?),
                ("a", None) => match value.strip_prefix("group:BUNDLE") {
                    Some(mids) if bundle.is_empty() => bundle.extend(mids.split_whitespace()),
                    _ => session.attribute(value),
                },
                ("a", Some(draft)) => draft.attribute(value),
                _ => {}
            }
            if drafts.len() > MAX_SECTIONS {
                return Err(NegotiationError::TooLarge);
            }
        }
        let transport = transport(&session, &bundle, &drafts)?;
        let sections = drafts.into_iter().map(|draft| draft.finish(&session)).collect::<Option<Vec<_>>>();
        let sections = sections.ok_or(NegotiationError::Malformed)?;
        refuse_doubles(&sections)?;
        Ok(Self { transport, mixed_extensions: session.mixed_extensions, sections })
    }
}

fn refuse_doubles(sections: &[Section]) -> Result<(), NegotiationError> {
    let mut mids: Vec<&Mid> = sections.iter().map(|section| &section.mid).collect();
    mids.sort_unstable();
    mids.dedup();
    if mids.len() == sections.len() { Ok(()) } else { Err(NegotiationError::Malformed) }
}

/// The bundle's transport: the first section of the group speaks for all (RFC 8843 §7.2), and what it
/// does not say stands at session level.
fn transport(
    session: &Common<'_>,
    bundle: &[&str],
    drafts: &[Draft<'_>],
) -> Result<OfferedTransport, NegotiationError> {
    let unusable = NegotiationError::UnusableTransport;
    let tagged = drafts.iter().find(|draft| draft.mid.is_some() && draft.mid == bundle.first().copied());
    let tagged = &tagged.ok_or(unusable)?.common;
    for draft in drafts.iter().filter(|draft| !draft.rejected()) {
        let bundled = draft.mid.is_some_and(|mid| bundle.contains(&mid));
        if !bundled || (draft.is_rtp() && !draft.rtcp_mux) {
            return Err(unusable);
        }
    }
    let ufrag = tagged.ufrag.or(session.ufrag).filter(|text| is_ice(text, UFRAG_LENGTH)).ok_or(unusable)?;
    let password =
        tagged.password.or(session.password).filter(|text| is_ice(text, PASSWORD_LENGTH)).ok_or(unusable)?;
    let fingerprint = tagged.fingerprint.or(session.fingerprint).ok_or(unusable)?;
    match tagged.setup.or(session.setup) {
        // We are always passive: a lite agent is reached, it does not reach out.
        Some("actpass" | "active") => {}
        _ => return Err(unusable),
    }
    Ok(OfferedTransport { ufrag: ufrag.into(), password: password.into(), fingerprint })
}

fn is_ice(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    length.contains(&text.len()) && text.bytes().all(plain)
}

/// `sha-256 AB:CD:…` (RFC 8122 §5).
fn sha256_fingerprint(value: &str) -> Option<[u8; 32]> {
    let (function, digits) = value.split_once(' ')?;
    if !function.eq_ignore_ascii_case("sha-256") {
        return None;
    }
    let mut fingerprint = [0; 32];
    let mut octets = digits.trim().split(':');
    for place in &mut fingerprint {
        let octet = octets.next().filter(|octet| octet.len() == 2)?;
        *place = u8::from_str_radix(octet, 16).ok()?;
    }
    octets.next().is_none().then_some(fingerprint)
}

/// Attributes that may stand at session level or in a section.
#[derive(Default)]
struct Common<'a> {
    ufrag: Option<&'a str>,
    password: Option<&'a str>,
    fingerprint: Option<[u8; 32]>,
    setup: Option<&'a str>,
    direction: Option<Direction>,
    mixed_extensions: bool,
    extensions: Vec<ExtensionOffer>,
}

impl<'a> Common<'a> {
    fn attribute(&mut self, attribute: &'a str) {
        let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
        match name {
            "ice-ufrag" => self.ufrag = self.ufrag.or(Some(value)),
            "ice-pwd" => self.password = self.password.or(Some(value)),
            "fingerprint" => self.fingerprint = self.fingerprint.or(sha256_fingerprint(value)),
            "setup" => self.setup = self.setup.or(Some(value)),
            "extmap-allow-mixed" => self.mixed_extensions = true,
            "extmap" => self.extension(value),
            _ => self.direction = Direction::parse(name).or(self.direction),
        }
    }

    /// Of several lines for one extension the first counts, so there are never more than we know.
    fn extension(&mut self, value: &str) {
        let Some(offer) = parse_extension(value) else { return };
        if self.extensions.iter().all(|known| known.extension != offer.extension && known.id != offer.id) {
            self.extensions.push(offer);
        }
    }
}

/// `3[/sendonly] urn:… [attributes]` (RFC 8285 §5).
fn parse_extension(value: &str) -> Option<ExtensionOffer> {
    let mut words = value.split_whitespace();
    let number = words.next()?;
    let extension = Extension::from_uri(words.next()?)?;
    let (number, direction) = match number.split_once('/') {
        Some((number, direction)) => (number, Direction::parse(direction)?),
        None => (number, Direction::SendReceive),
    };
    Some(ExtensionOffer { id: ExtensionId::new(number.parse().ok()?)?, extension, direction })
}

/// A section while it is read.
struct Draft<'a> {
    media: &'a str,
    port: u16,
    protocol: &'a str,
    formats: &'a str,
    mid: Option<&'a str>,
    bundle_only: bool,
    rtcp_mux: bool,
    reduced_size: bool,
    common: Common<'a>,
    maps: BTreeMap<u8, &'a str>,
    parameters: BTreeMap<u8, &'a str>,
    /// `None` stands for all payload types of the section.
    feedback: Vec<(Option<u8>, Feedback)>,
    sent_rids: Vec<Rid>,
    simulcast: Vec<Rid>,
    ssrcs: Vec<Ssrc>,
    repairs: Vec<(Ssrc, Ssrc)>,
}

impl<'a> Draft<'a> {
    fn new(media_line: &'a str) -> Option<Self> {
        let mut words = media_line.splitn(4, ' ');
        let (media, port, protocol) = (words.next()?, words.next()?, words.next()?);
        Some(Self {
            media,
            port: port.parse().ok()?,
            protocol,
            formats: words.next().unwrap_or(""),
            mid: None,
            bundle_only: false,
            rtcp_mux: false,
            reduced_size: false,
            common: Common::default(),
            maps: BTreeMap::new(),
            parameters: BTreeMap::new(),
            feedback: Vec::new(),
            sent_rids: Vec::new(),
            simulcast: Vec::new(),
            ssrcs: Vec::new(),
            repairs: Vec::new(),
        })
    }

    fn rejected(&self) -> bool {
        self.port == 0 && !self.bundle_only
    }

    fn kind(&self) -> Option<MediaKind> {
        match self.media {
            "audio" => Some(MediaKind::Audio),
            "video" => Some(MediaKind::Video),
            _ => None,
        }
    }

    /// Any transport will do, as in a further offer it may name that of the candidate in use (RFC 8829 §5.1.2).
    fn is_rtp(&self) -> bool {
        self.kind().is_some() && self.protocol.ends_with("RTP/SAVPF")
    }

    fn attribute(&mut self, attribute: &'a str) {
        let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
        match name {
            "mid" => self.mid = Some(value),
            "bundle-only" => self.bundle_only = true,
            "rtcp-mux" => self.rtcp_mux = true,
            "rtcp-rsize" => self.reduced_size = true,
            "rtpmap" => keep_by_payload_type(&mut self.maps, value),
            "fmtp" => keep_by_payload_type(&mut self.parameters, value),
            "rtcp-fb" => self.feedback(value),
            "rid" => self.rid(value),
            "simulcast" if self.simulcast.is_empty() => self.simulcast(value),
            "ssrc" => self.ssrc(value),
            "ssrc-group" => self.ssrc_group(value),
            _ => self.common.attribute(attribute),
        }
    }

    fn feedback(&mut self, value: &str) {
        let Some((number, kind)) = value.split_once(' ') else { return };
        let Some(kind) = Feedback::parse(kind.trim()) else { return };
        let payload_type = if number == "*" { None } else { Some(number.parse().unwrap_or(u8::MAX)) };
        // Bounded: four kinds for each of 257 numbers.
        if !self.feedback.contains(&(payload_type, kind)) {
            self.feedback.push((payload_type, kind));
        }
    }

    /// `a=rid:q send [restrictions]` (RFC 8851 §4).
    fn rid(&mut self, value: &str) {
        let mut words = value.split_whitespace();
        let rid = words.next().and_then(Rid::parse);
        if let (Some(rid), Some("send")) = (rid, words.next()) {
            keep(&mut self.sent_rids, rid, MAX_RIDS);
        }
    }

    /// `a=simulcast:send q;h;~f,g [recv …]` (RFC 8853 §5.1): of alternatives the first, paused or not.
    fn simulcast(&mut self, value: &str) {
        let mut words = value.split_whitespace();
        while let (Some(direction), Some(list)) = (words.next(), words.next()) {
            if direction != "send" {
                continue;
            }
            for alternatives in list.split(';') {
                let first = alternatives.split(',').next().unwrap_or("");
                if let Some(rid) = Rid::parse(first.trim_start_matches('~')) {
                    keep(&mut self.simulcast, rid, MAX_RIDS);
                }
            }
        }
    }

    fn ssrc(&mut self, value: &str) {
        if let Some(number) = value.split(' ').next().and_then(|number| number.parse().ok()) {
            keep(&mut self.ssrcs, Ssrc(number), MAX_SSRCS);
        }
    }

    fn ssrc_group(&mut self, value: &str) {
        let mut words = value.split_whitespace();
        if words.next() != Some("FID") {
            return;
        }
        let mut number = || words.next()?.parse().ok().map(Ssrc);
        if let (Some(media), Some(repair)) = (number(), number()) {
            keep(&mut self.repairs, (media, repair), MAX_SSRCS);
        }
    }

    fn finish(self, session: &Common<'_>) -> Option<Section> {
        let mid = Mid::new(self.mid?).ok()?;
        let formats = self.formats.split_whitespace().take(MAX_PAYLOAD_TYPES);
        let codecs = formats.filter_map(|number| self.codec(number)).collect();
        let media = match self.kind().filter(|_| self.is_rtp()) {
            Some(kind) => SectionMedia::Rtp(kind),
            None => SectionMedia::Other {
                media: self.media.into(),
                protocol: self.protocol.into(),
                format: self.formats.split_whitespace().next().unwrap_or("0").into(),
            },
        };
        let rejected = self.rejected();
        let mut extensions = self.common.extensions;
        for offer in &session.extensions {
            if extensions.iter().all(|known| known.extension != offer.extension && known.id != offer.id) {
                extensions.push(*offer);
            }
        }
        // A layer counts if both lines name it.
        let rids = self.simulcast.into_iter().filter(|rid| self.sent_rids.contains(rid)).collect();
        Some(Section {
            mid,
            media,
            rejected,
            direction: self.common.direction.or(session.direction).unwrap_or(Direction::SendReceive),
            reduced_size: self.reduced_size,
            mixed_extensions: self.common.mixed_extensions,
            codecs,
            extensions,
            rids,
            ssrcs: self.ssrcs,
            repairs: self.repairs,
        })
    }

    /// A payload type of the media line, if `a=rtpmap` explains it. What other lines say of payload
    /// types that are not in the media line is thus ignored: Firefox leaves such lines.
    fn codec(&self, number: &str) -> Option<Codec> {
        let number: u8 = number.parse().ok().filter(|&number| number < 128)?;
        let (name, clock) = self.maps.get(&number)?.split_once('/')?;
        let (rate, channels) = clock.split_once('/').unwrap_or((clock, "1"));
        let mut feedback: Vec<Feedback> = self
            .feedback
            .iter()
            .filter(|(payload_type, _)| payload_type.is_none_or(|payload_type| payload_type == number))
            .map(|&(_, kind)| kind)
            .collect();
        feedback.sort_unstable();
        feedback.dedup();
        Some(Codec {
            payload_type: PayloadType(number),
            name: name.into(),
            clock_rate: rate.trim().parse().ok()?,
            channels: channels.trim().parse().ok()?,
            parameters: self.parameters.get(&number).copied().unwrap_or("").into(),
            feedback,
        })
    }
}

/// Keeps the first value for a payload type: `96 value`.
fn keep_by_payload_type<'a>(map: &mut BTreeMap<u8, &'a str>, value: &'a str) {
    if let Some((number, value)) = value.split_once(' ')
        && let Ok(number) = number.parse()
    {
        map.entry(number).or_insert(value);
    }
}

fn keep<T: PartialEq>(list: &mut Vec<T>, item: T, most: usize) {
    if list.len() < most && !list.contains(&item) {
        list.push(item);
    }
}
