//! `giaoban-sim --plan NAME [--seed N]`: runs a plan and prints its trace's hash, its line of the scoreboard and what
//! the oracles found. Without a plan, all of them at their seeds.
#![forbid(unsafe_code)]

use std::io::Write as _;
use std::process::ExitCode;

use giaoban_sim::plan::Plan;
use giaoban_sim::{oracle, plans, scoreboard, world};

struct Arguments {
    plans: Vec<Plan>,
    seed: Option<u64>,
}

fn read(mut arguments: impl Iterator<Item = String>) -> Option<Arguments> {
    let mut read = Arguments { plans: Vec::new(), seed: None };
    while let Some(name) = arguments.next() {
        let value = arguments.next()?;
        match name.as_str() {
            "--plan" => read.plans.push(plans::named(&value)?),
            "--seed" => read.seed = Some(value.parse().ok()?),
            _ => return None,
        }
    }
    if read.plans.is_empty() {
        read.plans = plans::ALL.iter().map(|plan| plan()).collect();
    }
    Some(read)
}

fn main() -> std::io::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    let Some(arguments) = read(std::env::args().skip(1)) else {
        writeln!(out, "usage: giaoban-sim [--plan NAME] [--seed N]; plans:")?;
        for plan in plans::ALL {
            writeln!(out, "  {}", plan().name)?;
        }
        return Ok(ExitCode::from(2));
    };
    let mut result = ExitCode::SUCCESS;
    writeln!(out, "{}", scoreboard::HEAD)?;
    for plan in &arguments.plans {
        let seed = arguments.seed.unwrap_or(plan.seed);
        let outcome = world::run(plan, seed);
        writeln!(out, "{}", scoreboard::row(plan, seed, &outcome))?;
        writeln!(out, "trace {:016x}", outcome.trace.hash())?;
        if let Some(told) = outcome.told.values().max_by_key(|told| told.octets) {
            writeln!(out, "told one member at most {} octets in {} messages", told.octets, told.messages)?;
        }
        for found in oracle::judge(plan, &outcome) {
            writeln!(out, "FOUND {found}")?;
            result = ExitCode::FAILURE;
        }
    }
    Ok(result)
}
