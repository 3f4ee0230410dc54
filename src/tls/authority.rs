//! The gateway's own certificate authority.

use std::time::{Duration, SystemTime};

use aws_lc_rs::digest::{SHA256, digest};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, date_time_ymd,
};

use crate::data::{DataDirectory, DataError};

const KEY_FILE: &str = "ca.key";
/// The authority's certificate in the data directory.
pub const CERTIFICATE_FILE: &str = "ca.crt";

/// The authority is trusted by hand on each machine, so it lives long.
const AUTHORITY_LIFETIME: Duration = Duration::from_secs(10 * 365 * 86_400);

/// Longest life that browsers take for a server's certificate.
pub(super) const CERTIFICATE_LIFETIME: Duration = Duration::from_secs(397 * 86_400);

/// Clocks of clients may be behind ours by this much.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(86_400);

/// Why TLS cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file of ours.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A stored key or certificate is damaged.
    #[error(
        "{path} is damaged; put it back from a backup, or delete ca.key, ca.crt and the server.* files \
             and trust the new authority on every client"
    )]
    Damaged {
        /// The file.
        path: String,
    },
    /// The cryptographic library refused.
    #[error("the cryptographic library cannot make a certificate; please report this")]
    Crypto,
}

/// Signs the server's certificate. No `Debug`: it holds the key.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
}

impl Authority {
    /// The stored authority, or a new one at first start.
    ///
    /// # Errors
    /// If a file cannot be used or is damaged.
    pub fn open(data: &DataDirectory) -> Result<Self, TlsError> {
        let damaged = |name: &str| TlsError::Damaged { path: data.path().join(name).display().to_string() };
        match (data.read(KEY_FILE)?, data.read(CERTIFICATE_FILE)?) {
            (Some(key), Some(certificate)) => {
                let key = KeyPair::from_pem(&key).map_err(|_| damaged(KEY_FILE))?;
                if !certificate.starts_with("-----BEGIN CERTIFICATE-----") {
                    return Err(damaged(CERTIFICATE_FILE));
                }
                Ok(Self { issuer: Issuer::new(parameters(&key), key), certificate })
            }
            (None, None) => Self::create(data),
            (Some(_), None) => Err(damaged(CERTIFICATE_FILE)),
            (None, Some(_)) => Err(damaged(KEY_FILE)),
        }
    }

    fn create(data: &DataDirectory) -> Result<Self, TlsError> {
        let key = KeyPair::generate().map_err(|_| TlsError::Crypto)?;
        let parameters = parameters(&key);
        let certificate = parameters.self_signed(&key).map_err(|_| TlsError::Crypto)?.pem();
        data.write(KEY_FILE, &key.serialize_pem())?;
        data.write(CERTIFICATE_FILE, &certificate)?;
        Ok(Self { issuer: Issuer::new(parameters, key), certificate })
    }

    /// The authority's certificate (PEM), for clients to trust.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Signs a server's certificate (PEM) for host names and addresses.
    pub(super) fn sign(&self, key: &KeyPair, names: &[String], now: SystemTime) -> Result<String, TlsError> {
        let mut parameters = CertificateParams::new(names).map_err(|_| TlsError::Crypto)?;
        // Browsers read the alternative names only; a subject would only repeat one of them.
        parameters.distinguished_name.remove(DnType::CommonName);
        parameters.distinguished_name.push(DnType::OrganizationName, "Giaoban");
        set_validity(&mut parameters, now, CERTIFICATE_LIFETIME);
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        parameters.use_authority_key_identifier_extension = true;
        Ok(parameters.signed_by(key, &self.issuer).map_err(|_| TlsError::Crypto)?.pem())
    }
}

/// What the authority says of itself; but for the dates it follows from the key, so it need not be parsed back.
fn parameters(key: &KeyPair) -> CertificateParams {
    let fingerprint = digest(&SHA256, &key.subject_public_key_info());
    let id: String = fingerprint.as_ref().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, format!("Giaoban authority {id}"));
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_validity(&mut parameters, SystemTime::now(), AUTHORITY_LIFETIME);
    parameters
}

fn set_validity(parameters: &mut CertificateParams, now: SystemTime, lifetime: Duration) {
    let since_epoch = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let start = since_epoch.saturating_sub(CLOCK_TOLERANCE);
    parameters.not_before = date_time_ymd(1970, 1, 1) + start;
    parameters.not_after = parameters.not_before + lifetime;
}
