//! The gateway's own binary as a server under load.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::sleep;

use crate::server::{Place, Process, directory};
use crate::wire::{Server, at};

const START_ATTEMPTS: u32 = 200;
const START_INTERVAL: Duration = Duration::from_millis(100);

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A running gateway.
pub struct Gateway {
    /// The server.
    pub process: Process,
    /// Where clients come in.
    pub server: Server,
    /// The secret of the chair's link.
    pub chair: String,
}

impl Gateway {
    /// Starts the program in its place, with an empty data directory and ports of the system's choice.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn start(place: &Place, program: &Path) -> Result<Self, Failure> {
        let directory = directory("gateway")?;
        let data = directory.to_string_lossy().into_owned();
        let (host, listen) = (place.address.to_string(), SocketAddr::new(place.address, 0).to_string());
        let arguments = [
            "serve",
            "--data",
            &data,
            "--listen",
            &listen,
            "--host",
            &host,
            "--private-listen",
            "127.0.0.1:0",
            "--media-port",
            "0",
            "--media-bind",
            &host,
        ];
        let process = Process::start(place, program, &arguments, directory)?;
        for _ in 0..START_ATTEMPTS {
            if let Some((address, chair)) = read(&process.output()?) {
                let server = Server::new(address, &process.directory().join("ca.crt"))?;
                return Ok(Self { process, server, chair });
            }
            sleep(START_INTERVAL).await;
        }
        Err(process.output()?.into())
    }

    /// Makes a seat, and yields its link's secret.
    ///
    /// # Errors
    /// If the gateway refuses.
    pub async fn seat(&self) -> Result<String, Failure> {
        seat(self.process.directory(), "Điểm cầu").await
    }
}

/// Makes a seat at the gateway that runs on a data directory, and yields its link's secret.
///
/// # Errors
/// If none runs there, or it refuses.
pub async fn seat(data: &Path, site: &str) -> Result<String, Failure> {
    let mut stream = UnixStream::connect(data.join("control.sock")).await?;
    let line = json!({ "command": "new", "site": site, "role": "site" });
    stream.write_all(format!("{line}\n").as_bytes()).await?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await?;
    let reply: Value = serde_json::from_str(&reply)?;
    let secret = at(&reply, "/url").as_str().and_then(|url| url.split_once('#'));
    Ok(secret.ok_or_else(|| reply.to_string())?.1.to_owned())
}

/// The address and the first link's secret, once all is printed.
fn read(output: &str) -> Option<(SocketAddr, String)> {
    let (_, base) = output.split_once("Giaoban serves https://")?;
    let address = base.lines().next()?.trim().parse().ok()?;
    let (_, secret) = output.lines().find(|line| line.contains("/r/"))?.split_once('#')?;
    output.contains("/ca.crt").then(|| (address, secret.trim().to_owned()))
}
