//! Texts that people read.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// Longest name, rank or duty, in characters.
pub const MAX_TEXT: usize = 200;

/// Longest code, in characters.
pub const MAX_CODE: usize = 40;

/// A line that a person reads: trimmed, without control characters and without characters that turn the direction of
/// writing. It may be empty where its field says so.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text(String);

/// The short name by which files and other programs know a unit or a person. Unique among units, and among people.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(String);

impl Text {
    /// A line that says something.
    ///
    /// # Errors
    /// If it is empty, too long or holds characters that are not to be read.
    pub fn new(text: &str) -> Result<Self, Refusal> {
        let text = Self::or_empty(text)?;
        if text.0.is_empty() { Err(Refusal::BadText) } else { Ok(text) }
    }

    /// A line that may say nothing.
    ///
    /// # Errors
    /// If it is too long or holds characters that are not to be read.
    pub fn or_empty(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        if text.chars().count() > MAX_TEXT || text.chars().any(is_unreadable) {
            return Err(Refusal::BadText);
        }
        Ok(Self(text.to_owned()))
    }

    /// The line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Code {
    /// A code of letters, digits and `. _ - /`, beginning with a letter or digit.
    ///
    /// # Errors
    /// If it is anything else.
    pub fn new(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let inner = |character: char| character.is_alphanumeric() || ".-_/".contains(character);
        let begins = text.chars().next().is_some_and(char::is_alphanumeric);
        if !begins || text.chars().count() > MAX_CODE || !text.chars().all(inner) {
            return Err(Refusal::BadCode);
        }
        Ok(Self(text.to_owned()))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, line and paragraph separators, and marks that turn the direction of writing.
fn is_unreadable(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl TryFrom<String> for Text {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        Self::or_empty(&text)
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

impl TryFrom<String> for Code {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        Self::new(&text)
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.0
    }
}

/// People's and units' names do not reach a log by accident.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(text)")
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(code)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_readable_line() {
        assert_eq!(Text::new("  Tỉnh Điện Biên ").unwrap().as_str(), "Tỉnh Điện Biên");
        for text in ["", "   ", "a\nb", "a\u{202e}b", &"x".repeat(MAX_TEXT + 1)] {
            assert_eq!(Text::new(text), Err(Refusal::BadText), "{text:?}");
        }
    }

    #[test]
    fn a_code_begins_with_a_letter_or_digit_and_cannot_be_a_formula() {
        assert!(Code::new("QK1.Tỉnh-A/02").is_ok());
        for code in ["", "=1+1", "-a", "a b", "@x", "a,b", &"x".repeat(MAX_CODE + 1)] {
            assert_eq!(Code::new(code), Err(Refusal::BadCode), "{code:?}");
        }
    }
}
