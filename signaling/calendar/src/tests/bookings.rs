use super::*;

fn local(text: &str) -> LocalTime {
    text.parse().unwrap()
}

pub fn plan(room: RoomId, start: &str) -> Plan {
    Plan {
        room,
        title: text("Giao ban tuần"),
        start: local(start),
        zone: Zone::VIETNAM,
        minutes: 60,
        recurrence: None,
        expected: Vec::new(),
        chair: None,
        opens_before: 15,
    }
}

fn weekly(room: RoomId, start: &str) -> Plan {
    Plan { recurrence: Some("FREQ=WEEKLY;COUNT=4".into()), ..plan(room, start) }
}

/// A unit with two rooms, and its administrator.
fn office() -> (Office, [RoomId; 2], UnitId, Actor) {
    let mut office = Office::default();
    let unit = office.unit("TinhA", None);
    let actor = office.administrator("QuanTri", Some(unit), Clearance::Confidential);
    let rooms = [(); 2].map(|()| office.room(actor, Rules { opening: Opening::Booked, ..rules(Some(unit)) }));
    (office, rooms, unit, actor)
}

impl Office {
    fn book(&mut self, actor: Actor, plan: Plan) -> Result<BookingId, Refusal> {
        let changes = self.run(actor, &Command::Book { plan, knowingly: false })?;
        let Some(Change::Booking(booking)) = changes.first() else { panic!("a booking") };
        Ok(booking.id)
    }

    fn starts(&self, booking: BookingId) -> Vec<String> {
        self.calendar.instances_of(booking).iter().map(|instance| instance.start.to_string()).collect()
    }
}

#[test]
fn a_series_keeps_its_hour_on_the_wall_when_the_clocks_are_put_forward() {
    let (mut office, [room, _], ..) = office();
    let zone = "Europe/Berlin".parse().unwrap();
    let rule = Some("FREQ=WEEKLY;BYDAY=MO;UNTIL=20270406T000000Z".into());
    let plan = Plan { zone, recurrence: rule, ..plan(room, "2027-03-15T08:00") };
    let booking = office.book(Actor::Operator, plan).unwrap();
    assert_eq!(
        office.starts(booking),
        ["2027-03-15T07:00:00Z", "2027-03-22T07:00:00Z", "2027-03-29T06:00:00Z", "2027-04-05T06:00:00Z"]
    );
}

#[test]
fn an_hour_that_the_clocks_leave_out_is_an_hour_later() {
    let berlin = "Europe/Berlin".parse().unwrap();
    assert_eq!(local("2027-03-28T02:30").in_zone(berlin), moment("2027-03-28T01:30:00Z"));
    assert_eq!(local("2027-10-31T02:30").in_zone(berlin), moment("2027-10-31T00:30:00Z"), "the first of two");
}

#[test]
fn one_meeting_is_moved_cancelled_and_put_back_and_the_others_stay() {
    let (mut office, [room, _], _, actor) = office();
    let booking = office.book(actor, weekly(room, "2026-11-30T08:00")).unwrap();
    let all = office.starts(booking);
    let mut except = |original: &str, exception| {
        let original = local(original);
        office.run(actor, &Command::ExceptInstance { booking, original, exception, knowingly: false })
    };
    except("2026-12-07T08:00", Some(Exception::Cancelled)).unwrap();
    let moved = Exception::Moved { start: local("2026-12-15T09:30"), minutes: 30 };
    except("2026-12-14T08:00", Some(moved)).unwrap();
    assert_eq!(except("2026-12-15T09:30", None), Err(Refusal::NoSuchInstance), "its name stays the series'");
    let starts = office.starts(booking);
    assert_eq!(starts, [all[0].as_str(), "2026-12-15T02:30:00Z", all[3].as_str()]);
    for original in ["2026-12-07T08:00", "2026-12-14T08:00"] {
        let original = local(original);
        let back = Command::ExceptInstance { booking, original, exception: None, knowingly: false };
        office.run(actor, &back).unwrap();
    }
    assert_eq!(office.starts(booking), all);
    let revision = office.calendar.revision(Subject::Booking(booking));
    assert_eq!(revision, Some(5));
}

#[test]
fn a_rule_is_of_days_at_least_begins_with_its_start_and_hides_nothing() {
    let (mut office, [room, _], ..) = office();
    for rule in [
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=8,9",
        "FREQ=WEEKLY;BYDAY=TU",
        "FREQ=WEEKLY\nEXDATE:20261130T080000",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "weekly",
        "",
    ] {
        let plan = Plan { recurrence: Some(rule.into()), ..plan(room, "2026-11-30T08:00") };
        assert_eq!(office.book(Actor::Operator, plan), Err(Refusal::BadRecurrence), "{rule}");
    }
    let endless = Plan { recurrence: Some("FREQ=DAILY".into()), ..plan(room, "2026-11-30T08:00") };
    let booking = office.book(Actor::Operator, endless).unwrap();
    assert_eq!(office.calendar.instances_of(booking).len(), usize::from(MAX_INSTANCES));
}

#[test]
fn a_room_and_a_chair_are_booked_once_and_what_is_free_is_offered() {
    let (mut office, [room, other], unit, actor) = office();
    let chair = Some(office.person("ChuTri", Some(unit), Clearance::Normal));
    let standing = office.book(actor, Plan { chair, ..weekly(room, "2026-11-30T08:00") }).unwrap();
    let clash = plan(room, "2026-12-07T08:30");
    assert_eq!(office.book(actor, clash.clone()), Err(Refusal::Conflict));
    let conflicts = office.calendar.conflicts(&clash, &office.calendar.preview(&clash, None));
    let [conflict] = conflicts.as_slice() else { panic!("one conflict") };
    assert_eq!((conflict.standing.booking, conflict.shared), (standing, Shared::Room));
    let offered = office.calendar.alternatives(actor, &clash, None, office.world());
    assert_eq!(offered.starts[0], local("2026-12-07T09:00"));
    assert_eq!(offered.rooms, [other]);

    let elsewhere = Plan { chair, ..plan(other, "2026-12-07T08:59") };
    assert_eq!(office.book(actor, elsewhere.clone()), Err(Refusal::Conflict), "nobody leads two at once");
    office.run(actor, &Command::Book { plan: elsewhere, knowingly: true }).unwrap();
    office.book(actor, plan(room, "2026-12-07T09:00")).unwrap();
    // A booking does not stand in its own way.
    let longer = Plan { minutes: 50, chair: None, ..weekly(room, "2026-11-30T08:00") };
    let change = Command::ChangeBooking { booking: standing, plan: longer, knowingly: false };
    office.run(actor, &change).unwrap();
}

#[test]
fn what_is_over_is_not_booked_and_a_booked_room_is_not_closed() {
    let (mut office, [room, _], _, actor) = office();
    assert_eq!(office.book(actor, plan(room, "2026-11-24T06:00")), Err(Refusal::Past));
    let booking = office.book(actor, plan(room, "2026-11-24T07:30")).unwrap();
    assert_eq!(office.run(actor, &Command::CloseRoom { room }), Err(Refusal::StillBooked));
    office.run(actor, &Command::CancelBooking { booking }).unwrap();
    assert_eq!(office.calendar.instances_of(booking), []);
    office.run(actor, &Command::CloseRoom { room }).unwrap();
}

#[test]
fn a_door_opens_before_and_shuts_after_what_is_booked() {
    let (mut office, [room, _], _, actor) = office();
    let booking = office.book(actor, plan(room, "2026-11-24T15:00")).unwrap();
    for (at, open, until) in [
        ("2026-11-24T07:44:59Z", false, Some("2026-11-24T07:45:00Z")),
        ("2026-11-24T07:45:00Z", true, Some("2026-11-24T08:00:00Z")),
        ("2026-11-24T08:59:00Z", true, Some("2026-11-24T09:00:00Z")),
        ("2026-11-24T10:59:59Z", true, Some("2026-11-24T11:00:00Z")),
        ("2026-11-24T11:00:00Z", false, None),
    ] {
        let doorway = office.calendar.doorway(room, moment(at));
        assert_eq!((doorway.open, doorway.until), (open, until.map(moment)), "{at}");
        assert_eq!(doorway.instance.map(|instance| instance.booking), open.then_some(booking));
    }
}

#[test]
fn an_urgent_briefing_has_a_room_that_is_open_at_once() {
    let (mut office, _, unit, actor) = office();
    let expected = vec![Expected::Subtree { unit }];
    let command = Command::Convene { rules: rules(Some(unit)), expected, minutes: 30 };
    let changes = office.run(actor, &command).unwrap();
    let [Change::Room(room), Change::Booking(_)] = changes.as_slice() else { panic!("a room, a booking") };
    assert!(office.calendar.doorway(room.id, office.world().now).open);
    assert_eq!(room.rules.standing, Standing::OneTime);
}

#[test]
fn nobody_books_or_reads_what_lies_in_another_subtree() {
    let (mut office, [room, _], own, actor) = office();
    let foreign = office.unit("TinhB", None);
    let stranger = office.person("NguoiB", Some(foreign), Clearance::TopSecret);
    let theirs = office.room(Actor::Operator, rules(Some(foreign)));
    assert_eq!(office.book(actor, plan(theirs, "2026-11-30T08:00")), Err(Refusal::NoSuchRoom));
    for (line, refusal) in [
        (Expected::Unit { unit: foreign }, Denial::NoSuchUnit),
        (Expected::Subtree { unit: foreign }, Denial::NoSuchUnit),
        (Expected::Person { person: stranger }, Denial::NoSuchPerson),
    ] {
        let expecting = Plan { expected: vec![line], ..plan(room, "2026-11-30T08:00") };
        assert_eq!(office.book(actor, expecting), Err(refusal.into()));
    }
    let led = Plan { chair: Some(stranger), ..plan(room, "2026-11-30T08:00") };
    assert_eq!(office.book(actor, led), Err(Denial::NoSuchPerson.into()));
    let booking = office.book(Actor::Operator, plan(theirs, "2026-11-30T08:00")).unwrap();
    let own_booking = office.book(actor, plan(room, "2026-11-30T08:00")).unwrap();
    for command in [
        Command::CancelBooking { booking },
        Command::ChangeBooking { booking, plan: plan(room, "2026-12-01T08:00"), knowingly: true },
        Command::ExceptInstance {
            booking,
            original: local("2026-11-30T08:00"),
            exception: Some(Exception::Cancelled),
            knowingly: true,
        },
    ] {
        assert_eq!(office.run(actor, &command), Err(Refusal::NoSuchBooking), "{command:?}");
    }
    let moved = plan(theirs, "2026-12-01T08:00");
    let change = Command::ChangeBooking { booking: own_booking, plan: moved, knowingly: true };
    assert_eq!(office.run(actor, &change), Err(Refusal::NoSuchRoom));
    assert!(office.directory.unit(own).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn meetings_lie_in_order_and_a_stretch_of_time_has_those_that_touch_it(
        offsets in prop::collection::vec((0..400i64, 1..200u16, 0..4usize), 1..12),
        from in 0..500i64,
        length in 1..300i64,
    ) {
        let (mut office, [room, _], ..) = office();
        let base = local("2026-12-01T00:00");
        for (offset, minutes, rule) in &offsets {
            let start = base.plus_minutes(offset * 60);
            let recurrence = [None, Some("FREQ=DAILY;COUNT=5"), Some("FREQ=WEEKLY;COUNT=3"), Some("FREQ=MONTHLY;COUNT=2")][*rule];
            let plan = Plan { start, minutes: *minutes, recurrence: recurrence.map(str::to_owned), ..plan(room, "2026-12-01T00:00") };
            office.run(Actor::Operator, &Command::Book { plan, knowingly: true }).unwrap();
        }
        let from = base.plus_minutes(from * 60).in_zone(Zone::VIETNAM);
        let to = from.plus_minutes(length * 60);
        let found = office.calendar.instances_between(from, to, |_| true);
        prop_assert!(found.windows(2).all(|pair| pair[0].1 <= pair[1].1));
        let mut by_hand: Vec<Instance> = office
            .calendar
            .planned()
            .flat_map(|(booking, _)| booking.instances())
            .filter(|instance| instance.start < to && from < instance.end)
            .collect();
        by_hand.sort_unstable();
        prop_assert_eq!(found.into_iter().map(|(_, instance)| instance).collect::<Vec<_>>(), by_hand);
    }
}
