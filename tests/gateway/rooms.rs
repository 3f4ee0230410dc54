//! Rooms that administrators make, change and close while the gateway runs.

use serde_json::{Value, json};

use crate::administrator::{Administrator, Answer};
use crate::client::Fixture;

pub fn rules(unit: Option<u64>) -> Value {
    json!({
        "title": "Giao ban tuần", "kind": "briefing", "classification": "normal", "unit": unit,
        "lobby": "open", "opening": "always", "standing": "permanent",
    })
}

fn with(mut rules: Value, changes: Value) -> Value {
    let changes: serde_json::Map<String, Value> = serde_json::from_value(changes).unwrap();
    rules.as_object_mut().unwrap().extend(changes);
    rules
}

impl Administrator {
    async fn room(&self, fixture: &Fixture, rules: &Value) -> u64 {
        let made = self.call(fixture, "POST /api/v1/rooms", rules).await;
        assert_eq!((made.status, made.header("etag")), (201, Some("\"1\"")), "{}", made.text);
        made.json()["id"].as_u64().unwrap()
    }

    /// The secret of a new link into a room.
    async fn room_link(&self, fixture: &Fixture, room: u64, name: &str, role: &str) -> String {
        let body = json!({ "name": name, "role": role });
        let made = self.call(fixture, &format!("POST /api/v1/rooms/{room}/links"), &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let url = made.json()["url"].as_str().unwrap().to_owned();
        assert!(url.contains(&format!("/r/phong-{room}#")), "{url}");
        url.split_once('#').unwrap().1.to_owned()
    }

    async fn change(&self, fixture: &Fixture, room: u64, seen: u64, rules: &Value) -> Answer {
        self.call_on(fixture, &format!("PUT /api/v1/rooms/{room}"), Some(seen), rules).await
    }
}

#[tokio::test]
async fn a_room_made_while_the_gateway_runs_is_entered_at_once_and_stands_after_a_restart() {
    let mut fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let room = first.room(&fixture, &rules(None)).await;
    let secret = first.room_link(&fixture, room, "Sở chỉ huy", "site").await;
    let mut site = fixture.enter(&secret, false).await;
    site.expect("welcome").await;
    let snapshot = site.expect("snapshot").await;
    assert_eq!(snapshot["snapshot"]["room"]["title"], "Giao ban tuần");
    assert_eq!(snapshot["snapshot"]["members"].as_array().unwrap().len(), 1, "a room of its own");

    let renamed = with(
        rules(None),
        json!({ "title": "Họp khẩn", "classification": "confidential", "lobby": "expected" }),
    );
    assert_eq!(first.change(&fixture, room, 1, &renamed).await.status, 200);
    let snapshot = site.expect("snapshot").await;
    assert_eq!(
        snapshot["snapshot"]["room"],
        json!({ "title": "Họp khẩn", "classification": "confidential" })
    );
    let (_, lobby) = fixture.post("/api/v1/lobby", &json!({ "secret": secret })).await;
    assert_eq!(lobby["room"]["title"], "Họp khẩn");
    drop(site);

    fixture.restart().await;
    fixture.enter(&secret, true).await.expect("welcome").await;
    // The room that stood before is as it was.
    fixture.enter(&fixture.secrets[1], false).await.expect("welcome").await;
    let acts = first.get(&fixture, "/api/v1/acts?limit=3").await.json();
    let kinds: Vec<&Value> =
        acts["items"].as_array().unwrap().iter().map(|act| &act["content"]["kind"]).collect();
    assert_eq!(kinds, ["update_room", "link_made", "create_room"]);
    assert_eq!(acts["items"][1]["actor"], json!(1), "who made the link stands in the record");
    assert!(fixture.command(&["acts", "verify"]).await.status.success());
}

#[tokio::test]
async fn a_rooms_places_bind_also_those_who_come_back_and_grow_while_it_runs() {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let narrow = with(rules(None), json!({ "capacity": 1 }));
    let room = first.room(&fixture, &narrow).await;
    let [one, two] = ["Một", "Hai"].map(|name| first.room_link(&fixture, room, name, "site"));
    let (one, two) = (one.await, two.await);
    let mut inside = fixture.enter(&one, false).await;
    inside.expect("welcome").await;
    let mut waits = fixture.enter(&two, false).await;
    assert_eq!(waits.expect("waiting").await["code"], "room_full");
    assert_eq!(
        first.change(&fixture, room, 1, &with(rules(None), json!({ "capacity": 2 }))).await.status,
        200
    );
    waits.expect("welcome").await;
}

#[tokio::test]
async fn in_a_room_whose_chair_admits_everyone_else_waits() {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let room = first.room(&fixture, &with(rules(None), json!({ "lobby": "chair" }))).await;
    let site = first.room_link(&fixture, room, "Điểm cầu", "site").await;
    let chair = first.room_link(&fixture, room, "Chủ trì", "chair").await;
    let mut site = fixture.enter(&site, false).await;
    assert_eq!(site.expect("waiting").await["code"], "chair_admits");
    let mut chair = fixture.enter(&chair, false).await;
    chair.expect("welcome").await;
    let waiting = chair.expect("snapshot").await["snapshot"]["waiting"][0].clone();
    chair
        .say(&json!({ "type": "chair", "request": 1, "order": { "action": "admit", "member": waiting } }))
        .await;
    site.expect("welcome").await;
}

#[tokio::test]
async fn a_closed_room_sends_everyone_out_and_its_links_open_nothing() {
    let mut fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let room = first.room(&fixture, &rules(None)).await;
    let secret = first.room_link(&fixture, room, "Một", "site").await;
    let mut site = fixture.enter(&secret, false).await;
    site.expect("welcome").await;
    let closed =
        first.call_on(&fixture, &format!("POST /api/v1/rooms/{room}/close"), Some(1), &json!({})).await;
    assert_eq!((closed.status, &closed.json()["closed"]), (200, &json!(true)));
    assert_eq!(site.expect("ended").await["reason"], "ended");
    for _ in 0..2 {
        let (status, body) = fixture.post("/api/v1/tickets", &json!({ "secret": secret })).await;
        assert_eq!((status, &body["code"]), (403, &json!("link_invalid")));
        let again = first
            .call(
                &fixture,
                &format!("POST /api/v1/rooms/{room}/links"),
                &json!({ "name": "X", "role": "site" }),
            )
            .await;
        assert_eq!((again.status, again.code().as_str()), (409, "closed"));
        fixture.restart().await;
    }
    let open = first.get(&fixture, "/api/v1/rooms").await.json();
    assert!(open["items"].as_array().unwrap().iter().all(|open| open["id"] != json!(room)));
    let all = first.get(&fixture, "/api/v1/rooms?closed=true").await.json();
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_classification_that_allows_no_links_ends_those_there_are() {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let room = first.room(&fixture, &rules(None)).await;
    let secret = first.room_link(&fixture, room, "Một", "site").await;
    let mut site = fixture.enter(&secret, false).await;
    site.expect("welcome").await;
    let raised = with(rules(None), json!({ "classification": "secret", "lobby": "expected" }));
    let done = first.change(&fixture, room, 1, &raised).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(site.expect("ended").await["reason"], "revoked");
    let link = json!({ "name": "X", "role": "site" });
    let made = first.call(&fixture, &format!("POST /api/v1/rooms/{room}/links"), &link).await;
    assert_eq!((made.status, made.code().as_str()), (409, "no_links"));
}

#[tokio::test]
async fn rooms_of_another_subtree_do_not_exist_and_secret_ones_have_no_title() {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let own = first.unit(&fixture, "TinhA", None).await;
    let foreign = first.unit(&fixture, "TinhB", None).await;
    let (_, administrator) = first.appoint(&fixture, "quan.tri.a", own).await;
    let stranger = first.room(&fixture, &rules(Some(foreign))).await;
    let template = json!({ "name": "Mẫu B", "rules": rules(Some(foreign)) });
    assert_eq!(first.call(&fixture, "POST /api/v1/templates", &template).await.status, 201);
    for (request, body) in [
        (format!("GET /api/v1/rooms/{stranger}"), Value::Null),
        (format!("PUT /api/v1/rooms/{stranger}"), rules(Some(own))),
        (format!("POST /api/v1/rooms/{stranger}/close"), Value::Null),
        (format!("GET /api/v1/rooms/{stranger}/links"), Value::Null),
        (format!("POST /api/v1/rooms/{stranger}/links"), json!({ "name": "X", "role": "chair" })),
        (format!("DELETE /api/v1/rooms/{stranger}/links/1"), Value::Null),
        ("POST /api/v1/rooms".to_owned(), rules(Some(foreign))),
        ("GET /api/v1/rooms/1".to_owned(), Value::Null),
        ("DELETE /api/v1/rooms/1/links/1".to_owned(), Value::Null),
        ("GET /api/v1/templates/1".to_owned(), Value::Null),
        ("PUT /api/v1/templates/1".to_owned(), template),
        ("DELETE /api/v1/templates/1".to_owned(), Value::Null),
    ] {
        let answer = administrator.call_on(&fixture, &request, Some(1), &body).await;
        assert_eq!(answer.status, 404, "{request}: {}", answer.text);
    }
    let whole = administrator.call(&fixture, "POST /api/v1/rooms", &rules(None)).await;
    assert_eq!((whole.status, whole.code().as_str()), (403, "not_allowed"));
    for list in ["rooms", "templates"] {
        let seen = administrator.get(&fixture, &format!("/api/v1/{list}")).await.json();
        assert_eq!(seen["items"], json!([]), "{list}");
    }
    let mine = administrator.room(&fixture, &rules(Some(own))).await;
    // A link of one room is not ended by the way of another.
    let by_the_way =
        administrator.call(&fixture, &format!("DELETE /api/v1/rooms/{mine}/links/1"), &Value::Null).await;
    assert_eq!(by_the_way.status, 404);
    fixture.ticket(&fixture.secrets[0]).await;
}
