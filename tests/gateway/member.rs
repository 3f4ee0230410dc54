//! A member with his media, on a stack that is not ours.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use giaoban_load::peer::{DtlsVersion, Handle, Peer, Purpose, State};
use giaoban_load::programme::{Kind, Picture};
use giaoban_load::tally::Tally;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::{Mutex, MutexGuard, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::client::{Fixture, PATIENCE, Socket};

/// Within this an order must hold, and nobody may notice what another does.
pub const AT_ONCE: Duration = Duration::from_millis(100);

/// Everything a member of these tests sends and receives.
const PURPOSES: [Purpose; 7] = [
    Purpose::Microphone,
    Purpose::Camera,
    Purpose::Slot(0),
    Purpose::Slot(1),
    Purpose::Slot(2),
    Purpose::Slot(3),
    Purpose::Slot(5),
];

/// Media has threads of its own, so that a test that is busy does not hold it up.
static MEDIA: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

/// A member in the room. What the gateway assigns to his slots he covers at once.
pub struct Member {
    pub id: u64,
    pub resume: Value,
    pub media: Handle,
    /// The gateway's address for media.
    pub remote: SocketAddr,
    /// Everything the gateway told him that a test has waited for or passed over.
    pub told: Vec<Value>,
    says: mpsc::UnboundedSender<Value>,
    hears: mpsc::UnboundedReceiver<Value>,
    task: JoinHandle<()>,
    requests: u32,
}

pub fn pack(sdp: &str) -> String {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(sdp.as_bytes()).unwrap();
    STANDARD.encode(encoder.finish().unwrap())
}

/// `candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host` (RFC 8839 §5.1).
fn candidate(answer: &str) -> SocketAddr {
    let line = answer.lines().find(|line| line.starts_with("a=candidate:")).unwrap();
    let words: Vec<_> = line.split(' ').collect();
    SocketAddr::new(words[4].parse().unwrap(), words[5].parse().unwrap())
}

fn section(mid: &str, purpose: Purpose) -> Value {
    let purpose = match purpose {
        Purpose::Microphone => json!({ "source": "microphone" }),
        Purpose::Camera => json!({ "source": "camera" }),
        Purpose::Slot(slot) => json!({ "slot": slot }),
    };
    json!({ "mid": mid, "purpose": purpose })
}

impl Member {
    /// Joins with a link, with microphone and camera on by his word, and is connected.
    pub async fn join(fixture: &Fixture, secret: &str) -> Self {
        Self::sit_down(fixture.enter(secret, false).await).await
    }

    /// Comes back to his seat as a page does whose peer connection the gateway no longer knows.
    pub async fn resume(fixture: &Fixture, secret: &Value) -> Self {
        let credential = json!({ "by": "resume", "secret": secret });
        Self::sit_down(fixture.hello(&credential, false).await).await
    }

    async fn sit_down(mut socket: Socket) -> Self {
        let welcome = socket.expect("welcome").await;
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let peer = MEDIA.spawn(async move { Peer::bind(address, DtlsVersion::Dtls13).await.unwrap() });
        let mut peer = peer.await.unwrap();
        let (sdp, mids) = peer.offer(&PURPOSES).unwrap();
        let sections: Vec<_> =
            mids.iter().zip(PURPOSES).map(|(mid, purpose)| section(mid, purpose)).collect();
        for message in [
            json!({ "type": "sources", "microphone": "open", "camera": true, "screen": false }),
            json!({ "type": "want", "wishes": [{ "slot": 5, "source": null, "height": 360 }] }),
            json!({ "type": "offer", "request": 1, "peer": 1, "sdp": pack(&sdp), "sections": sections }),
        ] {
            socket.say(&message).await;
        }
        let (says, said) = mpsc::unbounded_channel();
        let (heard, mut hears) = mpsc::unbounded_channel();
        let task = tokio::spawn(converse(socket, said, heard));
        let mut told = Vec::new();
        let answer = expect(&mut hears, &mut told, "answer").await;
        let answer = answer["sdp"].as_str().unwrap();
        peer.answer(answer).unwrap();
        let media = {
            let _media = MEDIA.enter();
            peer.start()
        };
        let id = welcome["member"].as_u64().unwrap();
        let (resume, remote) = (welcome["resume"].clone(), candidate(answer));
        let member = Self { id, resume, media, remote, told, says, hears, task, requests: 1 };
        member.until("connected", |state| state.connected).await;
        member
    }

    pub fn say(&self, message: Value) {
        let _ = self.says.send(message);
    }

    pub async fn expect(&mut self, kind: &str) -> Value {
        expect(&mut self.hears, &mut self.told, kind).await
    }

    /// The state of the room as it is told to him now.
    pub async fn snapshot(&mut self) -> Value {
        self.say(json!({ "type": "resync" }));
        self.expect("snapshot").await["snapshot"].take()
    }

    /// Gives an order as the chair, and waits until it is confirmed. Yields when it was given.
    pub async fn order(&mut self, order: Value) -> Instant {
        self.requests += 1;
        let request = self.requests;
        let given = Instant::now();
        self.say(json!({ "type": "chair", "request": request, "order": order }));
        assert_eq!(self.expect("done").await["request"], request);
        given
    }

    /// Sends sound and picture, stamped with his own number.
    pub async fn publish(&self) {
        self.media.publish(self.number(), Picture::BRIEFING).await;
    }

    pub fn number(&self) -> u32 {
        u32::try_from(self.id).unwrap()
    }

    pub async fn until(&self, what: &str, wish: impl FnMut(&State) -> bool) {
        let reached = timeout(PATIENCE, self.media.until(wish)).await;
        assert_eq!(reached, Ok(true), "not reached: {what}");
    }

    /// Waits for so many more packets of another's sound and picture than have come until now.
    pub async fn hears_and_sees(&self, other: &Self, sounds: u64) {
        let (audio, video) = (self.received(other, Kind::Audio), self.received(other, Kind::Video));
        let number = other.number();
        self.until("sound and picture of another", |state| {
            state.tallies.received(number, Kind::Audio) >= audio + sounds
                && state.tallies.received(number, Kind::Video) >= video + 3 * sounds
        })
        .await;
    }

    /// Waits until he himself has sent so many more sounds, whatever became of them.
    pub async fn goes_on_sending(&self, sounds: u64) {
        let sent = self.media.read(|state| state.audio_sent);
        self.until("sounds sent", |state| state.audio_sent >= sent + sounds).await;
    }

    pub fn received(&self, other: &Self, kind: Kind) -> u64 {
        self.media.read(|state| state.tallies.received(other.number(), kind))
    }

    pub fn tally(&self, other: &Self, kind: Kind) -> Tally {
        self.media.read(|state| state.tallies.of(other.number(), kind))
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn expect(hears: &mut mpsc::UnboundedReceiver<Value>, told: &mut Vec<Value>, kind: &str) -> Value {
    let awaited = async {
        loop {
            let message = hears.recv().await.unwrap_or_else(|| panic!("closed before {kind}"));
            told.push(message.clone());
            if message["type"] == kind {
                return message;
            }
        }
    };
    timeout(PATIENCE, awaited).await.unwrap_or_else(|_| panic!("no {kind} comes"))
}

async fn converse(
    mut socket: Socket,
    mut said: mpsc::UnboundedReceiver<Value>,
    heard: mpsc::UnboundedSender<Value>,
) {
    loop {
        tokio::select! {
            message = said.recv() => match message {
                Some(message) => socket.say(&message).await,
                None => return,
            },
            message = socket.wait() => {
                let Some(message) = message else { return };
                if message["type"] == "slots" {
                    for slot in message["slots"].as_array().unwrap() {
                        let covered = json!({ "type": "covered", "slot": slot["slot"], "epoch": slot["epoch"] });
                        socket.say(&covered).await;
                    }
                }
                let _ = heard.send(message);
            }
        }
    }
}

/// A chair, and a site on everybody's stage that another site hears and sees without a loss.
pub struct Briefing {
    /// One at a time: what several take from each other is no fault of the gateway.
    pub alone: MutexGuard<'static, ()>,
    pub fixture: Fixture,
    pub chair: Member,
    pub speaker: Member,
    pub listener: Member,
}

impl Briefing {
    pub async fn start() -> Self {
        let alone = Self::alone().await;
        Self::begun(alone, Fixture::start().await).await
    }

    /// The same with the gateway as a process of its own.
    pub async fn spawn() -> Self {
        let alone = Self::alone().await;
        Self::begun(alone, Fixture::spawn().await).await
    }

    async fn alone() -> MutexGuard<'static, ()> {
        static ALONE: Mutex<()> = Mutex::const_new(());
        ALONE.lock().await
    }

    async fn begun(alone: MutexGuard<'static, ()>, fixture: Fixture) -> Self {
        let mut chair = Member::join(&fixture, &fixture.secrets[0]).await;
        let speaker = Member::join(&fixture, &fixture.secrets[1]).await;
        let listener = Member::join(&fixture, &fixture.secrets[2]).await;
        speaker.publish().await;
        let source = json!({ "member": speaker.id, "kind": "camera" });
        chair.order(json!({ "action": "pin", "source": source })).await;
        listener.hears_and_sees(&speaker, 50).await;
        Self { alone, fixture, chair, speaker, listener }
    }

    /// Counts anew from here.
    pub async fn begin(&self) {
        self.listener.media.forget().await;
        self.speaker.media.forget().await;
        self.listener.hears_and_sees(&self.speaker, 10).await;
    }

    /// Half a second later nothing is lost since [`Self::begin`], and nothing was late: of the time between two packets,
    /// as the kernel received them, only what the speaker himself did not send in is taken off.
    pub async fn was_not_disturbed(&self) {
        self.listener.hears_and_sees(&self.speaker, 25).await;
        let held = self.speaker.media.read(|state| state.longest_hold);
        for kind in [Kind::Audio, Kind::Video] {
            let tally = self.listener.tally(&self.speaker, kind);
            assert_eq!((tally.lost(), tally.doubles), (0, 0), "{kind:?}");
            let gap = tally.longest_gap.saturating_sub(held);
            assert!(gap <= AT_ONCE, "{kind:?}: {gap:?} without a packet");
        }
    }
}
