//! The wire protocol between gateway and client: one JSON text frame a message, tagged by `type`.
//!
//! These types are its only source: TypeScript is generated from them, and every message has a golden file.
//! Ids are numbers below 2^32; times are milliseconds since 1970 in UTC.

mod client;
mod convert;
mod error;
mod parse;
mod quality;
mod server;
mod state;
#[cfg(test)]
mod tests;

pub use client::{
    ChairAction, ClientMessage, Credential, MicrophoneState, SectionPurpose, WireSection, Wish,
};
pub use error::ErrorCode;
pub use parse::parse_client;
pub use quality::{Cause, DeviceTrouble, Grade, LinkQuality, MediaPath, SiteQuality};
pub use server::{EndReason, ServerMessage, SlotAssignment};
pub use state::{
    Change, Classification, Hand, MemberState, Presence, Role, RoomInfo, Snapshot, Stage, StageRule,
    WireSource, WireSourceKind,
};

/// Version of this protocol. A client of another version is told so and reloads.
pub const PROTOCOL_VERSION: u32 = 1;

/// Longest client message taken, in bytes: an offer with the largest slot pool, deflated and in base64, has room.
pub const MAX_CLIENT_MESSAGE: usize = 64 * 1024;
