//! The record of acts: what is written down, and the bytes that its chain of hashes covers.

use serde::Serialize;

use crate::command::Command;
use crate::person::PersonId;
use crate::unit::UnitId;

/// What was done, or refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ActContent {
    /// The operator made a link to a seat.
    LinkMade {
        /// Its number.
        link: u32,
        /// The site's name.
        site: String,
    },
    /// The operator ended a link.
    LinkRevoked {
        /// Its number.
        link: u32,
    },
    /// A way to set a password was given to a person.
    AccountLinkMade {
        /// Who.
        person: PersonId,
    },
    /// A person set a password by such a link.
    AccountActivated,
    /// A person signed in.
    SignedIn,
    /// Somebody gave a wrong name, password or code.
    SignInRefused {
        /// Whose account it was, if it was one.
        person: Option<PersonId>,
    },
    /// A person signed out, of one session or of all.
    SignedOut {
        /// Of all.
        everywhere: bool,
    },
    /// A person changed the password.
    PasswordChanged,
    /// A person began to use one-time codes.
    SecondFactorSet,
    /// A person gave the own calendar an address for other programs.
    FeedMade,
    /// That address shows nothing any more.
    FeedEnded,
    /// The directory was changed.
    #[serde(untagged)]
    Directory(Command),
}

/// A row of the record.
#[derive(Clone, PartialEq, Eq)]
pub struct Act {
    /// Its place, from 1, without gaps.
    pub number: u64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Who; none is the operator, or nobody known.
    pub actor: Option<PersonId>,
    /// The unit that it concerns.
    pub unit: Option<UnitId>,
    /// What, as the JSON of [`ActContent`].
    pub content: String,
}

impl Act {
    /// What an act's hash is taken over. Each field stands at a fixed place or behind its length, so no two acts have
    /// the same bytes; numbers are big-endian.
    ///
    /// | bytes | what |
    /// |---|---|
    /// | 14 | `giaoban act 1\n` |
    /// | 32 | the hash of the act before; zeros for the first |
    /// | 8 + 8 | number, time |
    /// | 5 + 5 | actor, unit: 1 and the number, or five zeros |
    /// | 8 + n | content |
    #[must_use]
    pub fn canonical(&self, previous: &[u8; 32]) -> Vec<u8> {
        let mut bytes = b"giaoban act 1\n".to_vec();
        bytes.extend(previous);
        bytes.extend(self.number.to_be_bytes());
        bytes.extend(self.at.to_be_bytes());
        for id in [self.actor.map(|person| person.0), self.unit.map(|unit| unit.0)] {
            bytes.push(u8::from(id.is_some()));
            bytes.extend(id.unwrap_or_default().to_be_bytes());
        }
        bytes.extend((self.content.len() as u64).to_be_bytes());
        bytes.extend(self.content.as_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_covered() {
        let act = Act { number: 1, at: 2, actor: None, unit: None, content: "{}".to_owned() };
        let bytes = act.canonical(&[0; 32]);
        assert_eq!(bytes.len(), 14 + 32 + 16 + 10 + 8 + 2);
        for changed in [
            Act { number: 2, ..act.clone() },
            Act { at: 3, ..act.clone() },
            Act { actor: Some(PersonId(0)), ..act.clone() },
            Act { unit: Some(UnitId(0)), ..act.clone() },
            Act { content: "{ }".to_owned(), ..act.clone() },
        ] {
            assert!(changed.canonical(&[0; 32]) != bytes);
        }
        assert_ne!(act.canonical(&[1; 32]), bytes);
    }
}
