//! The process killed while it writes.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::Notify;

/// A data directory, removed with it.
struct Data(PathBuf);

impl Data {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_giaoban"));
        command.args(arguments).env("GIAOBAN_DATA", &self.0);
        command
    }

    /// A gateway that has said that it serves.
    fn serve(&self) -> Child {
        let local = ["--listen", "127.0.0.1:0", "--private-listen", "127.0.0.1:0"];
        let media = ["--media-bind", "127.0.0.1", "--media-port", "0"];
        let mut gateway = self
            .command(&[&["serve"], &local[..], &media[..]].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(gateway.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        assert!(said.starts_with("Giaoban serves"), "{said}");
        gateway
    }

    fn output(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Asks for a seat; its number, if the gateway confirmed it.
async fn new_seat(control: &Path) -> Option<u64> {
    let mut stream = UnixStream::connect(control).await.ok()?;
    let request = format!("{}\n", json!({ "command": "new", "site": "Điểm cầu", "role": "site" }));
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.ok()?;
    serde_json::from_str::<Value>(&reply).ok()?["link"].as_u64()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_confirmed_outlives_ten_kills_and_the_record_of_acts_holds() {
    let data = Data(std::env::temp_dir().join(format!("giaoban-killed-{}", std::process::id())));
    let confirmed = Arc::new(Mutex::new(BTreeSet::new()));
    for round in 0..10 {
        let mut gateway = data.serve();
        let enough = confirmed.lock().unwrap().len() + 3 + 4 * round;
        let reached = Arc::new(Notify::new());
        let writers: Vec<_> = (0..4)
            .map(|_| {
                let control = data.0.join("control.sock");
                let (confirmed, reached) = (Arc::clone(&confirmed), Arc::clone(&reached));
                tokio::spawn(async move {
                    while let Some(seat) = new_seat(&control).await {
                        let mut confirmed = confirmed.lock().unwrap();
                        confirmed.insert(seat);
                        if confirmed.len() >= enough {
                            reached.notify_one();
                        }
                    }
                })
            })
            .collect();
        reached.notified().await;
        // SIGKILL, while all four go on writing.
        gateway.kill().unwrap();
        gateway.wait().unwrap();
        for writer in writers {
            writer.await.unwrap();
        }
        assert!(data.output(&["acts", "verify"]).contains("The record of acts holds"));
    }

    let mut gateway = data.serve();
    let listed = data.output(&["link", "list"]);
    let listed: BTreeSet<u64> =
        listed.lines().map(|line| line.split_whitespace().next().unwrap().parse().unwrap()).collect();
    let verified = data.output(&["acts", "verify"]);
    gateway.kill().unwrap();
    gateway.wait().unwrap();

    let confirmed = confirmed.lock().unwrap();
    assert!(confirmed.len() >= 10 * 3, "{}", confirmed.len());
    assert!(confirmed.is_subset(&listed), "lost: {:?}", confirmed.difference(&listed));
    // Each seat came with its act, the confirmed and those whose confirmation was killed. The first administrator was
    // entered, appointed, and given a secret at each start.
    let acts = listed.len() + 2 + 11;
    assert!(verified.contains(&format!("{acts} acts")), "{verified} for {} seats", listed.len());
}
