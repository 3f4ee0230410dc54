//! Briefings booked, moved, cancelled, convened at once.

use std::collections::BTreeMap;

use giaoban_directory::Refusal as Denial;

use crate::booking::{
    Booking, BookingId, Exception, Expected, MAX_EXPECTED, MAX_MINUTES, MAX_OPENS_BEFORE, Plan,
};
use crate::calendar::{Calendar, World};
use crate::command::Change;
use crate::recurrence::starts;
use crate::refusal::Refusal;
use crate::room::{Opening, Room, RoomId, Rules, Standing};
use crate::time::{LocalTime, Zone};

impl Calendar {
    pub(super) fn book(&self, plan: &Plan, knowingly: bool, world: World<'_>) -> Result<Booking, Refusal> {
        self.check_plan(plan, world)?;
        let id = self.next_booking().ok_or(Denial::Full)?;
        let booking =
            Booking { id, revision: 1, plan: plan.clone(), exceptions: BTreeMap::new(), cancelled: false };
        self.settle(booking, knowingly, world)
    }

    pub(super) fn change_booking(
        &self,
        id: BookingId,
        plan: &Plan,
        knowingly: bool,
        world: World<'_>,
    ) -> Result<Booking, Refusal> {
        let before = self.living_booking(id)?;
        self.check_plan(plan, world)?;
        if before.plan == *plan {
            return Err(Denial::NothingToChange.into());
        }
        // What differed goes on to differ where the series still has that meeting.
        let starts = starts(plan)?;
        let mut exceptions = before.exceptions.clone();
        exceptions.retain(|original, _| starts.contains(original));
        let booking = Booking { plan: plan.clone(), exceptions, ..next(before) };
        self.settle(booking, knowingly, world)
    }

    /// Puts an exception in the place of an instance, or the instance back in its place.
    pub(super) fn except(
        &self,
        id: BookingId,
        original: LocalTime,
        exception: Option<Exception>,
        knowingly: bool,
        world: World<'_>,
    ) -> Result<Booking, Refusal> {
        let before = self.living_booking(id)?;
        if !starts(&before.plan)?.contains(&original) {
            return Err(Refusal::NoSuchInstance);
        }
        if let Some(Exception::Moved { minutes, .. }) = &exception {
            check_minutes(*minutes)?;
        }
        let mut booking = next(before);
        match exception {
            Some(exception) => booking.exceptions.insert(original, exception),
            None => booking.exceptions.remove(&original),
        };
        if booking.exceptions == before.exceptions {
            return Err(Denial::NothingToChange.into());
        }
        self.settle(booking, knowingly, world)
    }

    pub(super) fn cancel_booking(&self, id: BookingId) -> Result<Booking, Refusal> {
        Ok(Booking { cancelled: true, ..next(self.living_booking(id)?) })
    }

    /// A room of its own and a briefing in it that begins now.
    pub(super) fn convene(
        &self,
        rules: &Rules,
        expected: &[Expected],
        minutes: u16,
        world: World<'_>,
    ) -> Result<Vec<Change>, Refusal> {
        let rules = Rules { opening: Opening::Booked, standing: Standing::OneTime, ..rules.clone() };
        let room = self.create_room(&rules, world)?;
        let zone = Zone::VIETNAM;
        let plan = Plan {
            room: room.id,
            title: rules.title.clone(),
            start: LocalTime::at(world.now, zone).ok_or(Refusal::Past)?,
            zone,
            minutes,
            recurrence: None,
            expected: expected.to_vec(),
            chair: None,
            opens_before: 0,
        };
        check_lines(&plan, &room, world)?;
        let id = self.next_booking().ok_or(Denial::Full)?;
        let booking = Booking { id, revision: 1, plan, exceptions: BTreeMap::new(), cancelled: false };
        Ok(vec![Change::Room(room), Change::Booking(booking)])
    }

    /// Whether a plan holds together, conflicts apart.
    ///
    /// # Errors
    /// The first fault.
    pub fn check_plan(&self, plan: &Plan, world: World<'_>) -> Result<(), Refusal> {
        check_lines(plan, self.open_room(plan.room)?, world)?;
        starts(plan).map(drop)
    }

    /// The last look at a booking: something of it lies ahead, and nothing stands in its way that was not known.
    fn settle(&self, booking: Booking, knowingly: bool, world: World<'_>) -> Result<Booking, Refusal> {
        let instances = booking.instances();
        if !instances.is_empty() && instances.iter().all(|instance| instance.end <= world.now) {
            return Err(Refusal::Past);
        }
        if !knowingly && !self.conflicts(&booking.plan, &instances).is_empty() {
            return Err(Refusal::Conflict);
        }
        Ok(booking)
    }

    fn living_booking(&self, id: BookingId) -> Result<&Booking, Refusal> {
        let booking = self.booking(id).ok_or(Refusal::NoSuchBooking)?;
        if booking.cancelled { Err(Refusal::Closed) } else { Ok(booking) }
    }

    /// Whether anything booked in a room is not over yet.
    pub(super) fn is_booked(&self, room: RoomId, world: World<'_>) -> bool {
        self.instances_in(room).any(|(_, instance)| instance.end > world.now)
    }
}

fn next(before: &Booking) -> Booking {
    Booking { revision: before.revision.saturating_add(1), ..before.clone() }
}

fn check_minutes(minutes: u16) -> Result<(), Refusal> {
    if (1..=MAX_MINUTES).contains(&minutes) { Ok(()) } else { Err(Refusal::BadLength) }
}

fn check_lines(plan: &Plan, room: &Room, world: World<'_>) -> Result<(), Refusal> {
    if plan.title.as_str().is_empty() {
        return Err(Denial::BadText.into());
    }
    check_minutes(plan.minutes)?;
    if plan.opens_before > MAX_OPENS_BEFORE {
        return Err(Refusal::BadLength);
    }
    if plan.expected.len() > MAX_EXPECTED {
        return Err(Refusal::TooManyExpected);
    }
    if let Some(chair) = plan.chair {
        let person = world.directory.person(chair).ok_or(Denial::NoSuchPerson)?;
        if person.details.clearance < room.rules.classification {
            return Err(Refusal::LeaderNotCleared);
        }
    }
    Ok(())
}
