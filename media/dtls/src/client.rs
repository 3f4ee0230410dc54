//! The other end, with choices that a browser would not make: for tests.

use std::time::Instant;

use boring::ssl::SslVersion;

use crate::engine::{Engine, Role};
use crate::server::base_context;
use crate::{Association, Error, Event, Identity, Version};

/// What a client offers.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    /// The only version.
    pub version: Version,
    /// BoringSSL's names, the client's order.
    pub groups: &'a str,
    /// BoringSSL's names, the client's order.
    pub srtp_profiles: &'a str,
}

impl Default for Offer<'_> {
    /// What both browsers offer (November 2026).
    fn default() -> Self {
        Self {
            version: Version::Dtls13,
            groups: "X25519MLKEM768:X25519:P-256",
            srtp_profiles: "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM",
        }
    }
}

/// A client's end of one association.
pub struct Client {
    engine: Engine,
}

impl Client {
    /// An association whose first flight is ready to be drained.
    ///
    /// # Errors
    /// The library refuses the identity or does not know a name in the offer.
    pub fn connect(identity: &Identity, offer: Offer<'_>, now: Instant) -> Result<Self, Error> {
        let mut context = base_context(identity, offer.srtp_profiles)?;
        context.set_curves_list(offer.groups)?;
        if offer.version == Version::Dtls12 {
            context.set_min_proto_version(Some(SslVersion::DTLS1_2))?;
            context.set_max_proto_version(Some(SslVersion::DTLS1_2))?;
        }
        let mut engine = Engine::new(&context.build(), Role::Client, now)?;
        engine.advance(now);
        Ok(Self { engine })
    }
}

impl Association for Client {
    fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) {
        self.engine.handle_datagram(now, datagram);
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.engine.handle_timeout(now);
    }

    fn next_timeout(&self) -> Option<Instant> {
        self.engine.next_timeout()
    }

    fn close(&mut self) {
        self.engine.close();
    }

    fn poll_datagram(&mut self) -> Option<Vec<u8>> {
        self.engine.poll_datagram()
    }

    fn poll_event(&mut self) -> Option<Event> {
        self.engine.poll_event()
    }
}
