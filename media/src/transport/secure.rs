//! The transport of production: ICE-lite, DTLS and SRTP behind one UDP port.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::time::Instant;

pub use giaoban_dtls::Identity;
use giaoban_dtls::{Acceptor, Association, Options, is_well_formed};

use super::ice::{BindingRequest, Credentials, Stun};
use super::session::{MAX_WAITING_DATAGRAMS, Outcome, Phase, Session};
use super::srtp::{Sealer, TAG_LENGTH};
use super::{
    Inbound, LocalParameters, OpenError, PacketIndex, RemoteParameters, SealError, SessionId, Transport,
    TransportEvent,
};
use crate::rtp;
use crate::verdict::DropReason;

/// DTLS datagrams of all sessions that wait for their step of a handshake: a thousand clients that
/// return at once send two each. When it is full the datagram is dropped, and the client sends it again.
const HANDSHAKE_QUEUE_CAPACITY: usize = 2048;

/// Control datagrams that wait for the socket. The caller drains them after every call; what
/// exceeds the bound is lost as on any network.
const OUTGOING_CAPACITY: usize = 4096;

/// Timers run in one call of [`Transport::handle_timeout`]; the rest is due at once.
const TIMER_BUDGET: usize = 64;

/// What a [`SecureTransport`] is made from.
pub struct SecureConfig {
    /// The shard's number, which begins every ufrag.
    pub shard: u16,
    /// Where clients may reach the shard, best first.
    pub candidates: Vec<SocketAddr>,
    /// The gateway's certificate, the same on all shards.
    pub identity: Identity,
    /// Sessions the shard may have at a time.
    pub session_limit: usize,
    /// Whether DTLS 1.2 is spoken to those who know no better. Shown where it is used.
    pub allow_dtls12: bool,
}

/// A DTLS datagram whose step of a handshake has not been done.
struct Waiting {
    session: SessionId,
    from: SocketAddr,
    arrived: Instant,
    datagram: Vec<u8>,
}

/// A session, and in front what each packet to it needs, side by side with that of the next one: hundreds of
/// receivers are gone through for every packet, and little of them is still in the core's cache.
struct Entry {
    id: SessionId,
    /// Where its media goes, if any may go: as [`Session::destination`], kept in step by [`SecureTransport::change`].
    destination: Option<SocketAddr>,
    /// The egress direction, once the handshake is complete.
    sealer: Option<Sealer>,
    session: Box<Session>,
}

/// ICE-lite, DTLS and SRTP for all sessions of one shard.
///
/// A datagram finds its session by the ufrag in its STUN check, or by its address once that has
/// passed a check with integrity; from other addresses nothing but STUN is read. The arithmetic of
/// handshakes waits in a queue of which [`Transport::handle_timeout`] takes one datagram a call, so
/// that a crowd that joins does not hold up media.
pub struct SecureTransport {
    config: SecureConfig,
    acceptor: Acceptor,
    stun: Stun,
    /// In ascending order of id, in which the shard opens them.
    sessions: Vec<Entry>,
    /// Where the last session was found: the packets of one receiver are sealed one after the other, and receivers
    /// are served in the order of their joining.
    recent: usize,
    by_ufrag: BTreeMap<String, SessionId>,
    by_address: BTreeMap<SocketAddr, SessionId>,
    /// At most one entry a session, never later than its next timeout.
    timers: BTreeSet<(Instant, SessionId)>,
    waiting: VecDeque<Waiting>,
    outgoing: VecDeque<(SocketAddr, Vec<u8>)>,
    events: VecDeque<TransportEvent>,
}

impl SecureTransport {
    /// A transport without sessions.
    ///
    /// # Errors
    /// [`OpenError::Crypto`] if the DTLS library cannot be readied.
    pub fn new(config: SecureConfig) -> Result<Self, OpenError> {
        let options = Options { allow_dtls12: config.allow_dtls12 };
        let acceptor = Acceptor::new(&config.identity, options).map_err(|_| OpenError::Crypto)?;
        Ok(Self {
            config,
            acceptor,
            stun: Stun::new(),
            sessions: Vec::new(),
            recent: 0,
            by_ufrag: BTreeMap::new(),
            by_address: BTreeMap::new(),
            timers: BTreeSet::new(),
            waiting: VecDeque::new(),
            outgoing: VecDeque::new(),
            events: VecDeque::new(),
        })
    }

    fn session(&self, id: SessionId) -> Option<&Session> {
        let at = self.sessions.binary_search_by_key(&id, |entry| entry.id).ok()?;
        self.sessions.get(at).map(|entry| &*entry.session)
    }

    fn entry(&mut self, id: SessionId) -> Option<&mut Entry> {
        let is_at = |at: &usize| self.sessions.get(*at).is_some_and(|entry| entry.id == id);
        let at = [self.recent, self.recent + 1].into_iter().find(is_at);
        let at = at.or_else(|| self.sessions.binary_search_by_key(&id, |entry| entry.id).ok())?;
        self.recent = at;
        self.sessions.get_mut(at)
    }

    fn session_mut(&mut self, id: SessionId) -> Option<&mut Session> {
        Some(&mut *self.entry(id)?.session)
    }

    /// Does what may change where a session's media goes.
    fn change<R>(&mut self, id: SessionId, change: impl FnOnce(&mut Session) -> R) -> Option<R> {
        let entry = self.entry(id)?;
        let result = change(&mut entry.session);
        entry.destination = entry.session.destination();
        if let Some(sealer) = entry.session.take_sealer() {
            entry.sealer = Some(sealer);
        }
        Some(result)
    }

    fn remove(&mut self, id: SessionId) -> Option<Box<Session>> {
        let at = self.sessions.binary_search_by_key(&id, |entry| entry.id).ok()?;
        let session = self.sessions.remove(at).session;
        self.by_ufrag.remove(&session.current.ufrag);
        if let Some(previous) = &session.previous {
            self.by_ufrag.remove(&previous.ufrag);
        }
        for address in session.addresses() {
            // The address may have passed to another session since.
            if self.by_address.get(&address) == Some(&id) {
                self.by_address.remove(&address);
            }
        }
        if let Some(armed) = session.armed {
            self.timers.remove(&(armed, id));
        }
        Some(session)
    }

    /// Puts the session's timer where it belongs.
    fn arm(&mut self, id: SessionId) {
        let Some(session) = self.session_mut(id) else { return };
        let due = session.next_timeout();
        let armed = session.armed.replace(due);
        if armed != Some(due) {
            if let Some(armed) = armed {
                self.timers.remove(&(armed, id));
            }
            self.timers.insert((due, id));
        }
    }

    fn send(&mut self, to: SocketAddr, datagram: Vec<u8>) {
        if self.outgoing.len() < OUTGOING_CAPACITY {
            self.outgoing.push_back((to, datagram));
        }
    }

    /// Sends what the session's association has to say, to where its last datagram came from or
    /// else along its path.
    fn flush_dtls(&mut self, id: SessionId, to: Option<SocketAddr>) {
        let mut datagrams = Vec::new();
        let Some(session) = self.session_mut(id) else { return };
        while let Some(datagram) = session.dtls.poll_datagram() {
            datagrams.push(datagram);
        }
        if let Some(to) = to.or_else(|| session.path()) {
            datagrams.into_iter().for_each(|datagram| self.send(to, datagram));
        }
    }

    /// Reports what became of a session, forgets it if it is over, and arms its timer otherwise.
    fn settle(&mut self, id: SessionId, outcome: Outcome) {
        match outcome {
            Outcome::Nothing => {}
            Outcome::Connected(security) => self.events.push_back(TransportEvent::Connected(id, security)),
            Outcome::PathLost => self.events.push_back(TransportEvent::PathLost(id)),
            Outcome::Closed(reason) => {
                self.remove(id);
                self.events.push_back(TransportEvent::Closed(id, reason));
                return;
            }
        }
        self.arm(id);
    }

    fn path_restored(&mut self, id: SessionId) {
        self.events.push_back(TransportEvent::PathRestored(id));
        self.arm(id);
    }

    fn handle_stun(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) -> Option<()> {
        let mut request = BindingRequest::parse(datagram)?;
        let id = *self.by_ufrag.get(request.local_ufrag())?;
        let password = self.session(id)?.credentials_for(&request)?.password.clone();
        if !self.stun.is_authentic(&mut request, &password) || self.is_path_of_another(id, from) {
            return None;
        }
        if self.change(id, |session| session.heard(now))? {
            self.path_restored(id);
        }
        if request.controlled {
            let conflict = self.stun.role_conflict(&request, &password)?;
            self.send(from, conflict);
            return Some(());
        }
        let (ufrag, address) = self.change(id, |session| session.checked(&request, from))?;
        if let Some(ufrag) = ufrag {
            self.by_ufrag.remove(&ufrag);
        }
        if let Some(address) = address
            && self.by_address.get(&address) == Some(&id)
        {
            self.by_address.remove(&address);
        }
        self.by_address.insert(from, id);
        let success = self.stun.success(&request, from, &password)?;
        self.send(from, success);
        Some(())
    }

    /// Whether another live session has its path there. A member who writes a foreign source into his
    /// own checks must not cut off whoever is there; an address that fell silent may pass on.
    fn is_path_of_another(&self, id: SessionId, address: SocketAddr) -> bool {
        self.by_address
            .get(&address)
            .filter(|&&holder| holder != id)
            .and_then(|&holder| self.session(holder))
            .is_some_and(|holder| holder.destination() == Some(address))
    }

    fn queue_dtls(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) -> Result<(), DropReason> {
        let id = *self.by_address.get(&from).ok_or(DropReason::UnknownAddress)?;
        if !is_well_formed(datagram) {
            return Err(DropReason::Malformed);
        }
        if self.waiting.len() >= HANDSHAKE_QUEUE_CAPACITY {
            return Err(DropReason::Overload);
        }
        let session = self.session_mut(id).ok_or(DropReason::UnknownAddress)?;
        if session.waiting >= MAX_WAITING_DATAGRAMS {
            return Err(DropReason::Overload);
        }
        session.waiting += 1;
        self.waiting.push_back(Waiting { session: id, from, arrived: now, datagram: datagram.to_vec() });
        Ok(())
    }

    /// Does one step of the handshake that has waited longest.
    fn step_handshake(&mut self, now: Instant) {
        while let Some(Waiting { session: id, from, datagram, .. }) = self.waiting.pop_front() {
            // Of a session that was closed since there is nothing to do.
            let step = self.change(id, |session| {
                session.waiting -= 1;
                session.handle_dtls(now, from, &datagram)
            });
            let Some(outcome) = step else { continue };
            self.flush_dtls(id, Some(from));
            self.settle(id, outcome);
            return;
        }
    }

    fn run_timers(&mut self, now: Instant) {
        for _ in 0..TIMER_BUDGET {
            let Some(&(due, id)) = self.timers.first() else { return };
            if due > now {
                return;
            }
            self.timers.pop_first();
            let due = self.change(id, |session| {
                session.armed = None;
                session.handle_timeout(now)
            });
            let Some(outcome) = due else { continue };
            self.flush_dtls(id, None);
            self.settle(id, outcome);
        }
    }

    fn open_media<'a>(
        &mut self,
        now: Instant,
        from: SocketAddr,
        datagram: &'a mut [u8],
    ) -> Result<Inbound<'a>, DropReason> {
        let id = *self.by_address.get(&from).ok_or(DropReason::UnknownAddress)?;
        let session = self.session_mut(id).ok_or(DropReason::UnknownAddress)?;
        let Phase::Connected { opener, .. } = &mut session.phase else {
            return Err(DropReason::NotConnected);
        };
        let (length, index) = if is_rtcp(datagram) {
            (opener.open_rtcp(datagram)?, None)
        } else {
            let (length, index) = opener.open_rtp(datagram)?;
            (length, Some(index))
        };
        if session.heard(now) {
            self.change(id, |_| ());
            self.path_restored(id);
        }
        let plain = datagram.get(..length).ok_or(DropReason::Malformed)?;
        let Some(index) = index else {
            return Ok(Inbound::Rtcp { session: id, compound: plain });
        };
        let packet = rtp::Packet::parse(plain).map_err(|_| DropReason::Malformed)?;
        Ok(Inbound::Rtp { session: id, packet, index })
    }

    fn sealer(&mut self, id: SessionId) -> Option<&mut Sealer> {
        let entry = self.entry(id)?;
        entry.destination?;
        entry.sealer.as_mut()
    }
}

/// RTP and RTCP on one port (RFC 5761 §4): packet types 192 to 223 are RTCP.
fn is_rtcp(datagram: &[u8]) -> bool {
    matches!(datagram.get(1), Some(192..=223))
}

impl Transport for SecureTransport {
    fn open(
        &mut self,
        now: Instant,
        session: SessionId,
        remote: &RemoteParameters,
    ) -> Result<LocalParameters, OpenError> {
        if self.sessions.len() >= self.config.session_limit {
            return Err(OpenError::Full);
        }
        let credentials = Credentials::generate(self.config.shard, &remote.ufrag)?;
        let dtls = self.acceptor.accept(now).map_err(|_| OpenError::Crypto)?;
        self.close(session);
        self.by_ufrag.insert(credentials.ufrag.clone(), session);
        let fresh = Box::new(Session::new(now, credentials, remote, dtls));
        let local = fresh.local(self.config.identity.fingerprint(), &self.config.candidates);
        let at = self.sessions.partition_point(|entry| entry.id < session);
        self.sessions.insert(at, Entry { id: session, destination: None, sealer: None, session: fresh });
        self.arm(session);
        Ok(local)
    }

    fn renegotiate(
        &mut self,
        _now: Instant,
        session: SessionId,
        remote: &RemoteParameters,
    ) -> Option<LocalParameters> {
        let shard = self.config.shard;
        let (fingerprint, candidates) = (self.config.identity.fingerprint(), self.config.candidates.clone());
        let known = self.session_mut(session)?;
        if known.remote().fingerprint != remote.fingerprint {
            return None;
        }
        let mut ufrags = None;
        if known.remote() != remote {
            let fresh = Credentials::generate(shard, &remote.ufrag).ok()?;
            let ufrag = fresh.ufrag.clone();
            ufrags = Some((ufrag, known.restart_ice(fresh, remote)));
        }
        let local = known.local(fingerprint, &candidates);
        if let Some((fresh, retired)) = ufrags {
            self.by_ufrag.insert(fresh, session);
            if let Some(retired) = retired {
                self.by_ufrag.remove(&retired);
            }
        }
        Some(local)
    }

    fn close(&mut self, session: SessionId) {
        let Some(mut closed) = self.remove(session) else { return };
        let path = closed.path();
        closed.dtls.close();
        while let Some(datagram) = closed.dtls.poll_datagram() {
            if let Some(to) = path {
                self.send(to, datagram);
            }
        }
    }

    fn handle_datagram<'a>(&mut self, now: Instant, from: SocketAddr, datagram: &'a mut [u8]) -> Inbound<'a> {
        match datagram.first() {
            Some(0..=3) => match self.handle_stun(now, from, datagram) {
                Some(()) => Inbound::Control,
                None => Inbound::Dropped(DropReason::StunRefused),
            },
            Some(20..=63) => match self.queue_dtls(now, from, datagram) {
                Ok(()) => Inbound::Control,
                Err(reason) => Inbound::Dropped(reason),
            },
            Some(128..=191) => self.open_media(now, from, datagram).unwrap_or_else(Inbound::Dropped),
            _ => Inbound::Dropped(DropReason::UnknownProtocol),
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.step_handshake(now);
        self.run_timers(now);
    }

    fn next_timeout(&self) -> Option<Instant> {
        let step = self.waiting.front().map(|waiting| waiting.arrived);
        let timer = self.timers.first().map(|&(due, _)| due);
        [step, timer].into_iter().flatten().min()
    }

    fn destination(&mut self, session: SessionId) -> Option<SocketAddr> {
        let entry = self.entry(session)?;
        debug_assert_eq!(entry.destination, entry.session.destination());
        entry.destination
    }

    fn seal_rtp(
        &mut self,
        session: SessionId,
        index: PacketIndex,
        buffer: &mut Vec<u8>,
        start: usize,
        header_length: usize,
    ) -> Result<(), SealError> {
        match self.sealer(session) {
            Some(sealer) => sealer.seal_rtp(index, buffer, start, header_length),
            None => no_path(buffer, start),
        }
    }

    fn seal_rtcp(&mut self, session: SessionId, buffer: &mut Vec<u8>, start: usize) -> Result<(), SealError> {
        match self.sealer(session) {
            Some(sealer) => sealer.seal_rtcp(buffer, start),
            None => no_path(buffer, start),
        }
    }

    fn rtp_overhead(&self, _session: SessionId) -> usize {
        TAG_LENGTH
    }

    fn poll_datagram(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
        self.outgoing.pop_front()
    }

    fn poll_event(&mut self) -> Option<TransportEvent> {
        self.events.pop_front()
    }
}

fn no_path(buffer: &mut Vec<u8>, start: usize) -> Result<(), SealError> {
    buffer.truncate(start);
    Err(SealError::NoPath)
}

#[cfg(test)]
mod tests;
