//! The outer form of DTLS datagrams, checked before the library sees them.

/// Length of a `DTLSPlaintext` header (RFC 9147 §4): type, version, epoch, sequence number, length.
const PLAINTEXT_HEADER_LENGTH: usize = 13;

/// Shortest `encrypted_record`: a content type and the tag of an AEAD (RFC 9147 §4.2.3 needs 16 bytes).
const SHORTEST_CIPHERTEXT: usize = 16;

/// Whether a datagram consists of whole DTLS records and nothing else.
///
/// ```text
/// DTLSPlaintext:  20..=26 | 0xFE 0xFD or 0xFF | epoch 2 | sequence 6 | length 2 | fragment
/// DTLSCiphertext: 001CSLEE | [connection id] | sequence 1 or 2 | [length 2] | encrypted record
/// ```
/// RFC 9147 §4. Connection ids are never negotiated here, so C must be zero.
#[must_use]
pub fn is_well_formed(datagram: &[u8]) -> bool {
    let mut rest = datagram;
    loop {
        let Some(after) = skip_record(rest) else {
            return false;
        };
        if after.is_empty() {
            return true;
        }
        rest = after;
    }
}

fn skip_record(bytes: &[u8]) -> Option<&[u8]> {
    let (&first, rest) = bytes.split_first()?;
    match first {
        20..=26 => skip_plaintext(bytes),
        32..=63 if first & 0x10 == 0 => skip_ciphertext(first, rest),
        _ => None,
    }
}

fn skip_plaintext(bytes: &[u8]) -> Option<&[u8]> {
    let (header, rest) = bytes.split_first_chunk::<PLAINTEXT_HEADER_LENGTH>()?;
    let [_, major, minor, .., high, low] = *header;
    if major != 0xFE || !matches!(minor, 0xFD | 0xFF) {
        return None;
    }
    rest.get(usize::from(u16::from_be_bytes([high, low]))..)
}

fn skip_ciphertext(first: u8, bytes: &[u8]) -> Option<&[u8]> {
    let sequence_length = if first & 0x08 == 0 { 1 } else { 2 };
    let rest = bytes.get(sequence_length..)?;
    if first & 0x04 == 0 {
        return (rest.len() >= SHORTEST_CIPHERTEXT).then_some(&[]);
    }
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length < SHORTEST_CIPHERTEXT {
        return None;
    }
    rest.get(length..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plaintext(length: u8) -> Vec<u8> {
        let mut record = vec![22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 1, 0, length];
        record.resize(PLAINTEXT_HEADER_LENGTH + usize::from(length), 7);
        record
    }

    fn ciphertext() -> Vec<u8> {
        let mut record = vec![0x2E, 0, 1, 0, 20];
        record.resize(25, 7);
        record
    }

    #[test]
    fn whole_records_of_both_forms_are_well_formed() {
        let two = [plaintext(3), plaintext(0), ciphertext()].concat();
        assert!(is_well_formed(&two));
    }

    #[test]
    fn a_truncated_record_is_not_well_formed() {
        for whole in [plaintext(9), ciphertext()] {
            for length in 0..whole.len() {
                assert!(!is_well_formed(&whole[..length]), "{length} bytes of {whole:?}");
            }
        }
    }

    #[test]
    fn a_record_with_a_connection_id_is_not_well_formed() {
        let mut record = ciphertext();
        record[0] |= 0x10;
        assert!(!is_well_formed(&record));
    }

    proptest! {
        #[test]
        fn no_datagram_makes_the_check_panic(datagram in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = is_well_formed(&datagram);
        }
    }
}
