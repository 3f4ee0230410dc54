//! The whole directory in memory.

use std::collections::{BTreeMap, BTreeSet};

use crate::appointment::{Appointment, AppointmentId};
use crate::command::{Change, Subject};
use crate::date::Date;
use crate::person::{Person, PersonId};
use crate::text::Code;
use crate::unit::{Unit, UnitId};

/// All units, people and appointments with their history. Invariant, on every day: a unit's parent exists, no unit
/// lies within itself, a person's unit exists; and a code belongs to one unit, or one person, for good.
#[derive(Clone, Default)]
pub struct Directory {
    units: BTreeMap<UnitId, Unit>,
    people: BTreeMap<PersonId, Person>,
    appointments: BTreeMap<AppointmentId, Appointment>,
    unit_codes: BTreeMap<Code, UnitId>,
    person_codes: BTreeMap<Code, PersonId>,
}

impl Directory {
    /// Takes in records: those kept, at the start, and what [`Directory::decide`] came to, once it is kept.
    pub fn apply(&mut self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            match change {
                Change::Unit(unit) => {
                    self.unit_codes.insert(unit.code.clone(), unit.id);
                    self.units.insert(unit.id, unit);
                }
                Change::Person(person) => {
                    self.person_codes.insert(person.code.clone(), person.id);
                    self.people.insert(person.id, person);
                }
                Change::Appointment(appointment) => {
                    self.appointments.insert(appointment.id, appointment);
                }
            }
        }
    }

    /// A unit, whoever asks.
    #[must_use]
    pub fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.units.get(&id)
    }

    /// A person, whoever asks.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(&id)
    }

    /// An appointment, whoever asks.
    #[must_use]
    pub fn appointment(&self, id: AppointmentId) -> Option<&Appointment> {
        self.appointments.get(&id)
    }

    /// Every unit there ever was, by number.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.units.values()
    }

    /// Every person there ever was, by number.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// Every appointment there ever was, by number.
    pub fn appointments(&self) -> impl Iterator<Item = &Appointment> {
        self.appointments.values()
    }

    /// The unit with a code.
    #[must_use]
    pub fn unit_by_code(&self, code: &Code) -> Option<&Unit> {
        self.unit_codes.get(code).and_then(|id| self.units.get(id))
    }

    /// The person with a code.
    #[must_use]
    pub fn person_by_code(&self, code: &Code) -> Option<&Person> {
        self.person_codes.get(code).and_then(|id| self.people.get(id))
    }

    /// How often what a command is about was changed.
    #[must_use]
    pub fn revision(&self, subject: Subject) -> Option<u32> {
        match subject {
            Subject::Unit(id) => self.units.get(&id).map(|unit| unit.revision),
            Subject::Person(id) => self.people.get(&id).map(|person| person.revision),
            Subject::None => None,
        }
    }

    /// A unit and those above it on a day, from the bottom up; ends at a unit that does not exist on that day.
    pub fn path(&self, unit: UnitId, day: Date) -> impl Iterator<Item = UnitId> + '_ {
        let exists = move |id: UnitId| self.units.get(&id).filter(|unit| unit.at(day).is_some());
        let first = exists(unit);
        // A tree is never deeper than it has units; stored tables may be wrong, this then still ends.
        std::iter::successors(first, move |unit| {
            unit.at(day).and_then(|version| version.parent).and_then(exists)
        })
        .take(self.units.len())
        .map(|unit| unit.id)
    }

    /// Whether a unit is `root` or lies below it on a day.
    #[must_use]
    pub fn is_within(&self, unit: UnitId, root: UnitId, day: Date) -> bool {
        self.path(unit, day).any(|above| above == root)
    }

    /// The days from `from` on at which anything in the tree changes, `from` included.
    pub(crate) fn days_from(&self, from: Date) -> BTreeSet<Date> {
        let changes = self.units.values().flat_map(|unit| &unit.versions).map(|version| version.from);
        changes.filter(|day| *day > from).chain([from]).collect()
    }

    pub(crate) fn next_unit(&self) -> Option<UnitId> {
        next(self.units.keys().next_back().map(|id| id.0)).map(UnitId)
    }

    pub(crate) fn next_person(&self) -> Option<PersonId> {
        next(self.people.keys().next_back().map(|id| id.0)).map(PersonId)
    }

    pub(crate) fn next_appointment(&self) -> Option<AppointmentId> {
        next(self.appointments.keys().next_back().map(|id| id.0)).map(AppointmentId)
    }
}

fn next(last: Option<u32>) -> Option<u32> {
    last.map_or(Some(1), |last| last.checked_add(1))
}
