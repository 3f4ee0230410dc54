//! Hundreds of synthetic sites in one room, over the gateway's own wire protocol: they come in at once, speak and listen,
//! change their state at a given pace, and count what they are told and what they receive.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

use crate::crowd::Crowd;
use crate::gateway;
use crate::listener::{Formats, Listener};
use crate::peer::{DtlsVersion, Handle, Peer, Purpose};
use crate::programme::{Picture, epoch, wall_epoch};
use crate::scenario::Failure;
use crate::wire::{Conversation, Heard, Server, section};

/// Orders that may wait for one site; who gives more waits.
const ORDER_CAPACITY: usize = 4;
/// Seats made at a time.
const MAKING: usize = 16;
/// What a site receives: the stage's picture and sound, and three more sounds.
const RECEIVED: [Purpose; 5] =
    [Purpose::Slot(0), Purpose::Slot(1), Purpose::Slot(2), Purpose::Slot(3), Purpose::Slot(5)];

/// An order to the sites, for example `{"order":"join","sites":500}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case", deny_unknown_fields)]
pub enum Order {
    /// Makes seats.
    Seats {
        /// How many.
        sites: usize,
    },
    /// So many come in at once, without sound and picture.
    Join {
        /// How many.
        sites: usize,
    },
    /// So many come in at once and receive the stage and the sounds.
    Listen {
        /// How many.
        sites: usize,
    },
    /// The chair comes in with camera and microphone and puts himself on the stage.
    Chair {
        /// His link's secret.
        secret: String,
    },
    /// So many come in with a microphone that is open.
    Speak {
        /// How many.
        sites: usize,
    },
    /// So many of those without sound and picture change their state every second, one after the other.
    Change {
        /// How many a second; none to stop.
        rate: u32,
    },
    /// All counters begin anew.
    Forget,
    /// Only asks for the counters.
    Count,
}

/// All counters.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// Sites that are in the room.
    pub present: usize,
    /// Milliseconds that the order took.
    pub took: u64,
    /// Messages that the site that was told most was told.
    pub messages: u64,
    /// Octets of messages that all were told together.
    pub octets: u64,
    /// Octets of the site that was told most.
    pub most_octets: u64,
    /// Changes of state said.
    pub changes: u64,
    /// Sites that receive sound and picture.
    pub receiving: usize,
    /// Packets received by all: sounds, pictures.
    pub received: [u64; 2],
    /// Packets sent: sounds, pictures.
    pub sent: [u64; 2],
    /// Numbers that were passed over.
    pub lost: u64,
}

/// One site: its conversation runs in a task of its own.
struct Site {
    orders: mpsc::Sender<Value>,
    heard: Arc<Heard>,
    task: JoinHandle<()>,
}

/// All sites. They leave with this.
pub struct Sites {
    server: Server,
    /// From where sound and picture are sent and received.
    own: IpAddr,
    data: PathBuf,
    secrets: Vec<String>,
    /// Without sound and picture.
    quiet: Vec<Site>,
    /// With them.
    others: Vec<Site>,
    speakers: Vec<Handle>,
    crowd: Crowd,
    changes: Arc<AtomicU64>,
    changing: Option<JoinHandle<()>>,
}

impl Sites {
    /// For the gateway that serves at an address, and that runs on a data directory.
    ///
    /// # Errors
    /// If its authority cannot be read.
    pub fn new(address: SocketAddr, data: PathBuf) -> Result<Self, Failure> {
        // Both lie before the first packet.
        let _ = (epoch(), wall_epoch());
        // Nothing is sent by this: the system says from where it would be.
        let towards = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        towards.connect(address)?;
        Ok(Self {
            own: towards.local_addr()?.ip(),
            server: Server::new(address, &data.join("ca.crt"))?,
            data,
            secrets: Vec::new(),
            quiet: Vec::new(),
            others: Vec::new(),
            speakers: Vec::new(),
            crowd: Crowd::start(),
            changes: Arc::default(),
            changing: None,
        })
    }

    /// Carries out one order.
    ///
    /// # Errors
    /// If somebody cannot come in.
    pub async fn obey(&mut self, order: Order) -> Result<Report, Failure> {
        let began = Instant::now();
        match order {
            Order::Seats { sites } => self.seats(sites).await?,
            Order::Join { sites } => self.join(sites).await?,
            Order::Listen { sites } => self.listen(sites).await?,
            Order::Chair { secret } => self.chair(&secret).await?,
            Order::Speak { sites } => self.speak(sites).await?,
            Order::Change { rate } => self.change(rate),
            Order::Forget => self.forget().await,
            Order::Count => {}
        }
        let took = began.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
        Ok(Report { took, ..self.report() })
    }

    async fn seats(&mut self, sites: usize) -> Result<(), Failure> {
        let first = self.secrets.len() + self.quiet.len() + self.others.len();
        let makes = (first..first + sites).map(|place| {
            let data = self.data.clone();
            async move { gateway::seat(&data, &format!("Tỉnh {:03}", place + 1)).await }
        });
        let made: Vec<String> = futures_util::stream::iter(makes).buffered(MAKING).try_collect().await?;
        self.secrets.extend(made);
        Ok(())
    }

    fn take(&mut self, sites: usize) -> Result<Vec<String>, Failure> {
        let rest = self.secrets.len().checked_sub(sites).ok_or("more sites than seats")?;
        Ok(self.secrets.split_off(rest))
    }

    async fn join(&mut self, sites: usize) -> Result<(), Failure> {
        let mut joins = JoinSet::new();
        for secret in self.take(sites)? {
            let server = self.server.clone();
            joins.spawn(async move { server.enter(&secret).await });
        }
        while let Some(joined) = joins.join_next().await {
            self.quiet.push(Site::attend(joined??.0));
        }
        Ok(())
    }

    async fn listen(&mut self, sites: usize) -> Result<(), Failure> {
        let mut joins = JoinSet::new();
        for (place, secret) in self.take(sites)?.into_iter().enumerate() {
            let (server, own) = (self.server.clone(), self.own);
            joins.spawn(async move { receiver(&server, own, &secret, place).await });
        }
        while let Some(joined) = joins.join_next().await {
            let (conversation, listener) = joined??;
            self.crowd.add(listener);
            self.others.push(Site::attend(conversation));
        }
        Ok(())
    }

    async fn chair(&mut self, secret: &str) -> Result<(), Failure> {
        let purposes = [&[Purpose::Microphone, Purpose::Camera], RECEIVED.as_slice()].concat();
        let (mut conversation, member, peer, _) =
            negotiate(&self.server, self.own, secret, &purposes).await?;
        let order = json!({ "action": "pin", "source": { "member": member, "kind": "camera" } });
        conversation.say(&json!({ "type": "chair", "request": 2, "order": order })).await?;
        conversation.expect("done").await?;
        self.publish(conversation, peer).await
    }

    async fn speak(&mut self, sites: usize) -> Result<(), Failure> {
        let purposes = [&[Purpose::Microphone], RECEIVED.as_slice()].concat();
        for secret in self.take(sites)? {
            let (conversation, _, peer, _) = negotiate(&self.server, self.own, &secret, &purposes).await?;
            self.publish(conversation, peer).await?;
        }
        Ok(())
    }

    async fn publish(&mut self, conversation: Conversation, peer: Peer) -> Result<(), Failure> {
        let peer = peer.start();
        if !peer.until(|state| state.connected).await {
            return Err("a speaker does not connect".into());
        }
        peer.publish(u32::try_from(self.speakers.len())?, Picture::BRIEFING).await;
        self.speakers.push(peer);
        self.others.push(Site::attend(conversation));
        Ok(())
    }

    fn change(&mut self, rate: u32) {
        if let Some(before) = self.changing.take() {
            before.abort();
        }
        let Some(period) = Duration::from_secs(1).checked_div(rate) else { return };
        let orders: Vec<_> = self.quiet.iter().map(|site| site.orders.clone()).collect();
        let changes = Arc::clone(&self.changes);
        self.changing = Some(tokio::spawn(async move {
            let mut ticks = tokio::time::interval(period);
            for step in 0.. {
                for site in &orders {
                    ticks.tick().await;
                    // One that was cut is missed in the report.
                    let _ = site.send(state(step)).await;
                    changes.fetch_add(1, Ordering::Relaxed);
                }
            }
        }));
    }

    async fn forget(&mut self) {
        self.crowd.forget();
        for speaker in &self.speakers {
            speaker.forget().await;
        }
        for site in self.quiet.iter().chain(&self.others) {
            site.heard.messages.store(0, Ordering::Relaxed);
            site.heard.octets.store(0, Ordering::Relaxed);
        }
        self.changes.store(0, Ordering::Relaxed);
    }

    fn report(&self) -> Report {
        let sites = || self.quiet.iter().chain(&self.others);
        let octets = || sites().map(|site| site.heard.octets.load(Ordering::Relaxed));
        let figures = self.crowd.count();
        let sent =
            |of: fn(&crate::peer::State) -> u64| self.speakers.iter().map(|speaker| speaker.read(of)).sum();
        Report {
            present: sites().filter(|site| !site.task.is_finished()).count(),
            took: 0,
            messages: sites().map(|site| site.heard.messages.load(Ordering::Relaxed)).max().unwrap_or(0),
            octets: octets().sum(),
            most_octets: octets().max().unwrap_or(0),
            changes: self.changes.load(Ordering::Relaxed),
            receiving: figures.receiving,
            received: figures.received,
            sent: [sent(|state| state.audio_sent), sent(|state| state.video_sent)],
            lost: figures.lost,
        }
    }
}

impl Drop for Sites {
    fn drop(&mut self) {
        if let Some(changing) = &self.changing {
            changing.abort();
        }
        self.quiet.iter().chain(&self.others).for_each(|site| site.task.abort());
    }
}

impl Site {
    fn attend(mut conversation: Conversation) -> Self {
        let (orders, mut ordered) = mpsc::channel::<Value>(ORDER_CAPACITY);
        let heard = conversation.heard();
        let task = tokio::spawn(async move {
            loop {
                let went = tokio::select! {
                    text = conversation.text() => match text {
                        // Only what is assigned to slots needs an answer.
                        Ok(text) if text.starts_with(r#"{"type":"slots""#) => conversation.read(&text).await.map(drop),
                        Ok(_) => Ok(()),
                        Err(error) => Err(error),
                    },
                    Some(order) = ordered.recv() => conversation.say(&order).await,
                };
                if went.is_err() {
                    return;
                }
            }
        });
        Self { orders, heard, task }
    }
}

/// What a site says at its `step`th turn: microphone and camera on, hand up, both off, hand down.
fn state(step: u32) -> Value {
    let sources = |microphone, camera| json!({ "type": "sources", "microphone": microphone, "camera": camera, "screen": false });
    match step % 4 {
        0 => sources("open", true),
        1 => json!({ "type": "hand", "request": step, "raised": true }),
        2 => sources("off", false),
        _ => json!({ "type": "hand", "request": step, "raised": false }),
    }
}

/// Takes a seat, says what it sends, and has its media negotiated; the answer comes last.
async fn negotiate(
    server: &Server,
    own: IpAddr,
    secret: &str,
    purposes: &[Purpose],
) -> Result<(Conversation, u32, Peer, String), Failure> {
    let (mut conversation, member) = server.enter(secret).await?;
    let mut peer = Peer::bind(own, DtlsVersion::Dtls13).await?;
    let (offer, mids) = peer.offer(purposes)?;
    let sections: Vec<_> = mids.iter().zip(purposes).map(|(mid, purpose)| section(mid, *purpose)).collect();
    let microphone = if purposes.contains(&Purpose::Microphone) { "open" } else { "off" };
    let camera = purposes.contains(&Purpose::Camera);
    let sources = json!({ "type": "sources", "microphone": microphone, "camera": camera, "screen": false });
    conversation.say(&sources).await?;
    let wish = json!({ "slot": 5, "source": null, "height": 720 });
    conversation.say(&json!({ "type": "want", "wishes": [wish] })).await?;
    let answer = conversation.offer(&offer, &sections).await?;
    peer.answer(&answer)?;
    Ok((conversation, member, peer, answer))
}

async fn receiver(
    server: &Server,
    own: IpAddr,
    secret: &str,
    place: usize,
) -> Result<(Conversation, Listener), Failure> {
    let (conversation, _, peer, answer) = negotiate(server, own, secret, &RECEIVED).await?;
    let formats = Formats::read(&answer).ok_or_else(|| io::Error::other("the answer lacks Opus or VP8"))?;
    Ok((conversation, Listener::new(peer.hand_over().await?, formats, place)?))
}
