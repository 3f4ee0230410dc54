use super::*;
use crate::testing;

const VIDEO_RATE: u32 = 90_000;
const AUDIO_RATE: u32 = 48_000;

fn after(start: Instant, milliseconds: u64) -> Instant {
    start + Duration::from_millis(milliseconds)
}

fn ntp(milliseconds: u64) -> NtpTime {
    NtpTime::new(Duration::from_secs(3_900_000_000) + Duration::from_millis(milliseconds))
}

fn near(timestamp: RtpTimestamp, expected: u32) -> bool {
    timestamp.0.wrapping_sub(expected).cast_signed().unsigned_abs() <= 2
}

#[test]
fn before_a_report_a_streams_clock_runs_from_its_first_packet_but_is_told_to_nobody_for_a_while() {
    let (start, publisher) = (testing::start(), PublisherClock::default());
    let mut clock = StreamClock::new(VIDEO_RATE);
    assert_eq!(clock.timestamp(start, &publisher), None);
    clock.observe_packet(RtpTimestamp(u32::MAX), start);
    clock.observe_packet(RtpTimestamp(9), after(start, 5));
    assert_eq!(clock.timestamp(after(start, 100), &publisher), Some(RtpTimestamp(8_999)));
    assert_eq!(clock.reportable(after(start, 7_999), &publisher), None);
    assert_eq!(clock.reportable(after(start, 8_100), &publisher), Some(RtpTimestamp(728_999)));
}

#[test]
fn a_report_that_packets_do_not_come_by_is_not_believed() {
    let start = testing::start();
    let mut publisher = PublisherClock::default();
    publisher.observe(ntp(5_000), start);
    let mut clock = StreamClock::new(VIDEO_RATE);
    clock.observe_report(RtpTimestamp(0), ntp(5_000));
    clock.observe_packet(RtpTimestamp(90_000), after(start, 1_080));
    assert_eq!(clock.reportable(after(start, 1_100), &publisher), Some(RtpTimestamp(99_000)));
    assert!(clock.stood_still(RtpTimestamp(93_000), after(start, 9_000)));
    assert!(!clock.stood_still(RtpTimestamp(93_000), after(start, 1_900)));
    clock.observe_packet(RtpTimestamp(93_000), after(start, 9_000));
    assert_eq!(clock.reportable(after(start, 9_100), &publisher), None);
    assert_eq!(clock.timestamp(after(start, 9_100), &publisher), Some(RtpTimestamp(102_000)));
}

#[test]
fn sound_and_picture_of_one_moment_meet_however_late_their_reports_come() {
    let start = testing::start();
    let mut publisher = PublisherClock::default();
    let (mut audio, mut video) = (StreamClock::new(AUDIO_RATE), StreamClock::new(VIDEO_RATE));
    // At 10,000 ms of the publisher's clock sound stood at 480,000 and picture at 900,000.
    publisher.observe(ntp(9_000), after(start, 40));
    audio.observe_report(RtpTimestamp(432_000), ntp(9_000));
    publisher.observe(ntp(9_500), after(start, 740));
    video.observe_report(RtpTimestamp(855_000), ntp(9_500));
    let now = after(start, 3_000);
    let sound = audio.timestamp(now, &publisher).unwrap().0;
    let picture = video.timestamp(now, &publisher).unwrap().0;
    let (sound, picture) = (i64::from(sound) / 48, i64::from(picture) / 90);
    assert!((sound - picture).abs() <= 1, "{sound} ms and {picture} ms");
}

#[test]
fn a_publishers_clock_follows_the_shortest_delay_at_once_and_a_longer_slowly() {
    let start = testing::start();
    let mut publisher = PublisherClock::default();
    publisher.observe(ntp(0), after(start, 100));
    publisher.observe(ntp(1_000), after(start, 1_020));
    assert_eq!(publisher.at(ntp(2_000).since_start()), Some(after(start, 2_020)));
    publisher.observe(ntp(2_000), after(start, 2_180));
    let later = publisher.at(ntp(3_000).since_start()).unwrap();
    assert_eq!(later, after(start, 3_030));
}

#[test]
fn a_reports_moment_may_lie_before_its_streams_first_packet() {
    let start = after(testing::start(), 10_000);
    let mut publisher = PublisherClock::default();
    publisher.observe(ntp(5_000), start);
    let mut clock = StreamClock::new(AUDIO_RATE);
    clock.observe_report(RtpTimestamp(0), ntp(6_000));
    assert!(near(clock.timestamp(start, &publisher).unwrap(), 0_u32.wrapping_sub(48_000)));
}

#[test]
fn the_round_trip_is_what_remains_of_the_way_without_the_delay() {
    let start = testing::start();
    let clock = WallClock::new(start);
    let block = |last_sender_report, delay_since_last| ReportBlock {
        ssrc: Ssrc(1),
        fraction_lost: 0,
        cumulative_lost: 0,
        highest_sequence: 0,
        jitter: 0,
        last_sender_report,
        delay_since_last,
    };
    let sent = clock.ntp(after(start, 1_000)).middle();
    let round_trip = clock.round_trip(after(start, 1_250), &block(sent, 65_536 / 10)).unwrap();
    assert!(round_trip.abs_diff(Duration::from_millis(150)) < Duration::from_millis(1));
    assert_eq!(clock.round_trip(start, &block(0, 0)), None);
    assert_eq!(
        clock.round_trip(after(start, 1_250), &block(sent, 65_536)),
        None,
        "a delay longer than the way"
    );
    assert_eq!(clock.round_trip(after(start, 60_000), &block(sent, 0)), None);
}

#[test]
fn lost_packets_are_told_once_and_in_all() {
    let start = testing::start();
    let mut reception = Reception::default();
    assert_eq!(reception.report(start, Ssrc(1)), None);
    for index in [65_530, 65_531, 65_536, 65_537] {
        reception.receive(Duration::ZERO, VIDEO_RATE, PacketIndex(index), RtpTimestamp(0));
    }
    let report = reception.report(start, Ssrc(1)).unwrap();
    assert_eq!((report.fraction_lost, report.cumulative_lost, report.highest_sequence), (128, 4, 65_537));
    reception.receive(Duration::ZERO, VIDEO_RATE, PacketIndex(65_538), RtpTimestamp(0));
    let report = reception.report(start, Ssrc(1)).unwrap();
    assert_eq!((report.fraction_lost, report.cumulative_lost), (0, 4));
}

#[test]
fn steady_arrival_has_no_jitter_and_unsteady_has() {
    let start = testing::start();
    let (mut steady, mut unsteady) = (Reception::default(), Reception::default());
    for packet in 0..200_u32 {
        let at = Duration::from_millis(u64::from(packet) * 20);
        let timestamp = RtpTimestamp(packet * 960);
        steady.receive(at, AUDIO_RATE, PacketIndex(u64::from(packet)), timestamp);
        let shaken = at + Duration::from_millis(u64::from(packet % 2) * 10);
        unsteady.receive(shaken, AUDIO_RATE, PacketIndex(u64::from(packet)), timestamp);
    }
    assert_eq!(steady.report(start, Ssrc(1)).unwrap().jitter, 0);
    let jitter = unsteady.report(start, Ssrc(1)).unwrap().jitter;
    assert!((470..=490).contains(&jitter), "10 ms are 480 ticks, not {jitter}");
}

#[test]
fn the_block_names_the_publishers_last_report_and_the_time_since() {
    let start = testing::start();
    let mut reception = Reception::default();
    reception.receive(Duration::ZERO, VIDEO_RATE, PacketIndex(1), RtpTimestamp(0));
    reception.receive_report(start, NtpTime(0x1234_5678_9ABC_DEF0));
    let report = reception.report(after(start, 500), Ssrc(1)).unwrap();
    assert_eq!((report.last_sender_report, report.delay_since_last), (0x5678_9ABC, 32_768));
}
