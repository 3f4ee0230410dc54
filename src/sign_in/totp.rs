//! One-time codes (TOTP, RFC 6238): six digits, 30 seconds, HMAC-SHA-1, as every authenticator app has them.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;

/// Random bytes of a secret (RFC 4226 §4).
pub const SECRET: usize = 20;

/// Seconds of a time step.
const STEP: i64 = 30;

/// Steps that a clock may be behind or ahead.
const DRIFT: i64 = 1;

/// The time step whose code this is, if it is near and later than the last one used.
pub fn matching_step(secret: &[u8], code: &str, now: i64, last_used: i64) -> Option<i64> {
    let current = now.div_euclid(STEP);
    (current - DRIFT..=current + DRIFT)
        .filter(|step| *step > last_used)
        .find(|step| verify_slices_are_equal(digits(secret, *step).as_bytes(), code.as_bytes()).is_ok())
}

/// The six digits of a time step (RFC 4226 §5.3).
fn digits(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let offset = tag.as_ref().last().map_or(0, |byte| usize::from(byte & 0xf));
    let word = tag.as_ref().iter().skip(offset).take(4).fold(0u32, |word, byte| word << 8 | u32::from(*byte));
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

/// Base32 without padding (RFC 4648 §6), as authenticator apps take a secret.
pub fn base32(bytes: &[u8]) -> String {
    BASE32_NOPAD.encode(bytes)
}

/// The bytes of a base32 text; none if it is not one.
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    BASE32_NOPAD.decode(text.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B has eight digits; the last six are ours.
    #[test]
    fn the_vectors_of_the_rfc_hold() {
        let secret = b"12345678901234567890";
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(digits(secret, time / STEP), code);
            assert_eq!(matching_step(secret, code, time, 0), Some(time / STEP));
        }
    }

    #[test]
    fn a_code_is_good_for_a_near_step_once() {
        let (secret, now) = (b"12345678901234567890", 1_111_111_111);
        let step = now / STEP;
        let code = digits(secret, step);
        assert_eq!(matching_step(secret, &code, now + STEP, 0), Some(step));
        assert_eq!(matching_step(secret, &code, now - STEP, 0), Some(step));
        assert_eq!(matching_step(secret, &code, now + 2 * STEP, 0), None);
        assert_eq!(matching_step(secret, &code, now, step), None);
        assert_eq!(matching_step(secret, "", now, 0), None);
    }

    #[test]
    fn base32_is_that_of_the_rfc() {
        for (bytes, text) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(bytes.as_bytes()), text);
            assert_eq!(from_base32(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(from_base32("M1"), None);
    }
}
