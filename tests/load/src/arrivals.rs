//! A UDP socket whose datagrams say when they reached this machine, not when a busy thread came to read them.

use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant, SystemTime};

use quinn_udp::{BATCH_SIZE, RecvMeta, UdpSocketState};
use tokio::io::Interest;
use tokio::net::UdpSocket;

/// Octets of one message of the kernel: as many datagrams of one sender as it joins (UDP GRO).
const MESSAGE: usize = 1 << 16;

/// A datagram as it came.
pub(crate) struct Arrival {
    /// When the kernel received it.
    pub(crate) at: Instant,
    /// Whose it is.
    pub(crate) from: SocketAddr,
    /// What it holds.
    pub(crate) contents: Vec<u8>,
}

/// The socket. It owns the buffers that it reads into.
pub(crate) struct Arrivals {
    socket: UdpSocket,
    state: UdpSocketState,
    buffers: Vec<Vec<u8>>,
}

impl Arrivals {
    pub(crate) async fn bind(address: IpAddr) -> io::Result<Self> {
        let socket = UdpSocket::bind((address, 0)).await?;
        let state = UdpSocketState::new((&socket).into())?;
        Ok(Self { socket, state, buffers: vec![vec![0; MESSAGE]; BATCH_SIZE] })
    }

    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// The socket alone, not blocking.
    pub(crate) fn into_socket(self) -> io::Result<std::net::UdpSocket> {
        self.socket.into_std()
    }

    /// Waits until there is something to read.
    pub(crate) async fn readable(&self) -> io::Result<()> {
        self.socket.readable().await
    }

    /// Sends, unless the socket is full: then the datagram is lost, as a network would lose it.
    pub(crate) fn send(&self, contents: &[u8], to: SocketAddr) {
        let _ = self.socket.try_send_to(contents, to);
    }

    /// Reads one batch. An empty one is an ICMP error of an earlier datagram.
    ///
    /// # Errors
    /// `WouldBlock` when there is nothing to read.
    pub(crate) fn receive(&mut self) -> io::Result<Vec<Arrival>> {
        let Self { socket, state, buffers } = self;
        let mut metas = [RecvMeta::default(); BATCH_SIZE];
        let mut slices: Vec<_> = buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
        let read = || state.recv((&*socket).into(), &mut slices, &mut metas);
        let count = match socket.try_io(Interest::READABLE, read) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(error),
            read => read.unwrap_or(0),
        };
        let (now, clock) = (Instant::now(), SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default());
        let mut arrivals = Vec::new();
        for (meta, buffer) in metas.iter().zip(&*buffers).take(count) {
            let waited = meta.timestamp.map_or(Duration::ZERO, |at| clock.saturating_sub(at));
            let at = now.checked_sub(waited).unwrap_or(now);
            for contents in buffer.get(..meta.len).unwrap_or_default().chunks(meta.stride.max(1)) {
                arrivals.push(Arrival { at, from: meta.addr, contents: contents.to_vec() });
            }
        }
        Ok(arrivals)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    /// Longer than the kernel takes to begin with its stamps once a socket asks for them.
    const PATIENCE: Duration = Duration::from_secs(20);
    /// For so long the reader is held up.
    const HELD: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn a_datagram_that_waits_to_be_read_arrived_when_it_was_sent() {
        let mut arrivals = Arrivals::bind(Ipv4Addr::LOCALHOST.into()).await.unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let begin = Instant::now();
        loop {
            sender.send_to(b"early", arrivals.local_addr().unwrap()).await.unwrap();
            let sent = Instant::now();
            arrivals.readable().await.unwrap();
            while sent.elapsed() < HELD {
                std::thread::yield_now();
            }
            let came = arrivals.receive().unwrap();
            let [Arrival { at, contents, .. }] = came.as_slice() else { panic!("{} came", came.len()) };
            assert_eq!(contents, b"early");
            if *at < sent + HELD / 2 {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "read {:?} after it was sent", *at - sent);
        }
    }
}
