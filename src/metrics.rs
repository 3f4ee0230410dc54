//! What the operator's monitoring reads, in the OpenMetrics text format.

mod names;
mod shards;

pub use shards::{ShardReport, SocketCounters};

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use self::shards::{ShardCollector, ShardReports};

/// Labels of a TLS handshake.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct TlsLabels {
    /// For example `TLSv1_3`.
    pub version: String,
    /// For example `X25519MLKEM768`.
    pub group: String,
}

/// Labels of a media handshake.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct MediaSecurityLabels {
    /// The DTLS version.
    pub version: &'static str,
    /// The key exchange.
    pub group: &'static str,
    /// The SRTP profile.
    pub profile: &'static str,
}

/// A single reason, taken from a closed set.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct ReasonLabel {
    /// Why.
    pub reason: String,
}

type Count = Counter<u64, AtomicU64>;
type Level = Gauge<i64, AtomicI64>;

/// All metrics of the process. No label names a person, a site or an address.
#[derive(Default)]
pub struct Metrics {
    /// TLS connections that are open.
    pub tls_connections: Level,
    /// Completed TLS handshakes.
    pub tls_handshakes: Family<TlsLabels, Count>,
    /// TLS handshakes that failed or took too long.
    pub tls_failures: Count,
    /// Connections refused because as many as allowed are open.
    pub tls_refused: Count,
    /// WebSockets that are open.
    pub websockets: Level,
    /// WebSockets on a seat.
    pub members: Level,
    /// WebSockets that the gateway closed, by error code.
    pub websocket_errors: Family<ReasonLabel, Count>,
    /// Messages of clients.
    pub client_messages: Count,
    /// Completed media handshakes.
    pub media_handshakes: Family<MediaSecurityLabels, Count>,
    /// Media transports that closed, by reason.
    pub media_closed: Family<ReasonLabel, Count>,
    /// Events held back because the conferences had not taken the earlier ones.
    pub events_held: Count,
    /// Writes that the database refused.
    pub store_failures: Count,
    /// The shards' own counters.
    pub shards: Arc<ShardReports>,
}

impl Metrics {
    /// Registers every metric under its name.
    pub fn register(&self, registry: &mut Registry) {
        let r = registry;
        r.register("tls_connections", "Open TLS connections", self.tls_connections.clone());
        r.register("tls_handshakes", "Completed TLS handshakes", self.tls_handshakes.clone());
        r.register("tls_failures", "TLS handshakes failed or timed out", self.tls_failures.clone());
        r.register("tls_refused", "Connections over the limit", self.tls_refused.clone());
        r.register("websockets", "Open WebSockets", self.websockets.clone());
        r.register("members", "WebSockets on a seat", self.members.clone());
        r.register("websocket_errors", "WebSockets closed by error code", self.websocket_errors.clone());
        r.register("client_messages", "Messages of clients", self.client_messages.clone());
        r.register("media_handshakes", "Completed media handshakes", self.media_handshakes.clone());
        r.register("media_closed", "Closed media transports by reason", self.media_closed.clone());
        r.register("events_held", "Shard events held back", self.events_held.clone());
        r.register_collector(Box::new(ShardCollector(Arc::clone(&self.shards))));
        r.register("store_failures", "Failed database writes", self.store_failures.clone());
    }

    /// Counts a WebSocket closed with an error.
    pub fn websocket_error(&self, code: giaoban_signaling::wire::ErrorCode) {
        let reason = serde_json::to_value(code).ok().and_then(|code| code.as_str().map(str::to_owned));
        self.websocket_errors.get_or_create(&ReasonLabel { reason: reason.unwrap_or_default() }).inc();
    }

    /// Counts what a shard reported.
    pub fn media_event(&self, event: &giaoban_media_types::Event) {
        use giaoban_media_types::Event;
        match event {
            Event::Connected { security, .. } => {
                let labels = MediaSecurityLabels {
                    version: names::dtls(security.dtls),
                    group: names::key_exchange(security.key_exchange),
                    profile: names::srtp(security.srtp),
                };
                self.media_handshakes.get_or_create(&labels).inc();
            }
            Event::Closed { reason, .. } => {
                let reason = names::snake(&format!("{reason:?}"));
                self.media_closed.get_or_create(&ReasonLabel { reason }).inc();
            }
            _ => {}
        }
    }
}

/// A gauge raised for as long as this lives.
pub struct Raised(Level);

impl Raised {
    /// Raises it by one.
    #[must_use]
    pub fn new(level: &Level) -> Self {
        level.inc();
        Self(level.clone())
    }
}

impl Drop for Raised {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests;
