//! What a client says.

use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

use super::quality::{DeviceTrouble, MediaPath};
use super::state::{WireSource, WireSourceKind};

/// How a connection proves its seat.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Credential {
    /// A single-use ticket bought with the link's secret; lives 30 s.
    Ticket {
        /// The ticket.
        ticket: String,
    },
    /// The resume secret of an earlier connection.
    Resume {
        /// The secret.
        secret: String,
    },
}

/// The member's own microphone, by his own word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum MicrophoneState {
    /// Closed.
    Off,
    /// Open until closed.
    Open,
    /// Open while a key is held; the gateway closes it 3 s after the last `heartbeat`.
    PushToTalk,
}

impl MicrophoneState {
    /// Open without a key that is held.
    pub(crate) fn is_steady(self) -> bool {
        self == Self::Open
    }
}

/// What a media section of an offer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum SectionPurpose {
    /// The client sends this source.
    Source(WireSourceKind),
    /// The client receives this slot: 0 stage audio, 1–3 audio, 4 screen audio, 5 stage video, 6 and up tiles.
    Slot(u8),
}

/// A media section of an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct WireSection {
    /// Its mid.
    pub mid: String,
    /// What it is for.
    pub purpose: SectionPurpose,
}

/// What a client wishes to see in one tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// The slot.
    pub slot: u8,
    /// The source; none empties the slot. Ignored for the stage slot, which follows the stage.
    pub source: Option<WireSource>,
    /// Height of the picture on the screen, in device pixels.
    pub height: u16,
}

/// What the chair may order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum ChairAction {
    /// Put a camera or a screen on everyone's stage.
    Pin {
        /// Which.
        source: WireSource,
    },
    /// Let the stage follow the speaker.
    FollowSpeaker,
    /// Mute a member until he is let speak.
    Mute {
        /// Who.
        member: u32,
    },
    /// Let a member speak, also while all are muted.
    LetSpeak {
        /// Who.
        member: u32,
    },
    /// Mute all but the chair, and whoever joins later.
    MuteAll,
    /// Lift every mute.
    UnmuteAll,
    /// Lower a member's hand.
    LowerHand {
        /// Whose.
        member: u32,
    },
    /// Let nobody new in.
    Lock,
    /// Open the room again.
    Unlock,
    /// Let one in who waits at the door, though the room is locked or full.
    Admit {
        /// Who.
        member: u32,
    },
    /// Put a member out for good: his link is dead.
    Remove {
        /// Who.
        member: u32,
    },
    /// End the briefing for all.
    End,
}

/// A message of a client. The first on a connection is `hello`, and only the first.
/// `request` numbers are the client's own; each is answered by one `done` or `refused` with the same number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    /// Opens the connection.
    Hello {
        /// The client's `PROTOCOL_VERSION`.
        protocol: u32,
        /// Its right to the seat.
        credential: Credential,
        /// Whether to push out another connection that holds the seat.
        take_over: bool,
    },
    /// Offers media. Answered by `answer` or `refused`.
    Offer {
        /// Number of the request.
        request: u32,
        /// The peer connection: drawn at random when the client makes one.
        peer: u32,
        /// The offer, deflated (RFC 1951) and in base64.
        sdp: String,
        /// What each section is for.
        sections: Vec<WireSection>,
    },
    /// The whole wish: slots not named are empty. At most 10 a second. Not answered but by `slots`.
    Want {
        /// Every slot wanted; the stage's for its height.
        wishes: Vec<Wish>,
    },
    /// The slot's old picture is covered: it may change. Acknowledges one assignment. The assignments of the first
    /// `slots` of a connection are all acknowledged, also those that are on the screen already.
    Covered {
        /// The slot.
        slot: u8,
        /// The assignment's epoch.
        epoch: u32,
    },
    /// The client's own sources, as the roster shall show them.
    Sources {
        /// Microphone.
        microphone: MicrophoneState,
        /// Camera on.
        camera: bool,
        /// Screen shared.
        screen: bool,
    },
    /// Once a second while push-to-talk is held.
    Heartbeat,
    /// Raises or lowers the own hand.
    Hand {
        /// Number of the request.
        request: u32,
        /// Whether it is up.
        raised: bool,
    },
    /// An order of the chair.
    Chair {
        /// Number of the request.
        request: u32,
        /// The order.
        order: ChairAction,
    },
    /// What the client sees of its own connection, every 5 s; more than one in 2 s is not looked at.
    Report {
        /// Times that a picture stood still since the report before.
        freezes: u16,
        /// Frames a second of the picture with the most.
        fps: u16,
        /// The way its media takes.
        path: Option<MediaPath>,
        /// What of its devices does not work.
        trouble: Option<DeviceTrouble>,
    },
    /// Begins or ceases to be told of every site's connection, by `quality`.
    WatchQuality {
        /// Number of the request.
        request: u32,
        /// Whether to be told.
        on: bool,
    },
    /// Asks for a snapshot after a missed delta.
    Resync,
    /// Measures the way there and back, and the clocks' difference.
    Ping {
        /// Comes back in `pong`.
        nonce: u32,
    },
    /// Leaves the seat at once.
    Leave,
}
