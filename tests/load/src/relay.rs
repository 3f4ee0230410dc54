//! A relay in user space that spoils what passes: loss, delay, jitter, reordering and outages, for UDP and TCP apart.
//!
//! The kernel's own means are not to be had everywhere, and a test wants to count what was lost.
//! Each UDP client gets a socket of its own towards the gateway, so that the gateway tells clients apart.

mod control;
mod counters;
mod impairment;
mod tcp;
mod udp;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

pub use control::{Direction, Order, Protocol, Report, obey};
pub use counters::Counters;
pub use impairment::{Fate, Impairment, Link};

/// A listening address and the gateway's address behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// Where clients come in.
    pub listen: SocketAddr,
    /// Where it goes on to.
    pub gateway: SocketAddr,
}

/// One direction of one protocol, shared by all sockets that carry it.
#[derive(Clone)]
pub(crate) struct SharedLink(Arc<Mutex<Link>>);

impl SharedLink {
    fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Link::new(seed))))
    }

    fn lock(&self) -> MutexGuard<'_, Link> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What shall become of a packet of so many bytes that came now.
    fn admit(&self, bytes: usize) -> Fate {
        self.lock().admit(Instant::now(), bytes)
    }
}

/// Both directions of one protocol.
#[derive(Clone)]
pub(crate) struct Path {
    /// From the client to the gateway.
    up: SharedLink,
    /// From the gateway to the client.
    down: SharedLink,
}

/// A running relay; it ends when the runtime does.
pub struct Relay {
    udp: Path,
    tcp: Path,
    udp_addresses: Vec<SocketAddr>,
    tcp_addresses: Vec<SocketAddr>,
}

impl Relay {
    /// Binds all listening addresses and begins to pass traffic, unimpaired. The seed decides every later loss and jitter.
    ///
    /// # Errors
    /// When an address cannot be bound.
    pub async fn start(seed: u64, udp: &[Route], tcp: &[Route]) -> io::Result<Self> {
        let path = |n: u64| Path { up: SharedLink::new(seed ^ n), down: SharedLink::new(seed ^ (n + 1)) };
        let mut relay =
            Self { udp: path(2), tcp: path(4), udp_addresses: Vec::new(), tcp_addresses: Vec::new() };
        for route in udp {
            relay.udp_addresses.push(udp::start(*route, relay.udp.clone()).await?);
        }
        for route in tcp {
            relay.tcp_addresses.push(tcp::start(*route, relay.tcp.clone()).await?);
        }
        Ok(relay)
    }

    /// The addresses that UDP clients may use, in the order of the routes.
    #[must_use]
    pub fn udp_addresses(&self) -> &[SocketAddr] {
        &self.udp_addresses
    }

    /// The addresses that TCP clients may use, in the order of the routes.
    #[must_use]
    pub fn tcp_addresses(&self) -> &[SocketAddr] {
        &self.tcp_addresses
    }

    /// Sets what happens from now on to one direction, or to both.
    pub fn impair(&self, protocol: Protocol, direction: Direction, impairment: Impairment) {
        let path = match protocol {
            Protocol::Udp => &self.udp,
            Protocol::Tcp => &self.tcp,
        };
        if direction != Direction::Down {
            path.up.lock().impair(impairment);
        }
        if direction != Direction::Up {
            path.down.lock().impair(impairment);
        }
    }

    /// What passed and what did not since the start.
    #[must_use]
    pub fn report(&self) -> Report {
        let counters = |link: &SharedLink| link.lock().counters();
        Report {
            udp_up: counters(&self.udp.up),
            udp_down: counters(&self.udp.down),
            tcp_up: counters(&self.tcp.up),
            tcp_down: counters(&self.tcp.down),
        }
    }
}

#[cfg(test)]
mod tests;
