//! The harness: one conference, its connections, its shard and its store, on a virtual clock.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use giaoban_media_types::{
    Binding, Command, ConferenceId, Event, MemberId, PeerId, RtpTimestamp, SlotEpoch, SlotId, SourceId,
    SourceKind, SourceSet,
};

use super::view::View;
use crate::conference::{Conference, ConnectionId, Durable, Entry, Input, Output, Seat, Setup, WriteId};
use crate::wire::{
    ChairAction, Change, Classification, ClientMessage, EndReason, ErrorCode, MemberState, MicrophoneState,
    Presence, Role, RoomInfo, ServerMessage, SlotAssignment, Stage, WireSource, WireSourceKind, Wish,
};

pub const CONFERENCE: ConferenceId = ConferenceId(7);
pub const CHAIR: MemberId = MemberId(1);
pub const SITE_A: MemberId = MemberId(2);
pub const SITE_B: MemberId = MemberId(3);
pub const SITE_C: MemberId = MemberId(4);

pub struct Room {
    pub conference: Conference,
    pub now: Instant,
    /// All that each connection was ever sent.
    pub sent: BTreeMap<ConnectionId, Vec<ServerMessage>>,
    pub closed: BTreeSet<ConnectionId>,
    pub denied: BTreeMap<ConnectionId, ErrorCode>,
    pub commands: Vec<Command>,
    pub writes: Vec<(WriteId, Durable)>,
    pub forgotten: Vec<(MemberId, EndReason)>,
    /// Who came and who went.
    pub attendance: Vec<(MemberId, bool)>,
    /// Whether writes succeed as soon as they are asked for.
    pub stores: bool,
    /// What was stored when the process started.
    stored: Durable,
    /// Deputies' seats.
    deputies: Vec<MemberId>,
    last_connection: u64,
    last_request: u32,
}

pub fn nothing_stored() -> Durable {
    Durable::default()
}

pub fn camera(member: MemberId) -> SourceId {
    SourceId { member, kind: SourceKind::Camera }
}

pub fn screen(member: MemberId) -> SourceId {
    SourceId { member, kind: SourceKind::Screen }
}

pub fn microphone(member: MemberId) -> SourceId {
    SourceId { member, kind: SourceKind::Microphone }
}

pub fn wire(source: SourceId) -> WireSource {
    source.into()
}

#[expect(
    clippy::disallowed_methods,
    reason = "an instant can be had nowhere else; it is the zero of virtual time"
)]
fn zero() -> Instant {
    Instant::now()
}

impl Room {
    /// A chair and three sites with seats, nobody there.
    pub fn new() -> Self {
        Self::restored(nothing_stored(), 500)
    }

    pub fn restored(durable: Durable, capacity: usize) -> Self {
        Self::seating(&[], durable, capacity)
    }

    /// The same with deputies' seats beside the others.
    pub fn seating(deputies: &[MemberId], durable: Durable, capacity: usize) -> Self {
        let seat = |member: MemberId, role| Seat {
            member,
            name: format!("Điểm cầu {}", member.0),
            role,
            until: None,
        };
        let setup = Setup {
            conference: CONFERENCE,
            room: RoomInfo { title: "Giao ban".to_owned(), classification: Classification::Normal },
            seats: [
                seat(CHAIR, Role::Chair),
                seat(SITE_A, Role::Site),
                seat(SITE_B, Role::Site),
                seat(SITE_C, Role::Site),
            ]
            .into_iter()
            .chain(deputies.iter().map(|member| seat(*member, Role::Deputy)))
            .collect(),
            durable: durable.clone(),
            capacity,
        };
        Self {
            conference: Conference::new(setup),
            now: zero(),
            sent: BTreeMap::new(),
            closed: BTreeSet::new(),
            denied: BTreeMap::new(),
            commands: Vec::new(),
            writes: Vec::new(),
            forgotten: Vec::new(),
            attendance: Vec::new(),
            stores: true,
            stored: durable,
            deputies: deputies.to_vec(),
            last_connection: 0,
            last_request: 0,
        }
    }

    /// The process starts anew on what was stored last.
    pub fn restart(self) -> Self {
        let durable = self.writes.last().map_or(self.stored, |(_, durable)| durable.clone());
        Self { now: self.now, ..Self::seating(&self.deputies, durable, 500) }
    }

    pub fn input(&mut self, input: Input) {
        self.conference.handle_input(self.now, input);
        self.drain();
        self.run_due();
    }

    /// Lets time pass, stopping wherever something falls due.
    pub fn advance(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.conference.next_timeout().filter(|at| *at <= end) {
            assert!(at > self.now, "what is due now was done");
            self.now = at;
            self.run_due();
        }
        self.now = end;
    }

    pub fn advance_seconds(&mut self, seconds: u64) {
        self.advance(Duration::from_secs(seconds));
    }

    /// Lets every delta that is due go out.
    pub fn settle(&mut self) {
        self.advance(Duration::from_millis(100));
    }

    fn run_due(&mut self) {
        while self.conference.next_timeout().is_some_and(|at| at <= self.now) {
            self.conference.handle_timeout(self.now);
            self.drain();
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.conference.poll_output() {
            match output {
                Output::Send { connection, message } => self.deliver(connection, message),
                Output::Broadcast { connections, message } => {
                    connections.into_iter().for_each(|connection| self.deliver(connection, message.clone()));
                }
                Output::Close { connection } => {
                    self.closed.insert(connection);
                }
                Output::Media(command) => self.commands.push(command),
                Output::Store { write, durable } => {
                    self.writes.push((write, durable));
                    if self.stores {
                        self.conference.handle_input(self.now, Input::Stored { write });
                    }
                }
                Output::Came { member } => self.attendance.push((member, true)),
                Output::Went { member } => self.attendance.push((member, false)),
                Output::Forget { member, reason } => self.forgotten.push((member, reason)),
                Output::Deny { connection, code } => {
                    self.denied.insert(connection, code);
                }
            }
        }
    }

    fn deliver(&mut self, connection: ConnectionId, message: ServerMessage) {
        assert!(!self.closed.contains(&connection), "nothing is sent after a close");
        self.sent.entry(connection).or_default().push(message);
    }

    pub fn try_enter(
        &mut self,
        member: MemberId,
        entry: Entry,
        take_over: bool,
    ) -> (ConnectionId, Option<ErrorCode>) {
        self.present(member, entry, take_over, 1)
    }

    /// Enters at a server time, in milliseconds since 1970.
    pub fn enter_at(&mut self, member: MemberId, time: u64) -> (ConnectionId, Option<ErrorCode>) {
        self.present(member, Entry::Ticket, false, time)
    }

    fn present(
        &mut self,
        member: MemberId,
        entry: Entry,
        take_over: bool,
        time: u64,
    ) -> (ConnectionId, Option<ErrorCode>) {
        self.last_connection += 1;
        let connection = ConnectionId(self.last_connection);
        let resume = format!("secret {}", connection.0);
        self.input(Input::Enter { connection, member, entry, take_over, resume, time });
        let waits = self.waits(connection).map(|(code, _)| code);
        (connection, self.denied.get(&connection).copied().or(waits))
    }

    /// Why a connection waits and its place in the queue, as it was told last; `None` if it was let in or never waited.
    pub fn waits(&self, connection: ConnectionId) -> Option<(ErrorCode, u32)> {
        match self.sent(connection).last() {
            Some(ServerMessage::Waiting { code, place }) => Some((*code, *place)),
            _ => None,
        }
    }

    pub fn enter(&mut self, member: MemberId) -> ConnectionId {
        let (connection, denied) = self.try_enter(member, Entry::Ticket, false);
        assert_eq!(denied, None);
        connection
    }

    pub fn resume(&mut self, member: MemberId) -> ConnectionId {
        let (connection, denied) = self.try_enter(member, Entry::Resume, false);
        assert_eq!(denied, None);
        connection
    }

    pub fn try_resume_at(&mut self, member: MemberId, time: u64) -> (ConnectionId, Option<ErrorCode>) {
        self.present(member, Entry::Resume, false, time)
    }

    pub fn resume_at(&mut self, member: MemberId, time: u64) -> ConnectionId {
        let (connection, denied) = self.try_resume_at(member, time);
        assert_eq!(denied, None);
        connection
    }

    /// Tells the conference the time, as its owner does when it starts.
    pub fn wake(&mut self) {
        self.conference.handle_timeout(self.now);
        self.drain();
        self.run_due();
    }

    /// Every presence of a member that a connection was told of, without repetitions.
    pub fn presences(&self, connection: ConnectionId, member: MemberId) -> Vec<Presence> {
        let rows = |message: &ServerMessage| match message {
            ServerMessage::Snapshot { snapshot } => snapshot.members.clone(),
            ServerMessage::Delta { changes, .. } => {
                let rows = changes.iter().filter_map(|change| match change {
                    Change::Member { member } => Some(member.clone()),
                    _ => None,
                });
                rows.collect()
            }
            _ => Vec::new(),
        };
        let rows = self.sent(connection).iter().flat_map(rows);
        let mut presences: Vec<Presence> =
            rows.filter(|row| row.member == member.0).map(|row| row.presence).collect();
        presences.dedup();
        presences
    }

    pub fn disconnect(&mut self, connection: ConnectionId) {
        self.input(Input::Disconnected { connection });
    }

    pub fn say(&mut self, connection: ConnectionId, message: ClientMessage) {
        self.input(Input::Message { connection, message });
    }

    /// Gives an order, and says what came of it: `None` while it waits.
    pub fn order(&mut self, connection: ConnectionId, order: ChairAction) -> Option<Result<(), ErrorCode>> {
        self.last_request += 1;
        let request = self.last_request;
        self.say(connection, ClientMessage::Chair { request, order });
        self.outcome(connection, request)
    }

    pub fn outcome(&self, connection: ConnectionId, request: u32) -> Option<Result<(), ErrorCode>> {
        let outcomes: Vec<_> = self
            .sent(connection)
            .iter()
            .filter_map(|message| match message {
                ServerMessage::Done { request: of } if *of == request => Some(Ok(())),
                ServerMessage::Refused { request: of, code } if *of == request => Some(Err(*code)),
                _ => None,
            })
            .collect();
        assert!(outcomes.len() <= 1, "a request is answered once");
        outcomes.first().copied()
    }

    pub fn last_connection(&self) -> u64 {
        self.last_connection
    }

    pub fn last_request(&self) -> u32 {
        self.last_request
    }

    pub fn sent(&self, connection: ConnectionId) -> &[ServerMessage] {
        self.sent.get(&connection).map_or(&[], Vec::as_slice)
    }

    pub fn view(&self, connection: ConnectionId) -> View {
        View::of(self.sent(connection)).expect("a snapshot")
    }

    pub fn row(&self, seen_by: ConnectionId, member: MemberId) -> MemberState {
        self.view(seen_by).members.get(&member.0).expect("a row").clone()
    }

    pub fn stage(&self, seen_by: ConnectionId) -> Stage {
        self.view(seen_by).stage
    }

    /// What was on the stage at any time, as `seen_by` was told, without repetitions.
    pub fn on_stage(&self, seen_by: ConnectionId) -> Option<SourceId> {
        self.stage(seen_by).source.map(Into::into)
    }

    pub fn ended(&self, connection: ConnectionId) -> Option<EndReason> {
        self.sent(connection).iter().find_map(|message| match message {
            ServerMessage::Ended { reason, .. } => Some(*reason),
            _ => None,
        })
    }

    /// How often a connection was sent a message like this one.
    pub fn count(&self, connection: ConnectionId, like: impl Fn(&ServerMessage) -> bool) -> usize {
        self.sent(connection).iter().filter(|message| like(message)).count()
    }

    pub fn microphone_closed(&self, connection: ConnectionId) -> usize {
        self.count(connection, |message| *message == ServerMessage::MicrophoneClosed)
    }

    pub fn sources(
        &mut self,
        connection: ConnectionId,
        microphone: MicrophoneState,
        camera: bool,
        screen: bool,
    ) {
        self.say(connection, ClientMessage::Sources { microphone, camera, screen });
    }

    pub fn open_microphone(&mut self, connection: ConnectionId) {
        self.sources(connection, MicrophoneState::Open, true, false);
    }

    pub fn want(&mut self, connection: ConnectionId, wishes: &[(u8, Option<SourceId>, u16)]) {
        let wish = |&(slot, source, height): &(u8, Option<SourceId>, u16)| Wish {
            slot,
            source: source.map(wire),
            height,
        };
        self.say(connection, ClientMessage::Want { wishes: wishes.iter().map(wish).collect() });
    }

    /// The latest assignment of a slot that a connection was sent.
    pub fn assignment(&self, connection: ConnectionId, slot: u8) -> Option<SlotAssignment> {
        let mut assignments = self.sent(connection).iter().flat_map(|message| match message {
            ServerMessage::Slots { slots } => slots.as_slice(),
            _ => &[],
        });
        assignments.rfind(|assignment| assignment.slot == slot).copied()
    }

    /// Acknowledges the latest assignment of a slot.
    pub fn cover(&mut self, connection: ConnectionId, slot: u8) {
        let assignment = self.assignment(connection, slot).expect("an assignment");
        self.say(connection, ClientMessage::Covered { slot, epoch: assignment.epoch });
    }

    pub fn media(&mut self, event: Event) {
        self.input(Input::Media(event));
    }

    pub fn speaks(&mut self, dominant: Option<MemberId>) {
        let speakers = dominant.into_iter().collect();
        self.media(Event::Speaking { conference: CONFERENCE, dominant, speakers });
    }

    pub fn starts(&mut self, source: SourceId) {
        self.media(Event::SourceStarted { conference: CONFERENCE, source });
    }

    pub fn stops(&mut self, source: SourceId) {
        self.media(Event::SourceStopped { conference: CONFERENCE, source });
    }

    pub fn switches(&mut self, member: MemberId, slot: u8, epoch: u32, timestamp: u32) {
        self.media(Event::SlotSwitched {
            conference: CONFERENCE,
            member,
            slot: SlotId(slot),
            epoch: SlotEpoch(epoch),
            source: camera(SITE_B),
            timestamp: RtpTimestamp(timestamp),
        });
    }

    /// Shares a screen whose packets come.
    pub fn shares(&mut self, connection: ConnectionId, member: MemberId) {
        self.sources(connection, MicrophoneState::Off, true, true);
        self.starts(screen(member));
    }

    pub fn offer(&mut self, connection: ConnectionId, request: u32, peer: u32) {
        self.say(
            connection,
            ClientMessage::Offer { request, peer, sdp: "v=0".to_owned(), sections: Vec::new() },
        );
    }

    pub fn answers(&mut self, member: MemberId, peer: u32, sdp: &str) {
        let peer = PeerId(peer);
        self.media(Event::Answered { conference: CONFERENCE, member, peer, sdp: sdp.to_owned() });
    }

    /// What the shard lets through of a member now.
    pub fn allowed(&self, member: MemberId) -> Option<SourceSet> {
        let mut allowed = None;
        for command in &self.commands {
            match command {
                Command::Allow { member: of, sources, .. } if *of == member => allowed = Some(*sources),
                Command::Remove { member: of, .. } if *of == member => allowed = None,
                Command::End { .. } => allowed = None,
                _ => {}
            }
        }
        allowed
    }

    pub fn hears(&self, member: MemberId) -> bool {
        self.allowed(member).is_some_and(|sources| sources.contains(SourceKind::Microphone))
    }

    /// What the shard was ordered for a slot last.
    pub fn binding(&self, member: MemberId, slot: u8) -> Option<Binding> {
        self.bindings(member).into_iter().rfind(|binding| binding.slot.0 == slot)
    }

    pub fn bound(&self, member: MemberId, slot: u8) -> Option<SourceId> {
        self.binding(member, slot).and_then(|binding| binding.source)
    }

    /// All orders for a member's slots, oldest first.
    pub fn bindings(&self, member: MemberId) -> Vec<Binding> {
        let bindings = self.commands.iter().filter_map(|command| match command {
            Command::Bind { member: of, bindings, .. } if *of == member => Some(bindings.clone()),
            _ => None,
        });
        bindings.flatten().collect()
    }

    pub fn removals(&self, member: MemberId) -> usize {
        let removals = self
            .commands
            .iter()
            .filter(|command| matches!(command, Command::Remove { member: of, .. } if *of == member));
        removals.count()
    }
}

pub fn pin(source: SourceId) -> ChairAction {
    ChairAction::Pin {
        source: WireSource { member: source.member.0, kind: WireSourceKind::from(source.kind) },
    }
}
