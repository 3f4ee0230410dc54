use giaoban_dtls::{MasterKey, SrtpProfile};
use proptest::prelude::*;
use rtc_srtp::context::Context;
use rtc_srtp::option::{srtcp_replay_protection, srtp_replay_protection};
use rtc_srtp::protection_profile::ProtectionProfile;

use super::keys::{SessionCipher, derive};
use super::opener::header_length;
use super::{MAX_SSRCS, Opener, Sealer};
use crate::transport::{PacketIndex, SealError};
use crate::verdict::DropReason;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn master(profile: SrtpProfile, fill: u8) -> MasterKey {
    MasterKey { key: (fill..).take(profile.key_length()).collect(), salt: [fill ^ 0x5A; 12] }
}

fn pair(profile: SrtpProfile) -> (Sealer, Opener) {
    let master = master(profile, 3);
    (Sealer::new(profile, &master).unwrap(), Opener::new(profile, &master).unwrap())
}

const PROFILES: [SrtpProfile; 2] = [SrtpProfile::AeadAes256Gcm, SrtpProfile::AeadAes128Gcm];

/// A packet with two CSRCs and a header extension.
fn packet(ssrc: u32, sequence: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x92, 96];
    packet.extend(sequence.to_be_bytes());
    packet.extend([0, 1, 2, 3]);
    packet.extend(ssrc.to_be_bytes());
    packet.extend([1; 8]);
    packet.extend([0xBE, 0xDE, 0, 1, 0x10, 7, 0, 0]);
    packet.extend(payload);
    packet
}

const HEADER_LENGTH: usize = 28;

fn report(ssrc: u32, body: &[u8]) -> Vec<u8> {
    let mut report = vec![0x80, 201, 0, 1];
    report.extend(ssrc.to_be_bytes());
    report.extend(body);
    report
}

fn seal(sealer: &mut Sealer, index: u64, packet: &[u8]) -> Result<Vec<u8>, SealError> {
    let mut buffer = packet.to_vec();
    let length = header_length(&[packet, &[0; 16]].concat()).unwrap();
    sealer.seal_rtp(PacketIndex(index), &mut buffer, 0, length)?;
    Ok(buffer)
}

fn open(opener: &mut Opener, sealed: &[u8]) -> Result<(Vec<u8>, u64), DropReason> {
    let mut datagram = sealed.to_vec();
    let (length, index) = opener.open_rtp(&mut datagram)?;
    datagram.truncate(length);
    Ok((datagram, index.0))
}

fn open_rtcp(opener: &mut Opener, sealed: &[u8]) -> Result<Vec<u8>, DropReason> {
    let mut datagram = sealed.to_vec();
    let length = opener.open_rtcp(&mut datagram)?;
    datagram.truncate(length);
    Ok(datagram)
}

mod vectors {
    use super::*;

    const SALT: [u8; 12] = *b"Quid pro quo";
    const RTP: &str = "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465 73207472 6573";
    const RTCP: &str = "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef deadbeef deadbeef deadbeef";
    const RTCP_INDEX: u32 = 0x5D4;

    fn ciphers(profile: SrtpProfile) -> (SessionCipher, SessionCipher) {
        let key: Vec<u8> = (0..32).take(profile.key_length()).collect();
        let cipher = || SessionCipher::new(profile, &key, SALT).unwrap();
        (cipher(), cipher())
    }

    fn both_ways(profile: SrtpProfile, sealed_rtp: &str, sealed_rtcp: &str) {
        let (rtp, rtcp) = ciphers(profile);
        let mut sealer = Sealer::with_ciphers(rtp, rtcp, RTCP_INDEX);
        let (rtp, rtcp) = ciphers(profile);
        let mut opener = Opener::with_ciphers(rtp, rtcp);

        assert_eq!(seal(&mut sealer, 0xF17B, &hex(RTP)).unwrap(), hex(sealed_rtp));
        assert_eq!(open(&mut opener, &hex(sealed_rtp)).unwrap(), (hex(RTP), 0xF17B));

        let mut buffer = hex(RTCP);
        sealer.seal_rtcp(&mut buffer, 0).unwrap();
        assert_eq!(buffer, hex(sealed_rtcp));
        assert_eq!(open_rtcp(&mut opener, &hex(sealed_rtcp)).unwrap(), hex(RTCP));
    }

    #[test]
    fn aes_128_gcm_agrees_with_rfc_7714_sections_16_1_and_17_1() {
        both_ways(
            SrtpProfile::AeadAes128Gcm,
            "8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce",
            "81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda 4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4",
        );
    }

    #[test]
    fn aes_256_gcm_agrees_with_rfc_7714_sections_16_2_and_17_2() {
        both_ways(
            SrtpProfile::AeadAes256Gcm,
            "8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02 76ffae0f 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13",
            "81c8000d 4d617273 d50ae4d1 f5ce5d30 4ba297e4 7d470c28 2c3ece5d bffe0a50 a2eaa5c1 110555be 8415f658 c61de047 6f1b6fad 1d1eb30c 4446839f 57ff6f6c b26ac3be 800005d4",
        );
    }

    #[test]
    fn a_report_that_is_only_authenticated_is_refused() {
        let (rtp, rtcp) = ciphers(SrtpProfile::AeadAes128Gcm);
        let mut opener = Opener::with_ciphers(rtp, rtcp);
        // RFC 7714 §17.3.
        let tagged = [hex(RTCP), hex("841dd968 3dd78ec9 2ae58790 125f62b3 000005d4")].concat();
        assert_eq!(open_rtcp(&mut opener, &tagged), Err(DropReason::Malformed));
    }

    #[test]
    fn key_derivation_agrees_with_rfc_3711_appendix_b_3() {
        let key = hex("E1F97A0D3E018BE0D64FA32C06DE4139");
        let salt: [u8; 14] = hex("0EC675AD498AFEEBB6960B3AABE6").try_into().unwrap();
        let derived = |label, length| {
            let mut output = vec![0; length];
            derive(&key, salt, label, &mut output).unwrap();
            output
        };
        assert_eq!(derived(0, 16), hex("C61E7A93744F39EE10734AFE3FF7A087"));
        assert_eq!(derived(2, 14), hex("30CBBC08863D8C85D49DB34A9AE1"));
    }

    #[test]
    fn key_derivation_agrees_with_rfc_6188() {
        let key = hex("f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6");
        let salt: [u8; 14] = hex("3b04803de51ee7c96423ab5b78d2").try_into().unwrap();
        let mut output = vec![0; 32];
        derive(&key, salt, 0, &mut output).unwrap();
        assert_eq!(output, hex("5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4"));
    }
}

#[test]
fn an_index_that_does_not_rise_is_never_sealed() {
    let (mut sealer, _) = pair(SrtpProfile::AeadAes256Gcm);
    seal(&mut sealer, 10, &packet(1, 10, b"one")).unwrap();
    for index in [10, 9] {
        let again = seal(&mut sealer, index, &packet(1, index as u16, b"two"));
        assert_eq!(again, Err(SealError::IndexReused));
    }
    // Another SSRC counts for itself.
    seal(&mut sealer, 10, &packet(2, 10, b"three")).unwrap();
}

#[test]
fn an_index_that_is_not_the_packets_is_never_sealed() {
    let (mut sealer, _) = pair(SrtpProfile::AeadAes256Gcm);
    assert_eq!(seal(&mut sealer, 11, &packet(1, 10, b"x")), Err(SealError::IndexReused));
    assert_eq!(seal(&mut sealer, (1 << 48) + 10, &packet(1, 10, b"x")), Err(SealError::IndexReused));
}

#[test]
fn a_refused_packet_leaves_what_stands_before_it_in_the_buffer() {
    let (mut sealer, _) = pair(SrtpProfile::AeadAes128Gcm);
    seal(&mut sealer, 5, &packet(1, 5, b"x")).unwrap();
    let mut buffer = [b"before".to_vec(), packet(1, 5, b"again")].concat();
    assert!(sealer.seal_rtp(PacketIndex(5), &mut buffer, 6, HEADER_LENGTH).is_err());
    assert_eq!(buffer, b"before");

    let mut short = [b"before".to_vec(), vec![0x80, 201]].concat();
    assert!(sealer.seal_rtcp(&mut short, 6).is_err());
    assert_eq!(short, b"before");
}

#[test]
fn an_exhausted_rtcp_key_seals_nothing_more() {
    let profile = SrtpProfile::AeadAes128Gcm;
    let cipher = || SessionCipher::new(profile, &[7; 16], [0; 12]).unwrap();
    let mut sealer = Sealer::with_ciphers(cipher(), cipher(), (1 << 31) - 1);
    assert!(sealer.seal_rtcp(&mut report(1, b"last"), 0).is_ok());
    assert!(sealer.seal_rtcp(&mut report(1, b"more"), 0).is_err());
}

#[test]
fn a_packet_is_opened_once() {
    for profile in PROFILES {
        let (mut sealer, mut opener) = pair(profile);
        let sealed = seal(&mut sealer, 100, &packet(1, 100, b"payload")).unwrap();
        assert!(open(&mut opener, &sealed).is_ok());
        assert_eq!(open(&mut opener, &sealed), Err(DropReason::Replayed));

        let mut sealed = report(1, b"report");
        sealer.seal_rtcp(&mut sealed, 0).unwrap();
        assert!(open_rtcp(&mut opener, &sealed).is_ok());
        assert_eq!(open_rtcp(&mut opener, &sealed), Err(DropReason::Replayed));
    }
}

#[test]
fn a_forged_packet_does_not_move_the_window() {
    let (mut sealer, mut opener) = pair(SrtpProfile::AeadAes256Gcm);
    let first = seal(&mut sealer, 100, &packet(1, 100, b"first")).unwrap();
    let mut forged = seal(&mut sealer, 20_000, &packet(1, 20_000, b"later")).unwrap();
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(open(&mut opener, &forged), Err(DropReason::Forged));
    assert!(open(&mut opener, &first).is_ok());
}

#[test]
fn the_session_keeps_a_bounded_number_of_ssrcs() {
    let (mut sealer, mut opener) = pair(SrtpProfile::AeadAes128Gcm);
    for ssrc in 0..=MAX_SSRCS as u32 {
        let sealed = seal(&mut sealer, 1, &packet(ssrc, 1, b"x")).unwrap();
        let expected = (ssrc as usize) < MAX_SSRCS;
        assert_eq!(open(&mut opener, &sealed).is_ok(), expected, "SSRC {ssrc}");
    }
}

/// An independent implementation under the same key.
fn stranger(profile: SrtpProfile, master: &MasterKey) -> Context {
    let profile = match profile {
        SrtpProfile::AeadAes256Gcm => ProtectionProfile::AeadAes256Gcm,
        SrtpProfile::AeadAes128Gcm => ProtectionProfile::AeadAes128Gcm,
    };
    let provider = rtc_srtp::crypto::default_provider().unwrap();
    Context::new(
        &master.key,
        &master.salt,
        profile,
        Some(srtp_replay_protection(1024)),
        Some(srtcp_replay_protection(1024)),
        provider.crypto(),
    )
    .unwrap()
}

fn profiles() -> impl Strategy<Value = SrtpProfile> {
    prop_oneof![Just(PROFILES[0]), Just(PROFILES[1])]
}

/// Rising indexes that cross at least one rollover when there are enough of them.
fn rising() -> impl Strategy<Value = Vec<u64>> {
    (0_u64..0x4000, prop::collection::vec(1_u64..0x7000, 1..30)).prop_map(|(first, steps)| {
        let mut index = first;
        let mut indexes = vec![first];
        for step in steps {
            index += step;
            indexes.push(index);
        }
        indexes
    })
}

proptest! {
    #[test]
    fn what_we_seal_the_stranger_opens(
        profile in profiles(),
        fill in any::<u8>(),
        indexes in rising(),
        payload in prop::collection::vec(any::<u8>(), 0..1200),
    ) {
        let master = master(profile, fill % 128);
        let mut sealer = Sealer::new(profile, &master).unwrap();
        let mut stranger = stranger(profile, &master);
        for index in indexes {
            let plain = packet(0xDEAD_BEEF, index as u16, &payload);
            let sealed = seal(&mut sealer, index, &plain).unwrap();
            prop_assert_eq!(&stranger.decrypt_rtp(&sealed).unwrap()[..], &plain[..]);

            let plain = report(7, &payload);
            let mut sealed = plain.clone();
            sealer.seal_rtcp(&mut sealed, 0).unwrap();
            prop_assert_eq!(&stranger.decrypt_rtcp(&sealed).unwrap()[..], &plain[..]);
        }
    }

    #[test]
    fn what_the_stranger_seals_we_open(
        profile in profiles(),
        fill in any::<u8>(),
        indexes in rising(),
        payload in prop::collection::vec(any::<u8>(), 1..1200),
    ) {
        let master = master(profile, fill % 128);
        let mut opener = Opener::new(profile, &master).unwrap();
        let mut stranger = stranger(profile, &master);
        for index in indexes {
            let plain = packet(0xDEAD_BEEF, index as u16, &payload);
            let sealed = stranger.encrypt_rtp(&plain).unwrap();
            prop_assert_eq!(open(&mut opener, &sealed), Ok((plain, index)));

            let plain = report(7, &payload);
            let sealed = stranger.encrypt_rtcp(&plain).unwrap();
            prop_assert_eq!(open_rtcp(&mut opener, &sealed), Ok(plain));
        }
    }

    #[test]
    fn reordered_packets_around_a_rollover_are_opened_once_each(
        first in 0xFF00_u64..0x1_0100,
        order in Just((0..64_u64).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let (mut sealer, mut opener) = pair(SrtpProfile::AeadAes256Gcm);
        // The opener must have met the stream before its first rollover.
        let before = seal(&mut sealer, 0xFE00, &packet(1, 0xFE00, b"")).unwrap();
        open(&mut opener, &before).unwrap();
        let sealed: Vec<_> = (0..64)
            .map(|step| seal(&mut sealer, first + step, &packet(1, (first + step) as u16, b"x")).unwrap())
            .collect();
        for &at in order.iter().chain(&order) {
            let _ = open(&mut opener, &sealed[at as usize]);
        }
        for at in order {
            prop_assert_eq!(open(&mut opener, &sealed[at as usize]), Err(DropReason::Replayed));
        }
    }

    #[test]
    fn no_bit_of_a_packet_may_change(flip in any::<prop::sample::Index>(), bit in 0_u8..8, profile in profiles()) {
        let (mut sealer, mut opener) = pair(profile);
        let mut sealed = seal(&mut sealer, 100, &packet(1, 100, b"payload")).unwrap();
        let at = flip.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert!(open(&mut opener, &sealed).is_err());

        let mut sealed = report(1, b"report");
        sealer.seal_rtcp(&mut sealed, 0).unwrap();
        let at = flip.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert!(open_rtcp(&mut opener, &sealed).is_err());
    }

    #[test]
    fn no_bytes_make_the_opener_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), first in 0x80_u8..0xC0) {
        let (_, mut opener) = pair(SrtpProfile::AeadAes256Gcm);
        let mut datagram = bytes;
        if let Some(byte) = datagram.first_mut() {
            *byte = first;
        }
        prop_assert!(opener.open_rtp(&mut datagram.clone()).is_err());
        prop_assert!(opener.open_rtcp(&mut datagram).is_err());
    }
}
