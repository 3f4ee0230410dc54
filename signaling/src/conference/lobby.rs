//! Who waits at the door: first come, first in, as soon as lock and places allow.

use std::collections::BTreeMap;
use std::time::Instant;

use giaoban_media_types::MemberId;

use super::entry::Arrival;
use super::member::LEASE;
use super::timers::Timer;
use super::{Conference, ConnectionId, Output, Seat};
use crate::access::{Action, Policy};
use crate::wire::{EndReason, ErrorCode, ServerMessage};

/// One who waits. At most one for each seat.
struct Waiter {
    /// His place is by this number.
    order: u32,
    /// The chair lets him in, whatever the door says.
    admitted: bool,
    /// `None` while his connection is lost: his place is kept for a while.
    arrival: Option<Arrival>,
    /// What he was told last.
    told: Option<(ErrorCode, u32)>,
}

/// Owns the queue at the door.
#[derive(Default)]
pub(super) struct Lobby {
    waiters: BTreeMap<MemberId, Waiter>,
    last_order: u32,
    /// Something changed that may let someone in or move the places.
    is_due: bool,
}

impl Lobby {
    /// The door is to be looked at again.
    pub(super) fn look_again(&mut self) {
        self.is_due = true;
    }

    /// Whether the chair let this one in.
    pub(super) fn is_admitted(&self, member: MemberId) -> bool {
        self.waiters.get(&member).is_some_and(|waiter| waiter.admitted)
    }

    /// Those who wait with a connection, by their places.
    pub(super) fn queue(&self) -> Vec<MemberId> {
        let present = self.waiters.iter().filter(|(_, waiter)| waiter.arrival.is_some());
        let mut queue: Vec<(u32, MemberId)> = present.map(|(id, waiter)| (waiter.order, *id)).collect();
        queue.sort_unstable();
        queue.into_iter().map(|(_, id)| id).collect()
    }

    /// Puts an arrival in the queue: one who was in it has his place again. The connection that it replaces, if any.
    fn put(&mut self, arrival: Arrival) -> Option<Arrival> {
        self.is_due = true;
        let next = self.last_order.wrapping_add(1);
        let waiter = self.waiters.entry(arrival.member).or_insert(Waiter {
            order: next,
            admitted: false,
            arrival: None,
            told: None,
        });
        if waiter.order == next {
            self.last_order = next;
        }
        waiter.told = None;
        waiter.arrival.replace(arrival)
    }

    fn remove(&mut self, member: MemberId) -> Option<Arrival> {
        let waiter = self.waiters.remove(&member)?;
        self.is_due = true;
        waiter.arrival
    }

    fn holder(&self, connection: ConnectionId) -> Option<MemberId> {
        let holds = |waiter: &Waiter| waiter.arrival.as_ref().is_some_and(|one| one.connection == connection);
        self.waiters.iter().find(|(_, waiter)| holds(waiter)).map(|(id, _)| *id)
    }
}

/// Whether what keeps someone out may pass without his doing.
fn can_pass(refusal: ErrorCode) -> bool {
    matches!(
        refusal,
        ErrorCode::RoomLocked
            | ErrorCode::RoomFull
            | ErrorCode::RoomClosed
            | ErrorCode::RoomNotOpen
            | ErrorCode::ChairAdmits
    )
}

impl Conference {
    /// Lets an arrival wait, if what keeps him out can pass.
    pub(super) fn wait_or_deny(&mut self, arrival: Arrival, code: ErrorCode) {
        // Whoever can reopen the room himself, by an entry of his own will, does not wait for it.
        let reopens = self.members.get(&arrival.member).is_some_and(|member| {
            Policy::authorize(self.capacity(&member.seat), &Action::Reopen).is_ok()
                && code == ErrorCode::RoomClosed
        });
        if reopens || !can_pass(code) {
            self.outputs.push_back(Output::Deny { connection: arrival.connection, code });
            return;
        }
        self.timers.stop(Timer::Waiter(arrival.member));
        if let Some(old) = self.lobby.put(arrival) {
            self.turn_away(&old, EndReason::TakenOver);
        }
    }

    /// Lets in whoever may, and tells the others their places. Nothing, while nothing changed.
    pub(super) fn open_doors(&mut self, now: Instant) {
        if !std::mem::take(&mut self.lobby.is_due) {
            return;
        }
        let before = self.lobby.queue();
        for id in &before {
            let Some(arrival) = self.lobby.waiters.get(id).and_then(|waiter| waiter.arrival.as_ref()) else {
                continue;
            };
            let Err(code) = self.may_enter(arrival) else {
                if let Some(arrival) = self.lobby.remove(*id) {
                    self.let_in(now, arrival);
                }
                continue;
            };
            if !can_pass(code) {
                let connection = arrival.connection;
                self.lobby.remove(*id);
                self.outputs.push_back(Output::Deny { connection, code });
            }
        }
        self.lobby.is_due = false;
        self.tell_places();
        self.roster.queue_changed();
    }

    fn tell_places(&mut self) {
        for (place, id) in (1..).zip(self.lobby.queue()) {
            let Some(waiter) = self.lobby.waiters.get(&id) else { continue };
            let Some(arrival) = &waiter.arrival else { continue };
            let (connection, refusal) = (arrival.connection, self.may_enter(arrival));
            let Err(code) = refusal else { continue };
            if waiter.told == Some((code, place)) {
                continue;
            }
            let message = ServerMessage::Waiting { code, place };
            self.outputs.push_back(Output::Send { connection, message });
            if let Some(waiter) = self.lobby.waiters.get_mut(&id) {
                waiter.told = Some((code, place));
            }
        }
    }

    /// The chair lets one in who waits.
    pub(super) fn admit(&mut self, id: MemberId) -> Result<(), ErrorCode> {
        let waiter = self.lobby.waiters.get_mut(&id).filter(|waiter| waiter.arrival.is_some());
        waiter.ok_or(ErrorCode::NoSuchMember)?.admitted = true;
        self.lobby.look_again();
        Ok(())
    }

    /// A connection without a seat says that it leaves.
    pub(super) fn stop_waiting(&mut self, connection: ConnectionId) {
        if let Some(id) = self.lobby.holder(connection)
            && let Some(arrival) = self.lobby.remove(id)
        {
            self.turn_away(&arrival, EndReason::Left);
        }
    }

    /// A connection that may have waited is lost. Its place is kept as long as a seat would be.
    pub(super) fn waiter_lost(&mut self, now: Instant, connection: ConnectionId) {
        if let Some(id) = self.lobby.holder(connection)
            && let Some(waiter) = self.lobby.waiters.get_mut(&id)
        {
            waiter.arrival = None;
            self.lobby.look_again();
            self.timers.set(Timer::Waiter(id), now + LEASE);
        }
    }

    /// The place of one who did not come back is let go.
    pub(super) fn forget_waiter(&mut self, id: MemberId) {
        self.lobby.remove(id);
    }

    /// The link of one who waits is dead.
    pub(super) fn turn_away_waiter(&mut self, id: MemberId, reason: EndReason) {
        self.timers.stop(Timer::Waiter(id));
        if let Some(arrival) = self.lobby.remove(id) {
            self.turn_away(&arrival, reason);
        }
    }

    fn turn_away(&mut self, arrival: &Arrival, reason: EndReason) {
        let connection = arrival.connection;
        self.outputs
            .push_back(Output::Send { connection, message: ServerMessage::Ended { reason, by: None } });
        self.outputs.push_back(Output::Close { connection });
    }

    /// Whether lock and places let a member in who holds no seat.
    pub(super) fn check_door(&self, seat: &Seat) -> Result<(), ErrorCode> {
        if self.lobby.is_admitted(seat.member) {
            return Ok(());
        }
        self.door.check(seat.member, self.capacity(seat))?;
        let may = |seat, action| Policy::authorize(self.capacity(seat), &action).is_ok();
        if self.ledger.durable().locked && !may(seat, Action::EnterLocked) {
            return Err(ErrorCode::RoomLocked);
        }
        let takes_place = |seat| !may(seat, Action::EnterFull);
        let seated = self.members.values().filter(|member| member.has_lease());
        let taken = seated.filter(|member| takes_place(&member.seat)).count();
        if taken >= self.capacity && takes_place(seat) { Err(ErrorCode::RoomFull) } else { Ok(()) }
    }
}
