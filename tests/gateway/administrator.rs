//! A person at the administration's API, as a browser would speak to it.

use serde_json::{Value, json};

use crate::client::Fixture;

pub const PASSWORD: &str = "bốn con voi đi qua cầu";

/// Where our own pages come from; the client names this host.
pub const ORIGIN: &str = "https://gateway";

/// An answer.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{} {}", self.status, self.text))
    }

    /// The stable word of a refusal.
    pub fn code(&self) -> String {
        assert!(self.head.contains("content-type: application/problem+json"), "{} {}", self.head, self.text);
        self.json()["code"].as_str().unwrap().to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))
    }

    /// What a change made first of a kind.
    pub fn made(&self, kind: &str) -> u64 {
        assert_eq!(self.status, 201, "{}", self.text);
        self.json()[kind][0].as_u64().unwrap()
    }
}

/// Somebody with a browser of his own.
#[derive(Clone, Default)]
pub struct Administrator {
    /// What his browser keeps.
    pub cookie: Option<String>,
}

impl Administrator {
    /// A request with further headers, each ended by CR LF.
    pub async fn send(&self, fixture: &Fixture, request: &str, headers: &str, body: &str) -> Answer {
        let cookie = self.cookie.as_ref().map(|cookie| format!("cookie: {cookie}\r\n")).unwrap_or_default();
        let (status, head, body) =
            fixture.request(&format!("{request}\n{cookie}{headers}"), body.as_bytes()).await;
        Answer { status, head, text: String::from_utf8(body).unwrap() }
    }

    pub async fn get(&self, fixture: &Fixture, path: &str) -> Answer {
        self.send(fixture, &format!("GET {path}"), "", "").await
    }

    pub async fn call(&self, fixture: &Fixture, request: &str, body: &Value) -> Answer {
        self.call_on(fixture, request, None, body).await
    }

    /// A change of what was seen with a revision.
    pub async fn call_on(&self, fixture: &Fixture, request: &str, seen: Option<u64>, body: &Value) -> Answer {
        let seen = seen.map(|seen| format!("if-match: \"{seen}\"\r\n")).unwrap_or_default();
        let headers = format!("origin: {ORIGIN}\r\ncontent-type: application/json\r\n{seen}");
        self.send(fixture, request, &headers, &body.to_string()).await
    }

    pub async fn table(&self, fixture: &Fixture, path: &str, table: &str) -> Answer {
        let headers = format!("origin: {ORIGIN}\r\ncontent-type: text/csv\r\n");
        self.send(fixture, &format!("POST {path}"), &headers, table).await
    }

    pub async fn sign_in(&mut self, fixture: &Fixture, login: &str, code: Option<&str>) -> Answer {
        let credentials = json!({ "login": login, "password": PASSWORD, "code": code });
        let answer = self.call(fixture, "POST /api/v1/session", &credentials).await;
        if answer.status == 200 {
            let cookie = answer.header("set-cookie").unwrap();
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        answer
    }

    /// Sets name and password by a one-time secret, and signs in.
    pub async fn activate(fixture: &Fixture, secret: &str, login: &str) -> Self {
        let mut person = Self::default();
        let body = json!({ "secret": secret, "login": login, "password": PASSWORD });
        let answer = person.call(fixture, "POST /api/v1/account/activate", &body).await;
        assert_eq!(answer.status, 204, "{}", answer.text);
        let answer = person.sign_in(fixture, login, None).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        person
    }

    /// The first administrator.
    pub async fn first(fixture: &Fixture) -> Self {
        let secret = fixture.first_administrator.clone().unwrap();
        Self::activate(fixture, &secret, "tong").await
    }

    pub async fn unit(&self, fixture: &Fixture, code: &str, parent: Option<u64>) -> u64 {
        let body = json!({ "code": code, "name": code, "parent": parent, "from": "2020-01-01" });
        self.call(fixture, "POST /api/v1/units", &body).await.made("units")
    }

    pub async fn person(&self, fixture: &Fixture, code: &str, unit: u64) -> u64 {
        let details = json!({ "name": code, "rank": "", "duty": "", "clearance": "normal" });
        let body = json!({ "code": code, "details": details, "unit": unit, "from": "2020-01-01" });
        self.call(fixture, "POST /api/v1/people", &body).await.made("people")
    }

    /// Makes a person of a unit its administrator, who signs in.
    pub async fn appoint(&self, fixture: &Fixture, login: &str, unit: u64) -> (u64, Self) {
        let person = self.person(fixture, login, unit).await;
        let body = json!({ "person": person, "unit": unit });
        self.call(fixture, "POST /api/v1/appointments", &body).await.made("appointments");
        let link =
            self.call(fixture, &format!("POST /api/v1/people/{person}/account-link"), &json!({})).await;
        let secret = link.json()["secret"].as_str().unwrap().to_owned();
        (person, Self::activate(fixture, &secret, login).await)
    }
}
