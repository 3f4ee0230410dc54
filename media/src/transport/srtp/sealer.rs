//! Egress: RTP to SRTP.

use aws_lc_rs::aead::Aad;
use giaoban_dtls::{MasterKey, SrtpProfile};

use super::keys::{Label, SessionCipher};
use super::{CryptoError, ENCRYPTED_FLAG, RTCP_CLEAR_LENGTH, RTP_INDEX_LIMIT};
use crate::transport::{PacketIndex, SealError};

/// Seals what one session sends.
///
/// `(key, SSRC, index)` is sealed at most once: with AES-GCM a second use would hand the
/// authentication key to whoever sees both packets. An index that does not rise is refused.
pub struct Sealer {
    rtp: SessionCipher,
    rtcp: SessionCipher,
    /// Last sealed index by SSRC, in ascending order of SSRC. As many as the session has slots.
    last: Vec<(u32, u64)>,
    /// Next SRTCP index, one count for all SSRCs; at 2^31 the key is exhausted.
    rtcp_index: u32,
}

impl Sealer {
    /// Derives the session keys of one direction.
    ///
    /// # Errors
    /// The master key has a wrong length, or the library fails.
    pub fn new(profile: SrtpProfile, master: &MasterKey) -> Result<Self, CryptoError> {
        Ok(Self::with_ciphers(
            SessionCipher::derive(profile, master, Label::RtpKey, Label::RtpSalt)?,
            SessionCipher::derive(profile, master, Label::RtcpKey, Label::RtcpSalt)?,
            1,
        ))
    }

    pub(super) const fn with_ciphers(rtp: SessionCipher, rtcp: SessionCipher, rtcp_index: u32) -> Self {
        Self { rtp, rtcp, last: Vec::new(), rtcp_index }
    }

    /// Seals the RTP packet at `buffer[start..]` in place and appends the tag.
    ///
    /// # Errors
    /// [`SealError::IndexReused`] if the index does not rise or does not fit the packet, or if the
    /// header is longer than the packet. The buffer is then truncated to `start`.
    pub fn seal_rtp(
        &mut self,
        index: PacketIndex,
        buffer: &mut Vec<u8>,
        start: usize,
        header_length: usize,
    ) -> Result<(), SealError> {
        let tag = buffer.get_mut(start..).and_then(|packet| self.rtp_tag(index.0, packet, header_length));
        append(buffer, start, tag, &[])
    }

    fn rtp_tag(
        &mut self,
        index: u64,
        packet: &mut [u8],
        header_length: usize,
    ) -> Option<aws_lc_rs::aead::Tag> {
        let (header, payload) = packet.split_at_mut_checked(header_length)?;
        let (&[_, _, s0, s1, _, _, _, _, c0, c1, c2, c3], _) = header.split_first_chunk::<12>()?;
        let ssrc = u32::from_be_bytes([c0, c1, c2, c3]);
        if index >= RTP_INDEX_LIMIT || index & 0xFFFF != u64::from(u16::from_be_bytes([s0, s1])) {
            return None;
        }
        // Taken before it is used: an index on which the library fails is lost, not used again.
        self.take(ssrc, index)?;
        let nonce = self.rtp.rtp_nonce(ssrc, index);
        self.rtp.key().seal_in_place_separate_tag(nonce, Aad::from(&*header), payload).ok()
    }

    fn take(&mut self, ssrc: u32, index: u64) -> Option<()> {
        match self.last.binary_search_by_key(&ssrc, |&(ssrc, _)| ssrc) {
            Ok(at) => {
                let (_, last) = self.last.get_mut(at)?;
                (index > *last).then(|| *last = index)
            }
            Err(at) => {
                self.last.insert(at, (ssrc, index));
                Some(())
            }
        }
    }

    /// Seals the compound RTCP packet at `buffer[start..]` in place and appends tag, E flag and index.
    ///
    /// # Errors
    /// [`SealError::IndexReused`] if the key is exhausted or the packet has no SSRC. The buffer is
    /// then truncated to `start`.
    pub fn seal_rtcp(&mut self, buffer: &mut Vec<u8>, start: usize) -> Result<(), SealError> {
        let index = self.rtcp_index;
        let trailer = (index | ENCRYPTED_FLAG).to_be_bytes();
        let tag = buffer.get_mut(start..).and_then(|packet| self.rtcp_tag(index, trailer, packet));
        append(buffer, start, tag, &trailer)
    }

    fn rtcp_tag(&mut self, index: u32, trailer: [u8; 4], packet: &mut [u8]) -> Option<aws_lc_rs::aead::Tag> {
        if index >= ENCRYPTED_FLAG {
            return None;
        }
        let (clear, rest) = packet.split_first_chunk_mut::<RTCP_CLEAR_LENGTH>()?;
        let [h0, h1, h2, h3, c0, c1, c2, c3] = *clear;
        let [t0, t1, t2, t3] = trailer;
        let aad = [h0, h1, h2, h3, c0, c1, c2, c3, t0, t1, t2, t3];
        self.rtcp_index += 1;
        let nonce = self.rtcp.rtcp_nonce(u32::from_be_bytes([c0, c1, c2, c3]), index);
        self.rtcp.key().seal_in_place_separate_tag(nonce, Aad::from(aad), rest).ok()
    }
}

fn append(
    buffer: &mut Vec<u8>,
    start: usize,
    tag: Option<aws_lc_rs::aead::Tag>,
    trailer: &[u8],
) -> Result<(), SealError> {
    let Some(tag) = tag else {
        buffer.truncate(start);
        return Err(SealError::IndexReused);
    };
    buffer.extend_from_slice(tag.as_ref());
    buffer.extend_from_slice(trailer);
    Ok(())
}
