//! What a run is made of: sites with their ways, a script, and what must come of it.

use std::time::Duration;

use giaoban_signaling::wire::{ChairAction, Role};

use crate::link::{CLEAN, LinkConfig};

/// The chair's member id in every plan.
pub const CHAIR: u32 = 1;

/// A wish: slot, whose camera, height.
pub type WishFor = (u8, u32, u16);

/// One site.
#[derive(Clone)]
pub struct Site {
    /// Its member id; ids count from 1.
    pub member: u32,
    /// Whether it sends sound and picture.
    pub publishes: bool,
    /// Whether it goes on sending whatever it is told.
    pub is_stubborn: bool,
    /// Its seat's role.
    pub role: Role,
    /// How much faster its clock runs than the gateway's, in millionths.
    pub clock_ppm: i32,
    /// Its way to the gateway.
    pub to_gateway: LinkConfig,
    /// And back.
    pub from_gateway: LinkConfig,
    /// What it wants to see; slot 5 is the stage, whose member does not count.
    pub wishes: Vec<WishFor>,
}

impl Site {
    /// A site with camera and microphone on clean ways that looks at the stage.
    #[must_use]
    pub fn new(member: u32) -> Self {
        Self {
            member,
            publishes: true,
            is_stubborn: false,
            role: if member == CHAIR { Role::Chair } else { Role::Site },
            clock_ppm: 0,
            to_gateway: CLEAN,
            from_gateway: CLEAN,
            wishes: vec![(5, 0, 720)],
        }
    }

    /// The same with tiles.
    #[must_use]
    pub fn with_tiles(mut self, tiles: &[WishFor]) -> Self {
        self.wishes.extend_from_slice(tiles);
        self
    }

    /// The same with both ways of one kind.
    #[must_use]
    pub fn on(mut self, link: LinkConfig) -> Self {
        self.to_gateway = link;
        self.from_gateway = link;
        self
    }
}

/// What happens at a moment of the script.
#[derive(Clone)]
pub enum Action {
    /// A site opens its WebSocket.
    Join(u32),
    /// A site begins or ends to speak.
    Speak(u32, bool),
    /// The chair orders.
    Chair(ChairAction),
    /// One of several chairs orders.
    Order(u32, ChairAction),
    /// A site raises or lowers its hand.
    Hand(u32, bool),
    /// A site wishes anew.
    Want(u32, Vec<WishFor>),
    /// A site's ways change.
    Ways(u32, LinkConfig),
    /// A site sends only so many layers of its camera.
    Layers(u32, usize),
    /// A muted site opens its microphone again.
    OpenMicrophone(u32),
    /// A site's WebSocket breaks.
    LoseSocket {
        /// Whose.
        member: u32,
        /// For so long none opens again.
        milliseconds: u64,
        /// Whether the gateway notices at once, or only by silence.
        is_told: bool,
    },
    /// The gateway's process dies.
    Kill {
        /// After so long it is started again.
        milliseconds: u64,
    },
}

/// What happens to messages on their way. Chances are in thousandths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signals {
    /// Up to so many microseconds are added to a message's time; the order on one WebSocket is kept.
    pub jitter_micros: u32,
    /// Messages that a client says twice.
    pub duplicate: u32,
    /// What a client says at one moment is said in the opposite order.
    pub reorder: u32,
}

/// What the oracles hold a run to.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest gap between two frames painted of one assignment.
    pub gap: Duration,
    /// Longest time from an assignment to its first painted frame.
    pub switch: Duration,
    /// Packets of the stage's sound that may be lost, in thousandths.
    pub sound_lost: u32,
    /// Longest run of lost packets of the stage's sound.
    pub sound_gap: u32,
    /// Octets of messages that the gateway tells one member.
    pub told: u64,
    /// And their number.
    pub messages: u64,
    /// How far sound and picture of the stage may be apart.
    pub lips: Duration,
}

/// On clean ways nothing is lost, and a switch is a round trip, a key frame and a frame's time away.
pub const CLEAN_LIMITS: Limits = Limits {
    gap: Duration::from_millis(100),
    switch: Duration::from_millis(500),
    sound_lost: 0,
    sound_gap: 0,
    told: 1 << 20,
    messages: 2000,
    lips: Duration::from_millis(20),
};

/// What a receiver must see or hear at a moment, beside what holds in every run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The last frame painted in a slot under its name is of this camera and height.
    Sees {
        /// Who.
        receiver: u32,
        /// In which slot.
        slot: u8,
        /// Whose camera.
        member: u32,
        /// How tall.
        height: u16,
    },
    /// Something of this microphone came in the last 200 ms.
    Hears {
        /// Who.
        receiver: u32,
        /// Whom.
        member: u32,
    },
    /// Nothing of it came in the last 200 ms.
    HearsNot {
        /// Who.
        receiver: u32,
        /// Whom.
        member: u32,
    },
}

/// A run.
#[derive(Clone)]
pub struct Plan {
    /// Its name on the command line.
    pub name: &'static str,
    /// The seed of the scoreboard.
    pub seed: u64,
    /// Everyone.
    pub sites: Vec<Site>,
    /// What happens when, in milliseconds.
    pub script: Vec<(u64, Action)>,
    /// From here on assignments are timed: everyone has joined.
    pub settled: Duration,
    /// When everyone falls silent; two seconds later all leave.
    pub length: Duration,
    /// What is held to.
    pub limits: Limits,
    /// What must be so when, in milliseconds.
    pub expected: Vec<(u64, Expected)>,
    /// What happens to messages.
    pub signals: Signals,
    /// Who may be seen to leave and to come back, beside those whom the chair removes.
    pub leavers: Vec<u32>,
    /// Whether everything is as it was for who comes back: nothing else happens meanwhile.
    pub is_kept: bool,
}

impl Plan {
    /// Everyone joins, 100 ms one after the other.
    #[must_use]
    pub fn new(name: &'static str, sites: Vec<Site>, seconds: u64) -> Self {
        let script =
            (0..).zip(&sites).map(|(place, site)| (place * 100, Action::Join(site.member))).collect();
        let settled = Duration::from_millis(sites.len() as u64 * 100 + 1000);
        let length = Duration::from_secs(seconds);
        Self {
            name,
            seed: 1,
            sites,
            script,
            settled,
            length,
            limits: CLEAN_LIMITS,
            expected: Vec::new(),
            signals: Signals::default(),
            leavers: Vec::new(),
            is_kept: true,
        }
    }

    /// The same where more must be so at a moment.
    #[must_use]
    pub fn expect(mut self, milliseconds: u64, expected: Expected) -> Self {
        self.expected.push((milliseconds, expected));
        self
    }

    /// The same with something more in its script.
    #[must_use]
    pub fn at(mut self, milliseconds: u64, action: Action) -> Self {
        self.script.push((milliseconds, action));
        self
    }
}
