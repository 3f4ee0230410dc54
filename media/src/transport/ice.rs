//! ICE-lite (RFC 8445 §2.5): connectivity checks are answered, never sent.

use std::net::SocketAddr;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use rtc_stun::attributes::{
    ATTR_FINGERPRINT, ATTR_ICE_CONTROLLED, ATTR_MESSAGE_INTEGRITY, ATTR_PRIORITY, ATTR_USE_CANDIDATE,
    ATTR_USERNAME, AttrType, RawAttribute,
};
use rtc_stun::crypto::providers::AwsLcRsProvider;
use rtc_stun::crypto::{RTCCrypto, RTCCryptoProvider};
use rtc_stun::error_code::{CODE_ROLE_CONFLICT, ErrorCodeAttribute};
use rtc_stun::fingerprint::FINGERPRINT;
use rtc_stun::integrity::MessageIntegrity;
use rtc_stun::message::{
    BINDING_ERROR, BINDING_REQUEST, BINDING_SUCCESS, MESSAGE_HEADER_SIZE, Message, Setter, TransactionId,
};
use rtc_stun::xoraddr::XorMappedAddress;

use super::OpenError;

/// Characters of ICE credentials (RFC 8839 §5.4), six bits each.
const ICE_CHARACTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Random characters of a ufrag: 66 bits. It is no secret, it only must not be met twice.
const UFRAG_RANDOM_LENGTH: usize = 11;

/// Characters of a password: 192 bits. RFC 8445 §5.3 asks for 128.
const PASSWORD_LENGTH: usize = 32;

/// Longest request that is looked at, in bytes: what an Ethernet frame carries. Browsers' are under 200.
const LONGEST_REQUEST: usize = 1500;

/// Our ICE credentials for one generation of one session, and the ufrag they are paired with.
/// No `Debug`: the password is a secret.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) ufrag: String,
    pub(super) password: String,
    /// The client's, which stands second in `USERNAME`.
    pub(super) remote_ufrag: String,
    /// Whether a check under them has passed.
    pub(super) checked: bool,
}

impl Credentials {
    /// Draws new ones. The ufrag is the shard's number in four hexadecimal digits, then 66 random bits.
    pub(super) fn generate(shard: u16, remote_ufrag: &str) -> Result<Self, OpenError> {
        let mut random = [0; UFRAG_RANDOM_LENGTH + PASSWORD_LENGTH];
        SystemRandom::new().fill(&mut random).map_err(|_| OpenError::Crypto)?;
        let (ufrag, password) = random.split_at(UFRAG_RANDOM_LENGTH);
        Ok(Self {
            ufrag: format!("{shard:04x}{}", ice_characters(ufrag)),
            password: ice_characters(password),
            remote_ufrag: remote_ufrag.to_owned(),
            checked: false,
        })
    }
}

fn ice_characters(random: &[u8]) -> String {
    random
        .iter()
        .filter_map(|byte| ICE_CHARACTERS.get(usize::from(byte & 63)))
        .map(|&character| char::from(character))
        .collect()
}

/// The keyed hash of STUN, made once for all sessions of a shard.
pub(super) struct Stun {
    provider: AwsLcRsProvider,
}

impl Stun {
    pub(super) fn new() -> Self {
        Self { provider: AwsLcRsProvider::new() }
    }

    fn crypto(&self) -> &dyn RTCCrypto {
        self.provider.crypto()
    }

    /// Whether the request was made with this password. Compares in constant time.
    pub(super) fn is_authentic(&self, request: &mut BindingRequest, password: &str) -> bool {
        MessageIntegrity::check(&mut request.message, password.as_bytes(), self.crypto()).is_ok()
    }

    /// The success response (RFC 8489 §7.3.1.1): where the request came from.
    pub(super) fn success(
        &self,
        request: &BindingRequest,
        from: SocketAddr,
        password: &str,
    ) -> Option<Vec<u8>> {
        let mapped = XorMappedAddress { ip: from.ip(), port: from.port() };
        self.response(&[&BINDING_SUCCESS, &request.transaction(), &mapped], password)
    }

    /// The client takes itself for the controlled side, which a lite agent always is (RFC 8445 §7.3.1.1).
    pub(super) fn role_conflict(&self, request: &BindingRequest, password: &str) -> Option<Vec<u8>> {
        let error = ErrorCodeAttribute { code: CODE_ROLE_CONFLICT, reason: b"Role Conflict".to_vec() };
        self.response(&[&BINDING_ERROR, &request.transaction(), &error], password)
    }

    fn response(&self, parts: &[&dyn Setter], password: &str) -> Option<Vec<u8>> {
        let mut message = Message::new();
        message.build(&[]).ok()?;
        for part in parts {
            part.add_to(&mut message).ok()?;
        }
        let integrity = MessageIntegrity::new_raw_integrity_with_provider(password.as_bytes(), self.crypto());
        integrity.add_to(&mut message).ok()?;
        FINGERPRINT.add_to(&mut message).ok()?;
        Some(message.raw)
    }
}

/// A well-formed binding request whose integrity is still to be checked.
pub struct BindingRequest {
    message: Message,
    local_ufrag: String,
    remote_ufrag: String,
    /// The client nominates the pair (RFC 8445 §7.3.1.5).
    pub(super) nominates: bool,
    /// The client takes itself for the controlled side.
    pub(super) controlled: bool,
}

impl BindingRequest {
    /// Reads a connectivity check (RFC 8445 §7.1): `USERNAME` first names us, then the client;
    /// `MESSAGE-INTEGRITY` covers all but the `FINGERPRINT`, which ends the message.
    ///
    /// `None` for anything else: such a datagram is not answered.
    #[must_use]
    pub fn parse(datagram: &[u8]) -> Option<Self> {
        if datagram.len() > LONGEST_REQUEST {
            return None;
        }
        let mut message = Message::new();
        message.unmarshal_binary(datagram).ok()?;
        let whole = message.length as usize + MESSAGE_HEADER_SIZE == datagram.len();
        if message.typ != BINDING_REQUEST || !whole || !ends_in_integrity(&message.attributes.0) {
            return None;
        }
        FINGERPRINT.check(&message).ok()?;
        let username = message.get(ATTR_USERNAME).ok()?;
        let (local, remote) = std::str::from_utf8(&username).ok()?.split_once(':')?;
        let (local_ufrag, remote_ufrag) = (local.to_owned(), remote.to_owned());
        Some(Self {
            nominates: message.contains(ATTR_USE_CANDIDATE),
            controlled: message.contains(ATTR_ICE_CONTROLLED),
            message,
            local_ufrag,
            remote_ufrag,
        })
    }

    /// Ours: finds the session.
    #[must_use]
    pub fn local_ufrag(&self) -> &str {
        &self.local_ufrag
    }

    /// The client's.
    #[must_use]
    pub fn remote_ufrag(&self) -> &str {
        &self.remote_ufrag
    }

    fn transaction(&self) -> TransactionId {
        self.message.transaction_id
    }
}

/// Whether integrity and fingerprint come last and once, so that every attribute is covered, and
/// every attribute that must be understood (RFC 8489 §14) is.
fn ends_in_integrity(attributes: &[RawAttribute]) -> bool {
    let [covered @ .., integrity, fingerprint] = attributes else { return false };
    integrity.typ == ATTR_MESSAGE_INTEGRITY
        && fingerprint.typ == ATTR_FINGERPRINT
        && covered.iter().all(|attribute| attribute.typ.optional() || is_understood(attribute.typ))
        && !covered.iter().any(|attribute| attribute.typ == ATTR_FINGERPRINT)
}

fn is_understood(attribute: AttrType) -> bool {
    [ATTR_USERNAME, ATTR_PRIORITY, ATTR_USE_CANDIDATE].contains(&attribute)
}

#[cfg(test)]
pub(super) mod tests;
