//! Session keys: derivation (RFC 3711 §4.3) and the cipher of one stream of packets.

use aws_lc_rs::aead::{self, AES_128_GCM, AES_256_GCM, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_128, AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use giaoban_dtls::{MasterKey, SrtpProfile};

use super::CryptoError;

const SALT_LENGTH: usize = SrtpProfile::SALT_LENGTH;
const LONGEST_KEY: usize = 32;

/// What a derived key is for (RFC 3711 §4.3.2). The authentication labels have no use with an AEAD.
#[derive(Clone, Copy)]
pub(super) enum Label {
    RtpKey = 0,
    RtpSalt = 2,
    RtcpKey = 3,
    RtcpSalt = 5,
}

/// AES in counter mode as the pseudo-random function: `output` is the keystream that begins at the
/// master salt, with the label added to byte 7 and a counter in the last two bytes.
pub(super) fn derive(
    master_key: &[u8],
    master_salt: [u8; 14],
    label: u8,
    output: &mut [u8],
) -> Result<(), CryptoError> {
    let algorithm = if master_key.len() == LONGEST_KEY { &AES_256 } else { &AES_128 };
    let mut block = [0; 16];
    for (to, from) in block.iter_mut().zip(master_salt) {
        *to = from;
    }
    if let Some(byte) = block.get_mut(7) {
        *byte ^= label;
    }
    output.fill(0);
    let key = UnboundCipherKey::new(algorithm, master_key).map_err(|_| CryptoError)?;
    let key = EncryptingKey::ctr(key).map_err(|_| CryptoError)?;
    let context = EncryptionContext::Iv128(FixedLength::from(block));
    key.less_safe_encrypt(output, context).map_err(|_| CryptoError)?;
    Ok(())
}

/// One session key with its salt. No `Debug`: both are secrets.
pub(super) struct SessionCipher {
    key: LessSafeKey,
    salt: [u8; SALT_LENGTH],
}

impl SessionCipher {
    pub(super) fn derive(
        profile: SrtpProfile,
        master: &MasterKey,
        key_label: Label,
        salt_label: Label,
    ) -> Result<Self, CryptoError> {
        // The 96-bit salt stands for a 112-bit one that ends in zeros (RFC 7714 §11).
        let mut master_salt = [0; 14];
        for (to, from) in master_salt.iter_mut().zip(master.salt) {
            *to = from;
        }
        let mut key = [0; LONGEST_KEY];
        let key = key.get_mut(..profile.key_length()).ok_or(CryptoError)?;
        derive(&master.key, master_salt, key_label as u8, key)?;
        let mut salt = [0; SALT_LENGTH];
        derive(&master.key, master_salt, salt_label as u8, &mut salt)?;
        Self::new(profile, key, salt)
    }

    pub(super) fn new(
        profile: SrtpProfile,
        key: &[u8],
        salt: [u8; SALT_LENGTH],
    ) -> Result<Self, CryptoError> {
        let algorithm: &'static aead::Algorithm = match profile {
            SrtpProfile::AeadAes256Gcm => &AES_256_GCM,
            SrtpProfile::AeadAes128Gcm => &AES_128_GCM,
        };
        let key = UnboundKey::new(algorithm, key).map_err(|_| CryptoError)?;
        Ok(Self { key: LessSafeKey::new(key), salt })
    }

    pub(super) const fn key(&self) -> &LessSafeKey {
        &self.key
    }

    /// RFC 7714 §8.1.
    pub(super) fn rtp_nonce(&self, ssrc: u32, index: u64) -> Nonce {
        self.nonce(ssrc, index)
    }

    /// RFC 7714 §9.1. A 31-bit index in a 48-bit field.
    pub(super) fn rtcp_nonce(&self, ssrc: u32, index: u32) -> Nonce {
        self.nonce(ssrc, u64::from(index))
    }

    fn nonce(&self, ssrc: u32, index: u64) -> Nonce {
        let [s0, s1, s2, s3] = ssrc.to_be_bytes();
        let [_, _, i0, i1, i2, i3, i4, i5] = index.to_be_bytes();
        let mut nonce = [0, 0, s0, s1, s2, s3, i0, i1, i2, i3, i4, i5];
        for (byte, salt) in nonce.iter_mut().zip(self.salt) {
            *byte ^= salt;
        }
        Nonce::assume_unique_for_key(nonce)
    }
}
