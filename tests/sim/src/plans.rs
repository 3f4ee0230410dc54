//! The plans, one function each.

use crate::plan::{Action, Plan, Site};

/// A constructor of each plan.
pub const ALL: [fn() -> Plan; 1] = [two_sites];

/// The plan of a name.
#[must_use]
pub fn named(name: &str) -> Option<Plan> {
    ALL.iter().map(|plan| plan()).find(|plan| plan.name == name)
}

/// Two sites that speak in turn, each with the other in a tile.
#[must_use]
pub fn two_sites() -> Plan {
    let sites = vec![Site::new(1).with_tiles(&[(6, 2, 180)]), Site::new(2).with_tiles(&[(6, 1, 180)])];
    Plan::new("two_sites", sites, 12)
        .at(1000, Action::Speak(1, true))
        .at(5000, Action::Speak(1, false))
        .at(5000, Action::Speak(2, true))
}
