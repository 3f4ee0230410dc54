//! What happens to connections, ways and the gateway's process.

use std::time::Duration;

use giaoban_signaling::wire::{ChairAction, Role};

use super::{STAGE, TILE, pin, pinned, sees};
use crate::link::{CLEAN, LinkConfig};
use crate::plan::{Action, CHAIR, CLEAN_LIMITS, Expected, Limits, Plan, Site};

/// A way on which nothing passes.
const CUT: LinkConfig = LinkConfig { is_cut: true, ..CLEAN };

fn lose(member: u32, milliseconds: u64, is_told: bool) -> Action {
    Action::LoseSocket { member, milliseconds, is_told }
}

/// WebSockets break, for the gateway to notice and not, while media flows: nothing is lost by it, nobody sees it.
#[must_use]
pub fn socket_lost_and_resumed() -> Plan {
    let sites = (1..=4).map(|member| Site::new(member).with_tiles(&[(TILE, member % 4 + 1, 180)])).collect();
    let mut plan = Plan::new("socket_lost_and_resumed", sites, 40)
        .at(2000, pin(2))
        .at(2500, Action::Chair(ChairAction::Mute { member: 3 }))
        .at(2600, Action::Hand(4, true))
        .at(2700, Action::Hand(3, true))
        .at(2800, Action::Chair(ChairAction::Lock))
        .at(2900, Action::Speak(2, true))
        // Noticed at once; by silence; so late that the seat was shown as away; and twice in a row.
        .at(5000, lose(3, 5000, true))
        .at(6000, lose(2, 18_000, false))
        .at(12_000, lose(4, 300, false))
        .at(12_700, lose(4, 400, true))
        .at(26_000, lose(1, 10_000, true));
    for at in [9000, 15_000, 25_000, 39_000] {
        for receiver in [1, 3, 4] {
            plan = plan.expect(at, sees(receiver, STAGE, 2, 720));
            plan = plan.expect(at, Expected::Hears { receiver, member: 2 });
        }
        plan = plan.expect(at, Expected::HearsNot { receiver: 1, member: 3 });
    }
    plan
}

/// The stage changes while one site's WebSocket breaks, each time at another moment of the switch.
#[must_use]
pub fn socket_lost_during_switches() -> Plan {
    let sites = (1..=4).map(Site::new).collect();
    let mut plan = Plan::new("socket_lost_during_switches", sites, 44);
    for place in 0..10_u32 {
        let (at, member) = (3000 + u64::from(place) * 4000, place % 2 + 2);
        plan = plan.at(at, pin(member)).at(at + u64::from(place) * 7, lose(4, 1500, place % 3 == 0));
        for receiver in [1, 5 - member, 4] {
            plan = plan.expect(at + 3800, sees(receiver, STAGE, member, 720));
        }
    }
    // What was under way when the WebSocket broke is told again after a second and a half and the next try.
    let limits = Limits { switch: Duration::from_millis(3200), ..CLEAN_LIMITS };
    Plan { limits, is_kept: false, ..plan }
}

/// The gateway's process is killed and started again: everyone comes back to what was.
#[must_use]
pub fn gateway_killed() -> Plan {
    let sites = (1..=5).map(|member| Site::new(member).with_tiles(&[(TILE, member % 5 + 1, 180)])).collect();
    let mut plan = Plan::new("gateway_killed", sites, 24)
        .at(2000, pin(2))
        .at(2500, Action::Chair(ChairAction::Mute { member: 3 }))
        .at(2600, Action::Hand(5, true))
        .at(2700, Action::Hand(4, true))
        .at(2800, Action::Chair(ChairAction::Remove { member: 5 }))
        .at(2900, Action::Chair(ChairAction::Lock))
        .at(3000, Action::Speak(2, true))
        .at(6000, Action::Kill { milliseconds: 3000 })
        .at(15_000, Action::Kill { milliseconds: 500 });
    for at in [5500, 14_000, 23_500] {
        for receiver in [1, 3, 4] {
            plan = plan.expect(at, sees(receiver, STAGE, 2, 720));
            plan = plan.expect(at, Expected::Hears { receiver, member: 2 });
        }
        plan = plan.expect(at, Expected::HearsNot { receiver: 1, member: 3 });
    }
    let limits = Limits { gap: Duration::from_secs(6), switch: Duration::from_secs(2), ..CLEAN_LIMITS };
    Plan { limits, ..plan }
}

/// A hundred sites lose the gateway at once and come back at once.
#[must_use]
pub fn herd_after_a_restart() -> Plan {
    let mut sites = vec![Site::new(1), Site::new(2)];
    sites.extend((3..=100).map(|member| Site {
        publishes: false,
        wishes: vec![(STAGE, 0, 180)],
        ..Site::new(member)
    }));
    let mut plan = Plan::new("herd_after_a_restart", sites, 11);
    for (place, (at, _)) in (0..).zip(&mut plan.script) {
        *at = place * 5;
    }
    plan.settled = Duration::from_millis(1500);
    plan = plan.at(1000, pin(2)).at(3000, Action::Kill { milliseconds: 2000 });
    for receiver in (1..=100).filter(|&receiver| receiver != 2) {
        let height = if receiver == 1 { 720 } else { 180 };
        plan = plan
            .expect(2900, sees(receiver, STAGE, 2, height))
            .expect(10_000, sees(receiver, STAGE, 2, height));
        plan = plan.expect(10_000, Expected::Hears { receiver, member: 2 });
    }
    let limits = Limits { gap: Duration::from_secs(5), switch: Duration::from_secs(2), ..CLEAN_LIMITS };
    Plan { limits, ..plan }
}

/// The chair, who pinned himself to the stage, is cut off for longer than his seat is kept; the room goes on, and he leads again.
#[must_use]
pub fn chair_lost() -> Plan {
    let watcher = Site { publishes: false, ..Site::new(3) };
    let plan = Plan::new("chair_lost", vec![Site::new(CHAIR), Site::new(2), watcher], 112)
        .at(1200, pin(CHAIR))
        .at(1500, Action::Speak(CHAIR, true))
        .expect(4900, sees(3, STAGE, CHAIR, 720))
        .at(5000, Action::Ways(CHAIR, CUT))
        .at(5000, lose(CHAIR, 98_000, false))
        .at(6000, Action::Layers(2, 1))
        .at(9000, Action::Speak(2, true))
        .expect(14_000, sees(3, STAGE, 2, 180))
        .expect(14_000, Expected::Hears { receiver: 3, member: 2 })
        .at(101_000, Action::Ways(CHAIR, CLEAN))
        .expect(107_500, sees(3, STAGE, CHAIR, 720))
        .expect(107_500, sees(2, STAGE, CHAIR, 720))
        .at(108_000, pin(2))
        .expect(111_500, sees(3, STAGE, 2, 180))
        .expect(111_500, sees(CHAIR, STAGE, 2, 180));
    let limits = Limits { gap: Duration::from_secs(6), sound_lost: 1000, sound_gap: 400, ..CLEAN_LIMITS };
    Plan { limits, leavers: vec![CHAIR], is_kept: false, ..plan }
}

/// The chair is cut off for longer than his seat is kept: the deputy leads from then on, and no longer once he is back.
#[must_use]
pub fn chair_lost_with_a_deputy() -> Plan {
    let deputy = Site { role: Role::Deputy, ..Site::new(2) };
    let plan = Plan::new("chair_lost_with_a_deputy", vec![Site::new(CHAIR), deputy, Site::new(3)], 116)
        .at(1200, pin(CHAIR))
        .at(4000, Action::Order(2, pinned(3)))
        .expect(4900, sees(3, STAGE, CHAIR, 720))
        .at(5000, Action::Ways(CHAIR, CUT))
        .at(5000, lose(CHAIR, 100_000, true))
        .at(12_000, Action::Speak(2, true))
        .at(90_000, Action::Order(2, pinned(3)))
        .expect(94_000, sees(3, STAGE, 2, 720))
        .at(96_000, Action::Order(2, pinned(3)))
        .expect(99_000, sees(2, STAGE, 3, 720))
        .at(104_000, Action::Ways(CHAIR, CLEAN))
        .expect(110_500, sees(CHAIR, STAGE, 3, 720))
        .at(111_000, Action::Order(2, pinned(2)))
        .expect(115_500, sees(2, STAGE, 3, 720))
        .expect(115_500, sees(CHAIR, STAGE, 3, 720));
    let limits = Limits { gap: Duration::from_secs(6), sound_lost: 1000, sound_gap: 400, ..CLEAN_LIMITS };
    Plan { limits, leavers: vec![CHAIR], is_kept: false, ..plan }
}

/// Half of the sites, the one on the stage among them, are cut off for twenty seconds; nobody is seen to leave.
#[must_use]
pub fn partition() -> Plan {
    let sites = (1..=6).map(Site::new).collect();
    let mut plan = Plan::new("partition", sites, 36).at(2000, pin(4)).at(3000, Action::Speak(4, true));
    for member in 4..=6 {
        plan = plan
            .at(6000, Action::Ways(member, CUT))
            .at(6000, lose(member, 20_000, false))
            .at(26_000, Action::Ways(member, CLEAN));
    }
    plan = plan.at(9000, Action::Speak(2, true));
    for receiver in [1, 3] {
        plan = plan.expect(5500, sees(receiver, STAGE, 4, 720)).expect(20_000, sees(receiver, STAGE, 2, 720));
    }
    for receiver in [1, 2, 3, 5, 6] {
        plan = plan.expect(30_000, sees(receiver, STAGE, 4, 720));
        plan = plan.expect(30_000, Expected::Hears { receiver, member: 4 });
    }
    // What is cut off sees nothing for those twenty seconds, and within two more what is there.
    let limits = Limits {
        gap: Duration::from_millis(22_500),
        switch: Duration::from_millis(2000),
        sound_lost: 1000,
        sound_gap: 1150,
        ..CLEAN_LIMITS
    };
    Plan { limits, is_kept: false, ..plan }
}
