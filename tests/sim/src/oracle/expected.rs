//! What a plan expects of single moments.

use std::time::Duration;

use giaoban_media_types::{MediaKind, MemberId, SlotId};

use crate::plan::Expected;
use crate::trace::{Record, Trace};

/// What was heard so shortly before a moment is heard at it.
const SHORTLY: Duration = Duration::from_millis(200);

/// Every expectation of the plan is met.
#[must_use]
pub fn all_as_expected(trace: &Trace, expected: &[(u64, Expected)]) -> Vec<String> {
    let unmet =
        expected.iter().filter(|(at, expected)| !is_met(trace, Duration::from_millis(*at), *expected));
    unmet.map(|(at, expected)| format!("{at} ms: not so: {expected:?}")).collect()
}

fn is_met(trace: &Trace, at: Duration, expected: Expected) -> bool {
    let end = trace.records.partition_point(|(time, _)| *time <= at);
    let before = trace.records.get(..end).unwrap_or_default();
    match expected {
        Expected::Sees { receiver, slot, member, height } => {
            let last = before.iter().rev().find_map(|(_, record)| match record {
                Record::Painted { receiver: who, slot: place, named: Some(named), height, .. } => {
                    (who.0 == receiver && *place == SlotId(slot)).then_some((named.member.0, *height))
                }
                _ => None,
            });
            last == Some((member, height))
        }
        Expected::Hears { receiver, member } => hears(before, at, receiver, member),
        Expected::HearsNot { receiver, member } => !hears(before, at, receiver, member),
    }
}

fn hears(before: &[(Duration, Record)], at: Duration, receiver: u32, member: u32) -> bool {
    let recent = before.iter().rev().take_while(|(time, _)| *time + SHORTLY >= at);
    let mut sounds = recent.filter_map(|(_, record)| match record {
        Record::Delivered { receiver: who, tag, .. } if who.0 == receiver => Some(tag.source),
        _ => None,
    });
    sounds.any(|source| source.member == MemberId(member) && source.kind.media() == MediaKind::Audio)
}
