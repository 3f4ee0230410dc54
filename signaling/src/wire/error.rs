//! Stable codes of everything that can go wrong in front of a person.

use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

/// A stable code. The client has for each a sentence in Vietnamese and English, a cause and one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The link is unknown, revoked, or its seat was removed.
    LinkInvalid,
    /// The link's time is over.
    LinkExpired,
    /// The ticket is unknown, used or too old.
    TicketInvalid,
    /// The resume secret is unknown, replaced or too old.
    ResumeInvalid,
    /// Another connection holds the seat.
    SeatInUse,
    /// The room is locked.
    RoomLocked,
    /// As many members as the room holds.
    RoomFull,
    /// The briefing is over until the chair opens it again.
    RoomClosed,
    /// The room opens some time before its next briefing.
    RoomNotOpen,
    /// The chair lets in one by one.
    ChairAdmits,
    /// The member's role does not allow it.
    NotAllowed,
    /// The member named is not there.
    NoSuchMember,
    /// The source named cannot be on the stage.
    NoSuchSource,
    /// Not a message of this protocol.
    BadMessage,
    /// The message is larger than is taken.
    TooLarge,
    /// More messages than are taken.
    TooFast,
    /// Another version of the protocol: reload.
    WrongVersion,
    /// The client does not read fast enough.
    SlowConsumer,
    /// The offer is not one that can be answered.
    BadOffer,
    /// No codec in common: the browser is too old.
    NoCommonCodec,
    /// Too many attempts; wait.
    RateLimited,
    /// The gateway is going down and comes back.
    ShuttingDown,
    /// The gateway is at its limit.
    Overloaded,
    /// The gateway failed.
    Internal,
}

impl ErrorCode {
    /// Every code, for tests and clients that list them.
    pub const ALL: [Self; 24] = [
        Self::LinkInvalid,
        Self::LinkExpired,
        Self::TicketInvalid,
        Self::ResumeInvalid,
        Self::SeatInUse,
        Self::RoomLocked,
        Self::RoomFull,
        Self::RoomClosed,
        Self::RoomNotOpen,
        Self::ChairAdmits,
        Self::NotAllowed,
        Self::NoSuchMember,
        Self::NoSuchSource,
        Self::BadMessage,
        Self::TooLarge,
        Self::TooFast,
        Self::WrongVersion,
        Self::SlowConsumer,
        Self::BadOffer,
        Self::NoCommonCodec,
        Self::RateLimited,
        Self::ShuttingDown,
        Self::Overloaded,
        Self::Internal,
    ];
}
