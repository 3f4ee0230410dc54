//! TLS: the gateway's own small authority and the server's certificate, on rustls with aws-lc-rs.

mod authority;
mod certificate;

pub use authority::{Authority, CERTIFICATE_FILE as AUTHORITY_FILE, TlsError};
pub use certificate::{CERTIFICATE_FILE as SERVER_FILE, ServerCertificate, names};

use std::sync::Arc;

use rustls::crypto::aws_lc_rs::{self, kx_group};
use rustls::server::ResolvesServerCert;
use rustls::{ServerConfig, version};

/// TLS 1.3 only, X25519MLKEM768 before X25519 and P-256; HTTP/1.1, which carries WebSockets.
///
/// # Errors
/// If the provider knows no TLS 1.3: never with the one compiled in.
pub fn server_config(certificate: Arc<dyn ResolvesServerCert>) -> Result<ServerConfig, TlsError> {
    let mut provider = aws_lc_rs::default_provider();
    provider.kx_groups = vec![kx_group::X25519MLKEM768, kx_group::X25519, kx_group::SECP256R1];
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&version::TLS13])
        .map_err(|_| TlsError::Crypto)?
        .with_no_client_auth()
        .with_cert_resolver(certificate);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
