//! The relay as a program: orders come on standard input, counters go to standard output, the end of input ends it.
//!
//! `giaoban-relay [--seed N] [--udp LISTEN=GATEWAY]… [--tcp LISTEN=GATEWAY]…`

use std::io;

use giaoban_load::relay::{Relay, Route, obey};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

/// The seed when none is given.
const DEFAULT_SEED: u64 = 1;

struct Options {
    seed: u64,
    udp: Vec<Route>,
    tcp: Vec<Route>,
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, what.to_owned())
}

fn route(text: &str) -> io::Result<Route> {
    let (listen, gateway) = text.split_once('=').ok_or_else(|| wrong("a route is LISTEN=GATEWAY"))?;
    let address = |text: &str| text.parse().map_err(|_| wrong("an address is IP:PORT"));
    Ok(Route { listen: address(listen)?, gateway: address(gateway)? })
}

fn options(mut arguments: impl Iterator<Item = String>) -> io::Result<Options> {
    let mut options = Options { seed: DEFAULT_SEED, udp: Vec::new(), tcp: Vec::new() };
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| wrong("an option lacks its value"))?;
        match name.as_str() {
            "--seed" => options.seed = value.parse().map_err(|_| wrong("a seed is a number"))?,
            "--udp" => options.udp.push(route(&value)?),
            "--tcp" => options.tcp.push(route(&value)?),
            _ => return Err(wrong("options are --seed, --udp and --tcp")),
        }
    }
    Ok(options)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let options = options(std::env::args().skip(1))?;
    let relay = Relay::start(options.seed, &options.udp, &options.tcp).await?;
    let mut output = tokio::io::stdout();
    output.write_all(b"ready\n").await?;
    output.flush().await?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let answer = obey(&relay, &line).map_err(io::Error::from)?;
        output.write_all(answer.as_bytes()).await?;
        output.write_all(b"\n").await?;
        output.flush().await?;
    }
    Ok(())
}
