use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// A ministry, a province in it with a district, and another province.
fn two_provinces() -> (Organisation, [UnitId; 4]) {
    let mut organisation = Organisation::default();
    let top = organisation.unit("Bo", None);
    let province = organisation.unit("TinhA", Some(top));
    let district = organisation.unit("Huyen", Some(province));
    let other = organisation.unit("TinhB", Some(top));
    (organisation, [top, province, district, other])
}

#[test]
fn what_an_administrator_may_not_see_does_not_exist_for_him() {
    let (mut organisation, [top, province, district, other]) = two_provinces();
    let actor = organisation.administrator("QuanTriA", Some(province));
    let rename = |unit| Command::RenameUnit { unit, name: text("Tên khác"), from: today() };
    for hidden in [top, other, UnitId(99)] {
        assert_eq!(organisation.run(actor, &rename(hidden)), Err(Refusal::NoSuchUnit));
    }
    organisation.run(actor, &rename(district)).unwrap();
    organisation.run(actor, &rename(province)).unwrap();
    let seen: Vec<UnitId> =
        organisation.0.visible_units(actor, today(), today()).map(|unit| unit.id).collect();
    assert_eq!(seen, [province, district]);
}

#[test]
fn an_administrator_cannot_end_move_or_give_away_his_own_unit() {
    let (mut organisation, [_, province, district, _]) = two_provinces();
    let actor = organisation.administrator("QuanTriA", Some(province));
    let friend = organisation.person("Ban", Some(district));
    organisation.administrator("DongCap", Some(province));
    let peer = organisation.0.appointments().last().unwrap().id;
    for command in [
        Command::Dismiss { appointment: peer },
        Command::AbolishUnit { unit: province, from: today() },
        Command::MoveUnit { unit: province, parent: Some(district), from: today() },
        Command::Appoint { person: friend, unit: Some(province) },
        Command::Appoint { person: friend, unit: None },
        Command::MoveUnit { unit: district, parent: None, from: today() },
        Command::CreateUnit { code: code("X"), name: text("X"), parent: None, from: today() },
    ] {
        assert_eq!(organisation.run(actor, &command), Err(Refusal::NotAllowed), "{command:?}");
    }
    organisation.run(actor, &Command::Appoint { person: friend, unit: Some(district) }).unwrap();
}

#[test]
fn nobody_changes_his_superior_or_himself() {
    let (mut organisation, [top, province, district, _]) = two_provinces();
    let actor = organisation.administrator("QuanTriA", Some(province));
    let Actor::Person(own) = actor else { panic!("a person") };
    // The superior belongs to a unit below the one he is superior to.
    let superior = organisation.person("CapTren", Some(district));
    organisation.run(Actor::Operator, &Command::Appoint { person: superior, unit: Some(top) }).unwrap();
    for person in [own, superior] {
        let update = Command::UpdatePerson { person, details: details("Tên khác") };
        assert_eq!(organisation.run(actor, &update), Err(Refusal::NotAllowed));
        let retire = Command::RetirePerson { person, from: today() };
        assert_eq!(organisation.run(actor, &retire), Err(Refusal::NotAllowed));
        assert_eq!(organisation.0.authorize_account(actor, person, today()), Err(Refusal::NotAllowed));
    }
}

#[test]
fn nobody_gives_a_clearance_above_his_own() {
    let (mut organisation, [_, province, district, _]) = two_provinces();
    let actor = organisation.administrator("QuanTriA", Some(province));
    let person = organisation.person("NhanVien", Some(district));
    let cleared = Details { clearance: Clearance::Secret, ..details("NhanVien") };
    let update = Command::UpdatePerson { person, details: cleared.clone() };
    assert_eq!(organisation.run(actor, &update), Err(Refusal::ClearanceTooHigh));
    organisation.run(Actor::Operator, &update).unwrap();
    // What his superior gave he may leave as it is.
    let rename = Command::UpdatePerson { person, details: Details { name: text("Tên khác"), ..cleared } };
    organisation.run(actor, &rename).unwrap();
}

#[test]
fn an_appointment_ends_with_its_unit() {
    let (mut organisation, [_, province, _, other]) = two_provinces();
    let actor = organisation.administrator("QuanTriB", Some(other));
    assert!(organisation.0.administers(actor, today()));
    organisation.run(Actor::Operator, &Command::AbolishUnit { unit: other, from: today() }).unwrap();
    assert!(!organisation.0.administers(actor, today()));
    assert_eq!(organisation.0.visible_units(actor, today(), day("2020-01-01")).count(), 0);
    assert!(organisation.0.unit(province).is_some());
}

/// Numbers that become commands: small, so that they meet.
#[derive(Debug, Clone)]
struct Step {
    actor: usize,
    kind: u8,
    units: [usize; 3],
    person: usize,
    days: usize,
}

fn step() -> impl Strategy<Value = Step> {
    (0..4usize, 0..12u8, [0..16usize, 0..16, 0..16], 0..8usize, 0..5usize)
        .prop_map(|(actor, kind, units, person, days)| Step { actor, kind, units, person, days })
}

const DAYS: [&str; 5] = ["2026-11-24", "2026-11-24", "2026-12-01", "2027-01-01", "2026-11-01"];

impl Step {
    fn command(&self, organisation: &Organisation, number: usize) -> Command {
        let all: Vec<UnitId> = organisation.0.units().map(|unit| unit.id).collect();
        let people: Vec<PersonId> = organisation.0.people().map(|person| person.id).collect();
        let appointments: Vec<AppointmentId> = organisation.0.appointments().map(|held| held.id).collect();
        let [unit, second, third] = self.units.map(|index| all[index % all.len()]);
        let person = people[self.person % people.len()];
        let (from, name) = (day(DAYS[self.days]), format!("N{number}"));
        match self.kind {
            0 => Command::CreateUnit { code: code(&name), name: text(&name), parent: Some(unit), from },
            1 => Command::RenameUnit { unit, name: text(&name), from },
            2 => Command::MoveUnit { unit, parent: (self.units[2] > 2).then_some(second), from },
            3 => Command::MergeUnits {
                units: vec![unit, second],
                code: code(&name),
                name: text(&name),
                parent: Some(third),
                from,
            },
            4 => {
                let part = |name: String, children| Part {
                    code: code(&name),
                    name: text(&name),
                    children,
                    people: Vec::new(),
                };
                let parts =
                    vec![part(format!("{name}a"), Vec::new()), part(format!("{name}b"), vec![second])];
                Command::SplitUnit { unit, parts, from }
            }
            5 => Command::AbolishUnit { unit, from },
            6 => Command::CreatePerson { code: code(&name), details: details(&name), unit: Some(unit), from },
            7 => Command::UpdatePerson { person, details: details(&name) },
            8 => Command::MovePerson { person, unit, from },
            9 => Command::RetirePerson { person, from },
            10 => Command::Appoint { person, unit: (self.units[2] > 2).then_some(unit) },
            _ => Command::Dismiss { appointment: appointments[self.units[0] % appointments.len()] },
        }
    }
}

/// The units under what a person administers today, found anew: down from the top, by the parents as they stand.
fn subtree(organisation: &Organisation, person: PersonId) -> BTreeSet<UnitId> {
    let on = today();
    let lives = |id: UnitId| organisation.0.unit(id).unwrap().at(on).is_some();
    let mut inside: BTreeSet<UnitId> = organisation
        .0
        .appointments()
        .filter(|held| held.person == person && held.ended.is_none())
        .filter_map(|held| held.unit)
        .filter(|unit| lives(*unit))
        .collect();
    loop {
        let before = inside.len();
        for unit in organisation.0.units() {
            // A unit that is yet to come counts where it will begin.
            let begins = unit.versions[0].from.max(on);
            let parent = unit.at(begins).and_then(|version| version.parent);
            if parent.is_some_and(|parent| inside.contains(&parent)) {
                inside.insert(unit.id);
            }
        }
        if inside.len() == before {
            return inside;
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
        let mut organisation = Organisation::default();
        let mut units = vec![organisation.unit("T", None)];
        for (number, parent) in parents.iter().enumerate() {
            let parent = units[parent % units.len()];
            units.push(organisation.unit(&format!("U{number}"), Some(parent)));
        }
        organisation.administrator("Tong", None);
        let mut actors = Vec::new();
        for (number, head) in heads.iter().enumerate() {
            let unit = units[head % units.len()];
            actors.push(organisation.administrator(&format!("Q{number}"), Some(unit)));
            organisation.person(&format!("P{number}"), Some(unit));
        }
        for (number, step) in steps.iter().enumerate() {
            // One of four steps is the operator's, so that the tree goes on changing around the administrators.
            let actor = actors.get(step.actor).copied().unwrap_or(Actor::Operator);
            let command = step.command(&organisation, number);
            let Actor::Person(person) = actor else {
                let _ = organisation.run(actor, &command);
                continue;
            };
            // Whoever was given the whole organisation has no outside.
            let whole = |held: &Appointment| held.person == person && held.unit.is_none() && held.ended.is_none();
            if organisation.0.appointments().any(whole) {
                continue;
            }
            let inside = subtree(&organisation, person);
            let seen: BTreeSet<UnitId> =
                organisation.0.visible_units(actor, today(), today()).map(|unit| unit.id).collect();
            prop_assert!(seen.is_subset(&inside), "{seen:?} of {inside:?}");
            let outsiders = |person: &&Person| {
                person.unit_at(today()).is_some_and(|unit| !inside.contains(&unit))
            };
            for outsider in organisation.0.people().filter(outsiders) {
                prop_assert!(organisation.0.visible_person(actor, outsider.id, today()).is_err());
            }
            let units: Vec<Unit> = organisation.0.units().filter(|unit| !inside.contains(&unit.id)).cloned().collect();
            let people: Vec<Person> = organisation.0.people().filter(outsiders).cloned().collect();
            // An appointment to a unit that is no more gives nothing and is nobody's.
            let gone = |unit: UnitId| organisation.0.unit(unit).unwrap().versions.iter().all(|v| !v.reaches(today()));
            let foreign = |held: &&Appointment| {
                held.unit.is_none_or(|unit| !inside.contains(&unit) && !gone(unit))
            };
            let held: Vec<Appointment> = organisation.0.appointments().filter(foreign).cloned().collect();
            if organisation.run(actor, &command).is_err() {
                continue;
            }
            for unit in &units {
                prop_assert_eq!(organisation.0.unit(unit.id), Some(unit), "{:?}", &command);
            }
            for person in &people {
                prop_assert_eq!(organisation.0.person(person.id), Some(person), "{:?}", &command);
            }
            for appointment in &held {
                prop_assert_eq!(organisation.0.appointment(appointment.id), Some(appointment), "{:?}", &command);
            }
            let after = subtree(&organisation, person);
            let known: BTreeSet<UnitId> = units.iter().map(|unit| unit.id).collect();
            prop_assert!(after.is_disjoint(&known), "{:?} gave {:?}", &command, after.intersection(&known));
        }
    }
}
