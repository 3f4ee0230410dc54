//! The seam between the forwarding core and what carries its packets.
//!
//! Production uses ICE-lite, DTLS and SRTP; the simulator a plain transport. Nothing above this
//! line knows an address, a key or a handshake.

pub mod ice;
pub mod plain;
mod secure;
mod session;
pub mod srtp;

pub use secure::{Identity, SecureConfig, SecureTransport};

use std::net::SocketAddr;
use std::time::Instant;

use giaoban_media_types::{CloseReason, Security};

use crate::rtp;
use crate::verdict::DropReason;

/// A transport session within one shard, numbered by the shard and never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

/// The ICE and DTLS parameters of an offer. No `Debug`: the password is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct RemoteParameters {
    /// `a=ice-ufrag` (RFC 8839 §5.4).
    pub ufrag: String,
    /// `a=ice-pwd`.
    pub password: String,
    /// SHA-256 fingerprint of the client's certificate (RFC 8122 §5).
    pub fingerprint: [u8; 32],
}

/// The parameters an answer carries.
#[derive(Clone, PartialEq, Eq)]
pub struct LocalParameters {
    /// Ours, unique on this gateway.
    pub ufrag: String,
    /// Ours.
    pub password: String,
    /// SHA-256 fingerprint of the gateway's certificate.
    pub fingerprint: [u8; 32],
    /// Where the client may reach this shard, best first.
    pub candidates: Vec<SocketAddr>,
}

/// The 48-bit packet index of SRTP (RFC 3711 §3.3.1): rollover counter and sequence number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PacketIndex(pub u64);

/// What a received datagram turned out to be.
pub enum Inbound<'a> {
    /// An authenticated RTP packet, decrypted in place.
    Rtp {
        /// Whose.
        session: SessionId,
        /// The packet.
        packet: rtp::Packet<'a>,
        /// Its extended sequence number.
        index: PacketIndex,
    },
    /// An authenticated compound RTCP packet, decrypted in place.
    Rtcp {
        /// Whose.
        session: SessionId,
        /// The packets (RFC 3550 §6.1), without SRTCP trailer.
        compound: &'a [u8],
    },
    /// The transport's own business: STUN or DTLS.
    Control,
    /// Refused.
    Dropped(DropReason),
}

/// A change of a session that the core must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportEvent {
    /// Media can flow both ways.
    Connected(SessionId, Security),
    /// No authenticated packet for five seconds: stop sending until [`TransportEvent::PathRestored`].
    PathLost(SessionId),
    /// The path is back.
    PathRestored(SessionId),
    /// The session is gone; its id means nothing any more.
    Closed(SessionId, CloseReason),
}

/// Why a session cannot be opened. Both are ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// As many sessions as the configuration allows.
    #[error("no more sessions on this shard")]
    Full,
    /// The cryptographic library failed.
    #[error("the cryptographic library failed")]
    Crypto,
}

/// Why a packet cannot be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// No such session, not connected, or without a path: the packet is not sent.
    #[error("the session has no path")]
    NoPath,
    /// The index does not rise, or the key has sealed all it may: a bug of ours, never sealed.
    #[error("the packet index does not rise")]
    IndexReused,
}

/// Carries the packets of all sessions of one shard.
///
/// `(key, SSRC, index)` is sealed at most once: [`Transport::seal_rtp`] refuses an index that does
/// not rise strictly for its SSRC.
pub trait Transport {
    /// Opens a session for an offer.
    ///
    /// # Errors
    /// See [`OpenError`].
    fn open(
        &mut self,
        now: Instant,
        session: SessionId,
        remote: &RemoteParameters,
    ) -> Result<LocalParameters, OpenError>;

    /// The session's parameters for a further offer. New remote ICE credentials restart ICE
    /// (RFC 8445 §9): new local ones come back, and the old path serves until a new one is checked.
    fn renegotiate(
        &mut self,
        now: Instant,
        session: SessionId,
        remote: &RemoteParameters,
    ) -> Option<LocalParameters>;

    /// Forgets a session without reporting [`TransportEvent::Closed`].
    fn close(&mut self, session: SessionId);

    /// Takes one datagram, in place.
    fn handle_datagram<'a>(&mut self, now: Instant, from: SocketAddr, datagram: &'a mut [u8]) -> Inbound<'a>;

    /// Runs what is due at `now`.
    fn handle_timeout(&mut self, now: Instant);

    /// When [`Transport::handle_timeout`] is due next.
    fn next_timeout(&self) -> Option<Instant>;

    /// Where the session's packets go now; `None` while there is no path.
    fn destination(&mut self, session: SessionId) -> Option<SocketAddr>;

    /// Seals the RTP packet that stands at `buffer[start..]`, in place, and appends its tag.
    /// `header_length` covers fixed header, CSRCs and extensions; `index` must fit the packet's sequence number.
    ///
    /// # Errors
    /// See [`SealError`]; the buffer is then truncated to `start`.
    fn seal_rtp(
        &mut self,
        session: SessionId,
        index: PacketIndex,
        buffer: &mut Vec<u8>,
        start: usize,
        header_length: usize,
    ) -> Result<(), SealError>;

    /// Seals the compound RTCP packet that stands at `buffer[start..]`, in place, and appends its trailer.
    ///
    /// # Errors
    /// See [`SealError`]; the buffer is then truncated to `start`.
    fn seal_rtcp(&mut self, session: SessionId, buffer: &mut Vec<u8>, start: usize) -> Result<(), SealError>;

    /// Bytes that sealing adds to an RTP packet: segments are levelled before they are sealed.
    fn rtp_overhead(&self, session: SessionId) -> usize;

    /// Drains one control datagram of the transport's own.
    fn poll_datagram(&mut self) -> Option<(SocketAddr, Vec<u8>)>;

    /// Drains one event.
    fn poll_event(&mut self) -> Option<TransportEvent>;
}
