//! Offers travel deflated (RFC 1951) and in base64: the largest would not fit a message otherwise.

use std::io::Read;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::read::DeflateDecoder;
use giaoban_signaling::wire::ErrorCode;

/// Longest offer taken, in bytes: twice the longest a browser makes with all slots and the room's codecs.
const MAX_SDP: u64 = 512 * 1024;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The offer's text.
///
/// # Errors
/// `BadOffer` if it is not base64 of a deflated text, `TooLarge` if the text is longer than is taken.
pub fn inflate(packed: &str) -> Result<String, ErrorCode> {
    let packed = BASE64.decode(packed).map_err(|_| ErrorCode::BadOffer)?;
    let mut text = String::new();
    let length = DeflateDecoder::new(packed.as_slice())
        .take(MAX_SDP + 1)
        .read_to_string(&mut text)
        .map_err(|_| ErrorCode::BadOffer)?;
    if u64::try_from(length).is_ok_and(|length| length > MAX_SDP) {
        return Err(ErrorCode::TooLarge);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::read::DeflateEncoder;

    fn pack(text: &[u8]) -> String {
        let mut packed = Vec::new();
        DeflateEncoder::new(text, Compression::best()).read_to_end(&mut packed).unwrap();
        BASE64.encode(packed)
    }

    #[test]
    fn an_offer_comes_out_as_it_went_in() {
        assert_eq!(inflate(&pack(b"v=0\r\n")).unwrap(), "v=0\r\n");
        assert_eq!(inflate(pack(b"v=0\r\n").trim_end_matches('=')).unwrap(), "v=0\r\n");
    }

    #[test]
    fn an_offer_of_the_largest_length_is_taken_and_one_byte_more_is_not() {
        let most = usize::try_from(MAX_SDP).unwrap();
        assert_eq!(inflate(&pack(&vec![b'a'; most])).unwrap().len(), most);
        assert_eq!(inflate(&pack(&vec![b'a'; most + 1])), Err(ErrorCode::TooLarge));
        assert_eq!(inflate(&pack(&vec![b'a'; 64 * most])), Err(ErrorCode::TooLarge));
    }

    #[test]
    fn what_is_not_a_deflated_text_is_a_bad_offer() {
        assert_eq!(inflate("?"), Err(ErrorCode::BadOffer));
        assert_eq!(inflate(&pack(&[0xff, 0xfe])), Err(ErrorCode::BadOffer));
    }
}
