//! The server's certificate: names every address of the machine, and is made anew when they change.

use std::sync::{Arc, RwLock};
use std::time::{Duration, SystemTime};

use rcgen::KeyPair;
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use serde::{Deserialize, Serialize};

use super::authority::{Authority, CERTIFICATE_LIFETIME, TlsError};
use crate::addresses;
use crate::data::DataDirectory;

const KEY_FILE: &str = "server.key";
/// The server's certificate in the data directory.
pub const CERTIFICATE_FILE: &str = "server.crt";
const RECORD_FILE: &str = "server.json";

/// Made anew this long before its end.
const RENEWAL_MARGIN: Duration = Duration::from_secs(30 * 86_400);

/// The certificate in use. rustls asks for it at each handshake, so it can change while serving.
pub struct ServerCertificate {
    host: Option<String>,
    current: RwLock<Current>,
}

struct Current {
    key: Arc<CertifiedKey>,
    record: Record,
}

/// What the stored certificate was made for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    names: Vec<String>,
    /// Seconds since 1970.
    renew_at: u64,
}

impl ServerCertificate {
    /// The stored certificate if it still fits the machine, else a new one.
    ///
    /// # Errors
    /// If a file cannot be used or is damaged.
    pub fn open(data: &DataDirectory, authority: &Authority, host: Option<String>) -> Result<Self, TlsError> {
        let names = names(host.as_deref());
        let now = SystemTime::now();
        let stored = data.read(RECORD_FILE)?.and_then(|text| serde_json::from_str::<Record>(&text).ok());
        let current = match stored.filter(|record| record.fits(&names, now)) {
            Some(record) => Current { key: load(data)?, record },
            None => issue(data, authority, names, now)?,
        };
        Ok(Self { host, current: RwLock::new(current) })
    }

    /// Makes the certificate anew if the machine's addresses changed or its end is near. True if it did.
    ///
    /// # Errors
    /// If a file cannot be written; the old certificate stays in use.
    pub fn refresh(&self, data: &DataDirectory, authority: &Authority) -> Result<bool, TlsError> {
        let names = names(self.host.as_deref());
        let now = SystemTime::now();
        if self.current.read().is_ok_and(|current| current.record.fits(&names, now)) {
            return Ok(false);
        }
        let fresh = issue(data, authority, names, now)?;
        if let Ok(mut current) = self.current.write() {
            *current = fresh;
        }
        Ok(true)
    }
}

impl ResolvesServerCert for ServerCertificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.current.read().ok().map(|current| Arc::clone(&current.key))
    }
}

impl std::fmt::Debug for ServerCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerCertificate")
    }
}

impl Record {
    fn fits(&self, names: &[String], now: SystemTime) -> bool {
        self.names == names && seconds(now) < self.renew_at
    }
}

/// Every name under which a browser may reach us.
#[must_use]
pub fn names(host: Option<&str>) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    names.extend(addresses::host_name());
    names.extend(host.map(str::to_owned));
    names.extend(addresses::reachable().iter().map(ToString::to_string));
    names.sort_unstable();
    names.dedup();
    names
}

fn issue(
    data: &DataDirectory,
    authority: &Authority,
    names: Vec<String>,
    now: SystemTime,
) -> Result<Current, TlsError> {
    let key = KeyPair::generate().map_err(|_| TlsError::Crypto)?;
    let certificate = authority.sign(&key, &names, now)?;
    let renew_at = seconds(now + (CERTIFICATE_LIFETIME - RENEWAL_MARGIN));
    let record = Record { names, renew_at };
    data.write(KEY_FILE, &key.serialize_pem())?;
    data.write(CERTIFICATE_FILE, &certificate)?;
    // Last, so that a crash before it makes the pair anew.
    data.write(RECORD_FILE, &serde_json::to_string(&record).map_err(|_| TlsError::Crypto)?)?;
    Ok(Current { key: load(data)?, record })
}

fn load(data: &DataDirectory) -> Result<Arc<CertifiedKey>, TlsError> {
    let damaged = |name: &str| TlsError::Damaged { path: data.path().join(name).display().to_string() };
    let certificate = data.read(CERTIFICATE_FILE)?.unwrap_or_default();
    let key = data.read(KEY_FILE)?.unwrap_or_default();
    let certificate =
        CertificateDer::from_pem_slice(certificate.as_bytes()).map_err(|_| damaged(CERTIFICATE_FILE))?;
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| damaged(KEY_FILE))?;
    let key = any_supported_type(&key).map_err(|_| damaged(KEY_FILE))?;
    Ok(Arc::new(CertifiedKey::new(vec![certificate], key)))
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TemporaryDirectory;

    fn data(temporary: &TemporaryDirectory) -> DataDirectory {
        DataDirectory::open(temporary.path().join("data")).unwrap()
    }

    fn certificate(certificate: &ServerCertificate) -> Vec<u8> {
        certificate.current.read().unwrap().key.cert[0].to_vec()
    }

    #[test]
    fn a_restart_keeps_authority_and_certificate() {
        let temporary = TemporaryDirectory::new();
        let data = data(&temporary);
        let first = Authority::open(&data).unwrap();
        let server = ServerCertificate::open(&data, &first, None).unwrap();
        let second = Authority::open(&data).unwrap();
        assert_eq!(first.certificate(), second.certificate());
        let again = ServerCertificate::open(&data, &second, None).unwrap();
        assert_eq!(certificate(&server), certificate(&again));
        assert!(!again.refresh(&data, &second).unwrap());
    }

    #[test]
    fn a_new_name_makes_a_new_certificate_by_the_same_authority() {
        let temporary = TemporaryDirectory::new();
        let data = data(&temporary);
        let authority = Authority::open(&data).unwrap();
        let before = ServerCertificate::open(&data, &authority, None).unwrap();
        let after = ServerCertificate::open(&data, &authority, Some("hop.example".into())).unwrap();
        assert_ne!(certificate(&before), certificate(&after));
        let record = data.read(RECORD_FILE).unwrap().unwrap();
        assert!(record.contains("hop.example") && record.contains("localhost"), "{record}");
    }

    #[test]
    fn a_certificate_near_its_end_no_longer_fits() {
        let now = SystemTime::now();
        let record = Record { names: names(None), renew_at: seconds(now) + 1 };
        assert!(record.fits(&names(None), now));
        assert!(!record.fits(&names(None), now + Duration::from_secs(1)));
    }

    #[test]
    fn a_damaged_key_is_named_with_the_way_out() {
        let temporary = TemporaryDirectory::new();
        let data = data(&temporary);
        Authority::open(&data).unwrap();
        data.write("ca.key", "nonsense").unwrap();
        let Err(error) = Authority::open(&data) else { panic!("nonsense is not a key") };
        assert!(error.to_string().contains("ca.key is damaged"), "{error}");
    }
}
