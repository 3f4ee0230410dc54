//! Who may see and do what. The only place that decides it.

use std::collections::BTreeSet;

use crate::appointment::{Appointment, AppointmentId};
use crate::command::Command;
use crate::date::Date;
use crate::directory::Directory;
use crate::person::{Clearance, Details, Membership, Person, PersonId};
use crate::refusal::Refusal;
use crate::unit::{Unit, UnitId};

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Whoever has the machine: the command line.
    Operator,
    /// A person who signed in.
    Person(PersonId),
}

/// What an actor administers on one day, and what he may give away.
struct Authority {
    /// The whole organisation.
    whole: bool,
    /// The units at the top of what he administers; each exists today.
    units: BTreeSet<UnitId>,
    clearance: Clearance,
    today: Date,
}

impl Directory {
    /// Whether the actor may carry out a command today. A command for a later day, or an earlier one, needs authority
    /// on both days.
    ///
    /// # Errors
    /// What stands against it; of what the actor does not see it says that it does not exist.
    pub fn authorize(&self, actor: Actor, command: &Command, today: Date) -> Result<(), Refusal> {
        let authority = self.authority(actor, today);
        let held = &authority;
        match command {
            Command::CreateUnit { parent, from, .. } => self.may_put_under(held, *parent, *from),
            Command::RenameUnit { unit, from, .. } => self.may_change(held, *unit, *from),
            Command::MoveUnit { unit, parent, from } => {
                self.may_end(held, *unit, *from)?;
                self.may_put_under(held, *parent, *from)
            }
            Command::MergeUnits { units, parent, from, .. } => {
                units.iter().try_for_each(|unit| self.may_end(held, *unit, *from))?;
                self.may_put_under(held, *parent, *from)
            }
            Command::SplitUnit { unit, from, .. } | Command::AbolishUnit { unit, from } => {
                self.may_end(held, *unit, *from)
            }
            Command::CreatePerson { unit, details, from, .. } => {
                self.may_put_under(held, *unit, *from)?;
                may_clear(held, details, None)
            }
            Command::UpdatePerson { person, details } => {
                let person = self.may_administer(held, *person)?;
                may_clear(held, details, Some(person.details.clearance))
            }
            Command::MovePerson { person, unit, from } => {
                self.may_administer(held, *person)?;
                self.may_put_under(held, Some(*unit), *from)
            }
            Command::RetirePerson { person, .. } => self.may_administer(held, *person).map(drop),
            Command::Appoint { person, unit } => {
                self.seen_person(held, *person)?;
                unit.map_or(Ok(()), |unit| self.seen_unit(held, unit).map(drop))?;
                allowed(self.is_below(held, *unit))
            }
            Command::Dismiss { appointment } => {
                let appointment = self.seen_appointment(held, *appointment)?;
                allowed(self.is_below(held, appointment.unit))
            }
        }
    }

    /// Whether the actor may give a person a way to sign in, or take it: he could then act in the person's name.
    ///
    /// # Errors
    /// What stands against it.
    pub fn authorize_account(&self, actor: Actor, person: PersonId, today: Date) -> Result<(), Refusal> {
        self.may_administer(&self.authority(actor, today), person).map(drop)
    }

    /// Whether a person may sign in at all: one who left may not.
    #[must_use]
    pub fn may_sign_in(&self, person: PersonId, today: Date) -> bool {
        self.person(person).is_some_and(|person| {
            let stays = |place: &Membership| place.to.is_none_or(|to| today < to);
            person.memberships.is_empty() || person.memberships.iter().any(stays)
        })
    }

    /// Whether the actor administers anything today.
    #[must_use]
    pub fn administers(&self, actor: Actor, today: Date) -> bool {
        let authority = self.authority(actor, today);
        authority.whole || !authority.units.is_empty()
    }

    /// Whether the actor administers the whole organisation.
    #[must_use]
    pub fn administers_all(&self, actor: Actor, today: Date) -> bool {
        self.authority(actor, today).whole
    }

    /// The units that an actor administers today, as they were on a day, by number.
    pub fn visible_units(&self, actor: Actor, today: Date, day: Date) -> impl Iterator<Item = &Unit> {
        let authority = self.authority(actor, today);
        self.units().filter(move |unit| self.covers(&authority, unit.id, day))
    }

    /// The people in those units on a day, by number. Who administers the whole organisation also sees who is in none.
    pub fn visible_people(&self, actor: Actor, today: Date, day: Date) -> impl Iterator<Item = &Person> {
        let authority = self.authority(actor, today);
        self.people().filter(move |person| match person.unit_at(day) {
            Some(unit) => self.covers(&authority, unit, day),
            None => authority.whole,
        })
    }

    /// The living appointments of people to what the actor administers, his own among them.
    pub fn visible_appointments(&self, actor: Actor, today: Date) -> impl Iterator<Item = &Appointment> {
        let authority = self.authority(actor, today);
        self.appointments().filter(move |appointment| {
            appointment.ended.is_none() && self.sees_appointment(&authority, appointment)
        })
    }

    /// Whether an actor who administers something today sees a unit as it was on a day.
    #[must_use]
    pub fn sees_unit(&self, actor: Actor, unit: UnitId, today: Date, day: Date) -> bool {
        self.covers(&self.authority(actor, today), unit, day)
    }

    /// A unit, if the actor administers it today.
    ///
    /// # Errors
    /// If there is none that he may see.
    pub fn visible_unit(&self, actor: Actor, unit: UnitId, today: Date) -> Result<&Unit, Refusal> {
        self.seen_unit(&self.authority(actor, today), unit)
    }

    /// A person, if the actor administers his unit today.
    ///
    /// # Errors
    /// If there is none that he may see.
    pub fn visible_person(&self, actor: Actor, person: PersonId, today: Date) -> Result<&Person, Refusal> {
        self.seen_person(&self.authority(actor, today), person)
    }

    fn authority(&self, actor: Actor, today: Date) -> Authority {
        let mut authority =
            Authority { whole: false, units: BTreeSet::new(), clearance: Clearance::Normal, today };
        match actor {
            Actor::Operator => (authority.whole, authority.clearance) = (true, Clearance::TopSecret),
            Actor::Person(id) => {
                let Some(person) = self.person(id) else { return authority };
                authority.clearance = person.details.clearance;
                let living = self.appointments().filter(|held| held.person == id && held.ended.is_none());
                for appointment in living {
                    match appointment.unit {
                        None => authority.whole = true,
                        Some(unit) if self.path(unit, today).next().is_some() => {
                            authority.units.insert(unit);
                        }
                        Some(_) => {}
                    }
                }
            }
        }
        authority
    }

    /// Whether a unit exists on a day and lies in what is administered.
    fn covers(&self, authority: &Authority, unit: UnitId, day: Date) -> bool {
        let mut path = self.path(unit, day).peekable();
        path.peek().is_some() && (authority.whole || path.any(|above| authority.units.contains(&above)))
    }

    /// The same, and below what was given to him: his own unit as such is his superior's.
    fn covers_below(&self, authority: &Authority, unit: UnitId, day: Date) -> bool {
        let mut path = self.path(unit, day).peekable();
        path.peek().is_some()
            && (authority.whole || path.skip(1).any(|above| authority.units.contains(&above)))
    }

    fn seen_unit(&self, authority: &Authority, unit: UnitId) -> Result<&Unit, Refusal> {
        let found = self.unit(unit).ok_or(Refusal::NoSuchUnit)?;
        let seen = authority.whole || self.covers(authority, unit, first_day(found, authority.today));
        if seen { Ok(found) } else { Err(Refusal::NoSuchUnit) }
    }

    fn seen_person(&self, authority: &Authority, person: PersonId) -> Result<&Person, Refusal> {
        let found = self.person(person).ok_or(Refusal::NoSuchPerson)?;
        let place = found.memberships.iter().find(|place| place.to.is_none_or(|to| authority.today < to));
        let seen =
            place.is_some_and(|place| self.covers(authority, place.unit, place.from.max(authority.today)));
        if authority.whole || seen { Ok(found) } else { Err(Refusal::NoSuchPerson) }
    }

    fn seen_appointment(
        &self,
        authority: &Authority,
        appointment: AppointmentId,
    ) -> Result<&Appointment, Refusal> {
        self.appointment(appointment)
            .filter(|found| self.sees_appointment(authority, found))
            .ok_or(Refusal::NoSuchAppointment)
    }

    fn sees_appointment(&self, authority: &Authority, appointment: &Appointment) -> bool {
        authority.whole || appointment.unit.is_some_and(|unit| self.seen_unit(authority, unit).is_ok())
    }

    /// Whether what an appointment is to lies below the authority.
    fn is_below(&self, authority: &Authority, unit: Option<UnitId>) -> bool {
        authority.whole
            || unit.is_some_and(|id| {
                self.unit(id)
                    .is_some_and(|unit| self.covers_below(authority, id, first_day(unit, authority.today)))
            })
    }

    fn may_put_under(
        &self,
        authority: &Authority,
        parent: Option<UnitId>,
        from: Date,
    ) -> Result<(), Refusal> {
        match parent {
            None => allowed(authority.whole),
            Some(parent) => self.may_change(authority, parent, from),
        }
    }

    fn may_change(&self, authority: &Authority, unit: UnitId, from: Date) -> Result<(), Refusal> {
        let found = self.seen_unit(authority, unit)?;
        allowed(authority.whole || self.covers(authority, unit, first_day(found, from)))
    }

    fn may_end(&self, authority: &Authority, unit: UnitId, from: Date) -> Result<(), Refusal> {
        let found = self.seen_unit(authority, unit)?;
        let below = |day| self.covers_below(authority, unit, first_day(found, day));
        allowed(authority.whole || (below(authority.today) && below(from)))
    }

    /// Whether a person may be changed: seen, and no administrator of what the actor has no authority over. Who could
    /// change his superior, or himself, could climb.
    fn may_administer(&self, authority: &Authority, person: PersonId) -> Result<&Person, Refusal> {
        let found = self.seen_person(authority, person)?;
        let held = self.appointments().filter(|held| held.person == person && held.ended.is_none());
        let mut resting_aside = held.filter(|held| {
            held.unit.is_none_or(|unit| {
                self.unit(unit).is_some_and(|unit| unit.versions.iter().any(|v| v.reaches(authority.today)))
            })
        });
        allowed(resting_aside.all(|held| self.is_below(authority, held.unit)))?;
        Ok(found)
    }
}

/// The day on which authority over a unit is asked for: a unit that is yet to come is judged by its first day.
fn first_day(unit: &Unit, day: Date) -> Date {
    unit.versions.first().map_or(day, |version| version.from.max(day))
}

/// A clearance above the actor's own may stay as it is, but is not given.
fn may_clear(authority: &Authority, details: &Details, before: Option<Clearance>) -> Result<(), Refusal> {
    if details.clearance <= authority.clearance || Some(details.clearance) == before {
        Ok(())
    } else {
        Err(Refusal::ClearanceTooHigh)
    }
}

fn allowed(allowed: bool) -> Result<(), Refusal> {
    if allowed { Ok(()) } else { Err(Refusal::NotAllowed) }
}
