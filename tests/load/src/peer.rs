//! A synthetic member's media, on a WebRTC stack that is not ours, so that a stranger judges our transport.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Once;
use std::time::{Duration, Instant};

use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
pub use str0m::config::DtlsVersion;
use str0m::format::Codec;
use str0m::media::{Direction, KeyframeRequest, MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite, Ssrc};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcConfig};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::sleep_until;

use crate::arrivals::{Arrival, Arrivals};
use crate::programme::{Kind, Packet, Picture, Programme};
use crate::tally::Tallies;

/// Batches of datagrams taken at one wake-up, so that others of the same thread have their turn.
const MAX_BATCHES: usize = 4;
/// Orders that may wait for the peer; who gives more waits.
const ORDER_CAPACITY: usize = 64;
/// Loud enough to be a voice to the gateway, in dBov (RFC 6464).
const VOICE_LEVEL: i8 = -20;

/// What a section of the offer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Sends sound.
    Microphone,
    /// Sends picture.
    Camera,
    /// Receives a slot, by its number: 0 to 4 are sounds.
    Slot(u8),
}

impl Purpose {
    fn kind(self) -> MediaKind {
        match self {
            Self::Microphone | Self::Slot(0..=4) => MediaKind::Audio,
            Self::Camera | Self::Slot(_) => MediaKind::Video,
        }
    }
}

/// Why a peer cannot be.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// The stack refuses.
    #[error("WebRTC: {0}")]
    Rtc(#[from] str0m::RtcError),
    /// The address cannot be used.
    #[error("ICE: {0}")]
    Ice(#[from] str0m::error::IceError),
    /// A description that the stack cannot read.
    #[error("SDP: {0}")]
    Sdp(#[from] str0m::error::SdpError),
    /// The socket.
    #[error("UDP: {0}")]
    Io(#[from] io::Error),
    /// No handshake within a minute.
    #[error("not connected")]
    NotConnected,
    /// An answer to no offer.
    #[error("nothing is offered")]
    NothingOffered,
}

/// What the peer has come to.
#[derive(Debug, Default)]
pub struct State {
    /// ICE and DTLS are through.
    pub connected: bool,
    /// Sounds sent.
    pub audio_sent: u64,
    /// Packets of picture sent.
    pub video_sent: u64,
    /// Longest time from the making of a packet until it left: a thread that was held up then.
    pub longest_hold: Duration,
    /// What was received.
    pub tallies: Tallies,
}

enum Order {
    Publish(u32, Picture),
    Rest,
    Raw(Vec<u8>, SocketAddr),
    Forget,
}

/// A peer that is not yet running.
pub struct Peer {
    pub(crate) rtc: Rtc,
    pub(crate) socket: Arrivals,
    pub(crate) address: SocketAddr,
    offered: Option<SdpPendingOffer>,
    microphone: Option<Mid>,
    camera: Option<Mid>,
}

impl Peer {
    /// A peer on a port of the system's choice.
    ///
    /// # Errors
    /// If the address cannot be bound or used.
    pub async fn bind(address: IpAddr, dtls: DtlsVersion) -> Result<Self, PeerError> {
        static CRYPTO: Once = Once::new();
        CRYPTO.call_once(|| crate::keys::provider().install_process_default());
        let socket = Arrivals::bind(address).await?;
        let address = socket.local_addr()?;
        let mut rtc = RtcConfig::new()
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .set_rtp_mode(true)
            .set_dtls_version(dtls)
            .build(Instant::now());
        rtc.add_local_candidate(Candidate::host(address, "udp")?);
        Ok(Self { rtc, socket, address, offered: None, microphone: None, camera: None })
    }

    /// An offer, and the mid of each section.
    ///
    /// # Errors
    /// If nothing is to be offered.
    pub fn offer(&mut self, purposes: &[Purpose]) -> Result<(String, Vec<String>), PeerError> {
        let mut changes = self.rtc.sdp_api();
        let mut mids = Vec::new();
        for purpose in purposes {
            let direction = match purpose {
                Purpose::Slot(_) => Direction::RecvOnly,
                Purpose::Microphone | Purpose::Camera => Direction::SendOnly,
            };
            let mid = changes.add_media(purpose.kind(), direction, None, None, None);
            match purpose {
                Purpose::Microphone => self.microphone = Some(mid),
                Purpose::Camera => self.camera = Some(mid),
                Purpose::Slot(_) => {}
            }
            mids.push(mid.to_string());
        }
        let (offer, pending) = changes.apply().ok_or(PeerError::NothingOffered)?;
        self.offered = Some(pending);
        Ok((offer.to_sdp_string(), mids))
    }

    /// Takes the answer to the offer.
    ///
    /// # Errors
    /// If there is none, or the stack does not take it.
    pub fn answer(&mut self, sdp: &str) -> Result<(), PeerError> {
        let pending = self.offered.take().ok_or(PeerError::NothingOffered)?;
        Ok(self.rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(sdp)?)?)
    }

    /// Answers the offer of a server that offers.
    ///
    /// # Errors
    /// If the stack does not take it.
    pub fn accept(&mut self, sdp: &str) -> Result<String, PeerError> {
        let answer = self.rtc.sdp_api().accept_offer(SdpOffer::from_sdp_string(sdp)?)?;
        Ok(answer.to_sdp_string())
    }

    /// Runs it on the runtime's threads until the handle is dropped.
    #[must_use]
    pub fn start(self) -> Handle {
        let (orders, ordered) = mpsc::channel(ORDER_CAPACITY);
        let (state, watched) = watch::channel(State::default());
        let running = Running {
            peer: self,
            programme: None,
            kinds: HashMap::new(),
            state,
            audio_number: 0,
            video_number: 0,
        };
        Handle { orders, state: watched, task: tokio::spawn(running.run(ordered)) }
    }
}

/// A running peer; it ends with this.
pub struct Handle {
    orders: mpsc::Sender<Order>,
    state: watch::Receiver<State>,
    task: JoinHandle<()>,
}

impl Handle {
    /// Sends sound and picture from now on, stamped with this number.
    pub async fn publish(&self, publisher: u32, picture: Picture) {
        self.order(Order::Publish(publisher, picture)).await;
    }

    /// Sends no more of it.
    pub async fn rest(&self) {
        self.order(Order::Rest).await;
    }

    /// Sends these octets from the peer's own address.
    pub async fn send_raw(&self, datagram: Vec<u8>, to: SocketAddr) {
        self.order(Order::Raw(datagram, to)).await;
    }

    /// Begins all tallies anew.
    pub async fn forget(&self) {
        self.order(Order::Forget).await;
    }

    async fn order(&self, order: Order) {
        // A peer whose stack gave up obeys no more, and its state stands still.
        let _ = self.orders.send(order).await;
    }

    /// Waits until the state is as wished; false if the peer ended before.
    pub async fn until(&self, wish: impl FnMut(&State) -> bool) -> bool {
        self.state.clone().wait_for(wish).await.is_ok()
    }

    /// Looks at the state.
    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.borrow())
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Running {
    peer: Peer,
    programme: Option<Programme>,
    kinds: HashMap<Ssrc, Kind>,
    state: watch::Sender<State>,
    audio_number: u64,
    video_number: u64,
}

impl Running {
    async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        // An error of the stack is its end, as it would be that of a browser's peer connection.
        while let Ok(due) = self.drain() {
            let due = self.programme.as_ref().map_or(due, |programme| programme.due().min(due));
            let next = tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.obey(order),
                    None => return,
                },
                readable = self.peer.socket.readable() => match readable {
                    Ok(()) => self.receive(),
                    Err(_) => return,
                },
                () = sleep_until(due.into()) => self.tick(),
            };
            if next.is_err() {
                return;
            }
        }
    }

    /// Lets the stack do all it can, and says when it wants to be called next.
    fn drain(&mut self) -> Result<Instant, PeerError> {
        loop {
            match self.peer.rtc.poll_output()? {
                Output::Timeout(due) => return Ok(due),
                Output::Transmit(transmit) => {
                    self.peer.socket.send(&transmit.contents, transmit.destination);
                }
                Output::Event(event) => self.notice(event),
            }
        }
    }

    fn notice(&mut self, event: Event) {
        match event {
            Event::Connected => self.state.send_modify(|state| state.connected = true),
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => {
                self.state.send_modify(|state| state.connected = false);
            }
            Event::RtpPacket(packet) => self.count(&packet),
            Event::KeyframeRequest(KeyframeRequest { .. }) => {
                if let Some(programme) = &mut self.programme {
                    programme.want_key_frame();
                }
            }
            _ => {}
        }
    }

    fn count(&mut self, packet: &RtpPacket) {
        let ssrc = packet.header.ssrc;
        let kind = *self.kinds.entry(ssrc).or_insert_with(|| {
            let mid = self.peer.rtc.direct_api().stream_rx(&ssrc).map(|stream| stream.mid());
            match mid.and_then(|mid| self.peer.rtc.media(mid)).map(|media| media.kind()) {
                Some(MediaKind::Video) => Kind::Video,
                _ => Kind::Audio,
            }
        });
        self.state.send_modify(|state| state.tallies.count(packet.timestamp, kind, &packet.payload));
    }

    fn receive(&mut self) -> Result<(), PeerError> {
        for _ in 0..MAX_BATCHES {
            let Ok(arrivals) = self.peer.socket.receive() else { return Ok(()) };
            for Arrival { at, from: source, contents } in arrivals {
                let Ok(contents) = contents.as_slice().try_into() else { continue };
                let destination = self.peer.address;
                let receive = Receive { proto: Protocol::Udp, source, destination, contents };
                self.peer.rtc.handle_input(Input::Receive(at, receive))?;
                self.drain()?;
            }
        }
        Ok(())
    }

    fn tick(&mut self) -> Result<(), PeerError> {
        let now = Instant::now();
        let packets = self.programme.as_mut().map(|programme| programme.take(now)).unwrap_or_default();
        for packet in packets {
            self.send(now, packet);
            self.drain()?;
            let held = now.elapsed();
            self.state.send_modify(|state| state.longest_hold = state.longest_hold.max(held));
        }
        Ok(self.peer.rtc.handle_input(Input::Timeout(now))?)
    }

    fn send(&mut self, now: Instant, mut packet: Packet) {
        packet.leave(Instant::now());
        let (mid, codec, number) = match packet.kind {
            Kind::Audio => (self.peer.microphone, Codec::Opus, &mut self.audio_number),
            Kind::Video => (self.peer.camera, Codec::Vp8, &mut self.video_number),
        };
        let sequence = *number;
        *number += 1;
        let Some(payload_type) = payload_type(&self.peer.rtc, codec) else { return };
        let mut direct = self.peer.rtc.direct_api();
        let Some(stream) = mid.and_then(|mid| direct.stream_tx_by_mid(mid, None)) else { return };
        stream.set_unpaced(true);
        let levels = match packet.kind {
            Kind::Audio => ExtensionValues {
                audio_level: Some(VOICE_LEVEL),
                voice_activity: Some(true),
                ..ExtensionValues::default()
            },
            Kind::Video => ExtensionValues::default(),
        };
        stream.write_rtp(
            RtpWrite::new(payload_type, sequence.into(), packet.timestamp, now, packet.payload)
                .marker(packet.marker)
                .ext_vals(levels)
                .nackable(packet.kind == Kind::Video),
        );
        self.state.send_modify(|state| match packet.kind {
            Kind::Audio => state.audio_sent += 1,
            Kind::Video => state.video_sent += 1,
        });
    }

    fn obey(&mut self, order: Order) -> Result<(), PeerError> {
        match order {
            Order::Publish(publisher, picture) => {
                self.programme = Some(Programme::new(Instant::now(), publisher, picture));
            }
            Order::Rest => self.programme = None,
            Order::Raw(datagram, to) => {
                self.peer.socket.send(&datagram, to);
            }
            Order::Forget => self.state.send_modify(|state| {
                state.tallies.clear();
                state.longest_hold = Duration::ZERO;
            }),
        }
        Ok(self.peer.rtc.handle_input(Input::Timeout(Instant::now()))?)
    }
}

fn payload_type(rtc: &Rtc, codec: Codec) -> Option<Pt> {
    rtc.codec_config().iter().find(|params| params.spec().codec == codec).map(|params| params.pt())
}
