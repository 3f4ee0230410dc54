//! Who may do what in a conference, and how it is said on the wire. No sockets, no clock, no disk.
#![forbid(unsafe_code)]

pub mod access;
pub mod conference;
pub mod quality;
pub mod wire;

pub use conference::{Conference, ConnectionId, Input, Output};
