//! What forwarding costs: one publisher to many subscribers, through the gateway and through Janus in turn.
//! The server has one core, all clients together the other.

use std::fs;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use giaoban_load::scenario::{
    Failure, Load, Outcome, conversing, progress, through_janus, through_the_gateway,
};
use giaoban_load::server::Place;
use giaoban_load::table::MemberMemory;
use giaoban_load::{micro, server, table};
use serde_json::json;
use tokio::time::{Instant, timeout_at};

const SERVER_CORE: usize = 0;
const CLIENT_CORE: usize = 1;
/// Memory is compared up to so many members.
const MEMORY_AT: usize = 500;
/// The bench ends by itself: what is not done by then is not done.
const LONGEST: Duration = Duration::from_mins(9);

struct Options {
    address: IpAddr,
    clients: Option<IpAddr>,
    namespace: Option<PathBuf>,
    gateway: PathBuf,
    subscribers: usize,
    seconds: u64,
    rounds: usize,
    scale: Vec<usize>,
    json: Option<PathBuf>,
}

impl Options {
    fn read() -> Result<Self, Failure> {
        let mut options = Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            clients: None,
            namespace: None,
            gateway: "target/release/giaoban".into(),
            subscribers: 100,
            seconds: 15,
            rounds: 2,
            scale: vec![300, 500, 1000],
            json: None,
        };
        let mut words = std::env::args().skip(1);
        while let Some(name) = words.next() {
            let value = words.next().ok_or("every option takes a value")?;
            match name.as_str() {
                "--address" => options.address = value.parse()?,
                "--clients" => options.clients = Some(value.parse()?),
                "--namespace" => options.namespace = Some(value.into()),
                "--gateway" => options.gateway = value.into(),
                "--subscribers" => options.subscribers = value.parse()?,
                "--seconds" => options.seconds = value.parse()?,
                "--rounds" => options.rounds = value.parse()?,
                "--json" => options.json = Some(value.into()),
                "--scale" if value == "none" => options.scale = Vec::new(),
                "--scale" => options.scale = value.split(',').map(str::parse).collect::<Result<_, _>>()?,
                _ => {
                    return Err(
                        "options: --address IP --clients IP --namespace PATH --gateway PATH --subscribers N \
                                --seconds N --rounds N --scale N,N,…|none --json PATH"
                            .into(),
                    );
                }
            }
        }
        Ok(options)
    }
}

fn print(text: &str) {
    // Who closed our output does not read.
    let _ = writeln!(io::stdout(), "{text}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let (options, began) = (Options::read()?, Instant::now());
    // All clients on one core, beside the server's.
    server::pin(CLIENT_CORE)?;
    let time = Duration::from_secs(options.seconds);
    let Options { address, clients, namespace, .. } = &options;
    let (address, clients) = (*address, clients.unwrap_or(*address));
    let place = Place { core: SERVER_CORE, namespace: namespace.clone(), address, clients };
    let load = Load { subscribers: options.subscribers, time, place };
    progress("==> what the kernel alone asks for a packet");
    let floor = micro::sends(&load.place, CLIENT_CORE)?;
    print(&table::costs(&floor));
    let mut rows: Vec<(String, Outcome)> = Vec::new();
    for round in 1..=options.rounds {
        progress(&format!(
            "==> round {round} of {}: the gateway, {} subscribers",
            options.rounds, load.subscribers
        ));
        rows.push(("gateway".to_owned(), through_the_gateway(&options.gateway, load.clone()).await?));
        progress(&format!("==> round {round} of {}: Janus", options.rounds));
        rows.push(("Janus".to_owned(), through_janus(load.clone()).await?));
    }
    let ratio = ratio(&rows);
    let end = scale(&options, &load, began + LONGEST, &mut rows).await;
    let memory = member_memory(&options, &load, &rows).await?;
    print(&table::text(&rows));
    for (name, outcome) in &rows {
        let floor = outcome.floor(&floor);
        print(&format!(
            "{name}: {}; in this run the kernel alone asks for {floor:.2} µs a packet, the server takes {:.2} times that",
            outcome.verdict(),
            outcome.cost() / floor,
        ));
    }
    if let Some(ratio) = ratio {
        print(&format!("Janus uses {ratio:.1} times the CPU for a packet (the cheapest round of each)."));
    }
    if let Some(memory) = &memory {
        print(&memory.text());
    }
    if let Some(end) = &end {
        print(&format!("It ended there: {end}."));
    }
    if let Some(path) = &options.json {
        let memory = memory.as_ref().map(MemberMemory::json);
        let all = json!({ "runs": table::json(&rows), "ratio": ratio, "member_memory": memory, "end": end });
        write(path, &all.to_string())?;
    }
    Ok(())
}

/// More and more subscribers, until something is lost or the time is up. Why it ended before the last size.
async fn scale(
    options: &Options,
    load: &Load,
    deadline: Instant,
    rows: &mut Vec<(String, Outcome)>,
) -> Option<String> {
    for &subscribers in &options.scale {
        progress(&format!("==> the gateway, {subscribers} subscribers"));
        let run = through_the_gateway(&options.gateway, Load { subscribers, ..load.clone() });
        let outcome = match timeout_at(deadline, run).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(failure)) => return Some(format!("{subscribers} subscribers: {failure}")),
            Err(_) => return Some(format!("{subscribers} subscribers: the time of the bench is up")),
        };
        let (is_whole, verdict) = (outcome.is_whole(), outcome.verdict());
        rows.push((format!("gateway, {subscribers}"), outcome));
        if !is_whole {
            return Some(format!("{subscribers} subscribers: {verdict}"));
        }
    }
    None
}

/// What one more member takes, if the gateway was run with different numbers of them.
async fn member_memory(
    options: &Options,
    load: &Load,
    rows: &[(String, Outcome)],
) -> Result<Option<MemberMemory>, Failure> {
    let runs = || rows.iter().filter(|(name, _)| name.starts_with("gateway")).map(|(_, outcome)| outcome);
    let fewer = runs().min_by_key(|outcome| outcome.subscribers);
    let more =
        runs().filter(|outcome| outcome.subscribers <= MEMORY_AT).max_by_key(|outcome| outcome.subscribers);
    let Some((fewer, more)) = fewer.zip(more).filter(|(fewer, more)| fewer.subscribers < more.subscribers)
    else {
        return Ok(None);
    };
    let members = [fewer.subscribers, more.subscribers];
    progress("==> the gateway, members without media");
    let conversing = conversing(&options.gateway, &load.place, members).await?;
    Ok(MemberMemory::of(fewer, more, conversing))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text)?;
    print(&format!("The same as JSON: {}", path.display()));
    Ok(())
}

fn ratio(rows: &[(String, Outcome)]) -> Option<f64> {
    let cheapest = |name: &str| {
        let costs = rows.iter().filter(|(of, _)| of == name).map(|(_, outcome)| outcome.cost());
        costs.min_by(f64::total_cmp)
    };
    Some(cheapest("Janus")? / cheapest("gateway")?)
}
