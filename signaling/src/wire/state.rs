//! The state of a room as its members see it (versioned partial state, as in RFC 4575 §4).

use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

/// What a member may do; decided in one place, `access::Policy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Leads the briefing.
    Chair,
    /// Keeps door and hands for the chair, and stands in for him when he is gone.
    Deputy,
    /// A room or person that takes part.
    Site,
}

/// How secret the briefing is; shown on top of every page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum Classification {
    /// Thường.
    Normal,
    /// Mật.
    Confidential,
    /// Tối mật.
    Secret,
    /// Tuyệt mật.
    TopSecret,
}

/// What does not change while a briefing runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct RoomInfo {
    /// Its title.
    pub title: String,
    /// Its classification.
    pub classification: Classification,
}

/// Which of a member's sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum WireSourceKind {
    /// Microphone.
    Microphone,
    /// Camera.
    Camera,
    /// Shared screen.
    Screen,
    /// The shared screen's sound.
    ScreenAudio,
}

/// A source of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct WireSource {
    /// Whose.
    pub member: u32,
    /// Which.
    pub kind: WireSourceKind,
}

/// Whether a seat is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Connected, or away for so short that nobody is told.
    Present,
    /// His connection is gone; the seat is kept.
    Recovering,
    /// Not in the room.
    Absent,
}

/// A raised hand. Its place in the queue is by `order`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Hand {
    /// A counter of the room that only rises.
    pub order: u32,
}

/// One row of the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct MemberState {
    /// Whose row.
    pub member: u32,
    /// The site's name.
    pub name: String,
    /// His role.
    pub role: Role,
    /// Whether he is there.
    pub presence: Presence,
    /// His microphone is open, by his own word.
    pub microphone: bool,
    /// His camera is on, by his own word.
    pub camera: bool,
    /// He shares a screen.
    pub screen: bool,
    /// The chair muted him: nothing he says passes the gateway.
    pub muted: bool,
    /// His hand, if raised.
    pub hand: Option<Hand>,
    /// He is heard now.
    pub speaking: bool,
}

/// What the chair chose for everyone's stage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum StageRule {
    /// A share if there is one, else whoever speaks.
    #[default]
    FollowSpeaker,
    /// This source until the chair says otherwise.
    Pinned {
        /// The source.
        source: WireSource,
    },
}

/// The stage: the rule and what it yields now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Stage {
    /// The chair's choice.
    pub rule: StageRule,
    /// What is on the stage now.
    pub source: Option<WireSource>,
}

/// The whole state at one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Snapshot {
    /// The version; every delta raises it by one.
    pub version: u32,
    /// The room.
    pub room: RoomInfo,
    /// Every seat, by member id.
    pub members: Vec<MemberState>,
    /// The stage.
    pub stage: Stage,
    /// Nobody new is let in but by the chair's link.
    pub locked: bool,
    /// Everyone but the chair is muted, late joiners too, unless let speak one by one.
    pub muted_all: bool,
    /// Who waits at the door, first come first.
    pub waiting: Vec<u32>,
    /// The deputy who stands in for the chair, with all of his powers.
    pub acting: Option<u32>,
}

/// One change of the state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// A row is new or differs.
    Member {
        /// The row.
        member: MemberState,
    },
    /// A seat no longer exists.
    Gone {
        /// Whose.
        member: u32,
    },
    /// Those who are heard now, in ascending order; replaces every row's `speaking`.
    Speaking {
        /// Who.
        members: Vec<u32>,
    },
    /// The stage.
    Stage {
        /// The stage.
        stage: Stage,
    },
    /// The lock.
    Locked {
        /// Whether it is on.
        locked: bool,
    },
    /// The mute of all.
    MutedAll {
        /// Whether it is on.
        muted_all: bool,
    },
    /// Who waits at the door, first come first.
    Waiting {
        /// Who.
        members: Vec<u32>,
    },
    /// Who stands in for the chair.
    Acting {
        /// The deputy; none while the chair leads, or nobody can.
        member: Option<u32>,
    },
}
