//! The gateway's end: always the DTLS server, since its answers say `a=setup:passive`.

use std::time::Instant;

use boring::error::ErrorStack;
use boring::ssl::{
    SslContext, SslContextBuilder, SslMethod, SslOptions, SslSessionCacheMode, SslVerifyMode, SslVersion,
};

use crate::engine::{Engine, Role};
use crate::{Association, Error, Event, Identity, timer};

/// Profiles in the server's order, which decides (RFC 7714 §14.2).
pub(crate) const SRTP_PROFILES: &str = "SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM";

/// Groups in the server's order, which decides.
const GROUPS: &str = "X25519MLKEM768:X25519";

/// With DTLS 1.2, whose peers may know nothing better.
const GROUPS_WITH_DTLS12: &str = "X25519MLKEM768:X25519:P-256";

/// Ephemeral key exchange and AEAD only (RFC 9325 §4.2). DTLS 1.3 has nothing else.
const DTLS12_CIPHERS: &str = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256";

/// Handshakes begun anew on one association because the first flight made no sense. The one after
/// them is taken to be the client's own and answered with an alert, so that a client without a
/// version or group of ours learns it within seconds.
const RESTART_LIMIT: u8 = 4;

/// What the operator may choose.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Whether DTLS 1.2 is spoken to those who know no better. Off by default.
    pub allow_dtls12: bool,
}

/// Makes the gateway's end of associations, all under one identity.
#[derive(Clone)]
pub struct Acceptor {
    context: SslContext,
}

impl Acceptor {
    /// Readies the library.
    ///
    /// # Errors
    /// The library refuses the identity or lacks an algorithm.
    pub fn new(identity: &Identity, options: Options) -> Result<Self, Error> {
        let mut context = base_context(identity, SRTP_PROFILES)?;
        context.set_options(SslOptions::CIPHER_SERVER_PREFERENCE);
        if options.allow_dtls12 {
            context.set_min_proto_version(Some(SslVersion::DTLS1_2))?;
            context.set_strict_cipher_list(DTLS12_CIPHERS)?;
            context.set_curves_list(GROUPS_WITH_DTLS12)?;
        } else {
            context.set_curves_list(GROUPS)?;
        }
        Ok(Self { context: context.build() })
    }

    /// A new association that waits for its client's first flight.
    ///
    /// # Errors
    /// The library has no memory.
    pub fn accept(&self, now: Instant) -> Result<Server, Error> {
        let engine = Engine::new(&self.context, Role::Server, now)?;
        Ok(Server { engine, context: self.context.clone(), restarts: 0 })
    }
}

/// What both ends share: DTLS 1.3, mutual certificates judged by fingerprint, no resumption.
pub(crate) fn base_context(identity: &Identity, profiles: &str) -> Result<SslContextBuilder, ErrorStack> {
    let mut context = SslContext::builder(SslMethod::dtls())?;
    context.set_min_proto_version(Some(SslVersion::DTLS1_3))?;
    context.set_max_proto_version(Some(SslVersion::DTLS1_3))?;
    context.set_options(SslOptions::NO_TICKET);
    context.set_session_cache_mode(SslSessionCacheMode::OFF);
    context.set_tlsext_use_srtp(profiles)?;
    // Any certificate will do whose key its owner holds: the fingerprint in the offer or answer is
    // what makes it the right one, and the caller compares it (RFC 5763 §5).
    context.set_custom_verify_callback(
        SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT,
        |_association| Ok(()),
    );
    identity.install(&mut context)?;
    timer::install_clock(&mut context);
    Ok(context)
}

/// The gateway's end of one association.
///
/// A first flight that breaks the protocol changes nothing and is not answered: nobody has proven
/// yet that the client sent it. The association begins anew and the client's own timer sends the
/// true one again.
pub struct Server {
    engine: Engine,
    context: SslContext,
    restarts: u8,
}

impl Server {
    fn restart(&mut self, now: Instant) {
        // Without memory for a new one the broken one stays, and reports its failure.
        if let Ok(fresh) = Engine::new(&self.context, Role::Server, now) {
            self.engine = fresh;
            self.restarts += 1;
        }
    }
}

impl Association for Server {
    fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) {
        self.engine.handle_datagram(now, datagram);
        if self.engine.failed_unanswered() && self.restarts < RESTART_LIMIT {
            self.restart(now);
        }
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
