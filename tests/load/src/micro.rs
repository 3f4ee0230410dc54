//! What the kernel alone asks for a packet, by how many go to it in one message: the floor of any server here.

use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::sys::socket::{setsockopt, sockopt::UdpGroSegment};
use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSocketState};

use crate::server::{Place, pin, thread_time};

/// As many receivers as the main row has, so that memory is as cold as there.
const RECEIVERS: usize = 100;
/// Rounds over all receivers for one figure.
const ROUNDS: usize = 100;
/// From one emptying of the receivers to the next, and half the time from one round to the next: they hold a round.
const PAUSE: Duration = Duration::from_millis(3);
const MAX_DATAGRAM: usize = 2048;
/// A video packet of the programme as sealed, and a sound.
const VIDEO: usize = 1094;
const AUDIO: usize = 200;
/// Packets of one message that are measured.
const BURSTS: [usize; 6] = [1, 2, 4, 6, 8, 16];

/// One figure: CPU time of the sender for each packet.
pub struct Cost {
    /// Packets in one message.
    pub burst: usize,
    /// Octets of each.
    pub length: usize,
    /// For each packet.
    pub time: Duration,
}

impl Cost {
    /// Whether it is that of a sound.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.length == AUDIO
    }
}

struct Receiver {
    socket: UdpSocket,
    state: UdpSocketState,
}

/// Sends to many sockets in turn, as a server does, and counts the time of the sends alone. The receivers are on
/// another core, as those of the server are: what the kernel frees there it must bring back here.
///
/// # Errors
/// If the system gives no socket, or not these cores.
pub fn sends(place: &Place, receiving_core: usize) -> io::Result<Vec<Cost>> {
    let receivers: Vec<_> = (0..RECEIVERS).map(|_| receiver(place.clients)).collect::<io::Result<_>>()?;
    let addresses: Vec<_> =
        receivers.iter().map(|receiver| receiver.socket.local_addr()).collect::<Result<_, _>>()?;
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // On a core that it was not given to it reads as well.
            let _ = pin(receiving_core);
            let mut buffer = vec![0; BATCH_SIZE * MAX_DATAGRAM];
            while !done.load(Ordering::Relaxed) {
                receivers.iter().for_each(|receiver| drain(receiver, &mut buffer));
                std::thread::sleep(PAUSE);
            }
        });
        let costs = scope.spawn(|| place.enter().and_then(|()| measure(place.address, &addresses))).join();
        done.store(true, Ordering::Relaxed);
        costs.unwrap_or_else(|_| Err(io::Error::other("the sending thread has ended")))
    })
}

fn measure(address: IpAddr, receivers: &[SocketAddr]) -> io::Result<Vec<Cost>> {
    let sender = UdpSocket::bind((address, 0))?;
    sender.set_nonblocking(true)?;
    let state = UdpSocketState::new((&sender).into())?;
    let bursts = BURSTS.into_iter().map(|burst| (burst, VIDEO)).chain([(1, AUDIO)]);
    let mut costs = Vec::new();
    for (burst, length) in bursts {
        let contents = vec![0; burst * length];
        let mut time = Duration::ZERO;
        for _ in 0..ROUNDS {
            let before = thread_time()?;
            for &destination in receivers {
                let transmit = Transmit {
                    destination,
                    ecn: None,
                    contents: &contents,
                    segment_size: (burst > 1).then_some(length),
                    src_ip: None,
                };
                // What the receiver does not take has cost as much.
                let _ = state.try_send((&sender).into(), &transmit);
            }
            time += thread_time()?.saturating_sub(before);
            std::thread::sleep(2 * PAUSE);
        }
        let packets = u32::try_from(RECEIVERS * ROUNDS * burst).unwrap_or(u32::MAX);
        costs.push(Cost { burst, length, time: time / packets });
    }
    Ok(costs)
}

fn receiver(address: IpAddr) -> io::Result<Receiver> {
    let socket = UdpSocket::bind((address, 0))?;
    socket.set_nonblocking(true)?;
    let state = UdpSocketState::new((&socket).into())?;
    setsockopt(&socket, UdpGroSegment, &false)?;
    Ok(Receiver { socket, state })
}

fn drain(receiver: &Receiver, buffer: &mut [u8]) {
    let mut metas = [RecvMeta::default(); BATCH_SIZE];
    loop {
        let mut parts = buffer.chunks_exact_mut(MAX_DATAGRAM);
        let mut slices: [IoSliceMut<'_>; BATCH_SIZE] =
            std::array::from_fn(|_| IoSliceMut::new(parts.next().unwrap_or_default()));
        match receiver.state.recv((&receiver.socket).into(), &mut slices, &mut metas) {
            Ok(BATCH_SIZE) => {}
            _ => return,
        }
    }
}
