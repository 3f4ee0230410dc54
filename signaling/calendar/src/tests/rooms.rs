use super::*;

/// A ministry with two provinces, and an administrator of the first.
struct Provinces {
    office: Office,
    top: UnitId,
    own: UnitId,
    foreign: UnitId,
    actor: Actor,
}

fn provinces() -> Provinces {
    let mut office = Office::default();
    let top = office.unit("Bo", None);
    let own = office.unit("TinhA", Some(top));
    let foreign = office.unit("TinhB", Some(top));
    let actor = office.administrator("QuanTriA", Some(own), Clearance::Confidential);
    Provinces { office, top, own, foreign, actor }
}

#[test]
fn an_administrator_makes_rooms_in_his_subtree_and_nowhere_else() {
    let Provinces { mut office, top, own, foreign, actor } = provinces();
    let room = office.room(actor, rules(Some(own)));
    for unit in [top, foreign] {
        let refused = office.run(actor, &Command::CreateRoom { rules: rules(Some(unit)) });
        assert_eq!(refused, Err(Denial::NoSuchUnit.into()));
        let moved = office.run(actor, &Command::UpdateRoom { room, rules: rules(Some(unit)) });
        assert_eq!(moved, Err(Denial::NoSuchUnit.into()), "nor moves one there");
    }
    let whole = office.run(actor, &Command::CreateRoom { rules: rules(None) });
    assert_eq!(whole, Err(Denial::NotAllowed.into()));
    let foreigner = office.room(Actor::Operator, rules(Some(foreign)));
    assert_eq!(office.run(actor, &Command::CloseRoom { room: foreigner }), Err(Refusal::NoSuchRoom));
    let seen: Vec<RoomId> =
        office.calendar.visible_rooms(actor, office.world()).map(|room| room.id).collect();
    assert_eq!(seen, [room]);
}

#[test]
fn who_leads_or_may_join_is_named_only_from_what_one_sees() {
    let Provinces { mut office, own, foreign, actor, .. } = provinces();
    let stranger = office.person("NguoiB", Some(foreign), Clearance::TopSecret);
    let led = Rules { chair: Some(stranger), ..rules(Some(own)) };
    let create = Command::CreateRoom { rules: led.clone() };
    assert_eq!(office.run(actor, &create), Err(Denial::NoSuchPerson.into()));
    let joiners = vec![Joiners { unit: foreign, below: false, duty: None, clearance: None }];
    let open = Command::CreateRoom { rules: Rules { joiners, ..rules(Some(own)) } };
    assert_eq!(office.run(actor, &open), Err(Denial::NoSuchUnit.into()));
    // Whom somebody above named may stay.
    let room = office.room(Actor::Operator, led.clone());
    let renamed = Rules { title: text("Họp"), ..led };
    office.run(actor, &Command::UpdateRoom { room, rules: renamed }).unwrap();
}

#[test]
fn nobody_makes_changes_or_closes_a_room_above_his_clearance() {
    let Provinces { mut office, own, actor, .. } = provinces();
    let secret = Rules { classification: Classification::Secret, lobby: Lobby::Expected, ..rules(Some(own)) };
    let create = Command::CreateRoom { rules: secret.clone() };
    assert_eq!(office.run(actor, &create), Err(Refusal::AboveClearance));
    let room = office.room(Actor::Operator, secret);
    assert_eq!(office.run(actor, &Command::CloseRoom { room }), Err(Refusal::AboveClearance));
    let lowered = Command::UpdateRoom { room, rules: rules(Some(own)) };
    assert_eq!(office.run(actor, &lowered), Err(Refusal::AboveClearance));
}

#[test]
fn a_classification_sets_the_laxest_lobby() {
    let Provinces { mut office, own, .. } = provinces();
    for (classification, lobby, refused) in [
        (Classification::Normal, Lobby::Open, false),
        (Classification::Confidential, Lobby::Open, true),
        (Classification::Secret, Lobby::Expected, false),
        (Classification::TopSecret, Lobby::Expected, true),
        (Classification::TopSecret, Lobby::Chair, false),
    ] {
        let rules = Rules { classification, lobby, ..rules(Some(own)) };
        let made = office.run(Actor::Operator, &Command::CreateRoom { rules });
        assert_eq!(made == Err(Refusal::LobbyTooLax), refused, "{classification:?} {lobby:?}");
    }
}

#[test]
fn chair_and_deputies_are_different_people_who_are_cleared() {
    let Provinces { mut office, own, .. } = provinces();
    let person = office.person("ChuTri", Some(own), Clearance::Normal);
    let twice = Rules { chair: Some(person), deputies: vec![person], ..rules(Some(own)) };
    let create = Command::CreateRoom { rules: twice };
    assert_eq!(office.run(Actor::Operator, &create), Err(Refusal::BadLeaders));
    let uncleared = Rules {
        chair: Some(person),
        classification: Classification::Confidential,
        lobby: Lobby::Chair,
        ..rules(Some(own))
    };
    let create = Command::CreateRoom { rules: uncleared };
    assert_eq!(office.run(Actor::Operator, &create), Err(Refusal::LeaderNotCleared));
}

#[test]
fn a_room_admits_by_unit_duty_and_clearance() {
    let Provinces { mut office, top, own, foreign, .. } = provinces();
    let [inside, outside, above] = [("A", own), ("B", foreign), ("C", top)]
        .map(|(name, unit)| office.person(name, Some(unit), Clearance::Confidential));
    let admits = |rules: &Rules, person| rules.admits(office.see(person), &office.directory, today());
    let usual = rules(Some(own));
    assert!(admits(&usual, inside) && !admits(&usual, outside) && !admits(&usual, above));
    let led = Rules { chair: Some(outside), ..rules(Some(own)) };
    assert!(admits(&led, outside), "who leads needs no line");
    let line = |unit, below| Joiners { unit, below, duty: None, clearance: None };
    let all = Rules { joiners: vec![line(top, true)], ..rules(Some(own)) };
    assert!(admits(&all, inside) && admits(&all, outside) && admits(&all, above));
    let only = Rules { joiners: vec![line(top, false)], ..rules(Some(own)) };
    assert!(!admits(&only, inside) && admits(&only, above));
    let duty = Joiners { duty: Some(text("Trưởng phòng")), ..line(top, true) };
    assert!(!admits(&Rules { joiners: vec![duty], ..rules(Some(own)) }, inside));
    let cleared = Joiners { clearance: Some(Clearance::Secret), ..line(top, true) };
    assert!(!admits(&Rules { joiners: vec![cleared], ..rules(Some(own)) }, inside));
    let secret = Rules { classification: Clearance::Secret, chair: Some(inside), ..rules(Some(own)) };
    assert!(!admits(&secret, inside), "not even its chair, if he is not cleared");
}

#[test]
fn what_is_closed_or_retired_stays_so() {
    let Provinces { mut office, own, actor, .. } = provinces();
    let room = office.room(actor, rules(Some(own)));
    office.run(actor, &Command::CloseRoom { room }).unwrap();
    assert_eq!(office.run(actor, &Command::CloseRoom { room }), Err(Refusal::Closed));
    let reopen = Command::UpdateRoom { room, rules: rules(Some(own)) };
    assert_eq!(office.run(actor, &reopen), Err(Refusal::Closed));
    let create = Command::CreateTemplate { name: text("Tuần"), rules: rules(Some(own)) };
    office.run(actor, &create).unwrap();
    let template = TemplateId(1);
    office.run(actor, &Command::RetireTemplate { template }).unwrap();
    assert_eq!(office.run(actor, &Command::RetireTemplate { template }), Err(Refusal::Closed));
}

/// Numbers that become commands: small, so that they meet.
#[derive(Debug, Clone)]
struct Step {
    actor: usize,
    kind: u8,
    subject: usize,
    units: [usize; 2],
    person: usize,
    label: usize,
}

fn step() -> impl Strategy<Value = Step> {
    (0..4usize, 0..9u8, 0..8usize, [0..12usize, 0..12], 0..8usize, 0..3usize).prop_map(
        |(actor, kind, subject, units, person, label)| Step { actor, kind, subject, units, person, label },
    )
}

const LABELS: [Clearance; 3] = [Clearance::Normal, Clearance::Confidential, Clearance::Secret];

impl Step {
    fn command(&self, units: &[UnitId], people: &[PersonId]) -> Command {
        let [unit, other] = self.units.map(|index| units[index % units.len()]);
        let joiners = vec![Joiners { unit: other, below: true, duty: None, clearance: None }];
        let rules = Rules {
            classification: LABELS[self.label],
            lobby: Lobby::Chair,
            joiners: if self.person > 3 { joiners } else { Vec::new() },
            chair: people.get(self.person).copied(),
            ..rules((self.units[0] > 0).then_some(unit))
        };
        let number = u32::try_from(self.subject).unwrap() + 1;
        let (room, template, name) = (RoomId(number), TemplateId(number), text("Mẫu"));
        match self.kind {
            0 => Command::CreateRoom { rules },
            1 => Command::UpdateRoom { room, rules },
            2 => Command::CloseRoom { room },
            3 => Command::CreateTemplate { name, rules },
            4 => Command::UpdateTemplate { template, name, rules },
            5 => Command::RetireTemplate { template },
            kind => {
                let start = format!("2026-12-{:02}T08:00", self.units[1] + 1);
                let expected = vec![Expected::Subtree { unit: other }];
                let chair = people.get(self.person).copied();
                let room = RoomId(u32::try_from(self.units[0] % 3).unwrap() + 1);
                let plan = Plan { expected, chair, ..bookings::plan(room, &start) };
                let booking = BookingId(number);
                match kind {
                    6 => Command::Book { plan, knowingly: true },
                    7 => Command::ChangeBooking { booking, plan, knowingly: true },
                    _ => Command::CancelBooking { booking },
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn nothing_outside_the_subtree_changes_or_is_readable(
        parents in prop::collection::vec(0..12usize, 3..12),
        heads in [0..12usize, 0..12, 0..12],
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut office = Office::default();
        let mut units = vec![office.unit("T", None)];
        for (number, parent) in parents.iter().enumerate() {
            let parent = units[parent % units.len()];
            units.push(office.unit(&format!("U{number}"), Some(parent)));
        }
        let (mut actors, mut people) = (Vec::new(), Vec::new());
        for (number, head) in heads.iter().enumerate() {
            let unit = units[head % units.len()];
            actors.push((office.administrator(&format!("Q{number}"), Some(unit), LABELS[number]), unit));
            people.push(office.person(&format!("P{number}"), Some(unit), Clearance::TopSecret));
        }
        for step in &steps {
            let command = step.command(&units, &people);
            let Some((actor, head)) = actors.get(step.actor).copied() else {
                let _ = office.run(Actor::Operator, &command);
                continue;
            };
            let below: BTreeSet<UnitId> =
                units.iter().copied().filter(|unit| office.directory.is_within(*unit, head, today())).collect();
            let Actor::Person(own) = actor else { unreachable!() };
            let clearance = office.see(own).details.clearance;
            let foreign = |rules: &Rules| rules.unit.is_none_or(|unit| !below.contains(&unit));
            let closed = |rules: &Rules| foreign(rules) || rules.classification > clearance;
            prop_assert!(office.calendar.visible_rooms(actor, office.world()).all(|room| !foreign(&room.rules)));
            let shown = |template: &Template| !closed(&template.rules);
            prop_assert!(office.calendar.visible_templates(actor, office.world()).all(shown));
            let rooms: Vec<Room> = office.calendar.rooms().filter(|room| closed(&room.rules)).cloned().collect();
            let templates: Vec<Template> =
                office.calendar.templates().filter(|one| closed(&one.rules)).cloned().collect();
            let room_of = |office: &Office, plan: &Plan| office.calendar.room(plan.room).unwrap().rules.clone();
            let bookings: Vec<Booking> = office
                .calendar
                .planned()
                .map(|(booking, _)| booking.clone())
                .filter(|booking| closed(&room_of(&office, &booking.plan)))
                .collect();
            let known: Vec<Expected> =
                office.calendar.planned().flat_map(|(booking, _)| booking.plan.expected.clone()).collect();
            let Ok(changes) = office.run(actor, &command) else { continue };
            for booking in &bookings {
                prop_assert_eq!(office.calendar.booking(booking.id), Some(booking), "{:?}", &command);
            }
            for room in &rooms {
                prop_assert_eq!(office.calendar.room(room.id), Some(room), "{:?}", &command);
            }
            for template in &templates {
                prop_assert_eq!(office.calendar.template(template.id), Some(template), "{:?}", &command);
            }
            for change in changes {
                let rules = match change {
                    Change::Room(Room { rules, .. }) | Change::Template(Template { rules, .. }) => rules,
                    Change::Booking(Booking { plan, .. }) => {
                        let seen = |line: &Expected| match line {
                            Expected::Unit { unit } | Expected::Subtree { unit } => below.contains(unit),
                            Expected::Person { .. } => false,
                        };
                        prop_assert!(plan.expected.iter().all(|line| seen(line) || known.contains(line)));
                        room_of(&office, &plan)
                    }
                };
                prop_assert!(!closed(&rules), "{:?}", &command);
            }
        }
    }
}
