//! The two halves of a WebSocket.

use std::time::Duration;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use giaoban_signaling::wire::{ErrorCode, ServerMessage};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite;

/// A client that takes one frame for longer than this is too slow.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a closing connection is given to take the last words and to close its side. Without it the
/// system would discard the last words of a connection whose client is still sending.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Why a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The other side is gone.
    Gone,
    /// All was said.
    Finished,
    /// It is told why.
    Fault(ErrorCode),
}

/// What came in.
pub enum Received {
    /// A message.
    Text(Utf8Bytes),
    /// A sign of life.
    Alive,
}

/// The incoming half.
pub struct Receiver(SplitStream<WebSocket>);

/// The outgoing half.
pub struct Sender(SplitSink<WebSocket, Message>);

/// Both halves.
pub fn split(socket: WebSocket) -> (Sender, Receiver) {
    let (sender, receiver) = socket.split();
    (Sender(sender), Receiver(receiver))
}

impl Receiver {
    /// The next message or sign of life.
    ///
    /// # Errors
    /// Why the connection ends.
    pub async fn next(&mut self) -> Result<Received, End> {
        match self.0.next().await {
            None | Some(Ok(Message::Close(_))) => Err(End::Gone),
            Some(Ok(Message::Text(text))) => Ok(Received::Text(text)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(Received::Alive),
            Some(Ok(Message::Binary(_))) => Err(End::Fault(ErrorCode::BadMessage)),
            Some(Err(error)) => Err(meaning(error)),
        }
    }
}

/// Whether a failure is worth an answer.
fn meaning(error: axum::Error) -> End {
    match error.into_inner().downcast_ref::<tungstenite::Error>() {
        Some(tungstenite::Error::Capacity(_)) => End::Fault(ErrorCode::TooLarge),
        Some(tungstenite::Error::Utf8(_) | tungstenite::Error::Protocol(_)) => {
            End::Fault(ErrorCode::BadMessage)
        }
        _ => End::Gone,
    }
}

impl Sender {
    /// Sends a text, unless the client is cut meanwhile or too slow.
    ///
    /// # Errors
    /// Why the connection ends.
    pub async fn text(&mut self, text: Utf8Bytes, cut: &Notify) -> Result<(), End> {
        tokio::select! {
            sent = timeout(SEND_TIMEOUT, self.0.send(Message::Text(text))) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) => Err(End::Gone),
                Err(_) => Err(End::Fault(ErrorCode::SlowConsumer)),
            },
            () = cut.notified() => Err(End::Fault(ErrorCode::SlowConsumer)),
        }
    }

    /// Asks for a sign of life.
    ///
    /// # Errors
    /// Why the connection ends.
    pub async fn ping(&mut self) -> Result<(), End> {
        match timeout(SEND_TIMEOUT, self.0.send(Message::Ping(Vec::new().into()))).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(End::Gone),
        }
    }

    /// Says why, if there is something to say, and closes in bounded time.
    pub async fn finish(mut self, mut receiver: Receiver, end: End) {
        let deadline = Instant::now() + CLOSE_TIMEOUT;
        if let End::Fault(code) = end
            && let Ok(text) = serde_json::to_string(&ServerMessage::Error { code })
        {
            let _ = timeout_at(deadline, self.0.send(Message::Text(text.into()))).await;
        }
        let _ = timeout_at(deadline, self.0.send(Message::Close(None))).await;
        let drain = async { while receiver.0.next().await.is_some_and(|received| received.is_ok()) {} };
        let _ = timeout_at(deadline, drain).await;
    }
}
