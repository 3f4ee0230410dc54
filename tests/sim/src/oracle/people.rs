//! People: who may be heard and seen by whom, and what all know of each other.

use std::collections::BTreeMap;
use std::time::Duration;

use giaoban_media_types::MediaKind;

use crate::trace::{Record, Trace};
use crate::world::Outcome;

/// Time that a mute or a removal may take.
const GRACE: Duration = Duration::from_millis(100);

/// Nothing of a member's own is sent back to him.
#[must_use]
pub fn nothing_of_ones_own(trace: &Trace) -> Vec<String> {
    let own = |(at, record): &(Duration, Record)| match record {
        Record::Sealed(sealed) if sealed.tag.is_some_and(|tag| tag.source.member == sealed.receiver) => {
            Some(format!("{at:?}: his own media is sent to {:?}", sealed.receiver))
        }
        _ => None,
    };
    trace.records.iter().filter_map(own).collect()
}

/// 100 ms after the order nothing of a removed member, no sound of a muted one, and nothing to a removed one, is sent.
#[must_use]
pub fn nothing_of_the_silenced(trace: &Trace) -> Vec<String> {
    let mut muted = BTreeMap::new();
    let mut removed = BTreeMap::new();
    let mut found = Vec::new();
    for (at, record) in &trace.records {
        match record {
            Record::Muted(member) => {
                muted.entry(*member).or_insert(*at);
            }
            Record::LetSpeak(member) => {
                muted.remove(member);
            }
            Record::Removed(member) => {
                removed.insert(*member, *at);
            }
            Record::Sealed(sealed) => {
                let Some(tag) = sealed.tag else { continue };
                let source = tag.source;
                let late = |since: Option<&Duration>| since.is_some_and(|since| *at > *since + GRACE);
                let is_sound = source.kind.media() == MediaKind::Audio;
                let unheard = is_sound && late(muted.get(&source.member));
                if unheard || late(removed.get(&source.member)) || late(removed.get(&sealed.receiver)) {
                    found.push(format!("{at:?}: {source:?} is still sent to {:?}", sealed.receiver));
                }
            }
            _ => {}
        }
    }
    found
}

/// Everyone knows the same of the room, and nobody missed a change.
#[must_use]
pub fn equal_rosters(outcome: &Outcome) -> Vec<String> {
    let mut found = Vec::new();
    let Some((first, expected)) = outcome.views.first_key_value() else {
        return vec!["nobody is there at the end".into()];
    };
    for (member, view) in &outcome.views {
        if view.missed > 0 {
            found.push(format!("member {member} missed {} changes", view.missed));
        }
        if view != expected {
            found.push(format!("members {first} and {member} do not know the same: {expected:?}, {view:?}"));
        }
    }
    found
}
