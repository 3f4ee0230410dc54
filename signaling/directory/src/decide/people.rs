//! People entered, changed, moved, retired; administrators appointed and dismissed.

use crate::appointment::{Appointment, AppointmentId};
use crate::command::Change;
use crate::date::Date;
use crate::directory::Directory;
use crate::person::{Details, Membership, Person, PersonId};
use crate::refusal::Refusal;
use crate::text::Code;
use crate::unit::UnitId;

impl Directory {
    pub(super) fn create_person(
        &self,
        code: &Code,
        details: &Details,
        unit: Option<UnitId>,
        from: Date,
    ) -> Result<Vec<Change>, Refusal> {
        details.check()?;
        if self.person_by_code(code).is_some() {
            return Err(Refusal::CodeTaken);
        }
        unit.map_or(Ok(()), |unit| self.stays_from(unit, from))?;
        let id = self.next_person().ok_or(Refusal::Full)?;
        let memberships = unit.map(|unit| Membership { unit, from, to: None }).into_iter().collect();
        let person = Person { id, code: code.clone(), revision: 1, details: details.clone(), memberships };
        Ok(vec![Change::Person(person)])
    }

    pub(super) fn update_person(&self, id: PersonId, details: &Details) -> Result<Vec<Change>, Refusal> {
        details.check()?;
        let mut person = self.person(id).ok_or(Refusal::NoSuchPerson)?.clone();
        if person.details == *details {
            return Err(Refusal::NothingToChange);
        }
        person.details = details.clone();
        person.revision = person.revision.saturating_add(1);
        Ok(vec![Change::Person(person)])
    }

    pub(super) fn move_person(&self, id: PersonId, unit: UnitId, from: Date) -> Result<Vec<Change>, Refusal> {
        self.stays_from(unit, from)?;
        let mut person = self.placed_before(id, from)?;
        if person.memberships.last().is_some_and(|last| last.unit == unit && last.to.is_none()) {
            return Err(Refusal::NothingToChange);
        }
        person.place_from(from, Some(unit));
        Ok(vec![Change::Person(person)])
    }

    pub(super) fn retire_person(
        &self,
        id: PersonId,
        from: Date,
        today: Date,
    ) -> Result<Vec<Change>, Refusal> {
        let mut person = self.placed_before(id, from)?;
        person.place_from(from, None);
        let held = self.appointments().filter(|held| held.person == id && held.ended.is_none());
        let ended: Vec<Appointment> =
            held.map(|held| Appointment { ended: Some(today), ..held.clone() }).collect();
        if ended.iter().any(|held| held.unit.is_none()) && self.administrators_of_all() < 2 {
            return Err(Refusal::LastAdministrator);
        }
        Ok(ended.into_iter().map(Change::Appointment).chain([Change::Person(person)]).collect())
    }

    pub(super) fn appoint(
        &self,
        person: PersonId,
        unit: Option<UnitId>,
        today: Date,
    ) -> Result<Vec<Change>, Refusal> {
        let same = |held: &Appointment| held.person == person && held.unit == unit && held.ended.is_none();
        if self.appointments().any(same) {
            return Err(Refusal::AppointedAlready);
        }
        if unit.and_then(|unit| self.unit(unit)).is_some_and(|unit| unit.open().is_none()) {
            return Err(Refusal::NotLiving);
        }
        let id = self.next_appointment().ok_or(Refusal::Full)?;
        Ok(vec![Change::Appointment(Appointment { id, person, unit, from: today, ended: None })])
    }

    pub(super) fn dismiss(&self, id: AppointmentId, today: Date) -> Result<Vec<Change>, Refusal> {
        let held = self.appointment(id).ok_or(Refusal::NoSuchAppointment)?;
        if held.ended.is_some() {
            return Err(Refusal::NothingToChange);
        }
        if held.unit.is_none() && self.administrators_of_all() < 2 {
            return Err(Refusal::LastAdministrator);
        }
        Ok(vec![Change::Appointment(Appointment { ended: Some(today), ..held.clone() })])
    }

    fn administrators_of_all(&self) -> usize {
        self.appointments().filter(|held| held.unit.is_none() && held.ended.is_none()).count()
    }

    /// A person with nothing recorded for a later day.
    fn placed_before(&self, id: PersonId, from: Date) -> Result<Person, Refusal> {
        let person = self.person(id).ok_or(Refusal::NoSuchPerson)?;
        if person.memberships.last().is_some_and(|last| last.from > from) {
            return Err(Refusal::LaterChange);
        }
        Ok(person.clone())
    }
}
