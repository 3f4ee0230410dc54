use proptest::prelude::*;

use crate::wire::{ClientMessage, ErrorCode, MAX_CLIENT_MESSAGE, PROTOCOL_VERSION, parse_client};

fn code(text: &str) -> Option<ErrorCode> {
    parse_client(text).err()
}

#[test]
fn a_frame_as_long_as_is_taken_is_read_and_one_byte_more_is_not() {
    let heartbeat = r#"{"type":"heartbeat"}"#;
    let padded = format!("{heartbeat}{}", " ".repeat(MAX_CLIENT_MESSAGE - heartbeat.len()));
    assert!(parse_client(&padded) == Ok(ClientMessage::Heartbeat));
    assert_eq!(code(&format!("{padded} ")), Some(ErrorCode::TooLarge));
}

#[test]
fn a_hello_of_another_version_is_told_so_whatever_else_it_holds() {
    let next = PROTOCOL_VERSION + 1;
    assert_eq!(
        code(&format!(r#"{{"type":"hello","protocol":{next},"novelty":[1,2]}}"#)),
        Some(ErrorCode::WrongVersion)
    );
    let known = format!(
        r#"{{"type":"hello","protocol":{next},"credential":{{"by":"ticket","ticket":"t"}},"take_over":false}}"#
    );
    assert_eq!(code(&known), Some(ErrorCode::WrongVersion));
}

#[test]
fn a_hello_of_this_version_that_lacks_a_field_is_a_bad_message() {
    assert_eq!(
        code(&format!(r#"{{"type":"hello","protocol":{PROTOCOL_VERSION}}}"#)),
        Some(ErrorCode::BadMessage)
    );
}

#[test]
fn unknown_types_and_fields_are_bad_messages() {
    for text in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"type":"fly"}"#,
        r#"{"type":"covered","slot":5,"epoch":1,"more":true}"#,
        r#"{"type":"covered","slot":256,"epoch":1}"#,
        r#"{"type":"covered","slot":5,"epoch":-1}"#,
        r#"{"type":"chair","request":1,"order":{"action":"mute","member":1,"softly":true}}"#,
    ] {
        assert_eq!(code(text), Some(ErrorCode::BadMessage), "{text}");
    }
}

#[test]
fn nesting_without_end_is_a_bad_message() {
    assert_eq!(code(&"[".repeat(MAX_CLIENT_MESSAGE)), Some(ErrorCode::BadMessage));
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,200}") {
        let _ = parse_client(&text);
    }
}
