//! Every message as a file that the tests of Rust and of TypeScript both read.

mod examples;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;
use ts_rs::{Config, TS};

use super::{assert_committed, repository, updating};
use crate::wire::{ChairAction, Change, ClientMessage, EndReason, ErrorCode, ServerMessage, parse_client};

fn folder() -> PathBuf {
    repository().join("tests/fixtures/wire")
}

/// Examples by file name, and what is in each.
fn files() -> BTreeMap<String, String> {
    let client = examples::client().into_iter().map(|(name, m)| (format!("client/{name}"), json(&m)));
    let server = examples::server().into_iter().map(|(name, m)| (format!("server/{name}"), json(&m)));
    let codes = ("error_codes".to_owned(), json(&ErrorCode::ALL));
    client.chain(server).chain([codes]).map(|(name, text)| (format!("{name}.json"), text)).collect()
}

fn json<T: Serialize>(value: &T) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a wire type is JSON");
    text.push('\n');
    text
}

/// The names that stand in a union's TypeScript declaration, behind `key` or alone.
fn names_in(declaration: &str, key: Option<&str>) -> BTreeSet<String> {
    let (_, union) = declaration.split_once('=').expect("a declaration");
    let strings: Vec<&str> = union.split('"').skip(1).step_by(2).collect();
    match key {
        None => strings.into_iter().map(str::to_owned).collect(),
        Some(key) => {
            let pairs = strings.iter().zip(strings.iter().skip(1));
            pairs.filter(|(at, _)| **at == key).map(|(_, name)| (*name).to_owned()).collect()
        }
    }
}

/// All texts that stand under `key` anywhere in the golden files below `folder`.
fn texts_under(key: &str, folder: &str) -> BTreeSet<String> {
    fn collect(key: &str, value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(text)) = fields.get(key) {
                    found.insert(text.clone());
                }
                fields.values().for_each(|inner| collect(key, inner, found));
            }
            Value::Array(items) => items.iter().for_each(|inner| collect(key, inner, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    for (_, text) in files().iter().filter(|(name, _)| name.starts_with(folder)) {
        collect(key, &serde_json::from_str(text).expect("JSON"), &mut found);
    }
    found
}

#[test]
fn the_committed_files_are_what_the_types_write_and_none_is_left_over() {
    let files = files();
    for (name, text) in &files {
        assert_committed(&folder().join(name), text);
    }
    for side in ["client", "server"] {
        for entry in std::fs::read_dir(folder().join(side)).expect("the folder") {
            let path = entry.expect("an entry").path();
            let name = format!("{side}/{}", path.file_name().expect("a name").to_string_lossy());
            if !files.contains_key(&name) && updating() {
                std::fs::remove_file(&path).expect("removed");
            } else {
                assert!(files.contains_key(&name), "{name} is no message any more");
            }
        }
    }
}

#[test]
fn every_client_message_reads_back_as_it_was() {
    for (name, message) in examples::client() {
        assert!(parse_client(&json(&message)) == Ok(message), "{name}");
    }
}

#[test]
fn every_server_message_reads_back_as_it_was() {
    for (name, message) in examples::server() {
        let read: ServerMessage = serde_json::from_str(&json(&message)).expect("a message");
        assert!(read == message, "{name}");
    }
}

#[test]
fn every_variant_has_a_file() {
    let config = Config::new();
    let tagged = |declaration: String, key| names_in(&declaration, Some(key));
    assert_eq!(texts_under("type", "client/"), tagged(ClientMessage::decl(&config), "type"));
    assert_eq!(texts_under("type", "server/"), tagged(ServerMessage::decl(&config), "type"));
    assert_eq!(texts_under("action", "client/"), tagged(ChairAction::decl(&config), "action"));
    assert_eq!(texts_under("change", "server/"), tagged(Change::decl(&config), "change"));
    assert_eq!(texts_under("reason", "server/"), names_in(&EndReason::decl(&config), None));
}

#[test]
fn the_list_of_error_codes_is_complete() {
    let listed: BTreeSet<String> =
        ErrorCode::ALL.iter().map(|code| json(code).trim().trim_matches('"').to_owned()).collect();
    assert_eq!(listed.len(), ErrorCode::ALL.len());
    assert_eq!(listed, names_in(&ErrorCode::decl(&Config::new()), None));
}
