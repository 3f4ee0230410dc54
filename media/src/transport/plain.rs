//! Datagrams as they are: no ICE, no DTLS, no SRTP. For the simulator and the tests; production has no way to it.
//!
//! A client says who it is with one datagram that holds a zero byte and then the ufrag of the answer;
//! it may do so again from another address. RTP and RTCP follow in the clear.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use giaoban_media_types::{CloseReason, DtlsVersion, KeyExchange, Security, SrtpProfile};

use super::{
    Inbound, LocalParameters, OpenError, PacketIndex, RemoteParameters, SealError, SessionId, Transport,
    TransportEvent,
};
use crate::rtp::{self, SequenceNumber, Ssrc};
use crate::sequence::{expand, truncate};
use crate::verdict::DropReason;

/// The first byte of the datagram by which a client binds its address; STUN begins with 0 or 1 too (RFC 7983 §7).
pub const BINDING: u8 = 0;
/// As in production (design of the transport): no packet for so long stops egress.
const PATH_TIMEOUT: Duration = Duration::from_secs(5);
/// No packet for so long closes the session.
const SESSION_TIMEOUT: Duration = Duration::from_secs(30);
/// What a plain session claims to have negotiated.
const SECURITY: Security = Security {
    dtls: DtlsVersion::Dtls13,
    key_exchange: KeyExchange::X25519MlKem768,
    srtp: SrtpProfile::AeadAes256Gcm,
};

struct Session {
    ufrag: String,
    address: Option<SocketAddr>,
    last_datagram: Instant,
    lost: bool,
    /// The newest index received on each SSRC.
    received: BTreeMap<Ssrc, PacketIndex>,
}

/// A transport that carries packets in the clear, and watches that no index is sealed twice.
#[derive(Default)]
pub struct PlainTransport {
    candidate: Option<SocketAddr>,
    sessions: BTreeMap<SessionId, Session>,
    addresses: BTreeMap<SocketAddr, SessionId>,
    events: VecDeque<TransportEvent>,
    opened: u64,
    /// The newest index sealed, for ever, even when its session is gone.
    sealed: BTreeMap<(SessionId, Ssrc), PacketIndex>,
    reuses: Vec<(SessionId, Ssrc, PacketIndex)>,
}

impl PlainTransport {
    /// A transport that names one candidate in its answers.
    #[must_use]
    pub fn new(candidate: SocketAddr) -> Self {
        Self { candidate: Some(candidate), ..Self::default() }
    }

    /// Every (session, SSRC, index) that was to be sealed although the SSRC had come as far or farther: must be empty.
    #[must_use]
    pub fn reuses(&self) -> &[(SessionId, Ssrc, PacketIndex)] {
        &self.reuses
    }

    /// The newest index sealed for each SSRC of each session.
    pub fn sealed(&self) -> impl Iterator<Item = (SessionId, Ssrc, PacketIndex)> {
        self.sealed.iter().map(|(&(session, ssrc), &index)| (session, ssrc, index))
    }

    fn bind(&mut self, now: Instant, from: SocketAddr, ufrag: &[u8]) -> Option<()> {
        let (&id, session) =
            self.sessions.iter_mut().find(|(_, session)| session.ufrag.as_bytes() == ufrag)?;
        session.last_datagram = now;
        let before = session.address.replace(from);
        if before.is_none() {
            self.events.push_back(TransportEvent::Connected(id, SECURITY));
        } else if std::mem::take(&mut session.lost) {
            self.events.push_back(TransportEvent::PathRestored(id));
        }
        if let Some(before) = before {
            self.addresses.remove(&before);
        }
        self.addresses.insert(from, id);
        Some(())
    }

    fn media<'a>(
        &mut self,
        now: Instant,
        from: SocketAddr,
        datagram: &'a [u8],
    ) -> Result<Inbound<'a>, DropReason> {
        let &id = self.addresses.get(&from).ok_or(DropReason::UnknownAddress)?;
        let session = self.sessions.get_mut(&id).ok_or(DropReason::UnknownAddress)?;
        session.last_datagram = now;
        if std::mem::take(&mut session.lost) {
            self.events.push_back(TransportEvent::PathRestored(id));
        }
        // RTCP packet types lie where RTP has its marker and a payload type from 64 to 95 (RFC 5761 §4).
        if datagram.get(1).is_some_and(|kind| (192..=223).contains(kind)) {
            return Ok(Inbound::Rtcp { session: id, compound: datagram });
        }
        let packet = rtp::Packet::parse(datagram).map_err(|_| DropReason::Malformed)?;
        let newest = session
            .received
            .entry(packet.header.ssrc)
            .or_insert(PacketIndex(u64::from(packet.header.sequence.0)));
        let index = expand(packet.header.sequence, *newest);
        *newest = index.max(*newest);
        Ok(Inbound::Rtp { session: id, packet, index })
    }
}

impl Transport for PlainTransport {
    fn open(
        &mut self,
        now: Instant,
        session: SessionId,
        _remote: &RemoteParameters,
    ) -> Result<LocalParameters, OpenError> {
        self.opened += 1;
        let ufrag = format!("plain{}", self.opened);
        let state = Session {
            ufrag: ufrag.clone(),
            address: None,
            last_datagram: now,
            lost: false,
            received: BTreeMap::new(),
        };
        self.sessions.insert(session, state);
        Ok(self.parameters(ufrag))
    }

    fn renegotiate(
        &mut self,
        _now: Instant,
        session: SessionId,
        _remote: &RemoteParameters,
    ) -> Option<LocalParameters> {
        let ufrag = self.sessions.get(&session)?.ufrag.clone();
        Some(self.parameters(ufrag))
    }

    fn close(&mut self, session: SessionId) {
        if let Some(address) = self.sessions.remove(&session).and_then(|state| state.address) {
            self.addresses.remove(&address);
        }
    }

    fn handle_datagram<'a>(&mut self, now: Instant, from: SocketAddr, datagram: &'a mut [u8]) -> Inbound<'a> {
        let inbound = match datagram.split_first() {
            Some((&BINDING, ufrag)) => {
                self.bind(now, from, ufrag).map(|()| Inbound::Control).ok_or(DropReason::StunRefused)
            }
            Some((128..=191, _)) => self.media(now, from, datagram),
            _ => Err(DropReason::UnknownProtocol),
        };
        inbound.unwrap_or_else(Inbound::Dropped)
    }

    fn handle_timeout(&mut self, now: Instant) {
        let mut closed = Vec::new();
        for (&id, session) in &mut self.sessions {
            let silence = now.saturating_duration_since(session.last_datagram);
            if silence >= SESSION_TIMEOUT {
                closed.push(id);
            } else if silence >= PATH_TIMEOUT && session.address.is_some() && !session.lost {
                session.lost = true;
                self.events.push_back(TransportEvent::PathLost(id));
            }
        }
        for id in closed {
            self.close(id);
            self.events.push_back(TransportEvent::Closed(id, CloseReason::TimedOut));
        }
    }

    fn next_timeout(&self) -> Option<Instant> {
        let due = |session: &Session| {
            let waiting = session.address.is_some() && !session.lost;
            session.last_datagram + if waiting { PATH_TIMEOUT } else { SESSION_TIMEOUT }
        };
        self.sessions.values().map(due).min()
    }

    fn destination(&mut self, session: SessionId) -> Option<SocketAddr> {
        self.sessions.get(&session).filter(|session| !session.lost)?.address
    }

    fn seal_rtp(
        &mut self,
        session: SessionId,
        index: PacketIndex,
        buffer: &mut Vec<u8>,
        start: usize,
        _header_length: usize,
    ) -> Result<(), SealError> {
        if self.destination(session).is_none() {
            buffer.truncate(start);
            return Err(SealError::NoPath);
        }
        let header = buffer
            .get(start..)
            .and_then(|packet| rtp::Packet::parse(packet).ok())
            .map(|packet| packet.header);
        let (ssrc, sequence) =
            header.map_or((Ssrc(0), SequenceNumber(0)), |header| (header.ssrc, header.sequence));
        let before = self.sealed.get(&(session, ssrc)).copied();
        if before.is_some_and(|before| before >= index) || truncate(index) != sequence {
            self.reuses.push((session, ssrc, index));
            buffer.truncate(start);
            return Err(SealError::IndexReused);
        }
        self.sealed.insert((session, ssrc), index);
        Ok(())
    }

    fn seal_rtcp(&mut self, session: SessionId, buffer: &mut Vec<u8>, start: usize) -> Result<(), SealError> {
        if self.destination(session).is_none() {
            buffer.truncate(start);
            return Err(SealError::NoPath);
        }
        Ok(())
    }

    fn rtp_overhead(&self, _session: SessionId) -> usize {
        0
    }

    fn poll_datagram(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
        None
    }

    fn poll_event(&mut self) -> Option<TransportEvent> {
        self.events.pop_front()
    }
}

impl PlainTransport {
    fn parameters(&self, ufrag: String) -> LocalParameters {
        LocalParameters {
            ufrag,
            password: "plain-transport-has-no-password".into(),
            fingerprint: [0; 32],
            candidates: self.candidate.into_iter().collect(),
        }
    }
}
