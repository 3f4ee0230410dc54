//! One BoringSSL association, fed by datagrams and driven by the caller's time.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::time::Instant;

use boring::error::ErrorStack;
use boring::srtp::SrtpProfileId;
use boring::ssl::{ErrorCode, Ssl, SslContext, SslRef, SslStream, SslVersion};

use crate::identity::fingerprint;
use crate::{Error, Established, Event, KeyExchange, MasterKey, SrtpProfile, Version, timer};

/// Largest datagram sent in a handshake, in bytes: it fits every path that carries IPv6 and a
/// tunnel or two.
const MTU: u32 = 1200;

/// When a flight is first sent again, in milliseconds. BoringSSL's own 400 is the advice of RFC 9147 §5.8.2 for
/// real-time use; with a fifth of the datagrams lost each way the slowest twentieth of the handshakes then
/// takes 3.5 s, and 2.5 s with this. On a path of 600 ms two flights are sent for nothing.
const INITIAL_TIMEOUT_MS: u32 = 150;

/// Datagrams that wait for the caller. A flight is two or three; what exceeds the bound is lost
/// as on any network, and the timer sends it again.
const OUTGOING_CAPACITY: usize = 16;

/// Application data is refused; its records are read into this and forgotten.
const DISCARD_LENGTH: usize = 2048;

/// Label of the keys of SRTP (RFC 5764 §4.2).
const EXPORTER_LABEL: &str = "EXTRACTOR-dtls_srtp";

/// What BoringSSL takes for its socket: at most one datagram in, a few out.
#[derive(Default)]
struct Pipe {
    incoming: Option<Vec<u8>>,
    outgoing: VecDeque<Vec<u8>>,
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let datagram = self.incoming.take().ok_or(io::ErrorKind::WouldBlock)?;
        // A datagram longer than the buffer loses its end, as with recv(2).
        datagram.as_slice().read(buffer)
    }
}

impl Write for Pipe {
    fn write(&mut self, datagram: &[u8]) -> io::Result<usize> {
        if self.outgoing.len() < OUTGOING_CAPACITY {
            self.outgoing.push_back(datagram.to_vec());
        }
        Ok(datagram.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Which end of the association this is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    #[cfg(any(test, feature = "client"))]
    Client,
    Server,
}

/// How far an association is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Handshake,
    Established,
    Ended,
}

/// Owns the library's state of one association. Every call sets the library's clock first.
pub(crate) struct Engine {
    stream: SslStream<Pipe>,
    role: Role,
    phase: Phase,
    /// Zero of the clock that the library is told.
    origin: Instant,
    deadline: Option<Instant>,
    event: Option<Event>,
    /// Datagrams written so far: none yet means that no byte of the peer was believed.
    written: bool,
}

impl Engine {
    pub(crate) fn new(context: &SslContext, role: Role, now: Instant) -> Result<Self, Error> {
        let mut ssl = Ssl::new(context)?;
        ssl.set_mtu(MTU)?;
        timer::set_initial_timeout(&mut ssl, INITIAL_TIMEOUT_MS);
        let stream = SslStream::new(ssl, Pipe::default())?;
        Ok(Self {
            stream,
            role,
            phase: Phase::Handshake,
            origin: now,
            deadline: None,
            event: None,
            written: false,
        })
    }

    /// Whether the handshake failed before anything was answered.
    pub(crate) const fn failed_unanswered(&self) -> bool {
        !self.written && matches!(self.event, Some(Event::Failed))
    }

    pub(crate) fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) {
        // To the library a read of nothing is the end of the stream.
        if self.phase == Phase::Ended || datagram.is_empty() {
            return;
        }
        self.stream.get_mut().incoming = Some(datagram.to_vec());
        self.advance(now);
        self.stream.get_mut().incoming = None;
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        if self.phase == Phase::Ended || self.deadline.is_none_or(|deadline| now < deadline) {
            return;
        }
        self.tell_time(now);
        timer::expire(self.stream.ssl_mut());
        self.advance(now);
    }

    pub(crate) const fn next_timeout(&self) -> Option<Instant> {
        self.deadline
    }

    /// The closing alert is sent once and starts no timer.
    pub(crate) fn close(&mut self) {
        if self.phase == Phase::Established {
            // The alert is either in the pipe now, or there is nobody left to tell.
            let _ = self.stream.shutdown();
        }
        self.end(None);
    }

    pub(crate) fn poll_datagram(&mut self) -> Option<Vec<u8>> {
        self.stream.get_mut().outgoing.pop_front()
    }

    pub(crate) fn poll_event(&mut self) -> Option<Event> {
        self.event.take()
    }

    /// Runs the library until it wants more from the peer.
    pub(crate) fn advance(&mut self, now: Instant) {
        self.tell_time(now);
        if self.phase == Phase::Handshake {
            self.handshake();
        }
        if self.phase == Phase::Established {
            self.discard_application_data();
        }
        if self.phase != Phase::Ended {
            self.written |= !self.stream.get_ref().outgoing.is_empty();
            self.deadline = timer::remaining(self.stream.ssl()).and_then(|left| now.checked_add(left));
        }
    }

    fn tell_time(&self, now: Instant) {
        timer::set_now(now.saturating_duration_since(self.origin));
    }

    fn handshake(&mut self) {
        let step = match self.role {
            Role::Server => self.stream.accept(),
            #[cfg(any(test, feature = "client"))]
            Role::Client => self.stream.connect(),
        };
        match step {
            Ok(()) => match established(self.stream.ssl(), self.role) {
                Some(established) => {
                    self.phase = Phase::Established;
                    self.event = Some(Event::Established(Box::new(established)));
                }
                None => self.end(Some(Event::Failed)),
            },
            Err(error) if error.would_block() => {}
            Err(_) => self.end(Some(Event::Failed)),
        }
    }

    /// Lets the library see to alerts, acknowledgements and repeated flights, which come as records
    /// between application data. One datagram holds a bounded number of records.
    fn discard_application_data(&mut self) {
        let mut discarded = [0; DISCARD_LENGTH];
        loop {
            match self.stream.ssl_read(&mut discarded) {
                Ok(_) => {}
                Err(error) if error.would_block() => return,
                Err(error) if error.code() == ErrorCode::ZERO_RETURN => {
                    return self.end(Some(Event::Closed));
                }
                Err(_) => return self.end(Some(Event::Failed)),
            }
        }
    }

    fn end(&mut self, event: Option<Event>) {
        self.phase = Phase::Ended;
        self.deadline = None;
        if event.is_some() {
            self.event = event;
        }
    }
}

/// What the handshake agreed on; `None` if that is not what this package may accept.
fn established(ssl: &SslRef, role: Role) -> Option<Established> {
    let version = match ssl.version2()? {
        SslVersion::DTLS1_3 => Version::Dtls13,
        SslVersion::DTLS1_2 => Version::Dtls12,
        _ => return None,
    };
    let key_exchange = match ssl.curve()? {
        0x11EC => KeyExchange::X25519MlKem768,
        29 => KeyExchange::X25519,
        23 => KeyExchange::P256,
        _ => return None,
    };
    let profile = match ssl.selected_srtp_profile()?.id() {
        SrtpProfileId::SRTP_AEAD_AES_256_GCM => SrtpProfile::AeadAes256Gcm,
        SrtpProfileId::SRTP_AEAD_AES_128_GCM => SrtpProfile::AeadAes128Gcm,
        _ => return None,
    };
    let certificate = ssl.peer_certificate()?;
    let peer = fingerprint(&certificate).ok()?;
    let (client, server) = export_keys(ssl, profile).ok()?;
    let (local_key, remote_key) = match role {
        Role::Server => (server, client),
        #[cfg(any(test, feature = "client"))]
        Role::Client => (client, server),
    };
    Some(Established { version, key_exchange, profile, peer, local_key, remote_key })
}

/// The master keys of client and server, in the exporter's order (RFC 5764 §4.2).
fn export_keys(ssl: &SslRef, profile: SrtpProfile) -> Result<(MasterKey, MasterKey), ErrorStack> {
    let key_length = profile.key_length();
    let mut material = vec![0; 2 * (key_length + SrtpProfile::SALT_LENGTH)];
    ssl.export_keying_material(&mut material, EXPORTER_LABEL, None)?;

    let (keys, salts) = material.split_at(2 * key_length);
    let (client_key, server_key) = keys.split_at(key_length);
    let (client_salt, server_salt) = salts.split_at(SrtpProfile::SALT_LENGTH);
    Ok((master_key(client_key, client_salt), master_key(server_key, server_salt)))
}

fn master_key(key: &[u8], salt: &[u8]) -> MasterKey {
    let mut fixed = [0; SrtpProfile::SALT_LENGTH];
    for (to, from) in fixed.iter_mut().zip(salt) {
        *to = *from;
    }
    MasterKey { key: key.to_vec(), salt: fixed }
}
