//! From a link to a seat.

use serde_json::json;

use crate::client::Fixture;

#[tokio::test]
async fn a_link_shows_its_lobby_and_opens_its_room() {
    let fixture = Fixture::start().await;
    let (status, lobby) = fixture.post("/api/v1/lobby", &json!({ "secret": fixture.secrets[1] })).await;
    assert_eq!(status, 200);
    assert_eq!(lobby["site"], "Điểm cầu 1");
    assert_eq!(lobby["role"], "site");
    assert_eq!(lobby["room"], json!({ "title": "Giao ban", "classification": "normal" }));
    assert_eq!(lobby["in_use"], false);

    let mut site = fixture.enter(&fixture.secrets[1], false).await;
    let welcome = site.next().await.unwrap();
    assert_eq!(welcome["type"], "welcome");
    assert_eq!(welcome["role"], "site");
    let snapshot = site.next().await.unwrap();
    assert_eq!(snapshot["type"], "snapshot");
    assert_eq!(snapshot["snapshot"]["members"].as_array().unwrap().len(), 4);

    let (_, lobby) = fixture.post("/api/v1/lobby", &json!({ "secret": fixture.secrets[1] })).await;
    assert_eq!(lobby["in_use"], true);
}

#[tokio::test]
async fn a_ticket_is_good_once() {
    let fixture = Fixture::start().await;
    let credential = json!({ "by": "ticket", "ticket": fixture.ticket(&fixture.secrets[1]).await });
    fixture.hello(&credential, false).await.expect("welcome").await;
    assert_eq!(fixture.hello(&credential, true).await.error().await, "ticket_invalid");
}

#[tokio::test]
async fn a_socket_that_died_is_resumed_on_the_same_seat_also_after_a_restart() {
    let mut fixture = Fixture::start().await;
    let mut first = fixture.enter(&fixture.secrets[2], false).await;
    let welcome = first.expect("welcome").await;
    drop(first);

    let mut credential = json!({ "by": "resume", "secret": welcome["resume"] });
    let again = fixture.hello(&credential, false).await.expect("welcome").await;
    assert_eq!(again["member"], welcome["member"]);

    fixture.restart().await;
    credential["secret"] = again["resume"].clone();
    let after = fixture.hello(&credential, false).await.expect("welcome").await;
    assert_eq!(after["member"], welcome["member"]);
    credential["secret"] = welcome["resume"].clone();
    assert_eq!(fixture.hello(&credential, false).await.error().await, "resume_invalid");
}

#[tokio::test]
async fn a_seat_in_use_is_taken_over_only_on_request_and_both_sides_are_told() {
    let fixture = Fixture::start().await;
    let mut first = fixture.enter(&fixture.secrets[1], false).await;
    let welcome = first.expect("welcome").await;
    assert_eq!(fixture.enter(&fixture.secrets[1], false).await.error().await, "seat_in_use");

    let mut second = fixture.enter(&fixture.secrets[1], true).await;
    second.expect("welcome").await;
    assert_eq!(first.expect("ended").await["reason"], "taken_over");
    let credential = json!({ "by": "resume", "secret": welcome["resume"] });
    assert_eq!(fixture.hello(&credential, false).await.error().await, "resume_invalid");
}

#[tokio::test]
async fn a_client_measures_time_by_its_pings() {
    let fixture = Fixture::start().await;
    let mut site = fixture.enter(&fixture.secrets[1], false).await;
    site.expect("welcome").await;
    site.say(&json!({ "type": "ping", "nonce": 7 })).await;
    let pong = site.expect("pong").await;
    assert_eq!(pong["nonce"], 7);
    assert!(pong["time"].as_u64().unwrap() > 1_700_000_000_000);
}
