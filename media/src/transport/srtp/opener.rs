//! Ingress: SRTP to RTP.

use aws_lc_rs::aead::Aad;
use giaoban_dtls::{MasterKey, SrtpProfile};

use super::keys::{Label, SessionCipher};
use super::window::Window;
use super::{
    CryptoError, ENCRYPTED_FLAG, RTCP_CLEAR_LENGTH, RTCP_TRAILER_LENGTH, RTP_INDEX_LIMIT, TAG_LENGTH,
};
use crate::transport::PacketIndex;
use crate::verdict::DropReason;

/// SSRCs remembered in each of RTP and RTCP. A browser with camera, microphone and screen in three
/// layers with repairs has 14. More are refused, since to forget one would let its packets be
/// replayed; only an authenticated peer can reach the bound, and only his own packets suffer.
pub const MAX_SSRCS: usize = 128;

/// Half the range of a sequence number: what lies farther ahead is taken to lie behind.
const HALF_RANGE: u64 = 1 << 15;

/// Opens what one session receives.
pub struct Opener {
    rtp: SessionCipher,
    rtcp: SessionCipher,
    rtp_streams: Streams,
    rtcp_streams: Streams,
}

impl Opener {
    /// Derives the session keys of one direction.
    ///
    /// # Errors
    /// The master key has a wrong length, or the library fails.
    pub fn new(profile: SrtpProfile, master: &MasterKey) -> Result<Self, CryptoError> {
        Ok(Self::with_ciphers(
            SessionCipher::derive(profile, master, Label::RtpKey, Label::RtpSalt)?,
            SessionCipher::derive(profile, master, Label::RtcpKey, Label::RtcpSalt)?,
        ))
    }

    pub(super) const fn with_ciphers(rtp: SessionCipher, rtcp: SessionCipher) -> Self {
        Self { rtp, rtcp, rtp_streams: Streams::new(), rtcp_streams: Streams::new() }
    }

    /// Authenticates and decrypts an SRTP packet in place. Yields the length of the RTP packet that
    /// now stands at the front, and its index.
    ///
    /// # Errors
    /// [`DropReason::Malformed`], [`DropReason::Replayed`], [`DropReason::Forged`] or, for one SSRC
    /// too many, [`DropReason::Overload`].
    pub fn open_rtp(&mut self, datagram: &mut [u8]) -> Result<(usize, PacketIndex), DropReason> {
        let header_length = header_length(datagram).ok_or(DropReason::Malformed)?;
        let (header, sealed) = datagram.split_at_mut(header_length);
        let Some((&[_, _, s0, s1, _, _, _, _, c0, c1, c2, c3], _)) = header.split_first_chunk::<12>() else {
            return Err(DropReason::Malformed);
        };
        let sequence = u16::from_be_bytes([s0, s1]);
        let ssrc = u32::from_be_bytes([c0, c1, c2, c3]);

        let place = self.rtp_streams.find(ssrc)?;
        let index = match self.rtp_streams.window(place) {
            Some(window) => estimate_index(window.highest(), sequence),
            None => u64::from(sequence),
        };
        if index >= RTP_INDEX_LIMIT || !self.rtp_streams.accepts(place, index) {
            return Err(DropReason::Replayed);
        }
        let nonce = self.rtp.rtp_nonce(ssrc, index);
        let payload = self.rtp.key().open_in_place(nonce, Aad::from(&*header), sealed);
        let length = header_length + payload.map_err(|_| DropReason::Forged)?.len();
        self.rtp_streams.record(place, ssrc, index);
        Ok((length, PacketIndex(index)))
    }

    /// Authenticates and decrypts an SRTCP packet in place. Yields the length of the compound RTCP
    /// packet that now stands at the front.
    ///
    /// # Errors
    /// As [`Opener::open_rtp`]. A packet that is not encrypted (E = 0) was never negotiated and is
    /// malformed.
    pub fn open_rtcp(&mut self, datagram: &mut [u8]) -> Result<usize, DropReason> {
        let Some((clear, rest)) = datagram.split_first_chunk_mut::<RTCP_CLEAR_LENGTH>() else {
            return Err(DropReason::Malformed);
        };
        let Some((sealed, trailer)) = rest.split_last_chunk_mut::<RTCP_TRAILER_LENGTH>() else {
            return Err(DropReason::Malformed);
        };
        let word = u32::from_be_bytes(*trailer);
        if sealed.len() < TAG_LENGTH || word & ENCRYPTED_FLAG == 0 {
            return Err(DropReason::Malformed);
        }
        let index = word & !ENCRYPTED_FLAG;
        let [h0, h1, h2, h3, c0, c1, c2, c3] = *clear;
        let [t0, t1, t2, t3] = *trailer;
        let aad = [h0, h1, h2, h3, c0, c1, c2, c3, t0, t1, t2, t3];
        let ssrc = u32::from_be_bytes([c0, c1, c2, c3]);

        let place = self.rtcp_streams.find(ssrc)?;
        if !self.rtcp_streams.accepts(place, u64::from(index)) {
            return Err(DropReason::Replayed);
        }
        let nonce = self.rtcp.rtcp_nonce(ssrc, index);
        let reports = self.rtcp.key().open_in_place(nonce, Aad::from(aad), sealed);
        let length = RTCP_CLEAR_LENGTH + reports.map_err(|_| DropReason::Forged)?.len();
        self.rtcp_streams.record(place, ssrc, u64::from(index));
        Ok(length)
    }
}

/// Bytes of an SRTP packet before its payload, if the packet is long enough to hold them and a tag.
/// Padding is inside the seal and is not looked at.
#[must_use]
pub fn header_length(datagram: &[u8]) -> Option<usize> {
    let (&[flags, ..], rest) = datagram.split_first_chunk::<12>()?;
    if flags & 0xC0 != 0x80 {
        return None;
    }
    let contributors = usize::from(flags & 0x0F) * 4;
    let extension = if flags & 0x10 == 0 {
        0
    } else {
        let (&[_, _, high, low], _) = rest.get(contributors..)?.split_first_chunk::<4>()?;
        4 + usize::from(u16::from_be_bytes([high, low])) * 4
    };
    let length = 12 + contributors + extension;
    (length + TAG_LENGTH <= datagram.len()).then_some(length)
}

/// The index nearest to the highest one with the given low 16 bits (RFC 3711 §3.3.1, appendix A).
fn estimate_index(highest: u64, sequence: u16) -> u64 {
    let same_rollover = (highest & !0xFFFF) | u64::from(sequence);
    if same_rollover > highest + HALF_RANGE && same_rollover >= 1 << 16 {
        same_rollover - (1 << 16)
    } else if same_rollover + HALF_RANGE < highest {
        same_rollover + (1 << 16)
    } else {
        same_rollover
    }
}

/// The replay windows of one kind of packet, in ascending order of SSRC.
struct Streams(Vec<(u32, Window)>);

/// Where an SSRC stands, or where it would.
#[derive(Clone, Copy)]
enum Place {
    Known(usize),
    New(usize),
}

impl Streams {
    const fn new() -> Self {
        Self(Vec::new())
    }

    fn find(&self, ssrc: u32) -> Result<Place, DropReason> {
        match self.0.binary_search_by_key(&ssrc, |(ssrc, _)| *ssrc) {
            Ok(at) => Ok(Place::Known(at)),
            Err(_) if self.0.len() >= MAX_SSRCS => Err(DropReason::Overload),
            Err(at) => Ok(Place::New(at)),
        }
    }

    fn window(&self, place: Place) -> Option<&Window> {
        match place {
            Place::Known(at) => self.0.get(at).map(|(_, window)| window),
            Place::New(_) => None,
        }
    }

    fn accepts(&self, place: Place, index: u64) -> bool {
        self.window(place).is_none_or(|window| window.accepts(index))
    }

    fn record(&mut self, place: Place, ssrc: u32, index: u64) {
        match place {
            Place::Known(at) => {
                if let Some((_, window)) = self.0.get_mut(at) {
                    window.record(index);
                }
            }
            Place::New(at) => self.0.insert(at, (ssrc, Window::new(index))),
        }
    }
}
