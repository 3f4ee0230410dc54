//! What a client makes of snapshots and deltas.

use std::collections::BTreeMap;

use crate::wire::{Change, MemberState, ServerMessage, Snapshot, Stage};

/// The state as one client sees it.
#[derive(Clone, PartialEq, Debug)]
pub struct View {
    pub version: u32,
    pub members: BTreeMap<u32, MemberState>,
    pub stage: Stage,
    pub locked: bool,
    pub muted_all: bool,
    pub waiting: Vec<u32>,
    pub acting: Option<u32>,
}

impl View {
    pub fn new(snapshot: Snapshot) -> Self {
        Self {
            version: snapshot.version,
            members: snapshot.members.into_iter().map(|row| (row.member, row)).collect(),
            stage: snapshot.stage,
            locked: snapshot.locked,
            muted_all: snapshot.muted_all,
            waiting: snapshot.waiting,
            acting: snapshot.acting,
        }
    }

    /// The view after all of `messages`; the first snapshot among them begins it.
    pub fn of(messages: &[ServerMessage]) -> Option<Self> {
        let mut view: Option<Self> = None;
        for message in messages {
            match message {
                ServerMessage::Snapshot { snapshot } => view = Some(Self::new(snapshot.clone())),
                ServerMessage::Delta { version, changes } => {
                    view.as_mut().expect("a snapshot comes before any delta").apply(*version, changes);
                }
                _ => {}
            }
        }
        view
    }

    pub fn apply(&mut self, version: u32, changes: &[Change]) {
        assert_eq!(version, self.version + 1, "each delta raises the version by one");
        self.version = version;
        for change in changes.iter().cloned() {
            match change {
                Change::Member { member } => {
                    self.members.insert(member.member, member);
                }
                Change::Gone { member } => {
                    self.members.remove(&member);
                }
                Change::Speaking { members } => {
                    self.members.values_mut().for_each(|row| row.speaking = members.contains(&row.member));
                }
                Change::Stage { stage } => self.stage = stage,
                Change::Locked { locked } => self.locked = locked,
                Change::MutedAll { muted_all } => self.muted_all = muted_all,
                Change::Waiting { members } => self.waiting = members,
                Change::Acting { member } => self.acting = member,
            }
        }
    }
}
