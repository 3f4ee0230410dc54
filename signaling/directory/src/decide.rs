//! What comes of a command.

mod people;
mod units;

use crate::authority::Actor;
use crate::command::{Change, Command};
use crate::date::Date;
use crate::directory::Directory;
use crate::refusal::Refusal;

impl Directory {
    /// What a command changes, as whole records; nothing is changed yet.
    ///
    /// # Errors
    /// Why it is not carried out.
    pub fn decide(&self, actor: Actor, command: &Command, today: Date) -> Result<Vec<Change>, Refusal> {
        self.authorize(actor, command, today)?;
        match command {
            Command::CreateUnit { code, name, parent, from } => {
                self.create_unit(code, name, *parent, *from).map(|unit| vec![Change::Unit(unit)])
            }
            Command::RenameUnit { unit, name, from } => self.rename_unit(*unit, name, *from),
            Command::MoveUnit { unit, parent, from } => self.move_unit(*unit, *parent, *from),
            Command::MergeUnits { units, code, name, parent, from } => {
                self.merge_units(units, code, name, *parent, (*from, today))
            }
            Command::SplitUnit { unit, parts, from } => self.split_unit(*unit, parts, (*from, today)),
            Command::AbolishUnit { unit, from } => self.abolish_unit(*unit, (*from, today)),
            Command::CreatePerson { code, details, unit, from } => {
                self.create_person(code, details, *unit, *from)
            }
            Command::UpdatePerson { person, details } => self.update_person(*person, details),
            Command::MovePerson { person, unit, from } => self.move_person(*person, *unit, *from),
            Command::RetirePerson { person, from } => self.retire_person(*person, *from, today),
            Command::Appoint { person, unit } => self.appoint(*person, *unit, today),
            Command::Dismiss { appointment } => self.dismiss(*appointment, today),
        }
    }
}
