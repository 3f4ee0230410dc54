use std::time::Duration;

use giaoban_media_types::RtpTimestamp;
use proptest::prelude::*;

use super::*;
use crate::rtp::SequenceNumber;

mod transport_feedback;

const US: Ssrc = Ssrc(0x0102_0304);
const THEM: Ssrc = Ssrc(0xA0B0_C0D0);

fn only(compound: &[u8]) -> Packet<'_> {
    let mut walk = packets(compound);
    let packet = walk.next().expect("one packet").expect("well-formed");
    assert!(walk.next().is_none(), "nothing after it");
    packet
}

fn block(ssrc: u32) -> ReportBlock {
    ReportBlock {
        ssrc: Ssrc(ssrc),
        fraction_lost: 25,
        cumulative_lost: -3,
        highest_sequence: 0x0001_FFFE,
        jitter: 7,
        last_sender_report: 0xAABB_CCDD,
        delay_since_last: 65_536,
    }
}

#[test]
fn a_sender_report_is_laid_out_as_the_standard_draws_it() {
    let info = SenderInfo {
        ntp: NtpTime(0x1122_3344_5566_7788),
        rtp: RtpTimestamp(0x99AA_BBCC),
        packets: 5,
        octets: 6,
    };
    let mut bytes = Vec::new();
    write_sender_report(&mut bytes, US, &info, &[block(THEM.0)]);
    #[rustfmt::skip]
    let expected = [
        0x81, 200, 0, 12, 1, 2, 3, 4,
        0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0, 0, 0, 5, 0, 0, 0, 6,
        0xA0, 0xB0, 0xC0, 0xD0, 25, 0xFF, 0xFF, 0xFD, 0, 1, 0xFF, 0xFE, 0, 0, 0, 7,
        0xAA, 0xBB, 0xCC, 0xDD, 0, 1, 0, 0,
    ];
    assert_eq!(bytes, expected);
    let Packet::SenderReport { sender, info: read, reports } = only(&bytes) else {
        panic!("a sender report")
    };
    assert_eq!((sender, read), (US, info));
    assert_eq!(reports.into_iter().collect::<Vec<_>>(), [block(THEM.0)]);
}

#[test]
fn more_than_31_blocks_are_spread_over_several_reports() {
    let blocks: Vec<_> = (0..70).map(block).collect();
    let info = SenderInfo { ntp: NtpTime(1), rtp: RtpTimestamp(2), packets: 3, octets: 4 };
    let mut bytes = Vec::new();
    write_sender_report(&mut bytes, US, &info, &blocks);
    let mut read = Vec::new();
    let mut sizes = Vec::new();
    for packet in packets(&bytes) {
        let reports = match packet.expect("well-formed") {
            Packet::SenderReport { reports, .. } | Packet::ReceiverReport { reports, .. } => reports,
            _ => panic!("a report"),
        };
        sizes.push(reports.into_iter().count());
        read.extend(reports);
    }
    assert_eq!(sizes, [31, 31, 8]);
    assert_eq!(read, blocks);
}

#[test]
fn a_receiver_report_without_blocks_is_still_a_report() {
    let mut bytes = Vec::new();
    write_receiver_report(&mut bytes, US, &[]);
    assert_eq!(bytes, [0x80, 201, 0, 1, 1, 2, 3, 4]);
}

#[test]
fn losses_beyond_24_bits_are_saturated() {
    for (lost, written) in [(i32::MAX, 0x7F_FFFF), (i32::MIN, -0x80_0000), (-1, -1)] {
        let mut bytes = Vec::new();
        write_receiver_report(&mut bytes, US, &[ReportBlock { cumulative_lost: lost, ..block(1) }]);
        let Packet::ReceiverReport { reports, .. } = only(&bytes) else { panic!("a receiver report") };
        assert_eq!(reports.into_iter().map(|report| report.cumulative_lost).collect::<Vec<_>>(), [written]);
    }
}

#[test]
fn ntp_time_counts_seconds_in_fixed_point() {
    assert_eq!(NtpTime::new(Duration::from_millis(1500)), NtpTime(0x0000_0001_8000_0000));
    assert_eq!(NtpTime(0x0000_0001_8000_0000).since_start(), Duration::from_millis(1500));
    assert_eq!(NtpTime(0x1111_2222_3333_4444).middle(), 0x2222_3333);
}

#[test]
fn a_canonical_name_is_found_among_other_items_and_chunks() {
    #[rustfmt::skip]
    let bytes = [
        0x82, 202, 0, 6,
        0, 0, 0, 1, 2, 3, b'a', b'b', b'c', 1, 1, b'x', 0, 0, 0, 0, // NAME, CNAME, end in a word of its own
        0, 0, 0, 2, 0, 0, 0, 0,
    ];
    let Packet::SourceDescription(chunks) = only(&bytes) else { panic!("a source description") };
    assert_eq!(chunks.collect::<Vec<_>>(), [(Ssrc(1), Some(&b"x"[..])), (Ssrc(2), None)]);
}

#[test]
fn a_written_name_is_read_back_whatever_its_length() {
    for length in 0..=300 {
        let name = "n".repeat(length);
        let mut bytes = Vec::new();
        write_cname(&mut bytes, US, &name);
        let Packet::SourceDescription(chunks) = only(&bytes) else { panic!("a source description") };
        let kept = &name.as_bytes()[..length.min(255)];
        assert_eq!(chunks.collect::<Vec<_>>(), [(US, Some(kept))], "{length}");
    }
}

#[test]
fn a_goodbye_names_its_sources_and_its_reason_is_ignored() {
    let bytes = [0x82, 203, 0, 3, 0, 0, 0, 9, 0, 0, 0, 10, 3, b'b', b'y', b'e'];
    let Packet::Goodbye(goodbye) = only(&bytes) else { panic!("a goodbye") };
    assert_eq!(goodbye.sources().collect::<Vec<_>>(), [Ssrc(9), Ssrc(10)]);
}

#[test]
fn a_nack_packs_neighbours_into_one_mask() {
    let lost = [65_530u16, 65_531, 65_535, 10, 11, 100].map(SequenceNumber);
    let mut bytes = Vec::new();
    write_nack(&mut bytes, US, THEM, lost);
    assert_eq!(bytes.len(), 12 + 3 * 4, "65530 and 10 are 16 apart, 11 is one too far");
    let Packet::Nack(nack) = only(&bytes) else { panic!("a nack") };
    assert_eq!((nack.sender, nack.media), (US, THEM));
    assert_eq!(nack.lost().collect::<Vec<_>>(), lost);
}

#[test]
fn a_nack_of_nothing_is_not_written() {
    let mut bytes = Vec::new();
    write_nack(&mut bytes, US, THEM, []);
    assert!(bytes.is_empty());
}

#[test]
fn key_frame_requests_name_their_stream() {
    let mut bytes = Vec::new();
    write_picture_loss_indication(&mut bytes, US, THEM);
    assert_eq!(bytes, [0x81, 206, 0, 2, 1, 2, 3, 4, 0xA0, 0xB0, 0xC0, 0xD0]);
    assert!(matches!(only(&bytes), Packet::PictureLossIndication { sender: US, media: THEM }));
    let intra = [0x84, 206, 0, 4, 1, 2, 3, 4, 0, 0, 0, 0, 0xA0, 0xB0, 0xC0, 0xD0, 200, 0, 0, 0];
    let Packet::FullIntraRequest(requests) = only(&intra) else { panic!("a FIR") };
    assert_eq!(requests.sender, US);
    assert_eq!(requests.requests().collect::<Vec<_>>(), [IntraRequest { media: THEM, number: 200 }]);
}

#[test]
fn feedback_of_another_application_is_nothing_to_us() {
    let bytes = [0x8F, 206, 0, 4, 1, 2, 3, 4, 0, 0, 0, 0, b'G', b'O', b'O', b'G', 0, 0, 0, 0];
    assert!(matches!(only(&bytes), Packet::Other));
    assert!(matches!(only(&[0x80, 204, 0, 0]), Packet::Other));
}

#[test]
fn padding_belongs_to_no_packet() {
    let bytes = [0xA1, 206, 0, 3, 1, 2, 3, 4, 0xA0, 0xB0, 0xC0, 0xD0, 0, 0, 0, 4];
    assert!(matches!(only(&bytes), Packet::PictureLossIndication { .. }));
}

#[test]
fn feedback_of_a_browser_is_filled_with_less_than_four_bytes() {
    let bytes = [0xAF, 205, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2, 0, 7, 0, 1, 0, 0, 1, 9, 0x20, 1, 40, 1];
    let Packet::TransportFeedback(feedback) = only(&bytes) else { panic!("no feedback") };
    let arrivals: Vec<_> = feedback.statuses().map(|status| status.arrival).collect();
    assert_eq!(arrivals, [Some(ArrivalTime(74_000))]);
}

#[test]
fn a_compound_is_read_up_to_what_breaks_it() {
    let broken: [(&[u8], ParseError); 8] = [
        (&[0x80, 201, 0], ParseError::Truncated),
        (&[0x80, 201, 0, 2, 0, 0, 0, 1], ParseError::Truncated),
        (&[0x81, 201, 0, 1, 0, 0, 0, 1], ParseError::Truncated),
        (&[0x40, 201, 0, 1, 0, 0, 0, 1], ParseError::Version),
        (&[0xA0, 201, 0, 1, 0, 0, 0, 0], ParseError::Padding),
        (&[0xA0, 201, 0, 1, 0, 0, 0, 8], ParseError::Padding),
        (&[0xA0, 201, 0, 1, 0, 0, 0, 2], ParseError::Truncated),
        (&[0xA0, 201, 0, 0], ParseError::Padding),
    ];
    for (tail, error) in broken {
        let mut bytes = vec![0x80, 201, 0, 1, 0, 0, 0, 9];
        bytes.extend_from_slice(tail);
        bytes.extend_from_slice(&[0x80, 201, 0, 1, 0, 0, 0, 9]);
        let mut walk = packets(&bytes);
        // A length may swallow what follows; only tails of a fixed length show the error at once.
        assert!(matches!(walk.next(), Some(Ok(Packet::ReceiverReport { sender: Ssrc(9), .. }))));
        let mut walk = packets(tail);
        assert_eq!(walk.next().expect("a result").map(|_| ()), Err(error), "{tail:?}");
        assert!(walk.next().is_none(), "an error ends the walk");
    }
}

/// Reads all there is to read.
fn exhaust(compound: &[u8]) -> usize {
    let mut items = 0;
    for packet in packets(compound).flatten() {
        items += match packet {
            Packet::SenderReport { reports, .. } | Packet::ReceiverReport { reports, .. } => {
                reports.into_iter().count()
            }
            Packet::SourceDescription(chunks) => chunks.count(),
            Packet::Goodbye(goodbye) => goodbye.sources().count(),
            Packet::Nack(nack) => nack.lost().count(),
            Packet::FullIntraRequest(requests) => requests.requests().count(),
            Packet::TransportFeedback(feedback) => feedback.statuses().count(),
            Packet::PictureLossIndication { .. } | Packet::Other => 1,
        };
    }
    items
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        exhaust(&bytes);
    }

    #[test]
    fn no_body_of_a_known_packet_makes_the_reader_panic(
        kind in 200u8..=206,
        count in 0u8..32,
        padded in any::<bool>(),
        words in proptest::collection::vec(any::<[u8; 4]>(), 0..60),
    ) {
        let mut bytes = vec![0x80 | (u8::from(padded) << 5) | count, kind, 0, u8::try_from(words.len()).expect("few")];
        words.iter().for_each(|word| bytes.extend_from_slice(word));
        exhaust(&bytes);
    }

    #[test]
    fn every_lost_number_is_asked_for_once(numbers in proptest::collection::btree_set(any::<u16>(), 0..100)) {
        let mut bytes = Vec::new();
        write_nack(&mut bytes, US, THEM, numbers.iter().copied().map(SequenceNumber));
        let read: Vec<u16> = match packets(&bytes).next() {
            Some(Ok(Packet::Nack(nack))) => nack.lost().map(|number| number.0).collect(),
            _ => Vec::new(),
        };
        prop_assert_eq!(read, numbers.into_iter().collect::<Vec<_>>());
    }
}
