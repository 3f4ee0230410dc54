//! What administrators ask for, and what comes of it.

use serde::Serialize;

use crate::appointment::{Appointment, AppointmentId};
use crate::date::Date;
use crate::directory::Directory;
use crate::person::{Details, Person, PersonId};
use crate::text::{Code, Text};
use crate::unit::{Unit, UnitId};

/// A command. It is kept in the record of acts as it is written here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Command {
    /// Makes a unit.
    CreateUnit {
        /// Its code.
        code: Code,
        /// Its name.
        name: Text,
        /// The unit above it.
        parent: Option<UnitId>,
        /// Its first day.
        from: Date,
    },
    /// Gives a unit another name from a day on.
    RenameUnit {
        /// Which.
        unit: UnitId,
        /// The new name.
        name: Text,
        /// The first day of the new name.
        from: Date,
    },
    /// Puts a unit, with all below it, under another one.
    MoveUnit {
        /// Which.
        unit: UnitId,
        /// The unit above it from then on.
        parent: Option<UnitId>,
        /// The first day there.
        from: Date,
    },
    /// Puts one new unit in the place of several; it takes over what lies below them and who belongs to them.
    MergeUnits {
        /// The units that end.
        units: Vec<UnitId>,
        /// The new one's code.
        code: Code,
        /// Its name.
        name: Text,
        /// The unit above it.
        parent: Option<UnitId>,
        /// Its first day.
        from: Date,
    },
    /// Puts several new units in the place of one. What no part names goes to the first.
    SplitUnit {
        /// The unit that ends.
        unit: UnitId,
        /// What takes its place.
        parts: Vec<Part>,
        /// Their first day.
        from: Date,
    },
    /// Ends a unit. What lies below it and who belongs to it goes to the unit above.
    AbolishUnit {
        /// Which.
        unit: UnitId,
        /// The first day without it.
        from: Date,
    },
    /// Enters a person.
    CreatePerson {
        /// The code.
        code: Code,
        /// What is known.
        details: Details,
        /// The unit; none only for who stands above all units.
        unit: Option<UnitId>,
        /// The first day there.
        from: Date,
    },
    /// Replaces what is known of a person.
    UpdatePerson {
        /// Who.
        person: PersonId,
        /// What is known.
        details: Details,
    },
    /// Puts a person into another unit.
    MovePerson {
        /// Who.
        person: PersonId,
        /// The unit.
        unit: UnitId,
        /// The first day there.
        from: Date,
    },
    /// A person leaves; all that he administered ends with it.
    RetirePerson {
        /// Who.
        person: PersonId,
        /// The first day without him.
        from: Date,
    },
    /// Makes a person an administrator.
    Appoint {
        /// Who.
        person: PersonId,
        /// Of which unit; none is the whole organisation.
        unit: Option<UnitId>,
    },
    /// Ends an appointment.
    Dismiss {
        /// Which.
        appointment: AppointmentId,
    },
}

/// One of the units that take another's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its code.
    pub code: Code,
    /// Its name.
    pub name: Text,
    /// Units right below the old one that go to this one.
    pub children: Vec<UnitId>,
    /// People of the old one who go to this one.
    pub people: Vec<PersonId>,
}

/// What a command is about, if it is about something that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A unit.
    Unit(UnitId),
    /// A person.
    Person(PersonId),
    /// Something new, or several things.
    None,
}

/// A record that takes the place of the one with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A unit.
    Unit(Unit),
    /// A person.
    Person(Person),
    /// An appointment.
    Appointment(Appointment),
}

impl Directory {
    /// The unit that a command concerns, for the record of acts.
    #[must_use]
    pub fn concerned(&self, command: &Command, today: Date) -> Option<UnitId> {
        let home = |person: PersonId| self.person(person).and_then(|person| person.unit_at(today));
        match command {
            Command::RenameUnit { unit, .. }
            | Command::MoveUnit { unit, .. }
            | Command::SplitUnit { unit, .. }
            | Command::AbolishUnit { unit, .. } => Some(*unit),
            Command::CreateUnit { parent, .. } | Command::MergeUnits { parent, .. } => *parent,
            Command::CreatePerson { unit, .. } | Command::Appoint { unit, .. } => *unit,
            Command::UpdatePerson { person, .. }
            | Command::MovePerson { person, .. }
            | Command::RetirePerson { person, .. } => home(*person),
            Command::Dismiss { appointment } => self.appointment(*appointment).and_then(|held| held.unit),
        }
    }
}

impl Command {
    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> Subject {
        match self {
            Self::RenameUnit { unit, .. }
            | Self::MoveUnit { unit, .. }
            | Self::SplitUnit { unit, .. }
            | Self::AbolishUnit { unit, .. } => Subject::Unit(*unit),
            Self::UpdatePerson { person, .. }
            | Self::MovePerson { person, .. }
            | Self::RetirePerson { person, .. } => Subject::Person(*person),
            Self::CreateUnit { .. }
            | Self::MergeUnits { .. }
            | Self::CreatePerson { .. }
            | Self::Appoint { .. }
            | Self::Dismiss { .. } => Subject::None,
        }
    }
}
