//! From what was counted to what an operator is told: rates over the last seconds, one word, one cause, the worst first.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use giaoban_media_types::{LinkCounters, MemberCounters};

use crate::wire::{Cause, DeviceTrouble, Grade, LinkQuality, MediaPath, SiteQuality};

/// Rates are those of so long a time: sound is reported on only every five seconds.
pub const WINDOW: Duration = Duration::from_secs(6);

/// Looks kept of one site: one a second.
const MOST_LOOKS: usize = 8;

/// A client's report counts for so long: three of its periods.
pub const REPORT_SERVES: Duration = Duration::from_secs(15);

/// Where a connection becomes weak, and where bad.
struct Limits {
    weak: u16,
    bad: u16,
}

/// Packets lost, of 1000: pictures suffer from 1.5 %, and sound that is sent twice from 5 %.
const LOSS: Limits = Limits { weak: 15, bad: 50 };
/// In ms: conversation suffers from 200 ms there and back (ITU-T G.114 allows 150 ms one way), and stops being one at 400.
const DELAY: Limits = Limits { weak: 200, bad: 400 };
/// In ms: browsers hold sound back for as long.
const JITTER: Limits = Limits { weak: 40, bad: 120 };
/// Between two reports, 5 s.
const FREEZES: Limits = Limits { weak: 1, bad: 3 };

/// What a client says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientReport {
    /// Times that a picture stood still since the report before.
    pub freezes: u16,
    /// Frames a second of the picture with the most.
    pub fps: u16,
    /// Its way.
    pub path: Option<MediaPath>,
    /// Its devices.
    pub trouble: Option<DeviceTrouble>,
}

/// What is known of one site.
#[derive(Debug, Default)]
pub struct Site {
    looks: VecDeque<(Instant, MemberCounters)>,
    report: Option<(Instant, ClientReport)>,
}

impl Site {
    /// Takes what was counted at `now`. Totals that fell are those of another peer connection.
    pub fn look(&mut self, now: Instant, counters: MemberCounters) {
        let fell = |(_, before): &(Instant, MemberCounters)| {
            counters.uplink.expected < before.uplink.expected
                || counters.downlink.expected < before.downlink.expected
        };
        if self.looks.back().is_some_and(fell) {
            self.looks.clear();
        }
        self.looks.push_back((now, counters));
        while self.looks.len() > MOST_LOOKS
            || self.looks.front().is_some_and(|(at, _)| now.saturating_duration_since(*at) > WINDOW)
        {
            self.looks.pop_front();
        }
    }

    /// Takes what the client says.
    pub fn report(&mut self, now: Instant, report: ClientReport) {
        self.report = Some((now, report));
    }

    /// How the site is; `None` before it was looked at twice.
    #[must_use]
    pub fn quality(&self, now: Instant) -> Option<SiteQuality> {
        let (first, before) = self.looks.front()?;
        let (last, after) = self.looks.back()?;
        let time = last.saturating_duration_since(*first);
        if time.is_zero() {
            return None;
        }
        let serves = |(at, _): &(Instant, ClientReport)| now.saturating_duration_since(*at) <= REPORT_SERVES;
        let report = self.report.filter(serves).map(|(_, report)| report);
        let mut site = SiteQuality {
            member: after.member.0,
            grade: Grade::Good,
            cause: Cause::None,
            rtt: after.round_trip.map(milliseconds),
            up: link(&before.uplink, &after.uplink, time),
            down: link(&before.downlink, &after.downlink, time),
            sends: after.sends,
            receives: after.receives,
            freezes: report.map_or(0, |report| report.freezes),
            fps: report.map_or(0, |report| report.fps),
            path: report.and_then(|report| report.path),
            trouble: report.and_then(|report| report.trouble),
        };
        (site.grade, site.cause) = grade(&site, after.is_open);
        Some(site)
    }
}

/// The word for a site, and what it comes from: of several causes the worst, of equal ones the first here.
fn grade(site: &SiteQuality, is_open: bool) -> (Grade, Cause) {
    if !is_open {
        return (Grade::Bad, Cause::NoMedia);
    }
    let against = |value: u16, limits: &Limits| match value {
        value if value >= limits.bad => Grade::Bad,
        value if value >= limits.weak => Grade::Weak,
        _ => Grade::Good,
    };
    let device = if site.trouble.is_some() { Grade::Weak } else { Grade::Good };
    let found = [
        (against(site.up.loss, &LOSS), Cause::LossUp),
        (against(site.down.loss, &LOSS), Cause::LossDown),
        (against(site.rtt.unwrap_or(0), &DELAY), Cause::Delay),
        (against(site.up.jitter.max(site.down.jitter), &JITTER), Cause::Jitter),
        (against(site.freezes, &FREEZES), Cause::Freezes),
        (device, Cause::Device),
    ];
    let mut worst = (Grade::Good, Cause::None);
    for found in found {
        if found.0 > worst.0 {
            worst = found;
        }
    }
    worst
}

/// The worst first; among equals whoever loses more, then whoever is farther, then by seat.
pub fn sort_worst_first(sites: &mut [SiteQuality]) {
    let loss = |site: &SiteQuality| site.up.loss.max(site.down.loss);
    sites.sort_by(|one, other| {
        (other.grade, loss(other), other.rtt, one.member).cmp(&(one.grade, loss(one), one.rtt, other.member))
    });
}

fn link(before: &LinkCounters, after: &LinkCounters, time: Duration) -> LinkQuality {
    let expected = after.expected.saturating_sub(before.expected);
    let lost = after.lost.saturating_sub(before.lost).min(expected);
    let loss = (lost * 1000).checked_div(expected).unwrap_or(0);
    let bits = after.bytes.saturating_sub(before.bytes).saturating_mul(8);
    let rate = u128::from(bits).checked_div(time.as_millis()).unwrap_or(0);
    LinkQuality {
        loss: u16::try_from(loss).unwrap_or(u16::MAX),
        jitter: milliseconds(after.jitter),
        rate: u32::try_from(rate).unwrap_or(u32::MAX),
    }
}

fn milliseconds(duration: Duration) -> u16 {
    u16::try_from(duration.as_millis()).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests;
