//! A time as an operator writes and reads it.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A time to the millisecond. Without an offset it is by this machine's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(Timestamp);

/// Not a time.
#[derive(Debug, thiserror::Error)]
#[error("a time is written 2026-11-24T17:00, by this machine's zone, or 2026-11-24T17:00+07:00")]
pub struct NoMoment;

impl Moment {
    /// Milliseconds since 1970; none before that.
    #[must_use]
    pub fn milliseconds(self) -> Option<u64> {
        u64::try_from(self.0.as_millisecond()).ok()
    }

    /// The moment of so many milliseconds since 1970, if a calendar reaches so far.
    #[must_use]
    pub fn of(milliseconds: u64) -> Option<Self> {
        Timestamp::from_millisecond(i64::try_from(milliseconds).ok()?).ok().map(Self)
    }
}

impl FromStr for Moment {
    type Err = NoMoment;

    fn from_str(text: &str) -> Result<Self, NoMoment> {
        let local = |text: &str| text.parse::<DateTime>()?.to_zoned_datetime(TimeZone::system());
        let at = text.parse::<Timestamp>().or_else(|_| local(text).map(|zoned| zoned.timestamp()));
        at.map(Self).map_err(|_| NoMoment)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zoned = self.0.to_zoned_datetime(TimeZone::system());
        write!(formatter, "{}", zoned.strftime("%Y-%m-%dT%H:%M%:z"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_with_its_offset_or_by_this_machines_zone_and_reads_the_same_when_printed() {
        let with_offset: Moment = "2026-11-24T17:00+07:00".parse().unwrap();
        assert_eq!(with_offset.milliseconds(), Some(1_795_514_400_000));
        for text in ["2026-11-24T17:00", "2026-11-24 17:00"] {
            let local: Moment = text.parse().unwrap();
            assert_eq!(local.to_string().get(..16), Some("2026-11-24T17:00"));
            assert_eq!(local.to_string().parse::<Moment>().unwrap(), local);
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "17:00", "tomorrow", "2026-13-01T00:00", "2026-11-24T25:00"] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}
