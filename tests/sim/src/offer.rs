//! The offer of a synthetic browser, and what it reads in the answer.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use giaoban_media::rtp::Ssrc;
use giaoban_media_types::{MediaKind, SlotId, SourceKind};
use giaoban_signaling::wire::{SectionPurpose, WireSection};

/// Payload types and header extension ids, as Chromium numbers them.
pub mod number {
    /// Opus.
    pub const OPUS: u8 = 111;
    /// VP8.
    pub const VP8: u8 = 96;
    /// The retransmissions of VP8.
    pub const RTX: u8 = 97;
    /// RFC 6464.
    pub const AUDIO_LEVEL: u8 = 1;
    /// The transport-wide sequence number.
    pub const TRANSPORT_SEQUENCE: u8 = 3;
    /// RFC 8843.
    pub const MID: u8 = 4;
    /// RFC 8852.
    pub const RID: u8 = 10;
    /// RFC 8852.
    pub const REPAIRED_RID: u8 = 11;
}

/// The layers of a camera from the smallest to the largest.
pub const RIDS: [&str; 3] = ["q", "h", "f"];

/// What a section is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The client sends it.
    Source(SourceKind),
    /// The client receives it.
    Slot(SlotId),
}

/// The media sections of a client's offer; a section's mid is its place.
pub struct Offer {
    purposes: Vec<Purpose>,
}

impl Offer {
    /// Microphone and camera if the client publishes, the audio slots, the stage and `tiles` tiles.
    #[must_use]
    pub fn new(publishes: bool, tiles: u8) -> Self {
        let sources = if publishes { &[SourceKind::Microphone, SourceKind::Camera][..] } else { &[] };
        let sources = sources.iter().map(|&kind| Purpose::Source(kind));
        let slots = (0..SlotId::FIRST_TILE.0 + tiles).map(|slot| Purpose::Slot(SlotId(slot)));
        Self { purposes: sources.chain(slots).collect() }
    }

    /// The mid of a source's section.
    #[must_use]
    pub fn mid(&self, kind: SourceKind) -> Option<String> {
        let place = self.purposes.iter().position(|purpose| *purpose == Purpose::Source(kind))?;
        Some(place.to_string())
    }

    /// What each section is for, in the words of the wire.
    #[must_use]
    pub fn sections(&self) -> Vec<WireSection> {
        let section = |(place, purpose): (usize, &Purpose)| WireSection {
            mid: place.to_string(),
            purpose: match *purpose {
                Purpose::Source(kind) => SectionPurpose::Source(kind.into()),
                Purpose::Slot(SlotId(slot)) => SectionPurpose::Slot(slot),
            },
        };
        self.purposes.iter().enumerate().map(section).collect()
    }

    /// The offer's text.
    #[must_use]
    pub fn text(&self) -> String {
        let mids: Vec<String> = (0..self.purposes.len()).map(|place| place.to_string()).collect();
        let fingerprint = ["AB"; 32].join(":");
        let mut sdp = format!(
            "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {}\r\n\
             a=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n",
            mids.join(" ")
        );
        for (place, purpose) in self.purposes.iter().enumerate() {
            section(&mut sdp, place, *purpose, &fingerprint);
        }
        sdp
    }

    /// The SSRC and the RTX SSRC of each slot, out of the answer.
    #[must_use]
    pub fn read_slots(&self, answer: &str) -> BTreeMap<SlotId, (Ssrc, Option<Ssrc>)> {
        let mut slots = BTreeMap::new();
        for (section, purpose) in answer.split("\r\nm=").skip(1).zip(&self.purposes) {
            let Purpose::Slot(slot) = *purpose else { continue };
            let value = |name: &str| section.lines().find_map(|line| line.strip_prefix(name));
            let numbers = value("a=ssrc-group:FID ").or_else(|| value("a=ssrc:")).unwrap_or_default();
            let mut numbers = numbers.split(' ').map_while(|number| number.parse().ok().map(Ssrc));
            if let Some(media) = numbers.next() {
                slots.insert(slot, (media, numbers.next()));
            }
        }
        slots
    }
}

/// The ICE user name fragment of an answer.
#[must_use]
pub fn read_ufrag(answer: &str) -> Option<&str> {
    answer.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:"))
}

fn section(sdp: &mut String, place: usize, purpose: Purpose, fingerprint: &str) {
    let (media, direction) = match purpose {
        Purpose::Source(kind) => (kind.media(), "sendonly"),
        Purpose::Slot(slot) => (slot.media(), "recvonly"),
    };
    let (name, numbers) = match media {
        MediaKind::Audio => ("audio", "111"),
        MediaKind::Video => ("video", "96 97"),
    };
    let mut lines = vec![
        format!("m={name} 9 UDP/TLS/RTP/SAVPF {numbers}"),
        "c=IN IP4 0.0.0.0".into(),
        "a=rtcp:9 IN IP4 0.0.0.0".into(),
        "a=ice-ufrag:abcd".into(),
        "a=ice-pwd:abcdefghijklmnopqrstuvwx".into(),
        "a=ice-options:trickle".into(),
        format!("a=fingerprint:sha-256 {fingerprint}"),
        "a=setup:actpass".into(),
        format!("a=mid:{place}"),
    ];
    let extension = |id: u8, uri: &str| format!("a=extmap:{id} {uri}");
    lines.push(extension(number::MID, "urn:ietf:params:rtp-hdrext:sdes:mid"));
    let transport = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
    lines.push(extension(number::TRANSPORT_SEQUENCE, transport));
    let codec: &[&str] = match media {
        MediaKind::Audio => {
            lines.push(extension(number::AUDIO_LEVEL, "urn:ietf:params:rtp-hdrext:ssrc-audio-level"));
            &[
                "a=rtpmap:111 opus/48000/2",
                "a=rtcp-fb:111 transport-cc",
                "a=fmtp:111 minptime=10;useinbandfec=1",
            ]
        }
        MediaKind::Video => {
            lines.push(extension(number::RID, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"));
            let repaired = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
            lines.push(extension(number::REPAIRED_RID, repaired));
            &[
                "a=rtpmap:96 VP8/90000",
                "a=rtcp-fb:96 transport-cc",
                "a=rtcp-fb:96 ccm fir",
                "a=rtcp-fb:96 nack",
                "a=rtcp-fb:96 nack pli",
                "a=rtpmap:97 rtx/90000",
                "a=fmtp:97 apt=96",
            ]
        }
    };
    lines.extend([format!("a={direction}"), "a=rtcp-mux".into(), "a=rtcp-rsize".into()]);
    lines.extend(codec.iter().map(|&line| line.to_owned()));
    if purpose == Purpose::Source(SourceKind::Camera) {
        lines.extend(RIDS.iter().map(|rid| format!("a=rid:{rid} send")));
        lines.push(format!("a=simulcast:send {}", RIDS.join(";")));
    }
    for line in lines {
        // Writing to a string does not fail.
        let _ = write!(sdp, "{line}\r\n");
    }
}
