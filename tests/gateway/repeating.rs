//! Requests that are sent twice and carried out once.

use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;

use crate::administrator::{Administrator, Answer, ORIGIN};
use crate::client::{Fixture, PATIENCE};
use crate::rooms::rules;

impl Administrator {
    async fn post(&self, fixture: &Fixture, path: &str, key: &str, body: &serde_json::Value) -> Answer {
        let headers =
            format!("origin: {ORIGIN}\r\ncontent-type: application/json\r\nidempotency-key: {key}\r\n");
        self.send(fixture, &format!("POST {path}"), &headers, &body.to_string()).await
    }
}

#[tokio::test]
async fn a_request_with_a_key_is_carried_out_once_also_over_a_restart() {
    let mut fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let made = first.post(&fixture, "/api/v1/rooms", "k1", &rules(None)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    for _ in 0..2 {
        let again = first.post(&fixture, "/api/v1/rooms", "k1", &rules(None)).await;
        assert_eq!((again.status, &again.text), (201, &made.text));
        assert_eq!(again.header("etag"), made.header("etag"));
        assert_eq!(again.header("idempotency-repeated"), Some("true"));
        fixture.restart().await;
    }
    let rooms = first.get(&fixture, "/api/v1/rooms").await.json();
    assert_eq!(rooms["items"].as_array().unwrap().len(), 2);
    let next = first.post(&fixture, "/api/v1/rooms", "k2", &rules(None)).await;
    assert_ne!(next.json()["id"], made.json()["id"]);
}

#[tokio::test]
async fn a_key_belongs_to_one_request_of_one_person_and_a_refusal_is_repeated_too() {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let unit = first.unit(&fixture, "A", None).await;
    let (_, other) = first.appoint(&fixture, "quan.tri.a", unit).await;
    assert_eq!(first.post(&fixture, "/api/v1/rooms", "k", &rules(None)).await.status, 201);
    let mut changed = rules(None);
    changed["title"] = json!("Khác");
    let reused = first.post(&fixture, "/api/v1/rooms", "k", &changed).await;
    assert_eq!((reused.status, reused.code().as_str()), (422, "key_used"));
    // The same key and the same request of another person are his own.
    for repeated in [None, Some("true")] {
        let refused = other.post(&fixture, "/api/v1/rooms", "k", &rules(None)).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "not_allowed"));
        assert_eq!(refused.header("idempotency-repeated"), repeated);
    }
    let bad = first.post(&fixture, "/api/v1/rooms", "a b", &rules(None)).await;
    assert_eq!((bad.status, bad.code().as_str()), (400, "bad_request"));
    let nobody = Administrator::default().post(&fixture, "/api/v1/rooms", "k", &rules(None)).await;
    assert_eq!((nobody.status, nobody.code().as_str()), (401, "not_signed_in"));
}

#[tokio::test]
async fn who_hangs_up_and_asks_again_gets_the_answer_to_what_he_asked() {
    const HANG_UPS: u64 = 12;
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let body = rules(None);
    for number in 0..HANG_UPS {
        let key = format!("k{number}");
        // At a moment between the way there and the way back, which takes some 20 ms.
        let _ =
            timeout(Duration::from_millis(2 * number), first.post(&fixture, "/api/v1/rooms", &key, &body))
                .await;
        let answered = async {
            loop {
                let answer = first.post(&fixture, "/api/v1/rooms", &key, &body).await;
                if answer.status != 409 {
                    break answer;
                }
            }
        };
        let answer = timeout(PATIENCE, answered).await.expect("what is under way ends");
        assert_eq!(answer.status, 201, "{}", answer.text);
    }
    let rooms = first.get(&fixture, "/api/v1/rooms").await.json();
    assert_eq!(rooms["items"].as_array().unwrap().len() as u64, 1 + HANG_UPS);
}

#[tokio::test]
async fn two_at_once_make_one() {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let body = rules(None);
    let ask = || first.post(&fixture, "/api/v1/rooms", "k", &body);
    let (one, two, three) = tokio::join!(ask(), ask(), ask());
    for answer in [one, two, three] {
        assert!(answer.status == 201 || answer.code() == "under_way", "{}", answer.text);
    }
    let rooms = first.get(&fixture, "/api/v1/rooms").await.json();
    assert_eq!(rooms["items"].as_array().unwrap().len(), 2);
}
