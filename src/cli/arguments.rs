//! What can be said on the command line and in the environment.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use giaoban_signaling::wire::Role;

use super::moment::Moment;
use crate::config::{Announced, Config, ConfigError, DatabaseUrl};

/// A secure video-conference gateway for command briefings.
#[derive(Parser)]
#[command(name = "giaoban", version, about)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Serve briefings
    Serve {
        #[command(flatten)]
        options: Box<ServeOptions>,
        /// How much to log to the standard error
        #[arg(long, env = "GIAOBAN_LOG", value_enum, default_value_t = LogLevel::Info)]
        log: LogLevel,
    },
    /// Make, list and revoke links of the running gateway
    Link {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        command: LinkCommand,
    },
    /// People who administer
    Admin {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Write everything the database holds, and the authority's key, to one file; the gateway may be running
    Backup {
        #[command(flatten)]
        place: Place,
        /// The file to make; whoever has it has everything
        file: PathBuf,
    },
    /// Put a backup in the place of an empty database; the gateway must not be running
    Restore {
        #[command(flatten)]
        place: Place,
        /// The file that `giaoban backup` made
        file: PathBuf,
    },
    /// Look at what a gateway needs of this machine, and say what to mend; the gateway may be running
    Doctor {
        #[command(flatten)]
        options: Box<ServeOptions>,
    },
    /// The record of acts
    Acts {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        command: ActsCommand,
    },
    /// Look at a configuration without serving
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
}

#[derive(Subcommand)]
pub enum LinkCommand {
    /// Make a seat and print its link, once
    New {
        /// The site's name as others see it
        #[arg(long, value_name = "NAME")]
        site: String,
        /// What the seat may do: a deputy keeps door and hands, and leads when the chair is gone
        #[arg(long, value_enum, default_value_t = SeatRole::Site)]
        role: SeatRole,
        /// When the link ends; who is in by then stays in
        #[arg(long, value_name = "TIME")]
        until: Option<Moment>,
    },
    /// List all links without their secrets
    List,
    /// End a link; whoever is on its seat is cut at once
    Revoke {
        /// The link's number, from `giaoban link list`
        #[arg(value_name = "ID")]
        link: u32,
    },
}

/// The roles that a link can give.
#[derive(Clone, Copy, ValueEnum)]
pub enum SeatRole {
    Chair,
    Deputy,
    Site,
}

impl From<SeatRole> for Role {
    fn from(role: SeatRole) -> Self {
        match role {
            SeatRole::Chair => Self::Chair,
            SeatRole::Deputy => Self::Deputy,
            SeatRole::Site => Self::Site,
        }
    }
}

#[derive(Subcommand)]
pub enum AdminCommand {
    /// Print a one-time link by which a person sets name and password anew; it ends one-time codes too
    Link {
        /// The person's code; the first administrator's is quan-tri
        #[arg(value_name = "CODE")]
        person: String,
    },
}

#[derive(Subcommand)]
pub enum ActsCommand {
    /// Check that each act follows from the one before it; the gateway may be running
    Verify,
}

#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Check a file; without one, the defaults
    Check {
        /// The file
        file: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// Where a gateway keeps its data.
#[derive(Args)]
pub struct Place {
    /// Configuration file (TOML)
    #[arg(long, value_name = "FILE", env = "GIAOBAN_CONFIG")]
    config: Option<PathBuf>,
    /// Data directory
    #[arg(long, value_name = "DIR", env = "GIAOBAN_DATA")]
    data: Option<PathBuf>,
    /// PostgreSQL database, instead of SQLite in the data directory
    #[arg(long, value_name = "URL", env = "GIAOBAN_DATABASE", hide_env_values = true)]
    database: Option<DatabaseUrl>,
}

/// What can be set without a file; each wins over the file.
#[derive(Args)]
pub struct ServeOptions {
    #[command(flatten)]
    place: Place,
    /// HTTPS address to listen on; may be repeated
    #[arg(long, value_name = "ADDR", env = "GIAOBAN_LISTEN", value_delimiter = ',')]
    listen: Vec<SocketAddr>,
    /// Host name or address in printed links
    #[arg(long, value_name = "NAME", env = "GIAOBAN_HOST")]
    host: Option<String>,
    /// Address of metrics and health
    #[arg(long, value_name = "ADDR", env = "GIAOBAN_PRIVATE_LISTEN")]
    private_listen: Option<SocketAddr>,
    /// UDP port of the first media shard
    #[arg(long, value_name = "PORT", env = "GIAOBAN_MEDIA_PORT")]
    media_port: Option<u16>,
    /// Media shards, one thread each
    #[arg(long, value_name = "N", env = "GIAOBAN_MEDIA_SHARDS")]
    media_shards: Option<u16>,
    /// Address to bind for media; may be repeated
    #[arg(long, value_name = "IP", env = "GIAOBAN_MEDIA_BIND", value_delimiter = ',')]
    media_bind: Vec<IpAddr>,
    /// Address to announce for media, with or without port; may be repeated
    #[arg(long, value_name = "IP[:PORT]", env = "GIAOBAN_MEDIA_ANNOUNCE", value_delimiter = ',')]
    media_announce: Vec<Announced>,
    /// Also take DTLS 1.2 for media, without post-quantum key exchange
    #[arg(long, env = "GIAOBAN_MEDIA_ALLOW_DTLS12")]
    media_allow_dtls12: bool,
}

impl Place {
    /// The file's configuration with what is said beside it.
    pub fn config(&self) -> Result<Config, ConfigError> {
        let mut config = match &self.config {
            Some(file) => Config::read(file)?,
            None => Config::default(),
        };
        if let Some(data) = &self.data {
            config.data = Some(data.clone());
        }
        if let Some(url) = &self.database {
            config.database.url = Some(url.clone());
        }
        Ok(config)
    }
}

impl ServeOptions {
    /// The file's configuration with what is said beside it.
    pub fn config(self) -> Result<Config, ConfigError> {
        let mut config = self.place.config()?;
        let media = &mut config.media;
        replace(&mut media.port, self.media_port);
        replace(&mut media.shards, self.media_shards);
        replace_list(&mut media.bind, self.media_bind);
        replace_list(&mut media.announce, self.media_announce);
        media.allow_dtls12 |= self.media_allow_dtls12;
        replace_list(&mut config.https.listen, self.listen);
        replace(&mut config.private.listen, self.private_listen);
        if self.host.is_some() {
            config.https.host = self.host;
        }
        Ok(config)
    }
}

fn replace<T>(value: &mut T, said: Option<T>) {
    if let Some(said) = said {
        *value = said;
    }
}

fn replace_list<T>(list: &mut Vec<T>, said: Vec<T>) {
    if !said.is_empty() {
        *list = said;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serve(arguments: &[&str]) -> Config {
        let all = ["giaoban", "serve"].iter().chain(arguments);
        let Command::Serve { options, .. } = Arguments::try_parse_from(all).unwrap().command else {
            panic!("the command is serve");
        };
        options.config().unwrap()
    }

    #[test]
    fn flags_win_over_the_defaults() {
        let config = serve(&[
            "--listen",
            "127.0.0.1:1",
            "--listen",
            "[::1]:2",
            "--media-bind",
            "127.0.0.1",
            "--media-announce",
            "192.0.2.1:5",
            "--media-port",
            "7",
            "--media-allow-dtls12",
            "--host",
            "hop.example",
        ]);
        assert_eq!(config.https.listen.len(), 2);
        assert_eq!(config.media.bind, ["127.0.0.1".parse::<IpAddr>().unwrap()]);
        assert_eq!(config.media.port, 7);
        assert!(config.media.allow_dtls12);
        assert_eq!(config.https.host.as_deref(), Some("hop.example"));
    }

    #[test]
    fn what_is_not_said_stays_as_it_is() {
        assert_eq!(serve(&[]), Config::default());
    }

    #[test]
    fn a_wrong_option_is_refused() {
        assert!(Arguments::try_parse_from(["giaoban", "serve", "--prot", "1"]).is_err());
        assert!(Arguments::try_parse_from(["giaoban", "link", "revoke", "x"]).is_err());
    }
}
