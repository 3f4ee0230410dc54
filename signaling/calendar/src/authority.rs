//! Who may see and do what with rooms. Whose subtree it is the directory says.

use giaoban_directory::{Actor, PersonId, Refusal as Denial, UnitId};

use crate::booking::{Booking, BookingId, Expected, Plan};
use crate::calendar::{Calendar, World};
use crate::command::Command;
use crate::label::Classification;
use crate::refusal::Refusal;
use crate::room::{Room, RoomId, Rules};
use crate::template::{Template, TemplateId};

impl Calendar {
    /// Whether the actor may carry out a command.
    ///
    /// # Errors
    /// What stands against it; of what the actor does not see it says that it does not exist.
    pub fn authorize(&self, actor: Actor, command: &Command, world: World<'_>) -> Result<(), Refusal> {
        match command {
            Command::CreateRoom { rules } | Command::CreateTemplate { rules, .. } => {
                may_set(actor, rules, None, world)
            }
            Command::Convene { rules, expected, .. } => {
                may_set(actor, rules, None, world)?;
                may_expect(actor, expected, None, world)
            }
            Command::Book { plan, .. } => self.may_book(actor, plan, None, world),
            Command::ChangeBooking { booking, plan, .. } => {
                let before = self.administered_booking(actor, *booking, world)?;
                self.may_book(actor, plan, Some(&before.plan), world)
            }
            Command::ExceptInstance { booking, .. } | Command::CancelBooking { booking } => {
                self.administered_booking(actor, *booking, world).map(drop)
            }
            Command::UpdateRoom { room, rules } => {
                let before = self.administered_room(actor, *room, world)?;
                may_set(actor, rules, Some(&before.rules), world)
            }
            Command::CloseRoom { room } => self.administered_room(actor, *room, world).map(drop),
            Command::UpdateTemplate { template, rules, .. } => {
                let before = self.visible_template(actor, *template, world)?;
                may_set(actor, rules, Some(&before.rules), world)
            }
            Command::RetireTemplate { template } => self.visible_template(actor, *template, world).map(drop),
        }
    }

    /// The rooms of the units that an actor administers, by number.
    pub fn visible_rooms<'a>(&'a self, actor: Actor, world: World<'a>) -> impl Iterator<Item = &'a Room> {
        self.rooms().filter(move |room| owns(actor, room.rules.unit, world))
    }

    /// The templates of those units that the actor is cleared for, by number.
    pub fn visible_templates<'a>(
        &'a self,
        actor: Actor,
        world: World<'a>,
    ) -> impl Iterator<Item = &'a Template> {
        self.templates().filter(move |template| {
            owns(actor, template.rules.unit, world) && is_cleared(actor, template.rules.classification, world)
        })
    }

    /// A room, if the actor administers its unit.
    ///
    /// # Errors
    /// If there is none that he may see.
    pub fn visible_room(&self, actor: Actor, room: RoomId, world: World<'_>) -> Result<&Room, Refusal> {
        self.room(room).filter(|room| owns(actor, room.rules.unit, world)).ok_or(Refusal::NoSuchRoom)
    }

    /// A room that the actor may change: he administers its unit and is cleared for it.
    ///
    /// # Errors
    /// What stands against it.
    pub fn administered_room(&self, actor: Actor, room: RoomId, world: World<'_>) -> Result<&Room, Refusal> {
        let room = self.visible_room(actor, room, world)?;
        cleared(actor, room.rules.classification, world)?;
        Ok(room)
    }

    /// A booking that the actor may read and change: he administers its room's unit and is cleared for it.
    ///
    /// # Errors
    /// What stands against it.
    pub fn administered_booking(
        &self,
        actor: Actor,
        booking: BookingId,
        world: World<'_>,
    ) -> Result<&Booking, Refusal> {
        let booking = self.booking(booking).ok_or(Refusal::NoSuchBooking)?;
        match self.administered_room(actor, booking.plan.room, world) {
            Ok(_) => Ok(booking),
            Err(Refusal::NoSuchRoom) => Err(Refusal::NoSuchBooking),
            Err(refusal) => Err(refusal),
        }
    }

    /// Whether an actor may book this; what a plan before it names may stay.
    ///
    /// # Errors
    /// What stands against it.
    pub fn may_book(
        &self,
        actor: Actor,
        plan: &Plan,
        before: Option<&Plan>,
        world: World<'_>,
    ) -> Result<(), Refusal> {
        self.administered_room(actor, plan.room, world)?;
        let named = |person| before.is_some_and(|before| before.chair == Some(person));
        if let Some(chair) = plan.chair.filter(|chair| !named(*chair)) {
            world.directory.visible_person(actor, chair, world.today)?;
        }
        may_expect(actor, &plan.expected, before, world)
    }

    /// A template, if the actor administers its unit and is cleared for it.
    ///
    /// # Errors
    /// If there is none that he may see.
    pub fn visible_template(
        &self,
        actor: Actor,
        template: TemplateId,
        world: World<'_>,
    ) -> Result<&Template, Refusal> {
        self.template(template)
            .filter(|template| owns(actor, template.rules.unit, world))
            .filter(|template| is_cleared(actor, template.rules.classification, world))
            .ok_or(Refusal::NoSuchTemplate)
    }
}

/// Whether an actor may be told what a classification covers.
#[must_use]
pub fn is_cleared(actor: Actor, classification: Classification, world: World<'_>) -> bool {
    match actor {
        Actor::Operator => true,
        Actor::Person(person) => {
            world.directory.person(person).is_some_and(|person| person.details.clearance >= classification)
        }
    }
}

fn cleared(actor: Actor, classification: Classification, world: World<'_>) -> Result<(), Refusal> {
    if is_cleared(actor, classification, world) { Ok(()) } else { Err(Refusal::AboveClearance) }
}

fn owns(actor: Actor, unit: Option<UnitId>, World { directory, today, .. }: World<'_>) -> bool {
    match unit {
        None => directory.administers_all(actor, today),
        Some(unit) => directory.visible_unit(actor, unit, today).is_ok(),
    }
}

/// Whether an actor may give a room these rules. What they name he must see; what was named before, by whoever may see
/// more, may stay.
fn may_set(actor: Actor, rules: &Rules, before: Option<&Rules>, world: World<'_>) -> Result<(), Refusal> {
    if !owns(actor, rules.unit, world) {
        return Err(if rules.unit.is_some() { Denial::NoSuchUnit } else { Denial::NotAllowed }.into());
    }
    cleared(actor, rules.classification, world)?;
    let known = |person: PersonId| before.is_some_and(|before| before.is_led_by(person));
    for person in rules.chair.iter().chain(&rules.deputies).filter(|person| !known(**person)) {
        world.directory.visible_person(actor, *person, world.today)?;
    }
    let known = |unit: UnitId| before.is_some_and(|rules| rules.joiners.iter().any(|line| line.unit == unit));
    for joiners in rules.joiners.iter().filter(|joiners| !known(joiners.unit)) {
        world.directory.visible_unit(actor, joiners.unit, world.today)?;
    }
    Ok(())
}

fn may_expect(
    actor: Actor,
    expected: &[Expected],
    before: Option<&Plan>,
    world: World<'_>,
) -> Result<(), Refusal> {
    let known = |line: &Expected| before.is_some_and(|before| before.expected.contains(line));
    for line in expected.iter().filter(|line| !known(line)) {
        match line {
            Expected::Unit { unit } | Expected::Subtree { unit } => {
                world.directory.visible_unit(actor, *unit, world.today).map(drop)?;
            }
            Expected::Person { person } => {
                world.directory.visible_person(actor, *person, world.today).map(drop)?;
            }
        }
    }
    Ok(())
}
