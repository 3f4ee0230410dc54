//! Hostile bytes: one plain function for each place where the network reaches a parser ([`entry`]), its corpus
//! replayed, and every item of it broken in thousands of ways from a fixed seed.
//!
//! What stands in `corpus/` is read as it is; SDP and wire messages begin from `tests/fixtures`.

#[cfg(test)]
mod entry;
#[cfg(test)]
mod mutate;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::entry;
    use crate::mutate::Mutator;

    /// Broken copies made of each item. A bug found by more is put into the corpus.
    const COPIES: usize = 2_000;
    /// A bound on the bytes broken for one item, so that long ones take no longer than short ones.
    const MOST_BYTES: usize = 8_000_000;
    const SEED: u64 = 0x6769_616F_6261_6E67;

    /// Runs `entry` on each item of a folder below `tests/` and on broken copies of it.
    fn replay(folder: &str, entry: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
        let mut items: Vec<_> = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|item| item.expect("a file").path())
            .filter(|path| path.is_file() && path.extension().is_none_or(|extension| extension != "mjs"))
            .collect();
        // The file system's order is not the same everywhere; the seed decides all.
        items.sort();
        assert!(!items.is_empty(), "{} is empty", folder.display());
        let mut mutator = Mutator::new(SEED);
        for path in items {
            let item = std::fs::read(&path).expect("readable");
            entry(&item);
            for _ in 0..COPIES.min(MOST_BYTES / item.len().max(1)) {
                entry(&mutator.mutate(&item));
            }
        }
    }

    #[test]
    fn no_rtp_packet_makes_a_parser_panic() {
        replay("fuzz/corpus/rtp", entry::rtp);
    }

    #[test]
    fn no_rtcp_packet_makes_a_parser_panic() {
        replay("fuzz/corpus/rtcp", entry::rtcp);
    }

    #[test]
    fn no_stun_message_makes_a_parser_panic() {
        replay("fuzz/corpus/stun", entry::stun);
    }

    #[test]
    fn no_datagram_of_a_stranger_is_taken_or_answered() {
        for folder in ["fuzz/corpus/rtp", "fuzz/corpus/rtcp", "fuzz/corpus/stun", "fuzz/corpus/dtls"] {
            replay(folder, entry::datagram);
        }
    }

    #[test]
    fn a_stranger_who_knows_a_ufrag_is_not_answered() {
        replay("fuzz/corpus/stun", entry::ufrag);
    }

    #[test]
    fn no_offer_makes_the_negotiation_panic() {
        replay("fixtures/sdp", entry::sdp);
    }

    #[test]
    fn no_message_of_a_client_makes_the_wire_panic() {
        replay("fixtures/wire/client", entry::wire);
    }
}
