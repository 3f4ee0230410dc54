use calcard::icalendar::ICalendar;
use calcard::icalendar::dates::TimeOrDelta;

use super::*;

/// What an independent reader makes of a calendar: the starts and ends of its meetings.
fn read(text: &str) -> Vec<(i64, i64)> {
    let calendar = ICalendar::parse(text).unwrap();
    let expanded = calendar.expand_dates(calcard::common::timezone::Tz::UTC, 5000);
    assert!(expanded.errors.is_empty(), "{:?}", expanded.errors);
    let mut found: Vec<(i64, i64)> = expanded
        .events
        .into_iter()
        .map(|event| {
            let start = event.start.timestamp();
            let end = match event.end {
                TimeOrDelta::Time(end) => end.timestamp(),
                TimeOrDelta::Delta(length) => start + length.num_seconds(),
            };
            (start, end)
        })
        .collect();
    found.sort_unstable();
    found
}

fn own(instances: &[Instance]) -> Vec<(i64, i64)> {
    instances.iter().map(|instance| (instance.start.0, instance.end.0)).collect()
}

fn written(office: &Office, booking: BookingId, title: Option<&str>) -> String {
    let event = Event {
        booking: office.calendar.booking(booking).unwrap(),
        instances: office.calendar.instances_of(booking),
        title,
        address: "https://hop.example/r/phong-1",
    };
    write_calendar(&[event], "hop.example", office.world().now)
}

#[test]
fn an_independent_reader_finds_the_same_meetings_in_every_zone() {
    let mut office = Office::default();
    let unit = office.unit("A", None);
    let room = office.room(Actor::Operator, rules(Some(unit)));
    for zone in [
        "Asia/Ho_Chi_Minh",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "UTC",
    ] {
        for rule in [
            None,
            Some("FREQ=WEEKLY;BYDAY=MO,TH;COUNT=60"),
            Some("FREQ=MONTHLY;BYDAY=-1MO;COUNT=20"),
            Some("FREQ=DAILY;INTERVAL=3;UNTIL=20270629T120000Z"),
        ] {
            let plan = Plan {
                zone: zone.parse().unwrap(),
                recurrence: rule.map(str::to_owned),
                ..bookings::plan(room, "2026-11-30T08:00")
            };
            let made = office.run(Actor::Operator, &Command::Book { plan, knowingly: true }).unwrap();
            let Some(Change::Booking(booking)) = made.first() else { panic!("a booking") };
            let id = booking.id;
            let text = written(&office, id, Some("Giao ban"));
            assert_eq!(read(&text), own(office.calendar.instances_of(id)), "{zone} {rule:?}\n{text}");
        }
    }
}

#[test]
fn meetings_that_were_moved_or_cancelled_are_read_so() {
    let mut office = Office::default();
    let unit = office.unit("A", None);
    let room = office.room(Actor::Operator, rules(Some(unit)));
    let weekly = Plan { recurrence: Some("FREQ=WEEKLY".into()), ..bookings::plan(room, "2026-11-30T08:00") };
    office.run(Actor::Operator, &Command::Book { plan: weekly, knowingly: false }).unwrap();
    let booking = BookingId(1);
    for (original, exception) in [
        ("2026-12-07T08:00", Exception::Cancelled),
        ("2026-12-14T08:00", Exception::Moved { start: "2026-12-15T14:30".parse().unwrap(), minutes: 45 }),
    ] {
        let original = original.parse().unwrap();
        let exception = Some(exception);
        let command = Command::ExceptInstance { booking, original, exception, knowingly: false };
        office.run(Actor::Operator, &command).unwrap();
    }
    let text = written(&office, booking, Some("Giao ban"));
    assert_eq!(read(&text), own(office.calendar.instances_of(booking)));
    assert_eq!(text.matches("SEQUENCE:2\r\n").count(), 2);
    assert!(text.contains("RRULE:FREQ=WEEKLY;COUNT=1000\r\n"));
}

#[test]
fn a_vietnamese_title_is_folded_between_its_letters_and_a_secret_one_is_not_written() {
    let mut office = Office::default();
    let unit = office.unit("A", None);
    let room = office.room(Actor::Operator, rules(Some(unit)));
    office
        .run(
            Actor::Operator,
            &Command::Book { plan: bookings::plan(room, "2026-11-30T08:00"), knowingly: false },
        )
        .unwrap();
    let title =
        "Giao ban tuần 47; thành phần: Sở chỉ huy, các đơn vị trực thuộc và điểm cầu tỉnh miền núi phía Bắc";
    let text = written(&office, BookingId(1), Some(title));
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    let calendar = ICalendar::parse(&text).unwrap();
    assert!(format!("{calendar:?}").contains(title), "{calendar:?}");
    let withheld = written(&office, BookingId(1), None);
    assert!(!withheld.contains("Giao ban tu") && withheld.contains("SUMMARY:Họp\r\n"));
}
