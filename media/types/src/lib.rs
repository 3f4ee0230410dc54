//! The vocabulary that crosses the border of the media core.
//!
//! Signaling speaks to a shard in [`Command`]s and hears [`Event`]s; nothing else passes.
//! The types here carry no behaviour beyond what their meaning fixes.
#![forbid(unsafe_code)]

mod command;
mod counters;
mod event;
mod id;
mod negotiation;
mod security;

pub use command::{Binding, Command};
pub use counters::{LinkCounters, MemberCounters};
pub use event::{CloseReason, Event};
pub use id::{
    ConferenceId, MediaKind, MemberId, Mid, MidError, PeerId, RtpTimestamp, SlotEpoch, SlotId, SlotKind,
    SourceId, SourceKind, SourceSet,
};
pub use negotiation::{Negotiation, NegotiationError, Purpose, Section};
pub use security::{DtlsVersion, KeyExchange, Security, SrtpProfile};
