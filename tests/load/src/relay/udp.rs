//! UDP: one listening socket, one socket towards the gateway for each client.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::sleep_until;

use super::{Fate, Path, Route, SharedLink};

/// Clients of one listening address. One more is not answered: no test has so many.
const MAX_CLIENTS: usize = 4096;

/// Datagrams on their way in one direction of one client. One more is dropped, as a full router would.
const MAX_IN_FLIGHT: usize = 16 * 1024;

/// The largest UDP payload.
const MAX_DATAGRAM: usize = 65_535;

/// Where a socket sends to: a client of the listening socket, or the peer that it is connected to.
#[derive(Clone, Copy)]
enum Destination {
    Client(SocketAddr),
    Connected,
}

/// A datagram on its way. Ordered by departure, then by arrival.
type InFlight = (Instant, u64, Vec<u8>);

pub(super) async fn start(route: Route, path: Path) -> io::Result<SocketAddr> {
    let socket = Arc::new(UdpSocket::bind(route.listen).await?);
    let address = socket.local_addr()?;
    tokio::spawn(serve(socket, route.gateway, path));
    Ok(address)
}

async fn serve(socket: Arc<UdpSocket>, gateway: SocketAddr, path: Path) {
    let mut clients: HashMap<SocketAddr, mpsc::Sender<InFlight>> = HashMap::new();
    let mut buffer = vec![0; MAX_DATAGRAM];
    let mut arrival = 0;
    loop {
        // An error here is an ICMP message about an earlier datagram.
        let Ok((length, client)) = socket.recv_from(&mut buffer).await else {
            continue;
        };
        let Fate::Deliver(at) = path.up.admit(length) else {
            continue;
        };
        if !clients.contains_key(&client)
            && clients.len() < MAX_CLIENTS
            && let Ok(up) = connect(&socket, client, gateway, &path).await
        {
            clients.insert(client, up);
        }
        if let Some(up) = clients.get(&client) {
            arrival += 1;
            let _ = up.try_send((at, arrival, buffer.get(..length).unwrap_or_default().to_vec()));
        }
    }
}

/// Makes the socket that stands for one client towards the gateway, and returns the way into it.
async fn connect(
    listening: &Arc<UdpSocket>,
    client: SocketAddr,
    gateway: SocketAddr,
    path: &Path,
) -> io::Result<mpsc::Sender<InFlight>> {
    let any: IpAddr =
        if gateway.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = Arc::new(UdpSocket::bind((any, 0)).await?);
    socket.connect(gateway).await?;
    let (up, up_queue) = mpsc::channel(MAX_IN_FLIGHT);
    let (down, down_queue) = mpsc::channel(MAX_IN_FLIGHT);
    tokio::spawn(deliver(up_queue, Arc::clone(&socket), Destination::Connected));
    tokio::spawn(deliver(down_queue, Arc::clone(listening), Destination::Client(client)));
    tokio::spawn(receive(socket, path.down.clone(), down));
    Ok(up)
}

/// Takes what the gateway sends to one client.
async fn receive(socket: Arc<UdpSocket>, link: SharedLink, queue: mpsc::Sender<InFlight>) {
    let mut buffer = vec![0; MAX_DATAGRAM];
    let mut arrival = 0;
    loop {
        let Ok(length) = socket.recv(&mut buffer).await else {
            continue;
        };
        if let Fate::Deliver(at) = link.admit(length) {
            arrival += 1;
            let _ = queue.try_send((at, arrival, buffer.get(..length).unwrap_or_default().to_vec()));
        }
    }
}

/// Sends each datagram when its time has come.
async fn deliver(mut queue: mpsc::Receiver<InFlight>, socket: Arc<UdpSocket>, to: Destination) {
    let mut waiting: BinaryHeap<Reverse<InFlight>> = BinaryHeap::new();
    loop {
        let next = waiting.peek().map(|Reverse((at, ..))| *at);
        match next {
            Some(at) if at <= Instant::now() => {
                if let Some(Reverse((_, _, datagram))) = waiting.pop() {
                    // A send that fails is a lost datagram: what a network does.
                    let _ = match to {
                        Destination::Client(client) => socket.send_to(&datagram, client).await,
                        Destination::Connected => socket.send(&datagram).await,
                    };
                }
            }
            Some(at) if waiting.len() < MAX_IN_FLIGHT => tokio::select! {
                () = sleep_until(at.into()) => {}
                datagram = queue.recv() => match datagram {
                    Some(datagram) => waiting.push(Reverse(datagram)),
                    None => return,
                },
            },
            Some(at) => sleep_until(at.into()).await,
            None => match queue.recv().await {
                Some(datagram) => waiting.push(Reverse(datagram)),
                None => return,
            },
        }
    }
}
