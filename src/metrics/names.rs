//! Label values: the standards' names.

use giaoban_media_types::{DtlsVersion, KeyExchange, SrtpProfile};

/// RFC 6347, RFC 9147.
pub(super) fn dtls(version: DtlsVersion) -> &'static str {
    match version {
        DtlsVersion::Dtls12 => "DTLS 1.2",
        DtlsVersion::Dtls13 => "DTLS 1.3",
    }
}

/// As in the TLS registry of supported groups.
pub(super) fn key_exchange(key_exchange: KeyExchange) -> &'static str {
    match key_exchange {
        KeyExchange::X25519MlKem768 => "X25519MLKEM768",
        KeyExchange::X25519 => "X25519",
        KeyExchange::P256 => "secp256r1",
    }
}

/// RFC 7714 §14.2.
pub(super) fn srtp(profile: SrtpProfile) -> &'static str {
    match profile {
        SrtpProfile::AeadAes256Gcm => "AEAD_AES_256_GCM",
        SrtpProfile::AeadAes128Gcm => "AEAD_AES_128_GCM",
    }
}

/// `StunRefused` as `stun_refused`.
pub(super) fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
