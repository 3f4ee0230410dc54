//! The shards of this gateway, and the way of their events to the conferences.

use std::net::SocketAddr;
use std::sync::Arc;

use aws_lc_rs::rand;
use giaoban_media::transport::{Identity, SecureConfig, SecureTransport};
use giaoban_media::{Shard, ShardConfig};
use giaoban_media_types::{ConferenceId, Event};
use giaoban_signaling::Input;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::task::JoinSet;

use super::StartError;
use crate::addresses;
use crate::config::Config;
use crate::metrics::Metrics;
use crate::services::Services;
use crate::shard_worker::{self, ShardHandle, Sockets, Surroundings, candidates};
use crate::tls::TlsError;

/// Every shard of this gateway. A shard ends when no conference and nobody here holds it.
pub(super) struct Shards {
    handles: Vec<ShardHandle>,
    /// Where clients reach them.
    pub(super) candidates: Vec<SocketAddr>,
}

impl Shards {
    /// Lets the shards end.
    pub(super) fn release(&mut self) {
        self.handles.clear();
    }

    /// The shard that a conference lives on.
    pub(super) fn for_conference(&self, conference: ConferenceId) -> Option<ShardHandle> {
        let number = usize::try_from(conference.0).ok()?.checked_rem(self.handles.len())?;
        self.handles.get(number).cloned()
    }
}

/// Binds the sockets and starts the threads.
pub(super) fn start(
    Config { media, limits, .. }: &Config,
    metrics: &Arc<Metrics>,
    events: &Sender<Event>,
    tasks: &mut JoinSet<()>,
) -> Result<Shards, StartError> {
    let reachable = addresses::reachable();
    let identity = Identity::generate().map_err(|_| TlsError::Crypto)?;
    let mut shards = Shards { handles: Vec::new(), candidates: Vec::new() };
    for number in 0..media.shards {
        let sockets = Sockets::bind(media, number)?;
        let candidates = candidates(&sockets.addresses(), &media.announce, &reachable, number);
        if candidates.is_empty() {
            tracing::warn!("no client can reach the media: set media.announce or media.bind");
        }
        shards.candidates.extend(&candidates);
        let seed = seed()?;
        let config = SecureConfig {
            shard: number,
            candidates,
            identity: identity.clone(),
            // One for each connection that could hold a seat; a replaced one is closed at once.
            session_limit: usize::try_from(limits.connections).unwrap_or(usize::MAX),
            allow_dtls12: media.allow_dtls12,
        };
        let transport = SecureTransport::new(config).map_err(|_| TlsError::Crypto)?;
        let surroundings = Surroundings { sockets, events: events.clone(), metrics: Arc::clone(metrics) };
        let make = move || Shard::new(ShardConfig { seed }, transport);
        let (handle, thread) = shard_worker::start(number, surroundings, make)
            .map_err(|source| StartError::System { what: "a media shard", source })?;
        shards.handles.push(handle);
        // Why it ended is in the log.
        tasks.spawn_blocking(move || drop(thread.join()));
    }
    Ok(shards)
}

fn seed() -> Result<u64, StartError> {
    let mut seed = [0; 8];
    rand::fill(&mut seed).map_err(|_| crate::links::LinkError::Randomness)?;
    Ok(u64::from_ne_bytes(seed))
}

/// Carries events to the conferences until the last shard is gone. The shards never wait for it; it waits for the conferences, and they
/// wait for nothing but the shards, which always take their orders.
pub(super) async fn dispatch(mut events: Receiver<Event>, services: Arc<Services>) {
    while let Some(event) = events.recv().await {
        let Some(event) = services.line_tests.take(event) else { continue };
        services.metrics.media_event(&event);
        if let Some(room) = services.registry.find(conference(&event)) {
            // A conference that is gone has no use for it.
            let _ = room.input(Input::Media(event)).await;
        }
    }
}

fn conference(event: &Event) -> ConferenceId {
    match event {
        Event::Answered { conference, .. }
        | Event::NegotiationFailed { conference, .. }
        | Event::Connected { conference, .. }
        | Event::Closed { conference, .. }
        | Event::SourceStarted { conference, .. }
        | Event::SourceStopped { conference, .. }
        | Event::SlotSwitched { conference, .. }
        | Event::Measured { conference, .. }
        | Event::Speaking { conference, .. } => *conference,
    }
}
