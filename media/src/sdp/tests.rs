use std::fmt::Write as _;
use std::io::Cursor;

use giaoban_media_types::{MediaKind, NegotiationError};
use proptest::prelude::*;
use rtc_sdp::SessionDescription;
use rtc_sdp::description::media::MediaDescription;

use super::*;
use crate::rtp::{PayloadType, Ssrc};

mod negotiation;

/// Offers of both browsers: `tests/fixtures/sdp/capture.mjs`.
macro_rules! golden {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../tests/fixtures/sdp/", $name, ".offer.sdp")))
    };
}

const CHROMIUM: (&str, &str) = golden!("chromium");
const FIREFOX: (&str, &str) = golden!("firefox");
const GOLDEN: [(&str, &str); 4] =
    [CHROMIUM, FIREFOX, golden!("chromium-every-codec"), golden!("firefox-every-codec")];

const SESSION: &str = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
    a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=setup:actpass\r\na=fingerprint:sha-256 \
    00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\n";
const AUDIO: &str =
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n";

fn small(session: &str, section: &str) -> Result<Offer, NegotiationError> {
    Offer::parse(&format!("{session}{section}"))
}

fn error(session: &str, section: &str) -> Option<NegotiationError> {
    small(session, section).err()
}

/// The only section of an offer with these lines in it.
fn section(lines: &str) -> Section {
    small(SESSION, &format!("{AUDIO}{lines}")).expect("an offer").sections.remove(0)
}

fn rids(section: &Section) -> Vec<&str> {
    section.rids.iter().map(Rid::as_str).collect()
}

#[test]
fn the_sections_of_every_golden_offer_are_known_by_direction_and_layers() {
    for (name, text) in GOLDEN {
        let offer = Offer::parse(text).expect(name);
        let directions: Vec<_> = offer.sections.iter().map(|section| section.direction).collect();
        let expected = [vec![Direction::SendOnly; 4], vec![Direction::ReceiveOnly; 10]].concat();
        assert_eq!(directions, expected, "{name}");
        let layers: Vec<_> = offer.sections.iter().map(rids).take(4).collect();
        assert_eq!(layers, [vec![], vec!["q", "h", "f"], vec!["h", "f"], vec![]], "{name}");
        assert!(
            offer.sections.iter().all(|section| !section.rejected),
            "{name}: bundle-only is no rejection"
        );
    }
}

fn attributes<'a>(section: &'a MediaDescription, name: &str) -> Vec<&'a str> {
    let matching = section.attributes.iter().filter(|attribute| attribute.key == name);
    matching.map(|attribute| attribute.value.as_deref().unwrap_or("")).collect()
}

/// Our summary, and what another reader says of the same text, line by line.
#[test]
fn golden_offers_are_read_as_another_implementation_reads_them() {
    for (name, text) in GOLDEN {
        let ours = Offer::parse(text).expect(name);
        let theirs = SessionDescription::unmarshal(&mut Cursor::new(text)).expect(name);
        assert_eq!(ours.sections.len(), theirs.media_descriptions.len(), "{name}");
        for (ours, theirs) in ours.sections.iter().zip(&theirs.media_descriptions) {
            compare(name, ours, theirs);
        }
        let session =
            |key: &str| theirs.attributes.iter().find(|a| a.key == key).and_then(|a| a.value.as_deref());
        let first = theirs.media_descriptions.first().expect("a section");
        let said = |key: &str| attributes(first, key).first().copied().or(session(key)).map(str::to_owned);
        assert_eq!(said("ice-ufrag"), Some(ours.transport.ufrag), "{name}");
        assert_eq!(said("ice-pwd"), Some(ours.transport.password), "{name}");
        let digits: Vec<_> = ours.transport.fingerprint.iter().map(|octet| format!("{octet:02X}")).collect();
        assert_eq!(said("fingerprint"), Some(format!("sha-256 {}", digits.join(":"))), "{name}");
        assert_eq!(
            ours.mixed_extensions,
            theirs.attributes.iter().any(|a| a.key == "extmap-allow-mixed"),
            "{name}"
        );
    }
}

fn compare(name: &str, ours: &Section, theirs: &MediaDescription) {
    let mid = ours.mid.as_str();
    assert_eq!(attributes(theirs, "mid"), [mid], "{name}");
    assert_eq!(
        theirs.attributes.iter().filter(|a| a.key == ours.direction.as_str()).count(),
        1,
        "{name} {mid}"
    );
    let kind = if theirs.media_name.media == "audio" { MediaKind::Audio } else { MediaKind::Video };
    assert_eq!(ours.media, SectionMedia::Rtp(kind), "{name} {mid}");
    let numbers: Vec<_> = ours.codecs.iter().map(|codec| codec.payload_type.0.to_string()).collect();
    assert_eq!(numbers, theirs.media_name.formats, "{name} {mid}");
    for codec in &ours.codecs {
        let number = codec.payload_type.0;
        let map = |rest: &str| format!("{number} {}/{}{rest}", codec.name, codec.clock_rate);
        let maps = attributes(theirs, "rtpmap");
        let channels = format!("/{}", codec.channels);
        assert!(maps.contains(&&*map("")) || maps.contains(&&*map(&channels)), "{name} {mid} {number}");
        let fmtp = format!("{number} {}", codec.parameters);
        let said = attributes(theirs, "fmtp").contains(&&*fmtp);
        assert!(said || codec.parameters.is_empty(), "{name} {mid} {number}");
        let known = |value: &str| {
            let rest = value.strip_prefix(&format!("{number} "))?;
            Feedback::parse(rest)
        };
        let mut feedback: Vec<_> = attributes(theirs, "rtcp-fb").into_iter().filter_map(known).collect();
        feedback.sort_unstable();
        assert_eq!(codec.feedback, feedback, "{name} {mid} {number}");
    }
    let known = attributes(theirs, "extmap").into_iter().filter(|value| {
        let uri = value.split(' ').nth(1).unwrap_or("");
        Extension::from_uri(uri).is_some()
    });
    let written = ours.extensions.iter().map(|offer| {
        let direction = match offer.direction {
            Direction::SendReceive => String::new(),
            other => format!("/{}", other.as_str()),
        };
        format!("{}{direction} {}", offer.id.get(), offer.extension.uri())
    });
    assert_eq!(written.collect::<Vec<_>>(), known.collect::<Vec<_>>(), "{name} {mid}");
    let mut ssrcs: Vec<String> = attributes(theirs, "ssrc")
        .into_iter()
        .map(|value| value.split(' ').next().unwrap_or("").to_owned())
        .collect();
    ssrcs.dedup();
    assert_eq!(ours.ssrcs.iter().map(|ssrc| ssrc.0.to_string()).collect::<Vec<_>>(), ssrcs, "{name} {mid}");
    let pairs = ours.repairs.iter().map(|(media, repair)| format!("FID {} {}", media.0, repair.0));
    assert_eq!(pairs.collect::<Vec<_>>(), attributes(theirs, "ssrc-group"), "{name} {mid}");
    let sent = attributes(theirs, "rid").into_iter().filter_map(|value| value.strip_suffix(" send"));
    assert_eq!(rids(ours), sent.collect::<Vec<_>>(), "{name} {mid}");
}

#[test]
fn a_transport_may_be_described_for_the_session_or_in_the_bundles_first_section() {
    let offer = small(SESSION, AUDIO).expect("an offer");
    assert_eq!((offer.transport.ufrag.as_str(), offer.transport.fingerprint[31]), ("abcd", 0x1F));
    let in_section = format!("{AUDIO}a=ice-ufrag:wxyz\r\na=ice-pwd:{}\r\n", "p".repeat(24));
    let offer = small(SESSION, &in_section).expect("an offer");
    assert_eq!((offer.transport.ufrag.as_str(), offer.transport.password.len()), ("wxyz", 24));
}

#[test]
fn an_offer_without_a_usable_transport_is_refused() {
    let unusable = Some(NegotiationError::UnusableTransport);
    assert_eq!(error(&SESSION.replace("a=group:BUNDLE 0\r\n", ""), AUDIO), unusable, "no bundle");
    assert_eq!(error(&SESSION.replace("BUNDLE 0", "BUNDLE 1"), AUDIO), unusable, "a bundle of others");
    assert_eq!(error(&SESSION.replace("abcd\r", "abc\r"), AUDIO), unusable, "ufrag too short");
    assert_eq!(error(&SESSION.replace("abcd\r", "ab:d\r"), AUDIO), unusable, "no ICE characters");
    assert_eq!(error(&SESSION.replace("tuv\r", "tu\r"), AUDIO), unusable, "password too short");
    assert_eq!(error(&SESSION.replace("sha-256", "sha-1"), AUDIO), unusable, "another hash");
    assert_eq!(error(&SESSION.replace(":1F", ""), AUDIO), unusable, "fingerprint too short");
    assert_eq!(error(&SESSION.replace(":1F", ":1F:20"), AUDIO), unusable, "fingerprint too long");
    assert_eq!(error(&SESSION.replace("actpass", "passive"), AUDIO), unusable, "two passive ends");
    assert_eq!(error(SESSION, &AUDIO.replace("a=rtcp-mux\r\n", "")), unusable, "no rtcp-mux");
    let second = AUDIO.replace("mid:0", "mid:1");
    assert_eq!(error(SESSION, &format!("{AUDIO}{second}")), unusable, "a section outside the bundle");
    let rejected = second.replace("audio 9", "audio 0").replace("a=rtcp-mux\r\n", "");
    assert_eq!(error(SESSION, &format!("{AUDIO}{rejected}")), None, "unless it is given up");
}

#[test]
fn what_is_no_offer_is_refused() {
    let malformed = Some(NegotiationError::Malformed);
    assert_eq!(Offer::parse("").err(), malformed);
    assert_eq!(error(&SESSION.replace("v=0", "v=1"), AUDIO), malformed);
    assert_eq!(error(SESSION, &format!("{AUDIO}no line\r\n")), malformed);
    assert_eq!(error(SESSION, &format!("{AUDIO}m=audio x UDP/TLS/RTP/SAVPF 0\r\n")), malformed);
    assert_eq!(error(SESSION, &format!("{AUDIO}m=audio\r\n")), malformed);
    let other = "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n";
    assert_eq!(error(SESSION, &format!("{AUDIO}{other}")), malformed, "no mid");
    assert_eq!(error(SESSION, &format!("{AUDIO}{other}a=mid:0\r\n")), malformed, "a mid twice");
    assert_eq!(error(SESSION, &format!("{AUDIO}{other}a=mid:<>\r\n")), malformed, "no token");
}

#[test]
fn an_offer_is_bounded_in_bytes_and_sections() {
    let padding = "a=x\r\n".repeat(MAX_OFFER_LENGTH / 5);
    assert_eq!(error(SESSION, &format!("{AUDIO}{padding}")), Some(NegotiationError::TooLarge));
    let sections = |count: usize| {
        let mids: Vec<String> = (0..count).map(|mid| mid.to_string()).collect();
        let mut text = SESSION.replace("BUNDLE 0", &format!("BUNDLE {}", mids.join(" ")));
        for mid in mids {
            let _ = write!(text, "{}", AUDIO.replace("mid:0", &format!("mid:{mid}")));
        }
        Offer::parse(&text).map(|offer| offer.sections.len())
    };
    assert_eq!(sections(MAX_SECTIONS), Ok(MAX_SECTIONS));
    assert_eq!(sections(MAX_SECTIONS + 1), Err(NegotiationError::TooLarge));
}

#[test]
fn lines_end_with_or_without_a_carriage_return() {
    assert!(Offer::parse(&format!("{SESSION}{AUDIO}").replace('\r', "")).is_ok());
}

#[test]
fn what_is_said_of_payload_types_that_are_not_offered_is_ignored() {
    let section =
        section("a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=fmtp:96 a=b\r\na=rtcp-fb:111 nack\r\n");
    assert_eq!(section.codecs.len(), 1);
    assert_eq!(section.codecs[0].feedback, [Feedback::Nack]);
}

#[test]
fn feedback_for_every_payload_type_counts_for_each() {
    let codec =
        section("a=rtcp-fb:* nack pli\r\na=rtcp-fb:111 nack\r\na=rtcp-fb:111 goog-remb\r\n").codecs.remove(0);
    assert_eq!(codec.feedback, [Feedback::Nack, Feedback::PictureLossIndication]);
}

#[test]
fn a_direction_not_said_is_both_ways_or_the_sessions() {
    assert_eq!(section("").direction, Direction::SendReceive);
    assert_eq!(section("a=inactive\r\n").direction, Direction::Inactive);
    let offer = small(&format!("{SESSION}a=recvonly\r\n"), AUDIO).expect("an offer");
    assert_eq!(offer.sections[0].direction, Direction::ReceiveOnly);
}

#[test]
fn of_alternative_layers_the_first_counts_paused_or_not() {
    let lines = "a=rid:a send\r\na=rid:b send pt=111\r\na=rid:c send\r\na=rid:d recv\r\n\
        a=simulcast:recv c send a;~b,c;x;d\r\n";
    assert_eq!(rids(&section(lines)), ["a", "b"]);
    assert_eq!(
        rids(&section("a=rid:a send\r\n")),
        [] as [&str; 0],
        "without simulcast there is one encoding"
    );
}

#[test]
fn what_a_section_may_list_is_bounded() {
    let mut lines = String::from("a=simulcast:send ");
    for number in 0..100 {
        let _ = write!(lines, "r{number};");
    }
    lines.push_str("\r\n");
    for number in 0..100 {
        let _ = write!(
            lines,
            "a=rid:r{number} send\r\na=ssrc:{number} cname:x\r\na=ssrc-group:FID {number} 1\r\n"
        );
        let _ = write!(lines, "a=extmap:{} {}\r\n", number + 1, Extension::Mid.uri());
    }
    let section = section(&lines);
    assert_eq!((section.rids.len(), section.ssrcs.len(), section.repairs.len()), (8, 16, 16));
    assert_eq!(section.extensions.len(), 1, "the first line for an extension counts");
}

#[test]
fn an_extension_for_the_session_counts_in_every_section() {
    let line = format!("a=extmap:5 {}\r\n", Extension::AudioLevel.uri());
    let offer = small(&format!("{SESSION}{line}"), AUDIO).expect("an offer");
    assert_eq!(offer.sections[0].extensions.len(), 1);
    let zero = format!(
        "a=extmap:0 {}\r\na=extmap:7/sideways {0}\r\na=extmap:300 {0}\r\n",
        Extension::AudioLevel.uri()
    );
    assert_eq!(section(&zero).extensions, [], "numbers and directions that do not exist");
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,400}") {
        let _ = Offer::parse(&text);
        let _ = small(SESSION, &format!("{AUDIO}{text}"));
    }

    #[test]
    fn no_change_of_a_browsers_offer_makes_the_reader_panic(
        which in 0usize..4,
        cut in any::<prop::sample::Index>(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let mut bytes = GOLDEN[which].1.as_bytes().to_vec();
        for (place, byte) in edits {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        if let Ok(offer) = Offer::parse(&String::from_utf8_lossy(&bytes)) {
            for section in &offer.sections {
                let _ = accept(section, Part::Idle);
                let _ = accept(section, Part::Receive);
            }
        }
    }
}
