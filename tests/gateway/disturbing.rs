//! What one client does wrong, others do not notice: a site goes on hearing and seeing another without a loss.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tokio::net::UdpSocket;
use tokio::time::{interval, timeout};

use crate::client::PATIENCE;
use crate::member::{AT_ONCE, Briefing, pack};

#[tokio::test]
async fn messages_that_are_none_disturb_nobody() {
    let briefing = Briefing::start().await;
    briefing.begin().await;
    for (text, code) in [
        ("no json".to_owned(), "bad_message"),
        ("x".repeat(64 * 1024 + 1), "too_large"),
        (json!({ "type": "hello", "protocol": 99 }).to_string(), "wrong_version"),
    ] {
        let mut socket = briefing.fixture.socket().await;
        socket.text(&text).await;
        assert_eq!(socket.error().await, code);
    }
    briefing.was_not_disturbed().await;
}

#[tokio::test]
async fn ten_thousand_messages_a_second_disturb_nobody() {
    let briefing = Briefing::start().await;
    let mut site = briefing.fixture.enter(&briefing.fixture.secrets[3], false).await;
    site.expect("welcome").await;
    briefing.begin().await;
    for nonce in 0..10_000 {
        site.say(&json!({ "type": "ping", "nonce": nonce })).await;
    }
    assert_eq!(site.error().await, "too_fast");
    briefing.was_not_disturbed().await;
}

#[tokio::test]
async fn offers_that_are_none_or_swell_are_refused_and_disturb_nobody() {
    let briefing = Briefing::start().await;
    let mut site = briefing.fixture.enter(&briefing.fixture.secrets[3], false).await;
    site.expect("welcome").await;
    briefing.begin().await;
    let swollen = "a".repeat(16 * 1024 * 1024);
    let offers = [("v=0\r\nm=audio", "bad_offer"), ("", "bad_offer"), (swollen.as_str(), "too_large")];
    for (request, (sdp, code)) in (1..).zip(offers) {
        site.say(
            &json!({ "type": "offer", "request": request, "peer": 1, "sdp": pack(sdp), "sections": [] }),
        )
        .await;
        let refused = site.expect("refused").await;
        assert_eq!((&refused["request"], &refused["code"]), (&json!(request), &json!(code)));
    }
    briefing.was_not_disturbed().await;
}

/// Octets of the largest UDP datagram over IPv4.
const MOST: usize = 65_507;

/// One of each kind by its first octet (RFC 7983 §7), each broken, and what is nothing.
pub fn malformed() -> Vec<Vec<u8>> {
    let mut datagrams = vec![
        vec![0],
        // As much as one datagram can hold, of STUN, DTLS and RTP by its first octet.
        vec![0x00; MOST],
        vec![0x16; MOST],
        vec![0x80; MOST],
        // STUN: a header that promises more than there is, and a check without integrity.
        b"\x00\x01\xff\xff\x21\x12\xa4\x42twelve-octet".to_vec(),
        b"\x00\x01\x00\x08\x21\x12\xa4\x42twelve-octet\x00\x06\x00\x04abcd".to_vec(),
        // DTLS: a cut record, and one that promises more than there is.
        b"\x16\xfe\xfd\x00\x00".to_vec(),
        b"\x16\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x01".to_vec(),
        // RTP: cut, and with an extension that runs past its end.
        b"\x80\x60\x00\x01".to_vec(),
        b"\x90\xe0\x00\x01\x00\x00\x00\x01\x00\x00\x04\x57\xbe\xde\xff\xff".to_vec(),
        // RTCP: a length past its end, and a goodbye in the clear.
        b"\x81\xc8\xff\xff\x00\x00\x04\x57".to_vec(),
        b"\x81\xcb\x00\x01\x00\x00\x04\x57".to_vec(),
    ];
    datagrams.extend((0..=u8::MAX).map(|first| [&[first][..], &[0xA5; 99]].concat()));
    datagrams
}

fn dropped(metrics: &str) -> u64 {
    let lines = metrics.lines().filter(|line| line.starts_with("giaoban_media_packets_dropped_total{"));
    lines.map(|line| line.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap()).sum()
}

#[tokio::test]
async fn malformed_datagrams_are_counted_not_answered_and_disturb_nobody() {
    let briefing = Briefing::start().await;
    let before = dropped(&briefing.fixture.metrics().await);
    let address: SocketAddr = briefing.speaker.remote;
    let foreign = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    briefing.begin().await;
    let mut sent = 0;
    for datagram in malformed() {
        foreign.send_to(&datagram, address).await.unwrap();
        sent += 1;
        // From a member's address too; his DTLS records are taken, and judged where they are opened.
        if !(20..=63).contains(&datagram[0]) {
            briefing.chair.media.send_raw(datagram, address).await;
            sent += 1;
        }
    }
    let counted = async {
        // Reports are made once a second.
        while dropped(&briefing.fixture.metrics().await) < before + sent {
            briefing.speaker.goes_on_sending(5).await;
        }
    };
    timeout(PATIENCE, counted).await.expect("each datagram has its verdict");
    let mut answer = [0; 2048];
    assert!(timeout(AT_ONCE, foreign.recv(&mut answer)).await.is_err(), "an answer to nobody");
    briefing.was_not_disturbed().await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_as_a_slow_consumer_and_disturbs_nobody() {
    let briefing = Briefing::start().await;
    // A roster whose snapshot is some 80 kB.
    briefing.fixture.add_seats(200, &"Điểm cầu rất xa ".repeat(6)).await;
    let mut slow = briefing.fixture.narrow_socket().await;
    let ticket = briefing.fixture.ticket(&briefing.fixture.secrets[3]).await;
    let credential = json!({ "by": "ticket", "ticket": ticket });
    slow.say(&json!({ "type": "hello", "protocol": 1, "credential": credential, "take_over": false })).await;
    briefing.begin().await;
    let mut tick = interval(Duration::from_millis(25));
    let cut = async {
        // As fast as the gateway takes messages; each is answered by a snapshot that is never read.
        while !briefing
            .fixture
            .metrics()
            .await
            .contains(r#"websocket_errors_total{reason="slow_consumer"} 1"#)
        {
            tick.tick().await;
            slow.say(&json!({ "type": "resync" })).await;
        }
    };
    timeout(PATIENCE, cut).await.expect("the gateway keeps a client that does not read");
    briefing.was_not_disturbed().await;
}
