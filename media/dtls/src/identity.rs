//! The certificate by which an end is known.

use boring::asn1::Asn1Time;
use boring::bn::{BigNum, MsbOption};
use boring::ec::{EcGroup, EcKey};
use boring::error::ErrorStack;
use boring::hash::MessageDigest;
use boring::nid::Nid;
use boring::pkey::{PKey, Private};
use boring::ssl::SslContextBuilder;
use boring::x509::{X509, X509Name, X509Ref};

use crate::Error;

/// SHA-256 of a certificate's DER form (RFC 8122 §5).
pub type Fingerprint = [u8; 32];

/// Days for which a certificate is valid. The peer knows it by fingerprint and does not look at
/// the dates (RFC 8827 §6.5); a process that outlives them makes a new one at its next start.
const VALIDITY_DAYS: u32 = 365;

/// A self-signed ECDSA P-256 certificate and its key, which never leave memory.
#[derive(Clone)]
pub struct Identity {
    certificate: X509,
    key: PKey<Private>,
    fingerprint: Fingerprint,
}

impl Identity {
    /// Makes a new key and certificate. The certificate names nobody.
    ///
    /// # Errors
    /// The library has no randomness or no memory.
    pub fn generate() -> Result<Self, Error> {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
        let key = PKey::from_ec_key(EcKey::generate(&group)?)?;
        let certificate = self_signed(&key)?;
        let fingerprint = fingerprint(&certificate)?;
        Ok(Self { certificate, key, fingerprint })
    }

    /// For `a=fingerprint`.
    #[must_use]
    pub const fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    pub(crate) fn install(&self, context: &mut SslContextBuilder) -> Result<(), ErrorStack> {
        context.set_certificate(&self.certificate)?;
        context.set_private_key(&self.key)
    }
}

fn self_signed(key: &PKey<Private>) -> Result<X509, ErrorStack> {
    let mut name = X509Name::builder()?;
    name.append_entry_by_nid(Nid::COMMONNAME, "WebRTC")?;
    let name = name.build();
    let mut serial = BigNum::new()?;
    serial.rand(127, MsbOption::MAYBE_ZERO, false)?;

    let mut certificate = X509::builder()?;
    certificate.set_version(2)?;
    certificate.set_serial_number(serial.to_asn1_integer()?.as_ref())?;
    certificate.set_subject_name(&name)?;
    certificate.set_issuer_name(&name)?;
    certificate.set_not_before(Asn1Time::days_from_now(0)?.as_ref())?;
    certificate.set_not_after(Asn1Time::days_from_now(VALIDITY_DAYS)?.as_ref())?;
    certificate.set_pubkey(key)?;
    certificate.sign(key, MessageDigest::sha256())?;
    Ok(certificate.build())
}

pub(crate) fn fingerprint(certificate: &X509Ref) -> Result<Fingerprint, ErrorStack> {
    let digest = certificate.digest(MessageDigest::sha256())?;
    let mut fingerprint = Fingerprint::default();
    for (to, from) in fingerprint.iter_mut().zip(digest.iter()) {
        *to = *from;
    }
    Ok(fingerprint)
}
