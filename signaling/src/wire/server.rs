//! What the gateway says.

use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

use super::error::ErrorCode;
use super::quality::SiteQuality;
use super::state::{Change, Role, Snapshot, WireSource};

/// Why a member's briefing is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The chair ended it for all.
    Ended,
    /// The chair removed this member.
    Removed,
    /// The operator revoked the link.
    Revoked,
    /// The same link was opened elsewhere and took the seat.
    TakenOver,
    /// The member left.
    Left,
    /// The chair was gone, and one or nobody was left for ten minutes.
    Deserted,
}

/// What a slot shall show. The client covers the slot and says `covered` with the epoch;
/// then the gateway switches and says `slot_switched`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct SlotAssignment {
    /// The slot.
    pub slot: u8,
    /// The assignment's number, rising for each slot.
    pub epoch: u32,
    /// The source; none for an empty slot.
    pub source: Option<WireSource>,
}

/// A message of the gateway.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The seat is yours. Sent first on every connection.
    Welcome {
        /// Who you are.
        member: u32,
        /// Your role.
        role: Role,
        /// What to present after an outage or a refresh. The one before dies when this one is presented,
        /// so that a welcome lost on the way costs nobody the seat.
        resume: String,
        /// Server time.
        #[cfg_attr(test, ts(type = "number"))]
        time: u64,
        /// Server time at which the link ends. Who is in stays in; who is away for longer than his seat is kept does not
        /// come back.
        #[cfg_attr(test, ts(type = "number | null"))]
        until: Option<u64>,
    },
    /// Not let in yet. The connection waits: `welcome` follows as soon as the door allows it, or this again when cause
    /// or place change.
    Waiting {
        /// What keeps the member out: `room_locked`, `room_full`, `room_closed`, `room_not_open` or `chair_admits`.
        code: ErrorCode,
        /// The place in the queue, from 1.
        place: u32,
    },
    /// The whole state.
    Snapshot {
        /// The state.
        snapshot: Snapshot,
    },
    /// What changed since `version - 1`.
    Delta {
        /// The version these changes lead to.
        version: u32,
        /// The changes, in order.
        changes: Vec<Change>,
    },
    /// The answer to an offer; settles its request.
    Answer {
        /// The offer's request.
        request: u32,
        /// The peer connection.
        peer: u32,
        /// The answer, as text.
        sdp: String,
    },
    /// Slots that change. Slots not named keep theirs. After a resume, all slots that were ever assigned,
    /// followed by the `slot_switched` of those that have switched.
    Slots {
        /// The assignments.
        slots: Vec<SlotAssignment>,
    },
    /// A slot's new source begins: uncover at the frame with this RTP timestamp.
    SlotSwitched {
        /// The slot.
        slot: u8,
        /// The assignment it fulfils.
        epoch: u32,
        /// The timestamp of its first frame.
        timestamp: u32,
    },
    /// The gateway closed the microphone: a push-to-talk without heartbeat, or a mute by the chair.
    MicrophoneClosed,
    /// How the sites' connections are, the worst first, once a second to who watches. The first time all sites, then at
    /// most 64: the worst, and the others in turn. Sites not named keep what was told of them.
    Quality {
        /// The sites.
        sites: Vec<SiteQuality>,
    },
    /// A request was carried out.
    Done {
        /// Which.
        request: u32,
    },
    /// A request was not carried out.
    Refused {
        /// Which.
        request: u32,
        /// Why.
        code: ErrorCode,
    },
    /// The connection is refused or at fault and closes. Not the end of the seat.
    Error {
        /// Why.
        code: ErrorCode,
    },
    /// The answer to `ping`.
    Pong {
        /// The ping's.
        nonce: u32,
        /// Server time.
        #[cfg_attr(test, ts(type = "number"))]
        time: u64,
    },
    /// The end of the seat; the connection closes.
    Ended {
        /// Why.
        reason: EndReason,
        /// The member who ordered it, if one did.
        by: Option<u32>,
    },
}
