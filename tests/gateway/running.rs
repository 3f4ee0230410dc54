//! What the operator sees and does.

use std::time::Duration;

use serde_json::json;
use tokio::time::{interval, timeout};

use crate::client::{Fixture, PATIENCE};

#[tokio::test]
async fn revoking_a_link_cuts_its_member_at_once_and_for_good() {
    let mut fixture = Fixture::start().await;
    let made = fixture.command(&["link", "new", "--site", "Tỉnh A"]).await;
    let printed = String::from_utf8(made.stdout).unwrap();
    let secret = printed.trim_end().rsplit_once('#').unwrap().1.to_owned();

    let mut site = fixture.enter(&secret, false).await;
    let welcome = site.expect("welcome").await;
    let number = welcome["member"].to_string();
    let list = String::from_utf8(fixture.command(&["link", "list"]).await.stdout).unwrap();
    assert!(list.contains("Tỉnh A") && !list.contains(&secret), "{list}");

    assert!(fixture.command(&["link", "revoke", &number]).await.status.success());
    assert_eq!(site.expect("ended").await["reason"], "revoked");

    for _ in 0..2 {
        let (status, problem) = fixture.post("/api/v1/tickets", &json!({ "secret": secret })).await;
        assert_eq!((status, &problem["code"]), (403, &json!("link_invalid")));
        let resume = json!({ "by": "resume", "secret": welcome["resume"] });
        assert_eq!(fixture.hello(&resume, false).await.error().await, "resume_invalid");
        fixture.restart().await;
    }
}

#[tokio::test]
async fn a_command_without_a_gateway_says_so_in_one_line() {
    let mut fixture = Fixture::start().await;
    fixture.stop().await;
    let output = fixture.command(&["link", "list"]).await;
    assert_eq!(output.status.code(), Some(1));
    let line = String::from_utf8(output.stderr).unwrap();
    assert!(line.contains("no gateway runs") && line.trim_end().lines().count() == 1, "{line}");
}

#[tokio::test]
async fn a_gateway_that_goes_down_tells_its_clients() {
    let mut fixture = Fixture::start().await;
    let mut site = fixture.enter(&fixture.secrets[1], false).await;
    site.expect("welcome").await;
    let (code, ()) = tokio::join!(site.error(), fixture.stop());
    assert_eq!(code, "shutting_down");
}

#[tokio::test]
async fn metrics_tell_what_was_negotiated_and_what_was_refused() {
    let fixture = Fixture::start().await;
    let mut site = fixture.enter(&fixture.secrets[1], false).await;
    site.expect("welcome").await;
    site.text("no json").await;
    site.error().await;
    let metrics = fixture.metrics().await;
    let handshakes = r#"giaoban_tls_handshakes_total{version="TLSv1_3",group="X25519MLKEM768"} 2"#;
    assert!(metrics.contains(handshakes), "{metrics}");
    assert!(metrics.contains(r#"giaoban_websocket_errors_total{reason="bad_message"} 1"#), "{metrics}");
    assert!(!metrics.contains("Điểm cầu"), "no name of a site is in the metrics");
}

#[tokio::test]
async fn every_page_carries_its_security_headers() {
    let fixture = Fixture::start().await;
    for path in ["/", "/r/giao-ban", "/ca.crt", "/nothing/here", "/api/v1/socket"] {
        let (_, head, _) = fixture.request(&format!("GET {path}"), b"").await;
        for header in ["content-security-policy: default-src 'none'", "x-content-type-options: nosniff"] {
            assert!(head.contains(header), "{path}: {head}");
        }
    }
    let (status, _, page) = fixture.request("GET /r/giao-ban", b"").await;
    assert_eq!(status, 200);
    assert!(String::from_utf8(page).unwrap().contains("<!doctype html>"));
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_and_another_hears_nothing_of_it() {
    let fixture = Fixture::start().await;
    // A roster whose snapshot is some 80 kB.
    fixture.add_seats(200, &"Điểm cầu rất xa ".repeat(6)).await;
    let mut other = fixture.enter(&fixture.secrets[2], false).await;
    other.expect("welcome").await;

    let mut slow = fixture.narrow_socket().await;
    let ticket = fixture.ticket(&fixture.secrets[1]).await;
    let credential = json!({ "by": "ticket", "ticket": ticket });
    slow.say(&json!({ "type": "hello", "protocol": 1, "credential": credential, "take_over": false })).await;
    let mut tick = interval(Duration::from_millis(25));
    let cut = async {
        // As fast as the gateway takes messages; each is answered by a snapshot that is never read.
        while !fixture.metrics().await.contains(r#"websocket_errors_total{reason="slow_consumer"} 1"#) {
            tick.tick().await;
            slow.say(&json!({ "type": "resync" })).await;
        }
    };
    timeout(PATIENCE, cut).await.expect("the gateway keeps a client that does not read");
    other.say(&json!({ "type": "ping", "nonce": 1 })).await;
    other.expect("pong").await;
}
