//! Deterministic simulation of the two production cores.
//!
//! The very [`giaoban_media::Shard`] and [`giaoban_signaling::Conference`] of production run over the plain transport,
//! on a virtual clock, with a seeded network and synthetic browsers around them. One seed decides everything.
//! What happened is judged by the oracles of [`oracle`], one function each.
#![forbid(unsafe_code)]

pub mod client;
pub mod link;
pub mod lips;
pub mod offer;
pub mod oracle;
pub mod plan;
pub mod plans;
pub mod publisher;
pub mod queue;
pub mod receiver;
pub mod scoreboard;
pub mod tag;
pub mod trace;
pub mod view;
pub mod world;
