//! Coming in, staying away for a while, and going.

use std::collections::btree_map::Entry as MapEntry;
use std::time::Instant;

use giaoban_media_types::{Command, MemberId};

use super::member::{GONE_AFTER, LEASE, Lease, Member, SHOW_AWAY_AFTER};
use super::slots::Slots;
use super::timers::Timer;
use super::{Conference, ConnectionId, Entry, Output, Seat};
use crate::access::{Action, Policy};
use crate::wire::{EndReason, ErrorCode, ServerMessage, StageRule};

/// A connection at the door.
pub(super) struct Arrival {
    pub(super) connection: ConnectionId,
    pub(super) member: MemberId,
    pub(super) entry: Entry,
    pub(super) take_over: bool,
    pub(super) resume: String,
    pub(super) time: u64,
}

impl Conference {
    pub(super) fn enter(&mut self, now: Instant, arrival: Arrival) {
        match self.may_enter(&arrival) {
            Ok(()) => {
                self.turn_away_waiter(arrival.member, EndReason::TakenOver);
                self.let_in(now, arrival);
            }
            Err(code) => self.wait_or_deny(arrival, code),
        }
    }

    pub(super) fn let_in(&mut self, now: Instant, arrival: Arrival) {
        self.timers.stop(Timer::Waiter(arrival.member));
        self.reopen();
        self.take_seat(now, &arrival);
        self.settle_stage(now);
        self.greet(arrival);
    }

    pub(super) fn may_enter(&self, arrival: &Arrival) -> Result<(), ErrorCode> {
        let durable = self.ledger.durable();
        let member = self.members.get(&arrival.member).ok_or(ErrorCode::LinkInvalid)?;
        if durable.removed.contains(&arrival.member) {
            return Err(ErrorCode::LinkInvalid);
        }
        // Who is in stays in; so does one who comes back to a seat that is kept.
        let is_over = member.seat.until.is_some_and(|until| until <= arrival.time);
        if is_over && (arrival.entry == Entry::Ticket || !member.has_lease()) {
            return Err(ErrorCode::LinkExpired);
        }
        // Only a deliberate entry reopens: a page that comes back by itself does not.
        let reopens = arrival.entry == Entry::Ticket
            && Policy::authorize(self.capacity(&member.seat), &Action::Reopen).is_ok();
        if durable.ended && !reopens {
            return Err(ErrorCode::RoomClosed);
        }
        match member.lease {
            Lease::Held(_) if arrival.entry == Entry::Ticket && !arrival.take_over => {
                Err(ErrorCode::SeatInUse)
            }
            Lease::Held(_) | Lease::Away { .. } => Ok(()),
            Lease::Absent => self.check_door(&member.seat),
        }
    }

    fn reopen(&mut self) {
        if self.ledger.durable().ended {
            self.ledger.durable_mut().ended = false;
            self.lobby.look_again();
            self.begin_write();
        }
    }

    fn take_seat(&mut self, now: Instant, arrival: &Arrival) {
        let id = arrival.member;
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        let before = std::mem::replace(&mut member.lease, Lease::Held(arrival.connection));
        if before == Lease::Absent {
            self.outputs.push_back(Output::Came { member: id });
        }
        member.disturb(now);
        // A ticket comes from a fresh page: nothing of the one before is on it.
        let other_page = arrival.entry == Entry::Ticket && before != Lease::Absent;
        if other_page {
            member.forget_page();
        }
        // After a restart nothing is known of what his page was shown.
        if other_page || !member.slots.have_begun() {
            member.slots = Slots::of_entry(arrival.time);
        }
        if other_page {
            self.timers.stop(Timer::Spurt(id));
            self.command(Command::Remove { conference: self.id, member: id });
        }
        self.timers.stop(Timer::Away(id));
        self.roster.member_changed(id);
        if let Lease::Held(old) = before {
            if arrival.entry == Entry::Ticket {
                self.send(old, ServerMessage::Ended { reason: EndReason::TakenOver, by: None });
            }
            self.connections.remove(&old);
            self.outputs.push_back(Output::Close { connection: old });
        }
        self.connections.insert(arrival.connection, id);
        self.watch_flows(now, id);
        self.watch_succession(now);
        let leads = self.members.get(&id).is_some_and(|member| self.leads(&member.seat));
        self.ledger.durable_mut().led |= leads;
    }

    fn greet(&mut self, arrival: Arrival) {
        let Some(member) = self.members.get(&arrival.member) else {
            return;
        };
        let id = arrival.member;
        let welcome = ServerMessage::Welcome {
            member: id.0,
            role: member.seat.role,
            resume: arrival.resume,
            time: arrival.time,
            until: member.seat.until,
        };
        let slots = member.slots.assignments();
        let switches = member.slots.switches();
        let snapshot = self.snapshot();
        self.send(arrival.connection, welcome);
        self.send(arrival.connection, ServerMessage::Snapshot { snapshot });
        if arrival.entry == Entry::Resume {
            self.send(arrival.connection, ServerMessage::Slots { slots });
            for switched in switches {
                self.send(arrival.connection, switched.into());
            }
        }
        self.allow(id);
        self.retarget(id);
    }

    pub(super) fn disconnected(&mut self, now: Instant, connection: ConnectionId) {
        let Some(id) = self.connections.remove(&connection) else {
            self.waiter_lost(now, connection);
            return;
        };
        if let Some(member) = self.members.get_mut(&id) {
            member.lease = Lease::Away { since: now, shown: false };
            member.disturb(now);
            self.timers.set(Timer::Away(id), now + SHOW_AWAY_AFTER);
            self.watch_flows(now, id);
        }
    }

    /// The next step of an absence: told to the others, gone from the stage, and in the end without a seat.
    pub(super) fn still_away(&mut self, now: Instant, id: MemberId) {
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        let Lease::Away { since, shown } = member.lease else {
            return;
        };
        if now >= since + LEASE {
            self.release(id);
            return;
        }
        member.lease = Lease::Away { since, shown: true };
        if !shown {
            self.roster.member_changed(id);
        }
        let next = if now < since + GONE_AFTER { GONE_AFTER } else { LEASE };
        self.timers.set(Timer::Away(id), since + next);
    }

    pub(super) fn leave(&mut self, id: MemberId) {
        self.see_out(id, EndReason::Left, None);
        self.outputs.push_back(Output::Forget { member: id, reason: EndReason::Left });
    }

    /// Tells a member that his briefing is over, and by whose order; closes his connection and takes his seat.
    pub(super) fn see_out(&mut self, id: MemberId, reason: EndReason, by: Option<MemberId>) {
        self.turn_away_waiter(id, reason);
        if let Some(connection) = self.members.get(&id).and_then(Member::connection) {
            self.send(connection, ServerMessage::Ended { reason, by: by.map(|member| member.0) });
            self.outputs.push_back(Output::Close { connection });
        }
        if self.holds_lease(id) {
            self.release(id);
        }
    }

    /// Ends a lease: nothing of the member is left but his seat.
    fn release(&mut self, id: MemberId) {
        self.command(Command::Remove { conference: self.id, member: id });
        self.vacate(id);
    }

    /// Everyone goes; the media of all of them ends with the conference's.
    pub(super) fn see_all_out(&mut self, reason: EndReason, by: Option<MemberId>) {
        let connections: Vec<ConnectionId> = self.connections.keys().copied().collect();
        if !connections.is_empty() {
            let message = ServerMessage::Ended { reason, by: by.map(|member| member.0) };
            self.outputs.push_back(Output::Broadcast { connections: connections.clone(), message });
        }
        self.outputs.extend(connections.into_iter().map(|connection| Output::Close { connection }));
        self.command(Command::End { conference: self.id });
        let seated = self.members.values().filter(|member| member.has_lease());
        let seated: Vec<MemberId> = seated.map(|member| member.seat.member).collect();
        seated.into_iter().for_each(|member| self.vacate(member));
        self.stage.forget_speech();
    }

    fn vacate(&mut self, id: MemberId) {
        for timer in [Timer::Away(id), Timer::Flow(id), Timer::Spurt(id)] {
            self.timers.stop(timer);
        }
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        let before = std::mem::replace(&mut member.lease, Lease::Absent);
        if before != Lease::Absent {
            self.outputs.push_back(Output::Went { member: id });
        }
        if let Lease::Held(connection) = before {
            self.connections.remove(&connection);
        }
        member.forget_page();
        member.hand = None;
        self.lobby.look_again();
        self.roster.member_changed(id);
        if self.speakers.remove(&id) {
            self.roster.speaking_changed();
        }
    }

    pub(super) fn seat_added(&mut self, seat: Seat) {
        let id = seat.member;
        match self.members.entry(id) {
            MapEntry::Occupied(known) => known.into_mut().seat = seat,
            MapEntry::Vacant(place) => drop(place.insert(Member::new(seat))),
        }
        self.roster.member_changed(id);
        // A seat that was there may have lost the role that spared it a mute.
        self.enforce_mutes();
    }

    pub(super) fn seat_revoked(&mut self, id: MemberId) {
        if !self.members.contains_key(&id) {
            return;
        }
        self.see_out(id, EndReason::Revoked, None);
        self.members.remove(&id);
        self.roster.member_changed(id);
        self.unpin(id);
        self.retarget_all = true;
        self.outputs.push_back(Output::Forget { member: id, reason: EndReason::Revoked });
        self.begin_write();
    }

    /// What can no longer be on the stage is not pinned there.
    pub(super) fn unpin(&mut self, id: MemberId) {
        if let StageRule::Pinned { source } = self.ledger.durable().stage
            && source.member == id.0
        {
            self.ledger.durable_mut().stage = StageRule::FollowSpeaker;
            self.roster.stage_changed();
        }
    }
}
