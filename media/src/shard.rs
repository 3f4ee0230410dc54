//! One shard: the conferences of one core.

use std::net::SocketAddr;
use std::time::Instant;

use giaoban_media_types::{Command, Event};

use crate::transport::Transport;

/// What a shard is told at its making.
#[derive(Debug, Clone)]
pub struct ShardConfig {
    /// Seeds every choice that need not be secret: SSRCs, first sequence numbers, jitter.
    pub seed: u64,
}

/// A datagram to send: one, or several of equal length to one receiver for UDP GSO.
#[derive(Debug, PartialEq, Eq)]
pub struct Transmit<'a> {
    /// The receiver.
    pub destination: SocketAddr,
    /// The datagrams, one after the other.
    pub contents: &'a [u8],
    /// Length of each but the last, which may be shorter; `None` for a single datagram.
    pub segment_size: Option<usize>,
}

/// A datagram as received. The shard decrypts it in place.
pub struct Datagram<'a> {
    /// The sender.
    pub from: SocketAddr,
    /// The payload.
    pub contents: &'a mut [u8],
}

/// Owns all packets, streams, transports, negotiation and layers of its conferences.
pub struct Shard<T> {
    transport: T,
}

impl<T: Transport> Shard<T> {
    /// A shard without conferences.
    pub fn new(_config: ShardConfig, _transport: T) -> Self {
        Self { transport: _transport }
    }

    /// Takes an order.
    pub fn handle_command(&mut self, _now: Instant, _command: Command) {}

    /// Takes what was received together. Forwards audio first, and at most a millisecond's work of video:
    /// what remains is due at once, see [`Shard::next_timeout`].
    pub fn handle_datagrams(&mut self, _now: Instant, _batch: &mut [Datagram<'_>]) {}

    /// Runs what is due at `now`: the rest of a fan-out, feedback, reports, timers.
    pub fn handle_timeout(&mut self, _now: Instant) {}

    /// When [`Shard::handle_timeout`] is due next.
    pub fn next_timeout(&self) -> Option<Instant> {
        None
    }

    /// Drains one message for the socket. It must be called to `None` after every `handle_*`.
    pub fn poll_transmit(&mut self) -> Option<Transmit<'_>> {
        None
    }

    /// Drains one event.
    pub fn poll_event(&mut self) -> Option<Event> {
        None
    }
}
