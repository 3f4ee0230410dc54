//! The media plane: a selective forwarding middlebox (RFC 7667 §3.7) without sockets and without a clock.
//!
//! A [`Shard`] owns every packet, stream and transport of its conferences. It takes datagrams and
//! commands with the time they came at, and is drained of datagrams and events.
#![forbid(unsafe_code)]

pub mod arena;
pub mod dependency;
pub mod feedback;
pub mod history;
pub mod keyframe;
pub mod line_test;
pub mod nack;
pub mod publication;
pub mod publisher;
pub mod report;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
pub mod sequence;
pub mod shard;
pub mod simulcast;
pub mod slot;
pub mod speech;
pub mod statistics;
pub mod subscriber;
pub mod transport;
pub mod verdict;
pub mod vp8;

#[cfg(test)]
mod testing;

pub use shard::{Shard, ShardConfig};
pub use transport::Transport;
pub use verdict::{DropReason, Verdict};
