//! Sound: the stage is heard without a break, and it is the stage that is heard.

use std::collections::BTreeMap;
use std::time::Duration;

use giaoban_media_types::{MediaKind, MemberId, SlotId};

use super::packets::each_pair;
use crate::plan::Limits;
use crate::trace::{Record, Sealed, Trace};

/// What is under way when the stage changes may still come so long.
const UNDER_WAY: Duration = Duration::from_millis(400);

/// Ticks of a packet of sound.
const STEP: u32 = 960;

/// Ticks by which two packets of one sound may be apart otherwise: each is stamped with the whole ticks of a clock that
/// may be fast or slow. Where the gateway joins two sounds there is nothing to round.
const ROUNDING: u32 = 1;

/// Ticks from the last packet of one site's sound to the first of another's, at most: the last one may be cut off while
/// its next packet is late, and each is played at the time of its capture, for the sake of the picture.
const LONGEST_JOIN: u32 = 3 * STEP;

/// What became of the stage's sound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SoundLoss {
    /// Packets that should have come.
    pub expected: u64,
    /// Those that did not.
    pub lost: u64,
    /// The longest run of them.
    pub longest: u32,
}

impl SoundLoss {
    /// In thousandths, rounded up.
    #[must_use]
    pub fn thousandths(&self) -> u64 {
        if self.expected == 0 { 0 } else { (self.lost * 1000).div_ceil(self.expected) }
    }
}

/// Counts the loss in slot 0 of everyone, without the microphones that were ever muted. Each time on the stage is
/// counted by itself.
#[must_use]
pub fn sound_loss(trace: &Trace) -> SoundLoss {
    let mut turns: BTreeMap<(MemberId, MemberId), u32> = BTreeMap::new();
    let mut frames: BTreeMap<(MemberId, MemberId, u32), Vec<u32>> = BTreeMap::new();
    let mut muted = Vec::new();
    for (_, record) in &trace.records {
        match record {
            Record::Bound { receiver, slot: SlotId::STAGE_AUDIO, source: Some(source), .. } => {
                *turns.entry((*receiver, source.member)).or_default() += 1;
            }
            Record::Delivered { receiver, slot: SlotId::STAGE_AUDIO, tag } => {
                let turn = turns.get(&(*receiver, tag.source.member)).copied().unwrap_or(0);
                frames.entry((*receiver, tag.source.member, turn)).or_default().push(tag.frame);
            }
            Record::Muted(member) => muted.push(*member),
            _ => {}
        }
    }
    let mut loss = SoundLoss::default();
    for ((_, source, _), mut frames) in frames {
        if muted.contains(&source) {
            continue;
        }
        frames.sort_unstable();
        loss.expected += frames.len() as u64;
        for (&before, &frame) in frames.iter().zip(frames.iter().skip(1)) {
            let lost = (frame - before).saturating_sub(1);
            loss.expected += u64::from(lost);
            loss.lost += u64::from(lost);
            loss.longest = loss.longest.max(lost);
        }
    }
    loss
}

/// The stage is heard with no more loss than the plan allows.
#[must_use]
pub fn sound_goes_on(trace: &Trace, limits: &Limits) -> Vec<String> {
    let loss = sound_loss(trace);
    let is_good = loss.thousandths() <= u64::from(limits.sound_lost) && loss.longest <= limits.sound_gap;
    if is_good { Vec::new() } else { vec![format!("the stage's sound has breaks: {loss:?}")] }
}

/// On ways that lose nothing a slot's sounds follow each other packet by packet, where one site's follows another's all
/// but so, and a pause is announced by the gateway's silence: a receiver has next to nothing to make up.
#[must_use]
pub fn sound_without_holes(trace: &Trace, limits: &Limits) -> Vec<String> {
    let mut found = Vec::new();
    if limits.sound_lost > 0 {
        return found;
    }
    let is_sound = |sealed: &Sealed| {
        let of_sound = sealed.tag.is_none_or(|tag| tag.source.kind.media() == MediaKind::Audio);
        sealed.picture.is_none() && of_sound
    };
    each_pair(trace, |before, sealed| {
        let follows = sealed.sequence == before.sequence.wrapping_add(1);
        if !is_sound(sealed) || !follows {
            return;
        }
        let time = sealed.timestamp.wrapping_sub(before.timestamp);
        let source = |sealed: &Sealed| sealed.tag.map(|tag| tag.source);
        let (rounding, longest) =
            if source(before) == source(sealed) { (ROUNDING, STEP + ROUNDING) } else { (0, LONGEST_JOIN) };
        if time < STEP - rounding || (time > longest && before.tag.is_some()) {
            found.push(format!("{time} ticks from {before:?} to {sealed:?}"));
        }
    });
    found
}

/// Slot 0 and slot 5 are bound to one member, and it is he who is heard in slot 0. Who shows no stage only hears it.
#[must_use]
pub fn stage_sounds_as_it_looks(trace: &Trace) -> Vec<String> {
    let mut found = Vec::new();
    let mut bound: BTreeMap<(MemberId, SlotId), Option<MemberId>> = BTreeMap::new();
    let mut heard: BTreeMap<MemberId, Vec<(Duration, MemberId)>> = BTreeMap::new();
    let mut unjudged: Option<(Duration, MemberId)> = None;
    for (at, record) in &trace.records {
        if let Record::Bound { receiver, slot, source, .. } = record {
            let member = source.map(|source| source.member);
            bound.insert((*receiver, *slot), member);
            if let Some(member) = member.filter(|_| *slot == SlotId::STAGE_AUDIO) {
                heard.entry(*receiver).or_default().push((*at, member));
            }
            unjudged = Some((*at, *receiver));
            continue;
        }
        if *record == Record::Restarted {
            bound.clear();
        }
        if let Some((at, receiver)) = unjudged.take() {
            let of = |slot| bound.get(&(receiver, slot)).copied();
            let (sound, picture) = (of(SlotId::STAGE_AUDIO).flatten(), of(SlotId::STAGE_VIDEO));
            if let Some(picture) = picture.filter(|picture| *picture != sound) {
                found.push(format!("{at:?}: {receiver:?} hears {sound:?} and sees {picture:?} on the stage"));
            }
        }
        if let Record::Delivered { receiver, slot: SlotId::STAGE_AUDIO, tag } = record {
            let history = heard.get(receiver).map(Vec::as_slice).unwrap_or_default();
            let ends = history.iter().skip(1).map(|(at, _)| *at).chain([Duration::MAX]);
            let mut allowed = history.iter().zip(ends).filter(|(_, end)| end.saturating_add(UNDER_WAY) > *at);
            if !allowed.any(|((_, member), _)| *member == tag.source.member) {
                found.push(format!("{at:?}: {receiver:?} hears {:?}, who is not on the stage", tag.source));
            }
        }
    }
    found
}

/// By the gateway's reports picture and sound of the stage are of one moment, whatever the sender's clocks do.
#[must_use]
pub fn lips_together(trace: &Trace, limit: Duration) -> Vec<String> {
    let apart = |(at, record): &(Duration, Record)| match record {
        Record::Lips { receiver, member, apart } if Duration::from_micros(apart.unsigned_abs()) > limit => {
            Some(format!("{at:?}: {receiver:?} sees {member:?} {apart} µs apart from what he says"))
        }
        _ => None,
    };
    trace.records.iter().filter_map(apart).collect()
}
