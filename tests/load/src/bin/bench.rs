//! What forwarding costs: one publisher to many subscribers, through the gateway and through Janus in turn.
//! The server has one core, all clients together the other.

use std::fs;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use giaoban_load::scenario::{Failure, Load, Outcome, progress, through_janus, through_the_gateway};
use giaoban_load::{micro, server, table};
use serde_json::json;

const SERVER_CORE: usize = 0;
const CLIENT_CORE: usize = 1;

struct Options {
    address: IpAddr,
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
                "--gateway" => options.gateway = value.into(),
                "--subscribers" => options.subscribers = value.parse()?,
                "--seconds" => options.seconds = value.parse()?,
                "--rounds" => options.rounds = value.parse()?,
                "--json" => options.json = Some(value.into()),
                "--scale" if value == "none" => options.scale = Vec::new(),
                "--scale" => options.scale = value.split(',').map(str::parse).collect::<Result<_, _>>()?,
                _ => {
                    return Err(
                        "options: --address IP --gateway PATH --subscribers N --seconds N --rounds N \
                                --scale N,N,…|none --json PATH"
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
    let options = Options::read()?;
    // All clients on one core, beside the server's.
    server::pin(CLIENT_CORE)?;
    let time = Duration::from_secs(options.seconds);
    let load = Load { subscribers: options.subscribers, time, core: SERVER_CORE, address: options.address };
    progress("==> what the kernel alone asks for a packet");
    let floor = micro::sends(options.address, SERVER_CORE, CLIENT_CORE)?;
    print(&table::costs(&floor));
    let mut rows: Vec<(String, Outcome)> = Vec::new();
    for round in 1..=options.rounds {
        progress(&format!(
            "==> round {round} of {}: the gateway, {} subscribers",
            options.rounds, load.subscribers
        ));
        rows.push(("gateway".to_owned(), through_the_gateway(&options.gateway, load).await?));
        progress(&format!("==> round {round} of {}: Janus", options.rounds));
        rows.push(("Janus".to_owned(), through_janus(load).await?));
    }
    let ratio = ratio(&rows);
    for &subscribers in &options.scale {
        progress(&format!("==> the gateway, {subscribers} subscribers"));
        let outcome = through_the_gateway(&options.gateway, Load { subscribers, ..load }).await?;
        rows.push((format!("gateway, {subscribers}"), outcome));
    }
    print(&table::text(&rows));
    for (name, outcome) in &rows {
        let floor = outcome.floor(&floor);
        print(&format!("{name}: in these runs the kernel alone asks for {floor:.2} µs a packet"));
    }
    if let Some(ratio) = ratio {
        print(&format!("Janus uses {ratio:.1} times the CPU for a packet (the cheapest round of each)."));
    }
    if let Some(path) = &options.json {
        write(path, &json!({ "runs": table::json(&rows), "ratio": ratio }).to_string())?;
    }
    Ok(())
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
