//! What a transport negotiated, for metrics and for the person who asks.

/// Version of DTLS on a media path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DtlsVersion {
    /// RFC 6347, only where the operator switched it on.
    Dtls12,
    /// RFC 9147.
    Dtls13,
}

/// Key exchange of a handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyExchange {
    /// The hybrid of X25519 and ML-KEM-768.
    X25519MlKem768,
    /// X25519 alone.
    X25519,
    /// NIST P-256, in DTLS 1.2 only.
    P256,
}

/// SRTP protection profile (RFC 7714 §14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SrtpProfile {
    /// `AEAD_AES_256_GCM`.
    AeadAes256Gcm,
    /// `AEAD_AES_128_GCM`.
    AeadAes128Gcm,
}

/// What the two ends agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Security {
    /// The handshake's version.
    pub dtls: DtlsVersion,
    /// Its key exchange.
    pub key_exchange: KeyExchange,
    /// The profile that seals the packets.
    pub srtp: SrtpProfile,
}
