//! The fate of each packet: a pure function of the seed, the settings and the order of arrival.

use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::Deserialize;

use super::counters::Counters;

/// What is done to one direction of one protocol.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Impairment {
    /// Share of datagrams lost, 0 to 1. TCP ignores it: what TCP loses it sends again.
    pub loss: f64,
    /// Time every packet takes, in ms.
    pub delay_ms: u32,
    /// Further time, drawn for each packet between 0 and this, in ms. By itself it does not reorder.
    pub jitter_ms: u32,
    /// Share of datagrams that are held back by `reorder_ms`, so that later ones overtake them. TCP ignores it.
    pub reorder: f64,
    /// For how long these are held back, in ms.
    pub reorder_ms: u32,
    /// Nothing passes and nobody is told.
    pub blackhole: bool,
}

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is gone.
    Drop,
    /// It leaves at this time.
    Deliver(Instant),
}

/// One direction: its settings, its randomness, its counters.
pub struct Link {
    impairment: Impairment,
    random: ChaCha8Rng,
    counters: Counters,
    /// When the latest packet in order leaves: jitter does not let another overtake it.
    latest: Option<Instant>,
}

impl Link {
    /// A link that passes everything. The seed decides every later draw.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            impairment: Impairment::default(),
            random: ChaCha8Rng::seed_from_u64(seed),
            counters: Counters::default(),
            latest: None,
        }
    }

    /// Settings for all packets from now on.
    pub fn impair(&mut self, impairment: Impairment) {
        self.impairment = impairment;
    }

    /// Whether nothing passes now.
    #[must_use]
    pub fn is_blackhole(&self) -> bool {
        self.impairment.blackhole
    }

    /// What passed and what did not.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Decides about a datagram of so many bytes that came at `now`, and counts it.
    pub fn admit(&mut self, now: Instant, bytes: usize) -> Fate {
        let lost = self.chance(self.impairment.loss);
        if self.impairment.blackhole || lost {
            self.counters.dropped += 1;
            return Fate::Drop;
        }
        self.pass(bytes);
        let at = now + self.transit();
        if self.chance(self.impairment.reorder) {
            self.counters.reordered += 1;
            return Fate::Deliver(at + Duration::from_millis(self.impairment.reorder_ms.into()));
        }
        let at = self.latest.map_or(at, |latest| latest.max(at));
        self.latest = Some(at);
        Fate::Deliver(at)
    }

    /// Decides about a piece of a TCP stream that came at `now`, and counts it: it is only ever delayed.
    pub fn admit_piece(&mut self, now: Instant, bytes: usize) -> Instant {
        self.pass(bytes);
        now + self.transit()
    }

    /// Counts a piece of a TCP stream that an outage holds back.
    pub fn hold_piece(&mut self) {
        self.counters.dropped += 1;
    }

    fn pass(&mut self, bytes: usize) {
        self.counters.packets += 1;
        self.counters.bytes += bytes as u64;
    }

    fn transit(&mut self) -> Duration {
        let jitter = f64::from(self.impairment.jitter_ms) * self.draw();
        Duration::from_millis(self.impairment.delay_ms.into()) + Duration::from_secs_f64(jitter / 1000.0)
    }

    fn chance(&mut self, share: f64) -> bool {
        self.draw() < share
    }

    /// Uniform in [0, 1).
    fn draw(&mut self) -> f64 {
        f64::from(self.random.next_u32()) / (f64::from(u32::MAX) + 1.0)
    }
}
