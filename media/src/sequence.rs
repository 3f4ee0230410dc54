//! Extended sequence numbers.

use crate::rtp::SequenceNumber;
use crate::transport::PacketIndex;

/// The index that `sequence` most probably stands for: the nearest one to `near` (RFC 3711 §3.3.1).
#[must_use]
pub fn expand(sequence: SequenceNumber, near: PacketIndex) -> PacketIndex {
    let [.., high, low] = near.0.to_be_bytes();
    let ahead = sequence.0.wrapping_sub(u16::from_be_bytes([high, low]));
    if ahead < 0x8000 {
        return PacketIndex(near.0.saturating_add(u64::from(ahead)));
    }
    let behind = u64::from(ahead.wrapping_neg());
    // Before the first rollover there is nothing behind: the number is far ahead instead.
    PacketIndex(near.0.checked_sub(behind).unwrap_or(near.0.saturating_add(u64::from(ahead))))
}

/// The sequence number that stands in the packet.
#[must_use]
pub fn truncate(index: PacketIndex) -> SequenceNumber {
    let [.., high, low] = index.0.to_be_bytes();
    SequenceNumber(u16::from_be_bytes([high, low]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_expanded_to_the_nearest_index() {
        let expand = |sequence, near| expand(SequenceNumber(sequence), PacketIndex(near)).0;
        assert_eq!(expand(7, 5), 7);
        assert_eq!(expand(0xFFFF, 0x1_0002), 0xFFFF);
        assert_eq!(expand(2, 0xFFFF), 0x1_0002);
        assert_eq!(expand(0xFFF0, 0x5_0010), 0x4_FFF0);
    }

    #[test]
    fn nothing_lies_before_the_first_index() {
        assert_eq!(expand(SequenceNumber(0xFFFF), PacketIndex(3)), PacketIndex(0xFFFF));
    }

    #[test]
    fn truncating_undoes_expanding() {
        for number in [0, 1, 0x7FFF, 0x8000, 0xFFFF] {
            let sequence = SequenceNumber(number);
            assert_eq!(truncate(expand(sequence, PacketIndex(0x3_8000))), sequence);
        }
    }
}
