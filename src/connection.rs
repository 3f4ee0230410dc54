//! One task for each WebSocket: checks the credential, then carries messages both ways.

mod hello;
pub mod offer;
mod outbox;
mod wire;

pub use outbox::{Frame, Outbox, Slow};

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use axum::extract::ws::{Utf8Bytes, WebSocket};
use giaoban_signaling::ConnectionId;
use giaoban_signaling::conference::Input;
use giaoban_signaling::wire::{ClientMessage, ErrorCode, ServerMessage, parse_client};

use self::hello::Hello;
use self::outbox::Outgoing;
use self::wire::{End, Received, Receiver, Sender};
use crate::actor::{ConferenceHandle, Enter};
use crate::limits::{Bucket, MESSAGES};
use crate::metrics::Raised;
use crate::secret::Secret;
use crate::services::Services;

/// A connection that has not said `hello` by then is closed.
const HELLO_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a connection is asked for a sign of life.
const PING_INTERVAL: Duration = Duration::from_secs(5);

/// A connection without any sign of life for this long is gone: three pings were lost.
const SILENCE: Duration = Duration::from_secs(16);

/// Serves one WebSocket to its end.
pub async fn serve(socket: WebSocket, from: IpAddr, services: Arc<Services>) {
    let _open = Raised::new(&services.metrics.websockets);
    let (mut sender, mut receiver) = wire::split(socket);
    let end = match greet(&mut receiver, from, &services).await {
        Ok(hello) => match enter(hello, &services).await {
            Ok((seated, outgoing)) => seated.run(&mut sender, &mut receiver, outgoing).await,
            Err(code) => End::Fault(code),
        },
        Err(end) => end,
    };
    if let End::Fault(code) = end {
        services.metrics.websocket_error(code);
        tracing::debug!(?code, "closing a connection");
    }
    sender.finish(receiver, end).await;
}

/// Waits for `hello`.
async fn greet(receiver: &mut Receiver, from: IpAddr, services: &Services) -> Result<Hello, End> {
    let first = async {
        loop {
            if let Received::Text(text) = receiver.next().await? {
                return Ok(text);
            }
        }
    };
    let text = tokio::select! {
        first = tokio::time::timeout(HELLO_TIMEOUT, first) => match first {
            Ok(first) => first?,
            Err(_) => return Err(End::Fault(ErrorCode::BadMessage)),
        },
        () = services.shutdown.wait() => return Err(End::Fault(ErrorCode::ShuttingDown)),
    };
    hello::check(&text, from, services).await.map_err(End::Fault)
}

/// Asks the conference for the seat. Whether it is let in comes out of the outbox.
async fn enter(hello: Hello, services: &Arc<Services>) -> Result<(Seated, Outgoing), ErrorCode> {
    let room = services.registry.find(hello.seat.conference).ok_or(ErrorCode::Internal)?;
    let resume = Secret::random().map_err(|_| ErrorCode::Internal)?;
    let (outbox, outgoing) = outbox::outbox();
    let connection = services.next_connection();
    let enter = Enter {
        connection,
        member: hello.seat.member,
        entry: hello.entry,
        take_over: hello.take_over,
        resume: resume.as_str().to_owned(),
        time: milliseconds(SystemTime::now()),
    };
    room.enter(enter, outbox).await.map_err(|_| ErrorCode::ShuttingDown)?;
    let seated = Seated {
        connection,
        hello,
        resume,
        room,
        services: Arc::clone(services),
        messages: Bucket::new(MESSAGES, Instant::now()),
        heard: Instant::now(),
        present: None,
    };
    Ok((seated, outgoing))
}

/// A connection that its conference knows.
struct Seated {
    connection: ConnectionId,
    hello: Hello,
    /// Handed over by `welcome`.
    resume: Secret,
    room: ConferenceHandle,
    services: Arc<Services>,
    messages: Bucket,
    heard: Instant,
    /// Counted as a member from `welcome` on.
    present: Option<Raised>,
}

impl Seated {
    async fn run(mut self, sender: &mut Sender, receiver: &mut Receiver, mut outgoing: Outgoing) -> End {
        let end = match self.carry(sender, receiver, &mut outgoing).await {
            Ok(()) => End::Finished,
            Err(end) => end,
        };
        // The conference may be gone too, at shutdown.
        let _ = self.room.input(Input::Disconnected { connection: self.connection }).await;
        end
    }

    /// Carries messages until the connection is closed (`Ok`) or breaks off.
    async fn carry(
        &mut self,
        sender: &mut Sender,
        receiver: &mut Receiver,
        outgoing: &mut Outgoing,
    ) -> Result<(), End> {
        let services = Arc::clone(&self.services);
        let mut shutdown = std::pin::pin!(services.shutdown.wait());
        let mut pings = tokio::time::interval(PING_INTERVAL);
        let cut = Arc::clone(&outgoing.cut);
        loop {
            tokio::select! {
                () = &mut shutdown => return Err(End::Fault(ErrorCode::ShuttingDown)),
                () = cut.notified() => return Err(End::Fault(ErrorCode::SlowConsumer)),
                frame = outgoing.frames.recv() => match frame {
                    Some(Frame::Text(text)) => sender.text(text, &cut).await?,
                    Some(Frame::Welcome(text)) => {
                        self.keep_resume().await?;
                        sender.text(text, &cut).await?;
                    }
                    Some(Frame::Close) => return Ok(()),
                    None => return Err(End::Fault(ErrorCode::Internal)),
                },
                received = receiver.next() => {
                    self.heard = Instant::now();
                    if let Received::Text(text) = received?
                        && let Some(reply) = self.take(&text).await?
                    {
                        sender.text(reply, &cut).await?;
                    }
                }
                _ = pings.tick() => {
                    if self.heard.elapsed() > SILENCE {
                        return Err(End::Gone);
                    }
                    sender.ping().await?;
                }
            }
        }
    }

    /// Stores the new resume secret's hash before its holder gets it.
    async fn keep_resume(&mut self) -> Result<(), End> {
        let kept =
            self.room.keep_resume(self.hello.seat.member, self.hello.presented, self.resume.hash()).await;
        if kept {
            self.present = Some(Raised::new(&self.services.metrics.members));
            Ok(())
        } else {
            Err(End::Fault(ErrorCode::Internal))
        }
    }

    /// Takes a message: what is not the conference's business is answered here.
    async fn take(&mut self, text: &str) -> Result<Option<Utf8Bytes>, End> {
        self.services.metrics.client_messages.inc();
        if !self.messages.take(MESSAGES, Instant::now()) {
            return Err(End::Fault(ErrorCode::TooFast));
        }
        let mut message = parse_client(text).map_err(End::Fault)?;
        match &mut message {
            ClientMessage::Hello { .. } => return Err(End::Fault(ErrorCode::BadMessage)),
            ClientMessage::Ping { nonce } => {
                return reply(&ServerMessage::Pong { nonce: *nonce, time: milliseconds(SystemTime::now()) });
            }
            ClientMessage::Offer { request, sdp, .. } => match offer::inflate(sdp) {
                Ok(text) => *sdp = text,
                Err(code) => return reply(&ServerMessage::Refused { request: *request, code }),
            },
            _ => {}
        }
        let input = Input::Message { connection: self.connection, message };
        self.room.input(input).await.map_err(|_| End::Fault(ErrorCode::ShuttingDown))?;
        Ok(None)
    }
}

fn reply(message: &ServerMessage) -> Result<Option<Utf8Bytes>, End> {
    match serde_json::to_string(message) {
        Ok(text) => Ok(Some(text.into())),
        Err(_) => Err(End::Fault(ErrorCode::Internal)),
    }
}

/// Milliseconds since 1970 in UTC.
pub(crate) fn milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
