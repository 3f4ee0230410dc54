//! UDP sockets of a shard: batched receive with GRO, segmented send with GSO.

use std::collections::HashMap;
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use giaoban_media::shard::{Datagram, Transmit};
use mio::net::UdpSocket;
use mio::{Interest, Registry, Token};
use quinn_udp::{BATCH_SIZE, RecvMeta, UdpSocketState};
use socket2::{Domain, Protocol, Socket, Type};

use crate::addresses::is_unsupported;
use crate::config::Media;
use crate::http::ListenError;
use crate::metrics::SocketCounters;

/// Asked of the system for each direction: 1.5 Mbit/s from 500 sites for 40 ms. The system may give less.
pub const SOCKET_BUFFER: usize = 4 << 20;

/// Longest datagram, and so the longest run of datagrams that the kernel joins.
const MAX_DATAGRAM: usize = 65_535;

/// Longest run of segments that one message may carry, whatever their number.
const MAX_MESSAGE: usize = 65_000;

/// Paths remembered that are not the common one: more than a shard has members. When it is full all are forgotten and
/// learned again with the next packet of each; until then packets leave by the common path of their family.
const PATHS: usize = 16_384;

/// The sockets of one shard.
pub struct Sockets {
    sockets: Vec<Bound>,
    paths: Paths,
    buffer: Vec<u8>,
    /// Kept for its memory; always empty between calls.
    batch: Vec<Datagram<'static>>,
    counters: SocketCounters,
}

struct Bound {
    socket: UdpSocket,
    state: UdpSocketState,
    address: SocketAddr,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Path {
    socket: usize,
    source: Option<IpAddr>,
}

/// By which socket and from which of our addresses a remote is answered: by those that it reached.
#[derive(Default)]
struct Paths {
    /// How the first remote of each family came, and nearly always all others: IPv4, IPv6.
    common: [Option<Path>; 2],
    /// Those who came in another way.
    others: HashMap<SocketAddr, Path>,
}

impl Paths {
    fn learn(&mut self, remote: SocketAddr, path: Path) {
        let [v4, v6] = &mut self.common;
        let common = *if remote.is_ipv4() { v4 } else { v6 }.get_or_insert(path);
        if common == path && self.others.is_empty() {
            return;
        }
        if common == path {
            self.others.remove(&remote);
        } else if self.others.get(&remote) != Some(&path) {
            if self.others.len() >= PATHS {
                self.others.clear();
            }
            self.others.insert(remote, path);
        }
    }

    /// Nothing is looked up as long as all came in one way.
    fn of(&self, remote: SocketAddr) -> Option<Path> {
        let [v4, v6] = self.common;
        let other = if self.others.is_empty() { None } else { self.others.get(&remote).copied() };
        other.or(if remote.is_ipv4() { v4 } else { v6 })
    }
}

impl Sockets {
    /// The token of the waker; sockets have those below.
    pub const WAKE: Token = Token(usize::MAX - 1);

    /// Binds the sockets of shard `number`.
    ///
    /// # Errors
    /// If an address is in use, not allowed or not ours.
    pub fn bind(media: &Media, number: u16) -> Result<Self, ListenError> {
        let port = if media.port == 0 { 0 } else { media.port.saturating_add(number) };
        let wildcard = [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)];
        let addresses = if media.bind.is_empty() { wildcard.as_slice() } else { media.bind.as_slice() };
        let mut sockets: Vec<Bound> = Vec::new();
        for ip in addresses {
            let address = SocketAddr::new(*ip, port);
            match bind(address) {
                Ok(bound) => sockets.push(bound),
                // A machine without IPv6 serves IPv4.
                Err(error) if is_unsupported(&error) && ip.is_unspecified() && !sockets.is_empty() => {}
                Err(error) => return Err(ListenError::new("UDP address", address, error, "--media-port")),
            }
        }
        let buffer = vec![0; BATCH_SIZE * MAX_DATAGRAM];
        let counters = SocketCounters::default();
        Ok(Self { sockets, paths: Paths::default(), buffer, batch: Vec::new(), counters })
    }

    /// Where they are bound.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.sockets.iter().map(|bound| bound.address).collect()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sockets.len()
    }

    /// What they counted.
    #[must_use]
    pub fn counters(&self) -> SocketCounters {
        self.counters
    }

    /// Lets a poll watch them.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn register(&mut self, registry: &Registry) -> io::Result<()> {
        for (number, bound) in self.sockets.iter_mut().enumerate() {
            registry.register(&mut bound.socket, Token(number), Interest::READABLE)?;
        }
        Ok(())
    }

    /// Hands over what one call to the system gives. False if that was all there was: what comes later is reported
    /// by the poll.
    pub fn receive(&mut self, number: usize, take: impl FnOnce(&mut [Datagram<'_>])) -> bool {
        let Some(bound) = self.sockets.get(number) else { return false };
        let mut metas = [RecvMeta::default(); BATCH_SIZE];
        let mut parts = self.buffer.chunks_exact_mut(MAX_DATAGRAM);
        let mut slices: [IoSliceMut<'_>; BATCH_SIZE] =
            std::array::from_fn(|_| IoSliceMut::new(parts.next().unwrap_or_default()));
        let Ok(received) = bound.state.recv((&bound.socket).into(), &mut slices, &mut metas) else {
            return false;
        };
        let mut batch = recycle(std::mem::take(&mut self.batch));
        for (meta, slice) in metas.iter().zip(slices.iter_mut()).take(received) {
            // A socket with an address of its own need not be told it.
            let source = meta.dst_ip.filter(|_| bound.address.ip().is_unspecified());
            self.paths.learn(meta.addr, Path { socket: number, source });
            let joined = slice.get_mut(..meta.len).unwrap_or_default();
            let datagrams = joined.chunks_mut(meta.stride.max(1));
            batch.extend(datagrams.map(|contents| Datagram { from: meta.addr, contents }));
        }
        self.counters.batches += 1;
        self.counters.received += u64::try_from(batch.len()).unwrap_or_default();
        take(&mut batch);
        self.batch = recycle(batch);
        received == BATCH_SIZE
    }

    /// Sends a message. What the system does not take is lost, as on any network: the receiver asks again.
    pub fn send(&mut self, transmit: &Transmit<'_>) {
        let path = self.paths.of(transmit.destination).or_else(|| {
            let mut same_family = self.sockets.iter().enumerate();
            same_family
                .find(|(_, bound)| bound.address.is_ipv4() == transmit.destination.is_ipv4())
                .map(|(socket, _)| Path { socket, source: None })
        });
        let Some(path) = path else { return };
        let Some(bound) = self.sockets.get(path.socket) else { return };
        let sent = match transmit.segment_size {
            Some(segment) if segment > 0 => bound.send_segments(transmit, segment, path.source),
            _ => bound.send(transmit.destination, transmit.contents, None, path.source),
        };
        match sent {
            Ok(()) => self.counters.sent += 1,
            Err(_) => self.counters.refused += 1,
        }
    }
}

impl Bound {
    fn send(
        &self,
        destination: SocketAddr,
        contents: &[u8],
        segment_size: Option<usize>,
        src_ip: Option<IpAddr>,
    ) -> io::Result<()> {
        let transmit = quinn_udp::Transmit { destination, ecn: None, contents, segment_size, src_ip };
        self.state.try_send((&self.socket).into(), &transmit)
    }

    /// As many segments in one message as the kernel takes; one by one where it takes none.
    fn send_segments(
        &self,
        transmit: &Transmit<'_>,
        segment: usize,
        source: Option<IpAddr>,
    ) -> io::Result<()> {
        let most = self.state.max_gso_segments().min(MAX_MESSAGE / segment).max(1);
        let mut result = Ok(());
        for run in transmit.contents.chunks(segment.saturating_mul(most)) {
            let mut sent = self.send(transmit.destination, run, Some(segment), source);
            let refused = sent.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::WouldBlock);
            if refused && run.len() > segment && self.state.max_gso_segments() == 1 {
                let one = |single| self.send(transmit.destination, single, None, source);
                sent = run.chunks(segment).try_for_each(one);
            }
            result = result.and(sent);
        }
        result
    }
}

fn bind(address: SocketAddr) -> io::Result<Bound> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    // As much as the system gives.
    let _ = socket.set_recv_buffer_size(SOCKET_BUFFER);
    let _ = socket.set_send_buffer_size(SOCKET_BUFFER);
    let socket = UdpSocket::from_std(socket.into());
    let state = UdpSocketState::new((&socket).into())?;
    let address = socket.local_addr()?;
    Ok(Bound { socket, state, address })
}

/// An empty batch that keeps the memory of the old one (the standard library collects in place).
fn recycle<'to>(mut batch: Vec<Datagram<'_>>) -> Vec<Datagram<'to>> {
    batch.clear();
    batch.into_iter().map_while(|_| None).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn loopback() -> Sockets {
        let media = Media { port: 0, bind: vec![Ipv4Addr::LOCALHOST.into()], ..Media::default() };
        Sockets::bind(&media, 0).unwrap()
    }

    fn peer() -> std::net::UdpSocket {
        let peer = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        peer.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        peer
    }

    /// Waits until the sockets have something, and copies it.
    fn receive(sockets: &mut Sockets, wanted: usize) -> Vec<(SocketAddr, Vec<u8>)> {
        let mut poll = mio::Poll::new().unwrap();
        sockets.register(poll.registry()).unwrap();
        let mut seen = Vec::new();
        let mut events = mio::Events::with_capacity(4);
        while seen.len() < wanted {
            poll.poll(&mut events, Some(Duration::from_secs(5))).unwrap();
            while sockets.receive(0, |batch| {
                seen.extend(batch.iter().map(|datagram| (datagram.from, datagram.contents.to_vec())));
            }) {}
        }
        seen
    }

    #[test]
    fn segments_of_one_message_arrive_as_datagrams_of_their_own() {
        let (mut sockets, peer) = (loopback(), peer());
        let contents: Vec<u8> = (0..25).collect();
        let destination = peer.local_addr().unwrap();
        sockets.send(&Transmit { destination, contents: &contents, segment_size: Some(10) });
        let mut buffer = [0; 100];
        for expected in contents.chunks(10) {
            let length = peer.recv(&mut buffer).unwrap();
            assert_eq!(&buffer[..length], expected);
        }
    }

    #[test]
    fn more_segments_than_the_kernel_joins_are_sent_in_several_messages() {
        let (mut sockets, peer) = (loopback(), peer());
        let contents = vec![7; 100 * 1000 + 1];
        let destination = peer.local_addr().unwrap();
        sockets.send(&Transmit { destination, contents: &contents, segment_size: Some(1000) });
        let mut buffer = [0; 2000];
        let lengths: Vec<usize> = (0..101).map(|_| peer.recv(&mut buffer).unwrap()).collect();
        assert_eq!(lengths.iter().sum::<usize>(), contents.len());
        assert_eq!(lengths[100], 1);
    }

    #[test]
    fn every_datagram_comes_out_with_its_sender() {
        let (mut sockets, one, other) = (loopback(), peer(), peer());
        let to = sockets.addresses()[0];
        one.send_to(b"one", to).unwrap();
        other.send_to(b"other", to).unwrap();
        let mut seen = receive(&mut sockets, 2);
        seen.sort();
        let mut expected = vec![
            (one.local_addr().unwrap(), b"one".to_vec()),
            (other.local_addr().unwrap(), b"other".to_vec()),
        ];
        expected.sort();
        assert_eq!(seen, expected);
    }

    #[test]
    fn each_remote_is_answered_as_it_came_last() {
        let path = |socket| Path { socket, source: None };
        let (one, other) = (SocketAddr::from(([192, 0, 2, 1], 1)), SocketAddr::from(([192, 0, 2, 1], 2)));
        let mut paths = Paths::default();
        assert!(paths.of(one).is_none());
        paths.learn(one, path(0));
        paths.learn(other, path(1));
        assert!([one, other].map(|remote| paths.of(remote)) == [Some(path(0)), Some(path(1))]);
        paths.learn(one, path(1));
        paths.learn(other, path(0));
        assert!([one, other].map(|remote| paths.of(remote)) == [Some(path(1)), Some(path(0))]);
    }

    #[test]
    fn a_remote_is_answered_from_the_address_it_reached() {
        let media = Media {
            port: 0,
            bind: vec![Ipv4Addr::LOCALHOST.into(), Ipv4Addr::new(127, 0, 0, 2).into()],
            ..Media::default()
        };
        let mut sockets = Sockets::bind(&media, 0).unwrap();
        let second = sockets.addresses()[1];
        let peer = peer();
        peer.send_to(b"hello", second).unwrap();
        let mut poll = mio::Poll::new().unwrap();
        sockets.register(poll.registry()).unwrap();
        poll.poll(&mut mio::Events::with_capacity(4), Some(Duration::from_secs(5))).unwrap();
        let mut received = 0;
        sockets.receive(1, |batch| received = batch.len());
        assert_eq!(received, 1);
        let destination = peer.local_addr().unwrap();
        sockets.send(&Transmit { destination, contents: b"answer", segment_size: None });
        let (_, from) = peer.recv_from(&mut [0; 100]).unwrap();
        assert_eq!(from, second);
    }
}
