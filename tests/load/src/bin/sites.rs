//! Synthetic sites as a program: orders come on standard input as JSON, each is answered by the counters on standard
//! output; the end of input ends it.
//!
//! `giaoban-sites IP:PORT DATA-DIRECTORY`, both the gateway's.

use std::path::PathBuf;

use giaoban_load::scenario::Failure;
use giaoban_load::sites::Sites;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("the gateway's address is missing")?.parse()?;
    let data = PathBuf::from(arguments.next().ok_or("the gateway's data directory is missing")?);
    let mut sites = Sites::new(address, data)?;
    let mut output = tokio::io::stdout();
    output.write_all(b"ready\n").await?;
    output.flush().await?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let report = sites.obey(serde_json::from_str(&line)?).await?;
        output.write_all(format!("{}\n", serde_json::to_string(&report)?).as_bytes()).await?;
        output.flush().await?;
    }
    Ok(())
}
