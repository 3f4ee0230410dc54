//! TCP: connections are passed on piece by piece. An outage holds everything back, new connections too,
//! and closes nothing: that is how a black hole looks from both ends.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, sleep_until};

use super::{Path, Route, SharedLink};

/// How often a held piece looks whether the outage is over.
const OUTAGE_POLL: Duration = Duration::from_millis(5);

/// Largest piece read at once, in bytes.
const PIECE: usize = 16 * 1024;

/// Pieces on their way in one direction; then the sender waits, as with a full window.
const MAX_IN_FLIGHT: usize = 256;

pub(super) async fn start(route: Route, path: Path) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(route.listen).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        loop {
            if let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, route.gateway, path.clone()));
            }
        }
    });
    Ok(address)
}

async fn carry(client: TcpStream, gateway: SocketAddr, path: Path) {
    outage_over(&path.up).await;
    outage_over(&path.down).await;
    let Ok(server) = TcpStream::connect(gateway).await else {
        return;
    };
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let (client_read, client_write) = client.into_split();
    let (server_read, server_write) = server.into_split();
    tokio::join!(pump(client_read, server_write, path.up), pump(server_read, client_write, path.down));
}

/// Passes one direction until its source ends, then ends its sink.
async fn pump(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, link: SharedLink) {
    let (queue, mut queued) = mpsc::channel::<(Instant, Vec<u8>)>(MAX_IN_FLIGHT);
    let read = async {
        let mut buffer = vec![0; PIECE];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            if outage_over(&link).await {
                link.lock().hold_piece();
            }
            let at = link.lock().admit_piece(Instant::now(), length);
            let piece = buffer.get(..length).unwrap_or_default().to_vec();
            if queue.send((at, piece)).await.is_err() {
                break;
            }
        }
        drop(queue);
    };
    let write = async {
        while let Some((at, piece)) = queued.recv().await {
            sleep_until(at.into()).await;
            outage_over(&link).await;
            if to.write_all(&piece).await.is_err() {
                break;
            }
        }
        let _ = to.shutdown().await;
        drop(queued);
    };
    tokio::join!(read, write);
}

/// Waits for the end of an outage; says whether there was one.
async fn outage_over(link: &SharedLink) -> bool {
    let mut waited = false;
    while link.lock().is_blackhole() {
        waited = true;
        sleep(OUTAGE_POLL).await;
    }
    waited
}
