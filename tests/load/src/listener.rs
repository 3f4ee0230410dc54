//! A synthetic receiver as lean as can be: what the server is measured with must not be what is measured.
//!
//! Headers are counted as they come, in the clear; one packet in so many is opened for its stamp. Reports and
//! connectivity checks go out at a browser's pace, so that the server works as it does for browsers.

use std::io::{self, IoSliceMut};
use std::time::{Duration, Instant};

use nix::sys::socket::{setsockopt, sockopt::UdpGroSegment};
use quinn_udp::{RecvMeta, UdpSocketState};
use rtc_srtp::context::Context;

use crate::handover::Path;
use crate::programme::{Kind, Stamp, wall_epoch};

/// Datagrams read in one call.
const BATCH: usize = 16;
const MAX_DATAGRAM: usize = 2048;
/// One packet of so many is opened.
const OPENED: u64 = 32;
/// As browsers do for a picture.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);
const CHECK_INTERVAL: Duration = Duration::from_millis(2500);
/// Longest run that is told from longer ones.
pub const LONGEST_RUN: usize = 64;

/// Which payload type is what, as negotiated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formats {
    /// Opus.
    pub audio: u8,
    /// VP8.
    pub video: u8,
}

impl Formats {
    /// Reads them from the server's description; none if it lacks one.
    #[must_use]
    pub fn read(sdp: &str) -> Option<Self> {
        let number = |codec: &str| {
            let maps = sdp.lines().filter_map(|line| line.trim_end().strip_prefix("a=rtpmap:"));
            let found = maps.filter_map(|map| map.split_once(' ')).find(|(_, name)| {
                name.get(..codec.len()).is_some_and(|start| start.eq_ignore_ascii_case(codec))
            });
            found.and_then(|(number, _)| number.parse().ok())
        };
        Some(Self { audio: number("opus/48000")?, video: number("VP8/90000")? })
    }

    const fn kind(self, payload_type: u8) -> Option<Kind> {
        if payload_type == self.audio {
            Some(Kind::Audio)
        } else if payload_type == self.video {
            Some(Kind::Video)
        } else {
            None
        }
    }
}

/// One SSRC as received.
struct Stream {
    ssrc: u32,
    kind: Kind,
    /// Extended sequence number of the first packet counted, and the highest one seen.
    first: u64,
    highest: u64,
    received: u64,
    /// Which of the last 64 numbers have come, the highest in the lowest bit.
    seen: u64,
    arrived: Duration,
    longest_gap: Duration,
}

impl Stream {
    fn count(&mut self, sequence: u16, arrived: Duration) {
        let step = sequence
            .wrapping_sub(self.highest.to_le_bytes().first_chunk().map_or(0, |low| u16::from_le_bytes(*low)));
        if step == 0 {
            return;
        }
        if step < 0x8000 {
            self.highest += u64::from(step);
            self.seen = self.seen.checked_shl(u32::from(step)).unwrap_or(0) | 1;
            self.longest_gap = self.longest_gap.max(arrived.saturating_sub(self.arrived));
            self.arrived = arrived;
            self.received += 1;
            return;
        }
        let bit = 1_u64.checked_shl(u32::from(step.wrapping_neg())).unwrap_or(0);
        if self.seen & bit == 0 {
            self.seen |= bit;
            self.received += 1;
        }
    }
}

/// What receivers have counted, one or all.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Packets, each once, by kind: audio, video.
    pub received: [u64; 2],
    /// Numbers that were passed over.
    pub lost: u64,
    /// Longest time between two packets of one stream, by kind.
    pub longest_gap: [Duration; 2],
    /// From the sending of a packet to its arrival, sampled, by kind.
    pub delays: [Vec<Duration>; 2],
    /// Packets that came as part of a run of so many, by its length: what the server gave to the kernel as one
    /// message bears one time of arrival.
    pub runs: [u64; LONGEST_RUN + 1],
    /// Receivers that have counted anything.
    pub receiving: usize,
    /// When the last of them had its first packet, since the epoch of the wall clock.
    pub all_since: Duration,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            received: [0; 2],
            lost: 0,
            longest_gap: [Duration::ZERO; 2],
            delays: [Vec::new(), Vec::new()],
            runs: [0; LONGEST_RUN + 1],
            receiving: 0,
            all_since: Duration::ZERO,
        }
    }
}

impl Figures {
    /// Packets of both kinds.
    #[must_use]
    pub fn delivered(&self) -> u64 {
        self.received.iter().sum()
    }
}

/// Memory that all listeners of one thread read into.
pub struct Buffers(Vec<u8>);

impl Default for Buffers {
    fn default() -> Self {
        Self(vec![0; BATCH * MAX_DATAGRAM])
    }
}

/// One receiver.
pub struct Listener {
    path: Path,
    state: UdpSocketState,
    formats: Formats,
    opening: Context,
    sealing: Context,
    streams: Vec<Stream>,
    packets: u64,
    delays: [Vec<Duration>; 2],
    first: Option<Duration>,
    run: (Duration, usize),
    runs: [u64; LONGEST_RUN + 1],
    report_due: Instant,
    check_due: Instant,
}

impl Listener {
    /// Takes a path over. `place` spreads the reports of many over their interval.
    ///
    /// # Errors
    /// If the socket or the keys are of no use.
    pub fn new(path: Path, formats: Formats, place: usize) -> io::Result<Self> {
        let (opening, sealing) = path.keys.contexts().ok_or_else(|| io::Error::other("no SRTP context"))?;
        let state = UdpSocketState::new((&path.socket).into())?;
        // A browser's datagrams come one by one, not as the sender joined them.
        setsockopt(&path.socket, UdpGroSegment, &false)?;
        let offset = Duration::from_millis((place as u64).wrapping_mul(37) % 1000);
        let now = Instant::now();
        Ok(Self {
            path,
            state,
            formats,
            opening,
            sealing,
            streams: Vec::new(),
            packets: 0,
            delays: [Vec::new(), Vec::new()],
            first: None,
            run: (Duration::ZERO, 0),
            runs: [0; LONGEST_RUN + 1],
            report_due: now + offset,
            check_due: now + offset,
        })
    }

    /// Reads all there is. What cannot be read has not come.
    pub fn receive(&mut self, buffers: &mut Buffers) {
        let mut metas = [RecvMeta::default(); BATCH];
        loop {
            let mut parts = buffers.0.chunks_exact_mut(MAX_DATAGRAM);
            let mut slices: [IoSliceMut<'_>; BATCH] =
                std::array::from_fn(|_| IoSliceMut::new(parts.next().unwrap_or_default()));
            let Ok(count) = self.state.recv((&self.path.socket).into(), &mut slices, &mut metas) else {
                return;
            };
            for (meta, slice) in metas.iter().zip(&slices).take(count) {
                self.take(slice.get(..meta.len).unwrap_or_default(), meta.timestamp.unwrap_or_default());
            }
            if count < BATCH {
                return;
            }
        }
    }

    fn take(&mut self, datagram: &[u8], arrived: Duration) {
        let Some(&[flags, second, s0, s1, _, _, _, _, c0, c1, c2, c3]) = datagram.first_chunk() else {
            return;
        };
        let Some(kind) = self.formats.kind(second & 0x7F).filter(|_| flags >> 6 == 2) else { return };
        self.follow(arrived);
        self.first.get_or_insert(arrived);
        let (ssrc, sequence) = (u32::from_be_bytes([c0, c1, c2, c3]), u16::from_be_bytes([s0, s1]));
        match self.streams.iter_mut().find(|stream| stream.ssrc == ssrc) {
            Some(stream) => stream.count(sequence, arrived),
            None => {
                let first = u64::from(sequence) + (1 << 16);
                let stream = Stream {
                    ssrc,
                    kind,
                    first,
                    highest: first,
                    received: 1,
                    seen: 1,
                    arrived,
                    longest_gap: Duration::ZERO,
                };
                self.streams.push(stream);
            }
        }
        self.packets += 1;
        if self.packets.is_multiple_of(OPENED) {
            self.open(kind, datagram, arrived);
        }
    }

    /// Runs of packets that arrived at one instant.
    fn follow(&mut self, arrived: Duration) {
        let (since, length) = &mut self.run;
        if *since == arrived {
            *length += 1;
            return;
        }
        if let Some(count) = self.runs.get_mut((*length).min(LONGEST_RUN)) {
            *count += *length as u64;
        }
        self.run = (arrived, 1);
    }

    fn open(&mut self, kind: Kind, datagram: &[u8], arrived: Duration) {
        let Ok(packet) = self.opening.decrypt_rtp(datagram) else { return };
        let payload = payload(&packet).and_then(|payload| Stamp::read(kind, payload));
        if let (Some(stamp), Some(delays)) = (payload, self.delays.get_mut(kind as usize)) {
            delays.push(arrived.saturating_sub(wall_epoch() + stamp.made));
        }
    }

    /// Sends what is due.
    pub fn tick(&mut self, now: Instant) {
        if now >= self.check_due {
            self.check_due = now + CHECK_INTERVAL;
            // What the socket does not take is lost, as on a network.
            let _ = self.path.socket.send_to(&self.path.check, self.path.server);
        }
        if now >= self.report_due {
            self.report_due = now + REPORT_INTERVAL;
            if let Ok(report) = self.sealing.encrypt_rtcp(&report(&self.streams)) {
                let _ = self.path.socket.send_to(&report, self.path.server);
            }
        }
    }

    /// Counts anew.
    pub fn forget(&mut self) {
        self.streams.clear();
        self.delays = [Vec::new(), Vec::new()];
        self.run = (Duration::ZERO, 0);
        self.runs = [0; LONGEST_RUN + 1];
        self.first = None;
    }

    /// Adds what was counted to the figures of all.
    pub fn add_to(&self, figures: &mut Figures) {
        for stream in &self.streams {
            let kind = stream.kind as usize;
            if let Some(received) = figures.received.get_mut(kind) {
                *received += stream.received;
            }
            if let Some(gap) = figures.longest_gap.get_mut(kind) {
                *gap = stream.longest_gap.max(*gap);
            }
            figures.lost += (stream.highest - stream.first + 1).saturating_sub(stream.received);
        }
        for (all, own) in figures.delays.iter_mut().zip(&self.delays) {
            all.extend_from_slice(own);
        }
        for (all, own) in figures.runs.iter_mut().zip(&self.runs) {
            *all += own;
        }
        if let Some(first) = self.first {
            figures.receiving += 1;
            figures.all_since = figures.all_since.max(first);
        }
    }
}

/// What follows the header of an RTP packet in the clear (RFC 3550 §5.1).
fn payload(packet: &[u8]) -> Option<&[u8]> {
    let (&[flags, ..], rest) = packet.split_first_chunk::<12>()?;
    let rest = rest.get(usize::from(flags & 0x0F) * 4..)?;
    if flags & 0x10 == 0 {
        return Some(rest);
    }
    let (&[_, _, high, low], rest) = rest.split_first_chunk::<4>()?;
    rest.get(usize::from(u16::from_be_bytes([high, low])) * 4..)
}

/// A receiver report that names every stream (RFC 3550 §6.4.2), without loss: what was lost is in the figures.
fn report(streams: &[Stream]) -> Vec<u8> {
    const OWN_SSRC: u32 = 1;
    /// The field is five bits wide.
    const MOST_BLOCKS: usize = 31;
    let blocks = streams.iter().take(MOST_BLOCKS);
    let count = u8::try_from(blocks.len()).unwrap_or(0);
    let mut report = vec![0x80 | count, 201];
    report.extend_from_slice(&(1 + 6 * u16::from(count)).to_be_bytes());
    report.extend_from_slice(&OWN_SSRC.to_be_bytes());
    for stream in blocks {
        report.extend_from_slice(&stream.ssrc.to_be_bytes());
        report.extend_from_slice(&[0; 4]);
        let [.., h0, h1, h2, h3] = stream.highest.to_be_bytes();
        report.extend_from_slice(&[h0, h1, h2, h3]);
        report.extend_from_slice(&[0; 12]);
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(first: u64) -> Stream {
        Stream {
            ssrc: 1,
            kind: Kind::Audio,
            first,
            highest: first,
            received: 1,
            seen: 1,
            arrived: Duration::ZERO,
            longest_gap: Duration::ZERO,
        }
    }

    #[test]
    fn a_number_counts_once_across_the_wrap_and_a_hole_is_a_loss_until_it_is_filled() {
        let mut stream = stream(0x1_FFFE);
        for (at, sequence) in [(10, 0xFFFF), (20, 0), (50, 3), (51, 2), (52, 2), (53, 0xFFFF)] {
            stream.count(sequence, Duration::from_millis(at));
        }
        assert_eq!((stream.highest, stream.received), (0x2_0003, 5));
        assert_eq!(stream.longest_gap, Duration::from_millis(50 - 20));
    }

    #[test]
    fn payload_types_are_read_from_a_description_in_any_case() {
        let sdp =
            "m=audio\r\na=rtpmap:111 OPUS/48000/2\r\na=rtpmap:97 rtx/90000\r\na=rtpmap:96 VP8/90000\r\n";
        assert_eq!(Formats::read(sdp), Some(Formats { audio: 111, video: 96 }));
        assert_eq!(Formats::read("a=rtpmap:96 VP8/90000"), None);
    }
}
