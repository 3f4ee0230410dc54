//! What must hold in every run. Each oracle is a function of its own over what the run left, and names what it found.

mod expected;
mod packets;
mod people;
mod pictures;
mod seats;
mod sound;
#[cfg(test)]
mod tests;

pub use expected::all_as_expected;
pub use packets::{continuous_streams, every_datagram_judged, nothing_left_behind, rising_indices};
pub use people::{equal_rosters, nothing_of_ones_own, nothing_of_the_silenced};
pub use pictures::{
    Figures, figures, names_and_pictures_agree, no_broken_frames, no_long_gaps, prompt_switches,
};
pub use seats::{bounded_telling, nobody_comes_or_goes_unasked, seats_are_kept};
pub use sound::{
    SoundLoss, lips_together, sound_goes_on, sound_loss, sound_without_holes, stage_sounds_as_it_looks,
};

use crate::plan::Plan;
use crate::world::Outcome;

/// Violations named of one oracle at most: the first tells what is wrong.
const MOST_NAMED: usize = 5;

/// Asks every oracle; an empty list is a good run.
#[must_use]
pub fn judge(plan: &Plan, outcome: &Outcome) -> Vec<String> {
    let trace = &outcome.trace;
    let limits = &plan.limits;
    let findings = [
        rising_indices(trace),
        continuous_streams(trace),
        every_datagram_judged(outcome),
        nothing_left_behind(outcome),
        nothing_of_ones_own(trace),
        nothing_of_the_silenced(trace),
        equal_rosters(outcome),
        no_broken_frames(trace),
        names_and_pictures_agree(trace),
        no_long_gaps(trace, limits.gap, outcome.left_at),
        prompt_switches(trace, plan.settled, limits.switch, outcome.left_at),
        sound_goes_on(trace, limits),
        sound_without_holes(trace, limits),
        stage_sounds_as_it_looks(trace),
        lips_together(trace, limits.lips),
        seats_are_kept(trace, plan),
        nobody_comes_or_goes_unasked(outcome, plan),
        bounded_telling(outcome, limits),
        all_as_expected(trace, &plan.expected),
    ];
    findings.into_iter().flat_map(|found| found.into_iter().take(MOST_NAMED)).collect()
}
