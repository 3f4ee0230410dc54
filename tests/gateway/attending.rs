//! From an account to a seat, and from the seats to the roll.

use serde_json::{Value, json};

use crate::administrator::Administrator;
use crate::bookings::local;
use crate::client::Fixture;
use crate::rooms::rules;

impl Administrator {
    /// A person of a unit who signs in.
    async fn somebody(&self, fixture: &Fixture, login: &str, unit: u64) -> (u64, Administrator) {
        let person = self.person(fixture, login, unit).await;
        let link =
            self.call(fixture, &format!("POST /api/v1/people/{person}/account-link"), &json!({})).await;
        let secret = link.json()["secret"].as_str().unwrap().to_owned();
        (person, Administrator::activate(fixture, &secret, login).await)
    }

    async fn secret_of(&self, fixture: &Fixture, room: u64) -> String {
        let way = self.call(fixture, &format!("POST /api/v1/me/rooms/{room}/enter"), &Value::Null).await;
        assert_eq!(way.status, 200, "{}", way.text);
        way.json()["url"].as_str().unwrap().split_once('#').unwrap().1.to_owned()
    }
}

/// A room booked for now in which two provinces are expected, led by a person of the first.
struct Meeting {
    fixture: Fixture,
    first: Administrator,
    chair: Administrator,
    site: Administrator,
    stranger: Administrator,
    room: u64,
    booking: u64,
    original: String,
}

async fn meeting() -> Meeting {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let top = first.unit(&fixture, "Bo", None).await;
    let [a, b, c] = ["TinhA", "TinhB", "TinhC"].map(|code| first.unit(&fixture, code, Some(top)));
    let (a, b, c) = (a.await, b.await, c.await);
    let (chair_id, chair) = first.somebody(&fixture, "chu.tri", a).await;
    let (_, site) = first.somebody(&fixture, "nguoi.b", b).await;
    let (_, stranger) = first.somebody(&fixture, "nguoi.c", c).await;
    let mut booked = rules(Some(top));
    booked["opening"] = json!("booked");
    booked["lobby"] = json!("expected");
    booked["chair"] = json!(chair_id);
    let room = first.call(&fixture, "POST /api/v1/rooms", &booked).await.json()["id"].as_u64().unwrap();
    let original = local(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() / 60);
    let expected: Vec<Value> = [a, b].map(|unit| json!({ "kind": "unit", "unit": unit })).into();
    let plan = json!({ "room": room, "title": "Họp", "start": original, "zone": "UTC", "minutes": 60, "expected": expected });
    let made = first.call(&fixture, "POST /api/v1/bookings", &json!({ "plan": plan })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let booking = made.json()["id"].as_u64().unwrap();
    Meeting { fixture, first, chair, site, stranger, room, booking, original }
}

#[tokio::test]
async fn the_called_enter_by_their_account_the_uncalled_wait_and_the_roll_names_the_absent() {
    let Meeting { fixture, first, chair, site, stranger, room, booking, original } = meeting().await;
    let called = site.get(&fixture, "/api/v1/me/briefings").await.json();
    assert_eq!(
        (&called[0]["room"], &called[0]["title"], &called[0]["role"]),
        (&json!(room), &json!("Họp"), &json!("site"))
    );
    assert_eq!(chair.get(&fixture, "/api/v1/me/briefings").await.json()[0]["role"], "chair");
    assert_eq!(stranger.get(&fixture, "/api/v1/me/briefings").await.json(), json!([]));

    let mut leader = fixture.enter(&chair.secret_of(&fixture, room).await, false).await;
    assert_eq!(leader.expect("welcome").await["role"], "chair");
    let snapshot = leader.expect("snapshot").await;
    assert_eq!(snapshot["snapshot"]["members"][0]["name"], "TinhA · chu.tri");
    let mut waits = fixture.enter(&stranger.secret_of(&fixture, room).await, false).await;
    assert_eq!(waits.expect("waiting").await["code"], "chair_admits");

    let path = format!("/api/v1/bookings/{booking}/meetings/{original}/roll");
    let roll = first.get(&fixture, &path).await.json();
    let absent = (&roll["expected"], &roll["present"], &roll["absent"], &roll["lines"][1]["name"]);
    assert_eq!(absent, (&json!(2), &json!(1), &json!(1), &json!("TinhB")));
    let secret = site.secret_of(&fixture, room).await;
    fixture.enter(&secret, false).await.expect("welcome").await;
    let waiting = loop {
        let delta = leader.expect("delta").await;
        let changes = delta["changes"].as_array().unwrap().clone();
        let queue = changes.iter().find(|change| change["change"] == "waiting");
        if let Some(member) = queue.map(|queue| queue["members"][0].clone()).filter(Value::is_number) {
            break member;
        }
    };
    leader
        .say(&json!({ "type": "chair", "request": 1, "order": { "action": "admit", "member": waiting } }))
        .await;
    waits.expect("welcome").await;

    let roll = first.get(&fixture, &path).await.json();
    assert_eq!((&roll["present"], &roll["lines"][1]["parent_name"]), (&json!(2), &json!("Bo")));
    assert_eq!(roll["unexpected"][0]["name"], "TinhC · nguoi.c");
    let table = first.get(&fixture, &format!("{path}.csv")).await.text;
    assert!(table.contains("name,parent,state,came,went,late_minutes\r\nTinhA,Bo,present,"), "{table}");
    let foreign = stranger.get(&fixture, &path).await;
    assert_eq!((foreign.status, foreign.code().as_str()), (404, "no_such_booking"));
}

#[tokio::test]
async fn a_way_in_ends_with_the_next_one_and_with_the_chairs_removal() {
    let Meeting { fixture, chair, site, room, .. } = meeting().await;
    let old = site.secret_of(&fixture, room).await;
    let secret = site.secret_of(&fixture, room).await;
    let (status, _) = fixture.post("/api/v1/tickets", &json!({ "secret": old })).await;
    assert_eq!(status, 403);
    let mut inside = fixture.enter(&secret, false).await;
    let member = inside.expect("welcome").await["member"].clone();
    let mut leader = fixture.enter(&chair.secret_of(&fixture, room).await, false).await;
    leader.expect("welcome").await;
    leader
        .say(&json!({ "type": "chair", "request": 1, "order": { "action": "remove", "member": member } }))
        .await;
    assert_eq!(inside.expect("ended").await["reason"], "removed");
    leader.expect("done").await;
    let refused = loop {
        // The link's death is written after the chair was answered.
        let path = format!("POST /api/v1/me/rooms/{room}/enter");
        let answer = site.call(&fixture, &path, &Value::Null).await;
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!((refused.status, refused.code().as_str()), (403, "put_out"));
}

#[tokio::test]
async fn a_room_that_is_not_for_a_person_does_not_exist_for_him() {
    let Meeting { fixture, first, stranger, room, .. } = meeting().await;
    let unit = first.unit(&fixture, "Khac", None).await;
    let closed_to_him = first.call(&fixture, "POST /api/v1/rooms", &rules(Some(unit))).await.json();
    let closed_to_him = closed_to_him["id"].as_u64().unwrap();
    for room in [closed_to_him, 9999] {
        let path = format!("POST /api/v1/me/rooms/{room}/enter");
        let answer = stranger.call(&fixture, &path, &Value::Null).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "no_such_room"));
    }
    let nobody = Administrator::default();
    let answer = nobody.call(&fixture, &format!("POST /api/v1/me/rooms/{room}/enter"), &Value::Null).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "not_signed_in"));
}

#[tokio::test]
async fn a_feed_shows_its_owners_briefings_until_it_has_another_address() {
    let Meeting { fixture, site, stranger, booking, .. } = meeting().await;
    let address = async |person: &Administrator| {
        let made = person.call(&fixture, "POST /api/v1/me/feed", &Value::Null).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let url = made.json()["url"].as_str().unwrap().to_owned();
        url[url.find("/api/").unwrap()..].to_owned()
    };
    let nobody = Administrator::default();
    let (old, other) = (address(&site).await, address(&stranger).await);
    let feed = nobody.get(&fixture, &old).await;
    assert_eq!(feed.header("content-type"), Some("text/calendar; charset=utf-8"));
    assert!(feed.text.contains(&format!("UID:booking-{booking}@")) && feed.text.contains("SUMMARY:Họp"));
    let uncalled = nobody.get(&fixture, &other).await.text;
    assert!(uncalled.contains("END:VCALENDAR") && !uncalled.contains("VEVENT"), "{uncalled}");
    let new = address(&site).await;
    assert_eq!(nobody.get(&fixture, &old).await.status, 404);
    assert_eq!(nobody.get(&fixture, &new).await.status, 200);
    assert_eq!(site.call(&fixture, "DELETE /api/v1/me/feed", &Value::Null).await.status, 204);
    assert_eq!(nobody.get(&fixture, &new).await.status, 404);
}
