//! The accept loops. Ours, so that a TLS handshake has a deadline of its own and its result is counted.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;

use crate::addresses::is_unsupported;
use crate::metrics::{Metrics, Raised, TlsLabels};
use crate::shutdown::Shutdown;

/// A TLS handshake that takes longer is given up.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// A request's head that takes longer is given up; also how long an idle connection is kept.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);

/// Connections that the system queues before we take them.
const BACKLOG: i32 = 1024;

/// Where a request came from.
#[derive(Clone)]
pub struct Peer {
    /// Its address.
    pub ip: IpAddr,
    /// Its place among the connections; a WebSocket keeps it.
    pub permit: Option<Arc<OwnedSemaphorePermit>>,
}

/// Why an address cannot be listened on.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Taken by someone.
    #[error("{what} {address} is in use by another program; stop it, or choose another with {option}")]
    InUse {
        /// "address" and the protocol.
        what: &'static str,
        /// Which.
        address: SocketAddr,
        /// How to choose another.
        option: &'static str,
    },
    /// Not allowed or not there.
    #[error("cannot listen on {what} {address}: {source}; choose another with {option}")]
    Refused {
        /// "address" and the protocol.
        what: &'static str,
        /// Which.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
        /// How to choose another.
        option: &'static str,
    },
}

impl ListenError {
    /// Says what `source` means.
    pub fn new(what: &'static str, address: SocketAddr, source: io::Error, option: &'static str) -> Self {
        if source.kind() == io::ErrorKind::AddrInUse {
            Self::InUse { what, address, option }
        } else {
            Self::Refused { what, address, source, option }
        }
    }
}

/// A bound TCP socket.
pub struct Listener(TcpListener);

impl Listener {
    /// Binds. `[::]` takes IPv4 too, and is `0.0.0.0` on a machine without IPv6.
    ///
    /// # Errors
    /// If the address is in use, not allowed or not ours.
    pub fn bind(address: SocketAddr, option: &'static str) -> Result<Self, ListenError> {
        let bound = listen(address).or_else(|error| {
            if is_unsupported(&error) && address.is_ipv6() && address.ip().is_unspecified() {
                listen((Ipv4Addr::UNSPECIFIED, address.port()).into())
            } else {
                Err(error)
            }
        });
        bound.map(Self).map_err(|source| ListenError::new("TCP address", address, source, option))
    }

    /// Where it really listens.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// Serves plain HTTP until shutdown.
    pub async fn serve_plain(self, routes: Router, shutdown: Shutdown) {
        while let Some((stream, from)) = self.accept(&shutdown).await {
            let peer = Peer { ip: from.ip(), permit: None };
            tokio::spawn(serve(stream, peer, routes.clone(), shutdown.clone()));
        }
    }

    /// Serves HTTP over TLS until shutdown. Connections beyond the permits are closed at once.
    pub async fn serve_tls(
        self,
        acceptor: TlsAcceptor,
        routes: Router,
        permits: Arc<Semaphore>,
        metrics: Arc<Metrics>,
        shutdown: Shutdown,
    ) {
        while let Some((stream, from)) = self.accept(&shutdown).await {
            let Ok(permit) = Arc::clone(&permits).try_acquire_owned() else {
                metrics.tls_refused.inc();
                continue;
            };
            let (acceptor, routes) = (acceptor.clone(), routes.clone());
            let (metrics, shutdown) = (Arc::clone(&metrics), shutdown.clone());
            tokio::spawn(async move {
                let _open = Raised::new(&metrics.tls_connections);
                let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await
                else {
                    metrics.tls_failures.inc();
                    return;
                };
                metrics.tls_handshakes.get_or_create(&labels(stream.get_ref().1)).inc();
                let peer = Peer { ip: from.ip(), permit: Some(Arc::new(permit)) };
                serve(stream, peer, routes, shutdown).await;
            });
        }
    }

    /// The next connection; `None` at shutdown.
    async fn accept(&self, shutdown: &Shutdown) -> Option<(TcpStream, SocketAddr)> {
        loop {
            tokio::select! {
                () = shutdown.wait() => return None,
                accepted = self.0.accept() => match accepted {
                    Ok((stream, from)) => {
                        // Small messages leave at once; a socket that is gone already says so when read.
                        let _ = stream.set_nodelay(true);
                        return Some((stream, from));
                    }
                    // Out of file descriptors: those in use come back only in time.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
            }
        }
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(!address.ip().is_unspecified())?;
    }
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

fn labels(connection: &rustls::ServerConnection) -> TlsLabels {
    let version = connection.protocol_version().map(|version| format!("{version:?}"));
    let group = connection.negotiated_key_exchange_group().map(|group| format!("{:?}", group.name()));
    TlsLabels { version: version.unwrap_or_default(), group: group.unwrap_or_default() }
}

async fn serve<S>(stream: S, peer: Peer, routes: Router, shutdown: Shutdown)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = TowerToHyperService::new(routes.layer(Extension(peer)));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    // A connection that breaks off tells nothing we could act on.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = shutdown.wait() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
