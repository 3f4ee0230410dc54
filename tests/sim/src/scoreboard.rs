//! One line a plan: what a person would notice, and what it cost.

use crate::oracle::{figures, sound_loss};
use crate::plan::Plan;
use crate::world::Outcome;

/// Names of the columns.
pub const HEAD: &str = "plan                                 seed  painted  switches  slowest_ms  longest_gap_ms  sound_lost_‰  \
                        nacks  key_requests  resent  egress_packets";

/// The line of a run.
#[must_use]
pub fn row(plan: &Plan, seed: u64, outcome: &Outcome) -> String {
    let figures = figures(&outcome.trace, plan.settled);
    format!(
        "{:36} {seed:4} {:8} {:9} {:11} {:15} {:13} {:6} {:13} {:7} {:15}",
        plan.name,
        figures.painted,
        figures.switches,
        figures.slowest_switch.as_millis(),
        figures.longest_gap.as_millis(),
        sound_loss(&outcome.trace).thousandths(),
        outcome.nacks,
        outcome.key_frame_requests,
        outcome.statistics.retransmissions,
        outcome.statistics.egress_packets,
    )
}
