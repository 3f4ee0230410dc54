use std::collections::BTreeSet;

use proptest::prelude::*;
use rtc_stun::attributes::ATTR_SOFTWARE;
use rtc_stun::message::{BINDING_SUCCESS, MessageType};

use super::*;

const PASSWORD: &str = "a password of the session's";

/// A check as a browser writes it, with further attributes before the integrity.
pub(crate) fn check(username: &str, password: &str, attributes: &[(AttrType, &[u8])]) -> Vec<u8> {
    let mut message = Message::new();
    message.build(&[Box::new(BINDING_REQUEST), Box::new(TransactionId([7; 12]))]).unwrap();
    message.add(ATTR_USERNAME, username.as_bytes());
    message.add(ATTR_PRIORITY, &[0x7E, 0, 0, 1]);
    for (kind, value) in attributes {
        message.add(*kind, value);
    }
    finish(message, password)
}

fn finish(mut message: Message, password: &str) -> Vec<u8> {
    let provider = AwsLcRsProvider::new();
    MessageIntegrity::new_raw_integrity_with_provider(password.as_bytes(), provider.crypto())
        .add_to(&mut message)
        .unwrap();
    FINGERPRINT.add_to(&mut message).unwrap();
    message.raw
}

fn accepted(datagram: &[u8]) -> bool {
    BindingRequest::parse(datagram)
        .is_some_and(|mut request| Stun::new().is_authentic(&mut request, PASSWORD))
}

#[test]
fn a_check_names_us_then_the_client() {
    let datagram = check("ours:theirs", PASSWORD, &[(ATTR_USE_CANDIDATE, &[])]);
    let request = BindingRequest::parse(&datagram).unwrap();
    assert_eq!((request.local_ufrag(), request.remote_ufrag()), ("ours", "theirs"));
    assert!(request.nominates && !request.controlled);
    assert!(accepted(&datagram));
}

#[test]
fn a_check_with_another_password_is_not_authentic() {
    assert!(!accepted(&check("ours:theirs", "another password", &[])));
}

#[test]
fn no_truncation_and_no_flipped_bit_of_a_check_is_accepted() {
    let whole = check("ours:theirs", PASSWORD, &[(ATTR_USE_CANDIDATE, &[])]);
    for length in 0..whole.len() {
        assert!(!accepted(&whole[..length]), "{length} bytes");
    }
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(!accepted(&flipped), "bit {bit}");
    }
}

#[test]
fn bytes_after_the_message_are_refused() {
    let mut datagram = check("ours:theirs", PASSWORD, &[]);
    datagram.extend([0; 4]);
    assert!(!accepted(&datagram));
    // Also where the fingerprint is made to fit.
    let value = datagram.len() - 8;
    let fingerprint = rtc_stun::fingerprint::fingerprint_value(&datagram[..value]).to_be_bytes();
    datagram[value..value + 4].copy_from_slice(&fingerprint);
    assert!(!accepted(&datagram));
}

#[test]
fn a_check_without_integrity_is_refused() {
    let mut message = Message::new();
    message.build(&[Box::new(BINDING_REQUEST), Box::new(TransactionId([7; 12]))]).unwrap();
    message.add(ATTR_USERNAME, b"ours:theirs");
    message.add(ATTR_PRIORITY, &[0x7E, 0, 0, 1]);
    FINGERPRINT.add_to(&mut message).unwrap();
    assert!(BindingRequest::parse(&message.raw).is_none());
}

#[test]
fn an_attribute_that_integrity_does_not_cover_is_refused() {
    let mut message = Message::new();
    message.unmarshal_binary(&check("ours:theirs", PASSWORD, &[])).unwrap();
    let integrity = message.attributes.0.iter().position(|a| a.typ == ATTR_MESSAGE_INTEGRITY).unwrap();
    let mut smuggled = message.attributes.0[..=integrity].to_vec();
    smuggled.push(RawAttribute { typ: ATTR_USE_CANDIDATE, length: 0, value: Vec::new() });
    let mut rebuilt = Message::new();
    rebuilt.build(&[Box::new(BINDING_REQUEST), Box::new(TransactionId([7; 12]))]).unwrap();
    smuggled.iter().for_each(|attribute| rebuilt.add(attribute.typ, &attribute.value));
    FINGERPRINT.add_to(&mut rebuilt).unwrap();
    assert!(BindingRequest::parse(&rebuilt.raw).is_none());
}

#[test]
fn an_unknown_attribute_is_refused_only_if_it_must_be_understood() {
    assert!(accepted(&check("ours:theirs", PASSWORD, &[(ATTR_SOFTWARE, b"x"), (AttrType(0xC057), &[0; 4])])));
    assert!(!accepted(&check("ours:theirs", PASSWORD, &[(AttrType(0x0042), &[0; 4])])));
}

#[test]
fn only_binding_requests_are_read() {
    for kind in [BINDING_SUCCESS, BINDING_ERROR, MessageType::new(BINDING_REQUEST.method, indication())] {
        let mut message = Message::new();
        message.build(&[Box::new(kind), Box::new(TransactionId([7; 12]))]).unwrap();
        message.add(ATTR_USERNAME, b"ours:theirs");
        assert!(BindingRequest::parse(&finish(message, PASSWORD)).is_none());
    }
}

fn indication() -> rtc_stun::message::MessageClass {
    rtc_stun::message::CLASS_INDICATION
}

#[test]
fn a_success_tells_the_client_its_address_under_integrity() {
    let stun = Stun::new();
    for from in ["203.0.113.7:61000", "[2001:db8::7]:61000"] {
        let from: SocketAddr = from.parse().unwrap();
        let request = BindingRequest::parse(&check("ours:theirs", PASSWORD, &[])).unwrap();
        let mut response = Message::new();
        response.unmarshal_binary(&stun.success(&request, from, PASSWORD).unwrap()).unwrap();
        assert_eq!(response.typ, BINDING_SUCCESS);
        assert_eq!(response.transaction_id, TransactionId([7; 12]));
        let mut mapped = XorMappedAddress::default();
        rtc_stun::message::Getter::get_from(&mut mapped, &response).unwrap();
        assert_eq!(SocketAddr::new(mapped.ip, mapped.port), from);
        FINGERPRINT.check(&response).unwrap();
        MessageIntegrity::check(&mut response, PASSWORD.as_bytes(), stun.crypto()).unwrap();
    }
}

#[test]
fn credentials_carry_the_shard_and_are_never_the_same() {
    let drawn: Vec<_> = (0..1000).map(|_| Credentials::generate(0x2A, "theirs").unwrap()).collect();
    let ufrags: BTreeSet<_> = drawn.iter().map(|credentials| &credentials.ufrag).collect();
    let passwords: BTreeSet<_> = drawn.iter().map(|credentials| &credentials.password).collect();
    assert_eq!((ufrags.len(), passwords.len()), (1000, 1000));
    for credentials in &drawn {
        assert!(credentials.ufrag.starts_with("002a") && credentials.ufrag.len() == 15);
        assert_eq!(credentials.password.len(), 32);
        let text = [credentials.ufrag.as_bytes(), credentials.password.as_bytes()].concat();
        assert!(text.iter().all(|byte| ICE_CHARACTERS.contains(byte)));
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(mut datagram in prop::collection::vec(any::<u8>(), 0..200), stun in any::<bool>()) {
        if stun && datagram.len() >= 20 {
            let length = (datagram.len() - 20) as u16;
            datagram[..2].copy_from_slice(&[0, 1]);
            datagram[2..4].copy_from_slice(&length.to_be_bytes());
            datagram[4..8].copy_from_slice(&[0x21, 0x12, 0xA4, 0x42]);
        }
        prop_assert!(BindingRequest::parse(&datagram).is_none());
    }

    #[test]
    fn no_damaged_attribute_makes_the_check_panic(at in 20_usize..100, value in any::<u8>()) {
        let mut datagram = check("ours:theirs", PASSWORD, &[(ATTR_SOFTWARE, b"xyz")]);
        let at = at % datagram.len();
        datagram[at] = value;
        // With a true fingerprint, so that what lies behind it is reached.
        let covered = datagram.len() - 8;
        let fingerprint = rtc_stun::fingerprint::fingerprint_value(&datagram[..covered]).to_be_bytes();
        datagram.splice(covered + 4.., fingerprint);
        if let Some(mut request) = BindingRequest::parse(&datagram) {
            let _ = Stun::new().is_authentic(&mut request, PASSWORD);
        }
    }
}
