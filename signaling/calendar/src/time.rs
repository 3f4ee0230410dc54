//! Moments, wall-clock times and time zones.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Duration, LocalResult, NaiveDateTime, TimeZone, Timelike, Utc};
use giaoban_directory::Date;
use serde::{Deserialize, Serialize};

/// A moment, in seconds since 1970. Written as RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Moment(pub i64);

/// What a clock on a wall shows, to the minute. Written `YYYY-MM-DDThh:mm`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct LocalTime(NaiveDateTime);

/// A time zone of the IANA database, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Zone(chrono_tz::Tz);

/// A text that is no moment, no time or no zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time is written YYYY-MM-DDThh:mm, a moment as RFC 3339, a zone as in Asia/Ho_Chi_Minh")]
pub struct TimeError;

/// As a wall clock is written.
const LOCAL: &str = "%Y-%m-%dT%H:%M";

/// The years that are ours, as the directory's.
const YEARS: std::ops::Range<i32> = 1900..2200;

impl Moment {
    /// Some minutes later, or earlier.
    #[must_use]
    pub fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0.saturating_add(minutes.saturating_mul(60)))
    }
}

impl LocalTime {
    /// The moment at which clocks of a zone show it. A time that they show twice is the first; one that they leave out
    /// is as much later as they are put forward.
    #[must_use]
    pub fn in_zone(self, zone: Zone) -> Moment {
        let first = |time: NaiveDateTime| match zone.0.from_local_datetime(&time) {
            LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => Some(moment.timestamp()),
            LocalResult::None => None,
        };
        let skipped = || first(self.0 + Duration::hours(1));
        Moment(first(self.0).or_else(skipped).unwrap_or_else(|| self.0.and_utc().timestamp()))
    }

    /// What the clocks of a zone show at a moment, without the seconds.
    #[must_use]
    pub fn at(moment: Moment, zone: Zone) -> Option<Self> {
        let time = DateTime::<Utc>::from_timestamp(moment.0, 0)?.with_timezone(&zone.0).naive_local();
        time.with_second(0).map(Self)
    }

    /// Some minutes later.
    #[must_use]
    pub fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0.checked_add_signed(Duration::minutes(minutes)).unwrap_or(self.0))
    }

    /// Its day.
    #[must_use]
    pub fn day(self) -> Option<Date> {
        self.0.date().to_string().parse().ok()
    }

    pub(crate) fn of(time: NaiveDateTime) -> Self {
        Self(time)
    }

    pub(crate) fn naive(self) -> NaiveDateTime {
        self.0
    }
}

impl Zone {
    /// Vietnam's.
    pub const VIETNAM: Self = Self(chrono_tz::Asia::Ho_Chi_Minh);

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    pub(crate) fn tz(self) -> chrono_tz::Tz {
        self.0
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = DateTime::<Utc>::from_timestamp(self.0, 0).unwrap_or_default();
        write!(f, "{}", moment.format("%Y-%m-%dT%H:%M:%SZ"))
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format(LOCAL))
    }
}

impl FromStr for Moment {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let moment = DateTime::parse_from_rfc3339(text).map_err(|_| TimeError)?;
        if YEARS.contains(&moment.year()) { Ok(Self(moment.timestamp())) } else { Err(TimeError) }
    }
}

impl FromStr for LocalTime {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        if text.len() != 16 {
            return Err(TimeError);
        }
        let time = NaiveDateTime::parse_from_str(text, LOCAL).map_err(|_| TimeError)?;
        if YEARS.contains(&time.year()) { Ok(Self(time)) } else { Err(TimeError) }
    }
}

impl FromStr for Zone {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        text.parse().map(Self).map_err(|_| TimeError)
    }
}

macro_rules! spoken {
    ($($name:ident),+) => {$(
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = TimeError;

            fn try_from(text: String) -> Result<Self, TimeError> {
                text.parse()
            }
        }
    )+};
}
spoken!(Moment, LocalTime, Zone);

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
