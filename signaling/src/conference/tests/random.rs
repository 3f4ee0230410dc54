//! Random inputs in random order at random times: what must hold whatever happens.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use giaoban_media_types::{
    Command, Event, MemberId, NegotiationError, PeerId, RtpTimestamp, SlotEpoch, SlotId, SlotKind, SourceId,
    SourceKind,
};
use proptest::prelude::*;

use super::room::{CONFERENCE, Room};
use super::view::View;
use super::{CHAIR, SITE_A, SITE_B, SITE_C};
use crate::conference::member::Member;
use crate::conference::timers::Timer;
use crate::conference::{Conference, ConnectionId, Entry, Input, Seat};
use crate::wire::{
    ChairAction, ClientMessage, MicrophoneState, Role, SectionPurpose, ServerMessage, WireSection,
    WireSource, WireSourceKind, Wish,
};

/// What happens next. Connections are named by how many came after them.
#[derive(Debug, Clone)]
enum Step {
    Enter { member: u32, resume: bool, take_over: bool },
    Disconnect { back: usize },
    Say { back: usize, message: Words },
    CoverAll { back: usize },
    Report(Report),
    Store { works: bool },
    Seat { member: u32, added: bool },
    Wait { milliseconds: u64 },
}

/// A client message in a form that prints.
#[derive(Debug, Clone)]
enum Words {
    Offer { peer: u32, slot: u8 },
    Want(Vec<(u8, Option<WireSource>, u16)>),
    Covered { slot: u8, epoch: u32 },
    Sources { microphone: MicrophoneState, camera: bool, screen: bool },
    Heartbeat,
    Hand(bool),
    Chair(ChairAction),
    Resync,
    Ping,
    Leave,
}

#[derive(Debug, Clone)]
enum Report {
    Started(WireSource),
    Stopped(WireSource),
    Answered { member: u32, peer: u32 },
    Failed { member: u32, peer: u32 },
    Switched { member: u32, slot: u8, epoch: u32 },
    Speaking { dominant: Option<u32>, speakers: Vec<u32> },
}

fn member() -> impl Strategy<Value = u32> {
    1..7_u32
}

fn picture() -> impl Strategy<Value = WireSource> {
    let kind = prop_oneof![Just(WireSourceKind::Camera), Just(WireSourceKind::Screen)];
    (member(), kind).prop_map(|(member, kind)| WireSource { member, kind })
}

fn source() -> impl Strategy<Value = WireSource> {
    let sound = member().prop_map(|member| WireSource { member, kind: WireSourceKind::Microphone });
    prop_oneof![9 => picture(), 1 => sound]
}

fn order() -> impl Strategy<Value = ChairAction> {
    prop_oneof![
        source().prop_map(|source| ChairAction::Pin { source }),
        Just(ChairAction::FollowSpeaker),
        member().prop_map(|member| ChairAction::Mute { member }),
        member().prop_map(|member| ChairAction::LetSpeak { member }),
        Just(ChairAction::MuteAll),
        Just(ChairAction::UnmuteAll),
        member().prop_map(|member| ChairAction::LowerHand { member }),
        member().prop_map(|member| ChairAction::Admit { member }),
        Just(ChairAction::Lock),
        Just(ChairAction::Unlock),
        member().prop_map(|member| ChairAction::Remove { member }),
        Just(ChairAction::End),
    ]
}

fn words() -> impl Strategy<Value = Words> {
    let microphone = prop_oneof![
        Just(MicrophoneState::Off),
        Just(MicrophoneState::Open),
        Just(MicrophoneState::PushToTalk)
    ];
    let wishes = prop::collection::vec((5..9_u8, prop::option::of(picture()), 0..3_u16), 0..4);
    prop_oneof![
        2 => (0..3_u32, 0..88_u8).prop_map(|(peer, slot)| Words::Offer { peer, slot }),
        4 => wishes.prop_map(Words::Want),
        2 => (0..9_u8, 0..4_u32).prop_map(|(slot, epoch)| Words::Covered { slot, epoch }),
        4 => (microphone, any::<bool>(), any::<bool>())
            .prop_map(|(microphone, camera, screen)| Words::Sources { microphone, camera, screen }),
        1 => Just(Words::Heartbeat),
        1 => any::<bool>().prop_map(Words::Hand),
        5 => order().prop_map(Words::Chair),
        1 => Just(Words::Resync),
        1 => Just(Words::Ping),
        1 => Just(Words::Leave),
    ]
}

fn report() -> impl Strategy<Value = Report> {
    prop_oneof![
        3 => picture().prop_map(Report::Started),
        2 => picture().prop_map(Report::Stopped),
        2 => (member(), 0..3_u32).prop_map(|(member, peer)| Report::Answered { member, peer }),
        1 => (member(), 0..3_u32).prop_map(|(member, peer)| Report::Failed { member, peer }),
        2 => (member(), 0..9_u8, 0..5_u32)
            .prop_map(|(member, slot, epoch)| Report::Switched { member, slot, epoch }),
        3 => (prop::option::of(member()), prop::collection::vec(member(), 0..4))
            .prop_map(|(dominant, speakers)| Report::Speaking { dominant, speakers }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (member(), any::<bool>(), any::<bool>())
            .prop_map(|(member, resume, take_over)| Step::Enter { member, resume, take_over }),
        2 => (0..6_usize).prop_map(|back| Step::Disconnect { back }),
        16 => (0..6_usize, words()).prop_map(|(back, message)| Step::Say { back, message }),
        4 => (0..6_usize).prop_map(|back| Step::CoverAll { back }),
        6 => report().prop_map(Step::Report),
        4 => prop::bool::weighted(0.8).prop_map(|works| Step::Store { works }),
        1 => (member(), any::<bool>()).prop_map(|(member, added)| Step::Seat { member, added }),
        4 => (0..3_000_u64).prop_map(|milliseconds| Step::Wait { milliseconds }),
        1 => Just(Step::Wait { milliseconds: 91_000 }),
    ]
}

/// A run: the room, and what its clients and its shard have seen of it so far.
struct Run {
    room: Room,
    request: u32,
    answered_writes: usize,
    commands_judged: usize,
    /// Covers said since a member's slots were last forgotten.
    covers: BTreeMap<MemberId, BTreeSet<(u8, u32)>>,
}

impl Run {
    fn new() -> Self {
        let mut room = Room::new();
        room.stores = false;
        Self { room, request: 0, answered_writes: 0, commands_judged: 0, covers: BTreeMap::new() }
    }

    fn connection(&self, back: usize) -> ConnectionId {
        ConnectionId(self.room.last_connection().saturating_sub(back as u64))
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Enter { member, resume, take_over } => {
                let entry = if resume { Entry::Resume } else { Entry::Ticket };
                self.room.try_enter(MemberId(member), entry, take_over);
            }
            Step::Disconnect { back } => self.room.disconnect(self.connection(back)),
            Step::Say { back, message } => {
                let connection = self.connection(back);
                let message = self.message(message);
                self.say(connection, message);
            }
            Step::CoverAll { back } => {
                let connection = self.connection(back);
                for slot in 5..9 {
                    if let Some(assignment) = self.room.assignment(connection, slot) {
                        self.say(connection, ClientMessage::Covered { slot, epoch: assignment.epoch });
                    }
                }
            }
            Step::Report(report) => self.room.media(event(report)),
            Step::Store { works } => self.answer_write(works),
            Step::Seat { member, added: true } => {
                let seat =
                    Seat { member: MemberId(member), name: String::new(), role: Role::Deputy, until: None };
                self.room.input(Input::SeatAdded(seat));
            }
            Step::Seat { member, added: false } => {
                self.room.input(Input::SeatRevoked { member: MemberId(member) });
            }
            Step::Wait { milliseconds } => self.room.advance(Duration::from_millis(milliseconds)),
        }
    }

    fn say(&mut self, connection: ConnectionId, message: ClientMessage) {
        if let ClientMessage::Covered { slot, epoch } = message
            && let Some(member) = self.room.conference.connections.get(&connection)
        {
            self.covers.entry(*member).or_default().insert((slot, epoch));
        }
        self.room.say(connection, message);
    }

    fn message(&mut self, words: Words) -> ClientMessage {
        self.request += 1;
        let request = self.request;
        match words {
            Words::Offer { peer, slot } => {
                let section = WireSection { mid: "0".to_owned(), purpose: SectionPurpose::Slot(slot) };
                ClientMessage::Offer { request, peer, sdp: String::new(), sections: vec![section] }
            }
            Words::Want(wishes) => {
                let wish = |(slot, source, height)| Wish { slot, source, height };
                ClientMessage::Want { wishes: wishes.into_iter().map(wish).collect() }
            }
            Words::Covered { slot, epoch } => ClientMessage::Covered { slot, epoch },
            Words::Sources { microphone, camera, screen } => {
                ClientMessage::Sources { microphone, camera, screen }
            }
            Words::Heartbeat => ClientMessage::Heartbeat,
            Words::Hand(raised) => ClientMessage::Hand { request, raised },
            Words::Chair(order) => ClientMessage::Chair { request, order },
            Words::Resync => ClientMessage::Resync,
            Words::Ping => ClientMessage::Ping { nonce: request },
            Words::Leave => ClientMessage::Leave,
        }
    }

    fn answer_write(&mut self, works: bool) {
        if let Some((write, _)) = self.room.writes.get(self.answered_writes) {
            let write = *write;
            self.answered_writes += 1;
            let input = if works { Input::Stored { write } } else { Input::StoreFailed { write } };
            self.room.input(input);
        }
    }

    fn judge(&mut self) {
        self.judge_new_commands();
        let conference = &self.room.conference;
        for member in conference.members.values() {
            judge_what_passes(&self.room, conference, member);
        }
        let held = conference.members.values().filter_map(Member::connection);
        assert!(held.eq(conference.members.values().filter_map(|member| {
            let held = conference.connections.iter().find(|(_, of)| **of == member.seat.member);
            held.map(|(connection, _)| *connection)
        })));
    }

    /// No picture is bound before its cover, and nothing of his own to anyone.
    fn judge_new_commands(&mut self) {
        for command in self.room.commands.iter().skip(self.commands_judged) {
            match command {
                Command::Bind { member, bindings, .. } => {
                    for binding in bindings {
                        let picture = matches!(binding.slot.kind(), SlotKind::StageVideo | SlotKind::Tile);
                        let cover = (binding.slot.0, binding.epoch.0);
                        let covered = self.covers.get(member).is_some_and(|covers| covers.contains(&cover));
                        assert!(!picture || covered || binding.source.is_none(), "bound before its cover");
                        assert!(binding.source.is_none_or(|source| source.member != *member), "his own");
                    }
                }
                Command::Remove { member, .. } => {
                    self.covers.remove(member);
                }
                Command::End { .. } => self.covers.clear(),
                Command::Allow { .. }
                | Command::Expect { .. }
                | Command::Measure { .. }
                | Command::Negotiate(_)
                | Command::TestLine(_) => {}
            }
        }
        self.commands_judged = self.room.commands.len();
    }

    /// Everyone's deltas led him where a snapshot would: to the same room as all others.
    fn judge_views(&mut self) {
        self.room.settle();
        // A push-to-talk that ends meanwhile is told a moment later.
        while self.room.conference.timers.is_set(Timer::Flush) {
            self.room.settle();
        }
        let truth = View::new(self.room.conference.snapshot());
        let connections: Vec<ConnectionId> = self.room.conference.connections.keys().copied().collect();
        for connection in connections {
            assert_eq!(self.room.view(connection), truth);
        }
        for messages in self.room.sent.values() {
            // Replays every connection's deltas, those of the closed ones included.
            View::of(messages);
        }
        self.judge_answers();
    }

    fn judge_answers(&self) {
        for messages in self.room.sent.values() {
            let mut answered = BTreeSet::new();
            for message in messages {
                if let ServerMessage::Done { request }
                | ServerMessage::Refused { request, .. }
                | ServerMessage::Answer { request, .. } = message
                {
                    assert!(answered.insert(request), "a request is answered once");
                }
            }
        }
    }
}

/// A muted member has no voice, and one who is not there nothing at all.
fn judge_what_passes(room: &Room, conference: &Conference, member: &Member) {
    let allowed = room.allowed(member.seat.member);
    assert_eq!(allowed.is_some(), member.has_lease(), "told of everyone who is there and nobody else");
    let durable = conference.ledger.durable();
    let by_all = durable.muted_all && !durable.let_speak.contains(&member.seat.member);
    let is_site = match member.seat.role {
        Role::Site => true,
        Role::Deputy => durable.acting != Some(member.seat.member),
        Role::Chair => false,
    };
    if let Some(allowed) = allowed
        && (durable.muted.contains(&member.seat.member) || (by_all && is_site))
    {
        assert!(!allowed.contains(SourceKind::Microphone) && !allowed.contains(SourceKind::ScreenAudio));
    }
}

fn event(report: Report) -> Event {
    let conference = CONFERENCE;
    match report {
        Report::Started(source) => Event::SourceStarted { conference, source: source.into() },
        Report::Stopped(source) => Event::SourceStopped { conference, source: source.into() },
        Report::Answered { member, peer } => {
            Event::Answered { conference, member: MemberId(member), peer: PeerId(peer), sdp: String::new() }
        }
        Report::Failed { member, peer } => Event::NegotiationFailed {
            conference,
            member: MemberId(member),
            peer: PeerId(peer),
            error: NegotiationError::Malformed,
        },
        Report::Switched { member, slot, epoch } => Event::SlotSwitched {
            conference,
            member: MemberId(member),
            slot: SlotId(slot),
            epoch: SlotEpoch(epoch),
            source: SourceId { member: SITE_B, kind: SourceKind::Camera },
            timestamp: RtpTimestamp(1),
        },
        Report::Speaking { dominant, speakers } => Event::Speaking {
            conference,
            dominant: dominant.map(MemberId),
            speakers: speakers.into_iter().map(MemberId).collect(),
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_rules_hold(steps in prop::collection::vec(step(), 1..120)) {
        let mut run = Run::new();
        // Begin with a briefing under way: most rules are about one.
        for member in [CHAIR, SITE_A, SITE_B, SITE_C] {
            run.room.enter(member);
        }
        for step in steps {
            run.take(step);
            run.judge();
        }
        run.judge_views();
    }

    #[test]
    fn the_same_inputs_give_the_same_outputs(steps in prop::collection::vec(step(), 1..60)) {
        let mut runs = [Run::new(), Run::new()];
        for run in &mut runs {
            steps.iter().cloned().for_each(|step| run.take(step));
        }
        let [one, other] = runs;
        prop_assert!(one.room.sent == other.room.sent);
        prop_assert_eq!(one.room.commands.len(), other.room.commands.len());
        for member in (1..7).map(MemberId) {
            prop_assert_eq!(one.room.bindings(member), other.room.bindings(member));
        }
    }
}
