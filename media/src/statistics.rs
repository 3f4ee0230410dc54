//! What a shard has counted.

use std::collections::BTreeMap;

use giaoban_media_types::Security;

use crate::verdict::{DropReason, Verdict};

/// A snapshot of a shard's counters and sizes. Counters only grow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Packets taken.
    pub forwarded: u64,
    /// Packets not taken, at [`DropReason`]'s index.
    dropped: [u64; DropReason::ALL.len()],
    /// Bytes received, before decryption.
    pub ingress_bytes: u64,
    /// Media packets sealed and sent.
    pub egress_packets: u64,
    /// Bytes of those and of what was sent again, sealed.
    pub egress_bytes: u64,
    /// Retransmissions sent, late packets among them.
    pub retransmissions: u64,
    /// Packets of sound sent once more to receivers who lose some.
    pub repeats: u64,
    /// Bytes of padding sent in line tests, sealed.
    pub line_test_bytes: u64,
    /// Packets that receivers asked for and that could not be sent again.
    pub unanswered_nacks: u64,
    /// Packets asked of publishers.
    pub nacks_sent: u64,
    /// Key frames asked of publishers.
    pub picture_loss_indications_sent: u64,
    /// Slots that began with a new source or layer.
    pub switches: u64,
    /// Packets that left their history before a receiver's turn came.
    pub overruns: u64,
    /// Packets the transport refused to seal because their index did not rise: always 0.
    pub refused_indices: u64,
    /// Conferences now.
    pub conferences: usize,
    /// Transports now, connected or not.
    pub transports: usize,
    /// Connected transports by what they negotiated.
    pub security: BTreeMap<Security, usize>,
}

impl Statistics {
    /// Counts what became of a received packet.
    pub fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Forward => self.forwarded += 1,
            Verdict::Drop(reason) => {
                if let Some(counter) = self.dropped.get_mut(reason as usize) {
                    *counter += 1;
                }
            }
        }
    }

    /// Packets dropped for a reason.
    #[must_use]
    pub fn dropped(&self, reason: DropReason) -> u64 {
        self.dropped.get(reason as usize).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_counter_of_its_own() {
        let mut statistics = Statistics::default();
        for reason in DropReason::ALL {
            assert_eq!(statistics.dropped(reason), 0);
            statistics.count(Verdict::Drop(reason));
            assert_eq!(statistics.dropped(reason), 1);
        }
        assert_eq!(statistics.forwarded, 0);
    }
}
