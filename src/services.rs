//! What every request and connection may reach.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use giaoban_signaling::ConnectionId;

use crate::limits::Attempts;
use crate::line_tests::LineTests;
use crate::links::Links;
use crate::metrics::Metrics;
use crate::organisation::Organisation;
use crate::registry::Registry;
use crate::schedule::Schedule;
use crate::shutdown::Shutdown;
use crate::sign_in::SignIn;
use crate::store::Store;
use crate::tickets::Tickets;

/// The gateway's parts, each with one owner.
pub struct Services {
    /// Rooms, seats, durable state.
    pub store: Store,
    /// Units, people, who administers what.
    pub organisation: Arc<Organisation>,
    /// Rooms, and what is planned in them.
    pub schedule: Arc<Schedule>,
    /// Makes and ends links.
    pub links: Links,
    /// Accounts and sessions.
    pub sign_in: SignIn,
    /// Which conference is where.
    pub registry: Arc<Registry>,
    /// Tickets that are out.
    pub tickets: Arc<Tickets>,
    /// Tests of lines before a seat is taken.
    pub line_tests: LineTests,
    /// Limits on attempts.
    pub attempts: Attempts,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// The same by name.
    pub metrics_registry: prometheus_client::registry::Registry,
    /// The authority's certificate (PEM).
    pub authority: String,
    /// The order to go down.
    pub shutdown: Shutdown,
    /// Numbers connections.
    pub connections: AtomicU64,
}

impl Services {
    /// A number no connection had before.
    pub fn next_connection(&self) -> ConnectionId {
        ConnectionId(self.connections.fetch_add(1, Ordering::Relaxed))
    }
}
