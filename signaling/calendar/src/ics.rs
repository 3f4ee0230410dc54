//! Bookings as iCalendar (RFC 5545), for the calendars of others. The text is written here line by line: what has to be
//! in it is little, and every line of it is read again by an independent library in the tests.

use std::fmt::Write as _;

use chrono::{DateTime, Offset, TimeZone, Utc};

use crate::booking::{Booking, Exception, Instance};
use crate::recurrence::MAX_INSTANCES;
use crate::time::{LocalTime, Moment, Zone};

/// Octets of a line before it is folded (RFC 5545 §3.1).
const LINE: usize = 75;

/// Before the first meeting, in minutes, from when on a zone's changes are written out; and after the last.
const MARGIN: i64 = 400 * 24 * 60;

/// An event to be written.
pub struct Event<'a> {
    /// The booking.
    pub booking: &'a Booking,
    /// Its meetings.
    pub instances: &'a [Instance],
    /// The title; none where the classification keeps it.
    pub title: Option<&'a str>,
    /// Where it is entered (RFC 7986 §5.11).
    pub address: &'a str,
}

/// A whole calendar. `host` makes its names unique; `now` is when it is written.
#[must_use]
pub fn write_calendar(events: &[Event<'_>], host: &str, now: Moment) -> String {
    let mut text = Text::default();
    text.line("BEGIN:VCALENDAR");
    text.line("VERSION:2.0");
    text.line("PRODID:-//Giaoban//Giaoban//VI");
    text.line("CALSCALE:GREGORIAN");
    text.line("METHOD:PUBLISH");
    let mut zones: Vec<Zone> = Vec::new();
    for event in events {
        if !zones.contains(&event.booking.plan.zone) {
            zones.push(event.booking.plan.zone);
        }
    }
    for zone in zones {
        let own = events.iter().filter(|event| event.booking.plan.zone == zone);
        let all = || own.clone().flat_map(|event| event.instances);
        let first = all().map(|instance| instance.start).min().unwrap_or(now);
        let last = all().map(|instance| instance.end).max().unwrap_or(now);
        write_zone(&mut text, zone, first.plus_minutes(-MARGIN), last.plus_minutes(MARGIN));
    }
    for event in events {
        write_event(&mut text, event, host, now);
    }
    text.line("END:VCALENDAR");
    text.0
}

fn write_event(text: &mut Text, event: &Event<'_>, host: &str, now: Moment) {
    let booking = event.booking;
    let (plan, zone) = (&booking.plan, booking.plan.zone);
    begin(text, event, host, now);
    times(text, plan.start, plan.minutes, zone);
    if let Some(rule) = &plan.recurrence {
        // A series without an end ends for us with the meetings that are kept.
        let endless = !rule.contains("COUNT=") && !rule.contains("UNTIL=");
        let end = if endless { format!(";COUNT={MAX_INSTANCES}") } else { String::new() };
        text.line(&format!("RRULE:{rule}{end}"));
    }
    let cancelled = booking.exceptions.iter().filter(|(_, exception)| **exception == Exception::Cancelled);
    for (original, _) in cancelled {
        text.line(&format!("EXDATE;TZID={}:{}", zone.name(), clock(*original)));
    }
    text.line("END:VEVENT");
    for (original, exception) in &booking.exceptions {
        if let Exception::Moved { start, minutes } = exception {
            begin(text, event, host, now);
            text.line(&format!("RECURRENCE-ID;TZID={}:{}", zone.name(), clock(*original)));
            times(text, *start, *minutes, zone);
            text.line("END:VEVENT");
        }
    }
}

fn begin(text: &mut Text, event: &Event<'_>, host: &str, now: Moment) {
    let booking = event.booking;
    text.line("BEGIN:VEVENT");
    text.line(&format!("UID:booking-{}@{host}", booking.id.0));
    text.line(&format!("DTSTAMP:{}", utc(now)));
    text.line(&format!("SEQUENCE:{}", booking.revision.saturating_sub(1)));
    text.line(&format!("SUMMARY:{}", escaped(event.title.unwrap_or("Họp"))));
    text.line(&format!("CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:{}", event.address));
    text.line(&format!("URL:{}", event.address));
    text.line(if booking.cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
}

fn times(text: &mut Text, start: LocalTime, minutes: u16, zone: Zone) {
    text.line(&format!("DTSTART;TZID={}:{}", zone.name(), clock(start)));
    text.line(&format!("DURATION:PT{minutes}M"));
}

/// A zone with each of its changes in a stretch of time (RFC 5545 §3.6.5).
fn write_zone(text: &mut Text, zone: Zone, from: Moment, to: Moment) {
    const HOUR: i64 = 3600;
    let offset = |at: i64| {
        let at = DateTime::<Utc>::from_timestamp(at, 0).unwrap_or_default();
        i64::from(zone.tz().offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc())
    };
    text.line("BEGIN:VTIMEZONE");
    text.line(&format!("TZID:{}", zone.name()));
    let first = from.0 - from.0.rem_euclid(HOUR);
    observance(text, first, offset(first), offset(first));
    // Clocks are put forward and back at full hours, halves and quarters.
    let (mut at, mut before) = (first, offset(first));
    while at < to.0 {
        at += HOUR / 4;
        let after = offset(at);
        if after != before {
            observance(text, at, before, after);
            before = after;
        }
    }
    text.line("END:VTIMEZONE");
}

fn observance(text: &mut Text, at: i64, before: i64, after: i64) {
    let kind = if after > before { "DAYLIGHT" } else { "STANDARD" };
    let shown = DateTime::<Utc>::from_timestamp(at + before, 0).unwrap_or_default();
    text.line(&format!("BEGIN:{kind}"));
    text.line(&format!("DTSTART:{}", shown.format("%Y%m%dT%H%M%S")));
    text.line(&format!("TZOFFSETFROM:{}", signed(before)));
    text.line(&format!("TZOFFSETTO:{}", signed(after)));
    text.line(&format!("END:{kind}"));
}

fn signed(offset: i64) -> String {
    let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs() / 60);
    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
}

fn clock(time: LocalTime) -> String {
    time.naive().format("%Y%m%dT%H%M%S").to_string()
}

fn utc(moment: Moment) -> String {
    DateTime::<Utc>::from_timestamp(moment.0, 0).unwrap_or_default().format("%Y%m%dT%H%M%SZ").to_string()
}

/// A text value (RFC 5545 §3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | ';' | ',') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Lines as they go out.
#[derive(Default)]
struct Text(String);

impl Text {
    /// Writes a line, folded between characters where it is too long.
    fn line(&mut self, line: &str) {
        let mut room = LINE;
        for c in line.chars() {
            if c.len_utf8() > room {
                self.0.push_str("\r\n ");
                room = LINE - 1;
            }
            self.0.push(c);
            room -= c.len_utf8();
        }
        // Writing to a string does not fail.
        let _ = self.0.write_str("\r\n");
    }
}
