use crate::*;

mod delegation;
mod importing;
mod reform;

const TODAY: &str = "2026-11-24";

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn today() -> Date {
    day(TODAY)
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

fn details(name: &str) -> Details {
    let empty = Text::or_empty("").unwrap();
    Details { name: text(name), rank: empty.clone(), duty: empty, clearance: Clearance::Normal, mail: None }
}

/// An organisation that takes commands one after the other.
#[derive(Default)]
struct Organisation(Directory);

impl Organisation {
    fn run(&mut self, actor: Actor, command: &Command) -> Result<(), Refusal> {
        let changes = self.0.decide(actor, command, today())?;
        self.0.apply(changes);
        self.check();
        Ok(())
    }

    fn unit(&mut self, name: &str, parent: Option<UnitId>) -> UnitId {
        let from = day("2000-01-01");
        let command = Command::CreateUnit { code: code(name), name: text(name), parent, from };
        self.run(Actor::Operator, &command).unwrap();
        self.0.unit_by_code(&code(name)).unwrap().id
    }

    fn person(&mut self, name: &str, unit: Option<UnitId>) -> PersonId {
        let command =
            Command::CreatePerson { code: code(name), details: details(name), unit, from: day("2000-01-01") };
        self.run(Actor::Operator, &command).unwrap();
        self.0.person_by_code(&code(name)).unwrap().id
    }

    fn administrator(&mut self, name: &str, of: Option<UnitId>) -> Actor {
        let person = self.person(name, of);
        self.run(Actor::Operator, &Command::Appoint { person, unit: of }).unwrap();
        Actor::Person(person)
    }

    /// A unit's name on a day, behind the names of those above it.
    fn name_on(&self, unit: UnitId, text: &str) -> String {
        let names = self
            .0
            .path(unit, day(text))
            .map(|id| self.0.unit(id).unwrap().at(day(text)).unwrap().name.as_str().to_owned());
        let mut names: Vec<String> = names.collect();
        names.reverse();
        names.join("/")
    }

    /// The directory's invariant, on every day on which anything changes.
    fn check(&self) {
        for day in self.0.days_from(day("1900-01-01")) {
            for unit in self.0.units() {
                let Some(version) = unit.at(day) else { continue };
                if let Some(parent) = version.parent {
                    assert!(
                        self.0.unit(parent).unwrap().at(day).is_some(),
                        "{unit:?} has no parent on {day}"
                    );
                    assert!(!self.0.is_within(parent, unit.id, day), "{unit:?} lies within itself on {day}");
                }
            }
            for person in self.0.people() {
                if let Some(unit) = person.unit_at(day) {
                    assert!(self.0.unit(unit).unwrap().at(day).is_some(), "{person:?} is nowhere on {day}");
                }
            }
        }
        for unit in self.0.units() {
            assert!(unit.versions.windows(2).all(|pair| pair[0].to == Some(pair[1].from)), "{unit:?}");
            assert!(
                unit.versions.iter().all(|version| version.to.is_none_or(|to| version.from < to)),
                "{unit:?}"
            );
        }
    }
}
