//! What waits to be sent on one WebSocket.

use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use tokio::sync::{Notify, mpsc};

/// Frames that may wait. A room of 500 changes some ten times a second, so this is more than ten seconds
/// of silence on the client's side. When it is full the client is cut with `slow_consumer`.
const CAPACITY: usize = 256;

/// A frame for the client.
pub enum Frame {
    /// The seat is his: the resume secret is stored before this is sent.
    Welcome(Utf8Bytes),
    /// Any other message.
    Text(Utf8Bytes),
    /// Nothing comes after what was sent.
    Close,
}

/// The sending end, held by the conference. It never waits.
pub struct Outbox {
    frames: mpsc::Sender<Frame>,
    cut: Arc<Notify>,
}

/// The receiving end, held by the connection.
pub struct Outgoing {
    /// Frames in order; `None` when the conference let go of the connection without a close.
    pub frames: mpsc::Receiver<Frame>,
    /// Told when the client is too slow.
    pub cut: Arc<Notify>,
}

/// The client does not read fast enough; it is being cut.
#[derive(Debug, PartialEq, Eq)]
pub struct Slow;

/// A pair.
#[must_use]
pub fn outbox() -> (Outbox, Outgoing) {
    let (sender, receiver) = mpsc::channel(CAPACITY);
    let cut = Arc::new(Notify::new());
    (Outbox { frames: sender, cut: Arc::clone(&cut) }, Outgoing { frames: receiver, cut })
}

impl Outbox {
    /// Lets a frame wait. Of a connection that is gone nothing is said here: it says so itself.
    ///
    /// # Errors
    /// If the outbox is full: the connection is cut, and nothing more should be sent to it.
    pub fn try_send(&self, frame: Frame) -> Result<(), Slow> {
        match self.frames.try_send(frame) {
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.cut.notify_one();
                Err(Slow)
            }
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_outbox_cuts_its_client() {
        let (outbox, outgoing) = outbox();
        for _ in 0..CAPACITY {
            assert_eq!(outbox.try_send(Frame::Text("delta".into())), Ok(()));
        }
        assert_eq!(outbox.try_send(Frame::Text("delta".into())), Err(Slow));
        outgoing.cut.notified().await;
    }

    #[test]
    fn a_connection_that_is_gone_is_not_a_slow_one() {
        let (outbox, outgoing) = outbox();
        drop(outgoing);
        assert_eq!(outbox.try_send(Frame::Close), Ok(()));
    }
}
