//! The rules of signing in: names, passwords, waits after failures, how long a session lives.

/// Shortest password, in characters. Length is what counts; no kinds of characters are asked for (NIST SP 800-63B).
pub const SHORTEST_PASSWORD: usize = 12;

/// Longest password, in bytes: more is work for the hash and no more secret.
pub const LONGEST_PASSWORD: usize = 256;

/// Failures in a row that cost nothing.
const FREE_FAILURES: u32 = 4;

/// The wait after the first failure that costs something, in seconds; it doubles with each further one.
const FIRST_WAIT: u64 = 30;

/// The longest wait, in seconds.
pub const LONGEST_WAIT: u64 = 15 * 60;

/// A session that is not used for so long ends, in seconds.
pub const SESSION_IDLE: i64 = 2 * 3600;

/// A session ends after so long however much it is used, in seconds.
pub const SESSION_LIFETIME: i64 = 12 * 3600;

/// How long a link to set a password is good for, in seconds.
pub const ACCOUNT_LINK_LIFETIME: i64 = 72 * 3600;

/// Why a name or password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not a name to sign in with.
    #[error("a name to sign in with has 3 to 64 of a-z, 0-9 and . _ - @")]
    Login,
    /// Too short or too long.
    #[error("a password has {SHORTEST_PASSWORD} characters or more, and {LONGEST_PASSWORD} bytes at most")]
    PasswordLength,
    /// Guessed at the first try.
    #[error("this password would be guessed at the first try; take several words")]
    PasswordObvious,
}

/// The name to sign in with, as it is kept: trimmed and in lower case.
///
/// # Errors
/// If it is none.
pub fn login(text: &str) -> Result<String, Fault> {
    let login = text.trim().to_ascii_lowercase();
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-@".contains(&byte);
    if (3..=64).contains(&login.len()) && login.bytes().all(inner) { Ok(login) } else { Err(Fault::Login) }
}

/// Whether a password may be set.
///
/// # Errors
/// What stands against it.
pub fn check_password(password: &str, login: &str) -> Result<(), Fault> {
    if password.chars().count() < SHORTEST_PASSWORD || password.len() > LONGEST_PASSWORD {
        return Err(Fault::PasswordLength);
    }
    let lower = password.to_lowercase();
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    let rises = lower.as_bytes().windows(2).all(|pair| matches!(pair, [a, b] if a.wrapping_add(1) == *b));
    if different.len() < 5
        || rises
        || lower.contains(login)
        || OBVIOUS.iter().any(|word| lower.contains(word))
    {
        return Err(Fault::PasswordObvious);
    }
    Ok(())
}

/// What everybody tries, filled up to twelve characters.
const OBVIOUS: [&str; 8] =
    ["password", "giaoban", "123456789", "qwertyuiop", "matkhau", "administrator", "iloveyou", "letmein"];

/// How long to wait before the next attempt after `failures` in a row, in seconds.
#[must_use]
pub fn wait_after(failures: u32) -> u64 {
    match failures.checked_sub(FREE_FAILURES + 1) {
        None => 0,
        Some(further) => {
            FIRST_WAIT.checked_shl(further).filter(|_| further < 16).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT)
        }
    }
}

/// Whether a session still lives. All in seconds since 1970.
#[must_use]
pub fn session_lives(created: i64, used: i64, now: i64) -> bool {
    now < created.saturating_add(SESSION_LIFETIME) && now < used.saturating_add(SESSION_IDLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_failure_costs_half_a_minute_and_the_wait_ends_at_a_quarter_of_an_hour() {
        let waits: Vec<u64> = (0..12).map(wait_after).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(wait_after(u32::MAX), LONGEST_WAIT);
    }

    #[test]
    fn a_password_is_long_and_not_obvious() {
        for (password, fault) in [
            ("short", Some(Fault::PasswordLength)),
            (&"x".repeat(300), Some(Fault::PasswordLength)),
            ("aaaaaaaaaaaaaaaa", Some(Fault::PasswordObvious)),
            ("abcdefghijklmnop", Some(Fault::PasswordObvious)),
            ("Password-2026!!", Some(Fault::PasswordObvious)),
            ("nguoi.truc-2026", Some(Fault::PasswordObvious)),
            ("bốn con voi đi qua cầu", None),
        ] {
            assert_eq!(check_password(password, "nguoi.truc").err(), fault, "{password}");
        }
    }

    #[test]
    fn a_name_to_sign_in_with_is_kept_in_lower_case() {
        assert_eq!(login(" Truc.Ban ").as_deref(), Ok("truc.ban"));
        for text in ["ab", "trực", "a b c", ""] {
            assert_eq!(login(text), Err(Fault::Login), "{text}");
        }
    }

    #[test]
    fn a_session_ends_when_it_rests_and_when_it_is_old() {
        assert!(session_lives(0, 0, SESSION_IDLE - 1));
        assert!(!session_lives(0, 0, SESSION_IDLE));
        assert!(!session_lives(0, SESSION_LIFETIME - 1, SESSION_LIFETIME));
    }
}
