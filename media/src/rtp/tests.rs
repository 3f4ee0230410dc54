use proptest::prelude::*;

use super::*;

const HEADER: Header = Header {
    marker: true,
    payload_type: PayloadType(96),
    sequence: SequenceNumber(0x1234),
    timestamp: RtpTimestamp(0xDEAD_BEEF),
    ssrc: Ssrc(0xCAFE_F00D),
};

fn id(number: u8) -> ExtensionId {
    ExtensionId::new(number).expect("not zero")
}

fn collect<'a>(packet: &Packet<'a>) -> Vec<(u8, &'a [u8])> {
    packet.elements().map(|element| (element.id.get(), element.data)).collect()
}

#[test]
fn the_fixed_header_is_read_field_by_field() {
    let bytes = [0x80, 0xE0, 0x12, 0x34, 0xDE, 0xAD, 0xBE, 0xEF, 0xCA, 0xFE, 0xF0, 0x0D, 1, 2, 3];
    let packet = Packet::parse(&bytes).expect("a packet");
    assert_eq!(packet.header, HEADER);
    assert_eq!((packet.header_length, packet.payload, packet.padding_length), (12, &[1u8, 2, 3][..], 0));
    assert_eq!(packet.extension_profile, 0);
    assert_eq!(packet.elements().count(), 0);
}

#[test]
fn contributing_sources_and_padding_are_no_payload() {
    let mut bytes = vec![0xA2, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
    bytes.extend_from_slice(&[9; 8]);
    bytes.extend_from_slice(&[7, 7, 0, 0, 3]);
    let packet = Packet::parse(&bytes).expect("a packet");
    assert_eq!((packet.header_length, packet.payload, packet.padding_length), (20, &[7u8, 7][..], 3));
}

#[test]
fn a_packet_of_nothing_but_padding_has_an_empty_payload() {
    let bytes = [0xA0, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 2];
    let packet = Packet::parse(&bytes).expect("a packet");
    assert_eq!((packet.payload.len(), packet.padding_length), (0, 2));
}

#[test]
fn what_breaks_the_format_is_refused() {
    let fixed = [0x80, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
    let with_flags = |flags: u8, tail: &[u8]| {
        let mut bytes = fixed.to_vec();
        bytes[0] = flags;
        bytes.extend_from_slice(tail);
        Packet::parse(&bytes).map(|_| ()).expect_err("not a packet")
    };
    assert_eq!(Packet::parse(&fixed[..11]).map(|_| ()), Err(ParseError::Truncated));
    for flags in [0x00, 0x40, 0xC0] {
        assert_eq!(with_flags(flags, &[]), ParseError::Version);
    }
    assert_eq!(with_flags(0x81, &[0; 3]), ParseError::Truncated, "CSRC cut off");
    assert_eq!(with_flags(0x90, &[0xBE, 0xDE, 0]), ParseError::Truncated, "extension head cut off");
    assert_eq!(with_flags(0x90, &[0xBE, 0xDE, 0, 2, 0, 0, 0, 0]), ParseError::Truncated, "extension cut off");
    assert_eq!(with_flags(0xA0, &[]), ParseError::Padding, "no padding count");
    assert_eq!(with_flags(0xA0, &[1, 0]), ParseError::Padding, "padding of 0");
    assert_eq!(with_flags(0xA0, &[1, 3]), ParseError::Padding, "padding longer than the body");
}

fn with_block(profile: u16, block: &[u8]) -> Vec<u8> {
    assert_eq!(block.len() % 4, 0);
    let mut bytes = vec![0x90, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
    bytes.extend_from_slice(&profile.to_be_bytes());
    bytes.extend_from_slice(&u16::try_from(block.len() / 4).expect("short").to_be_bytes());
    bytes.extend_from_slice(block);
    bytes
}

#[test]
fn one_byte_elements_are_walked_over_their_padding() {
    let bytes = with_block(0xBEDE, &[0x10, 0xAA, 0, 0, 0x31, 1, 2, 0]);
    let packet = Packet::parse(&bytes).expect("a packet");
    assert_eq!(collect(&packet), [(1, &[0xAA][..]), (3, &[1, 2][..])]);
    assert_eq!(packet.extension(id(3)), Some(&[1, 2][..]));
    assert_eq!(packet.extension(id(2)), None);
    assert_eq!(packet.header_length, 24);
}

#[test]
fn two_byte_elements_may_be_empty_and_have_any_application_bits() {
    let bytes = with_block(0x1007, &[15, 0, 0, 200, 3, 1, 2, 3]);
    let packet = Packet::parse(&bytes).expect("a packet");
    assert_eq!(collect(&packet), [(15, &[][..]), (200, &[1, 2, 3][..])]);
}

#[test]
fn elements_after_a_reserved_or_cut_off_one_do_not_count() {
    for block in
        [[0x10, 1, 0xF0, 9, 0x20, 2, 0, 0], [0x10, 1, 0x01, 9, 0x20, 2, 0, 0], [0x10, 1, 0, 0, 0, 0x2F, 0, 0]]
    {
        let bytes = with_block(0xBEDE, &block);
        let packet = Packet::parse(&bytes).expect("a packet");
        assert_eq!(collect(&packet), [(1, &[1][..])], "{block:?}");
    }
}

#[test]
fn a_block_of_an_unknown_profile_has_no_elements() {
    let bytes = with_block(0x2000, &[0x10, 1, 0x10, 1]);
    assert_eq!(Packet::parse(&bytes).expect("a packet").elements().count(), 0);
}

#[test]
fn the_writer_takes_the_short_form_when_all_fits_and_the_long_form_when_not() {
    let short = [Element { id: id(14), data: &[5; 16] }];
    let long_data = [Element { id: id(1), data: &[5; 17] }];
    let long_id = [Element { id: id(15), data: &[5] }];
    let empty = [Element { id: id(1), data: &[] }];
    for (elements, profile) in [(&short, 0xBEDE), (&long_data, 0x1000), (&long_id, 0x1000), (&empty, 0x1000)]
    {
        let mut buffer = Vec::new();
        write_header(&mut buffer, &HEADER, elements);
        assert_eq!(Packet::parse(&buffer).expect("a packet").extension_profile, profile);
    }
}

#[test]
fn padding_levels_a_packet_and_leaves_its_payload() {
    let mut buffer = vec![0xFF; 5];
    let length = write_header(&mut buffer, &HEADER, &[]);
    buffer.extend_from_slice(&[1, 2, 3]);
    pad(&mut buffer, 5, 4);
    assert_eq!(buffer.len(), 5 + length + 3 + 4);
    let packet = Packet::parse(&buffer[5..]).expect("a packet");
    assert_eq!((packet.payload, packet.padding_length), (&[1u8, 2, 3][..], 4));
}

#[test]
fn padding_by_nothing_changes_nothing() {
    let mut buffer = Vec::new();
    write_header(&mut buffer, &HEADER, &[]);
    let before = buffer.clone();
    pad(&mut buffer, 0, 0);
    assert_eq!(buffer, before);
}

#[test]
fn an_audio_level_is_a_voice_bit_and_decibels() {
    assert_eq!(AudioLevel::parse(&[0x80 | 30]), Some(AudioLevel { voice: true, level: 30 }));
    assert_eq!(AudioLevel::parse(&[127, 0]), Some(AudioLevel { voice: false, level: 127 }));
    assert_eq!(AudioLevel::parse(&[]), None);
    assert_eq!(AudioLevel { voice: true, level: 30 }.to_bytes(), [0x80 | 30]);
}

#[test]
fn a_transport_sequence_number_is_two_bytes_whatever_follows() {
    assert_eq!(TransportSequence::parse(&[1, 2]), Some(TransportSequence(0x0102)));
    assert_eq!(TransportSequence::parse(&[1, 2, 0x80, 1]), Some(TransportSequence(0x0102)));
    assert_eq!(TransportSequence::parse(&[1]), None);
}

#[test]
fn a_mid_or_rid_is_a_plain_token() {
    assert_eq!(token(b"q"), Some("q"));
    assert_eq!(token(b"a-b_7"), Some("a-b_7"));
    assert_eq!(token(b""), None);
    assert_eq!(token(b"q\0"), None);
    assert_eq!(token("đ".as_bytes()), None);
}

#[test]
fn a_retransmission_gives_back_the_original_and_padding_alone_gives_none() {
    let mut buffer = Vec::new();
    rtx::encapsulate(&mut buffer, SequenceNumber(0xABCD), &[1, 2, 3]);
    assert_eq!(rtx::decapsulate(&buffer), Some((SequenceNumber(0xABCD), &[1u8, 2, 3][..])));
    assert_eq!(rtx::decapsulate(&[]), None);
    assert_eq!(rtx::decapsulate(&[1]), None);
}

fn header() -> impl Strategy<Value = Header> {
    (any::<bool>(), 0u8..128, any::<u16>(), any::<u32>(), any::<u32>()).prop_map(
        |(marker, payload_type, sequence, timestamp, ssrc)| Header {
            marker,
            payload_type: PayloadType(payload_type),
            sequence: SequenceNumber(sequence),
            timestamp: RtpTimestamp(timestamp),
            ssrc: Ssrc(ssrc),
        },
    )
}

fn elements(longest: usize) -> impl Strategy<Value = Vec<(u8, Vec<u8>)>> {
    let element = (1u8..=255, proptest::collection::vec(any::<u8>(), 0..=longest));
    proptest::collection::vec(element, 0..6)
}

proptest! {
    #[test]
    fn a_written_packet_reads_back_the_same(
        header in header(),
        elements in prop_oneof![elements(16), elements(255)],
        payload in proptest::collection::vec(any::<u8>(), 0..50),
        padding in any::<u8>(),
    ) {
        let refs: Vec<Element<'_>> =
            elements.iter().map(|(number, data)| Element { id: id(*number), data }).collect();
        let mut buffer = Vec::new();
        let length = write_header(&mut buffer, &header, &refs);
        buffer.extend_from_slice(&payload);
        pad(&mut buffer, 0, padding);
        let packet = Packet::parse(&buffer).expect("a packet");
        prop_assert_eq!(packet.header, header);
        prop_assert_eq!(packet.header_length, length);
        prop_assert_eq!(packet.payload, &payload[..]);
        prop_assert_eq!(packet.padding_length, usize::from(padding));
        prop_assert_eq!(packet.elements().collect::<Vec<_>>(), refs);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(packet) = Packet::parse(&bytes) {
            let parts = packet.header_length + packet.payload.len() + packet.padding_length;
            prop_assert_eq!(parts, bytes.len());
            let total: usize = packet.elements().map(|element| element.data.len()).sum();
            prop_assert!(total <= packet.extensions.len());
        }
    }

    #[test]
    fn no_extension_block_makes_the_walk_panic(
        profile in prop_oneof![Just(0xBEDEu16), Just(0x1000), any::<u16>()],
        block in proptest::collection::vec(any::<u8>(), 0..100),
    ) {
        for element in Elements::new(profile, &block) {
            let _ = AudioLevel::parse(element.data);
            let _ = TransportSequence::parse(element.data);
            let _ = token(element.data);
            let _ = rtx::decapsulate(element.data);
        }
    }
}
