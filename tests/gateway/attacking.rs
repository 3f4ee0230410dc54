//! Attacks on administration. Each fails when its guard is taken out.

use serde_json::{Value, json};

use crate::administrator::{Administrator, ORIGIN, PASSWORD};
use crate::client::Fixture;

#[tokio::test]
async fn a_page_of_another_site_changes_nothing_in_its_visitors_name() {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let body = json!({ "code": "X", "name": "X", "parent": null, "from": "2020-01-01" }).to_string();
    for headers in [
        // A foreign page; a page that hides itself; a form, which cannot name a type of its own; a browser that names nothing.
        "origin: https://evil.example\r\ncontent-type: application/json\r\n",
        "origin: null\r\ncontent-type: application/json\r\n",
        "origin: https://evil.example\r\ncontent-type: text/plain\r\n",
        "origin: https://gateway.evil.example\r\ncontent-type: application/json\r\n",
        "origin: http://gateway\r\ncontent-type: application/json\r\n",
        "content-type: application/json\r\n",
    ] {
        let answer = first.send(&fixture, "POST /api/v1/units", headers, &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "foreign_origin"), "{headers}");
    }
    let form = format!("origin: {ORIGIN}\r\ncontent-type: text/plain\r\n");
    assert_eq!(first.send(&fixture, "POST /api/v1/units", &form, &body).await.status, 415);
    let units = first.get(&fixture, "/api/v1/units").await.json();
    assert_eq!(units["items"], json!([]));
}

#[tokio::test]
async fn a_sessions_cookie_is_bound_to_this_host_and_hidden_from_scripts() {
    let fixture = Fixture::start().await;
    let mut first = Administrator::first(&fixture).await;
    let answer = first.sign_in(&fixture, "tong", None).await;
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-giaoban="), "{cookie}");
    for attribute in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn a_session_known_before_signing_in_opens_nothing_after() {
    let fixture = Fixture::start().await;
    let mut victim = Administrator::first(&fixture).await;
    // What an attacker planted is not taken over, and what was there before ends.
    let planted = Administrator { cookie: Some("__Host-giaoban=planted".to_owned()) };
    let mut trapped = planted.clone();
    trapped.sign_in(&fixture, "tong", None).await;
    assert_ne!(trapped.cookie, planted.cookie);
    assert_eq!(planted.get(&fixture, "/api/v1/session").await.status, 401);
    let before = victim.clone();
    victim.sign_in(&fixture, "tong", None).await;
    assert_eq!(victim.get(&fixture, "/api/v1/session").await.status, 200);
    assert_eq!(before.get(&fixture, "/api/v1/session").await.status, 401);
}

#[tokio::test]
async fn nothing_tells_whether_a_name_is_somebodys() {
    let fixture = Fixture::start().await;
    Administrator::first(&fixture).await;
    let nobody = Administrator::default();
    let attempt = async |login: &str| {
        let body = json!({ "login": login, "password": "một mật khẩu sai hẳn" });
        let answer = nobody.call(&fixture, "POST /api/v1/session", &body).await;
        let wait = answer.header("retry-after").map(str::to_owned);
        (answer.status, answer.text, wait)
    };
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for _ in 0..6 {
        known.push(attempt("tong").await);
        unknown.push(attempt("khong.ai").await);
    }
    // The wait that is left may differ by the second between the two.
    let shape = |answers: &[(u16, String, Option<String>)]| -> Vec<(u16, bool)> {
        answers.iter().map(|(status, _, wait)| (*status, wait.is_some())).collect()
    };
    assert_eq!(shape(&known), shape(&unknown));
    assert_eq!(known[..5], unknown[..5]);
    let (status, _, wait) = &known[5];
    let wait: u64 = wait.as_ref().unwrap().parse().unwrap();
    assert!(*status == 429 && (25..=30).contains(&wait), "{known:?}");
    // The right password does not help before the wait is over: it could not be told apart by trying.
    let body = json!({ "login": "tong", "password": PASSWORD });
    assert_eq!(nobody.call(&fixture, "POST /api/v1/session", &body).await.status, 429);
}

/// A ministry with two provinces, each with a person and an administrator.
struct Provinces {
    fixture: Fixture,
    top: u64,
    own: u64,
    below: u64,
    foreign: u64,
    foreigner: u64,
    person: u64,
    administrator: Administrator,
}

async fn provinces() -> Provinces {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let top = first.unit(&fixture, "Bo", None).await;
    let own = first.unit(&fixture, "TinhA", Some(top)).await;
    let below = first.unit(&fixture, "Huyen", Some(own)).await;
    let foreign = first.unit(&fixture, "TinhB", Some(top)).await;
    let foreigner = first.person(&fixture, "nguoi.b", foreign).await;
    let (person, administrator) = first.appoint(&fixture, "quan.tri.a", own).await;
    Provinces { fixture, top, own, below, foreign, foreigner, person, administrator }
}

#[tokio::test]
async fn what_lies_in_another_subtree_does_not_exist() {
    let Provinces { fixture, top, own, below, foreign, foreigner, administrator, .. } = provinces().await;
    let from = "2026-11-24";
    let details = json!({ "name": "X", "rank": "", "duty": "", "clearance": "normal" });
    let new = |parent: u64| json!({ "code": "X", "name": "X", "parent": parent, "from": from });
    let mut requests = Vec::new();
    for unit in [top, foreign, 9999] {
        requests.extend([
            (format!("GET /api/v1/units/{unit}"), Value::Null),
            ("POST /api/v1/units".to_owned(), new(unit)),
            (format!("POST /api/v1/units/{unit}/rename"), json!({ "name": "X", "from": from })),
            (format!("POST /api/v1/units/{unit}/move"), json!({ "parent": own, "from": from })),
            (format!("POST /api/v1/units/{unit}/abolish"), json!({ "from": from })),
            (format!("POST /api/v1/units/{below}/move"), json!({ "parent": unit, "from": from })),
            (
                "POST /api/v1/units/merge".to_owned(),
                json!({ "units": [below, unit], "code": "X", "name": "X", "parent": own, "from": from }),
            ),
            ("POST /api/v1/appointments".to_owned(), json!({ "person": foreigner, "unit": below })),
            (
                "POST /api/v1/people".to_owned(),
                json!({ "code": "X", "details": details, "unit": unit, "from": from }),
            ),
        ]);
    }
    for person in [foreigner, 1, 9999] {
        requests.extend([
            (format!("GET /api/v1/people/{person}"), Value::Null),
            (format!("PUT /api/v1/people/{person}"), details.clone()),
            (format!("POST /api/v1/people/{person}/move"), json!({ "unit": own, "from": from })),
            (format!("POST /api/v1/people/{person}/retire"), json!({ "from": from })),
            (format!("POST /api/v1/people/{person}/account-link"), json!({})),
        ]);
    }
    requests.push(("DELETE /api/v1/appointments/1".to_owned(), Value::Null));
    for (request, body) in requests {
        let answer = administrator.call_on(&fixture, &request, Some(1), &body).await;
        assert_eq!(answer.status, 404, "{request} {body}: {}", answer.text);
    }
    for list in ["units", "people", "units.csv", "people.csv", "appointments", "units?as_of=2021-01-01"] {
        let text = administrator.get(&fixture, &format!("/api/v1/{list}")).await.text;
        assert!(
            !text.contains("TinhB") && !text.contains("nguoi.b") && !text.contains("Bo"),
            "{list}: {text}"
        );
    }
    let acts = administrator.get(&fixture, "/api/v1/acts").await;
    assert_eq!((acts.status, acts.code().as_str()), (403, "not_allowed"));
}

#[tokio::test]
async fn nobody_climbs_by_the_api() {
    let Provinces { fixture, own, below, person, administrator, .. } = provinces().await;
    let cleared = json!({ "name": "X", "rank": "", "duty": "", "clearance": "top_secret" });
    let accomplice = administrator.person(&fixture, "dong.loa", below).await;
    for (request, body) in [
        ("POST /api/v1/appointments".to_owned(), json!({ "person": person })),
        ("POST /api/v1/appointments".to_owned(), json!({ "person": accomplice, "unit": own })),
        (format!("PUT /api/v1/people/{person}"), cleared.clone()),
        (format!("PUT /api/v1/people/{accomplice}"), cleared),
        (format!("POST /api/v1/people/{person}/account-link"), json!({})),
        (format!("POST /api/v1/units/{own}/move"), json!({ "parent": null, "from": "2026-11-24" })),
        (format!("POST /api/v1/units/{below}/move"), json!({ "parent": null, "from": "2026-11-24" })),
        ("POST /api/v1/units".to_owned(), json!({ "code": "X", "name": "X", "from": "2026-11-24" })),
    ] {
        let answer = administrator.call_on(&fixture, &request, Some(1), &body).await;
        assert_eq!(answer.status, 403, "{request} {body}: {}", answer.text);
    }
}

#[tokio::test]
async fn who_left_signs_in_no_more_and_his_sessions_end() {
    let Provinces { fixture, person, administrator, .. } = provinces().await;
    let mut first = Administrator::default();
    first.sign_in(&fixture, "tong", None).await;
    let retire = format!("POST /api/v1/people/{person}/retire");
    let answer = first.call_on(&fixture, &retire, Some(1), &json!({ "from": "2026-01-01" })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(administrator.get(&fixture, "/api/v1/session").await.status, 401);
    let again = Administrator::default().sign_in(&fixture, "quan.tri.a", None).await;
    assert_eq!(again.code(), "wrong_credentials");
}

#[tokio::test]
async fn without_a_session_nothing_is_told() {
    let fixture = Fixture::start().await;
    for path in [
        "session",
        "units",
        "units/1",
        "people",
        "people/1",
        "appointments",
        "acts",
        "units.csv",
        "people.csv",
    ] {
        let answer = Administrator::default().get(&fixture, &format!("/api/v1/{path}")).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "not_signed_in"), "{path}");
    }
}
