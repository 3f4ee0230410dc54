//! The certificate that browsers see: its chain to the authority, its names, its end.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, Error, RootCertStore};
use x509_cert::Certificate;
use x509_cert::der::Decode;

use super::finding::{Check, Finding, said};
use crate::tls::{AUTHORITY_FILE, SERVER_FILE};

/// A gateway renews its own certificate 30 days before the end; one that ends sooner than this was not renewed.
const SOON: Duration = Duration::from_secs(14 * 86_400);

/// The authority is replaced by hand, on every client.
const AUTHORITY_SOON: Duration = Duration::from_secs(180 * 86_400);

pub(super) fn examine(data: &Path, names: &[String], running: bool, now: SystemTime) -> Vec<Finding> {
    let read = |name| match std::fs::read(data.join(name)) {
        Ok(pem) => Ok(Some(pem)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
    };
    let (authority, server) = match (read(AUTHORITY_FILE), read(SERVER_FILE)) {
        (Ok(Some(authority)), Ok(Some(server))) => (authority, server),
        (Ok(None), Ok(None)) => {
            return vec![Finding::ok(
                Check::Certificate,
                said(
                    "Chứng thư sẽ được tạo khi khởi động lần đầu",
                    "the certificate is made at the first start",
                ),
            )];
        }
        (Ok(Some(_)), Ok(None)) => {
            return vec![Finding::ok(
                Check::Certificate,
                said("Chứng thư sẽ được tạo khi khởi động", "the certificate is made at the next start"),
            )];
        }
        _ => return vec![damaged(AUTHORITY_FILE)],
    };
    let (Ok(authority), Ok(server)) =
        (CertificateDer::from_pem_slice(&authority), CertificateDer::from_pem_slice(&server))
    else {
        return vec![damaged(SERVER_FILE)];
    };
    judge(&authority, &server, names, running, now)
}

/// What browsers would find of a certificate and the authority that they were told to trust.
fn judge(
    authority: &CertificateDer<'_>,
    server: &CertificateDer<'_>,
    names: &[String],
    running: bool,
    now: SystemTime,
) -> Vec<Finding> {
    let (Some(verifier), Some(end), Some(authority_end)) = (verifier(authority), end(server), end(authority))
    else {
        return vec![damaged(SERVER_FILE)];
    };
    let at = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let verify = |name: &str| {
        let name = ServerName::try_from(name).map_err(|_| Error::General(String::new()))?;
        verifier.verify_server_cert(server, &[], &name, &[], UnixTime::since_unix_epoch(at)).map(drop)
    };
    let mut missing = Vec::new();
    for name in names {
        match verify(name) {
            Ok(()) => {}
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => missing.push(name.as_str()),
            Err(Error::InvalidCertificate(
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
            )) => return vec![from_the_future()],
            Err(Error::InvalidCertificate(
                CertificateError::Expired | CertificateError::ExpiredContext { .. },
            )) => {
                return vec![ended(running)];
            }
            Err(_) => return vec![wrong_chain()],
        }
    }
    vec![judge_names(names.len(), &missing, running), judge_end(end, at), judge_authority(authority_end, at)]
}

fn verifier(authority: &CertificateDer<'_>) -> Option<Arc<WebPkiServerVerifier>> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.clone().into_owned()).ok()?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().ok()
}

/// When a certificate ends, counted from 1970.
fn end(certificate: &CertificateDer<'_>) -> Option<Duration> {
    let parsed = Certificate::from_der(certificate).ok()?;
    Some(parsed.tbs_certificate().validity().not_after.to_unix_duration())
}

fn days(until: Duration, now: Duration) -> u64 {
    until.saturating_sub(now).as_secs() / 86_400
}

fn judge_names(names: usize, missing: &[&str], running: bool) -> Finding {
    if missing.is_empty() {
        return Finding::ok(
            Check::Certificate,
            said(
                format!("Chứng thư đúng chuỗi và ghi đủ {names} tên, địa chỉ của máy này"),
                format!(
                    "the certificate chains to the authority and names all {names} names and addresses of this machine"
                ),
            ),
        );
    }
    let missing = missing.join(", ");
    let step = if running {
        said(
            "Máy chủ tự làm lại trong một phút; nếu vẫn thế, khởi động lại nó",
            "the gateway makes it anew within a minute; if it does not, start it again",
        )
    } else {
        said(
            "Khởi động máy chủ giao ban: nó tự làm lại chứng thư",
            "start the gateway: it makes the certificate anew",
        )
    };
    Finding::warning(
        Check::Certificate,
        said(
            format!("Chứng thư chưa ghi {missing}; trình duyệt vào bằng tên đó sẽ báo không an toàn"),
            format!(
                "the certificate does not name {missing}; browsers that come by it are told that it is not safe"
            ),
        ),
        step,
    )
}

fn judge_end(end: Duration, now: Duration) -> Finding {
    let left = days(end, now);
    let meaning = said(
        format!("Chứng thư còn hạn {left} ngày"),
        format!("the certificate is good for {left} more days"),
    );
    if end.saturating_sub(now) > SOON {
        return Finding::ok(Check::Certificate, meaning);
    }
    Finding::warning(
        Check::Certificate,
        meaning,
        said(
            "Khởi động lại máy chủ giao ban: nó tự gia hạn trước 30 ngày, nhưng đã không làm được; xem nhật ký",
            "start the gateway again: it renews 30 days ahead and did not; look at its log",
        ),
    )
}

fn judge_authority(end: Duration, now: Duration) -> Finding {
    let left = days(end, now);
    let meaning = said(
        format!("Nơi cấp chứng thư của máy chủ còn hạn {left} ngày"),
        format!("the gateway's authority is good for {left} more days"),
    );
    if end.saturating_sub(now) > AUTHORITY_SOON {
        return Finding::ok(Check::Certificate, meaning);
    }
    Finding::warning(
        Check::Certificate,
        meaning,
        said(
            "Chọn ngày thay: dừng máy chủ, xoá ca.* và server.*, khởi động, rồi cài ca.crt mới trên mọi máy",
            "choose a day to replace it: stop the gateway, delete ca.* and server.*, start it, and trust the new ca.crt on every client",
        ),
    )
}

fn ended(running: bool) -> Finding {
    let step = if running {
        said("Khởi động lại máy chủ giao ban và xem nhật ký", "start the gateway again and look at its log")
    } else {
        said(
            "Khởi động máy chủ giao ban: nó tự làm lại chứng thư",
            "start the gateway: it makes the certificate anew",
        )
    };
    Finding::fault(
        Check::Certificate,
        said("Chứng thư đã hết hạn: trình duyệt từ chối", "the certificate has ended: browsers refuse it"),
        step,
    )
}

fn from_the_future() -> Finding {
    Finding::fault(
        Check::Certificate,
        said(
            "Theo đồng hồ máy này thì chứng thư chưa có hiệu lực: đồng hồ chạy lùi",
            "by the clock of this machine the certificate is not valid yet: the clock went back",
        ),
        said("Chỉnh giờ hệ thống cho đúng", "set the system's clock"),
    )
}

fn wrong_chain() -> Finding {
    Finding::fault(
        Check::Certificate,
        said(
            "Chứng thư không do nơi cấp chứng thư trong ca.crt ký: máy đã cài ca.crt sẽ từ chối",
            "the certificate is not signed by the authority in ca.crt: whoever trusts ca.crt refuses it",
        ),
        said(
            "Dừng máy chủ, xoá server.key, server.crt, server.json, rồi khởi động: nó làm lại",
            "stop the gateway, delete server.key, server.crt and server.json, and start it: it makes them anew",
        ),
    )
}

fn damaged(name: &str) -> Finding {
    Finding::fault(
        Check::Certificate,
        said(
            format!("Không đọc được {name} trong thư mục dữ liệu"),
            format!("{name} in the data directory cannot be read"),
        ),
        said(
            "Chạy lệnh này bằng tài khoản chạy máy chủ giao ban; nếu tệp hỏng, phục hồi từ bản sao lưu",
            "run this as the account that runs the gateway; if the file is damaged, restore a backup",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;
    use crate::data::DataDirectory;
    use crate::testing::TemporaryDirectory;
    use crate::tls::{self, Authority, ServerCertificate};

    const DAY: Duration = Duration::from_secs(86_400);

    struct Made {
        temporary: TemporaryDirectory,
        data: DataDirectory,
    }

    /// A data directory with the files of a gateway that was started once.
    fn made() -> Made {
        let temporary = TemporaryDirectory::new();
        let data = DataDirectory::open(temporary.path().join("data")).unwrap();
        let authority = Authority::open(&data).unwrap();
        ServerCertificate::open(&data, &authority, None).unwrap();
        Made { temporary, data }
    }

    fn look(made: &Made, names: &[String], now: SystemTime) -> Vec<(Level, String)> {
        let findings = examine(made.data.path(), names, false, now);
        findings.into_iter().map(|finding| (finding.level, finding.meaning.en)).collect()
    }

    #[test]
    fn a_fresh_certificate_names_every_address_and_is_good() {
        let found = look(&made(), &tls::names(None), SystemTime::now());
        assert!(found.len() == 3 && found.iter().all(|(level, _)| *level == Level::Ok), "{found:?}");
    }

    #[test]
    fn an_address_that_is_not_named_is_said() {
        let mut names = tls::names(None);
        names.push("192.0.2.7".to_owned());
        names.push("hop.example".to_owned());
        let found = look(&made(), &names, SystemTime::now());
        assert_eq!(found[0].0, Level::Warning);
        assert!(found[0].1.contains("192.0.2.7, hop.example"), "{found:?}");
    }

    #[test]
    fn an_end_is_said_before_and_after_it() {
        let (made, names) = (made(), tls::names(None));
        let soon = look(&made, &names, SystemTime::now() + 385 * DAY);
        assert_eq!((soon[0].0, soon[1].0), (Level::Ok, Level::Warning), "{soon:?}");
        let after = look(&made, &names, SystemTime::now() + 398 * DAY);
        assert_eq!(after[0].0, Level::Fault, "{after:?}");
        assert!(after[0].1.contains("has ended"), "{after:?}");
    }

    #[test]
    fn a_clock_before_the_certificates_beginning_is_a_fault() {
        let found = look(&made(), &tls::names(None), SystemTime::now() - 30 * DAY);
        assert_eq!(found[0].0, Level::Fault);
        assert!(found[0].1.contains("went back"), "{found:?}");
    }

    #[test]
    fn a_certificate_of_another_authority_is_a_fault() {
        let (one, other) = (made(), made());
        let foreign = std::fs::read_to_string(other.data.path().join(AUTHORITY_FILE)).unwrap();
        one.data.write(AUTHORITY_FILE, &foreign).unwrap();
        let found = look(&one, &tls::names(None), SystemTime::now());
        assert_eq!(found[0].0, Level::Fault);
        assert!(found[0].1.contains("not signed"), "{found:?}");
    }

    #[test]
    fn what_cannot_be_read_is_a_fault_and_what_was_never_made_is_none() {
        let made = made();
        made.data.write(SERVER_FILE, "nonsense").unwrap();
        assert_eq!(look(&made, &[], SystemTime::now())[0].0, Level::Fault);
        let none = examine(&made.temporary.path().join("other"), &[], false, SystemTime::now());
        assert_eq!(none[0].level, Level::Ok);
    }

    #[test]
    fn an_authority_near_its_end_is_a_warning() {
        let now = Duration::from_secs(1_000_000_000);
        assert_eq!(judge_authority(now + AUTHORITY_SOON, now).level, Level::Warning);
        assert_eq!(judge_authority(now + AUTHORITY_SOON + DAY, now).level, Level::Ok);
    }
}
