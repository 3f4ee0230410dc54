//! Tables of units and people: what taking one in would change.

use std::collections::BTreeSet;

use crate::authority::Actor;
use crate::command::{Change, Command};
use crate::date::Date;
use crate::directory::Directory;
use crate::person::{Details, Person};
use crate::refusal::Refusal;
use crate::text::{Code, Text};
use crate::unit::Unit;

/// A unit as a table has it.
#[derive(Debug, Clone)]
pub struct UnitRow {
    /// Where it stands, counted from 1 with the heading.
    pub line: usize,
    /// Its code.
    pub code: Code,
    /// Its name.
    pub name: Text,
    /// The code of the unit above it.
    pub parent: Option<Code>,
}

/// A person as a table has it.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// Where it stands, counted from 1 with the heading.
    pub line: usize,
    /// The code.
    pub code: Code,
    /// The code of the unit.
    pub unit: Code,
    /// What is known.
    pub details: Details,
}

/// What a line would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It makes a unit or enters a person.
    Create,
    /// It gives another name, or other details.
    Change,
    /// It puts a unit under another one, or a person into another unit.
    Move,
}

/// One command that a table comes to.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The line.
    pub line: usize,
    /// What it does.
    pub effect: Effect,
    /// How.
    pub command: Command,
    /// What comes of it.
    pub changes: Vec<Change>,
}

/// A line that cannot be taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportFault {
    /// The line.
    pub line: usize,
    /// Why not.
    pub refusal: Refusal,
}

/// A directory that a table is being tried on.
struct Trial {
    actor: Actor,
    today: Date,
    scratch: Directory,
    planned: Vec<Planned>,
    faults: Vec<ImportFault>,
}

impl Trial {
    fn run(&mut self, line: usize, effect: Effect, command: Command) {
        match self.scratch.decide(self.actor, &command, self.today) {
            Ok(changes) => {
                self.scratch.apply(changes.iter().cloned());
                self.planned.push(Planned { line, effect, command, changes });
            }
            Err(refusal) => self.faults.push(ImportFault { line, refusal }),
        }
    }

    fn fault(&mut self, line: usize, refusal: Refusal) {
        self.faults.push(ImportFault { line, refusal });
    }

    fn finish(mut self) -> Result<Vec<Planned>, Vec<ImportFault>> {
        self.faults.sort_by_key(|fault| fault.line);
        if self.faults.is_empty() { Ok(self.planned) } else { Err(self.faults) }
    }
}

impl Directory {
    /// What a table of units comes to, with effect from a day on. Units that it does not name stay as they are; a
    /// parent may stand below its children.
    ///
    /// # Errors
    /// Every line that stands against it; then nothing of the table is taken in.
    pub fn plan_units(
        &self,
        actor: Actor,
        rows: &[UnitRow],
        from: Date,
        today: Date,
    ) -> Result<Vec<Planned>, Vec<ImportFault>> {
        let mut trial = self.trial(actor, today);
        let mut named = BTreeSet::new();
        let mut waiting: Vec<&UnitRow> = Vec::new();
        for row in rows {
            if named.insert(&row.code) {
                waiting.push(row)
            } else {
                trial.fault(row.line, Refusal::CodeTaken)
            }
        }
        while !waiting.is_empty() {
            // A line waits while the line of its parent waits, which it may have to follow.
            let codes: BTreeSet<&Code> = waiting.iter().map(|row| &row.code).collect();
            let (ready, later): (Vec<&UnitRow>, Vec<&UnitRow>) = waiting
                .iter()
                .partition(|row| row.parent.as_ref().is_none_or(|parent| !codes.contains(parent)));
            if ready.is_empty() {
                later.iter().for_each(|row| trial.fault(row.line, Refusal::WithinItself));
                break;
            }
            ready.into_iter().for_each(|row| trial.unit_row(row, from));
            waiting = later;
        }
        trial.finish()
    }

    /// What a table of people comes to, with effect from a day on. People that it does not name stay as they are.
    ///
    /// # Errors
    /// Every line that stands against it; then nothing of the table is taken in.
    pub fn plan_people(
        &self,
        actor: Actor,
        rows: &[PersonRow],
        from: Date,
        today: Date,
    ) -> Result<Vec<Planned>, Vec<ImportFault>> {
        let mut trial = self.trial(actor, today);
        let mut named = BTreeSet::new();
        for row in rows {
            if named.insert(&row.code) {
                trial.person_row(row, from);
            } else {
                trial.fault(row.line, Refusal::CodeTaken);
            }
        }
        trial.finish()
    }

    fn trial(&self, actor: Actor, today: Date) -> Trial {
        Trial { actor, today, scratch: self.clone(), planned: Vec::new(), faults: Vec::new() }
    }
}

impl Trial {
    fn unit_row(&mut self, row: &UnitRow, from: Date) {
        let parent = match &row.parent {
            None => None,
            Some(code) => match self.scratch.unit_by_code(code).map(|unit| unit.id) {
                Some(id) => Some(id),
                None => return self.fault(row.line, Refusal::NoSuchUnit),
            },
        };
        let Some(Unit { id, versions, .. }) = self.scratch.unit_by_code(&row.code).cloned() else {
            let (code, name) = (row.code.clone(), row.name.clone());
            return self.run(row.line, Effect::Create, Command::CreateUnit { code, name, parent, from });
        };
        let Some(last) = versions.last() else { return };
        // An administrator's table shows the top of what he administers without what lies above.
        let hidden_above = row.parent.is_none()
            && last
                .parent
                .is_some_and(|above| self.scratch.visible_unit(self.actor, above, self.today).is_err());
        if last.name != row.name {
            let command = Command::RenameUnit { unit: id, name: row.name.clone(), from };
            self.run(row.line, Effect::Change, command);
        }
        if last.parent != parent && !hidden_above {
            self.run(row.line, Effect::Move, Command::MoveUnit { unit: id, parent, from });
        }
    }

    fn person_row(&mut self, row: &PersonRow, from: Date) {
        let Some(unit) = self.scratch.unit_by_code(&row.unit).map(|unit| unit.id) else {
            return self.fault(row.line, Refusal::NoSuchUnit);
        };
        let Some(Person { id, details, memberships, .. }) = self.scratch.person_by_code(&row.code).cloned()
        else {
            let (code, details) = (row.code.clone(), row.details.clone());
            let command = Command::CreatePerson { code, details, unit: Some(unit), from };
            return self.run(row.line, Effect::Create, command);
        };
        if details != row.details {
            let command = Command::UpdatePerson { person: id, details: row.details.clone() };
            self.run(row.line, Effect::Change, command);
        }
        let stays = memberships.last().is_some_and(|place| place.unit == unit && place.to.is_none());
        if !stays {
            self.run(row.line, Effect::Move, Command::MovePerson { person: id, unit, from });
        }
    }
}
