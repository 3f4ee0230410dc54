//! Briefings booked over the API, and the doors that open for them.

use serde_json::{Value, json};

use crate::administrator::Administrator;
use crate::client::Fixture;
use crate::rooms::rules;

fn plan(room: u64, start: &str) -> Value {
    json!({ "plan": { "room": room, "title": "Giao ban tuần", "start": start, "minutes": 90 } })
}

async fn booked_room(first: &Administrator, fixture: &Fixture) -> u64 {
    let mut booked = rules(None);
    booked["opening"] = json!("booked");
    first.call(fixture, "POST /api/v1/rooms", &booked).await.json()["id"].as_u64().unwrap()
}

#[tokio::test]
async fn a_series_is_booked_shown_changed_and_cancelled() {
    let mut fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let room = booked_room(&first, &fixture).await;
    let mut weekly = plan(room, "2126-11-25T08:00");
    weekly["plan"]["recurrence"] = json!("FREQ=WEEKLY;COUNT=3");
    let made = first.call(&fixture, "POST /api/v1/bookings", &weekly).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let booking = made.json()["id"].as_u64().unwrap();
    assert_eq!(made.json()["plan"]["zone"], "Asia/Ho_Chi_Minh");

    let clash = plan(room, "2126-12-02T09:00");
    let refused = first.call(&fixture, "POST /api/v1/bookings", &clash).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "conflict"));
    let outlook = first.call(&fixture, "POST /api/v1/bookings/check", &clash).await.json();
    assert_eq!(outlook["conflicts"][0]["booking"], json!(booking));
    assert_eq!(outlook["starts"][0], "2126-12-02T09:30");

    let path = format!("/api/v1/bookings/{booking}/meetings/2126-12-02T08:00");
    let moved = json!({ "start": "2126-12-03T10:00", "minutes": 60 });
    let done = first.call_on(&fixture, &format!("PUT {path}"), Some(1), &moved).await;
    assert_eq!((done.status, done.header("etag")), (200, Some("\"2\"")), "{}", done.text);
    let outdated = first.call_on(&fixture, &format!("DELETE {path}"), Some(1), &Value::Null).await;
    assert_eq!(outdated.code(), "outdated");
    fixture.restart().await;

    let days = "from=2126-11-25T00:00:00Z&to=2126-12-31T00:00:00Z";
    let shown = first.get(&fixture, &format!("/api/v1/meetings?{days}&limit=2")).await.json();
    let starts: Vec<&Value> =
        shown["items"].as_array().unwrap().iter().map(|meeting| &meeting["start"]).collect();
    assert_eq!(starts, ["2126-11-25T01:00:00Z", "2126-12-03T03:00:00Z"]);
    assert_eq!((&shown["items"][1]["moved"], &shown["next"]), (&json!(true), &json!(2)));
    let rest = first.get(&fixture, &format!("/api/v1/meetings?{days}&limit=2&skip=2")).await.json();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));

    let cancel = format!("POST /api/v1/bookings/{booking}/cancel");
    assert_eq!(first.call_on(&fixture, &cancel, Some(2), &Value::Null).await.status, 200);
    let none = first.get(&fixture, &format!("/api/v1/meetings?{days}")).await.json();
    assert_eq!(none["items"], json!([]));
    for text in ["FREQ=SECONDLY", "FREQ=WEEKLY;BYDAY=SU"] {
        weekly["plan"]["recurrence"] = json!(text);
        let bad = first.call(&fixture, "POST /api/v1/bookings", &weekly).await;
        assert_eq!((bad.status, bad.code().as_str()), (422, "bad_recurrence"));
    }
}

#[tokio::test]
async fn who_comes_too_early_waits_until_the_door_opens_by_what_is_booked() {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let room = booked_room(&first, &fixture).await;
    let link = json!({ "name": "Một", "role": "site" });
    let link = first.call(&fixture, &format!("POST /api/v1/rooms/{room}/links"), &link).await.json();
    let secret = link["url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let mut site = fixture.enter(&secret, false).await;
    assert_eq!(site.expect("waiting").await["code"], "room_not_open");

    // It is booked for now, by whatever clock this machine has.
    let minute = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() / 60;
    let mut now = plan(room, &local(minute));
    now["plan"]["zone"] = json!("UTC");
    let made = first.call(&fixture, "POST /api/v1/bookings", &now).await;
    assert_eq!(made.status, 201, "{}", made.text);
    site.expect("welcome").await;
    let close = format!("POST /api/v1/rooms/{room}/close");
    let refused = first.call_on(&fixture, &close, Some(1), &Value::Null).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "still_booked"));
}

#[tokio::test]
async fn an_urgent_briefing_is_open_when_it_is_answered() {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let body = json!({ "rules": rules(None), "minutes": 30 });
    let made = first.call(&fixture, "POST /api/v1/bookings/now", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let room = made.json()["room"].as_u64().unwrap();
    let link = json!({ "name": "Một", "role": "site" });
    let link = first.call(&fixture, &format!("POST /api/v1/rooms/{room}/links"), &link).await.json();
    let secret = link["url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    fixture.enter(&secret, false).await.expect("welcome").await;
}

/// A minute since 1970 as a wall clock in UTC shows it.
pub fn local(minute: u64) -> String {
    let date = giaoban_directory::Date::of_seconds(i64::try_from(minute * 60).unwrap(), 0);
    format!("{date}T{:02}:{:02}", minute / 60 % 24, minute % 60)
}
