//! What is not taken, each with its code.

use serde_json::json;

use crate::client::{Fixture, Socket};
use crate::member::pack;

async fn entered(fixture: &Fixture) -> Socket {
    let mut site = fixture.enter(&fixture.secrets[1], false).await;
    site.expect("welcome").await;
    site
}

#[tokio::test]
async fn a_page_of_another_version_is_told_to_reload() {
    let fixture = Fixture::start().await;
    let mut socket = fixture.socket().await;
    socket.say(&json!({ "type": "hello", "protocol": 99, "whatever": true })).await;
    assert_eq!(socket.error().await, "wrong_version");
}

#[tokio::test]
async fn what_is_no_message_closes_the_connection_with_its_code() {
    let fixture = Fixture::start().await;
    for text in ["", "no json", "{}", r#"{"type":"unknown"}"#, r#"{"type":"ping"}"#] {
        let mut socket = fixture.socket().await;
        socket.text(text).await;
        assert_eq!(socket.error().await, "bad_message", "as the first message: {text}");
        let mut site = entered(&fixture).await;
        site.text(text).await;
        assert_eq!(site.error().await, "bad_message", "in the room: {text}");
        // The seat is kept for its page; this test comes anew.
        let mut next = fixture.enter(&fixture.secrets[1], true).await;
        next.say(&json!({ "type": "leave" })).await;
        next.expect("ended").await;
    }
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused() {
    let fixture = Fixture::start().await;
    let mut site = entered(&fixture).await;
    site.text(&"x".repeat(64 * 1024 + 1)).await;
    assert_eq!(site.error().await, "too_large");
}

#[tokio::test]
async fn a_client_that_floods_is_cut_and_another_hears_nothing_of_it() {
    let fixture = Fixture::start().await;
    let mut other = fixture.enter(&fixture.secrets[2], false).await;
    other.expect("welcome").await;
    let mut site = entered(&fixture).await;
    for nonce in 0..10_000 {
        site.say(&json!({ "type": "ping", "nonce": nonce })).await;
    }
    assert_eq!(site.error().await, "too_fast");
    other.say(&json!({ "type": "ping", "nonce": 1 })).await;
    assert_eq!(other.expect("pong").await["nonce"], 1);
}

#[tokio::test]
async fn an_offer_that_cannot_be_inflated_is_refused_and_the_connection_stays() {
    let fixture = Fixture::start().await;
    let mut site = entered(&fixture).await;
    let offer = json!({ "type": "offer", "request": 3, "peer": 1, "sdp": "!", "sections": [] });
    site.say(&offer).await;
    let refused = site.expect("refused").await;
    assert_eq!(refused["request"], 3);
    assert_eq!(refused["code"], "bad_offer");
    site.say(&json!({ "type": "ping", "nonce": 1 })).await;
    site.expect("pong").await;
}

#[tokio::test]
async fn credentials_that_open_nothing_have_their_codes() {
    let fixture = Fixture::start().await;
    let (status, problem) = fixture.post("/api/v1/lobby", &json!({ "secret": "x" })).await;
    assert_eq!((status, &problem["code"]), (403, &json!("link_invalid")));
    let (status, problem) = fixture.post("/api/v1/tickets", &json!({ "sekret": "x" })).await;
    assert_eq!((status, &problem["code"]), (400, &json!("bad_message")));
    let ticket = json!({ "by": "ticket", "ticket": "x" });
    assert_eq!(fixture.hello(&ticket, false).await.error().await, "ticket_invalid");
    let resume = json!({ "by": "resume", "secret": "x" });
    assert_eq!(fixture.hello(&resume, false).await.error().await, "resume_invalid");
}

#[tokio::test]
async fn who_guesses_is_slowed_down() {
    let fixture = Fixture::start().await;
    let guess = json!({ "secret": "guess" });
    let mut codes = Vec::new();
    // Far more than the address is allowed, however slowly this machine asks.
    while codes.len() < 2000 && codes.last() != Some(&429) {
        codes.push(fixture.post("/api/v1/tickets", &guess).await.0);
    }
    assert_eq!(codes[0], 403);
    assert_eq!(codes.last(), Some(&429));
}

#[tokio::test]
async fn a_body_that_is_too_large_and_a_foreign_page_are_refused() {
    let fixture = Fixture::start().await;
    let (status, _, _) = fixture.request("POST /api/v1/lobby", &[b'x'; 5000]).await;
    assert_eq!(status, 413);
    let foreign = "POST /api/v1/tickets\norigin: https://elsewhere.example\r\n";
    let body = json!({ "secret": fixture.secrets[0] }).to_string();
    let (status, head, _) = fixture.request(foreign, body.as_bytes()).await;
    assert_eq!(status, 403);
    assert!(head.contains("application/problem+json"), "{head}");
}

#[tokio::test]
async fn a_line_test_needs_a_living_link_and_a_good_offer_is_counted_by_link_and_takes_no_seat() {
    let fixture = Fixture::start().await;
    let test =
        |secret: &str, sdp: String| json!({ "secret": secret, "sdp": sdp, "sending": "0", "receiving": "1" });
    let packed = pack("no offer");
    let answers = async |secret: &str, sdp: &str| {
        let (status, answer) = fixture.post("/api/v1/line-tests", &test(secret, sdp.to_owned())).await;
        (status, answer["code"].as_str().unwrap_or_default().to_owned())
    };
    let code = |status, code: &str| (status, code.to_owned());
    assert_eq!(answers("x", &packed).await, code(403, "link_invalid"));
    let site = &fixture.secrets[1];
    assert_eq!(answers(site, "!").await, code(400, "bad_offer"));
    assert_eq!(answers(site, &packed).await, code(400, "bad_offer"));
    for _ in 0..2 {
        answers(site, &packed).await;
    }
    assert_eq!(answers(site, &packed).await, code(429, "rate_limited"));
    let (_, lobby) = fixture.post("/api/v1/lobby", &json!({ "secret": site })).await;
    assert_eq!(lobby["in_use"], false);
}
