//! From a text frame to a message.

use serde::Deserialize;

use super::{ClientMessage, ErrorCode, MAX_CLIENT_MESSAGE, PROTOCOL_VERSION};

/// What every version of `hello` has.
#[derive(Deserialize)]
struct AnyHello {
    #[serde(rename = "type")]
    kind: String,
    protocol: u32,
}

/// Reads one text frame of a client. A `hello` that comes out speaks this version of the protocol.
///
/// # Errors
/// [`ErrorCode::TooLarge`] for more than [`MAX_CLIENT_MESSAGE`] bytes, [`ErrorCode::WrongVersion`] for a `hello`
/// of another version whatever else it holds, [`ErrorCode::BadMessage`] for anything that is not a message.
pub fn parse_client(text: &str) -> Result<ClientMessage, ErrorCode> {
    if text.len() > MAX_CLIENT_MESSAGE {
        return Err(ErrorCode::TooLarge);
    }
    let parsed = serde_json::from_str::<ClientMessage>(text);
    match parsed {
        Ok(ClientMessage::Hello { protocol, .. }) if protocol != PROTOCOL_VERSION => {
            Err(ErrorCode::WrongVersion)
        }
        Ok(message) => Ok(message),
        Err(_) => match serde_json::from_str::<AnyHello>(text) {
            Ok(hello) if hello.kind == "hello" && hello.protocol != PROTOCOL_VERSION => {
                Err(ErrorCode::WrongVersion)
            }
            _ => Err(ErrorCode::BadMessage),
        },
    }
}
