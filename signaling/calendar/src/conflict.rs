//! What stands in a booking's way, and what would not.

use giaoban_directory::{Actor, PersonId};

use crate::booking::{Booking, BookingId, Instance, Plan};
use crate::calendar::{Calendar, World};
use crate::recurrence::starts;
use crate::room::RoomId;
use crate::time::LocalTime;

/// Conflicts that are named; whoever has more moves the whole series.
const MOST: usize = 50;

/// Steps by which another time is looked for, in minutes, and how many.
const STEP: i64 = 30;
const STEPS: i64 = 24;

/// Other times and other rooms that are offered at most.
const OFFERED: usize = 5;

/// What two meetings share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// The room.
    Room,
    /// The chair.
    Chair,
}

/// Two meetings at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict {
    /// The one that is planned.
    pub planned: Instance,
    /// The one that stands.
    pub standing: Instance,
    /// What they share.
    pub shared: Shared,
}

/// What would not conflict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alternatives {
    /// Other starts of the whole plan on the same day.
    pub starts: Vec<LocalTime>,
    /// Other rooms at the same time.
    pub rooms: Vec<RoomId>,
}

impl Calendar {
    /// The meetings that stand in the way of a plan's, the first ones.
    #[must_use]
    pub fn conflicts(&self, plan: &Plan, instances: &[Instance]) -> Vec<Conflict> {
        let chair = self.chair_of(plan);
        let own = instances.first().map(|instance| instance.booking);
        let mut found = Vec::new();
        for (booking, others) in self.planned().filter(|(booking, _)| Some(booking.id) != own) {
            let shared = if booking.plan.room == plan.room {
                Shared::Room
            } else if chair.is_some() && self.chair_of(&booking.plan) == chair {
                Shared::Chair
            } else {
                continue;
            };
            for planned in instances {
                let from = others.partition_point(|other| other.end <= planned.start);
                let at_once = others.iter().skip(from).take_while(|other| other.start < planned.end);
                found.extend(at_once.map(|standing| Conflict {
                    planned: *planned,
                    standing: *standing,
                    shared,
                }));
                if found.len() >= MOST {
                    found.truncate(MOST);
                    return found;
                }
            }
        }
        found.sort_by_key(|conflict| (conflict.planned.start, conflict.standing));
        found
    }

    /// The meetings of a plan that may be kept or not; `id` is the booking that it changes.
    #[must_use]
    pub fn preview(&self, plan: &Plan, id: Option<BookingId>) -> Vec<Instance> {
        let exceptions = id.and_then(|id| self.booking(id)).map(|booking| booking.exceptions.clone());
        let booking = Booking {
            id: id.unwrap_or(BookingId(u32::MAX)),
            revision: 1,
            plan: plan.clone(),
            exceptions: exceptions.unwrap_or_default(),
            cancelled: false,
        };
        booking.instances()
    }

    /// What an actor could book instead of a plan.
    #[must_use]
    pub fn alternatives(
        &self,
        actor: Actor,
        plan: &Plan,
        id: Option<BookingId>,
        world: World<'_>,
    ) -> Alternatives {
        let is_free =
            |plan: &Plan| starts(plan).is_ok() && self.conflicts(plan, &self.preview(plan, id)).is_empty();
        let later = (1..=STEPS).map(|step| plan.start.plus_minutes(step * STEP));
        let same_day = later.take_while(|start| start.day() == plan.start.day());
        let starts = same_day.filter(|start| is_free(&Plan { start: *start, ..plan.clone() }));
        let own = self.room(plan.room).map(|room| &room.rules);
        let alike = |rules: &crate::room::Rules| {
            own.is_some_and(|own| own.unit == rules.unit && own.classification == rules.classification)
        };
        let rooms = self
            .visible_rooms(actor, world)
            .filter(|room| room.id != plan.room && !room.closed && alike(&room.rules))
            .filter(|room| is_free(&Plan { room: room.id, ..plan.clone() }))
            .map(|room| room.id);
        Alternatives { starts: starts.take(OFFERED).collect(), rooms: rooms.take(OFFERED).collect() }
    }

    /// Who leads what is planned.
    #[must_use]
    pub fn chair_of(&self, plan: &Plan) -> Option<PersonId> {
        plan.chair.or_else(|| self.room(plan.room)?.rules.chair)
    }
}
