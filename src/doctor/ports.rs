//! Ports: free for a gateway to take, or taken by the gateway that runs here.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::finding::{Check, Finding, said};
use crate::config::Config;
use crate::http::{ListenError, Listener};
use crate::shard_worker::Sockets;
use crate::tls::AUTHORITY_FILE;

/// Whoever does not answer by then is not our gateway.
const PATIENCE: Duration = Duration::from_secs(3);

/// Who has a port.
enum Holder {
    /// Nobody.
    Nobody,
    /// The gateway that runs on this data directory.
    Ours,
    /// Another program.
    Other,
    /// It cannot be taken at all: what the system says.
    Refused(String),
}

pub(super) async fn examine(config: &Config, data: &Path, running: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for address in &config.https.listen {
        let holder = match try_tcp(*address) {
            Holder::Other if is_our_https(*address, data).await => Holder::Ours,
            holder => holder,
        };
        findings.push(judge("HTTPS, TCP", *address, &holder, "--listen"));
    }
    let private = config.private.listen;
    let holder = match try_tcp(private) {
        Holder::Other if is_our_health(private).await => Holder::Ours,
        holder => holder,
    };
    findings.push(judge("metrics, TCP", private, &holder, "--private-listen"));
    for number in 0..config.media.shards {
        let (address, holder) = try_udp(config, number, running);
        findings.push(judge("media, UDP", address, &holder, "--media-port"));
    }
    findings
}

fn holder(refused: &ListenError) -> Holder {
    match refused {
        ListenError::InUse { .. } => Holder::Other,
        ListenError::Refused { source, .. } => Holder::Refused(source.to_string()),
    }
}

fn try_tcp(address: SocketAddr) -> Holder {
    Listener::bind(address, "").map_or_else(|error| holder(&error), |_| Holder::Nobody)
}

/// A gateway that runs on this data directory has the ports that it was told of, or it would not run.
fn try_udp(config: &Config, number: u16, running: bool) -> (SocketAddr, Holder) {
    let port = if config.media.port == 0 { 0 } else { config.media.port.saturating_add(number) };
    let ip = config.media.bind.first().copied().unwrap_or(std::net::Ipv4Addr::UNSPECIFIED.into());
    let holder = match Sockets::bind(&config.media, number) {
        Ok(_) => Holder::Nobody,
        Err(ListenError::InUse { .. }) if running => Holder::Ours,
        Err(error) => holder(&error),
    };
    (SocketAddr::new(ip, port), holder)
}

/// Where to knock to reach who listens on `address`.
fn knock(address: SocketAddr) -> SocketAddr {
    let mut to = address;
    if to.ip().is_unspecified() {
        to.set_ip(match to {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    to
}

/// Whether who listens shows a certificate of this data directory's authority.
async fn is_our_https(address: SocketAddr, data: &Path) -> bool {
    let Ok(authority) = CertificateDer::from_pem_file(data.join(AUTHORITY_FILE)) else { return false };
    let mut roots = RootCertStore::empty();
    if roots.add(authority).is_err() {
        return false;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let Ok(builder) = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
    else {
        return false;
    };
    let config = builder.with_root_certificates(roots).with_no_client_auth();
    let shake = async {
        let stream = TcpStream::connect(knock(address)).await.ok()?;
        let name = ServerName::try_from("localhost").ok()?;
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.ok()
    };
    tokio::time::timeout(PATIENCE, shake).await.is_ok_and(|shaken| shaken.is_some())
}

/// Whether who listens answers as a gateway's health does.
async fn is_our_health(address: SocketAddr) -> bool {
    const MOST: u64 = 4096;
    let ask = async {
        let mut stream = TcpStream::connect(knock(address)).await.ok()?;
        stream
            .write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .await
            .ok()?;
        let mut answer = String::new();
        stream.take(MOST).read_to_string(&mut answer).await.ok()?;
        Some(answer.starts_with("HTTP/1.1 200") && answer.ends_with("live\n"))
    };
    tokio::time::timeout(PATIENCE, ask).await.is_ok_and(|answered| answered == Some(true))
}

fn judge(what: &str, address: SocketAddr, holder: &Holder, option: &str) -> Finding {
    match holder {
        Holder::Nobody if address.port() == 0 => Finding::ok(
            Check::Port,
            said(format!("{what}: hệ thống tự chọn cổng"), format!("{what}: the system chooses the port")),
        ),
        Holder::Nobody => Finding::ok(
            Check::Port,
            said(format!("{what} {address} còn trống"), format!("{what} {address} is free")),
        ),
        Holder::Ours => Finding::ok(
            Check::Port,
            said(
                format!("{what} {address}: máy chủ giao ban này đang phục vụ"),
                format!("{what} {address}: this gateway serves there"),
            ),
        ),
        Holder::Other => Finding::fault(
            Check::Port,
            said(
                format!("{what} {address} đã bị chương trình khác chiếm"),
                format!("{what} {address} is held by another program"),
            ),
            said(
                format!(
                    "Tìm nó bằng `ss -tulpn | grep :{}` rồi dừng lại, hoặc chọn cổng khác ({option})",
                    address.port()
                ),
                format!(
                    "find it with `ss -tulpn | grep :{}` and stop it, or choose another ({option})",
                    address.port()
                ),
            ),
        ),
        Holder::Refused(reason) => Finding::fault(
            Check::Port,
            said(
                format!("Không dùng được {what} {address}: {reason}"),
                format!("{what} {address} cannot be used: {reason}"),
            ),
            said(
                format!("Chọn địa chỉ có trên máy này và cổng từ 1024 trở lên ({option})"),
                format!("choose an address of this machine and a port from 1024 on ({option})"),
            ),
        ),
    }
}
