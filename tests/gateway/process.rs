//! The gateway as its operator runs it: the program itself, with everything logged that can be.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running gateway; it ends with this.
pub struct Process {
    child: Child,
    log: PathBuf,
}

/// What the program says at its start.
pub struct Said {
    pub https: SocketAddr,
    pub private: SocketAddr,
    /// The secrets of the links, at its first start.
    pub secrets: Vec<String>,
}

impl Process {
    /// Starts it, and waits until it serves.
    pub fn start(data: &Path) -> (Self, Said) {
        std::fs::create_dir_all(data).unwrap();
        let log = data.with_extension("log");
        let file = File::options().create(true).append(true).open(&log).unwrap();
        let any = "127.0.0.1:0";
        let mut child = Command::new(env!("CARGO_BIN_EXE_giaoban"))
            .args(["serve", "--log", "trace", "--listen", any, "--private-listen", any])
            .args(["--media-port", "0", "--media-bind", "127.0.0.1", "--data"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .unwrap();
        let mut lines = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            lines.push(line.unwrap());
            // Its last words: what is written after them nobody would read.
            if lines.last().is_some_and(|line| line.ends_with("as an authority for web sites.")) {
                break;
            }
        }
        let (mut https, mut private, mut secrets) = (None, None, Vec::new());
        for line in &lines {
            let line = line.trim();
            if let Some(base) = line.strip_prefix("Giaoban serves https://") {
                let port = base.rsplit_once(':').unwrap().1.parse().unwrap();
                https = Some(SocketAddr::from(([127, 0, 0, 1], port)));
            } else if let Some(address) = line.strip_prefix("metrics, health   http://") {
                private = address.trim_end_matches("/metrics").parse().ok();
            } else if let Some((_, secret)) = line.split_once('#') {
                secrets.push(secret.to_owned());
            }
        }
        let said = https.zip(private).map(|(https, private)| Said { https, private, secrets });
        let said = said.unwrap_or_else(|| panic!("the gateway did not start: {lines:?}"));
        (Self { child, log }, said)
    }

    /// SIGKILL: it has no time for anything.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; yields what it logged.
    pub fn terminate(mut self) -> String {
        let signalled = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(signalled.success() && self.child.wait().unwrap().success());
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.log);
    }
}
