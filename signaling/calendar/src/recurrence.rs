//! From a plan to its instances, by the `rrule` library.

use chrono::TimeZone;
use rrule::{Frequency, RRule, RRuleSet, Unvalidated};

use crate::booking::{Booking, Exception, Instance, Plan};
use crate::refusal::Refusal;
use crate::time::LocalTime;

/// Meetings of one series at most: a week's briefing for 19 years. They are all kept in memory.
pub const MAX_INSTANCES: u16 = 1000;

/// Longest rule, in characters.
const MAX_RULE: usize = 200;

/// The starts of a plan by its zone's clocks, in the order of time.
///
/// # Errors
/// If its rule is none of ours: days, weeks, months or years; and the start is its first.
pub(crate) fn starts(plan: &Plan) -> Result<Vec<LocalTime>, Refusal> {
    let Some(rule) = &plan.recurrence else { return Ok(vec![plan.start]) };
    // Upper-case and digits alone: nothing that could begin another property.
    let inner = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || "=;,+-".contains(c);
    if rule.len() > MAX_RULE || !rule.chars().all(inner) {
        return Err(Refusal::BadRecurrence);
    }
    let rule: RRule<Unvalidated> = rule.parse().map_err(|_| Refusal::BadRecurrence)?;
    let by_days = matches!(
        rule.get_freq(),
        Frequency::Daily | Frequency::Weekly | Frequency::Monthly | Frequency::Yearly
    );
    let by_clock = !rule.get_by_hour().is_empty()
        || !rule.get_by_minute().is_empty()
        || !rule.get_by_second().is_empty();
    if !by_days || by_clock {
        return Err(Refusal::BadRecurrence);
    }
    // The rule is worked out on wall clocks: in UTC none is put forward or back.
    let first = rrule::Tz::UTC.from_utc_datetime(&plan.start.naive());
    let rule = until_by_clock(rule, plan).validate(first).map_err(|_| Refusal::BadRecurrence)?;
    let found = RRuleSet::new(first).rrule(rule).all(MAX_INSTANCES);
    let starts: Vec<LocalTime> = found.dates.iter().map(|date| LocalTime::of(date.naive_utc())).collect();
    if starts.first() == Some(&plan.start) { Ok(starts) } else { Err(Refusal::BadRecurrence) }
}

/// UNTIL names a moment; what is worked out on wall clocks ends at what they show then.
fn until_by_clock(rule: RRule<Unvalidated>, plan: &Plan) -> RRule<Unvalidated> {
    match rule.get_until().copied() {
        Some(until) => {
            let shown = until.with_timezone(&plan.zone.tz()).naive_local();
            rule.until(rrule::Tz::UTC.from_utc_datetime(&shown))
        }
        None => rule,
    }
}

impl Booking {
    /// Its meetings, by their starts; none if it is cancelled.
    #[must_use]
    pub fn instances(&self) -> Vec<Instance> {
        if self.cancelled {
            return Vec::new();
        }
        // A plan is checked before it is kept.
        let starts = starts(&self.plan).unwrap_or_default();
        let mut instances: Vec<Instance> =
            starts.into_iter().filter_map(|original| self.instance(original)).collect();
        instances.sort_unstable();
        instances
    }

    fn instance(&self, original: LocalTime) -> Option<Instance> {
        let (start, minutes, moved) = match self.exceptions.get(&original) {
            None => (original, self.plan.minutes, false),
            Some(Exception::Moved { start, minutes }) => (*start, *minutes, true),
            Some(Exception::Cancelled) => return None,
        };
        let start = start.in_zone(self.plan.zone);
        let end = start.plus_minutes(i64::from(minutes));
        Some(Instance { start, end, booking: self.id, original, moved })
    }
}
