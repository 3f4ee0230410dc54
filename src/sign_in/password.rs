//! Passwords, kept as Argon2id hashes (RFC 9106).

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use super::SignInError;

/// Memory of one hash, in KiB: 19 MiB, with two passes on one lane, as OWASP's cheat sheet on password storage asks
/// for at least. Some 20 ms of a core.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Random bytes of a salt (RFC 9106 §4).
const SALT: usize = 16;

fn argon2() -> Result<Argon2<'static>, SignInError> {
    let parameters = Params::new(MEMORY, PASSES, LANES, None).map_err(|_| SignInError::Crypto)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

/// What to keep of a password, in PHC form.
pub fn hash(password: &str) -> Result<String, SignInError> {
    let mut salt = [0; SALT];
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| SignInError::Crypto)?;
    let hash =
        argon2()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(|_| SignInError::Crypto)?;
    Ok(hash.to_string())
}

/// Whether it is the password whose hash was kept.
pub fn verify(password: &str, kept: &str) -> bool {
    argon2().is_ok_and(|argon2| argon2.verify_password(password.as_bytes(), kept).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash_alone() {
        let kept = hash("bốn con voi đi qua cầu").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(verify("bốn con voi đi qua cầu", &kept));
        assert!(!verify("bốn con voi đi qua cấu", &kept));
        assert_ne!(kept, hash("bốn con voi đi qua cầu").unwrap(), "each has its own salt");
    }
}
