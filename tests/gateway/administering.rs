//! Administration as it is meant: from the first start to a reform.

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use crate::administrator::{Administrator, PASSWORD};
use crate::client::Fixture;

#[tokio::test]
async fn the_first_administrators_secret_is_used_up_by_its_use() {
    let mut fixture = Fixture::start().await;
    let secret = fixture.first_administrator.clone().unwrap();
    let first = Administrator::first(&fixture).await;
    let who = first.get(&fixture, "/api/v1/session").await.json();
    assert_eq!((&who["administers_all"], &who["name"]), (&json!(true), &json!("Quản trị")));

    let again = json!({ "secret": secret, "login": "khac", "password": PASSWORD });
    let answer = Administrator::default().call(&fixture, "POST /api/v1/account/activate", &again).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "link_invalid"));
    fixture.restart().await;
    assert_eq!(fixture.first_administrator, None);
    assert_eq!(first.get(&fixture, "/api/v1/session").await.status, 200, "a restart ends no session");
}

#[tokio::test]
async fn an_unused_first_secret_is_replaced_at_the_next_start() {
    let mut fixture = Fixture::start().await;
    let old = fixture.first_administrator.clone().unwrap();
    fixture.restart().await;
    let body = json!({ "secret": old, "login": "tong", "password": PASSWORD });
    let answer = Administrator::default().call(&fixture, "POST /api/v1/account/activate", &body).await;
    assert_eq!(answer.code(), "link_invalid");
    Administrator::first(&fixture).await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_of_the_person() {
    let fixture = Fixture::start().await;
    let here = Administrator::first(&fixture).await;
    let mut there = Administrator::default();
    there.sign_in(&fixture, " TONG ", None).await;
    assert_eq!(there.get(&fixture, "/api/v1/session").await.status, 200);
    let out = here.call(&fixture, "DELETE /api/v1/sessions", &Value::Null).await;
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"), "{}", out.head);
    for session in [here, there] {
        assert_eq!(session.get(&fixture, "/api/v1/session").await.code(), "not_signed_in");
    }
}

#[tokio::test]
async fn another_password_ends_the_other_sessions() {
    let fixture = Fixture::start().await;
    let here = Administrator::first(&fixture).await;
    let mut there = Administrator::default();
    there.sign_in(&fixture, "tong", None).await;
    let body = json!({ "old": PASSWORD, "new": "một mật khẩu khác hẳn" });
    assert_eq!(here.call(&fixture, "PUT /api/v1/account/password", &body).await.status, 204);
    assert_eq!(here.get(&fixture, "/api/v1/session").await.status, 200);
    assert_eq!(there.get(&fixture, "/api/v1/session").await.status, 401);
    assert_eq!(there.sign_in(&fixture, "tong", None).await.code(), "wrong_credentials");
}

/// The code that an app shows (RFC 6238).
fn code(secret: &str, at: u64) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String = secret
        .bytes()
        .map(|letter| format!("{:05b}", letters.iter().position(|known| *known == letter).unwrap()))
        .collect();
    let bits: Vec<char> = bits.chars().collect();
    let bytes =
        bits.chunks_exact(8).map(|byte| u8::from_str_radix(&byte.iter().collect::<String>(), 2).unwrap());
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes.collect::<Vec<u8>>());
    let tag = hmac::sign(&key, &(at / 30).to_be_bytes());
    let offset = usize::from(tag.as_ref()[19] & 15);
    let word = u32::from_be_bytes(tag.as_ref()[offset..offset + 4].try_into().unwrap());
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

#[tokio::test]
async fn a_one_time_code_is_asked_for_once_it_is_set_and_is_good_once() {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let fresh = first.call(&fixture, "POST /api/v1/account/codes", &Value::Null).await.json();
    let secret = fresh["secret"].as_str().unwrap();
    assert!(fresh["uri"].as_str().unwrap().starts_with("otpauth://totp/Giaoban:tong?secret="));
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let set = |code: String| json!({ "password": PASSWORD, "secret": secret, "code": code });
    let wrong = first.call(&fixture, "PUT /api/v1/account/codes", &set("000000x".into())).await;
    assert_eq!(wrong.code(), "wrong_credentials");
    // A code of the step before leaves this step's for signing in.
    let before = code(secret, now - 30);
    assert_eq!(first.call(&fixture, "PUT /api/v1/account/codes", &set(before)).await.status, 204);

    let mut person = Administrator::default();
    assert_eq!(person.sign_in(&fixture, "tong", None).await.code(), "code_needed");
    let current = code(secret, std::time::UNIX_EPOCH.elapsed().unwrap().as_secs());
    assert_eq!(person.sign_in(&fixture, "tong", Some(&current)).await.status, 200);
    let again = Administrator::default().sign_in(&fixture, "tong", Some(&current)).await;
    assert_eq!(again.code(), "wrong_credentials");

    // Being asked for a code in between does not begin the count of wrong ones anew.
    for _ in 0..4 {
        assert_eq!(person.sign_in(&fixture, "tong", None).await.code(), "code_needed");
        assert_eq!(person.sign_in(&fixture, "tong", Some("000000x")).await.code(), "wrong_credentials");
    }
    assert_eq!(person.sign_in(&fixture, "tong", None).await.code(), "wait");
}

#[tokio::test]
async fn a_table_says_what_it_would_change_and_then_changes_it() {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let table =
        "code,name,parent\r\nTinhA,Tỉnh A,Bo\r\nBo,Bộ,\r\nTinhB,\"=HYPERLINK(\"\"http://x\"\")\",Bo\r\n";
    let dry = first.table(&fixture, "/api/v1/units.csv?dry_run=true", table).await;
    assert_eq!(dry.status, 200, "{}", dry.text);
    assert_eq!(dry.json()["changes"].as_array().unwrap().len(), 3);
    let none = first.get(&fixture, "/api/v1/units").await.json();
    assert_eq!(none["items"], json!([]), "a dry run changes nothing");

    let done = first.table(&fixture, "/api/v1/units.csv?from=2020-01-01", table).await.json();
    assert_eq!(done["done"], json!(true));
    let people = "code;name;unit;clearance\r\nP1;Người Một;TinhA;secret\r\n";
    assert_eq!(first.table(&fixture, "/api/v1/people.csv", people).await.status, 200);

    let out = first.get(&fixture, "/api/v1/units.csv").await.text;
    assert!(out.contains("TinhA,Tỉnh A,Bo\r\n"), "{out}");
    assert!(out.contains("\"'=HYPERLINK"), "no cell begins a formula: {out}");
    let same = first.table(&fixture, "/api/v1/units.csv", &out).await.json();
    assert_eq!(same["changes"], json!([]), "what was exported changes nothing");

    let bad = "code,name,parent\r\nX,X,Khong\r\nTinhA,,Bo\r\n";
    let refused = first.table(&fixture, "/api/v1/units.csv", bad).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "bad_table"));
    assert_eq!(refused.json()["lines"][0]["line"], json!(3));
}

#[tokio::test]
async fn a_reform_leaves_the_past_as_it_was_and_names_in_the_record_who_made_it() {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let top = first.unit(&fixture, "Bo", None).await;
    let provinces =
        [first.unit(&fixture, "TinhA", Some(top)).await, first.unit(&fixture, "TinhB", Some(top)).await];
    let commune = first.unit(&fixture, "Xa", Some(provinces[0])).await;
    let merger = json!({ "units": provinces, "code": "TinhAB", "name": "Tỉnh AB", "parent": top, "from": "2025-07-01" });
    let whole = first.call(&fixture, "POST /api/v1/units/merge", &merger).await.made("units");

    let parent = async |day: &str| {
        let units = first.get(&fixture, &format!("/api/v1/units?as_of={day}")).await.json();
        let items = units["items"].as_array().unwrap().clone();
        let unit = items.iter().find(|unit| unit["id"] == json!(commune)).unwrap();
        unit["parent"].clone()
    };
    assert_eq!(parent("2025-06-30").await, json!(provinces[0]));
    assert_eq!(parent("2025-07-01").await, json!(whole));

    let detail = first.get(&fixture, &format!("/api/v1/units/{commune}")).await;
    assert_eq!(detail.json()["history"].as_array().unwrap().len(), 2);
    let acts = first.get(&fixture, "/api/v1/acts?limit=1").await.json();
    assert_eq!(acts["items"][0]["content"]["kind"], json!("merge_units"));
    assert_eq!(acts["items"][0]["actor"], json!(1));
    let verified = fixture.command(&["acts", "verify"]).await;
    assert!(verified.status.success(), "{verified:?}");
}

#[tokio::test]
async fn a_change_of_what_somebody_else_changed_is_refused() {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let unit = first.unit(&fixture, "Bo", None).await;
    let seen = first.get(&fixture, &format!("/api/v1/units/{unit}")).await;
    assert_eq!(seen.header("etag"), Some("\"1\""));
    let rename = |name: &str| json!({ "name": name, "from": "2026-01-01" });
    let request = format!("POST /api/v1/units/{unit}/rename");
    let unsaid = first.call(&fixture, &request, &rename("Một")).await;
    assert_eq!((unsaid.status, unsaid.code().as_str()), (428, "if_match_needed"));
    let changed = first.call_on(&fixture, &request, Some(1), &rename("Một")).await;
    assert_eq!((changed.status, changed.header("etag")), (200, Some("\"2\"")));
    let outdated = first.call_on(&fixture, &request, Some(1), &rename("Hai")).await;
    assert_eq!((outdated.status, outdated.code().as_str()), (412, "outdated"));
}

#[tokio::test]
async fn a_backup_restored_on_an_empty_machine_is_the_same_gateway() {
    let mut fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let unit = first.unit(&fixture, "Bo", None).await;
    let authority = std::fs::read(fixture.directory.join("ca.crt")).unwrap();
    let file = fixture.directory.with_extension("backup");
    let path = file.to_str().unwrap().to_owned();
    let made = fixture.command(&["backup", &path]).await;
    assert!(made.status.success(), "{made:?}");

    fixture.stop().await;
    std::fs::remove_dir_all(&fixture.directory).unwrap();
    let restored = fixture.command(&["restore", &path]).await;
    assert!(restored.status.success(), "{restored:?}");
    let again = fixture.command(&["restore", &path]).await;
    assert!(!again.status.success() && String::from_utf8(again.stderr).unwrap().contains("not empty"));
    fixture.restart().await;
    std::fs::remove_file(&file).unwrap();

    assert_eq!(std::fs::read(fixture.directory.join("ca.crt")).unwrap(), authority);
    fixture.ticket(&fixture.secrets[0]).await;
    let mut person = Administrator::default();
    assert_eq!(person.sign_in(&fixture, "tong", None).await.status, 200);
    assert_eq!(person.get(&fixture, &format!("/api/v1/units/{unit}")).await.status, 200);
}

#[tokio::test]
async fn the_operator_gives_a_lost_account_back_at_the_command_line() {
    let fixture = Fixture::start().await;
    let lost = Administrator::first(&fixture).await;
    let made = fixture.command(&["admin", "link", "quan-tri"]).await;
    let printed = String::from_utf8(made.stdout).unwrap();
    let (page, secret) = printed.trim_end().lines().nth(1).unwrap().split_once('#').unwrap();
    assert!(page.ends_with("/account/activate"), "{page}");
    let found = Administrator::activate(&fixture, secret, "tong.moi").await;
    assert_eq!(found.get(&fixture, "/api/v1/session").await.status, 200);
    assert_eq!(lost.get(&fixture, "/api/v1/session").await.status, 401);
    let unknown = fixture.command(&["admin", "link", "khong"]).await;
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("no person"));
}

#[tokio::test]
async fn a_change_of_units_is_told_before_it_is_made() {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let top = first.unit(&fixture, "Bo", None).await;
    let (a, b) =
        (first.unit(&fixture, "TinhA", Some(top)).await, first.unit(&fixture, "TinhB", Some(top)).await);
    first.unit(&fixture, "XaA1", Some(a)).await;
    first.person(&fixture, "P1", a).await;
    let merger = json!({ "kind": "merge", "units": [a, b], "code": "TinhAB", "name": "Tỉnh AB", "parent": top, "from": "2099-01-01" });
    let told = first.call(&fixture, "POST /api/v1/units/preview", &merger).await;
    assert_eq!(told.status, 200, "{}", told.text);
    let told = told.json();
    let fates: Vec<(&str, &str)> = told["units"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unit| (unit["fate"].as_str().unwrap(), unit["code"].as_str().unwrap()))
        .collect();
    for fate in [("made", "TinhAB"), ("ended", "TinhA"), ("ended", "TinhB"), ("moved", "XaA1")] {
        assert!(fates.contains(&fate), "{fates:?}");
    }
    assert_eq!((fates.len(), &told["people"]), (4, &json!(1)));
    let units = first.get(&fixture, "/api/v1/units?as_of=2099-01-02").await.json();
    assert!(units["items"].as_array().unwrap().iter().all(|unit| unit["code"] != "TinhAB"), "{units}");
    let missing = json!({ "kind": "abolish", "unit": 99, "from": "2099-01-01" });
    assert_eq!(first.call(&fixture, "POST /api/v1/units/preview", &missing).await.code(), "no_such_unit");
}

#[tokio::test]
async fn lists_and_the_record_are_narrowed_to_a_unit_and_all_below_it() {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let top = first.unit(&fixture, "Bo", None).await;
    let a = first.unit(&fixture, "TinhA", Some(top)).await;
    let below = first.unit(&fixture, "XaA1", Some(a)).await;
    let b = first.unit(&fixture, "TinhB", Some(top)).await;
    first.person(&fixture, "P-xa", below).await;
    first.person(&fixture, "P-b", b).await;
    let codes = async |path: String| -> Vec<String> {
        let page = first.get(&fixture, &path).await.json();
        page["items"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(format!("/api/v1/people?unit={a}&below=true")).await, ["P-xa"]);
    assert_eq!(codes(format!("/api/v1/people?unit={a}")).await, Vec::<String>::new());
    assert_eq!(codes(format!("/api/v1/units?unit={a}&below=true")).await, ["TinhA", "XaA1"]);

    let kinds = async |query: String| -> Vec<(String, Value)> {
        let page = first.get(&fixture, &format!("/api/v1/acts?{query}")).await.json();
        let items = page["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|act| (act["content"]["kind"].as_str().unwrap().to_owned(), act["unit_name"].clone()))
            .collect()
    };
    assert_eq!(kinds(format!("unit={b}")).await, [("create_person".to_owned(), json!("TinhB"))]);
    assert_eq!(kinds("kind=create_unit".to_owned()).await.len(), 4);
    assert_eq!(kinds("from=1&to=2".to_owned()).await, []);
    let who = first.get(&fixture, "/api/v1/acts?kind=create_unit&limit=1").await.json();
    assert_eq!(who["items"][0]["actor_name"], json!("Quản trị"));
    let before = who["next"].as_u64().unwrap();
    let rest = first.get(&fixture, &format!("/api/v1/acts?kind=create_unit&before={before}")).await.json();
    assert_eq!((rest["items"].as_array().unwrap().len(), rest.get("next")), (3, None));
}

#[tokio::test]
async fn the_console_is_told_whether_the_record_holds_and_others_are_not() {
    let fixture = Fixture::start().await;
    let first = Administrator::first(&fixture).await;
    let unit = first.unit(&fixture, "TinhA", None).await;
    let chain = first.get(&fixture, "/api/v1/acts/chain").await.json();
    assert_eq!((&chain["holds"], chain["head"].as_str().unwrap().len()), (&json!(true), 64));
    let (_, below) = first.appoint(&fixture, "truong.a", unit).await;
    assert_eq!(below.get(&fixture, "/api/v1/acts/chain").await.code(), "not_allowed");
}
