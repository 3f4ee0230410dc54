//! Packets: numbers that rise, streams without a seam, nothing uncounted, nothing left over.

use std::collections::BTreeMap;

use giaoban_media::DropReason;

use crate::trace::{Record, Sealed, Trace};
use crate::world::{Life, Outcome};

fn streams(trace: &Trace) -> impl Iterator<Item = &Sealed> {
    trace.records.iter().filter_map(|(_, record)| match record {
        Record::Sealed(sealed) => Some(sealed),
        _ => None,
    })
}

/// Calls `judge` with every packet and the one before it on its stream. The same packet of sound once more, behind its
/// successor, is no packet of its own: it is neither sealed nor heard twice.
pub(super) fn each_pair(trace: &Trace, mut judge: impl FnMut(&Sealed, &Sealed)) {
    let mut before: BTreeMap<_, [&Sealed; 2]> = BTreeMap::new();
    for sealed in streams(trace) {
        let stream = (sealed.receiver, sealed.transport, sealed.ssrc);
        let Some([last, earlier]) = before.get_mut(&stream) else {
            before.insert(stream, [sealed; 2]);
            continue;
        };
        let is_repeated = sealed.picture.is_none() && *earlier == sealed && *last != sealed;
        if !is_repeated {
            judge(last, sealed);
            *earlier = std::mem::replace(last, sealed);
        }
    }
}

/// (transport, SSRC, index) rises strictly, so nothing is sealed twice.
#[must_use]
pub fn rising_indices(trace: &Trace) -> Vec<String> {
    let mut found = Vec::new();
    each_pair(trace, |before, sealed| {
        let ahead = sealed.sequence.wrapping_sub(before.sequence);
        if ahead == 0 || ahead >= 0x8000 {
            found.push(format!("an index does not rise: {before:?} then {sealed:?}"));
        }
    });
    found
}

/// Time never goes back on a stream, and where no number is left out the picture ids count frame by frame.
#[must_use]
pub fn continuous_streams(trace: &Trace) -> Vec<String> {
    let mut found = Vec::new();
    each_pair(trace, |before, sealed| {
        if sealed.is_repair {
            return;
        }
        let time = sealed.timestamp.wrapping_sub(before.timestamp);
        let mut is_continuous = time < 0x8000_0000;
        if let (Some(last), Some(picture)) = (before.picture, sealed.picture) {
            let pictures = picture.wrapping_sub(last) & 0x7FFF;
            let follows = sealed.sequence == before.sequence.wrapping_add(1);
            is_continuous &=
                pictures < 0x4000 && (pictures == 0) == (time == 0) && (!follows || pictures <= 1);
        }
        if !is_continuous {
            found.push(format!("a stream has a seam: {before:?} then {sealed:?}"));
        }
    });
    found
}

/// Every datagram has a verdict, in each life of the gateway.
#[must_use]
pub fn every_datagram_judged(outcome: &Outcome) -> Vec<String> {
    let fault = |life: &Life| {
        let dropped: u64 = DropReason::ALL.iter().map(|&reason| life.statistics.dropped(reason)).sum();
        let judged = life.statistics.forwarded + dropped;
        (judged != life.given).then(|| format!("{} datagrams were given and {judged} judged", life.given))
    };
    outcome.lives.iter().filter_map(fault).collect()
}

/// The shard refused nothing of its own making, no message was malformed, and when all have left nothing is there.
#[must_use]
pub fn nothing_left_behind(outcome: &Outcome) -> Vec<String> {
    let statistics = &outcome.statistics;
    let counts = [
        ("indices sealed twice", outcome.lives.iter().map(|life| life.reused as u64).sum()),
        ("indices refused", statistics.refused_indices),
        ("malformed messages", u64::from(outcome.malformed_messages)),
        ("packets that left their history unsent", statistics.overruns),
        ("transports left behind", statistics.transports as u64),
        ("connected transports left behind", statistics.security.values().sum::<usize>() as u64),
    ];
    counts.iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!("{count} {name}")).collect()
}
