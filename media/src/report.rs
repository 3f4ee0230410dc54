//! Sender and receiver reports (RFC 3550 §6.4) on the gateway's clock.

use std::time::{Duration, Instant};

use giaoban_media_types::RtpTimestamp;

use crate::rtcp::{NtpTime, ReportBlock};
use crate::rtp::Ssrc;
use crate::transport::PacketIndex;

/// How often each active slot and each publisher gets a report.
pub const REPORT_INTERVAL: Duration = Duration::from_millis(1000);
/// The gateway's NTP clock starts here: what a report block repeats of it must not be zero, which means "no report yet".
const EPOCH: Duration = Duration::from_secs(1 << 15);
/// A round trip beyond this is a mistake of the reporter.
const LONGEST_ROUND_TRIP: Duration = Duration::from_secs(10);
/// A publisher's clock offset follows a longer delay by this part of the difference per report, a shorter at once:
/// the shortest delay is the least disturbed one, and real clocks drift by some 50 µs a second.
const OFFSET_SMOOTHING: u32 = 16;
/// How far a packet's arrival may lie from its capture by its stream's last report. Beyond it the report says nothing any
/// more: Chromium's microphone clock stands still while nothing is sent, and a publisher may write what he likes.
const LARGEST_DELAY: Duration = Duration::from_millis(500);
/// A packet that comes so much later than its timestamp says, against the one before, did not wait for the network.
const STANDSTILL: Duration = Duration::from_secs(1);
/// A stream whose publisher has sent no report for so long is timed by its packets' arrival. Browsers send the first
/// within 1 s for video and 5 s for audio, and arrivals are off by 20 to 200 ms: a receiver that was told so fits
/// its clocks through 20 reports (libwebrtc's `RtpToNtpEstimator`) and would stay wrong for as long.
const REPORT_PATIENCE: Duration = Duration::from_secs(8);

/// The gateway's clock, by which all slots of all receivers are timed.
#[derive(Debug, Clone, Copy)]
pub struct WallClock {
    start: Instant,
}

impl WallClock {
    /// A clock that starts now.
    #[must_use]
    pub const fn new(start: Instant) -> Self {
        Self { start }
    }

    /// Time since the start.
    #[must_use]
    pub fn elapsed(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.start)
    }

    /// The time for a sender report.
    #[must_use]
    pub fn ntp(&self, now: Instant) -> NtpTime {
        NtpTime::new(EPOCH + self.elapsed(now))
    }

    /// The round trip that a report block tells (RFC 3550 §6.4.1, "delay since last SR").
    #[must_use]
    pub fn round_trip(&self, now: Instant, report: &ReportBlock) -> Option<Duration> {
        if report.last_sender_report == 0 {
            return None;
        }
        let since = self.ntp(now).middle().wrapping_sub(report.last_sender_report);
        let round_trip = since.checked_sub(report.delay_since_last)?;
        let round_trip = Duration::from_secs(1) * (round_trip >> 16)
            + Duration::from_nanos((u64::from(round_trip & 0xFFFF) * 1_000_000_000) >> 16);
        (round_trip <= LONGEST_ROUND_TRIP).then_some(round_trip)
    }
}

/// Maps a publisher's NTP clock to the gateway's. One for all his streams, so that their distance in time
/// is kept exactly whatever the estimate's error.
#[derive(Debug, Clone, Copy, Default)]
pub struct PublisherClock {
    /// A moment on both clocks.
    pair: Option<(Duration, Instant)>,
}

impl PublisherClock {
    /// Takes the NTP time of a sender report and its arrival.
    pub fn observe(&mut self, ntp: NtpTime, arrival: Instant) {
        let ntp = ntp.since_start();
        let expected = self.at(ntp);
        let pair = match expected {
            // The report came later than the clock says: most of it is queueing.
            Some(expected) if arrival > expected => expected + (arrival - expected) / OFFSET_SMOOTHING,
            _ => arrival,
        };
        self.pair = Some((ntp, pair));
    }

    /// The moment of an NTP time; `None` before the first report.
    fn at(&self, ntp: Duration) -> Option<Instant> {
        let (reference, instant) = self.pair?;
        if let Some(after) = ntp.checked_sub(reference) {
            instant.checked_add(after)
        } else {
            instant.checked_sub(reference - ntp)
        }
    }
}

/// Maps a stream's RTP timestamps to the gateway's clock.
#[derive(Debug, Clone, Copy)]
pub struct StreamClock {
    rate: u32,
    /// The first packet since there was a report to go by, and its arrival.
    first: Option<(RtpTimestamp, Instant)>,
    /// The newest packet, and its arrival.
    newest: Option<(RtpTimestamp, Instant)>,
    /// A moment on the stream's clock and on the publisher's.
    report: Option<(RtpTimestamp, NtpTime)>,
}

impl StreamClock {
    /// A clock of `rate` ticks a second.
    #[must_use]
    pub const fn new(rate: u32) -> Self {
        Self { rate, first: None, newest: None, report: None }
    }

    /// Takes a packet.
    pub fn observe_packet(&mut self, timestamp: RtpTimestamp, arrival: Instant) {
        let goes_on = self.first.is_some_and(|first| self.fits(first, (timestamp, arrival)));
        if !goes_on {
            self.first = Some((timestamp, arrival));
        }
        self.newest = Some((timestamp, arrival));
    }

    /// Whether the clock stood still while nothing was sent, as Chromium's does for a microphone.
    #[must_use]
    pub fn stood_still(&self, timestamp: RtpTimestamp, arrival: Instant) -> bool {
        let stood = self.newest.and_then(|newest| self.moment(newest, timestamp));
        stood.is_some_and(|moment| arrival.saturating_duration_since(moment) >= STANDSTILL)
    }

    /// Takes a sender report.
    pub fn observe_report(&mut self, timestamp: RtpTimestamp, ntp: NtpTime) {
        self.report = Some((timestamp, ntp));
    }

    /// The timestamp of the present moment on the stream's own clock: by the last report, or else by arrivals.
    #[must_use]
    pub fn timestamp(&self, now: Instant, publisher: &PublisherClock) -> Option<RtpTimestamp> {
        Some(self.at(self.reported(publisher).or(self.first)?, now))
    }

    /// The same for a sender report; `None` while it is better to say nothing.
    #[must_use]
    pub fn reportable(&self, now: Instant, publisher: &PublisherClock) -> Option<RtpTimestamp> {
        let unreported =
            self.first.filter(|&(_, first)| now.saturating_duration_since(first) >= REPORT_PATIENCE);
        Some(self.at(self.reported(publisher).or(unreported)?, now))
    }

    /// The moment of the last report on the stream's clock and the gateway's, if packets still come by it.
    fn reported(&self, publisher: &PublisherClock) -> Option<(RtpTimestamp, Instant)> {
        let (timestamp, ntp) = self.report?;
        let moment = (timestamp, publisher.at(ntp.since_start())?);
        self.newest.is_none_or(|newest| self.fits(moment, newest)).then_some(moment)
    }

    /// Whether a packet can have been captured when its timestamp says, by a moment on both clocks.
    fn fits(&self, moment: (RtpTimestamp, Instant), (timestamp, arrival): (RtpTimestamp, Instant)) -> bool {
        self.moment(moment, timestamp)
            .is_some_and(|captured| captured.max(arrival) - captured.min(arrival) <= LARGEST_DELAY)
    }

    /// The timestamp of `now`, counted from a moment on both clocks.
    fn at(&self, (timestamp, instant): (RtpTimestamp, Instant), now: Instant) -> RtpTimestamp {
        RtpTimestamp(if let Some(after) = now.checked_duration_since(instant) {
            timestamp.0.wrapping_add(ticks(after, self.rate))
        } else {
            timestamp.0.wrapping_sub(ticks(instant.saturating_duration_since(now), self.rate))
        })
    }

    /// When `timestamp` was, counted from a moment on both clocks.
    fn moment(
        &self,
        (reference, instant): (RtpTimestamp, Instant),
        timestamp: RtpTimestamp,
    ) -> Option<Instant> {
        let difference = timestamp.0.wrapping_sub(reference.0).cast_signed();
        let distance = Duration::from_secs(u64::from(difference.unsigned_abs())) / self.rate;
        if difference < 0 { instant.checked_sub(distance) } else { instant.checked_add(distance) }
    }
}

/// A duration in ticks of a clock, wrapping.
fn ticks(duration: Duration, rate: u32) -> u32 {
    let ticks = duration.as_nanos() * u128::from(rate) / 1_000_000_000;
    (ticks & u128::from(u32::MAX)) as u32
}

/// What was received of one stream (RFC 3550 §6.4.1 and appendix A).
#[derive(Debug, Clone, Default)]
pub struct Reception {
    first: u64,
    highest: u64,
    received: u64,
    expected_before: u64,
    received_before: u64,
    transit: Option<u32>,
    /// In sixteenths of a tick.
    jitter: u32,
    last_report: Option<(u32, Instant)>,
}

impl Reception {
    /// Takes a packet that came by itself; resends do not count.
    pub fn receive(&mut self, elapsed: Duration, rate: u32, index: PacketIndex, timestamp: RtpTimestamp) {
        if self.received == 0 {
            (self.first, self.highest) = (index.0, index.0);
        }
        self.received += 1;
        self.highest = self.highest.max(index.0);
        let transit = ticks(elapsed, rate).wrapping_sub(timestamp.0);
        if let Some(before) = self.transit.replace(transit) {
            // The smaller way around: the difference is signed and wraps.
            let difference = transit.wrapping_sub(before).cast_signed().unsigned_abs();
            let jitter = self.jitter + difference.min(rate);
            self.jitter = jitter - ((self.jitter + 8) >> 4);
        }
    }

    /// Packets that were to come so far, and those that did by themselves.
    #[must_use]
    pub fn totals(&self) -> (u64, u64) {
        let expected = if self.received == 0 { 0 } else { self.highest.saturating_sub(self.first) + 1 };
        (expected, self.received)
    }

    /// Interarrival jitter in ticks (RFC 3550 §6.4.1).
    #[must_use]
    pub const fn jitter(&self) -> u32 {
        self.jitter >> 4
    }

    /// Takes the publisher's sender report.
    pub fn receive_report(&mut self, now: Instant, ntp: NtpTime) {
        self.last_report = Some((ntp.middle(), now));
    }

    /// The block for a report to the publisher; what is lost from here on counts for the next one.
    pub fn report(&mut self, now: Instant, ssrc: Ssrc) -> Option<ReportBlock> {
        if self.received == 0 {
            return None;
        }
        let expected = self.highest.saturating_sub(self.first) + 1;
        let lost = expected.cast_signed() - self.received.cast_signed();
        let expected_since = expected - self.expected_before;
        let received_since = self.received - self.received_before;
        (self.expected_before, self.received_before) = (expected, self.received);
        let (last_sender_report, delay_since_last) = self
            .last_report
            .map_or((0, 0), |(middle, at)| (middle, ticks(now.saturating_duration_since(at), 1 << 16)));
        Some(ReportBlock {
            ssrc,
            fraction_lost: fraction(expected_since.saturating_sub(received_since), expected_since),
            cumulative_lost: i32::try_from(lost).unwrap_or(i32::MAX),
            highest_sequence: (self.highest & 0xFFFF_FFFF) as u32,
            jitter: self.jitter(),
            last_sender_report,
            delay_since_last,
        })
    }
}

/// `part` of `whole` in 256ths, below 1.
fn fraction(part: u64, whole: u64) -> u8 {
    (part * 256).checked_div(whole).map_or(0, |fraction| u8::try_from(fraction).unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests;
