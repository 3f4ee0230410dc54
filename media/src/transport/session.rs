//! One client's transport: its ICE credentials, addresses, DTLS association and keys.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use giaoban_dtls::{Association, Established, Event, Server};
use giaoban_media_types::{CloseReason, DtlsVersion, KeyExchange, Security, SrtpProfile};

use super::ice::{BindingRequest, Credentials};
use super::srtp::{Opener, Sealer};
use super::{LocalParameters, RemoteParameters};

/// From the opening of a session to media. A browser that was given an answer checks and shakes
/// hands within a second; what takes this long has no path.
pub(super) const HANDSHAKE_LIMIT: Duration = Duration::from_secs(30);

/// Silence after which a session's egress stops.
pub(super) const PATH_LOST_AFTER: Duration = Duration::from_secs(5);

/// Silence after which a session is closed.
pub(super) const CLOSED_AFTER: Duration = Duration::from_secs(30);

/// Addresses of one client from which datagrams are taken. A browser checks from one for each of
/// its interfaces and relays; the one longest without a check makes room.
pub(super) const MAX_ADDRESSES: usize = 8;

/// DTLS datagrams of one session that wait their turn. A flight is three at most.
pub(super) const MAX_WAITING_DATAGRAMS: usize = 8;

/// How far a session is.
pub(super) enum Phase {
    /// No keys yet.
    Connecting {
        /// When it is given up.
        deadline: Instant,
    },
    /// Media flows.
    Connected {
        /// The ingress direction.
        opener: Opener,
        /// Whether the client has been silent for [`PATH_LOST_AFTER`].
        lost: bool,
    },
}

/// What became of a session in a step of its own.
pub(super) enum Outcome {
    /// Nothing to report.
    Nothing,
    /// The handshake is complete.
    Connected(Security),
    /// The client has been silent too long.
    PathLost,
    /// It is over.
    Closed(CloseReason),
}

/// Owns everything of one client's transport.
pub(super) struct Session {
    pub(super) current: Credentials,
    /// Those of before an ICE restart, good until the first check under the current ones.
    pub(super) previous: Option<Credentials>,
    remote: RemoteParameters,
    /// Addresses that passed a check, the latest last.
    addresses: VecDeque<SocketAddr>,
    nominated: Option<SocketAddr>,
    /// Where the client's DTLS came from: a browser may begin before it nominates.
    dtls_from: Option<SocketAddr>,
    pub(super) dtls: Server,
    /// DTLS datagrams in the transport's queue.
    pub(super) waiting: usize,
    pub(super) phase: Phase,
    last_heard: Instant,
    /// The egress direction, from the handshake's end until the transport takes it.
    sealer: Option<Sealer>,
    /// The entry in the transport's timers.
    pub(super) armed: Option<Instant>,
}

impl Session {
    pub(super) fn new(now: Instant, current: Credentials, remote: &RemoteParameters, dtls: Server) -> Self {
        Self {
            current,
            previous: None,
            remote: remote.clone(),
            addresses: VecDeque::new(),
            nominated: None,
            dtls_from: None,
            dtls,
            waiting: 0,
            phase: Phase::Connecting { deadline: now + HANDSHAKE_LIMIT },
            last_heard: now,
            sealer: None,
            armed: None,
        }
    }

    pub(super) const fn remote(&self) -> &RemoteParameters {
        &self.remote
    }

    pub(super) fn local(&self, fingerprint: [u8; 32], candidates: &[SocketAddr]) -> LocalParameters {
        LocalParameters {
            ufrag: self.current.ufrag.clone(),
            password: self.current.password.clone(),
            fingerprint,
            candidates: candidates.to_vec(),
        }
    }

    /// Begins an ICE restart (RFC 8445 §9). Yields the ufrag that is good no more, if any.
    pub(super) fn restart_ice(&mut self, fresh: Credentials, remote: &RemoteParameters) -> Option<String> {
        self.remote = remote.clone();
        let replaced = std::mem::replace(&mut self.current, fresh);
        if replaced.checked {
            self.previous.replace(replaced).map(|older| older.ufrag)
        } else {
            Some(replaced.ufrag)
        }
    }

    /// The generation that a request names, if it names one that is good.
    pub(super) fn credentials_for(&self, request: &BindingRequest) -> Option<&Credentials> {
        [Some(&self.current), self.previous.as_ref()].into_iter().flatten().find(|credentials| {
            credentials.ufrag == request.local_ufrag() && credentials.remote_ufrag == request.remote_ufrag()
        })
    }

    /// Takes an authentic check. Yields the ufrag and the address that are good no more.
    pub(super) fn checked(
        &mut self,
        request: &BindingRequest,
        from: SocketAddr,
    ) -> (Option<String>, Option<SocketAddr>) {
        let mut retired = None;
        if request.local_ufrag() == self.current.ufrag {
            self.current.checked = true;
            retired = self.previous.take().map(|previous| previous.ufrag);
        }
        if request.nominates {
            self.nominated = Some(from);
        }
        (retired, self.remember(from))
    }

    fn remember(&mut self, address: SocketAddr) -> Option<SocketAddr> {
        self.addresses.retain(|&known| known != address);
        self.addresses.push_back(address);
        if self.addresses.len() <= MAX_ADDRESSES {
            return None;
        }
        let path = self.path();
        let oldest = self.addresses.iter().position(|&known| Some(known) != path)?;
        self.addresses.remove(oldest)
    }

    pub(super) fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        self.addresses.iter().copied()
    }

    /// Where datagrams for the client go: the nominated address, before that where its DTLS came from.
    pub(super) fn path(&self) -> Option<SocketAddr> {
        self.nominated.or(self.dtls_from)
    }

    /// Where media for the client goes, if any may go.
    pub(super) fn destination(&self) -> Option<SocketAddr> {
        match self.phase {
            Phase::Connected { lost: false, .. } => self.path(),
            Phase::Connected { .. } | Phase::Connecting { .. } => None,
        }
    }

    /// The sealer of a handshake that has just been completed.
    pub(super) const fn take_sealer(&mut self) -> Option<Sealer> {
        self.sealer.take()
    }

    /// Records an authentic datagram. Whether a lost path is back.
    pub(super) fn heard(&mut self, now: Instant) -> bool {
        self.last_heard = now;
        match &mut self.phase {
            Phase::Connected { lost, .. } => std::mem::replace(lost, false),
            Phase::Connecting { .. } => false,
        }
    }

    /// One step of the association for one datagram.
    pub(super) fn handle_dtls(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) -> Outcome {
        self.dtls_from = Some(from);
        self.dtls.handle_datagram(now, datagram);
        self.take_dtls_event(now)
    }

    /// What is due of the association's timer and of our own.
    pub(super) fn handle_timeout(&mut self, now: Instant) -> Outcome {
        self.dtls.handle_timeout(now);
        match self.take_dtls_event(now) {
            Outcome::Nothing => self.handle_deadline(now),
            outcome => outcome,
        }
    }

    fn handle_deadline(&mut self, now: Instant) -> Outcome {
        let silence = now.saturating_duration_since(self.last_heard);
        match &mut self.phase {
            Phase::Connecting { deadline } if now >= *deadline => {
                Outcome::Closed(CloseReason::HandshakeFailed)
            }
            Phase::Connected { .. } if silence >= CLOSED_AFTER => Outcome::Closed(CloseReason::TimedOut),
            Phase::Connected { lost, .. } if !*lost && silence >= PATH_LOST_AFTER => {
                *lost = true;
                Outcome::PathLost
            }
            Phase::Connecting { .. } | Phase::Connected { .. } => Outcome::Nothing,
        }
    }

    /// When [`Session::handle_timeout`] is due next.
    pub(super) fn next_timeout(&self) -> Instant {
        let own = match self.phase {
            Phase::Connecting { deadline } => deadline,
            Phase::Connected { lost: false, .. } => self.last_heard + PATH_LOST_AFTER,
            Phase::Connected { lost: true, .. } => self.last_heard + CLOSED_AFTER,
        };
        self.dtls.next_timeout().map_or(own, |dtls| dtls.min(own))
    }

    fn take_dtls_event(&mut self, now: Instant) -> Outcome {
        match self.dtls.poll_event() {
            None => Outcome::Nothing,
            Some(Event::Established(established)) => self.connect(now, &established),
            Some(Event::Closed) => Outcome::Closed(CloseReason::ByPeer),
            Some(Event::Failed) if matches!(self.phase, Phase::Connecting { .. }) => {
                Outcome::Closed(CloseReason::HandshakeFailed)
            }
            Some(Event::Failed) => Outcome::Closed(CloseReason::ByPeer),
        }
    }

    fn connect(&mut self, now: Instant, established: &Established) -> Outcome {
        if established.peer != self.remote.fingerprint {
            self.dtls.close();
            return Outcome::Closed(CloseReason::WrongFingerprint);
        }
        let sealer = Sealer::new(established.profile, &established.local_key);
        let opener = Opener::new(established.profile, &established.remote_key);
        let (Ok(sealer), Ok(opener)) = (sealer, opener) else {
            self.dtls.close();
            return Outcome::Closed(CloseReason::HandshakeFailed);
        };
        self.sealer = Some(sealer);
        self.phase = Phase::Connected { opener, lost: false };
        self.last_heard = now;
        Outcome::Connected(security(established))
    }
}

fn security(established: &Established) -> Security {
    Security {
        dtls: match established.version {
            giaoban_dtls::Version::Dtls12 => DtlsVersion::Dtls12,
            giaoban_dtls::Version::Dtls13 => DtlsVersion::Dtls13,
        },
        key_exchange: match established.key_exchange {
            giaoban_dtls::KeyExchange::X25519MlKem768 => KeyExchange::X25519MlKem768,
            giaoban_dtls::KeyExchange::X25519 => KeyExchange::X25519,
            giaoban_dtls::KeyExchange::P256 => KeyExchange::P256,
        },
        srtp: match established.profile {
            giaoban_dtls::SrtpProfile::AeadAes256Gcm => SrtpProfile::AeadAes256Gcm,
            giaoban_dtls::SrtpProfile::AeadAes128Gcm => SrtpProfile::AeadAes128Gcm,
        },
    }
}
