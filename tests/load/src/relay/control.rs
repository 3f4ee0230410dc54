//! Orders to a running relay, one JSON object a line; each is answered by the counters.

use serde::{Deserialize, Serialize};

use super::{Counters, Impairment, Relay};

/// What an order is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// Media.
    Udp,
    /// Pages and signaling.
    Tcp,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the client to the gateway.
    Up,
    /// From the gateway to the client.
    Down,
    /// Both ways alike.
    Both,
}

/// An order, for example
/// `{"order":"impair","protocol":"udp","direction":"both","impairment":{"loss":0.05}}`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case", deny_unknown_fields)]
pub enum Order {
    /// Replaces the settings of one protocol; what is not named is back to nothing.
    Impair {
        /// Of which.
        protocol: Protocol,
        /// Which way.
        direction: Direction,
        /// The settings.
        impairment: Impairment,
    },
    /// Only asks for the counters.
    Count,
}

/// All counters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// UDP towards the gateway.
    pub udp_up: Counters,
    /// UDP towards the clients.
    pub udp_down: Counters,
    /// TCP towards the gateway.
    pub tcp_up: Counters,
    /// TCP towards the clients.
    pub tcp_down: Counters,
}

/// Carries out one line and returns the line that answers it.
///
/// # Errors
/// When the line is not an order.
pub fn obey(relay: &Relay, line: &str) -> Result<String, serde_json::Error> {
    match serde_json::from_str(line)? {
        Order::Impair { protocol, direction, impairment } => relay.impair(protocol, direction, impairment),
        Order::Count => {}
    }
    serde_json::to_string(&relay.report())
}
