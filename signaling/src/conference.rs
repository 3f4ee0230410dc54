//! One conference: roster, roles, hands, stage, mutes, slot wishes, seat leases.

mod chair;
mod desertion;
mod entry;
mod hands;
mod io;
mod keeping;
mod ledger;
mod lobby;
mod media;
mod member;
mod mute;
mod offers;
mod quality;
mod roster;
mod slots;
mod stage;
mod succession;
mod terms;
mod timers;
mod wishes;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;

use giaoban_media_types::{Command, ConferenceId, MemberId};

pub use io::{ConnectionId, Durable, Entry, Input, Output, Seat, Seated, Setup, WriteId};
pub use terms::{Admittance, Door};

use crate::quality::ClientReport;
use crate::wire::{ClientMessage, ErrorCode, RoomInfo, ServerMessage};
use ledger::Ledger;
use lobby::Lobby;
use member::{Lease, Member};
use quality::Quality;
use roster::Roster;
use stage::Stage;
use timers::{Timer, Timers};

/// A conference. It is told the time and never asks: an input or a timeout changes its state once,
/// then [`Conference::poll_output`] is drained until it yields nothing. One input makes at most a few outputs
/// for each member, so the queue between is bounded by the number of seats.
pub struct Conference {
    id: ConferenceId,
    room: RoomInfo,
    capacity: usize,
    door: Door,
    members: BTreeMap<MemberId, Member>,
    /// Who holds his seat through which connection; the mirror of `Lease::Held`.
    connections: BTreeMap<ConnectionId, MemberId>,
    ledger: Ledger,
    lobby: Lobby,
    roster: Roster,
    stage: Stage,
    quality: Quality,
    /// Who is heard now.
    speakers: BTreeSet<MemberId>,
    /// The last number given to a hand or a share.
    last_order: u32,
    timers: Timers,
    /// Every member's slots are to be looked at again.
    retarget_all: bool,
    /// The chair is gone so long that a deputy stands in for him.
    is_succession_open: bool,
    /// It was told the time once, and with it who held a seat when the process before ended.
    has_begun: bool,
    outputs: VecDeque<Output>,
}

impl Conference {
    /// A conference as it was stored; nobody is in it.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let members = setup.seats.into_iter().map(|seat| (seat.member, Member::new(seat)));
        Self {
            id: setup.conference,
            room: setup.room,
            capacity: setup.capacity,
            door: Door::default(),
            members: members.collect(),
            connections: BTreeMap::new(),
            ledger: Ledger::new(setup.durable),
            lobby: Lobby::default(),
            roster: Roster::default(),
            stage: Stage::default(),
            quality: Quality::default(),
            speakers: BTreeSet::new(),
            last_order: 0,
            timers: Timers::default(),
            retarget_all: false,
            is_succession_open: false,
            has_begun: false,
            outputs: VecDeque::new(),
        }
    }

    /// Takes an input. What fell due before it is done first.
    pub fn handle_input(&mut self, now: Instant, input: Input) {
        self.run_due(now);
        match input {
            Input::Enter { connection, member, entry, take_over, resume, time } => {
                let arrival = entry::Arrival { connection, member, entry, take_over, resume, time };
                self.enter(now, arrival);
            }
            Input::Message { connection, message } => self.message(now, connection, message),
            Input::Disconnected { connection } => self.disconnected(now, connection),
            Input::Media(event) => self.media(now, event),
            Input::Stored { write } => self.stored(write),
            Input::StoreFailed { write } => self.store_failed(write),
            Input::SeatAdded(seat) => self.seat_added(seat),
            Input::SeatRevoked { member } => self.seat_revoked(member),
            Input::RoomChanged { room, capacity } => self.set_room(room, capacity),
            Input::DoorChanged(door) => self.set_door(door),
            Input::RoomClosed => self.close_room(),
        }
        self.settle(now);
    }

    /// Runs what is due at `now`.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.run_due(now);
        self.settle(now);
    }

    /// When [`Conference::handle_timeout`] is due next.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// The process is about to end on purpose: what would have been written soon is written now.
    pub fn handle_shutdown(&mut self) {
        self.keep();
    }

    /// Drains one output.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Whether a connection holds the seat.
    #[must_use]
    pub fn is_held(&self, member: MemberId) -> bool {
        self.members.get(&member).is_some_and(|member| member.connection().is_some())
    }

    fn run_due(&mut self, now: Instant) {
        self.begin(now);
        while let Some(timer) = self.timers.pop_due(now) {
            match timer {
                Timer::Flush => self.flush(now),
                Timer::Away(member) => self.still_away(now, member),
                Timer::Spurt(member) => self.close_microphone(member),
                Timer::Flow(member) => self.watch_flows(now, member),
                Timer::Keep => self.keep(),
                Timer::Waiter(member) => self.forget_waiter(member),
                Timer::Quality => self.measure(now),
                Timer::Deserted => self.end_deserted(),
                Timer::Succession => self.open_succession(),
                // Only wakes the conference: the stage is settled after every input and timeout.
                Timer::Stage => {}
            }
        }
    }

    /// Draws the conclusions of whatever changed.
    fn settle(&mut self, now: Instant) {
        self.open_doors(now);
        self.watch_succession(now);
        self.watch_desertion(now);
        self.settle_stage(now);
        if std::mem::take(&mut self.retarget_all) {
            let seated = self.members.values().filter(|member| member.has_lease());
            let seated: Vec<MemberId> = seated.map(|member| member.seat.member).collect();
            seated.into_iter().for_each(|member| self.retarget(member));
        }
        self.schedule_flush(now);
    }

    fn message(&mut self, now: Instant, connection: ConnectionId, message: ClientMessage) {
        let Some(&member) = self.connections.get(&connection) else {
            if message == ClientMessage::Leave {
                self.stop_waiting(connection);
            }
            return;
        };
        match message {
            ClientMessage::Hello { .. } | ClientMessage::Ping { .. } => {
                self.fault(now, connection, ErrorCode::BadMessage);
            }
            ClientMessage::Offer { request, peer, sdp, sections } => {
                let offer = media::Offer { connection, request, peer, sdp, sections };
                self.offer(now, member, offer);
            }
            ClientMessage::Want { wishes } => self.want(now, member, connection, &wishes),
            ClientMessage::Covered { slot, epoch } => self.covered(member, slot, epoch),
            ClientMessage::Sources { microphone, camera, screen } => {
                self.say_sources(now, member, member::OwnSources { microphone, camera, screen });
            }
            ClientMessage::Heartbeat => self.heartbeat(now, member),
            ClientMessage::Hand { request, raised } => self.hand(member, connection, request, raised),
            ClientMessage::Chair { request, order } => self.order(now, member, connection, request, order),
            ClientMessage::Report { freezes, fps, path, trouble } => {
                self.client_report(now, member, ClientReport { freezes, fps, path, trouble });
            }
            ClientMessage::WatchQuality { request, on } => {
                self.watch_quality(now, member, connection, request, on);
            }
            ClientMessage::Resync => {
                let snapshot = self.snapshot();
                self.send(connection, ServerMessage::Snapshot { snapshot });
            }
            ClientMessage::Leave => self.leave(member),
        }
    }

    /// Sends to a connection that still holds its seat.
    fn send(&mut self, connection: ConnectionId, message: ServerMessage) {
        if self.connections.contains_key(&connection) {
            self.outputs.push_back(Output::Send { connection, message });
        }
    }

    fn send_to_member(&mut self, member: MemberId, message: ServerMessage) {
        if let Some(connection) = self.members.get(&member).and_then(Member::connection) {
            self.send(connection, message);
        }
    }

    fn done(&mut self, connection: ConnectionId, request: u32) {
        self.send(connection, ServerMessage::Done { request });
    }

    fn refuse(&mut self, connection: ConnectionId, request: u32, code: ErrorCode) {
        self.send(connection, ServerMessage::Refused { request, code });
    }

    /// Closes a connection that broke the protocol. Its seat is kept as after any other loss.
    fn fault(&mut self, now: Instant, connection: ConnectionId, code: ErrorCode) {
        self.send(connection, ServerMessage::Error { code });
        self.outputs.push_back(Output::Close { connection });
        self.disconnected(now, connection);
    }

    fn command(&mut self, command: Command) {
        self.outputs.push_back(Output::Media(command));
    }

    fn next_order(&mut self) -> u32 {
        self.last_order = self.last_order.wrapping_add(1);
        self.last_order
    }

    fn holds_lease(&self, member: MemberId) -> bool {
        self.members.get(&member).is_some_and(|member| member.lease != Lease::Absent)
    }
}
