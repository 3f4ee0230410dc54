//! Writing an answer.

use std::fmt::{self, Write as _};
use std::net::SocketAddr;

use giaoban_media_types::MediaKind;

use super::accept::{RTP_PROTOCOL, media_name};
use super::{Accepted, AnswerSection, Direction, Part, Rejected};

/// Type preference of a host candidate (RFC 8445 §5.1.2.2).
const HOST_PREFERENCE: u32 = 126;
/// The component of a bundle with rtcp-mux: 256 less 1 in a priority (§5.1.2.1).
const COMPONENT_PREFERENCE: u32 = 255;

/// What an answer says. No `Debug`: it holds a password.
pub struct Answer {
    /// Numeric session id, the same in all answers to one peer connection (RFC 8866 §5.2).
    pub session: u64,
    /// Grows with each answer.
    pub version: u64,
    /// `a=ice-ufrag`.
    pub ufrag: String,
    /// `a=ice-pwd`.
    pub password: String,
    /// SHA-256 fingerprint of the gateway's certificate.
    pub fingerprint: [u8; 32],
    /// Where the client may reach us, best first.
    pub candidates: Vec<SocketAddr>,
    /// The offer allowed header extensions of both forms for all sections.
    pub mixed_extensions: bool,
    /// As many as in the offer, in its order.
    pub sections: Vec<AnswerSection>,
}

impl Answer {
    /// The text.
    ///
    /// ICE, fingerprint and setup stand at session level: in the first section alone Firefox crashes on them.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = String::with_capacity(512 * (1 + self.sections.len()));
        // Writing into a string cannot fail.
        let _ = self.write_to(&mut text);
        text
    }

    fn write_to(&self, text: &mut String) -> fmt::Result {
        write!(text, "v=0\r\no=- {} {} IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", self.session, self.version)?;
        text.push_str("a=ice-lite\r\na=group:BUNDLE");
        let accepted = self.sections.iter().filter_map(|section| match section {
            AnswerSection::Accepted(accepted) => Some(accepted),
            AnswerSection::Rejected(_) => None,
        });
        for section in accepted {
            write!(text, " {}", section.mid.as_str())?;
        }
        text.push_str("\r\n");
        if self.mixed_extensions {
            text.push_str("a=extmap-allow-mixed\r\n");
        }
        write!(text, "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=fingerprint:sha-256 ", self.ufrag, self.password)?;
        for (place, octet) in self.fingerprint.iter().enumerate() {
            write!(text, "{}{octet:02X}", if place == 0 { "" } else { ":" })?;
        }
        text.push_str("\r\na=setup:passive\r\n");
        // Candidates belong to the first section of the bundle (RFC 8843 §9.2).
        let mut candidates = Some(self.candidates.as_slice());
        for section in &self.sections {
            match section {
                AnswerSection::Accepted(accepted) => {
                    write_accepted(text, accepted, candidates.take().unwrap_or(&[]))?;
                }
                AnswerSection::Rejected(rejected) => write_rejected(text, rejected)?,
            }
        }
        Ok(())
    }
}

fn write_rejected(text: &mut String, section: &Rejected) -> fmt::Result {
    let Rejected { mid, media, protocol, format } = section;
    write!(
        text,
        "m={media} 0 {protocol} {format}\r\nc=IN IP4 0.0.0.0\r\na=mid:{}\r\na=inactive\r\n",
        mid.as_str()
    )
}

fn write_accepted(text: &mut String, section: &Accepted, candidates: &[SocketAddr]) -> fmt::Result {
    write!(text, "m={} 9 {RTP_PROTOCOL} {}", media_name(section.media), section.format.payload_type.0)?;
    if let Some(repair) = section.format.repair_payload_type {
        write!(text, " {}", repair.0)?;
    }
    text.push_str("\r\nc=IN IP4 0.0.0.0\r\n");
    for (place, candidate) in candidates.iter().enumerate() {
        write_candidate(text, place, *candidate)?;
    }
    if !candidates.is_empty() {
        text.push_str("a=end-of-candidates\r\n");
    }
    let direction = match section.part {
        Part::Receive => Direction::ReceiveOnly,
        Part::Send(_) => Direction::SendOnly,
        Part::Idle => Direction::Inactive,
    };
    write!(text, "a=mid:{}\r\na={}\r\na=rtcp-mux\r\n", section.mid.as_str(), direction.as_str())?;
    if section.reduced_size {
        text.push_str("a=rtcp-rsize\r\n");
    }
    if section.mixed_extensions {
        text.push_str("a=extmap-allow-mixed\r\n");
    }
    for (extension, id, directed) in section.format.extensions.iter() {
        // An extension without a direction follows the section's; both browsers answer so.
        let direction = if directed { format!("/{}", direction.as_str()) } else { String::new() };
        write!(text, "a=extmap:{}{direction} {}\r\n", id.get(), extension.uri())?;
    }
    write_format(text, section)?;
    match &section.part {
        Part::Send(_) => write_stream(text, section),
        Part::Receive | Part::Idle => write_layers(text, section),
    }
}

fn write_candidate(text: &mut String, place: usize, address: SocketAddr) -> fmt::Result {
    let local = u32::from(u16::MAX).saturating_sub(u32::try_from(place).unwrap_or(u32::MAX));
    let priority = (HOST_PREFERENCE << 24) | (local << 8) | COMPONENT_PREFERENCE;
    let (ip, port) = (address.ip(), address.port());
    write!(text, "a=candidate:{} 1 udp {priority} {ip} {port} typ host\r\n", place + 1)
}

fn write_format(text: &mut String, section: &Accepted) -> fmt::Result {
    let format = &section.format;
    let number = format.payload_type.0;
    let (name, clock) = match section.media {
        MediaKind::Audio => ("opus/48000/2", 48_000),
        MediaKind::Video => ("VP8/90000", 90_000),
    };
    write!(text, "a=rtpmap:{number} {name}\r\n")?;
    if !format.parameters.is_empty() {
        write!(text, "a=fmtp:{number} {}\r\n", format.parameters)?;
    }
    for feedback in &format.feedback {
        write!(text, "a=rtcp-fb:{number} {}\r\n", feedback.as_str())?;
    }
    if let Some(repair) = format.repair_payload_type {
        write!(text, "a=rtpmap:{0} rtx/{clock}\r\na=fmtp:{0} apt={number}\r\n", repair.0)?;
    }
    Ok(())
}

fn write_stream(text: &mut String, section: &Accepted) -> fmt::Result {
    let Part::Send(identity) = &section.part else { return Ok(()) };
    let (ssrc, cname) = (identity.ssrc.0, &identity.cname);
    write!(text, "a=msid:{} {}\r\n", identity.stream, identity.track)?;
    if section.format.repair_payload_type.is_some() {
        let repair = identity.repair_ssrc.0;
        write!(text, "a=ssrc-group:FID {ssrc} {repair}\r\na=ssrc:{ssrc} cname:{cname}\r\n")?;
        return write!(text, "a=ssrc:{repair} cname:{cname}\r\n");
    }
    write!(text, "a=ssrc:{ssrc} cname:{cname}\r\n")
}

fn write_layers(text: &mut String, section: &Accepted) -> fmt::Result {
    let rids = &section.format.rids;
    for rid in rids {
        write!(text, "a=rid:{} recv\r\n", rid.as_str())?;
    }
    for (place, rid) in rids.iter().enumerate() {
        write!(text, "{}{}", if place == 0 { "a=simulcast:recv " } else { ";" }, rid.as_str())?;
    }
    if !rids.is_empty() {
        text.push_str("\r\n");
    }
    Ok(())
}
