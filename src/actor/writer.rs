//! Writes of one conference, carried out in the order they were given, off the conference's own task.

use std::sync::Arc;
use std::time::SystemTime;

use giaoban_media_types::{ConferenceId, MemberId};
use giaoban_signaling::Input;
use giaoban_signaling::conference::{Durable, WriteId};
use giaoban_signaling::wire::EndReason;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::metrics::Metrics;
use crate::secret::SecretHash;
use crate::store::{By, Store, StoreError};

/// Writes that may wait. When it is full a write of the durable part fails, and a connection waits with its secret.
const QUEUE: usize = 1024;

/// Something to write.
pub(super) enum Write {
    /// The durable part.
    Durable {
        /// Its number.
        write: WriteId,
        /// All of it.
        durable: Durable,
    },
    /// A seat's secrets end.
    Forget {
        /// Whose.
        member: MemberId,
        /// Why; a removal and a revocation end the link too.
        reason: EndReason,
    },
    /// A member came or went.
    Attendance {
        /// Who.
        member: MemberId,
        /// He came.
        came: bool,
        /// When, in milliseconds since 1970.
        at: i64,
    },
    /// A new resume secret.
    Resume {
        /// Whose.
        member: MemberId,
        /// The one that was presented.
        presented: Option<SecretHash>,
        /// The new one.
        fresh: SecretHash,
        /// Told whether it is stored.
        reply: oneshot::Sender<bool>,
    },
}

/// What became of a write of the durable part.
pub(super) struct Written {
    write: WriteId,
    stored: bool,
}

impl From<Written> for Input {
    fn from(Written { write, stored }: Written) -> Self {
        if stored { Self::Stored { write } } else { Self::StoreFailed { write } }
    }
}

/// Starts the writer; it ends when the sender is dropped.
pub(super) fn start(
    conference: ConferenceId,
    store: Store,
    metrics: Arc<Metrics>,
    tasks: &mut JoinSet<()>,
) -> (mpsc::Sender<Write>, mpsc::Receiver<Written>) {
    let (writes, mut queue) = mpsc::channel(QUEUE);
    let (results, written) = mpsc::channel(QUEUE);
    tasks.spawn(async move {
        while let Some(next) = queue.recv().await {
            match next {
                Write::Durable { write, durable } => {
                    let stored = done(store.save(conference, &durable).await, &metrics);
                    // Nobody waits for it once the conference is gone.
                    let _ = results.send(Written { write, stored }).await;
                }
                Write::Attendance { member, came, at } => {
                    done(store.note_attendance(conference, member, came, at).await, &metrics);
                }
                Write::Forget { member, reason } => {
                    done(forget(&store, member, reason).await, &metrics);
                }
                Write::Resume { member, presented, fresh, reply } => {
                    let kept = store.replace_resume(member, presented, fresh, SystemTime::now()).await;
                    let kept = kept.map(|kept| reply.send(kept));
                    done(kept, &metrics);
                }
            }
        }
    });
    (writes, written)
}

async fn forget(store: &Store, member: MemberId, reason: EndReason) -> Result<(), StoreError> {
    match reason {
        EndReason::Removed | EndReason::Revoked => store.revoke(member, By::default()).await.map(|_| ()),
        // The one who takes the seat over gets a secret of his own, and that ends the others.
        EndReason::TakenOver => Ok(()),
        EndReason::Ended | EndReason::Left | EndReason::Deserted => store.forget_resumes(member).await,
    }
}

fn done<T>(result: Result<T, StoreError>, metrics: &Metrics) -> bool {
    result
        .inspect_err(|error| {
            metrics.store_failures.inc();
            tracing::error!(%error, "cannot write");
        })
        .is_ok()
}
