//! What the shards count themselves, read at each scrape from their last reports.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use giaoban_media::DropReason;
use giaoban_media::statistics::Statistics;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use tokio::sync::watch;

use super::names;

/// A shard's report, made once a second on its own thread.
#[derive(Debug, Clone, Default)]
pub struct ShardReport {
    /// What the shard counted.
    pub statistics: Statistics,
    /// What its sockets counted.
    pub sockets: SocketCounters,
}

/// What a shard's sockets count.
#[derive(Debug, Clone, Copy, Default)]
pub struct SocketCounters {
    /// Calls that brought datagrams in.
    pub batches: u64,
    /// Datagrams received.
    pub received: u64,
    /// Messages handed to the system.
    pub sent: u64,
    /// Messages that the system did not take.
    pub refused: u64,
}

/// The last report of every shard.
#[derive(Debug, Default)]
pub struct ShardReports(Mutex<Vec<watch::Receiver<ShardReport>>>);

type Value = fn(&ShardReport) -> u64;

/// Name, help and value of each counter.
const COUNTERS: [(&str, &str, Value); 17] = [
    ("media_packets_forwarded", "Packets taken", |r| r.statistics.forwarded),
    ("media_ingress_bytes", "Bytes received", |r| r.statistics.ingress_bytes),
    ("media_egress_packets", "Media packets sealed and sent", |r| r.statistics.egress_packets),
    ("media_egress_bytes", "Bytes of sealed media packets", |r| r.statistics.egress_bytes),
    ("media_retransmissions", "Retransmissions sent", |r| r.statistics.retransmissions),
    ("media_repeats", "Packets of sound sent twice to who loses some", |r| r.statistics.repeats),
    ("media_line_test_bytes", "Bytes of padding sent in line tests", |r| r.statistics.line_test_bytes),
    ("media_unanswered_nacks", "Packets asked for that could not be sent again", |r| {
        r.statistics.unanswered_nacks
    }),
    ("media_nacks_sent", "Packets asked of publishers", |r| r.statistics.nacks_sent),
    ("media_plis_sent", "Key frames asked of publishers", |r| r.statistics.picture_loss_indications_sent),
    ("media_switches", "Slots that began with a new source or layer", |r| r.statistics.switches),
    ("media_overruns", "Packets that left their history unsent", |r| r.statistics.overruns),
    ("media_refused_indices", "Packets not sealed for fear of reusing a nonce", |r| {
        r.statistics.refused_indices
    }),
    ("media_receive_batches", "Reads that brought datagrams", |r| r.sockets.batches),
    ("media_datagrams_received", "Datagrams received", |r| r.sockets.received),
    ("media_messages_sent", "Messages handed to the system", |r| r.sockets.sent),
    ("media_messages_refused", "Messages that the system did not take", |r| r.sockets.refused),
];

/// Name, help and value of each gauge.
const GAUGES: [(&str, &str, Value); 2] = [
    ("media_conferences", "Conferences with media", |r| size(r.statistics.conferences)),
    ("media_transports", "Media transports, connected or not", |r| size(r.statistics.transports)),
];

impl ShardReports {
    /// Adds a shard; its number is its place.
    pub fn add(&self, reports: watch::Receiver<ShardReport>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(reports);
    }

    /// The reports of the first shard.
    #[cfg(test)]
    pub fn first(&self) -> watch::Receiver<ShardReport> {
        self.0.lock().unwrap()[0].clone()
    }

    fn last(&self) -> Vec<ShardReport> {
        let shards = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shards.iter().map(|shard| shard.borrow().clone()).collect()
    }
}

/// Registered by reference: the metrics own it.
#[derive(Debug)]
pub struct ShardCollector(pub std::sync::Arc<ShardReports>);

impl Collector for ShardCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let shards = self.0.last();
        let numbered = || shards.iter().enumerate().map(|(number, report)| (number.to_string(), report));
        for (name, help, value) in COUNTERS {
            let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            for (number, report) in numbered() {
                let labels = [("shard", number)];
                family.encode_family(&labels)?.encode_counter::<NoLabelSet, _, u64>(&value(report), None)?;
            }
        }
        for (name, help, value) in GAUGES {
            let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            for (number, report) in numbered() {
                family.encode_family(&[("shard", number)])?.encode_gauge(&value(report))?;
            }
        }
        let (name, help) = ("media_packets_dropped", "Packets not taken, by verdict");
        let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (number, report) in numbered() {
            for reason in DropReason::ALL {
                let labels = [("shard", number.clone()), ("reason", names::snake(&format!("{reason:?}")))];
                let dropped = report.statistics.dropped(reason);
                family.encode_family(&labels)?.encode_counter::<NoLabelSet, _, u64>(&dropped, None)?;
            }
        }
        let (name, help) = ("media_security", "Connected media transports by what was negotiated");
        let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for (number, report) in numbered() {
            for (security, transports) in &report.statistics.security {
                let labels = [
                    ("shard", number.clone()),
                    ("version", names::dtls(security.dtls).to_owned()),
                    ("group", names::key_exchange(security.key_exchange).to_owned()),
                    ("profile", names::srtp(security.srtp).to_owned()),
                ];
                family.encode_family(&labels)?.encode_gauge(&size(*transports))?;
            }
        }
        Ok(())
    }
}

fn size(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus_client::encoding::text::encode;
    use prometheus_client::registry::Registry;

    #[test]
    fn every_verdict_of_every_shard_has_its_line() {
        let reports = std::sync::Arc::new(ShardReports::default());
        let mut report = ShardReport::default();
        report.statistics.count(giaoban_media::Verdict::Drop(DropReason::StunRefused));
        report.statistics.forwarded = 7;
        let (_first, receiver) = watch::channel(ShardReport::default());
        reports.add(receiver);
        let (_second, receiver) = watch::channel(report);
        reports.add(receiver);

        let mut registry = Registry::with_prefix("giaoban");
        registry.register_collector(Box::new(ShardCollector(reports)));
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        assert!(text.contains("giaoban_media_packets_forwarded_total{shard=\"1\"} 7\n"), "{text}");
        let dropped = "giaoban_media_packets_dropped_total{shard=\"1\",reason=\"stun_refused\"} 1\n";
        assert!(text.contains(dropped), "{text}");
        assert_eq!(text.matches("giaoban_media_packets_dropped_total{").count(), 2 * DropReason::ALL.len());
    }
}
