//! One thread for each shard: its sockets, its clock, its commands and events.

mod candidates;
mod socket;

pub use candidates::candidates;
pub use socket::{SOCKET_BUFFER, Sockets};

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use giaoban_media::{Shard, Transport};
use giaoban_media_types::{Command, Event};
use mio::{Events, Poll, Waker};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::watch;

use crate::metrics::{Metrics, ShardReport};

/// Orders that may wait. When it is full the conference waits: the shard never waits for a conference.
const COMMANDS: usize = 1024;

/// Events that may wait, over all shards. When it is full a shard keeps its next events until there is room.
/// It goes on taking orders meanwhile: the conferences that must take the events may be waiting to give them.
/// What it keeps stays bounded, since it reports only what conferences ordered and, at a bounded rate, who speaks.
pub const EVENTS: usize = 4096;

/// Orders taken in one turn, before the sockets are read again.
const COMMANDS_PER_TURN: usize = 32;

/// Batches read from one socket in one turn.
const BATCHES_PER_TURN: usize = 4;

/// The thread looks after the end of its orders at least this often.
const LONGEST_WAIT: Duration = Duration::from_millis(100);

/// And after room for a held event this often.
const HELD_WAIT: Duration = Duration::from_millis(2);

/// How often a shard tells what it counted.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);

/// Reaches a shard.
#[derive(Clone)]
pub struct ShardHandle {
    commands: Sender<Command>,
    waker: Arc<Waker>,
}

impl ShardHandle {
    /// Gives an order. Of a shard that is gone nothing is said: the gateway goes down with it.
    pub async fn send(&self, command: Command) {
        if self.commands.send(command).await.is_ok() {
            // Without the wake the thread takes the order at its next turn.
            let _ = self.waker.wake();
        }
    }
}

/// What a worker needs beside its shard.
pub struct Surroundings {
    /// Its sockets.
    pub sockets: Sockets,
    /// Where its events go.
    pub events: Sender<Event>,
    /// Counters.
    pub metrics: Arc<Metrics>,
}

/// Starts the thread. `make` makes the shard on it. It ends when every handle is gone.
///
/// # Errors
/// If the system gives no poll or no thread.
pub fn start<T: Transport + 'static>(
    number: u16,
    surroundings: Surroundings,
    make: impl FnOnce() -> Shard<T> + Send + 'static,
) -> std::io::Result<(ShardHandle, JoinHandle<()>)> {
    let Surroundings { mut sockets, events, metrics } = surroundings;
    let poll = Poll::new()?;
    let waker = Arc::new(Waker::new(poll.registry(), Sockets::WAKE)?);
    sockets.register(poll.registry())?;
    let (commands, orders) = channel(COMMANDS);
    let (reports, last_report) = watch::channel(ShardReport::default());
    metrics.shards.add(last_report);
    let run = move || {
        let (held, next_report) = (None, Instant::now());
        let worker = Worker { shard: make(), sockets, orders, events, metrics, held, reports, next_report };
        worker.run(poll);
    };
    let thread = std::thread::Builder::new().name(format!("shard-{number}")).spawn(run)?;
    Ok((ShardHandle { commands, waker }, thread))
}

struct Worker<T> {
    shard: Shard<T>,
    sockets: Sockets,
    orders: Receiver<Command>,
    events: Sender<Event>,
    metrics: Arc<Metrics>,
    /// The event that found no room.
    held: Option<Event>,
    reports: watch::Sender<ShardReport>,
    next_report: Instant,
}

/// Whether the thread goes on.
#[derive(PartialEq, Eq)]
enum Turn {
    /// All is read: wait.
    Idle,
    /// There was more than a turn takes.
    More,
    /// Every handle is gone.
    End,
}

impl<T: Transport> Worker<T> {
    fn run(mut self, mut poll: Poll) {
        let mut ready = Events::with_capacity(16);
        let mut turn = Turn::More;
        while turn != Turn::End {
            let wait = if turn == Turn::More { Duration::ZERO } else { self.wait() };
            // Interrupted by a signal is as good as woken.
            let _ = poll.poll(&mut ready, Some(wait));
            turn = self.turn();
        }
    }

    fn wait(&self) -> Duration {
        let due = self.shard.next_timeout().map(|due| due.saturating_duration_since(Instant::now()));
        due.unwrap_or(LONGEST_WAIT).min(if self.held.is_some() { HELD_WAIT } else { LONGEST_WAIT })
    }

    fn turn(&mut self) -> Turn {
        let mut turn = self.take_orders();
        for socket in 0..self.sockets.len() {
            if self.receive(socket) && turn == Turn::Idle {
                turn = Turn::More;
            }
        }
        let now = Instant::now();
        if self.shard.next_timeout().is_some_and(|due| due <= now) {
            self.shard.handle_timeout(now);
            self.flush();
        }
        if now >= self.next_report {
            self.next_report = now + REPORT_INTERVAL;
            let report =
                ShardReport { statistics: self.shard.statistics(), sockets: self.sockets.counters() };
            self.reports.send_replace(report);
        }
        turn
    }

    fn take_orders(&mut self) -> Turn {
        self.report();
        for _ in 0..COMMANDS_PER_TURN {
            match self.orders.try_recv() {
                Ok(command) => {
                    self.shard.handle_command(Instant::now(), command);
                    self.flush();
                }
                Err(tokio::sync::mpsc::error::TryRecvError::Empty) => return Turn::Idle,
                Err(tokio::sync::mpsc::error::TryRecvError::Disconnected) => return Turn::End,
            }
        }
        Turn::More
    }

    /// True if there is more to read.
    fn receive(&mut self, socket: usize) -> bool {
        for _ in 0..BATCHES_PER_TURN {
            let shard = &mut self.shard;
            let more = self.sockets.receive(socket, |batch| shard.handle_datagrams(Instant::now(), batch));
            self.flush();
            if !more {
                return false;
            }
        }
        true
    }

    /// Drains the shard, as it asks for after everything it was told.
    fn flush(&mut self) {
        while let Some(transmit) = self.shard.poll_transmit() {
            self.sockets.send(&transmit);
        }
        self.report();
    }

    fn report(&mut self) {
        while let Some(event) = self.held.take().or_else(|| self.shard.poll_event()) {
            if let Err(TrySendError::Full(event)) = self.events.try_send(event) {
                self.metrics.events_held.inc();
                self.held = Some(event);
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests;
