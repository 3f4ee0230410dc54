//! One publisher to many subscribers, through one server: what it costs there and what arrives here.

use std::io::{self, Write};
use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::crowd::Crowd;
use crate::gateway::Gateway;
use crate::janus::Janus;
use crate::listener::{Figures, Formats, Listener};
use crate::peer::{DtlsVersion, Handle, Peer, Purpose};
use crate::programme::{Picture, epoch, wall_epoch};
use crate::server::{self, Place, Process};
use crate::wire::{Conversation, section};

/// Whatever stops a scenario: it is said, and the bench ends.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

const PUBLISHER: u32 = 1;
/// Joins under way at a time, unless all come at once.
const JOINING: usize = 16;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(60);
/// After the last join: what joining left to do is done.
const REST: Duration = Duration::from_secs(2);
/// How long an idle server is watched.
const IDLE: Duration = Duration::from_secs(4);
const WARM_UP: Duration = Duration::from_secs(3);
const FEED_ATTEMPTS: usize = 20;
const FEED_INTERVAL: Duration = Duration::from_millis(100);
/// For the last packets of a measurement to arrive.
const SETTLE: Duration = Duration::from_millis(500);

/// What is run.
#[derive(Debug, Clone)]
pub struct Load {
    /// Receivers.
    pub subscribers: usize,
    /// For how long is measured.
    pub time: Duration,
    /// Where the server and all clients are.
    pub place: Place,
}

/// What one server did.
pub struct Outcome {
    /// Receivers.
    pub subscribers: usize,
    /// Packets that arrived while it was measured.
    pub delivered: u64,
    /// What arrived until the last packet had.
    pub figures: Figures,
    /// What was sent meanwhile, times receivers.
    pub expected: u64,
    /// The server's CPU time, user and system, while it was measured.
    pub server: Duration,
    /// That of all clients together.
    pub clients: Duration,
    /// CPU time of the server for each idle member and second.
    pub idle: Duration,
    /// Memory in KiB: after the start, with all connected, and with media.
    pub memory: [u64; 3],
    /// How long it took until all were connected.
    pub joined: Duration,
    /// SRTP profile of the receivers.
    pub profile: &'static str,
    /// For how long was measured.
    pub time: Duration,
}

impl Outcome {
    /// CPU time of the server for each packet delivered, in microseconds.
    #[must_use]
    pub fn cost(&self) -> f64 {
        micros_each(self.server, self.delivered)
    }

    /// The same of the clients.
    #[must_use]
    pub fn own_cost(&self) -> f64 {
        micros_each(self.clients, self.delivered)
    }
}

fn micros_each(time: Duration, count: u64) -> f64 {
    // Counts below 2^53 are exact.
    #[allow(clippy::cast_precision_loss)]
    let count = count.max(1) as f64;
    time.as_secs_f64() * 1e6 / count
}

/// Says what is going on.
pub fn progress(line: &str) {
    // Who closed our output does not read.
    let _ = writeln!(io::stderr(), "{line}");
}

async fn connected(peer: &Handle) -> Result<(), Failure> {
    match timeout(CONNECT_TIMEOUT, peer.until(|state| state.connected)).await {
        Ok(true) => Ok(()),
        _ => Err("the publisher does not connect".into()),
    }
}

fn cpu(process: &Process) -> io::Result<(Duration, Duration)> {
    let id = process.id().ok_or_else(|| io::Error::other("the server has ended"))?;
    Ok((server::cpu_time(id)?, server::cpu_time(std::process::id())?))
}

fn memory(process: &Process) -> io::Result<u64> {
    server::memory(process.id().ok_or_else(|| io::Error::other("the server has ended"))?)
}

fn sent(peer: &Handle) -> u64 {
    peer.read(|state| state.audio_sent + state.video_sent)
}

/// A server with all its clients connected.
struct Assembly<'a> {
    process: &'a Process,
    publisher: &'a Handle,
    crowd: &'a Crowd,
    load: Load,
    started: u64,
    joined: Duration,
    profile: &'static str,
}

impl Assembly<'_> {
    /// Watches the server idle, then lets all run for a while and counts.
    async fn measure(self) -> Result<Outcome, Failure> {
        let Self { process, publisher, crowd, load, started, joined, profile } = self;
        sleep(REST).await;
        let connected = memory(process)?;
        let before = cpu(process)?.0;
        sleep(IDLE).await;
        let idle = cpu(process)?.0.saturating_sub(before);
        let members = u32::try_from(load.subscribers + 1)?;
        let idle = idle.div_f64(IDLE.as_secs_f64()) / members;
        publisher.publish(PUBLISHER, Picture::BRIEFING).await;
        sleep(WARM_UP).await;
        progress(&format!("    measuring for {} s", load.time.as_secs()));
        crowd.forget();
        let (before, published, began) = (cpu(process)?, sent(publisher), Instant::now());
        sleep(load.time).await;
        let (after, time, delivered) = (cpu(process)?, began.elapsed(), crowd.count().delivered());
        let memory = [started, connected, memory(process)?];
        publisher.rest().await;
        sleep(SETTLE).await;
        let mut figures = crowd.count();
        figures.delays.iter_mut().for_each(|delays| delays.sort_unstable());
        Ok(Outcome {
            subscribers: load.subscribers,
            delivered,
            figures,
            expected: (sent(publisher) - published) * u64::try_from(load.subscribers)?,
            server: after.0.saturating_sub(before.0),
            clients: after.1.saturating_sub(before.1),
            idle,
            memory,
            joined,
            profile,
            time,
        })
    }
}

/// A member of the gateway: his conversation, his number, and his media.
async fn enter(
    gateway: &Gateway,
    address: IpAddr,
    secret: &str,
    purposes: &[Purpose],
) -> Result<(Conversation, u32, Peer, String), Failure> {
    let (mut conversation, member) = gateway.server.enter(secret).await?;
    let mut peer = Peer::bind(address, DtlsVersion::Dtls13).await?;
    let (offer, mids) = peer.offer(purposes)?;
    let sections: Vec<_> = mids.iter().zip(purposes).map(|(mid, purpose)| section(mid, *purpose)).collect();
    let on = purposes.contains(&Purpose::Camera);
    let microphone = if on { "open" } else { "off" };
    let sources = json!({ "type": "sources", "microphone": microphone, "camera": on, "screen": false });
    conversation.say(&sources).await?;
    let wish = json!({ "slot": 5, "source": null, "height": 720 });
    conversation.say(&json!({ "type": "want", "wishes": [wish] })).await?;
    let answer = conversation.offer(&offer, &sections).await?;
    peer.answer(&answer)?;
    Ok((conversation, member, peer, answer))
}

/// A subscriber of the gateway, handed over to the crowd. Yields his conversation.
async fn subscribe(
    gateway: &Gateway,
    address: IpAddr,
    crowd: &Crowd,
    place: usize,
) -> Result<(Conversation, &'static str), Failure> {
    let secret = gateway.seat().await?;
    let (conversation, _, peer, answer) =
        enter(gateway, address, &secret, &[Purpose::Slot(0), Purpose::Slot(5)]).await?;
    let formats = Formats::read(&answer).ok_or("the answer lacks Opus or VP8")?;
    let path = peer.hand_over().await?;
    let profile = path.keys.profile();
    crowd.add(Listener::new(path, formats, place)?);
    Ok((conversation, profile))
}

async fn attend(mut conversation: Conversation) {
    while conversation.next().await.is_ok() {}
}

/// Memory of the gateway in KiB with so many members who converse and have no media, first the fewer, then the more.
///
/// # Errors
/// If it does not start, or somebody cannot join.
pub async fn conversing(program: &Path, place: &Place, members: [usize; 2]) -> Result<[u64; 2], Failure> {
    let gateway = Gateway::start(place, program).await?;
    let mut attending = JoinSet::new();
    let mut used = [0; 2];
    for (wanted, used) in members.into_iter().zip(&mut used) {
        let join = |_| async { Ok::<_, Failure>(gateway.server.enter(&gateway.seat().await?).await?.0) };
        let joins = (attending.len()..wanted).map(join);
        let mut joins = futures_util::stream::iter(joins).buffer_unordered(JOINING);
        while let Some(conversation) = joins.next().await {
            attending.spawn(attend(conversation?));
            report(attending.len(), wanted);
        }
        sleep(REST).await;
        *used = memory(&gateway.process)?;
    }
    gateway.process.stop().await;
    Ok(used)
}

/// Through the gateway's own binary.
///
/// # Errors
/// If it does not start, or somebody cannot join.
pub async fn through_the_gateway(program: &Path, load: Load) -> Result<Outcome, Failure> {
    clocks();
    let gateway = Gateway::start(&load.place, program).await?;
    let started = memory(&gateway.process)?;
    let (mut chair, member, peer, _) =
        enter(&gateway, load.place.clients, &gateway.chair, &[Purpose::Microphone, Purpose::Camera]).await?;
    let publisher = peer.start();
    connected(&publisher).await?;
    let order = json!({ "action": "pin", "source": { "member": member, "kind": "camera" } });
    chair.say(&json!({ "type": "chair", "request": 2, "order": order })).await?;
    chair.expect("done").await?;
    let crowd = Crowd::start();
    let mut attending = JoinSet::new();
    attending.spawn(attend(chair));
    let (began, mut profile) = (Instant::now(), "");
    let joins = (0..load.subscribers).map(|place| subscribe(&gateway, load.place.clients, &crowd, place));
    let mut joins = futures_util::stream::iter(joins).buffer_unordered(JOINING);
    while let Some(joined) = joins.next().await {
        let (conversation, negotiated) = joined?;
        profile = negotiated;
        attending.spawn(attend(conversation));
        report(attending.len() - 1, load.subscribers);
    }
    drop(joins);
    let joined = began.elapsed();
    let process = &gateway.process;
    let assembly = Assembly { process, publisher: &publisher, crowd: &crowd, load, started, joined, profile };
    let outcome = assembly.measure().await;
    drop(attending);
    gateway.process.stop().await;
    outcome
}

/// Through Janus and its videoroom.
///
/// # Errors
/// If it is not installed, does not start, or somebody cannot join.
pub async fn through_janus(load: Load) -> Result<Outcome, Failure> {
    clocks();
    let mut janus = Janus::start(&load.place).await?;
    let started = memory(&janus.process)?;
    let mut publishing = Peer::bind(load.place.clients, DtlsVersion::Dtls12).await?;
    let (offer, _) = publishing.offer(&[Purpose::Microphone, Purpose::Camera])?;
    let (id, answer) = janus.publish(&offer).await?;
    publishing.answer(&answer)?;
    let publisher = publishing.start();
    connected(&publisher).await?;
    let crowd = Crowd::start();
    let (began, mut profile, mut handshakes) = (Instant::now(), "", JoinSet::new());
    for place in 0..load.subscribers {
        let (handle, offer) = subscribed(&mut janus, &id).await?;
        let mut subscriber = Peer::bind(load.place.clients, DtlsVersion::Dtls12).await?;
        let answer = subscriber.accept(&offer)?;
        let formats = Formats::read(&offer).ok_or("the offer lacks Opus or VP8")?;
        janus.begin(&handle, &answer).await?;
        handshakes.spawn(async move { subscriber.hand_over().await.map(|path| (path, formats, place)) });
        report(place + 1, load.subscribers);
    }
    while let Some(path) = handshakes.join_next().await {
        let (path, formats, place) = path??;
        profile = path.keys.profile();
        crowd.add(Listener::new(path, formats, place)?);
    }
    let joined = began.elapsed();
    let process = &janus.process;
    let assembly = Assembly { process, publisher: &publisher, crowd: &crowd, load, started, joined, profile };
    let outcome = assembly.measure().await;
    janus.process.stop().await;
    outcome
}

/// Janus knows a feed a moment after its publisher knows that he is connected.
async fn subscribed(janus: &mut Janus, feed: &Value) -> Result<(Value, String), Failure> {
    for _ in 0..FEED_ATTEMPTS {
        if let Ok(subscribed) = janus.subscribe(feed).await {
            return Ok(subscribed);
        }
        sleep(FEED_INTERVAL).await;
    }
    janus.subscribe(feed).await
}

/// Both epochs lie before the first packet.
fn clocks() {
    let _ = (epoch(), wall_epoch());
}

fn report(joined: usize, of: usize) {
    if joined.is_multiple_of(50) || joined == of {
        progress(&format!("    {joined} of {of} joined"));
    }
}
