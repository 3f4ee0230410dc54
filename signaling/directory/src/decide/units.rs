//! Units made, renamed, moved, merged, split, abolished.

use std::collections::{BTreeMap, BTreeSet};

use crate::command::{Change, Part};
use crate::date::Date;
use crate::directory::Directory;
use crate::person::{Membership, Person, PersonId};
use crate::refusal::Refusal;
use crate::text::{Code, Text};
use crate::unit::{Unit, UnitId, UnitVersion};

impl Directory {
    pub(super) fn create_unit(
        &self,
        code: &Code,
        name: &Text,
        parent: Option<UnitId>,
        from: Date,
    ) -> Result<Unit, Refusal> {
        if self.unit_by_code(code).is_some() {
            return Err(Refusal::CodeTaken);
        }
        if name.as_str().is_empty() {
            return Err(Refusal::BadText);
        }
        parent.map_or(Ok(()), |parent| self.stays_from(parent, from))?;
        let id = self.next_unit().ok_or(Refusal::Full)?;
        let version = UnitVersion { from, to: None, name: name.clone(), parent };
        Ok(Unit { id, code: code.clone(), revision: 1, versions: vec![version] })
    }

    pub(super) fn rename_unit(&self, unit: UnitId, name: &Text, from: Date) -> Result<Vec<Change>, Refusal> {
        let mut unit = self.last_version_from(unit, from)?;
        if name.as_str().is_empty() {
            return Err(Refusal::BadText);
        }
        if unit.open().is_some_and(|last| last.name == *name) {
            return Err(Refusal::NothingToChange);
        }
        unit.change_from(from, |_| true, |version| version.name = name.clone());
        Ok(vec![Change::Unit(unit)])
    }

    pub(super) fn move_unit(
        &self,
        unit: UnitId,
        parent: Option<UnitId>,
        from: Date,
    ) -> Result<Vec<Change>, Refusal> {
        let mut unit = self.last_version_from(unit, from)?;
        if unit.open().is_some_and(|last| last.parent == parent) {
            return Err(Refusal::NothingToChange);
        }
        if let Some(parent) = parent {
            self.stays_from(parent, from)?;
            self.stays_outside(parent, &[unit.id], from)?;
        }
        unit.change_from(from, |_| true, |version| version.parent = parent);
        Ok(vec![Change::Unit(unit)])
    }

    pub(super) fn merge_units(
        &self,
        units: &[UnitId],
        code: &Code,
        name: &Text,
        parent: Option<UnitId>,
        (from, today): (Date, Date),
    ) -> Result<Vec<Change>, Refusal> {
        let distinct: BTreeSet<UnitId> = units.iter().copied().collect();
        if distinct.len() < 2 || distinct.len() != units.len() {
            return Err(Refusal::TooFew);
        }
        let whole = self.create_unit(code, name, parent, from)?;
        if let Some(parent) = parent {
            self.stays_outside(parent, units, from)?;
        }
        let mut reform = Reform::new(self, from, today);
        for unit in units {
            reform.end(*unit)?;
        }
        for unit in units {
            reform.hand_over(*unit, |_| Some(whole.id), |_| Some(whole.id))?;
        }
        Ok(reform.changes([whole]))
    }

    pub(super) fn split_unit(
        &self,
        unit: UnitId,
        parts: &[Part],
        (from, today): (Date, Date),
    ) -> Result<Vec<Change>, Refusal> {
        let above = self.last_version_from(unit, from)?.open().and_then(|last| last.parent);
        let codes: BTreeSet<&Code> = parts.iter().map(|part| &part.code).collect();
        if parts.len() < 2 || codes.len() != parts.len() {
            return Err(Refusal::TooFew);
        }
        let mut made: Vec<Unit> = Vec::new();
        let (mut units, mut people) = (BTreeMap::new(), BTreeMap::new());
        for part in parts {
            let mut fresh = self.create_unit(&part.code, &part.name, above, from)?;
            if let Some(last) = made.last() {
                fresh.id = UnitId(last.id.0.checked_add(1).ok_or(Refusal::Full)?);
            }
            for child in &part.children {
                let is_child = self.unit(*child).and_then(|child| child.at(from));
                if is_child.is_none_or(|version| version.parent != Some(unit)) {
                    return Err(Refusal::NoSuchUnit);
                }
                units.entry(*child).or_insert(fresh.id);
            }
            for person in &part.people {
                if self.person(*person).and_then(|person| person.unit_at(from)) != Some(unit) {
                    return Err(Refusal::NoSuchPerson);
                }
                people.entry(*person).or_insert(fresh.id);
            }
            made.push(fresh);
        }
        let first = made.first().map(|unit| unit.id);
        let mut reform = Reform::new(self, from, today);
        reform.end(unit)?;
        reform.hand_over(
            unit,
            |child| units.get(&child).copied().or(first),
            |person| people.get(&person).copied().or(first),
        )?;
        Ok(reform.changes(made))
    }

    pub(super) fn abolish_unit(
        &self,
        unit: UnitId,
        (from, today): (Date, Date),
    ) -> Result<Vec<Change>, Refusal> {
        let above = self.last_version_from(unit, from)?.open().and_then(|last| last.parent);
        let mut reform = Reform::new(self, from, today);
        reform.end(unit)?;
        reform.hand_over(unit, |_| above, |_| above)?;
        Ok(reform.changes([]))
    }

    /// A unit that exists on a day, with nothing recorded for a later one.
    fn last_version_from(&self, unit: UnitId, from: Date) -> Result<Unit, Refusal> {
        let unit = self.unit(unit).ok_or(Refusal::NoSuchUnit)?;
        let last = unit.open().ok_or(Refusal::NotLiving)?;
        if last.from <= from {
            return Ok(unit.clone());
        }
        Err(if unit.at(from).is_some() { Refusal::LaterChange } else { Refusal::NotLiving })
    }

    /// Whether a unit exists from a day on without end.
    pub(super) fn stays_from(&self, unit: UnitId, from: Date) -> Result<(), Refusal> {
        let unit = self.unit(unit).ok_or(Refusal::NoSuchUnit)?;
        let begins = unit.versions.first().is_some_and(|first| first.from <= from);
        if begins && unit.open().is_some() { Ok(()) } else { Err(Refusal::NotLiving) }
    }

    /// Whether a unit lies in none of the others, on a day and on all later ones.
    fn stays_outside(&self, unit: UnitId, others: &[UnitId], from: Date) -> Result<(), Refusal> {
        let inside = |day| self.path(unit, day).any(|above| others.contains(&above));
        if self.days_from(from).into_iter().any(inside) { Err(Refusal::WithinItself) } else { Ok(()) }
    }
}

/// Units that end on a day, and all that is handed over to others by it.
struct Reform<'a> {
    directory: &'a Directory,
    from: Date,
    today: Date,
    units: BTreeMap<UnitId, Unit>,
    people: BTreeMap<PersonId, Person>,
}

impl<'a> Reform<'a> {
    fn new(directory: &'a Directory, from: Date, today: Date) -> Self {
        Self { directory, from, today, units: BTreeMap::new(), people: BTreeMap::new() }
    }

    fn end(&mut self, unit: UnitId) -> Result<(), Refusal> {
        let mut unit = self.directory.last_version_from(unit, self.from)?;
        // A unit that never was for a day would have no history to show.
        if unit.versions.first().is_some_and(|first| first.from >= self.from) {
            return Err(Refusal::NotLiving);
        }
        unit.end(self.from);
        self.units.insert(unit.id, unit);
        Ok(())
    }

    /// Hands over what lies right below a unit, and who belongs to it, from the day on. Who or what has left it since
    /// that day, or is yet to come from elsewhere, is perhaps another administrator's: it is not written anew.
    fn hand_over(
        &mut self,
        old: UnitId,
        child_to: impl Fn(UnitId) -> Option<UnitId>,
        person_to: impl Fn(PersonId) -> Option<UnitId>,
    ) -> Result<(), Refusal> {
        let (from, today) = (self.from, self.today);
        let has_left = |to: Option<Date>| to.is_some_and(|to| from < to && to <= today);
        let is_to_come = |begins: Date, elsewhere: bool| begins > today && elsewhere;
        let lies_below = |version: &UnitVersion| version.parent == Some(old) && version.reaches(from);
        for known in self.directory.units() {
            let unit = self.units.get(&known.id).unwrap_or(known);
            let elsewhere = unit.at(today).is_some_and(|version| version.parent != Some(old));
            let stands = |version: &UnitVersion| has_left(version.to) || is_to_come(version.from, elsewhere);
            if unit.versions.iter().any(|version| lies_below(version) && stands(version)) {
                return Err(Refusal::LaterChange);
            }
            if unit.versions.iter().any(lies_below) {
                let mut unit = unit.clone();
                let parent = child_to(unit.id);
                unit.change_from(from, lies_below, |version| version.parent = parent);
                self.units.insert(unit.id, unit);
            }
        }
        for known in self.directory.people() {
            let mut person = self.people.get(&known.id).unwrap_or(known).clone();
            let elsewhere = person.unit_at(today).is_some_and(|unit| unit != old);
            let stands = |place: &Membership| has_left(place.to) || is_to_come(place.from, elsewhere);
            if person.memberships.iter().any(|place| place.unit == old && stands(place)) {
                return Err(Refusal::LaterChange);
            }
            if person.replace_unit(from, old, person_to(person.id)) {
                self.people.insert(person.id, person);
            }
        }
        Ok(())
    }

    fn changes(self, made: impl IntoIterator<Item = Unit>) -> Vec<Change> {
        let units = made.into_iter().chain(self.units.into_values()).map(Change::Unit);
        units.chain(self.people.into_values().map(Change::Person)).collect()
    }
}
