//! What passes between a conference and the gateway.

use std::collections::{BTreeMap, BTreeSet};

use giaoban_media_types::{Command, ConferenceId, Event, MemberId};
use serde::{Deserialize, Serialize};

use super::terms::Door;
use crate::wire::{ClientMessage, EndReason, ErrorCode, Role, RoomInfo, ServerMessage, StageRule};

/// One WebSocket, numbered by the gateway and never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// Numbers a write that must be stored before it is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WriteId(pub u64);

/// A seat: one link, one member.
#[derive(Clone, PartialEq, Eq)]
pub struct Seat {
    /// Its id.
    pub member: MemberId,
    /// The site's name; no `Debug`.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// Server time in milliseconds at which its link ends, if it does.
    pub until: Option<u64>,
}

/// What a restart brings back of a member who holds a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seated {
    /// His microphone is open; one that is held open by a key is not.
    pub microphone: bool,
    /// His camera is on.
    pub camera: bool,
    /// He shares a screen.
    pub screen: bool,
    /// The number of his last share.
    pub share: u32,
    /// His place in the queue of hands.
    pub hand: Option<u32>,
}

/// The part of a conference that outlives the process. The store keeps it as one record a room.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Durable {
    /// Nobody new is let in.
    pub locked: bool,
    /// The chair ended the briefing; his next entry reopens it.
    pub ended: bool,
    /// A chair has led the briefing, or a deputy in his place.
    pub led: bool,
    /// The deputy who stands in for the chair.
    pub acting: Option<MemberId>,
    /// What is on the stage.
    pub stage: StageRule,
    /// All but the chair are muted.
    pub muted_all: bool,
    /// Muted one by one.
    pub muted: BTreeSet<MemberId>,
    /// Let speak one by one while all are muted.
    pub let_speak: BTreeSet<MemberId>,
    /// Removed for good.
    pub removed: BTreeSet<MemberId>,
    /// Who holds a seat, a fraction of a second ago.
    pub seated: BTreeMap<MemberId, Seated>,
    /// Who took the stage by speaking.
    pub speaker: Option<MemberId>,
}

/// What a conference is made of.
pub struct Setup {
    /// Its id.
    pub conference: ConferenceId,
    /// Its title and classification.
    pub room: RoomInfo,
    /// Its seats.
    pub seats: Vec<Seat>,
    /// What was stored of it.
    pub durable: Durable,
    /// Present members at most.
    pub capacity: usize,
}

/// How a connection came by its seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// With a fresh ticket.
    Ticket,
    /// With a resume secret.
    Resume,
}

/// What a conference takes.
pub enum Input {
    /// A connection whose credential is good asks for its seat. The gateway has checked the secret;
    /// the conference decides about lock, capacity and takeover.
    /// `welcome` is sent as given when it is let in.
    Enter {
        /// The connection.
        connection: ConnectionId,
        /// Which seat.
        member: MemberId,
        /// How it came by it.
        entry: Entry,
        /// Whether to push out another connection on the seat.
        take_over: bool,
        /// The resume secret to hand over, made and stored (hashed) by the gateway.
        resume: String,
        /// Server time for the welcome.
        time: u64,
    },
    /// A message of a connection that has entered. `hello` and `ping` never come here;
    /// an offer's `sdp` is inflated already.
    Message {
        /// The connection.
        connection: ConnectionId,
        /// The message.
        message: ClientMessage,
    },
    /// The connection is gone.
    Disconnected {
        /// Which.
        connection: ConnectionId,
    },
    /// A report of the shard.
    Media(Event),
    /// A write is on disk.
    Stored {
        /// Which.
        write: WriteId,
    },
    /// A write failed: what waits for it is refused, and the old state stands.
    StoreFailed {
        /// Which.
        write: WriteId,
    },
    /// There is a new seat, or its name and role are others.
    SeatAdded(Seat),
    /// The operator revoked a link.
    SeatRevoked {
        /// Whose.
        member: MemberId,
    },
    /// An administrator gave the room another title, classification or number of places.
    RoomChanged {
        /// Title and classification.
        room: RoomInfo,
        /// Present members at most.
        capacity: usize,
    },
    /// The door opens, shuts or lets others in.
    DoorChanged(Door),
    /// An administrator closed the room for good.
    RoomClosed,
}

/// What a conference gives.
pub enum Output {
    /// A message for one connection.
    Send {
        /// Which.
        connection: ConnectionId,
        /// The message.
        message: ServerMessage,
    },
    /// One message for many connections: serialised once.
    Broadcast {
        /// Which.
        connections: Vec<ConnectionId>,
        /// The message.
        message: ServerMessage,
    },
    /// Close a connection after what was sent to it. The message that says why has been sent.
    Close {
        /// Which.
        connection: ConnectionId,
    },
    /// An order for the shard.
    Media(Command),
    /// Keep the durable part, then say [`Input::Stored`].
    Store {
        /// The write.
        write: WriteId,
        /// The whole durable part.
        durable: Durable,
    },
    /// Forget the seat's tickets and resume secrets.
    Forget {
        /// Whose.
        member: MemberId,
        /// Why the seat ended.
        reason: EndReason,
    },
    /// A member took his seat; to be written down.
    Came {
        /// Who.
        member: MemberId,
    },
    /// A member's seat is free again; to be written down.
    Went {
        /// Who.
        member: MemberId,
    },
    /// An entry was refused; the gateway says so and closes.
    Deny {
        /// The connection.
        connection: ConnectionId,
        /// Why.
        code: ErrorCode,
    },
}
