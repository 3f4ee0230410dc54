//! What the chair orders, and that it holds.

use serde_json::{Value, json};

use crate::client::{Fixture, Socket};

/// Gives an order and waits until it is stored.
async fn order(chair: &mut Socket, order: Value) {
    chair.say(&json!({ "type": "chair", "request": 1, "order": order })).await;
    assert_eq!(chair.expect("done").await["request"], 1);
}

async fn entered(fixture: &Fixture, seat: usize) -> (Socket, Value) {
    let mut socket = fixture.enter(&fixture.secrets[seat], false).await;
    let welcome = socket.expect("welcome").await;
    (socket, welcome)
}

#[tokio::test]
async fn a_removed_member_stays_out_by_every_credential_also_after_a_restart() {
    let mut fixture = Fixture::start().await;
    let (mut chair, _) = entered(&fixture, 0).await;
    let (mut site, welcome) = entered(&fixture, 1).await;
    let spare = fixture.ticket(&fixture.secrets[1]).await;

    order(&mut chair, json!({ "action": "remove", "member": welcome["member"] })).await;
    assert_eq!(site.expect("ended").await["reason"], "removed");

    let ticket = json!({ "by": "ticket", "ticket": spare });
    assert_eq!(fixture.hello(&ticket, true).await.error().await, "ticket_invalid");
    for _ in 0..2 {
        let (status, problem) =
            fixture.post("/api/v1/tickets", &json!({ "secret": fixture.secrets[1] })).await;
        assert_eq!((status, &problem["code"]), (403, &json!("link_invalid")));
        let resume = json!({ "by": "resume", "secret": welcome["resume"] });
        assert_eq!(fixture.hello(&resume, true).await.error().await, "resume_invalid");
        fixture.restart().await;
    }
}

#[tokio::test]
async fn a_lock_and_mutes_outlive_a_restart() {
    let mut fixture = Fixture::start().await;
    let (mut chair, _) = entered(&fixture, 0).await;
    let (_, site) = entered(&fixture, 1).await;
    order(&mut chair, json!({ "action": "mute", "member": site["member"] })).await;
    order(&mut chair, json!({ "action": "lock" })).await;
    fixture.restart().await;

    let mut stranger = fixture.enter(&fixture.secrets[2], false).await;
    assert_eq!(stranger.expect("waiting").await["code"], "room_locked");
    let mut chair = fixture.enter(&fixture.secrets[0], false).await;
    let snapshot = chair.expect("snapshot").await["snapshot"].clone();
    assert_eq!(snapshot["locked"], true);
    let members = snapshot["members"].as_array().unwrap();
    let muted: Vec<&Value> =
        members.iter().filter(|row| row["muted"] == true).map(|row| &row["member"]).collect();
    assert_eq!(muted, [&site["member"]]);
}

#[tokio::test]
async fn what_was_done_just_before_a_stop_stands_after_it() {
    let mut fixture = Fixture::start().await;
    let (mut chair, welcome) = entered(&fixture, 0).await;
    let (mut site, other) = entered(&fixture, 1).await;
    site.say(&json!({ "type": "hand", "request": 7, "raised": true })).await;
    site.expect("done").await;
    chair.expect("delta").await;
    fixture.restart().await;

    let resume = json!({ "by": "resume", "secret": welcome["resume"] });
    let snapshot = fixture.hello(&resume, false).await.expect("snapshot").await["snapshot"].clone();
    let row = snapshot["members"].as_array().unwrap().iter().find(|row| row["member"] == other["member"]);
    let row = row.unwrap();
    assert_eq!(row["presence"], "present");
    assert!(row["hand"].is_object(), "{row}");
}

#[tokio::test]
async fn who_is_not_the_chair_orders_nothing() {
    let fixture = Fixture::start().await;
    let (mut site, _) = entered(&fixture, 1).await;
    site.say(&json!({ "type": "chair", "request": 9, "order": { "action": "lock" } })).await;
    let refused = site.expect("refused").await;
    assert_eq!((&refused["request"], &refused["code"]), (&json!(9), &json!("not_allowed")));
}

#[tokio::test]
async fn an_ended_briefing_is_over_for_all_until_the_chair_comes_back() {
    let fixture = Fixture::start().await;
    let (mut chair, _) = entered(&fixture, 0).await;
    let (mut site, welcome) = entered(&fixture, 1).await;
    order(&mut chair, json!({ "action": "end" })).await;
    assert_eq!(site.expect("ended").await["reason"], "ended");

    let resume = json!({ "by": "resume", "secret": welcome["resume"] });
    let mut page = fixture.hello(&resume, false).await;
    assert_eq!(page.expect("waiting").await["code"], "room_closed");
    let mut other = fixture.enter(&fixture.secrets[1], false).await;
    assert_eq!(other.expect("waiting").await["place"], 1);
    assert_eq!(page.expect("ended").await["reason"], "taken_over");
    entered(&fixture, 0).await;
    other.expect("welcome").await;
}
