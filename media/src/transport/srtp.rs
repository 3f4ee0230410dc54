//! SRTP and SRTCP with the AEAD profiles (RFC 3711, RFC 7714): the hot path of both directions.
//!
//! A [`Sealer`] and an [`Opener`] each own one direction of one session. Both work in place and
//! allocate only when they meet a new SSRC.
//!
//! ```text
//! SRTP:  | RTP header ............ AAD | payload .. encrypted | tag 16 |
//! SRTCP: | first 8 bytes ......... AAD | rest ..... encrypted | tag 16 | E + index 4 ... AAD |
//! nonce: | 0 0 | SSRC 4 | ROC 4 | SEQ 2 |  or  | 0 0 | SSRC 4 | 0 0 | index 4 |,  XOR salt
//! ```

mod keys;
mod opener;
mod sealer;
mod window;

pub use opener::{MAX_SSRCS, Opener, header_length};
pub use sealer::Sealer;

/// Length of the authentication tag of both profiles (RFC 7714 §12).
pub const TAG_LENGTH: usize = 16;

/// Length of the word that carries the E flag and the SRTCP index (RFC 3711 §3.4).
const RTCP_TRAILER_LENGTH: usize = 4;

/// Bytes of a compound RTCP packet that stay readable: the first packet's header and SSRC.
const RTCP_CLEAR_LENGTH: usize = 8;

/// The E flag: the packet is encrypted. Ours always are, and others are refused.
const ENCRYPTED_FLAG: u32 = 1 << 31;

/// Packet indexes end here (RFC 3711 §3.3.1); the key is exhausted.
const RTP_INDEX_LIMIT: u64 = 1 << 48;

/// The library failed to make a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cryptographic library failed")]
pub struct CryptoError;

#[cfg(test)]
mod tests;
