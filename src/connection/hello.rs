//! The first message of a connection: which version it speaks and by what right it comes.

use std::net::IpAddr;
use std::time::{Instant, SystemTime};

use giaoban_signaling::conference::Entry;
use giaoban_signaling::wire::{ClientMessage, Credential, ErrorCode, parse_client};

use crate::registry::SeatRef;
use crate::secret::SecretHash;
use crate::services::Services;

/// A connection that has shown a good credential.
pub struct Hello {
    /// The seat it opens.
    pub seat: SeatRef,
    /// How it came by it.
    pub entry: Entry,
    /// Whether it pushes out another connection.
    pub take_over: bool,
    /// The resume secret it presented.
    pub presented: Option<SecretHash>,
}

/// Reads a `hello` and checks its credential.
///
/// # Errors
/// The code to tell the client.
pub async fn check(text: &str, from: IpAddr, services: &Services) -> Result<Hello, ErrorCode> {
    let (credential, take_over) = read(text)?;
    if services.attempts.is_refused(from, Instant::now()) {
        return Err(ErrorCode::RateLimited);
    }
    let checked = match credential {
        Credential::Ticket { ticket } => services
            .tickets
            .redeem(Instant::now(), SecretHash::of(&ticket))
            .map(|seat| Hello { seat, entry: Entry::Ticket, take_over, presented: None })
            .ok_or(ErrorCode::TicketInvalid),
        Credential::Resume { secret } => {
            let hash = SecretHash::of(&secret);
            let found = services.store.find_resume(hash, SystemTime::now()).await.map_err(|error| {
                tracing::error!(%error, "cannot look a resume secret up");
                ErrorCode::Internal
            })?;
            found
                .map(|seat| Hello { seat, entry: Entry::Resume, take_over, presented: Some(hash) })
                .ok_or(ErrorCode::ResumeInvalid)
        }
    };
    if checked.is_err() {
        services.attempts.failed(from, Instant::now());
    }
    checked
}

fn read(text: &str) -> Result<(Credential, bool), ErrorCode> {
    match parse_client(text)? {
        ClientMessage::Hello { credential, take_over, .. } => Ok((credential, take_over)),
        _ => Err(ErrorCode::BadMessage),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<ErrorCode> {
        read(text).err()
    }

    #[test]
    fn a_page_of_another_version_is_told_so_whatever_else_it_says() {
        assert_eq!(code(r#"{"type":"hello","protocol":2,"passport":[]}"#), Some(ErrorCode::WrongVersion));
    }

    #[test]
    fn anything_but_a_hello_is_a_bad_message() {
        for text in ["", "{}", "[]", r#"{"type":"resync"}"#, r#"{"type":"leave","protocol":1}"#] {
            assert_eq!(code(text), Some(ErrorCode::BadMessage), "{text}");
        }
        assert_eq!(code(r#"{"type":"hello","protocol":1}"#), Some(ErrorCode::BadMessage));
    }

    #[test]
    fn a_hello_yields_its_credential() {
        let text =
            r#"{"type":"hello","protocol":1,"credential":{"by":"ticket","ticket":"t"},"take_over":true}"#;
        let (credential, take_over) = read(text).unwrap_or_else(|_| panic!("a good hello"));
        assert!(matches!(credential, Credential::Ticket { ticket } if ticket == "t"));
        assert!(take_over);
    }
}
