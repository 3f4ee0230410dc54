//! The whole calendar in memory.

use std::collections::{BTreeMap, BTreeSet};

use giaoban_directory::{Date, Directory, UnitId};

use crate::booking::{Booking, BookingId, Instance};
use crate::command::{Change, Command, Subject};
use crate::room::{Room, RoomId};
use crate::template::{Template, TemplateId};
use crate::time::Moment;

/// What a decision looks at beside the calendar.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Units and people.
    pub directory: &'a Directory,
    /// The day it is.
    pub today: Date,
    /// The moment it is.
    pub now: Moment,
}

/// All rooms, templates and bookings there ever were.
#[derive(Clone, Default)]
pub struct Calendar {
    rooms: BTreeMap<RoomId, Room>,
    templates: BTreeMap<TemplateId, Template>,
    /// Each with its meetings by their starts, worked out once.
    bookings: BTreeMap<BookingId, (Booking, Vec<Instance>)>,
    /// What is booked in each room.
    booked: BTreeMap<RoomId, BTreeSet<BookingId>>,
}

impl Calendar {
    /// Takes in records: those kept, at the start, and what [`Calendar::decide`] came to, once it is kept.
    pub fn apply(&mut self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            match change {
                Change::Room(room) => drop(self.rooms.insert(room.id, room)),
                Change::Template(template) => drop(self.templates.insert(template.id, template)),
                Change::Booking(booking) => self.put_booking(booking),
            }
        }
    }

    fn put_booking(&mut self, booking: Booking) {
        let (id, room, instances) = (booking.id, booking.plan.room, booking.instances());
        if let Some((before, _)) = self.bookings.insert(id, (booking, instances))
            && let Some(booked) = self.booked.get_mut(&before.plan.room)
        {
            booked.remove(&id);
        }
        self.booked.entry(room).or_default().insert(id);
    }

    /// A booking, whoever asks.
    #[must_use]
    pub fn booking(&self, id: BookingId) -> Option<&Booking> {
        self.bookings.get(&id).map(|(booking, _)| booking)
    }

    /// The meetings of a booking, by their starts.
    #[must_use]
    pub fn instances_of(&self, id: BookingId) -> &[Instance] {
        self.bookings.get(&id).map(|(_, instances)| instances.as_slice()).unwrap_or_default()
    }

    /// Every booking with its meetings, by number.
    pub fn planned(&self) -> impl Iterator<Item = (&Booking, &[Instance])> {
        self.bookings.values().map(|(booking, instances)| (booking, instances.as_slice()))
    }

    /// The meetings in a room, each with its booking; those of one booking by their starts.
    pub fn instances_in(&self, room: RoomId) -> impl Iterator<Item = (&Booking, &Instance)> {
        let booked = self.booked.get(&room).into_iter().flatten();
        booked
            .filter_map(|id| self.bookings.get(id))
            .flat_map(|(booking, instances)| instances.iter().map(move |instance| (booking, instance)))
    }

    /// The meetings that share a moment with a stretch of time, by their starts.
    #[must_use]
    pub fn instances_between(
        &self,
        from: Moment,
        to: Moment,
        take: impl Fn(&Booking) -> bool,
    ) -> Vec<(&Booking, Instance)> {
        let mut found: Vec<(&Booking, Instance)> = Vec::new();
        for (booking, instances) in self.planned() {
            let before = instances.partition_point(|instance| instance.start < to);
            let meets = instances.iter().take(before).filter(|instance| instance.end > from);
            if meets.clone().next().is_some() && take(booking) {
                found.extend(meets.map(|instance| (booking, *instance)));
            }
        }
        found.sort_unstable_by_key(|(_, instance)| *instance);
        found
    }

    /// A room, whoever asks.
    #[must_use]
    pub fn room(&self, id: RoomId) -> Option<&Room> {
        self.rooms.get(&id)
    }

    /// A template, whoever asks.
    #[must_use]
    pub fn template(&self, id: TemplateId) -> Option<&Template> {
        self.templates.get(&id)
    }

    /// Every room there ever was, by number.
    pub fn rooms(&self) -> impl Iterator<Item = &Room> {
        self.rooms.values()
    }

    /// Every template there ever was, by number.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        self.templates.values()
    }

    /// How often what a command is about was changed.
    #[must_use]
    pub fn revision(&self, subject: Subject) -> Option<u32> {
        match subject {
            Subject::Room(id) => self.rooms.get(&id).map(|room| room.revision),
            Subject::Template(id) => self.templates.get(&id).map(|template| template.revision),
            Subject::Booking(id) => self.booking(id).map(|booking| booking.revision),
            Subject::None => None,
        }
    }

    /// The unit under which a command stands in the record.
    #[must_use]
    pub fn concerned(&self, command: &Command) -> Option<UnitId> {
        match command {
            Command::CreateRoom { rules }
            | Command::CreateTemplate { rules, .. }
            | Command::Convene { rules, .. } => rules.unit,
            Command::UpdateRoom { room, .. } | Command::CloseRoom { room } => self.room(*room)?.rules.unit,
            Command::UpdateTemplate { template, .. } | Command::RetireTemplate { template } => {
                self.template(*template)?.rules.unit
            }
            Command::Book { plan, .. } => self.room(plan.room)?.rules.unit,
            Command::ChangeBooking { booking, .. }
            | Command::ExceptInstance { booking, .. }
            | Command::CancelBooking { booking } => self.room(self.booking(*booking)?.plan.room)?.rules.unit,
        }
    }

    pub(crate) fn next_room(&self) -> Option<RoomId> {
        next(self.rooms.keys().next_back().map(|id| id.0)).map(RoomId)
    }

    pub(crate) fn next_booking(&self) -> Option<BookingId> {
        next(self.bookings.keys().next_back().map(|id| id.0)).map(BookingId)
    }

    pub(crate) fn next_template(&self) -> Option<TemplateId> {
        next(self.templates.keys().next_back().map(|id| id.0)).map(TemplateId)
    }
}

fn next(last: Option<u32>) -> Option<u32> {
    last.map_or(Some(1), |last| last.checked_add(1))
}
