//! The plans, one function each.

pub mod failures;
pub mod rooms;

use std::time::Duration;

use giaoban_signaling::wire::{ChairAction, WireSource, WireSourceKind};

use crate::link::{CLEAN, LinkConfig};
use crate::plan::{Action, CHAIR, CLEAN_LIMITS, Expected, Limits, Plan, Site};

/// A constructor of each plan.
pub const ALL: [fn() -> Plan; 18] = [
    two_sites,
    stage_to_and_fro,
    simulcast_layer_switch,
    source_switch_with_loss_and_reorder,
    stage_follows_speaker,
    muted_client_goes_on_sending,
    removed_in_mid_sentence,
    five_hundred_listeners,
    failures::socket_lost_and_resumed,
    failures::socket_lost_during_switches,
    failures::gateway_killed,
    failures::herd_after_a_restart,
    failures::chair_lost,
    failures::chair_lost_with_a_deputy,
    failures::partition,
    rooms::join_storm,
    rooms::two_chairs,
    rooms::doubled_and_reordered_signals,
];

/// The slot of the stage's picture, and the first tile.
const STAGE: u8 = 5;
const TILE: u8 = 6;

/// The plan of a name.
#[must_use]
pub fn named(name: &str) -> Option<Plan> {
    ALL.iter().map(|plan| plan()).find(|plan| plan.name == name)
}

fn pin(member: u32) -> Action {
    Action::Chair(pinned(member))
}

fn pinned(member: u32) -> ChairAction {
    ChairAction::Pin { source: WireSource { member, kind: WireSourceKind::Camera } }
}

fn sees(receiver: u32, slot: u8, member: u32, height: u16) -> Expected {
    Expected::Sees { receiver, slot, member, height }
}

/// Two sites that speak in turn, each with the other in a tile.
#[must_use]
pub fn two_sites() -> Plan {
    let sites = vec![Site::new(1).with_tiles(&[(TILE, 2, 180)]), Site::new(2).with_tiles(&[(TILE, 1, 180)])];
    Plan::new("two_sites", sites, 12)
        .at(1000, Action::Speak(1, true))
        .at(5000, Action::Speak(1, false))
        .at(5000, Action::Speak(2, true))
        .expect(4000, sees(1, TILE, 2, 180))
        .expect(4000, sees(2, STAGE, 1, 720))
        .expect(4000, Expected::Hears { receiver: 2, member: 1 })
        .expect(11_000, Expected::Hears { receiver: 1, member: 2 })
}

/// The chair puts one of two sites on the stage and then the other, while receivers of different screens see both in tiles.
#[must_use]
pub fn stage_to_and_fro() -> Plan {
    let sites = (1..=5).map(|member| {
        let next = member % 3 + 1;
        let height = if member % 2 == 0 { 360 } else { 720 };
        let wishes = vec![(STAGE, 0, height), (TILE, next, 180), (TILE + 1, next % 3 + 1, 180)];
        Site { wishes, ..Site::new(member) }
    });
    let mut plan = Plan::new("stage_to_and_fro", sites.collect(), 44);
    for place in 0..20_u32 {
        let (at, member) = (3000 + u64::from(place) * 2000, place % 2 + 2);
        plan = plan
            .at(at, pin(member))
            .expect(at + 500, sees(4 + place % 2, STAGE, member, if place % 2 == 0 { 360 } else { 720 }));
    }
    plan.limits.switch = Duration::from_millis(250);
    plan
}

/// A receiver asks for each layer, up and down; then the publisher sends fewer of them, and all again.
#[must_use]
pub fn simulcast_layer_switch() -> Plan {
    let want = |height| Action::Want(2, vec![(STAGE, 0, 360), (TILE, 3, height)]);
    let sites = vec![Site::new(1), Site::new(2).with_tiles(&[(TILE, 3, 180)]), Site::new(3)];
    let mut plan = Plan::new("simulcast_layer_switch", sites, 24);
    for (place, height) in (0..).zip([360, 720, 180, 720, 360, 180, 360]) {
        let at = 3000 + place * 2000;
        plan = plan.at(at, want(height)).expect(at + 1500, sees(2, TILE, 3, height));
    }
    // A layer that falls silent is given up after 700 ms, and until then its picture stands still.
    plan.limits.gap = Duration::from_millis(1200);
    plan.at(17_000, want(720))
        .at(18_500, Action::Layers(3, 1))
        .expect(20_000, sees(2, TILE, 3, 180))
        .at(20_000, Action::Layers(3, 3))
        .expect(22_500, sees(2, TILE, 3, 720))
}

/// Ways that lose, delay, overtake and double, while the chair puts one site after the other on the stage.
#[must_use]
pub fn source_switch_with_loss_and_reorder() -> Plan {
    let rough = LinkConfig {
        delay: Duration::from_millis(25),
        jitter: Duration::from_millis(10),
        loss: 20,
        reorder: 20,
        duplicate: 10,
        ..CLEAN
    };
    let sites = (1..=4).map(|member| {
        let next = member % 4 + 1;
        Site::new(member).with_tiles(&[(TILE, next, 180), (TILE + 1, next % 4 + 1, 360)]).on(rough)
    });
    let mut plan = Plan::new("source_switch_with_loss_and_reorder", sites.collect(), 36);
    for place in 0..12_u32 {
        let (at, member) = (3000 + u64::from(place) * 2500, place % 4 + 1);
        plan = plan.at(at, pin(member));
        for receiver in (1..=4).filter(|&receiver| receiver != member) {
            plan = plan.expect(at + 2000, sees(receiver, STAGE, member, 720));
        }
    }
    let limits = Limits {
        gap: Duration::from_millis(700),
        switch: Duration::from_millis(1200),
        sound_lost: 60,
        sound_gap: 6,
        // A frame's time: a slot that began with an older key frame catches up.
        lips: Duration::from_millis(40),
        ..CLEAN_LIMITS
    };
    Plan { limits, ..plan }
}

/// The stage goes to whoever speaks, and is held for four seconds.
#[must_use]
pub fn stage_follows_speaker() -> Plan {
    let sites = (1..=4).map(Site::new).collect();
    let mut plan = Plan::new("stage_follows_speaker", sites, 32);
    for (place, speaker) in (0..).zip([2, 3, 4, 1]) {
        let at = 2000 + place * 6000;
        plan = plan.at(at, Action::Speak(speaker, true)).at(at + 6000, Action::Speak(speaker, false));
        for receiver in (1..=4).filter(|&receiver| receiver != speaker) {
            plan = plan.expect(at + 5500, sees(receiver, STAGE, speaker, 720));
            plan = plan.expect(at + 5500, Expected::Hears { receiver, member: speaker });
        }
    }
    // A cough is no speech.
    plan.at(28_000, Action::Speak(3, true))
        .at(28_400, Action::Speak(3, false))
        .expect(31_900, sees(2, STAGE, 1, 720))
}

/// The chair mutes a site whose client goes on sending, and lets it speak again.
#[must_use]
pub fn muted_client_goes_on_sending() -> Plan {
    let stubborn = Site { is_stubborn: true, ..Site::new(2) };
    let heard = |receiver| Expected::Hears { receiver, member: 2 };
    let unheard = |receiver| Expected::HearsNot { receiver, member: 2 };
    Plan::new("muted_client_goes_on_sending", vec![Site::new(1), stubborn, Site::new(3)], 16)
        .at(1500, Action::Speak(2, true))
        .expect(5000, sees(3, STAGE, 2, 720))
        .expect(5000, heard(1))
        .expect(5000, heard(3))
        .at(5000, Action::Chair(ChairAction::Mute { member: 2 }))
        .expect(5400, unheard(1))
        .expect(9900, unheard(3))
        // His word that the microphone is open counts for nothing while he is muted.
        .at(8000, Action::OpenMicrophone(2))
        .at(10_000, Action::Chair(ChairAction::LetSpeak { member: 2 }))
        .at(11_000, Action::OpenMicrophone(2))
        .expect(15_000, heard(1))
        .expect(15_000, heard(3))
}

/// The chair removes the site that is on the stage and speaks; its client goes on sending and asks for its seat again.
#[must_use]
pub fn removed_in_mid_sentence() -> Plan {
    let stubborn = Site { is_stubborn: true, ..Site::new(2) }.with_tiles(&[(TILE, 3, 180)]);
    let watcher = Site::new(3).with_tiles(&[(TILE, 2, 180)]);
    Plan::new("removed_in_mid_sentence", vec![Site::new(CHAIR), stubborn, watcher], 14)
        .at(1500, Action::Speak(2, true))
        .expect(5000, sees(3, STAGE, 2, 720))
        .expect(5000, sees(3, TILE, 2, 180))
        .at(5000, Action::Chair(ChairAction::Remove { member: 2 }))
        .expect(5400, Expected::HearsNot { receiver: 3, member: 2 })
        .at(7000, Action::Join(2))
        .expect(13_000, sees(3, STAGE, 1, 720))
        .expect(13_000, Expected::HearsNot { receiver: 1, member: 2 })
}

/// Two sites are seen and heard by 498 that only listen, a tenth of them on ways that lose; the chair changes the stage.
#[must_use]
pub fn five_hundred_listeners() -> Plan {
    let mut sites = vec![Site::new(1), Site::new(2)];
    for member in 3..=500 {
        let mut site = Site { publishes: false, wishes: vec![(STAGE, 0, 180)], ..Site::new(member) };
        site.from_gateway.loss = if member % 10 == 0 { 10 } else { 0 };
        sites.push(site);
    }
    let mut plan = Plan::new("five_hundred_listeners", sites, 6);
    for (place, (at, _)) in (0..).zip(&mut plan.script) {
        *at = place * 3;
    }
    plan.settled = Duration::from_millis(2500);
    plan.limits = Limits { gap: Duration::from_millis(400), sound_lost: 10, sound_gap: 3, ..CLEAN_LIMITS };
    plan = plan.at(1600, Action::Speak(1, true)).at(3000, pin(2)).at(4500, pin(1));
    for receiver in 3..=500 {
        plan = plan.expect(2900, sees(receiver, STAGE, 1, 180));
        plan = plan.expect(4400, sees(receiver, STAGE, 2, 180));
        plan = plan.expect(5900, sees(receiver, STAGE, 1, 180));
    }
    plan
}
