//! What the operator sees and does.

use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;

use crate::client::{Fixture, PATIENCE};
use crate::member::Briefing;

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
async fn a_link_with_an_end_opens_nothing_afterwards_and_whoever_is_in_stays_in() {
    let fixture = Fixture::start().await;
    let end = jiff::Timestamp::now() + Duration::from_secs(3);
    let made = fixture.command(&["link", "new", "--site", "Khách", "--until", &end.to_string()]).await;
    let printed = String::from_utf8(made.stdout).unwrap();
    let secret = json!({ "secret": printed.trim_end().rsplit_once('#').unwrap().1 });
    let mut guest = fixture.enter(secret["secret"].as_str().unwrap(), false).await;
    assert_eq!(guest.expect("welcome").await["until"], end.as_millisecond());
    let over = async {
        while fixture.post("/api/v1/tickets", &secret).await.0 == 200 {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    timeout(PATIENCE, over).await.unwrap();
    for path in ["/api/v1/tickets", "/api/v1/lobby"] {
        let (status, problem) = fixture.post(path, &secret).await;
        assert_eq!((status, &problem["code"]), (403, &json!("link_expired")));
    }
    guest.say(&json!({ "type": "ping", "nonce": 5 })).await;
    assert_eq!(guest.expect("pong").await["nonce"], 5);
    let list = String::from_utf8(fixture.command(&["link", "list"]).await.stdout).unwrap();
    assert!(list.lines().any(|line| line.contains("Khách") && line.contains("until 20")), "{list}");
}

#[tokio::test]
async fn a_link_is_not_made_for_a_time_that_is_over_or_is_none() {
    let fixture = Fixture::start().await;
    for time in ["2020-01-01T00:00", "soon"] {
        let made = fixture.command(&["link", "new", "--site", "Khách", "--until", time]).await;
        assert!(!made.status.success() && made.stdout.is_empty(), "{time}");
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
async fn the_doctor_knows_the_running_gateway_and_names_what_keeps_another_from_starting() {
    let fixture = Fixture::start().await;
    let (https, private) = (fixture.https.to_string(), fixture.private.to_string());
    let doctor = ["doctor", "--media-port", "0", "--media-bind", "127.0.0.1", "--listen", &https];
    let own = fixture.command(&[&doctor[..], &["--private-listen", &private]].concat()).await;
    let said = String::from_utf8(own.stdout).unwrap();
    assert!(own.status.success(), "{said}");
    assert_eq!(said.matches("this gateway serves there").count(), 2, "{said}");

    let stranger = fixture.command(&[&doctor[..], &["--private-listen", &https]].concat()).await;
    let said = String::from_utf8(stranger.stdout).unwrap();
    assert_eq!(stranger.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("{https} is held by another program")), "{said}");
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
async fn metrics_tell_what_the_media_of_each_member_is_sealed_with() {
    let briefing = Briefing::start().await;
    let sealed = async {
        // Reports are made once a second. The members' stack offers no post-quantum group.
        let line = r#"version="DTLS 1.3",group="X25519",profile="AEAD_AES_256_GCM"} 3"#;
        while !briefing.fixture.metrics().await.contains(line) {
            briefing.speaker.goes_on_sending(5).await;
        }
    };
    timeout(PATIENCE, sealed).await.expect("three members sealed as negotiated");
}
