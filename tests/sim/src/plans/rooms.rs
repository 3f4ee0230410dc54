//! What people do to each other in a room, and messages that come twice or late.

use std::time::Duration;

use giaoban_signaling::wire::{ChairAction, Role, WireSource, WireSourceKind};

use super::{STAGE, TILE, pin, sees};
use crate::plan::{Action, CLEAN_LIMITS, Expected, Limits, Plan, Signals, Site};

/// Five hundred sites join within ten seconds; each sees the stage soon after it joined, and is told no more than it needs.
#[must_use]
pub fn join_storm() -> Plan {
    let mut sites = vec![Site::new(1)];
    sites.extend((2..=500).map(|member| Site {
        publishes: false,
        wishes: vec![(STAGE, 0, 180)],
        ..Site::new(member)
    }));
    let mut plan = Plan::new("join_storm", sites, 11);
    for (place, (at, _)) in (0..).zip(&mut plan.script) {
        *at = place * 20;
    }
    plan.settled = Duration::from_millis(500);
    for receiver in 2..=500_u32 {
        plan = plan.expect(u64::from(receiver - 1) * 20 + 1000, sees(receiver, STAGE, 1, 180));
    }
    // A snapshot of 500 rows, and at most ten deltas a second with each row that changed once.
    let limits = Limits { told: 250_000, messages: 150, gap: Duration::from_millis(400), ..CLEAN_LIMITS };
    Plan { limits, ..plan }
}

/// Two chairs contradict each other at the same moments; all know the same, and what was silenced is silent.
#[must_use]
pub fn two_chairs() -> Plan {
    let mut sites: Vec<Site> = (1..=4).map(Site::new).collect();
    if let Some(second) = sites.get_mut(1) {
        second.role = Role::Chair;
    }
    let pin_by = |chair, member| {
        let source = WireSource { member, kind: WireSourceKind::Camera };
        Action::Order(chair, ChairAction::Pin { source })
    };
    let mut plan = Plan::new("two_chairs", sites, 26)
        .at(1500, Action::Speak(3, true))
        .at(3000, pin_by(1, 3))
        .at(3000, pin_by(2, 4))
        .at(6000, Action::Order(1, ChairAction::Lock))
        .at(6000, Action::Order(2, ChairAction::Unlock))
        .at(7000, Action::Order(2, ChairAction::Mute { member: 3 }))
        // Neither silences or removes the other.
        .at(7500, Action::Order(1, ChairAction::LowerHand { member: 2 }))
        .at(8000, Action::Order(1, ChairAction::MuteAll))
        .at(8000, Action::Speak(2, true))
        .at(8100, Action::Speak(4, true))
        .at(12_000, Action::Order(1, ChairAction::UnmuteAll))
        .at(12_000, Action::Order(2, ChairAction::LetSpeak { member: 3 }))
        .at(12_500, Action::OpenMicrophone(3))
        // The first goes away for a while; the second leads.
        .at(16_000, Action::LoseSocket { member: 1, milliseconds: 8000, is_told: true })
        .at(18_000, pin_by(2, 3));
    for receiver in [1, 2, 3] {
        plan = plan.expect(5500, sees(receiver, STAGE, 4, 720));
    }
    for receiver in [1, 2, 4] {
        plan = plan.expect(25_000, sees(receiver, STAGE, 3, 720));
        plan = plan.expect(25_000, Expected::Hears { receiver, member: 3 });
    }
    plan = plan.expect(11_900, Expected::HearsNot { receiver: 4, member: 3 });
    plan = plan.expect(11_900, Expected::HearsNot { receiver: 3, member: 4 });
    plan = plan.expect(11_900, Expected::Hears { receiver: 4, member: 2 });
    // Sounds are numbered as they are sent: after a pause their numbers no longer tell when they were made.
    let limits = Limits { lips: Duration::MAX, ..CLEAN_LIMITS };
    Plan { limits, is_kept: false, ..plan }
}

/// What clients say comes late, twice, in another order, and over WebSockets that break.
#[must_use]
pub fn doubled_and_reordered_signals() -> Plan {
    let sites = (1..=4).map(|member| {
        let next = member % 4 + 1;
        // Their clocks differ too, by more than any machine's does.
        let clock_ppm = [0, 200, -200, 500].get(member as usize - 1).copied().unwrap_or(0);
        Site {
            clock_ppm,
            ..Site::new(member).with_tiles(&[(TILE, next, 180), (TILE + 1, next % 4 + 1, 360)])
        }
    });
    let mut plan = Plan::new("doubled_and_reordered_signals", sites.collect(), 36);
    for place in 0..12_u32 {
        let (at, member) = (3000 + u64::from(place) * 2500, place % 4 + 1);
        let lost =
            Action::LoseSocket { member: (place + 1) % 3 + 2, milliseconds: 400, is_told: place % 2 == 0 };
        plan = plan.at(at, pin(member)).at(at + u64::from(place) * 20, lost);
        for receiver in (1..=4).filter(|&receiver| receiver != member) {
            plan = plan.expect(at + 2400, sees(receiver, STAGE, member, 720));
        }
    }
    let limits = Limits { switch: Duration::from_millis(2400), ..CLEAN_LIMITS };
    let signals = Signals { jitter_micros: 150_000, duplicate: 300, reorder: 300 };
    Plan { limits, signals, is_kept: false, ..plan }
}
