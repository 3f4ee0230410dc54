//! Bearer secrets: links, tickets, resume secrets. The gateway keeps only their hashes.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Random bytes of a secret.
const LENGTH: usize = 32;

/// A secret as its holder has it: 43 characters of base64url. No `Debug`.
#[derive(Clone)]
pub struct Secret(String);

/// The SHA-256 of a secret. Enough as it is: a secret of 256 random bits cannot be guessed from a fast hash.
#[derive(Clone, Copy, Hash, PartialEq, Eq)]
pub struct SecretHash([u8; 32]);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn random() -> Result<Self, Unspecified> {
        let mut bytes = [0; LENGTH];
        rand::fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The text to hand to its holder.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What we keep.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0)
    }
}

impl SecretHash {
    /// The hash of what a client presents.
    #[must_use]
    pub fn of(presented: &str) -> Self {
        let mut hash = [0; 32];
        for (to, from) in hash.iter_mut().zip(digest(&SHA256, presented.as_bytes()).as_ref()) {
            *to = *from;
        }
        Self(hash)
    }

    /// A stored hash.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether both are the same, in constant time.
    #[must_use]
    pub fn verify(&self, other: &Self) -> bool {
        verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_256_bits_and_is_known_by_its_hash_alone() {
        let one = Secret::random().unwrap();
        let other = Secret::random().unwrap();
        assert_eq!(one.as_str().len(), 43);
        assert!(one.hash().verify(&SecretHash::of(one.as_str())));
        assert!(!one.hash().verify(&other.hash()));
        assert!(SecretHash::from_bytes(one.hash().as_bytes()).unwrap().verify(&one.hash()));
        assert!(SecretHash::from_bytes(b"short").is_none());
    }
}
