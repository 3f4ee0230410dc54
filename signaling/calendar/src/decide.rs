//! From a command to changes.

mod bookings;
mod rooms;

use giaoban_directory::Actor;

use crate::calendar::{Calendar, World};
use crate::command::{Change, Command};
use crate::refusal::Refusal;

impl Calendar {
    /// What a command comes to. Nothing is changed by asking.
    ///
    /// # Errors
    /// What stands against it.
    pub fn decide(&self, actor: Actor, command: &Command, world: World<'_>) -> Result<Vec<Change>, Refusal> {
        self.authorize(actor, command, world)?;
        let change = match command {
            Command::Convene { rules, expected, minutes } => {
                return self.convene(rules, expected, *minutes, world);
            }
            Command::Book { plan, knowingly } => self.book(plan, *knowingly, world).map(Change::Booking),
            Command::ChangeBooking { booking, plan, knowingly } => {
                self.change_booking(*booking, plan, *knowingly, world).map(Change::Booking)
            }
            Command::ExceptInstance { booking, original, exception, knowingly } => {
                self.except(*booking, *original, exception.clone(), *knowingly, world).map(Change::Booking)
            }
            Command::CancelBooking { booking } => self.cancel_booking(*booking).map(Change::Booking),
            Command::CreateRoom { rules } => self.create_room(rules, world).map(Change::Room),
            Command::UpdateRoom { room, rules } => self.update_room(*room, rules, world).map(Change::Room),
            Command::CloseRoom { room } => self.close_room(*room, world).map(Change::Room),
            Command::CreateTemplate { name, rules } => {
                self.create_template(name, rules, world).map(Change::Template)
            }
            Command::UpdateTemplate { template, name, rules } => {
                self.update_template(*template, name, rules, world).map(Change::Template)
            }
            Command::RetireTemplate { template } => self.retire_template(*template).map(Change::Template),
        };
        change.map(|change| vec![change])
    }
}
