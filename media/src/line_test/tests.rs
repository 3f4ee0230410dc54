use super::*;
use crate::rtp::TransportSequence;
use crate::sequence::truncate;

/// A line that is so wide, queues without end, takes so long one way and loses every so many-th packet.
struct Line {
    test: LineTest,
    start: Instant,
    now: Instant,
    width: u64,
    delay: Duration,
    loses: u64,
    /// When the last packet is through the narrow place.
    busy: Instant,
    /// Packets on their way, with their arrival; `None` is lost.
    under_way: VecDeque<(PacketIndex, Option<Instant>, Instant)>,
    bytes: u64,
    sent: Vec<(Duration, u64)>,
    longest_queue: Duration,
    answers: bool,
}

impl Line {
    fn new(width: u64) -> Self {
        let start = crate::testing::start();
        let mut test = LineTest::new(start, PacketIndex(16_000));
        test.connected(start);
        Self {
            test,
            start,
            now: start,
            width,
            delay: Duration::from_millis(20),
            loses: 0,
            busy: start,
            under_way: VecDeque::new(),
            bytes: 0,
            sent: Vec::new(),
            longest_queue: Duration::ZERO,
            answers: true,
        }
    }

    fn run(&mut self) {
        while !self.test.is_over(self.now) && self.now < self.start + DURATION + CLOSING * 2 {
            if let Some(burst) = self.test.handle_timeout(self.now) {
                self.send(burst);
            }
            let elapsed = self.now.duration_since(self.start).as_millis();
            if self.answers && elapsed.is_multiple_of(100) {
                self.report();
            }
            self.now += Duration::from_millis(1);
        }
    }

    fn send(&mut self, burst: Burst) {
        for index in burst.first.0..burst.first.0 + u64::from(burst.count) {
            let bytes = u64::from(OVERHEAD) + u64::from(burst.padding);
            self.bytes += bytes;
            self.sent.push((burst.elapsed, bytes));
            self.busy = self.busy.max(self.now) + Duration::from_micros(bytes * 8_000_000 / self.width);
            self.longest_queue = self.longest_queue.max(self.busy.duration_since(self.now));
            let lost = self.loses > 0 && index % self.loses == 0;
            let arrival = self.busy + self.delay;
            self.under_way.push_back((PacketIndex(index), (!lost).then_some(arrival), arrival));
        }
    }

    fn report(&mut self) {
        let mut statuses = Vec::new();
        while let Some(&(index, arrival, due)) = self.under_way.front()
            && due + self.delay <= self.now
        {
            self.under_way.pop_front();
            // The receiver's clock is another.
            let arrival = arrival.map(|at| {
                ArrivalTime(i64::try_from(at.duration_since(self.start).as_micros()).unwrap() - 77_000_000)
            });
            statuses.push(PacketStatus { sequence: TransportSequence(truncate(index).0), arrival });
        }
        self.test.reported(self.now, statuses.into_iter());
    }

    /// Bits per second sent between two moments.
    fn rate(&self, from: u64, to: u64) -> u64 {
        let within = from * 1000..to * 1000;
        let micros = |at: &Duration| u64::try_from(at.as_micros()).unwrap();
        let bytes: u64 =
            self.sent.iter().filter(|(at, _)| within.contains(&micros(at))).map(|(_, bytes)| bytes).sum();
        bytes * 8000 / (to - from)
    }
}

#[test]
fn a_wide_line_is_sent_little_at_first_and_six_megabits_at_the_end() {
    let mut line = Line::new(100_000_000);
    line.run();
    assert!((390_000..=410_000).contains(&line.rate(0, 1500)), "{}", line.rate(0, 1500));
    assert!((5_700_000..=6_100_000).contains(&line.rate(3000, 4000)), "{}", line.rate(3000, 4000));
    assert!(line.bytes < 1_500_000, "{} bytes", line.bytes);
    assert_eq!(line.now, line.start + DURATION + CLOSING, "it ends by itself");
}

#[test]
fn a_narrow_line_is_found_without_filling_its_queue_for_long() {
    let mut line = Line::new(1_500_000);
    line.run();
    assert!(line.rate(2000, 3000) > 1_500_000, "{}", line.rate(2000, 3000));
    assert!(line.rate(3000, 4000) < 1_500_000, "{}", line.rate(3000, 4000));
    assert!(line.longest_queue < Duration::from_secs(1), "{:?}", line.longest_queue);
    assert!(
        line.busy < line.start + DURATION + Duration::from_millis(100),
        "it has drained when the test ends"
    );
}

#[test]
fn a_line_that_loses_one_in_nine_by_itself_is_not_taken_for_a_full_one() {
    let mut line = Line::new(100_000_000);
    line.loses = 9;
    line.run();
    assert!(line.rate(3000, 4000) > 5_500_000);
}

#[test]
fn a_line_that_loses_a_quarter_is_not_sent_more() {
    let mut line = Line::new(100_000_000);
    line.loses = 4;
    line.run();
    assert!(line.rate(3000, 4000) <= 410_000);
}

#[test]
fn a_long_way_is_no_reason_to_stop() {
    let mut line = Line::new(100_000_000);
    line.delay = Duration::from_millis(300);
    line.run();
    assert!(line.rate(3000, 4000) > 2_000_000, "{}", line.rate(3000, 4000));
}

#[test]
fn who_does_not_answer_is_sent_fifty_kilobytes() {
    let mut line = Line::new(100_000_000);
    line.answers = false;
    line.run();
    assert!(line.bytes <= 50_000, "{} bytes", line.bytes);
    assert!(line.now < line.start + UNANSWERED + CLOSING + Duration::from_millis(20));
}

#[test]
fn a_report_of_what_was_never_sent_ends_the_test() {
    for beside in [-1_i64, 1] {
        let mut line = Line::new(100_000_000);
        let first = line.test.handle_timeout(line.start + TICK).map(|burst| burst.first.0).unwrap();
        let lie = if beside < 0 { first - 1 } else { first + 200 };
        let status = PacketStatus {
            sequence: TransportSequence(truncate(PacketIndex(lie)).0),
            arrival: Some(ArrivalTime(0)),
        };
        line.test.reported(line.start + TICK, [status].into_iter());
        assert!(line.test.is_over(line.start + TICK + CLOSING));
        line.run();
        assert_eq!(line.bytes, 0);
    }
}

#[test]
fn a_handshake_that_does_not_come_ends_it() {
    let start = crate::testing::start();
    let mut test = LineTest::new(start, PacketIndex(0));
    assert_eq!(test.handle_timeout(start + Duration::from_secs(1)), None);
    assert_eq!(test.next_timeout(), start + CONNECT_LIMIT);
    assert!(test.is_over(start + CONNECT_LIMIT));
}
