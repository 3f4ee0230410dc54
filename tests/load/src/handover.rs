//! From the handshake, which a whole stack does, to media without the stack: hundreds of receivers on one core.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use str0m::net::{Protocol, Receive};
use str0m::{Event, Input, Output};
use tokio::time::{sleep_until, timeout};

use crate::arrivals::Arrival;
use crate::keys::Keys;
use crate::peer::{Peer, PeerError};

/// ICE and DTLS together; a crowd that joins at once waits for one another.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(60);
/// The stack goes on for so long, in case the server has not heard the end of the handshake.
const LINGER: Duration = Duration::from_millis(300);
const BINDING_REQUEST: [u8; 2] = [0, 1];

/// A path that carries media, with what is needed to use it. No `Debug`: it has keys.
pub struct Path {
    /// The member's socket.
    pub socket: UdpSocket,
    /// The server's address.
    pub server: SocketAddr,
    /// Keys of both directions.
    pub keys: Keys,
    /// A connectivity check that the server answers; to repeat it keeps the path alive (RFC 7675).
    pub check: Vec<u8>,
}

impl Peer {
    /// Runs the stack until the handshake is through, then gives its path away.
    ///
    /// # Errors
    /// If there is no connection.
    pub async fn hand_over(self) -> Result<Path, PeerError> {
        timeout(HANDSHAKE_TIMEOUT, Handshake { peer: self, server: None, keys: None, check: None }.run())
            .await
            .map_err(|_| PeerError::NotConnected)?
    }
}

struct Handshake {
    peer: Peer,
    server: Option<SocketAddr>,
    keys: Option<Keys>,
    check: Option<Vec<u8>>,
}

impl Handshake {
    async fn run(mut self) -> Result<Path, PeerError> {
        let mut end = None;
        loop {
            let (due, connected) = self.drain()?;
            if connected {
                end.get_or_insert(Instant::now() + LINGER);
            }
            if end.is_some_and(|end| end <= Instant::now()) {
                break;
            }
            let due = end.map_or(due, |end: Instant| end.min(due));
            tokio::select! {
                readable = self.peer.socket.readable() => { readable?; self.receive()?; }
                () = sleep_until(due.into()) => self.peer.rtc.handle_input(Input::Timeout(Instant::now()))?,
            }
        }
        let Self { peer, server, keys, check } = self;
        match (server, keys, check) {
            (Some(server), Some(keys), Some(check)) => {
                Ok(Path { socket: peer.socket.into_socket()?, server, keys, check })
            }
            _ => Err(PeerError::NotConnected),
        }
    }

    fn drain(&mut self) -> Result<(Instant, bool), PeerError> {
        let mut connected = false;
        loop {
            let output = self.peer.rtc.poll_output()?;
            if let Some(keys) = Keys::take() {
                self.keys = Some(keys);
            }
            match output {
                Output::Timeout(due) => return Ok((due, connected)),
                Output::Transmit(transmit) => {
                    if transmit.contents.starts_with(&BINDING_REQUEST) {
                        self.check = Some(transmit.contents.to_vec());
                    }
                    self.server = Some(transmit.destination);
                    self.peer.socket.send(&transmit.contents, transmit.destination);
                }
                Output::Event(Event::Connected) => connected = true,
                Output::Event(_) => {}
            }
        }
    }

    fn receive(&mut self) -> Result<(), PeerError> {
        // Nothing to read, or an ICMP error of an earlier datagram.
        let Ok(arrivals) = self.peer.socket.receive() else { return Ok(()) };
        for Arrival { at, from: source, contents } in arrivals {
            let Ok(contents) = contents.as_slice().try_into() else { continue };
            let destination = self.peer.address;
            let receive = Receive { proto: Protocol::Udp, source, destination, contents };
            self.peer.rtc.handle_input(Input::Receive(at, receive))?;
        }
        Ok(())
    }
}
