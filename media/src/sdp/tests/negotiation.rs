use super::*;

fn identity(number: u32) -> StreamIdentity {
    StreamIdentity {
        ssrc: Ssrc(number),
        repair_ssrc: Ssrc(number + 1),
        cname: "cname".into(),
        stream: "stream".into(),
        track: "track".into(),
    }
}

fn golden_section(offer: (&str, &str), number: usize) -> Section {
    Offer::parse(offer.1).expect(offer.0).sections.swap_remove(number)
}

fn accepted(section: &Section, part: Part) -> Accepted {
    match accept(section, part).expect("taken") {
        AnswerSection::Accepted(accepted) => accepted,
        AnswerSection::Rejected(_) => panic!("rejected"),
    }
}

fn ids(format: &Format) -> Vec<(Extension, u8)> {
    Extension::ALL
        .into_iter()
        .filter_map(|extension| Some((extension, format.extensions.get(extension)?.get())))
        .collect()
}

fn written(sections: Vec<AnswerSection>, candidates: &[&str]) -> String {
    let answer = Answer {
        session: 7,
        version: 2,
        ufrag: "ufrag".into(),
        password: "password".into(),
        fingerprint: [0xAB; 32],
        candidates: candidates.iter().map(|address| address.parse().expect("an address")).collect(),
        mixed_extensions: false,
        sections,
    };
    answer.write()
}

#[test]
fn a_camera_is_received_in_layers_with_what_tells_them_apart() {
    let camera = accepted(&golden_section(CHROMIUM, 1), Part::Receive);
    let format = &camera.format;
    assert_eq!((format.payload_type, format.repair_payload_type), (PayloadType(96), Some(PayloadType(97))));
    assert_eq!(format.rids.iter().map(Rid::as_str).collect::<Vec<_>>(), ["q", "h", "f"]);
    assert_eq!(format.feedback, Feedback::ALL);
    let expected = [
        (Extension::Mid, 4),
        (Extension::Rid, 10),
        (Extension::RepairedRid, 11),
        (Extension::TransportSequence, 3),
        (Extension::DependencyDescriptor, 12),
    ];
    assert_eq!(ids(format), expected);
}

#[test]
fn firefox_is_sent_no_dependency_descriptor_which_it_only_sends() {
    let tile = accepted(&golden_section(FIREFOX, 10), Part::Send(identity(1)));
    assert_eq!(tile.format.extensions.get(Extension::DependencyDescriptor), None);
    assert_eq!(tile.format.extensions.get(Extension::Rid), None);
    let camera = accepted(&golden_section(FIREFOX, 1), Part::Receive);
    assert!(camera.format.extensions.get(Extension::DependencyDescriptor).is_some());
    let text = written(vec![AnswerSection::Accepted(camera)], &[]);
    assert!(text.contains("/recvonly https://aomediacodec"), "the answer mirrors a limited direction");
    assert!(text.contains("a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"), "and states no other");
}

#[test]
fn every_codec_but_the_rooms_is_negotiated_away() {
    for (name, text) in GOLDEN {
        for section in Offer::parse(text).expect(name).sections {
            let part = if section.direction.sends() { Part::Receive } else { Part::Send(identity(1)) };
            let format = accepted(&section, part).format;
            let codec = section.codecs.iter().find(|codec| codec.payload_type == format.payload_type);
            let expected = if section.media == SectionMedia::Rtp(MediaKind::Audio) { "opus" } else { "VP8" };
            assert_eq!(codec.map(|codec| codec.name.as_str()), Some(expected), "{name}");
        }
    }
}

#[test]
fn of_opus_only_what_the_client_decides_for_itself_is_repeated() {
    let lines = "a=fmtp:111 stereo=1;minptime=10;usedtx=1; useinbandfec=1;x=y\r\n";
    let format = accepted(&section(lines), Part::Receive).format;
    assert_eq!(format.parameters, "minptime=10;useinbandfec=1;usedtx=1");
    let format = accepted(&section("a=fmtp:111 minptime=ten\r\n"), Part::Receive).format;
    assert_eq!(format.parameters, "");
}

#[test]
fn audio_has_nack_and_retransmissions_only_if_offered() {
    assert_eq!(
        accepted(&golden_section(CHROMIUM, 0), Part::Receive).format.feedback,
        [Feedback::TransportWide]
    );
    let lines = "a=rtcp-fb:111 nack\r\n";
    assert_eq!(accepted(&section(lines), Part::Receive).format.feedback, [Feedback::Nack]);
    let mono = section(lines);
    assert_eq!(accepted(&mono, Part::Send(identity(1))).format.feedback, [], "nothing to answer a NACK with");
}

#[test]
fn transport_wide_feedback_needs_its_header_extension() {
    assert_eq!(accepted(&section("a=rtcp-fb:111 transport-cc\r\n"), Part::Receive).format.feedback, []);
}

#[test]
fn layers_without_the_extension_that_tells_them_apart_are_not_answered() {
    let mut camera = golden_section(CHROMIUM, 1);
    camera.extensions.retain(|offer| offer.extension != Extension::Rid);
    assert_eq!(accepted(&camera, Part::Receive).format.rids, []);
}

#[test]
fn a_part_that_the_section_does_not_fit_is_a_mismatch() {
    let mismatch = Err(NegotiationError::SectionMismatch);
    let send = || Part::Send(identity(1));
    assert_eq!(accept(&golden_section(CHROMIUM, 0), send()), mismatch, "the client only sends");
    assert_eq!(accept(&golden_section(CHROMIUM, 9), Part::Receive), mismatch, "the client only receives");
    assert_eq!(accept(&section("a=inactive\r\n"), Part::Receive), mismatch);
    let mut rejected = section("");
    rejected.rejected = true;
    assert_eq!(accept(&rejected, Part::Receive), mismatch);
    assert!(matches!(accept(&rejected, Part::Idle), Ok(AnswerSection::Rejected(_))));
}

#[test]
fn a_section_without_a_codec_of_the_room_is_refused_or_if_idle_rejected() {
    let mut other = section("");
    other.codecs[0].name = "PCMU".into();
    assert_eq!(accept(&other, Part::Receive), Err(NegotiationError::NoCommonCodec));
    let rejected = accept(&other, Part::Idle).expect("an answer");
    let text = written(vec![rejected], &["192.0.2.1:1"]);
    assert!(text.contains("m=audio 0 UDP/TLS/RTP/SAVPF 111\r\n"));
    assert!(!text.contains("candidate"), "a rejected section carries no candidates");
    assert!(text.contains("a=group:BUNDLE\r\n"), "and is in no bundle");
}

#[test]
fn a_data_channel_is_rejected_by_its_own_words() {
    let session = SESSION.replace("BUNDLE 0", "BUNDLE 0 1");
    let lines =
        format!("{AUDIO}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\na=sctp-port:5000\r\n");
    let offer = small(&session, &lines).expect("an offer");
    let sections =
        offer.sections.iter().map(|section| accept(section, Part::Idle).expect("an answer")).collect();
    let text = written(sections, &[]);
    assert!(text.contains("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n"));
    assert!(text.contains("a=group:BUNDLE 0\r\n"));
}

#[test]
fn a_client_ignored_section_is_inactive_and_keeps_its_codec() {
    let idle = accept(&golden_section(CHROMIUM, 0), Part::Idle).expect("an answer");
    let text = written(vec![idle], &[]);
    assert!(text.contains("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n") && text.contains("a=inactive\r\n"));
    assert!(!text.contains("extmap") && !text.contains("ssrc"));
}

#[test]
fn candidates_stand_once_best_first_in_the_first_section_that_is_taken() {
    let mut rejected = section("");
    rejected.rejected = true;
    let sections = vec![
        accept(&rejected, Part::Idle).expect("an answer"),
        accept(&golden_section(CHROMIUM, 0), Part::Receive).expect("an answer"),
        accept(&golden_section(CHROMIUM, 1), Part::Receive).expect("an answer"),
    ];
    let text = written(sections, &["192.0.2.1:5000", "[2001:db8::1]:5000"]);
    let lines: Vec<_> = text.lines().filter(|line| line.contains("candidate")).collect();
    let expected = [
        "a=candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host",
        "a=candidate:2 1 udp 2130706175 2001:db8::1 5000 typ host",
        "a=end-of-candidates",
    ];
    assert_eq!(lines, expected);
    let second_section = text.find("m=audio 9").expect("a section");
    assert!(text.find("a=candidate").expect("a candidate") > second_section);
}

#[test]
fn a_stream_is_announced_with_its_retransmissions_only_if_they_are_negotiated() {
    let mut tile = golden_section(CHROMIUM, 10);
    let with = written(vec![accept(&tile, Part::Send(identity(40))).expect("an answer")], &[]);
    assert!(
        with.contains("a=msid:stream track\r\na=ssrc-group:FID 40 41\r\na=ssrc:40 cname:cname\r\na=ssrc:41 ")
    );
    tile.codecs.retain(|codec| !codec.is("rtx"));
    let without = written(vec![accept(&tile, Part::Send(identity(40))).expect("an answer")], &[]);
    assert!(!without.contains("FID") && !without.contains("ssrc:41") && !without.contains("rtx"));
    assert!(without.contains("a=ssrc:40 cname:cname\r\n"));
}

#[test]
fn another_implementation_reads_every_answer() {
    for (name, text) in GOLDEN {
        let offer = Offer::parse(text).expect(name);
        let sections = offer.sections.iter().map(|section| {
            let part = if section.direction.sends() { Part::Receive } else { Part::Send(identity(1000)) };
            accept(section, part).expect(name)
        });
        let text = written(sections.collect(), &["192.0.2.1:5000"]);
        let read = SessionDescription::unmarshal(&mut Cursor::new(&text)).expect(name);
        assert_eq!(read.media_descriptions.len(), offer.sections.len(), "{name}");
        for (answered, offered) in read.media_descriptions.iter().zip(&offer.sections) {
            assert_eq!(attributes(answered, "mid"), [offered.mid.as_str()], "{name}");
            let direction = if offered.direction.sends() { "recvonly" } else { "sendonly" };
            assert_eq!(answered.attributes.iter().filter(|a| a.key == direction).count(), 1, "{name}");
        }
        assert_eq!(read.marshal(), text, "{name}: nothing is lost in it");
    }
}
