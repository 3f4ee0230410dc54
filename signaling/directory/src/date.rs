//! Calendar days.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A day of the Gregorian calendar, from 1900 to 2199. Written `YYYY-MM-DD` (RFC 3339 `full-date`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Date {
    /// Days since 1970-01-01.
    days: i32,
}

/// A text that names no day between 1900 and 2199.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a day is written YYYY-MM-DD, from 1900 to 2199")]
pub struct DateError;

/// The years that are days of ours.
const YEARS: std::ops::Range<i32> = 1900..2200;

/// Seconds of a day.
const DAY: i64 = 86_400;

impl Date {
    /// The day with this year, month and day of the month.
    ///
    /// # Errors
    /// If the calendar has no such day, or it is out of our years.
    pub fn new(year: i32, month: i32, day: i32) -> Result<Self, DateError> {
        if !YEARS.contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return Err(DateError);
        }
        // Counted in years that begin on 1 March, so that the leap day is the last of its year.
        let (year_of_march, month_of_march) =
            if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let leap_days = year_of_march / 4 - year_of_march / 100 + year_of_march / 400;
        let day_of_year = (153 * month_of_march + 2) / 5 + day - 1;
        let date = Self { days: year_of_march * 365 + leap_days + day_of_year - DAYS_TO_EPOCH };
        if date.parts() == (year, month, day) { Ok(date) } else { Err(DateError) }
    }

    /// The day that is `seconds` after the beginning of 1970, where clocks are `offset` seconds ahead of UTC.
    #[must_use]
    pub fn of_seconds(seconds: i64, offset: i64) -> Self {
        let days = (seconds + offset).div_euclid(DAY);
        Self { days: i32::try_from(days).unwrap_or(0).clamp(FIRST, LAST) }
    }

    /// Year, month, day of the month.
    #[must_use]
    pub fn parts(self) -> (i32, i32, i32) {
        let days = self.days + DAYS_TO_EPOCH;
        let era = days.div_euclid(DAYS_OF_400_YEARS);
        let day_of_era = days.rem_euclid(DAYS_OF_400_YEARS);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524
            - day_of_era / (DAYS_OF_400_YEARS - 1))
            / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_of_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_of_march + 2) / 5 + 1;
        let month = if month_of_march < 10 { month_of_march + 3 } else { month_of_march - 9 };
        (year_of_era + 400 * era + i32::from(month <= 2), month, day)
    }

    /// The day before.
    #[must_use]
    pub fn before(self) -> Self {
        Self { days: self.days - 1 }
    }
}

/// From 0000-03-01 to 1970-01-01.
const DAYS_TO_EPOCH: i32 = 719_468;
const DAYS_OF_400_YEARS: i32 = 146_097;
/// 1900-01-01 and 2199-12-31.
const FIRST: i32 = -25_567;
const LAST: i32 = 84_005;

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let mut parts = text.splitn(3, '-');
        let mut part = |length| match parts.next() {
            Some(part) if part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit()) => {
                part.parse().map_err(|_| DateError)
            }
            _ => Err(DateError),
        };
        Self::new(part(4)?, part(2)?, part(2)?)
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl TryFrom<String> for Date {
    type Error = DateError;

    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_our_years_follows_the_one_before_it() {
        let mut day: Date = "1900-01-01".parse().unwrap();
        assert_eq!(day.days, FIRST);
        while day.days < LAST {
            let next = Date { days: day.days + 1 };
            assert_eq!(next.to_string().parse(), Ok(next));
            assert!(next.parts() > day.parts() && next.before() == day);
            day = next;
        }
        assert_eq!(day.to_string(), "2199-12-31");
    }

    #[test]
    fn what_the_calendar_does_not_have_is_no_day() {
        for text in [
            "2026-02-29",
            "2100-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-04-31",
            "1899-12-31",
            "26-1-1",
            "2026-1-01",
            "",
            "2026-01-01-",
        ] {
            assert_eq!(text.parse::<Date>(), Err(DateError), "{text}");
        }
        assert!("2028-02-29".parse::<Date>().is_ok());
    }

    #[test]
    fn a_day_begins_at_its_own_midnight() {
        let seven_hours = 7 * 3600;
        assert_eq!(Date::of_seconds(0, 0).to_string(), "1970-01-01");
        assert_eq!(Date::of_seconds(1_795_539_599, seven_hours).to_string(), "2026-11-24");
        assert_eq!(Date::of_seconds(1_795_539_600, seven_hours).to_string(), "2026-11-25");
    }
}
