//! The SRTP keys of a synthetic member: seen as they leave the stack's DTLS, so that his media can go on without the stack.

use std::cell::RefCell;
use std::sync::OnceLock;
use std::time::Instant;

use rtc_srtp::context::Context;
use rtc_srtp::protection_profile::ProtectionProfile;
use str0m::crypto::dtls::{
    DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion, ProtocolVersion,
    SrtpProfile,
};
use str0m::crypto::{CryptoError, CryptoProvider};

thread_local! {
    /// What the last handshake of this thread ended with, until it is taken.
    static EXPORTED: RefCell<Option<Keys>> = const { RefCell::new(None) };
}

/// The material of one handshake (RFC 5764 §4.2). No `Debug`: it is secret, if only for a bench.
#[derive(Clone)]
pub struct Keys {
    profile: ProtectionProfile,
    client: (Vec<u8>, Vec<u8>),
    server: (Vec<u8>, Vec<u8>),
    active: bool,
}

impl Keys {
    fn new(profile: SrtpProfile, material: &[u8], active: bool) -> Option<Self> {
        let profile = match profile {
            SrtpProfile::AES128_CM_SHA1_80 => ProtectionProfile::Aes128CmHmacSha1_80,
            SrtpProfile::AEAD_AES_128_GCM => ProtectionProfile::AeadAes128Gcm,
            SrtpProfile::AEAD_AES_256_GCM => ProtectionProfile::AeadAes256Gcm,
            _ => return None,
        };
        let (client_key, rest) = material.split_at_checked(profile.key_len())?;
        let (server_key, rest) = rest.split_at_checked(profile.key_len())?;
        let (client_salt, server_salt) = rest.split_at_checked(profile.salt_len())?;
        let client = (client_key.to_vec(), client_salt.to_vec());
        Some(Self { profile, client, server: (server_key.to_vec(), server_salt.to_vec()), active })
    }

    /// Takes what the stack has exported on this thread since the last call.
    #[must_use]
    pub fn take() -> Option<Self> {
        EXPORTED.take()
    }

    /// The profile's name.
    #[must_use]
    pub fn profile(&self) -> &'static str {
        match self.profile {
            ProtectionProfile::AeadAes256Gcm => "AEAD_AES_256_GCM",
            ProtectionProfile::AeadAes128Gcm => "AEAD_AES_128_GCM",
            _ => "AES128_CM_SHA1_80",
        }
    }

    /// What opens the server's packets, and what seals ours. None if the library refuses.
    #[must_use]
    pub fn contexts(&self) -> Option<(Context, Context)> {
        let provider = rtc_srtp::crypto::default_provider().ok()?;
        let context = |(key, salt): &(Vec<u8>, Vec<u8>)| {
            Context::new(key, salt, self.profile, None, None, provider.crypto()).ok()
        };
        let (client, server) = (context(&self.client)?, context(&self.server)?);
        Some(if self.active { (server, client) } else { (client, server) })
    }
}

/// The stack's own cryptography, with an ear at the exporter.
#[must_use]
pub fn provider() -> CryptoProvider {
    CryptoProvider { dtls_provider: &Ear, ..inner().clone() }
}

fn inner() -> &'static CryptoProvider {
    static INNER: OnceLock<CryptoProvider> = OnceLock::new();
    INNER.get_or_init(str0m::crypto::from_feature_flags)
}

#[derive(Debug)]
struct Ear;

impl DtlsProvider for Ear {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        inner().dtls_provider.generate_certificate()
    }

    fn new_dtls(
        &self,
        certificate: &DtlsCert,
        now: Instant,
        version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        Ok(Box::new(Heard(inner().dtls_provider.new_dtls(certificate, now, version, mtu)?)))
    }
}

#[derive(Debug)]
struct Heard(Box<dyn DtlsInstance>);

impl DtlsInstance for Heard {
    fn set_active(&mut self, active: bool) {
        self.0.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.0.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buffer: &'a mut [u8]) -> DtlsOutput<'a> {
        let active = self.0.is_active();
        let output = self.0.poll_output(buffer);
        if let DtlsOutput::KeyingMaterial(material, profile) = &output {
            EXPORTED.set(Keys::new(*profile, material, active));
        }
        output
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.0.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.0.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.0.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.0.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.0.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.0.close()
    }
}
