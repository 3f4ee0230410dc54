//! Pictures: whole, under the right name, without long gaps, soon after they were ordered.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use giaoban_media_types::{MemberId, SlotId};

use crate::trace::{Record, Trace};

type Place = (MemberId, SlotId);

/// No frame is put together of packets of two.
#[must_use]
pub fn no_broken_frames(trace: &Trace) -> Vec<String> {
    let broken = |(at, record): &(Duration, Record)| match record {
        Record::Broken { receiver, slot } => {
            Some(format!("{at:?}: a broken frame in {slot:?} of {receiver:?}"))
        }
        _ => None,
    };
    trace.records.iter().filter_map(broken).collect()
}

/// Never a frame of one site under the name of another.
#[must_use]
pub fn names_and_pictures_agree(trace: &Trace) -> Vec<String> {
    let wrong = |(at, record): &(Duration, Record)| match record {
        Record::Painted { receiver, slot, tag, named: Some(named), .. } if tag.source != *named => {
            Some(format!("{at:?}: {receiver:?} sees {:?} in {slot:?} as {named:?}", tag.source))
        }
        _ => None,
    };
    trace.records.iter().filter_map(wrong).collect()
}

/// What a run looked like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Frames painted under a name.
    pub painted: u64,
    /// Longest gap between two of one assignment.
    pub longest_gap: Duration,
    /// Longest time from an assignment to its first frame.
    pub slowest_switch: Duration,
    /// Assignments that were painted.
    pub switches: u64,
}

/// Measures a run.
#[must_use]
pub fn figures(trace: &Trace, settled: Duration) -> Figures {
    let mut figures = Figures::default();
    gaps(trace, |_, _, gap| figures.longest_gap = figures.longest_gap.max(gap));
    for switch in switches(trace).iter().filter(|switch| switch.told >= settled) {
        if let Some(painted) = switch.painted {
            figures.switches += 1;
            figures.slowest_switch = figures.slowest_switch.max(painted - switch.told);
        }
    }
    let named = |record: &Record| matches!(record, Record::Painted { named: Some(_), .. });
    figures.painted = trace.records.iter().filter(|(_, record)| named(record)).count() as u64;
    figures
}

/// Calls `see` with every gap between two frames of one assignment; gives the last frame of each place.
fn gaps(trace: &Trace, mut see: impl FnMut(Place, Duration, Duration)) -> BTreeMap<Place, (u32, Duration)> {
    let mut last: BTreeMap<Place, (u32, Duration)> = BTreeMap::new();
    for (at, record) in &trace.records {
        let Record::Painted { receiver, slot, named: Some(_), epoch, .. } = record else { continue };
        let place = (*receiver, *slot);
        if let Some((before, since)) = last.insert(place, (*epoch, *at))
            && before == *epoch
        {
            see(place, *at, *at - since);
        }
    }
    last
}

fn removed(trace: &Trace) -> BTreeSet<MemberId> {
    let removed = trace.records.iter().filter_map(|(_, record)| match record {
        Record::Removed(member) => Some(*member),
        _ => None,
    });
    removed.collect()
}

/// No gap between painted frames is longer than `limit`, the one before the end included.
#[must_use]
pub fn no_long_gaps(trace: &Trace, limit: Duration, end: Duration) -> Vec<String> {
    let mut found = Vec::new();
    let last = gaps(trace, |(receiver, slot), at, gap| {
        if gap > limit {
            found.push(format!("{at:?}: nothing was painted for {gap:?} in {slot:?} of {receiver:?}"));
        }
    });
    let removed = removed(trace);
    for switch in switches(trace).iter().filter(|switch| switch.until.is_none() && switch.source.is_some()) {
        let (receiver, slot) = switch.place;
        let is_there =
            !removed.contains(&receiver) && switch.source.is_some_and(|source| !removed.contains(&source));
        if let Some((epoch, at)) = last.get(&switch.place)
            && is_there
            && *epoch == switch.epoch
            && end > *at + limit
        {
            found.push(format!("{at:?}: the last frame in {slot:?} of {receiver:?}"));
        }
    }
    found
}

struct Switch {
    place: Place,
    epoch: u32,
    source: Option<MemberId>,
    told: Duration,
    painted: Option<Duration>,
    /// When the next assignment of the slot came.
    until: Option<Duration>,
}

fn switches(trace: &Trace) -> Vec<Switch> {
    let mut switches: Vec<Switch> = Vec::new();
    let mut current: BTreeMap<Place, usize> = BTreeMap::new();
    for (at, record) in &trace.records {
        match record {
            Record::Told { receiver, slot, epoch, source } => {
                let place = (*receiver, *slot);
                if let Some(before) =
                    current.insert(place, switches.len()).and_then(|at| switches.get_mut(at))
                {
                    before.until = Some(*at);
                }
                let source = source.map(|source| source.member);
                switches.push(Switch { place, epoch: *epoch, source, told: *at, painted: None, until: None });
            }
            Record::Painted { receiver, slot, named: Some(_), epoch, .. } => {
                let switch = current.get(&(*receiver, *slot)).and_then(|&place| switches.get_mut(place));
                if let Some(switch) = switch.filter(|switch| switch.epoch == *epoch) {
                    switch.painted.get_or_insert(*at);
                }
            }
            _ => {}
        }
    }
    switches
}

/// Every assignment made after `settled` is painted within `limit`, unless it is replaced before.
#[must_use]
pub fn prompt_switches(trace: &Trace, settled: Duration, limit: Duration, end: Duration) -> Vec<String> {
    let removed = removed(trace);
    let mut found = Vec::new();
    for switch in switches(trace) {
        let Some(source) = switch.source else { continue };
        let lasts = switch.until.unwrap_or(end) > switch.told + limit;
        let is_there = !removed.contains(&source) && !removed.contains(&switch.place.0);
        let is_late = switch.painted.is_none_or(|painted| painted > switch.told + limit);
        if switch.told >= settled && lasts && is_there && is_late {
            let (receiver, slot) = switch.place;
            let took = switch.painted.map(|painted| painted - switch.told);
            found.push(format!("{:?}: {source:?} in {slot:?} of {receiver:?} took {took:?}", switch.told));
        }
    }
    found
}
