//! DTLS for media paths (RFC 5764): DTLS 1.3 (RFC 9147) with a post-quantum key exchange, on BoringSSL.
//!
//! An association takes datagrams and the time, and is drained of datagrams and events. It opens no
//! socket and asks no clock: BoringSSL's retransmission timer runs on the time it is told.
//! This is the only package of the project that may contain `unsafe`, and it does so only in
//! the module that lends BoringSSL that time.

mod engine;
mod identity;
mod record;
mod server;
mod timer;

#[cfg(any(test, feature = "client"))]
pub mod client;

pub use identity::{Fingerprint, Identity};
pub use record::is_well_formed;
pub use server::{Acceptor, Options, Server};

use std::time::Instant;

/// BoringSSL failed at something that does not depend on the peer: memory, randomness, its build.
#[derive(Debug, thiserror::Error)]
#[error("the DTLS library failed")]
pub struct Error(#[from] boring::error::ErrorStack);

/// The version that was negotiated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// RFC 6347.
    Dtls12,
    /// RFC 9147.
    Dtls13,
}

/// The key exchange that was negotiated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyExchange {
    /// The hybrid of X25519 and ML-KEM-768 (draft-ietf-tls-ecdhe-mlkem), code point 0x11EC.
    X25519MlKem768,
    /// X25519, code point 29.
    X25519,
    /// NIST P-256, code point 23.
    P256,
}

/// The SRTP protection profile that was negotiated (RFC 7714 §14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SrtpProfile {
    /// `AEAD_AES_256_GCM`.
    AeadAes256Gcm,
    /// `AEAD_AES_128_GCM`.
    AeadAes128Gcm,
}

impl SrtpProfile {
    /// Length of a master key in bytes.
    #[must_use]
    pub const fn key_length(self) -> usize {
        match self {
            Self::AeadAes256Gcm => 32,
            Self::AeadAes128Gcm => 16,
        }
    }

    /// Length of a master salt in bytes (RFC 7714 §12).
    pub const SALT_LENGTH: usize = 12;
}

/// The master key and salt of one direction. No `Debug`: both are secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey {
    /// 32 or 16 bytes, as the profile says.
    pub key: Vec<u8>,
    /// RFC 3711 §3.2.1.
    pub salt: [u8; SrtpProfile::SALT_LENGTH],
}

/// What a complete handshake yields.
pub struct Established {
    /// The version.
    pub version: Version,
    /// The key exchange.
    pub key_exchange: KeyExchange,
    /// The profile of both directions.
    pub profile: SrtpProfile,
    /// SHA-256 of the peer's certificate. The peer has proven that it holds its key; whether
    /// it is the expected one is for the caller to compare.
    pub peer: Fingerprint,
    /// Protects what we send.
    pub local_key: MasterKey,
    /// Protects what the peer sends.
    pub remote_key: MasterKey,
}

/// What an association reports.
pub enum Event {
    /// The handshake is complete. Reported once.
    Established(Box<Established>),
    /// The peer closed the association.
    Closed,
    /// The handshake failed, or the association broke. Nothing follows.
    Failed,
}

/// One end of a DTLS association.
///
/// After every call of a `handle_*` the two `poll_*` are to be drained.
pub trait Association {
    /// Takes one datagram of the peer and does what work it causes: at most one step of the handshake.
    fn handle_datagram(&mut self, now: Instant, datagram: &[u8]);

    /// Sends again what the peer has not acknowledged in time. Early calls do nothing.
    fn handle_timeout(&mut self, now: Instant);

    /// When [`Association::handle_timeout`] is due next.
    fn next_timeout(&self) -> Option<Instant>;

    /// Tells the peer that the association ends.
    fn close(&mut self);

    /// Drains one datagram for the peer.
    fn poll_datagram(&mut self) -> Option<Vec<u8>>;

    /// Drains one event.
    fn poll_event(&mut self) -> Option<Event>;
}

#[cfg(test)]
mod tests;
