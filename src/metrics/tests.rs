use std::collections::BTreeSet;

use giaoban_media::DropReason;
use giaoban_media_types::{
    CloseReason, ConferenceId, DtlsVersion, Event, KeyExchange, MemberId, PeerId, Security, SrtpProfile,
};
use giaoban_signaling::wire::ErrorCode;
use prometheus_client::encoding::text::encode;
use tokio::sync::watch;

use super::*;

/// Labels that there may be. Each takes its values from a closed list; none is of a person, a site or an address.
const LABELS: [&str; 5] = ["group", "profile", "reason", "shard", "version"];

/// What a gateway of `shards` shards tells after everything has happened that can be told apart.
fn told(shards: usize) -> String {
    let metrics = Metrics::default();
    ErrorCode::ALL.into_iter().for_each(|code| metrics.websocket_error(code));
    let (conference, member, peer) = (ConferenceId(1), MemberId(2), PeerId(3));
    let mut report = ShardReport::default();
    for dtls in [DtlsVersion::Dtls12, DtlsVersion::Dtls13] {
        for key_exchange in [KeyExchange::X25519MlKem768, KeyExchange::X25519, KeyExchange::P256] {
            for srtp in [SrtpProfile::AeadAes256Gcm, SrtpProfile::AeadAes128Gcm] {
                let security = Security { dtls, key_exchange, srtp };
                metrics.media_event(&Event::Connected { conference, member, peer, security });
                report.statistics.security.insert(security, 1);
            }
        }
    }
    for reason in [
        CloseReason::ByPeer,
        CloseReason::HandshakeFailed,
        CloseReason::WrongFingerprint,
        CloseReason::TimedOut,
    ] {
        metrics.media_event(&Event::Closed { conference, member, peer, reason });
    }
    for group in ["X25519MLKEM768", "X25519", "secp256r1"] {
        let labels = TlsLabels { version: "TLSv1_3".to_owned(), group: group.to_owned() };
        metrics.tls_handshakes.get_or_create(&labels).inc();
    }
    for _ in 0..shards {
        metrics.shards.add(watch::channel(report.clone()).1);
    }
    let mut registry = Registry::with_prefix("giaoban");
    metrics.register(&mut registry);
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    text
}

fn samples(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

#[test]
fn no_label_is_of_a_person_a_site_or_an_address() {
    for sample in samples(&told(1)) {
        let Some((_, labels)) = sample.split_once('{') else { continue };
        let (labels, _) = labels.rsplit_once('}').unwrap();
        for label in labels.split(',') {
            let (name, _) = label.split_once('=').unwrap();
            assert!(LABELS.contains(&name), "{sample}");
        }
    }
}

#[test]
fn the_number_of_series_is_bounded_by_the_shards_alone() {
    let of = |shards| samples(&told(shards)).count();
    let (one, two) = (of(1), of(2));
    let of_a_shard = two - one;
    assert!(of_a_shard <= 32 + DropReason::ALL.len() && one - of_a_shard <= 80, "{one} and {two} series");
}

#[test]
fn every_metric_stands_in_its_documentation_and_no_other() {
    let documented: BTreeSet<&str> = include_str!("../../docs/metrics.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(name, _)| name))
        .collect();
    let text = told(1);
    let described = text.lines().filter_map(|line| line.strip_prefix("# TYPE giaoban_"));
    let described: BTreeSet<&str> = described.filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(documented, described);
}
