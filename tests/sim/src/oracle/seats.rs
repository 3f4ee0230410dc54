//! Seats: kept for who comes back, unchanged in the eyes of others, and told of without waste.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{Action, Limits, Plan};
use crate::trace::{Record, Trace};
use crate::world::{Outcome, Told};

/// Hand, mute, lock, stage and slots of whoever comes back are as they were when his connection was lost.
#[must_use]
pub fn seats_are_kept(trace: &Trace, plan: &Plan) -> Vec<String> {
    let mut found = Vec::new();
    for (at, record) in &trace.records {
        if let Record::Resumed { member, before, after } = record
            && plan.is_kept
            && before != after
        {
            found.push(format!("{at:?}: {member:?} had {before:?} and comes back to {after:?}"));
        }
    }
    found
}

/// Until all leave, nobody is seen to come but once for each time he joins, and nobody to go who was not removed.
#[must_use]
pub fn nobody_comes_or_goes_unasked(outcome: &Outcome, plan: &Plan) -> Vec<String> {
    let mut found = Vec::new();
    let mut removed = BTreeSet::new();
    let mut seen: BTreeMap<_, usize> = BTreeMap::new();
    let joins = |of: u32| {
        let joins = |(_, action): &&(u64, Action)| matches!(action, Action::Join(who) if *who == of);
        plan.script.iter().filter(joins).count()
    };
    for (at, record) in &outcome.trace.records {
        match record {
            Record::Removed(member) => {
                removed.insert(*member);
            }
            Record::Moved { receiver, member, is_there } if *at < outcome.left_at => {
                let comebacks = usize::from(plan.leavers.contains(&member.0));
                let is_asked = if *is_there {
                    let times = seen.entry((*receiver, *member)).or_default();
                    *times += 1;
                    *times <= joins(member.0) + comebacks
                } else {
                    comebacks > 0 || removed.contains(member)
                };
                if !is_asked {
                    let moved = if *is_there { "come" } else { "go" };
                    found.push(format!("{at:?}: {receiver:?} sees {member:?} {moved}"));
                }
            }
            _ => {}
        }
    }
    found
}

/// No member is told more than the plan allows: the state of a room that changes costs each member a bounded traffic.
#[must_use]
pub fn bounded_telling(outcome: &Outcome, limits: &Limits) -> Vec<String> {
    let is_much = |told: &Told| told.octets > limits.told || told.messages > limits.messages;
    let told = outcome.told.iter().filter(|(_, told)| is_much(told));
    told.map(|(member, told)| format!("{member:?} was told too much: {told:?}")).collect()
}
