//! One example of each message, with names and texts as they come in life: Vietnamese, with marks.

use crate::wire::{
    Cause, ChairAction, Change, Classification, ClientMessage, Credential, DeviceTrouble, EndReason,
    ErrorCode, Grade, Hand, LinkQuality, MediaPath, MemberState, MicrophoneState, PROTOCOL_VERSION, Presence,
    Role, RoomInfo, SectionPurpose, ServerMessage, SiteQuality, SlotAssignment, Snapshot, Stage, StageRule,
    WireSection, WireSource, WireSourceKind, Wish,
};

fn source(member: u32, kind: WireSourceKind) -> WireSource {
    WireSource { member, kind }
}

fn section(mid: &str, purpose: SectionPurpose) -> WireSection {
    WireSection { mid: mid.to_owned(), purpose }
}

fn orders() -> [(&'static str, ChairAction); 12] {
    [
        ("chair_pin", ChairAction::Pin { source: source(2, WireSourceKind::Screen) }),
        ("chair_follow_speaker", ChairAction::FollowSpeaker),
        ("chair_mute", ChairAction::Mute { member: 2 }),
        ("chair_let_speak", ChairAction::LetSpeak { member: 2 }),
        ("chair_mute_all", ChairAction::MuteAll),
        ("chair_unmute_all", ChairAction::UnmuteAll),
        ("chair_lower_hand", ChairAction::LowerHand { member: 2 }),
        ("chair_admit", ChairAction::Admit { member: 4 }),
        ("chair_lock", ChairAction::Lock),
        ("chair_unlock", ChairAction::Unlock),
        ("chair_remove", ChairAction::Remove { member: 2 }),
        ("chair_end", ChairAction::End),
    ]
}

fn offer() -> ClientMessage {
    ClientMessage::Offer {
        request: 1,
        peer: 4_111_222_333,
        sdp: "K87MLcjPSVUwAgA=".to_owned(),
        sections: vec![
            section("0", SectionPurpose::Source(WireSourceKind::Microphone)),
            section("1", SectionPurpose::Source(WireSourceKind::Camera)),
            section("2", SectionPurpose::Source(WireSourceKind::Screen)),
            section("3", SectionPurpose::Source(WireSourceKind::ScreenAudio)),
            section("4", SectionPurpose::Slot(0)),
            section("5", SectionPurpose::Slot(6)),
        ],
    }
}

fn hellos() -> [(&'static str, ClientMessage); 3] {
    let hello =
        |credential, take_over| ClientMessage::Hello { protocol: PROTOCOL_VERSION, credential, take_over };
    [
        ("hello_ticket", hello(Credential::Ticket { ticket: "q7nW3kSx0c".to_owned() }, false)),
        ("hello_resume", hello(Credential::Resume { secret: "Zk41mPq9vT".to_owned() }, false)),
        ("hello_take_over", hello(Credential::Ticket { ticket: "q7nW3kSx0c".to_owned() }, true)),
    ]
}

pub fn client() -> Vec<(String, ClientMessage)> {
    let mut examples = Vec::from(hellos());
    examples.extend([
        ("offer", offer()),
        (
            "want",
            ClientMessage::Want {
                wishes: vec![
                    Wish { slot: 5, source: None, height: 1080 },
                    Wish { slot: 6, source: Some(source(2, WireSourceKind::Camera)), height: 180 },
                    Wish { slot: 7, source: Some(source(3, WireSourceKind::Screen)), height: 360 },
                ],
            },
        ),
        (
            "report",
            ClientMessage::Report {
                freezes: 2,
                fps: 24,
                path: Some(MediaPath::Udp),
                trouble: Some(DeviceTrouble::Camera),
            },
        ),
        ("watch_quality", ClientMessage::WatchQuality { request: 4, on: true }),
        ("covered", ClientMessage::Covered { slot: 5, epoch: 3 }),
        ("hand", ClientMessage::Hand { request: 2, raised: true }),
        ("heartbeat", ClientMessage::Heartbeat),
        ("resync", ClientMessage::Resync),
        ("ping", ClientMessage::Ping { nonce: 77 }),
        ("leave", ClientMessage::Leave),
    ]);
    for (name, microphone) in [
        ("sources_off", MicrophoneState::Off),
        ("sources_open", MicrophoneState::Open),
        ("sources_push_to_talk", MicrophoneState::PushToTalk),
    ] {
        examples.push((name, ClientMessage::Sources { microphone, camera: true, screen: false }));
    }
    for (name, order) in orders() {
        examples.push((name, ClientMessage::Chair { request: 3, order }));
    }
    examples.into_iter().map(|(name, message)| (name.to_owned(), message)).collect()
}

fn chair() -> MemberState {
    MemberState {
        member: 1,
        name: "Văn phòng".to_owned(),
        role: Role::Chair,
        presence: Presence::Present,
        microphone: true,
        camera: true,
        screen: false,
        muted: false,
        hand: None,
        speaking: true,
    }
}

fn site() -> MemberState {
    MemberState {
        member: 2,
        name: "Sở chỉ huy tỉnh Đắk Lắk".to_owned(),
        role: Role::Site,
        presence: Presence::Recovering,
        microphone: false,
        camera: false,
        screen: true,
        muted: true,
        hand: Some(Hand { order: 4 }),
        speaking: false,
    }
}

fn snapshot() -> Snapshot {
    let absent = MemberState { member: 3, presence: Presence::Absent, screen: false, hand: None, ..site() };
    let deputy = MemberState {
        member: 5,
        role: Role::Deputy,
        presence: Presence::Present,
        muted: false,
        ..absent.clone()
    };
    Snapshot {
        version: 12,
        room: RoomInfo {
            title: "Giao ban tuần 47".to_owned(), classification: Classification::Confidential
        },
        members: vec![chair(), site(), absent, deputy],
        stage: Stage { rule: StageRule::FollowSpeaker, source: Some(source(2, WireSourceKind::Screen)) },
        locked: true,
        muted_all: true,
        waiting: vec![9],
        acting: None,
    }
}

fn changes() -> Vec<Change> {
    let pinned = source(1, WireSourceKind::Camera);
    vec![
        Change::Member { member: site() },
        Change::Gone { member: 9 },
        Change::Speaking { members: vec![1, 2] },
        Change::Stage { stage: Stage { rule: StageRule::Pinned { source: pinned }, source: None } },
        Change::Locked { locked: false },
        Change::MutedAll { muted_all: false },
        Change::Waiting { members: vec![9, 4] },
        Change::Acting { member: Some(5) },
    ]
}

fn ends() -> [(&'static str, EndReason); 6] {
    [
        ("ended_ended", EndReason::Ended),
        ("ended_removed", EndReason::Removed),
        ("ended_revoked", EndReason::Revoked),
        ("ended_taken_over", EndReason::TakenOver),
        ("ended_left", EndReason::Left),
        ("ended_deserted", EndReason::Deserted),
    ]
}

fn answer() -> ServerMessage {
    ServerMessage::Answer {
        request: 1,
        peer: 4_111_222_333,
        sdp: "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n".to_owned(),
    }
}

fn quality() -> SiteQuality {
    SiteQuality {
        member: 2,
        grade: Grade::Weak,
        cause: Cause::LossUp,
        rtt: Some(38),
        up: LinkQuality { loss: 24, jitter: 12, rate: 1240 },
        down: LinkQuality { loss: 3, jitter: 4, rate: 820 },
        sends: 720,
        receives: 360,
        freezes: 0,
        fps: 25,
        path: Some(MediaPath::Udp),
        trouble: None,
    }
}

pub fn server() -> Vec<(String, ServerMessage)> {
    let time = 1_795_503_127_250;
    let mut examples = vec![
        (
            "welcome",
            ServerMessage::Welcome {
                member: 1,
                role: Role::Chair,
                resume: "Zk41mPq9vT".to_owned(),
                time,
                until: Some(time + 300_000),
            },
        ),
        ("snapshot", ServerMessage::Snapshot { snapshot: snapshot() }),
        ("delta", ServerMessage::Delta { version: 13, changes: changes() }),
        ("answer", answer()),
        (
            "slots",
            ServerMessage::Slots {
                slots: vec![
                    SlotAssignment { slot: 5, epoch: 3, source: Some(source(2, WireSourceKind::Screen)) },
                    SlotAssignment { slot: 6, epoch: 1, source: None },
                ],
            },
        ),
        ("waiting", ServerMessage::Waiting { code: ErrorCode::RoomLocked, place: 2 }),
        ("slot_switched", ServerMessage::SlotSwitched { slot: 5, epoch: 3, timestamp: 3_735_928_559 }),
        ("microphone_closed", ServerMessage::MicrophoneClosed),
        ("quality", ServerMessage::Quality { sites: vec![quality()] }),
        ("done", ServerMessage::Done { request: 3 }),
        ("refused", ServerMessage::Refused { request: 3, code: ErrorCode::NotAllowed }),
        ("error", ServerMessage::Error { code: ErrorCode::TooFast }),
        ("pong", ServerMessage::Pong { nonce: 77, time }),
    ];
    for (name, reason) in ends() {
        let by = matches!(reason, EndReason::Removed | EndReason::Ended).then_some(1);
        examples.push((name, ServerMessage::Ended { reason, by }));
    }
    examples.into_iter().map(|(name, message)| (name.to_owned(), message)).collect()
}
