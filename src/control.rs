//! The control socket: `giaoban link …` talks to the running gateway. One JSON line each way.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use giaoban_directory::{Actor, Code};
use giaoban_media_types::MemberId;
use giaoban_signaling::Input;
use giaoban_signaling::wire::Role;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::connection::milliseconds;
use crate::links::{Links, Wanted};
use crate::services::Services;

/// Its name in the data directory.
pub const SOCKET: &str = "control.sock";

/// Longest request or reply line: some ten thousand links.
const MAX_LINE: u64 = 4 << 20;

/// A conversation that takes longer is given up.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What the operator asks.
#[derive(Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// A new seat and its link.
    New {
        /// The site's name.
        site: String,
        /// The seat's role.
        role: Role,
        /// Milliseconds since 1970 at which the link ends, if it does.
        #[serde(default)]
        until: Option<u64>,
    },
    /// Every link.
    List,
    /// A link by which a person sets name and password to sign in with.
    AccountLink {
        /// The person's code.
        person: String,
    },
    /// End a link; whoever is on its seat is cut at once.
    Revoke {
        /// Its number.
        link: u32,
    },
}

/// What the gateway answers.
#[derive(Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum Reply {
    /// The link was made. This is the only time its secret is shown.
    Made {
        /// Its number.
        link: u32,
        /// The address to open.
        url: String,
    },
    /// Every link, without its secret.
    Links {
        /// In the order they were made.
        links: Vec<Listed>,
    },
    /// A link by which a person sets name and password. This is the only time its secret is shown.
    AccountLinkMade {
        /// The address to open.
        url: String,
    },
    /// The link is dead.
    Revoked,
    /// It was not done.
    Failed {
        /// Why, for the operator.
        message: String,
    },
}

/// One link in a list.
#[derive(Serialize, Deserialize)]
pub struct Listed {
    /// Its number.
    pub link: u32,
    /// The room's title.
    pub room: String,
    /// The site's name.
    pub site: String,
    /// Its role.
    pub role: Role,
    /// It was ended and opens nothing any more.
    pub revoked: bool,
    /// Milliseconds since 1970 at which it ends by itself.
    pub until: Option<u64>,
    /// That time is over.
    pub expired: bool,
    /// Somebody is on its seat.
    pub in_use: bool,
}

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// Nobody listens.
    #[error(
        "no gateway runs on the data directory {path}; start it with `giaoban serve`, or name its directory with --data DIR"
    )]
    NotRunning {
        /// The directory.
        path: PathBuf,
    },
    /// The conversation broke off.
    #[error("the gateway did not answer: {0}; look at its log")]
    Broken(#[from] io::Error),
}

/// Asks the gateway that runs on a data directory.
///
/// # Errors
/// If none runs there, or it does not answer.
pub async fn ask(data: &Path, request: &Request) -> Result<Reply, ControlError> {
    let stream = UnixStream::connect(data.join(SOCKET))
        .await
        .map_err(|_| ControlError::NotRunning { path: data.to_owned() })?;
    let talk = async {
        let (reader, mut writer) = stream.into_split();
        writer.write_all(&line(request)?).await?;
        read(reader).await
    };
    match tokio::time::timeout(TIMEOUT, talk).await {
        Ok(reply) => reply.map_err(ControlError::Broken),
        Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
    }
}

/// The listening end.
pub struct Control {
    listener: UnixListener,
    links: Links,
    services: Arc<Services>,
}

impl Control {
    /// Binds the socket. The data directory's lock is held, so what lies there is left over from a gateway that died.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn bind(data: &Path, links: Links, services: Arc<Services>) -> io::Result<Self> {
        let path = data.join(SOCKET);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        Ok(Self { listener, links, services })
    }

    /// Answers until shutdown.
    pub async fn serve(self) {
        let control = Arc::new(self);
        let shutdown = control.services.shutdown.clone();
        loop {
            let stream = tokio::select! {
                () = shutdown.wait() => return,
                accepted = control.listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(_) => {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                },
            };
            let control = Arc::clone(&control);
            // An operator who hangs up needs no answer.
            tokio::spawn(async move { tokio::time::timeout(TIMEOUT, control.talk(stream)).await });
        }
    }

    async fn talk(&self, stream: UnixStream) -> io::Result<()> {
        let (reader, mut writer) = stream.into_split();
        let request: Request = read(reader).await?;
        let reply = self.carry_out(request).await;
        writer.write_all(&line(&reply)?).await
    }

    async fn carry_out(&self, request: Request) -> Reply {
        let done = match request {
            Request::New { site, role, until } => self.make(&site, role, until).await,
            Request::List => self.list().await,
            Request::Revoke { link } => self.revoke(link).await,
            Request::AccountLink { person } => self.account_link(&person).await,
        };
        done.unwrap_or_else(|message| Reply::Failed { message })
    }

    async fn make(&self, site: &str, role: Role, until: Option<u64>) -> Result<Reply, String> {
        let (conference, seat, link) =
            self.links.make(Wanted { name: site, role, until }).await.map_err(|error| error.to_string())?;
        let room = self.services.registry.find(conference).ok_or("the gateway is going down")?;
        room.input(Input::SeatAdded(seat)).await.map_err(|_| "the gateway is going down")?;
        Ok(Reply::Made { link: link.member.0, url: link.url })
    }

    async fn list(&self) -> Result<Reply, String> {
        let (mut links, now) = (Vec::new(), milliseconds(SystemTime::now()));
        for row in self.links.list().await.map_err(|error| error.to_string())? {
            let room = self.services.registry.find(row.conference);
            let in_use = match room {
                Some(room) => room.in_use(row.member).await.unwrap_or(false),
                None => false,
            };
            links.push(Listed {
                link: row.member.0,
                room: row.room,
                site: row.name,
                role: row.role,
                revoked: row.revoked,
                until: row.until,
                expired: row.until.is_some_and(|until| until <= now),
                in_use,
            });
        }
        Ok(Reply::Links { links })
    }

    async fn account_link(&self, person: &str) -> Result<Reply, String> {
        let code = Code::new(person).map_err(|error| error.to_string())?;
        let known = self.services.organisation.read().person_by_code(&code).map(|person| person.id);
        let person = known.ok_or_else(|| format!("there is no person with the code {person}"))?;
        let link = self.services.sign_in.make_link(Actor::Operator, person).await;
        let secret = link.map_err(|error| error.to_string())?;
        let url = format!("{}/account/activate#{}", self.links.base(), secret.as_str());
        Ok(Reply::AccountLinkMade { url })
    }

    async fn revoke(&self, link: u32) -> Result<Reply, String> {
        let member = MemberId(link);
        let revoked = self.links.revoke(member).await.map_err(|error| error.to_string())?;
        let conference =
            revoked.ok_or_else(|| format!("there is no living link {link}; see `giaoban link list`"))?;
        self.services.tickets.forget(member);
        if let Some(room) = self.services.registry.find(conference) {
            room.input(Input::SeatRevoked { member }).await.map_err(|_| "the gateway is going down")?;
        }
        Ok(Reply::Revoked)
    }
}

fn line(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line)
}

async fn read<T: for<'de> Deserialize<'de>>(reader: impl tokio::io::AsyncRead + Unpin) -> io::Result<T> {
    let mut line = Vec::new();
    BufReader::new(reader.take(MAX_LINE)).read_until(b'\n', &mut line).await?;
    serde_json::from_slice(&line).map_err(io::Error::from)
}
