//! The fan-out: for each receiver, the packets of the encodings his slots read, rewritten and sealed.

use std::net::SocketAddr;
use std::time::Instant;

use giaoban_media_types::{MediaKind, RtpTimestamp, SlotEpoch, SlotId};

use super::outbox::Outbox;
use super::packet::{marker, numbers, write_header, write_payload};
use crate::arena::{Arena, Key};
use crate::history::{History, Ordinal, Stored};
use crate::publication::{Detail, Encoding, StreamName};
use crate::publisher::Publisher;
use crate::rtp::{self, AudioLevel, Header, SequenceNumber, rtx};
use crate::sequence::truncate;
use crate::slot::{Numbers, Passage};
use crate::statistics::Statistics;
use crate::subscriber::{Feed, Flow, Path, Pending, Slot, Subscriber};
use crate::transport::{PacketIndex, SealError, SessionId, Transport};

/// Packets that come right after one and are looked at to level it.
const LOOK_AHEAD: u64 = 8;
/// −127 dBov, digital silence (RFC 6464 §3).
const SILENT_LEVEL: u8 = 127;

/// Something the fan-out found out and the shard has to follow up.
#[derive(Debug, Clone, Copy)]
pub enum Notice {
    /// A slot began with a stream, its old one is no longer read.
    Switched {
        /// Whose slot.
        subscriber: Key,
        /// Which.
        slot: SlotId,
        /// What it read before.
        before: Option<StreamName>,
    },
    /// The first packet of an assignment was sent.
    Announced {
        /// Whose slot.
        subscriber: Key,
        /// Which.
        slot: SlotId,
        /// The assignment.
        epoch: SlotEpoch,
        /// The timestamp it was sent with.
        timestamp: RtpTimestamp,
    },
    /// A slot cannot go on without a key frame of this stream.
    Stuck {
        /// Which.
        stream: StreamName,
    },
}

/// One turn's view of the shard: receivers are changed, publishers only read.
pub struct Egress<'a, T> {
    /// The present moment.
    pub now: Instant,
    /// Where the histories are.
    pub publishers: &'a Arena<Publisher>,
    /// Seals.
    pub transport: &'a mut T,
    /// Takes what is sealed.
    pub outbox: &'a mut Outbox,
    /// Counts.
    pub statistics: &'a mut Statistics,
    /// Takes what is to be followed up.
    pub notices: &'a mut Vec<Notice>,
    /// Packets that may still be sent in this turn.
    pub budget: usize,
}

/// Whose packets are being written, and whereto.
#[derive(Clone, Copy)]
struct Receiver {
    key: Key,
    session: SessionId,
    destination: SocketAddr,
    overhead: usize,
    /// Whether he is sent sound twice.
    repeats: bool,
}

/// The encoding of a name, if it still has that name.
pub fn find_encoding(publishers: &Arena<Publisher>, stream: StreamName) -> Option<&Encoding> {
    let encoding = publishers.get(stream.publisher)?.publication(stream.kind)?.encoding(stream.layer)?;
    (encoding.epoch == stream.epoch).then_some(encoding)
}

impl<T: Transport> Egress<'_, T> {
    /// Sends a receiver what is pending on his slots of one kind of media. Whether all of it was sent.
    pub fn serve(&mut self, key: Key, subscriber: &mut Subscriber, media: MediaKind) -> bool {
        let receiver = self.receiver(key, subscriber.session).filter(|_| subscriber.path == Path::Open);
        let Some(mut receiver) = receiver else {
            *subscriber.pending_mut(media) = Pending::default();
            return true;
        };
        receiver.repeats = subscriber.repeats_until.is_some_and(|until| until > self.now);
        while let Some(id) = subscriber.pending_mut(media).first() {
            if let Some(slot) = subscriber.slot_mut(id)
                && !self.serve_slot(receiver, slot)
            {
                return false;
            }
            subscriber.pending_mut(media).clear(id);
        }
        true
    }

    fn receiver(&mut self, key: Key, session: SessionId) -> Option<Receiver> {
        let destination = self.transport.destination(session)?;
        Some(Receiver {
            key,
            session,
            destination,
            overhead: self.transport.rtp_overhead(session),
            repeats: false,
        })
    }

    /// Whether the slot has caught up with its stream.
    fn serve_slot(&mut self, receiver: Receiver, slot: &mut Slot) -> bool {
        if let Some(next) = slot.feed.next {
            self.enter(receiver, slot, next);
        }
        let Some(mut flow) = slot.feed.live else { return true };
        let publishers = self.publishers;
        let Some(encoding) = find_encoding(publishers, flow.stream) else {
            slot.feed.live = None;
            return true;
        };
        if flow.cursor < encoding.history.start() {
            self.statistics.overruns += encoding.history.start().0 - flow.cursor.0;
            flow.cursor = encoding.history.start();
        }
        while let Some(packet) = encoding.history.get(flow.cursor) {
            if self.budget == 0 {
                slot.feed.live = Some(flow);
                return false;
            }
            if !self.forward(receiver, slot, (flow.stream, flow.cursor), &encoding.history, packet) {
                slot.feed.live = None;
                slot.feed.next.get_or_insert(flow);
                self.notices.push(Notice::Stuck { stream: flow.stream });
                return true;
            }
            flow.cursor = flow.cursor.next();
        }
        slot.feed.live = Some(flow);
        true
    }

    /// Lets the slot's next stream take over if its entry has come.
    fn enter(&mut self, receiver: Receiver, slot: &mut Slot, next: Flow) {
        let publishers = self.publishers;
        let Some(encoding) = find_encoding(publishers, next.stream) else {
            slot.feed.next = None;
            return;
        };
        let history = &encoding.history;
        let mut cursor = next.cursor.max(history.start());
        while let Some(packet) = history.get(cursor) {
            if packet.detail.is_entry() {
                self.begin(slot, next.stream, encoding, packet);
                let before = slot.feed.live.map(|flow| flow.stream);
                slot.feed = Feed { live: Some(Flow { stream: next.stream, cursor }), next: None };
                self.statistics.switches += 1;
                self.notices.push(Notice::Switched { subscriber: receiver.key, slot: slot.id, before });
                self.catch_up(receiver, slot, history, packet.index);
                return;
            }
            cursor = cursor.next();
        }
        slot.feed.next = Some(Flow { stream: next.stream, cursor });
    }

    fn begin(&self, slot: &mut Slot, stream: StreamName, encoding: &Encoding, entry: &Stored<Detail>) {
        let Some(publisher) = self.publishers.get(stream.publisher) else { return };
        let standing = encoding.standing(self.now, &publisher.clock, entry.timestamp);
        slot.rewriter.begin(self.now, stream, &numbers(entry), standing);
        slot.repeat.clear();
    }

    /// An entry that was lost and repaired comes after packets that follow it: these are sent in their order now.
    fn catch_up(
        &mut self,
        receiver: Receiver,
        slot: &mut Slot,
        history: &History<Detail>,
        entry: PacketIndex,
    ) {
        let Some(flow) = slot.feed.live else { return };
        let earlier = (history.start().0..flow.cursor.0).filter_map(|ordinal| history.get(Ordinal(ordinal)));
        let Some(newest) = earlier.map(|packet| packet.index).max().filter(|newest| *newest > entry) else {
            return;
        };
        for index in entry.0..=newest.0 {
            if let Some(packet) = history.find(PacketIndex(index)) {
                self.forward(receiver, slot, (flow.stream, history.end()), history, packet);
            }
        }
        slot.feed.live = Some(Flow { cursor: flow.cursor.next(), ..flow });
    }

    /// Sends one packet of the live stream as its numbers allow. `false` if the slot must begin anew, and cannot here.
    fn forward(
        &mut self,
        receiver: Receiver,
        slot: &mut Slot,
        (stream, cursor): (StreamName, Ordinal),
        history: &History<Detail>,
        packet: &Stored<Detail>,
    ) -> bool {
        let own = numbers(packet);
        let mut passage = slot.rewriter.pass(&own);
        if passage == Passage::Jump {
            if !packet.detail.is_entry() {
                return false;
            }
            let Some(encoding) = find_encoding(self.publishers, stream) else { return false };
            self.begin(slot, stream, encoding, packet);
            passage = slot.rewriter.pass(&own);
        }
        match passage {
            Passage::Next(numbers) => {
                let following = following(history, cursor, packet);
                self.send(receiver, slot, packet, &numbers, following);
                self.announce(receiver, slot, packet, numbers.timestamp);
            }
            Passage::Late(numbers) => self.repair(receiver, slot, packet, &numbers),
            Passage::Before | Passage::Jump => {}
        }
        true
    }

    /// Reports an assignment with the first packet of a frame.
    fn announce(
        &mut self,
        receiver: Receiver,
        slot: &mut Slot,
        packet: &Stored<Detail>,
        timestamp: RtpTimestamp,
    ) {
        let frame_start = match packet.detail {
            Detail::Audio { .. } => true,
            Detail::Video { descriptor, .. } => descriptor.frame_start(),
            Detail::Empty => false,
        };
        if frame_start && let Some(epoch) = slot.announce.take() {
            self.notices.push(Notice::Announced {
                subscriber: receiver.key,
                slot: slot.id,
                epoch,
                timestamp,
            });
        }
    }

    /// Sends a packet on the slot's SSRC.
    fn send(
        &mut self,
        receiver: Receiver,
        slot: &mut Slot,
        packet: &Stored<Detail>,
        numbers: &Numbers,
        following: usize,
    ) {
        let start = self.outbox.buffer.len();
        let header = Header {
            marker: marker(slot, packet, numbers),
            payload_type: slot.format.payload_type,
            sequence: truncate(numbers.index),
            timestamp: numbers.timestamp,
            ssrc: slot.identity.ssrc,
        };
        let header_length = write_header(&mut self.outbox.buffer, slot, packet, &header, numbers);
        write_payload(&mut self.outbox.buffer, packet, numbers);
        let length = self.outbox.buffer.len() - start + receiver.overhead;
        let padding = self.outbox.level(receiver.destination, length, length + following);
        rtp::pad(&mut self.outbox.buffer, start, padding);
        if self.seal(receiver, numbers.index, start, header_length) {
            self.statistics.egress_packets += 1;
            let (packets, octets) = &mut slot.sent;
            *packets = packets.wrapping_add(1);
            *octets = octets.wrapping_add(u32::try_from(packet.payload().len()).unwrap_or(0));
            if slot.id.media() == MediaKind::Audio {
                self.repeat(receiver, slot, start);
            }
        }
    }

    /// Sends the packet of sound before the one at `start` once more, behind it, to one who loses packets; two in
    /// a row are lost seldom. It is the same datagram: nothing is sealed twice, and whoever got it drops the copy.
    fn repeat(&mut self, receiver: Receiver, slot: &mut Slot, start: usize) {
        let end = self.outbox.buffer.len();
        if !slot.repeat.is_empty() {
            self.outbox.buffer.extend_from_slice(&slot.repeat);
            self.outbox.commit(receiver.destination, end);
            self.budget = self.budget.saturating_sub(1);
            self.statistics.repeats += 1;
            self.statistics.egress_bytes += slot.repeat.len() as u64;
            slot.repeat.clear();
        }
        if let Some(sealed) = self.outbox.buffer.get(start..end).filter(|_| receiver.repeats) {
            slot.repeat.extend_from_slice(sealed);
        }
    }

    /// Sends a packet as a retransmission (RFC 4588 §4), if these were negotiated.
    fn repair(&mut self, receiver: Receiver, slot: &mut Slot, packet: &Stored<Detail>, numbers: &Numbers) {
        let Some(payload_type) = slot.format.repair_payload_type else { return };
        let index = slot.next_repair;
        slot.next_repair = PacketIndex(index.0 + 1);
        let start = self.outbox.buffer.len();
        let header = Header {
            marker: marker(slot, packet, numbers),
            payload_type,
            sequence: truncate(index),
            timestamp: numbers.timestamp,
            ssrc: slot.identity.repair_ssrc,
        };
        let header_length = write_header(&mut self.outbox.buffer, slot, packet, &header, numbers);
        rtx::encapsulate(&mut self.outbox.buffer, truncate(numbers.index), &[]);
        write_payload(&mut self.outbox.buffer, packet, numbers);
        if self.seal(receiver, index, start, header_length) {
            self.statistics.retransmissions += 1;
        }
    }

    /// Tells a receiver of sound that nothing more comes for now: without it he makes up a sound for what he takes
    /// for loss. Opus (RFC 6716 §3.1) has a frame of silence; a packet of its first byte alone is discontinuous
    /// transmission, and there are two of them since one may be lost.
    pub fn fall_silent(&mut self, key: Key, session: SessionId, slot: &mut Slot) {
        let Some(receiver) = self.receiver(key, session) else { return };
        slot.repeat.clear();
        for payload in [&[0xF8, 0xFF, 0xFE][..], &[0xF8], &[0xF8]] {
            let Some(numbers) = slot.rewriter.insert() else { return };
            let packet = Stored {
                index: numbers.index,
                arrived: self.now,
                timestamp: numbers.timestamp,
                marker: false,
                detail: Detail::Audio { level: Some(AudioLevel { voice: false, level: SILENT_LEVEL }) },
                bytes: payload.to_vec(),
                payload_length: payload.len(),
            };
            self.send(receiver, slot, &packet, &numbers, 0);
        }
    }

    fn seal(&mut self, receiver: Receiver, index: PacketIndex, start: usize, header_length: usize) -> bool {
        self.budget = self.budget.saturating_sub(1);
        let buffer = &mut self.outbox.buffer;
        match self.transport.seal_rtp(receiver.session, index, buffer, start, header_length) {
            Ok(()) => {
                self.statistics.egress_bytes += (buffer.len() - start) as u64;
                self.outbox.commit(receiver.destination, start);
                true
            }
            Err(SealError::IndexReused) => {
                self.statistics.refused_indices += 1;
                false
            }
            Err(SealError::NoPath) => false,
        }
    }

    /// Answers a request for a packet (RFC 4585 §6.2.1) out of its publication's history.
    pub fn resend(&mut self, key: Key, session: SessionId, slot: &mut Slot, sequence: SequenceNumber) {
        if slot.format.repair_payload_type.is_none() {
            return;
        }
        let publishers = self.publishers;
        let stored = slot
            .rewriter
            .find(sequence)
            .and_then(|sent| find_encoding(publishers, sent.source)?.history.find(sent.index));
        let repeated =
            stored.and_then(|packet| Some((packet, slot.rewriter.repeat(sequence, &numbers(packet))?)));
        match (repeated, self.receiver(key, session)) {
            (Some((packet, numbers)), Some(receiver)) => self.repair(receiver, slot, packet, &numbers),
            _ => self.statistics.unanswered_nacks += 1,
        }
    }
}

/// By how much the greatest of the packets right behind one, of the same frame, exceeds it.
fn following(history: &History<Detail>, cursor: Ordinal, packet: &Stored<Detail>) -> usize {
    (1..=LOOK_AHEAD)
        .map_while(|ahead| history.get(Ordinal(cursor.0 + ahead)))
        .take_while(|next| next.timestamp == packet.timestamp)
        .map(|next| next.bytes.len().saturating_sub(packet.bytes.len()))
        .max()
        .unwrap_or(0)
}
