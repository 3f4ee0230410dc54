//! Every plan at its own seed against the committed scoreboard, at a few more seeds, and twice in two processes.
//!
//! `UPDATE_SCOREBOARD=1 cargo test -p giaoban-sim` writes the scoreboard anew; the diff is what is reviewed.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use giaoban_media::DropReason;
use giaoban_sim::plan::Plan;
use giaoban_sim::{oracle, plans, scoreboard, world};

/// Seeds beside each plan's own.
const MORE_SEEDS: std::ops::Range<u64> = 100..103;

/// The line of a run, once no oracle has found anything.
fn good_run(plan: &Plan, seed: u64) -> String {
    let outcome = world::run(plan, seed);
    let found = oracle::judge(plan, &outcome);
    assert!(found.is_empty(), "--plan {} --seed {seed}:\n{}", plan.name, found.join("\n"));
    scoreboard::row(plan, seed, &outcome)
}

#[test]
fn every_plan_is_good_and_its_line_is_the_committed_one() {
    let mut board = format!("{}\n", scoreboard::HEAD);
    for plan in plans::ALL {
        let plan = plan();
        writeln!(board, "{}", good_run(&plan, plan.seed)).expect("a string takes it");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scoreboard.txt");
    if std::env::var_os("UPDATE_SCOREBOARD").is_some_and(|value| value == "1") {
        std::fs::write(&path, &board).expect("written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == board,
        "the scoreboard has changed: UPDATE_SCOREBOARD=1 cargo test -p giaoban-sim, then read the diff\n\
         committed:\n{committed}\nnow:\n{board}"
    );
}

#[test]
fn every_plan_is_good_at_other_seeds() {
    for plan in plans::ALL.iter().map(|plan| plan()).filter(|plan| plan.sites.len() < 100) {
        for seed in MORE_SEEDS {
            good_run(&plan, seed);
        }
    }
}

#[test]
fn the_plans_do_what_their_names_say() {
    let outcome = |plan: Plan| world::run(&plan, plan.seed);
    let muted = outcome(plans::muted_client_goes_on_sending());
    assert!(muted.statistics.dropped(DropReason::NotAllowed) > 200, "the muted client goes on sending");
    let removed = outcome(plans::removed_in_mid_sentence());
    assert!(
        removed.statistics.dropped(DropReason::UnknownAddress) > 1000,
        "the removed client goes on sending"
    );
    let rough = outcome(plans::source_switch_with_loss_and_reorder());
    assert!(rough.nacks > 100 && rough.statistics.nacks_sent > 100, "packets are lost both ways");
    assert!(rough.statistics.dropped(DropReason::Duplicate) > 100, "copies come");
}

#[test]
fn one_seed_gives_one_trace_in_two_processes_and_another_seed_another() {
    let run = |seed: &str| {
        let arguments = ["--plan", "two_sites", "--seed", seed];
        let output =
            Command::new(env!("CARGO_BIN_EXE_giaoban-sim")).args(arguments).output().expect("it runs");
        let text = String::from_utf8(output.stdout).expect("it prints text");
        assert!(output.status.success(), "{text}");
        text
    };
    let first = run("5");
    assert!(first.contains("\ntrace "), "{first}");
    assert_eq!(first, run("5"));
    assert_ne!(first, run("6"));
}
