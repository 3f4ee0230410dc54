//! Rooms and templates made, changed, closed.

use std::collections::BTreeSet;

use giaoban_directory::{PersonId, Refusal as Denial, Text};

use crate::calendar::{Calendar, World};
use crate::label::allowance;
use crate::refusal::Refusal;
use crate::room::{MAX_CAPACITY, MAX_DEPUTIES, MAX_JOINERS, Room, RoomId, Rules};
use crate::template::{Template, TemplateId};

impl Calendar {
    pub(super) fn create_room(&self, rules: &Rules, world: World<'_>) -> Result<Room, Refusal> {
        check(rules, world)?;
        let id = self.next_room().ok_or(Denial::Full)?;
        Ok(Room { id, revision: 1, rules: rules.clone(), closed: false })
    }

    pub(super) fn update_room(&self, id: RoomId, rules: &Rules, world: World<'_>) -> Result<Room, Refusal> {
        let room = self.open_room(id)?;
        check(rules, world)?;
        if room.rules == *rules {
            return Err(Denial::NothingToChange.into());
        }
        Ok(Room { revision: room.revision.saturating_add(1), rules: rules.clone(), ..room.clone() })
    }

    pub(super) fn close_room(&self, id: RoomId, world: World<'_>) -> Result<Room, Refusal> {
        let room = self.open_room(id)?;
        if self.is_booked(id, world) {
            return Err(Refusal::StillBooked);
        }
        Ok(Room { revision: room.revision.saturating_add(1), closed: true, ..room.clone() })
    }

    pub(super) fn create_template(
        &self,
        name: &Text,
        rules: &Rules,
        world: World<'_>,
    ) -> Result<Template, Refusal> {
        named(name)?;
        check(rules, world)?;
        let id = self.next_template().ok_or(Denial::Full)?;
        Ok(Template { id, revision: 1, name: name.clone(), rules: rules.clone(), retired: false })
    }

    pub(super) fn update_template(
        &self,
        id: TemplateId,
        name: &Text,
        rules: &Rules,
        world: World<'_>,
    ) -> Result<Template, Refusal> {
        let template = self.offered_template(id)?;
        named(name)?;
        check(rules, world)?;
        if template.name == *name && template.rules == *rules {
            return Err(Denial::NothingToChange.into());
        }
        let revision = template.revision.saturating_add(1);
        Ok(Template { id, revision, name: name.clone(), rules: rules.clone(), retired: false })
    }

    pub(super) fn retire_template(&self, id: TemplateId) -> Result<Template, Refusal> {
        let template = self.offered_template(id)?;
        let revision = template.revision.saturating_add(1);
        Ok(Template { revision, retired: true, ..template.clone() })
    }

    pub(super) fn open_room(&self, id: RoomId) -> Result<&Room, Refusal> {
        let room = self.room(id).ok_or(Refusal::NoSuchRoom)?;
        if room.closed { Err(Refusal::Closed) } else { Ok(room) }
    }

    fn offered_template(&self, id: TemplateId) -> Result<&Template, Refusal> {
        let template = self.template(id).ok_or(Refusal::NoSuchTemplate)?;
        if template.retired { Err(Refusal::Closed) } else { Ok(template) }
    }
}

fn named(name: &Text) -> Result<(), Refusal> {
    if name.as_str().is_empty() { Err(Denial::BadText.into()) } else { Ok(()) }
}

/// Whether rules hold together.
fn check(rules: &Rules, world: World<'_>) -> Result<(), Refusal> {
    named(&rules.title)?;
    if rules.capacity.is_some_and(|capacity| !(1..=MAX_CAPACITY).contains(&capacity)) {
        return Err(Refusal::BadCapacity);
    }
    if rules.lobby < allowance(rules.classification).laxest_lobby {
        return Err(Refusal::LobbyTooLax);
    }
    if rules.joiners.len() > MAX_JOINERS {
        return Err(Refusal::TooManyJoiners);
    }
    let lives = |unit| world.directory.unit(unit).is_some_and(|unit| unit.at(world.today).is_some());
    if !rules.unit.into_iter().chain(rules.joiners.iter().map(|joiners| joiners.unit)).all(lives) {
        return Err(Denial::NotLiving.into());
    }
    let leaders: Vec<PersonId> = rules.chair.into_iter().chain(rules.deputies.iter().copied()).collect();
    let different: BTreeSet<PersonId> = leaders.iter().copied().collect();
    if different.len() < leaders.len() || rules.deputies.len() > MAX_DEPUTIES {
        return Err(Refusal::BadLeaders);
    }
    for leader in leaders {
        let person = world.directory.person(leader).ok_or(Denial::NoSuchPerson)?;
        if person.details.clearance < rules.classification {
            return Err(Refusal::LeaderNotCleared);
        }
    }
    Ok(())
}
