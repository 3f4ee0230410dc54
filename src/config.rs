//! Configuration: a TOML file, then the environment, then flags.

mod database;

pub use database::{Database, DatabaseUrl};

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

/// Shards at most: their number stands in two hexadecimal digits of the ICE ufrag.
const MAX_SHARDS: u16 = 64;

/// Everything that can be set. Each value has a default, so an empty file is a valid one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the database, keys and control socket live; see [`Config::data_directory`].
    pub data: Option<PathBuf>,
    /// The store's database.
    pub database: Database,
    /// What browsers reach.
    pub https: Https,
    /// What only the operator reaches.
    pub private: Private,
    /// The media plane.
    pub media: Media,
    /// Bounds.
    pub limits: Limits,
}

/// The public listener.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Https {
    /// Addresses to listen on. `[::]` takes IPv4 too.
    pub listen: Vec<SocketAddr>,
    /// The name or address in printed links, and one more name in the certificate.
    /// Without it the machine's first address is used.
    pub host: Option<String>,
}

/// The listener for metrics and health; plain HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Private {
    /// Its address.
    pub listen: SocketAddr,
}

/// The media plane.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Media {
    /// UDP port of the first shard; shard *n* has this plus *n*. 0 lets the system choose.
    pub port: u16,
    /// Shards, one thread each.
    pub shards: u16,
    /// Further addresses under which clients reach this machine, behind a NAT.
    pub announce: Vec<Announced>,
    /// Addresses to bind; all when empty.
    pub bind: Vec<IpAddr>,
    /// Also take DTLS 1.2, for headless clients and old encoders. It has no post-quantum key exchange.
    pub allow_dtls12: bool,
}

/// Bounds on what clients can make the gateway hold.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// TLS connections at once, over all listeners.
    pub connections: u32,
    /// Present members of one room.
    pub room_members: usize,
}

/// An announced address; without a port the shard's own is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announced {
    /// An address whose ports are those of the shards.
    Ip(IpAddr),
    /// The first shard's address and port as clients see it; further shards follow it.
    Socket(SocketAddr),
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration {path}: {source}; name an existing file with --config")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is not what we take.
    #[error("{path}, line {line}: {message}; correct it and try `giaoban config check {path}`")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where, counted from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A value out of its range.
    #[error("{key} {problem}")]
    Value {
        /// The key's full name.
        key: &'static str,
        /// What is wrong, and what would be right.
        problem: String,
    },
}

impl Default for Https {
    fn default() -> Self {
        Self { listen: vec![SocketAddr::from((Ipv6Addr::UNSPECIFIED, 8443))], host: None }
    }
}

impl Default for Private {
    fn default() -> Self {
        Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 9443)) }
    }
}

impl Default for Media {
    fn default() -> Self {
        Self { port: 50_000, shards: 1, announce: Vec::new(), bind: Vec::new(), allow_dtls12: false }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 4096, room_members: 500 }
    }
}

impl FromStr for Announced {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(ip) = text.parse() {
            return Ok(Self::Ip(ip));
        }
        text.parse().map(Self::Socket).map_err(|_| format!("`{text}` is neither an IP address nor IP:port"))
    }
}

impl fmt::Display for Announced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(ip) => ip.fmt(f),
            Self::Socket(socket) => socket.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for Announced {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, is not TOML, has an unknown key or a value of the wrong type.
    /// Ranges are checked by [`Config::validate`], after environment and flags.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        toml::from_str(&text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
            let message = error.message().replace('\n', " ");
            ConfigError::Parse { path: path.to_owned(), line, message }
        })
    }

    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first value out of its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let wrong = |key, problem: &str| Err(ConfigError::Value { key, problem: problem.to_owned() });
        if self.https.listen.is_empty() {
            return wrong("https.listen", "is empty; give at least one address, for example \"[::]:8443\"");
        }
        if self.https.host.as_deref().is_some_and(|host| !is_host(host)) {
            return wrong("https.host", "is not a host name or IP address; give it without scheme and port");
        }
        if self.media.shards == 0 || self.media.shards > MAX_SHARDS {
            return wrong("media.shards", &format!("must be 1 to {MAX_SHARDS}; 1 serves a core"));
        }
        if self.media.port.checked_add(self.media.shards - 1).is_none() {
            return wrong("media.port", "leaves no room for all shards below 65536; choose a lower one");
        }
        if self.limits.connections == 0 {
            return wrong("limits.connections", "must be at least 1");
        }
        if self.limits.room_members == 0 {
            return wrong("limits.room_members", "must be at least 1");
        }
        Ok(())
    }

    /// The data directory: as configured, else `$XDG_DATA_HOME/giaoban`, else
    /// `~/.local/share/giaoban`, else `giaoban-data` where the process was started.
    #[must_use]
    pub fn data_directory(&self) -> PathBuf {
        let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        if let Some(data) = &self.data {
            return data.clone();
        }
        if let Some(xdg) = absolute("XDG_DATA_HOME") {
            return xdg.join("giaoban");
        }
        absolute("HOME")
            .map_or_else(|| PathBuf::from("giaoban-data"), |home| home.join(".local/share/giaoban"))
    }
}

/// Whether a text can stand as host in a link and in a certificate.
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len()) && label.bytes().all(inner)
    };
    text.parse::<IpAddr>().is_ok() || (text.len() <= 253 && text.split('.').all(label))
}

#[cfg(test)]
mod tests;
