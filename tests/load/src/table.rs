//! What a bench prints.

use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};

use crate::micro::Cost;
use crate::programme::Kind;
use crate::scenario::Outcome;

/// A core that is busy for this share of the time is full: the rest goes to what else runs on it.
const FULL: f64 = 0.9;
/// Runs of a burst that are told apart; the last column holds all longer ones.
const RUNS: [usize; 7] = [1, 2, 4, 6, 8, 16, 64];

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let place = sorted.len().saturating_sub(1) * percent / 100;
    sorted.get(place).copied().map_or(f64::NAN, milliseconds)
}

fn share(part: Duration, of: Duration) -> f64 {
    part.as_secs_f64() / of.as_secs_f64()
}

impl Outcome {
    fn delay(&self, kind: Kind, percent: usize) -> f64 {
        self.figures.delays.get(kind as usize).map_or(f64::NAN, |delays| percentile(delays, percent))
    }

    /// Packets by the length of the run they came in: up to each of [`RUNS`].
    fn runs(&self) -> Vec<(usize, u64)> {
        let mut above = 0;
        let mut table = Vec::new();
        for most in RUNS {
            let lengths = self.figures.runs.get(above + 1..=most).unwrap_or_default();
            table.push((most, lengths.iter().sum()));
            above = most;
        }
        table
    }

    /// What the kernel alone would have asked for each packet, had it been sent in the runs that were seen.
    #[must_use]
    pub fn floor(&self, costs: &[Cost]) -> f64 {
        let [audio, _] = self.figures.received;
        let (mut time, mut packets) = (0.0, 0);
        for (length, &count) in self.figures.runs.iter().enumerate() {
            // Sounds come one by one, and are shorter.
            let sounds = if length == 1 { audio.min(count) } else { 0 };
            let each = |burst: usize, sound: bool| cost_of(costs, burst, sound).as_secs_f64() * 1e6;
            time += each(1, true) * precise(sounds) + each(length, false) * precise(count - sounds);
            packets += count;
        }
        time / precise(packets.max(1))
    }

    /// Whether all received, and nothing was lost.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.figures.lost == 0 && self.figures.receiving == self.subscribers
    }

    /// How a size was borne, and if it was not, by what it ended.
    #[must_use]
    pub fn verdict(&self) -> String {
        let (server, clients) = (share(self.server, self.time), share(self.clients, self.time));
        let busy =
            format!("the server's core {:.0} % busy, the clients' {:.0} %", server * 1e2, clients * 1e2);
        if self.is_whole() {
            return format!("nothing lost; {busy}");
        }
        let why = match (server >= FULL, clients >= FULL) {
            (true, _) => "the server's core is full",
            (false, true) => "the clients' core is full, which receives for all of them",
            (false, false) => "neither core is full",
        };
        let (lost, receiving) = (self.figures.lost, self.figures.receiving);
        format!(
            "{lost} of {} packets lost, {receiving} of {} receive: {why} ({busy})",
            self.expected, self.subscribers
        )
    }

    fn json(&self, name: &str) -> Value {
        let [started, connected, media] = self.memory;
        json!({
            "server": name,
            "subscribers": self.subscribers,
            "seconds": self.time.as_secs_f64(),
            "delivered": self.delivered,
            "arrived": self.figures.delivered(),
            "expected": self.expected,
            "lost": self.figures.lost,
            "server_us_per_packet": self.cost(),
            "client_us_per_packet": self.own_cost(),
            "server_core": share(self.server, self.time),
            "clients_core": share(self.clients, self.time),
            "video_p50_ms": self.delay(Kind::Video, 50),
            "video_p99_ms": self.delay(Kind::Video, 99),
            "audio_p50_ms": self.delay(Kind::Audio, 50),
            "audio_p99_ms": self.delay(Kind::Audio, 99),
            "longest_gap_ms": self.figures.longest_gap.map(milliseconds),
            "idle_member_ms_per_s": milliseconds(self.idle),
            "memory_kib": { "started": started, "connected": connected, "media": media },
            "joined_s": self.joined.as_secs_f64(),
            "srtp": self.profile,
            "packets_by_run": self.runs().into_iter().map(|(most, count)| json!([most, count])).collect::<Value>(),
        })
    }
}

fn precise(count: u64) -> f64 {
    // Counts below 2^53 are exact.
    #[allow(clippy::cast_precision_loss)]
    let count = count as f64;
    count
}

/// The figure for the longest burst measured that is not longer.
fn cost_of(costs: &[Cost], burst: usize, sound: bool) -> Duration {
    let like = costs.iter().filter(|cost| cost.is_sound() == sound && cost.burst <= burst.max(1));
    like.max_by_key(|cost| cost.burst).map_or(Duration::ZERO, |cost| cost.time)
}

/// What sending costs the kernel, in words for people.
#[must_use]
pub fn costs(costs: &[Cost]) -> String {
    let mut text = String::from("Sending alone, µs of CPU a packet:\n");
    for Cost { burst, length, time } in costs {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{burst:>4} of {length:>4} octets in one message {:>6.2}",
            time.as_secs_f64() * 1e6
        );
    }
    text
}

/// Memory of one more member, in kB.
pub struct MemberMemory {
    /// Members in the smaller and in the larger run.
    pub members: [usize; 2],
    /// With media.
    pub whole: f64,
    /// Of it what a conversation takes: TLS, WebSocket, seat.
    pub conversation: f64,
    /// Of it transport and slots, before media.
    pub transport: f64,
}

impl MemberMemory {
    /// From two runs of different size, and two such without media. None if they are of one size.
    #[must_use]
    pub fn of(fewer: &Outcome, more: &Outcome, conversing: [u64; 2]) -> Option<Self> {
        let members = more.subscribers.checked_sub(fewer.subscribers).filter(|members| *members > 0)?;
        let each = |[before, after]: [u64; 2]| {
            precise(after.saturating_sub(before)) * 1.024 / precise(members as u64)
        };
        let ([_, connected, media], [_, more_connected, more_media]) = (fewer.memory, more.memory);
        let conversation = each(conversing);
        Some(Self {
            members: [fewer.subscribers, more.subscribers],
            whole: each([media, more_media]),
            conversation,
            transport: each([connected, more_connected]) - conversation,
        })
    }

    /// In words.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { members: [fewer, more], whole, conversation, transport } = self;
        let media = whole - conversation - transport;
        format!(
            "Memory of one more member, from {fewer} to {more}: {whole:.0} kB; conversation {conversation:.0}, \
             transport and slots {transport:.0}, media {media:.0}"
        )
    }

    /// The same for programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let Self { members, whole, conversation, transport } = self;
        json!({ "members": members, "kb": whole, "conversation_kb": conversation, "transport_kb": transport })
    }
}

/// All rows as JSON.
#[must_use]
pub fn json(rows: &[(String, Outcome)]) -> Value {
    rows.iter().map(|(name, outcome)| outcome.json(name)).collect()
}

/// All rows as a table for people.
#[must_use]
pub fn text(rows: &[(String, Outcome)]) -> String {
    let mut text = String::from(
        "                 delivered   lost   server µs  server  client µs  video ms      audio ms   idle ms  memory MB\n\
         server                               a packet    core   a packet  p50   p99     p50   p99   a s    of it by media\n",
    );
    for (name, outcome) in rows {
        let [started, connected, media] = outcome.memory.map(|kib| kib / 1024);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{name:<16} {:>9} {:>6} {:>11.2} {:>7.2} {:>10.2} {:>5.2} {:>5.2} {:>7.2} {:>5.2} {:>7.3} {started:>4} {connected:>4} {media:>4}",
            outcome.delivered,
            outcome.figures.lost,
            outcome.cost(),
            share(outcome.server, outcome.time),
            outcome.own_cost(),
            outcome.delay(Kind::Video, 50),
            outcome.delay(Kind::Video, 99),
            outcome.delay(Kind::Audio, 50),
            outcome.delay(Kind::Audio, 99),
            milliseconds(outcome.idle),
        );
    }
    text.push_str("\npackets in runs of up to ");
    for most in RUNS {
        let _ = write!(text, "{most:>10}");
    }
    text.push('\n');
    for (name, outcome) in rows {
        let _ = write!(text, "{name:<24} ");
        for (_, count) in outcome.runs() {
            let _ = write!(text, "{count:>10}");
        }
        text.push('\n');
    }
    text
}
