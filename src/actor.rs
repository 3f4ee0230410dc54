//! One task for each conference: owns it, tells it the time, and carries out what it orders.

mod writer;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use axum::extract::ws::Utf8Bytes;
use giaoban_media_types::MemberId;
use giaoban_signaling::conference::{Entry, Setup};
use giaoban_signaling::wire::{RoomInfo, ServerMessage};
use giaoban_signaling::{Conference, ConnectionId, Input, Output};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use self::writer::{Write, Written};
use crate::connection::{Frame, Outbox, Slow};
use crate::metrics::Metrics;
use crate::secret::SecretHash;
use crate::shard_worker::ShardHandle;
use crate::store::{Store, milliseconds};
use crate::tickets::Tickets;

/// Inputs that may wait. Connections and the shard's events wait in turn when it is full: the conference
/// itself never waits for them.
const MAILBOX: usize = 1024;

/// Inputs taken in one turn; timers run between turns.
const TURN: usize = 64;

/// A connection that asks for its seat.
pub struct Enter {
    /// The connection.
    pub connection: ConnectionId,
    /// The seat.
    pub member: MemberId,
    /// How it came by it.
    pub entry: Entry,
    /// Whether to push out another connection.
    pub take_over: bool,
    /// The resume secret to hand over. No `Debug`.
    pub resume: String,
    /// Server time in milliseconds since 1970.
    pub time: u64,
}

enum Letter {
    Enter(Enter, Outbox),
    Input(Input),
    InUse(MemberId, oneshot::Sender<bool>),
}

/// The conference is gone: the gateway goes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

/// Reaches a conference.
#[derive(Clone)]
pub struct ConferenceHandle {
    mailbox: mpsc::Sender<Letter>,
    writes: mpsc::Sender<Write>,
    info: Arc<RoomInfo>,
    shard: ShardHandle,
}

impl ConferenceHandle {
    /// Title and classification.
    #[must_use]
    pub fn info(&self) -> &RoomInfo {
        &self.info
    }

    /// The same conference with another title or classification.
    #[must_use]
    pub fn of(self, info: RoomInfo) -> Self {
        Self { info: Arc::new(info), ..self }
    }

    /// Where its media is.
    #[must_use]
    pub fn shard(&self) -> &ShardHandle {
        &self.shard
    }

    /// Asks for a seat; the answer comes through the outbox.
    ///
    /// # Errors
    /// If the conference is gone.
    pub async fn enter(&self, enter: Enter, outbox: Outbox) -> Result<(), Gone> {
        self.mailbox.send(Letter::Enter(enter, outbox)).await.map_err(|_| Gone)
    }

    /// Anything else that happens.
    ///
    /// # Errors
    /// If the conference is gone.
    pub async fn input(&self, input: Input) -> Result<(), Gone> {
        self.mailbox.send(Letter::Input(input)).await.map_err(|_| Gone)
    }

    /// Whether a connection holds the seat; `None` if the conference is gone.
    pub async fn in_use(&self, member: MemberId) -> Option<bool> {
        let (reply, answer) = oneshot::channel();
        self.mailbox.send(Letter::InUse(member, reply)).await.ok()?;
        answer.await.ok()
    }

    /// Stores a new resume secret, after all that the conference ordered to store or to forget before.
    pub async fn keep_resume(
        &self,
        member: MemberId,
        presented: Option<SecretHash>,
        fresh: SecretHash,
    ) -> bool {
        let (reply, answer) = oneshot::channel();
        let write = Write::Resume { member, presented, fresh, reply };
        self.writes.send(write).await.is_ok() && answer.await.unwrap_or(false)
    }
}

/// What a conference needs to run.
pub struct Surroundings {
    /// Where its media is.
    pub shard: ShardHandle,
    /// Where its state is kept.
    pub store: Store,
    /// Tickets, to end those of a seat.
    pub tickets: Arc<Tickets>,
    /// Counters.
    pub metrics: Arc<Metrics>,
}

/// Starts a conference among the gateway's tasks. It ends when every handle to it is gone.
pub fn start(setup: Setup, surroundings: Surroundings, tasks: &mut JoinSet<()>) -> ConferenceHandle {
    let (mailbox, letters) = mpsc::channel(MAILBOX);
    let info = Arc::new(setup.room.clone());
    let Surroundings { shard, store, tickets, metrics } = surroundings;
    let (writes, written) = writer::start(setup.conference, store, metrics, tasks);
    let actor = Actor {
        conference: Conference::new(setup),
        connections: BTreeMap::new(),
        slow: Vec::new(),
        shard: shard.clone(),
        tickets,
        writes: writes.clone(),
    };
    tasks.spawn(actor.run(letters, written));
    ConferenceHandle { mailbox, writes, info, shard }
}

struct Actor {
    conference: Conference,
    connections: BTreeMap<ConnectionId, Outbox>,
    /// Cut since the last input; the conference is told once its outputs are drained.
    slow: Vec<ConnectionId>,
    shard: ShardHandle,
    tickets: Arc<Tickets>,
    writes: mpsc::Sender<Write>,
}

impl Actor {
    async fn run(mut self, mut letters: mpsc::Receiver<Letter>, mut written: mpsc::Receiver<Written>) {
        let mut turn = Vec::with_capacity(TURN);
        // Begins the time that seats of before a restart are kept.
        self.conference.handle_timeout(Instant::now());
        self.drain().await;
        loop {
            let due = self.conference.next_timeout();
            let timer = async {
                match due {
                    Some(due) => tokio::time::sleep_until(due.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                taken = letters.recv_many(&mut turn, TURN) => {
                    if taken == 0 {
                        self.conference.handle_shutdown();
                        self.drain().await;
                        return;
                    }
                    for letter in turn.drain(..) {
                        self.open(letter).await;
                    }
                }
                Some(written) = written.recv() => self.handle(written.into()).await,
                () = timer => {
                    self.conference.handle_timeout(Instant::now());
                    self.drain().await;
                }
            }
        }
    }

    async fn open(&mut self, letter: Letter) {
        match letter {
            Letter::Enter(enter, outbox) => {
                let Enter { connection, member, entry, take_over, resume, time } = enter;
                self.connections.insert(connection, outbox);
                self.handle(Input::Enter { connection, member, entry, take_over, resume, time }).await;
            }
            Letter::Input(input) => {
                if let Input::Disconnected { connection } = input {
                    self.connections.remove(&connection);
                }
                self.handle(input).await;
            }
            Letter::InUse(member, reply) => {
                // Whoever asked may have gone.
                let _ = reply.send(self.conference.is_held(member));
            }
        }
    }

    async fn handle(&mut self, input: Input) {
        self.conference.handle_input(Instant::now(), input);
        self.drain().await;
    }

    /// Carries out what was ordered, and tells the conference of those who were cut by it.
    async fn drain(&mut self) {
        loop {
            while let Some(output) = self.conference.poll_output() {
                self.carry_out(output).await;
            }
            let Some(connection) = self.slow.pop() else { return };
            self.conference.handle_input(Instant::now(), Input::Disconnected { connection });
        }
    }

    async fn carry_out(&mut self, output: Output) {
        match output {
            Output::Send { connection, message } => {
                let welcome = matches!(message, ServerMessage::Welcome { .. });
                if let Some(text) = serialise(&message) {
                    self.send(connection, if welcome { Frame::Welcome(text) } else { Frame::Text(text) });
                }
            }
            Output::Broadcast { connections, message } => {
                if let Some(text) = serialise(&message) {
                    for connection in connections {
                        self.send(connection, Frame::Text(text.clone()));
                    }
                }
            }
            Output::Close { connection } => self.close(connection),
            Output::Deny { connection, code } => {
                if let Some(text) = serialise(&ServerMessage::Error { code }) {
                    self.send(connection, Frame::Text(text));
                }
                self.close(connection);
            }
            Output::Media(command) => self.shard.send(command).await,
            Output::Store { write, durable } => self.write(Write::Durable { write, durable }),
            Output::Came { member } => self.attend(member, true),
            Output::Went { member } => self.attend(member, false),
            Output::Forget { member, reason } => {
                self.tickets.forget(member);
                self.write(Write::Forget { member, reason });
            }
        }
    }

    fn attend(&mut self, member: MemberId, came: bool) {
        self.write(Write::Attendance { member, came, at: milliseconds(SystemTime::now()) });
    }

    fn send(&mut self, connection: ConnectionId, frame: Frame) {
        let Some(outbox) = self.connections.get(&connection) else { return };
        if outbox.try_send(frame) == Err(Slow) {
            self.connections.remove(&connection);
            self.slow.push(connection);
        }
    }

    fn close(&mut self, connection: ConnectionId) {
        self.send(connection, Frame::Close);
        self.connections.remove(&connection);
    }

    /// Never waits: a database that falls behind by the queue's length fails the write.
    fn write(&mut self, write: Write) {
        let Err(refused) = self.writes.try_send(write) else { return };
        tracing::error!("the database falls behind: a write was given up");
        if let Write::Durable { write, .. } = refused.into_inner() {
            self.conference.handle_input(Instant::now(), Input::StoreFailed { write });
        }
    }
}

/// The text of a message. Ours always has one.
fn serialise(message: &ServerMessage) -> Option<Utf8Bytes> {
    let text = serde_json::to_string(message).map(Utf8Bytes::from);
    text.inspect_err(|error| tracing::error!(%error, "cannot write a message")).ok()
}
