use rtc_rtcp::transport_feedbacks::transport_layer_cc::{PacketStatusChunk, SymbolTypeTcc, TransportLayerCc};

use super::*;
use crate::rtp::TransportSequence;

const HEAD: FeedbackHead = FeedbackHead { sender: US, media: THEM, number: 7 };

fn arrival(sequence: u64, micros: u64) -> Arrival {
    Arrival { sequence, at: Duration::from_micros(micros) }
}

fn feedback(bytes: &[u8]) -> TransportFeedback<'_> {
    let Packet::TransportFeedback(feedback) = only(bytes) else { panic!("transport-wide feedback") };
    feedback
}

fn statuses(bytes: &[u8]) -> Vec<(u16, Option<i64>)> {
    feedback(bytes)
        .statuses()
        .map(|status| (status.sequence.0, status.arrival.map(|ArrivalTime(micros)| micros)))
        .collect()
}

#[test]
fn a_short_report_is_laid_out_as_the_draft_draws_it() {
    let mut bytes = Vec::new();
    let taken = write_transport_feedback(
        &mut bytes,
        HEAD,
        5,
        &[arrival(5, 128_250), arrival(7, 228_250), arrival(8, 228_000)],
    );
    assert_eq!(taken, 3);
    #[rustfmt::skip]
    let expected = [
        0x8F, 205, 0, 6, 1, 2, 3, 4, 0xA0, 0xB0, 0xC0, 0xD0,
        0, 5, 0, 4, 0, 0, 2, 7,
        0xD2, 0x80,              // two-bit vector: small, lost, large, large
        1, 0x01, 0x90, 0xFF, 0xFF, 0,
    ];
    assert_eq!(bytes, expected);
    assert_eq!(feedback(&bytes).head, HEAD);
    assert_eq!(statuses(&bytes), [(5, Some(128_250)), (6, None), (7, Some(228_250)), (8, Some(228_000))]);
}

#[test]
fn a_long_run_takes_one_chunk() {
    let arrivals: Vec<_> = (0..100).map(|n| arrival(n, n * 1000)).collect();
    let mut bytes = Vec::new();
    assert_eq!(write_transport_feedback(&mut bytes, HEAD, 0, &arrivals), 100);
    assert_eq!(bytes.len(), (20usize + 2 + 100).next_multiple_of(4));
    assert_eq!(bytes[20..22], [0x20, 100]);
}

#[test]
fn what_is_lost_before_the_first_arrival_is_reported_unless_it_is_implausibly_much() {
    let mut bytes = Vec::new();
    write_transport_feedback(&mut bytes, HEAD, 10, &[arrival(13, 0)]);
    assert_eq!(statuses(&bytes), [(10, None), (11, None), (12, None), (13, Some(0))]);
    for base in [14, 100_000] {
        let mut bytes = Vec::new();
        write_transport_feedback(&mut bytes, HEAD, base, &[arrival(13, 0)]);
        assert_eq!(statuses(&bytes), [(13, Some(0))]);
    }
    let mut bytes = Vec::new();
    write_transport_feedback(&mut bytes, HEAD, 0, &[arrival(100_000, 0)]);
    assert_eq!(statuses(&bytes), [((100_000u64 % 65_536) as u16, Some(0))]);
}

#[test]
fn a_report_ends_before_what_it_cannot_hold() {
    let later = Duration::from_secs(9).as_micros() as u64;
    let cases: [(&str, Vec<Arrival>, usize); 4] = [
        ("a pause longer than a delta", vec![arrival(0, 0), arrival(1, later), arrival(2, later)], 1),
        ("a gap longer than a report", vec![arrival(0, 0), arrival(9000, 1), arrival(9001, 2)], 1),
        ("numbers that do not ascend", vec![arrival(0, 0), arrival(1, 1), arrival(1, 2)], 2),
        ("more than one datagram holds", (0..1000).map(|n| arrival(n, n)).collect(), 128),
    ];
    for (case, arrivals, expected) in cases {
        let mut bytes = Vec::new();
        assert_eq!(write_transport_feedback(&mut bytes, HEAD, 0, &arrivals), expected, "{case}");
        assert_eq!(statuses(&bytes).iter().filter(|status| status.1.is_some()).count(), expected, "{case}");
    }
    let mut bytes = Vec::new();
    assert_eq!(write_transport_feedback(&mut bytes, HEAD, 0, &[]), 0);
    assert!(bytes.is_empty());
}

#[test]
fn the_reference_time_wraps_and_keeps_its_sign() {
    let mut bytes = Vec::new();
    let wrap = Duration::from_millis(64 * 0x80_0000);
    write_transport_feedback(&mut bytes, HEAD, 0, &[Arrival { sequence: 0, at: wrap }]);
    assert_eq!(statuses(&bytes), [(0, Some(-(wrap.as_micros() as i64)))]);
}

#[test]
fn numbers_wrap_within_a_report() {
    let mut bytes = Vec::new();
    write_transport_feedback(&mut bytes, HEAD, 65_535, &[arrival(65_535, 0), arrival(65_536, 250)]);
    assert_eq!(statuses(&bytes), [(65_535, Some(0)), (0, Some(250))]);
}

#[test]
fn a_report_on_too_much_or_without_its_deltas_is_refused() {
    let report = |count: u16, tail: &[u8]| {
        let mut bytes = vec![0x8F, 205, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0];
        bytes.extend_from_slice(&count.to_be_bytes());
        bytes.extend_from_slice(&[0, 0, 0, 0]);
        bytes.extend_from_slice(tail);
        bytes[3] = u8::try_from(bytes.len() / 4 - 1).expect("short");
        packets(&bytes).next().expect("a packet").map(|_| ())
    };
    assert_eq!(report(3, &[0x00, 0x03, 0, 0]), Ok(()), "three lost");
    assert_eq!(report(2, &[0x20, 0x02, 1, 1]), Ok(()), "two deltas");
    assert_eq!(report(3, &[0x20, 0x03, 1, 1]), Err(ParseError::Truncated), "a delta missing");
    assert_eq!(report(2, &[0x40, 0x02, 1, 1]), Err(ParseError::Truncated), "half of each delta missing");
    assert_eq!(report(3, &[0x00, 0x02]), Err(ParseError::Truncated), "a chunk missing");
    assert_eq!(report(8192, &[0x1F, 0xFF, 0, 1]), Ok(()));
    assert_eq!(report(8193, &[0x1F, 0xFF, 0, 2]), Err(ParseError::Excessive));
}

/// What another implementation reads: chunks and deltas laid out again as one status for each number.
fn read_by_another(bytes: &[u8]) -> Vec<(u16, Option<i64>)> {
    let mut raw = bytes;
    let read = rtc_rtcp::packet::unmarshal(&mut raw).expect("accepted");
    let report = read[0].as_any().downcast_ref::<TransportLayerCc>().expect("transport-wide feedback");
    let mut symbols = Vec::new();
    for chunk in &report.packet_chunks {
        match chunk {
            PacketStatusChunk::RunLengthChunk(run) => {
                symbols.extend(std::iter::repeat_n(run.packet_status_symbol, usize::from(run.run_length)));
            }
            PacketStatusChunk::StatusVectorChunk(vector) => {
                symbols.extend(vector.symbol_list.iter().copied())
            }
        }
    }
    symbols.truncate(usize::from(report.packet_status_count));
    let mut deltas = report.recv_deltas.iter();
    let mut micros = i64::from(report.reference_time) * 64_000;
    let status = |(offset, symbol): (usize, &SymbolTypeTcc)| {
        let number = report.base_sequence_number.wrapping_add(u16::try_from(offset).expect("few"));
        if *symbol == SymbolTypeTcc::PacketNotReceived {
            return (number, None);
        }
        micros += deltas.next().expect("a delta").delta;
        (number, Some(micros))
    };
    symbols.iter().enumerate().map(status).collect()
}

/// Arrivals with gaps and jitter of every size that a delta can hold.
fn arrivals() -> impl Strategy<Value = Vec<Arrival>> {
    let gap = prop_oneof![10 => Just(1u64), 2 => 2u64..4, 2 => 5u64..40, 1 => 40u64..600];
    let step = prop_oneof![5 => 0i64..20_000, 2 => 60_000i64..70_000, 1 => -5_000i64..2_000_000];
    (any::<u32>(), proptest::collection::vec((gap, step), 1..300)).prop_map(|(start, steps)| {
        let mut sequence = u64::from(start);
        let mut micros = 10_000_000i64;
        steps
            .into_iter()
            .map(|(gap, step)| {
                sequence += gap;
                micros = (micros + step).max(0);
                arrival(sequence, micros.unsigned_abs())
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn every_arrival_is_reported_once_as_another_implementation_reads_it(arrivals in arrivals(), lead in 0u64..50) {
        let mut base = arrivals[0].sequence.saturating_sub(lead);
        let mut rest = &arrivals[..];
        while !rest.is_empty() {
            let mut bytes = Vec::new();
            let taken = write_transport_feedback(&mut bytes, HEAD, base, rest);
            prop_assert!(taken > 0);
            prop_assert!(bytes.len() <= 1100, "{} bytes", bytes.len());
            let expected: Vec<_> = (base..=rest[taken - 1].sequence)
                .map(|number| {
                    let found = rest[..taken].iter().find(|arrival| arrival.sequence == number);
                    let micros = found.map(|arrival| (arrival.at.as_micros() as i64) / 250 * 250);
                    ((number & 0xFFFF) as u16, micros)
                })
                .collect();
            prop_assert_eq!(&statuses(&bytes), &expected);
            prop_assert_eq!(&read_by_another(&bytes), &expected);
            base = rest[taken - 1].sequence + 1;
            rest = &rest[taken..];
        }
    }

    #[test]
    fn a_status_vector_is_read_symbol_by_symbol(words in proptest::collection::vec(any::<u16>(), 1..20)) {
        let mut bytes = vec![0x8F, 205, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0];
        let symbols: Vec<u8> = words.iter().map(|word| (word % 3) as u8).collect();
        for seven in symbols.chunks(7) {
            let bits = (0..7).fold(3u16, |bits, place| (bits << 2) | u16::from(*seven.get(place).unwrap_or(&0)));
            bytes.extend_from_slice(&bits.to_be_bytes());
        }
        symbols.iter().for_each(|&symbol| bytes.extend(std::iter::repeat_n(0, usize::from(symbol))));
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes[15] = u8::try_from(symbols.len()).expect("few");
        bytes[3] = u8::try_from(bytes.len() / 4 - 1).expect("short");
        let received: Vec<bool> = feedback(&bytes).statuses().map(|status| status.arrival.is_some()).collect();
        prop_assert_eq!(received, symbols.iter().map(|&symbol| symbol != 0).collect::<Vec<_>>());
        let first = feedback(&bytes).statuses().next().expect("one");
        prop_assert_eq!(first.sequence, TransportSequence(0));
    }
}
