use std::collections::{BTreeMap, BTreeSet};

use giaoban_directory::{
    Actor, Clearance, Code, Command as DirectoryCommand, Date, Details, Directory, Person, PersonId,
    Refusal as Denial, Text, UnitId,
};
use proptest::prelude::*;

use crate::*;

mod bookings;
mod ics;
mod roll;
mod rooms;

fn today() -> Date {
    "2026-11-24".parse().unwrap()
}

fn moment(text: &str) -> Moment {
    text.parse().unwrap()
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

/// An organisation with its calendar, which takes commands one after the other.
#[derive(Default)]
struct Office {
    directory: Directory,
    calendar: Calendar,
}

impl Office {
    fn world(&self) -> World<'_> {
        World { directory: &self.directory, today: today(), now: moment("2026-11-24T01:00:00Z") }
    }

    fn order(&mut self, command: &DirectoryCommand) {
        let changes = self.directory.decide(Actor::Operator, command, today()).unwrap();
        self.directory.apply(changes);
    }

    fn unit(&mut self, name: &str, parent: Option<UnitId>) -> UnitId {
        let code = Code::new(name).unwrap();
        let from = "2000-01-01".parse().unwrap();
        self.order(&DirectoryCommand::CreateUnit { code: code.clone(), name: text(name), parent, from });
        self.directory.unit_by_code(&code).unwrap().id
    }

    fn person(&mut self, name: &str, unit: Option<UnitId>, clearance: Clearance) -> PersonId {
        let code = Code::new(name).unwrap();
        let from = "2000-01-01".parse().unwrap();
        let empty = Text::or_empty("").unwrap();
        let details = Details { name: text(name), rank: empty.clone(), duty: empty, clearance, mail: None };
        self.order(&DirectoryCommand::CreatePerson { code: code.clone(), details, unit, from });
        self.directory.person_by_code(&code).unwrap().id
    }

    fn administrator(&mut self, name: &str, of: Option<UnitId>, clearance: Clearance) -> Actor {
        let person = self.person(name, of, clearance);
        self.order(&DirectoryCommand::Appoint { person, unit: of });
        Actor::Person(person)
    }

    fn run(&mut self, actor: Actor, command: &Command) -> Result<Vec<Change>, Refusal> {
        let changes = self.calendar.decide(actor, command, self.world())?;
        self.calendar.apply(changes.clone());
        Ok(changes)
    }

    fn room(&mut self, actor: Actor, rules: Rules) -> RoomId {
        match self.run(actor, &Command::CreateRoom { rules }).unwrap().as_slice() {
            [Change::Room(room)] => room.id,
            _ => panic!("one room"),
        }
    }

    fn see(&self, person: PersonId) -> &Person {
        self.directory.person(person).unwrap()
    }
}

fn rules(unit: Option<UnitId>) -> Rules {
    Rules {
        title: text("Giao ban"),
        kind: RoomKind::Briefing,
        classification: Classification::Normal,
        unit,
        capacity: None,
        lobby: Lobby::Open,
        opening: Opening::Always,
        standing: Standing::Permanent,
        joiners: Vec::new(),
        chair: None,
        deputies: Vec::new(),
    }
}
