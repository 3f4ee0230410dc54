//! RTCP to members: what a publisher is told and asked, and the sender reports of slots.

use std::time::Instant;

use giaoban_media_types::{SlotId, SourceKind};

use super::Shard;
use super::egress::find_encoding;
use crate::arena::{Arena, Key};
use crate::feedback::FEEDBACK_INTERVAL;
use crate::publication::Publication;
use crate::publisher::Publisher;
use crate::report::{REPORT_INTERVAL, WallClock};
use crate::rtcp::{
    ReportBlock, SenderInfo, write_cname, write_nack, write_picture_loss_indication, write_receiver_report,
    write_sender_report,
};
use crate::subscriber::{Path, REPAIRS_PER_TICK, Slot, Subscriber};
use crate::transport::{SessionId, Transport};

/// A compound is sent when it has grown to this: what follows still fits a datagram.
const COMPOUND_LENGTH: usize = 900;
/// Loss told to an Opus publisher at most, in 256ths (10 %): he writes as much redundancy as he is told of loss.
const GREATEST_TOLD_LOSS: u8 = 26;

impl<T: Transport> Shard<T> {
    /// Asks publishers at once for what they must send again: lost packets and key frames.
    pub(super) fn send_urgent(&mut self, now: Instant) {
        let mut urgent = std::mem::take(&mut self.urgent);
        urgent.sort_unstable();
        urgent.dedup();
        for key in urgent.drain(..) {
            self.send_requests(now, key);
        }
        // The vector keeps its room for the next turn.
        self.urgent = urgent;
    }

    /// NACK and PLI of one publisher, as far as they are due.
    pub(super) fn send_requests(&mut self, now: Instant, key: Key) {
        let Some(publisher) = self.peers.publishers.get_mut(key) else { return };
        let (session, reporter, round_trip) = (publisher.session, publisher.reporter, publisher.round_trip);
        let allowed = publisher.allowed;
        let start = self.outbox.buffer.len();
        let buffer = &mut self.outbox.buffer;
        let requests = &mut self.requests;
        for publication in publisher.publications_mut() {
            if !allowed.contains(publication.kind) || publication.last_packet.is_none() {
                continue;
            }
            let may_ask = publication.pace.is_open(now);
            // A key frame that may not be asked for now has just come, or is about to.
            let is_expected = std::mem::take(&mut publication.is_expected);
            for encoding in &mut publication.encodings {
                let Some(media) = encoding.ssrc else { continue };
                if is_expected && may_ask {
                    encoding.gate.want();
                }
                if !encoding.is_kept(now) && !is_expected {
                    encoding.missing.forget();
                    encoding.gate.settle();
                    continue;
                }
                requests.clear();
                encoding.missing.due(now, round_trip, requests);
                self.statistics.nacks_sent += requests.len() as u64;
                write_nack(buffer, reporter, media, requests.iter().copied());
                if may_ask && encoding.gate.is_wanted() {
                    publication.pace.asked(now);
                    self.statistics.picture_loss_indications_sent += 1;
                    write_picture_loss_indication(buffer, reporter, media);
                }
            }
        }
        self.send_control(session, start);
    }

    /// Arrivals for the publisher's congestion control.
    pub(super) fn send_transport_feedback(&mut self, key: Key) {
        while let Some(publisher) = self.peers.publishers.get_mut(key)
            && !publisher.arrivals.is_empty()
        {
            let (session, reporter) = (publisher.session, publisher.reporter);
            let start = self.outbox.buffer.len();
            let media = publisher.any_ssrc().unwrap_or(reporter);
            publisher.arrivals.write(&mut self.outbox.buffer, reporter, media);
            self.send_control(session, start);
        }
    }

    /// What was received of a publisher's streams.
    pub(super) fn send_receiver_report(&mut self, now: Instant, key: Key) {
        let subscribers = &self.peers.subscribers;
        let Some(publisher) = self.peers.publishers.get_mut(key) else { return };
        publisher.report_due = now + REPORT_INTERVAL;
        let (session, reporter) = (publisher.session, publisher.reporter);
        let mut blocks: Vec<ReportBlock> = Vec::new();
        for publication in publisher.publications_mut() {
            let worst = if publication.kind == SourceKind::Microphone {
                worst_loss(publication, subscribers)
            } else {
                0
            };
            for encoding in &mut publication.encodings {
                if let Some(ssrc) = encoding.ssrc
                    && let Some(mut block) = encoding.reception.report(now, ssrc)
                {
                    block.fraction_lost = block.fraction_lost.max(worst);
                    blocks.push(block);
                }
            }
        }
        if !blocks.is_empty() {
            let start = self.outbox.buffer.len();
            write_receiver_report(&mut self.outbox.buffer, reporter, &blocks);
            self.send_control(session, start);
        }
    }

    /// The sender report of one slot, at once.
    pub(super) fn report_slot(&mut self, now: Instant, key: Key, slot: SlotId) {
        let wall = self.wall(now);
        let Some(subscriber) = self.peers.subscribers.get_mut(key) else { return };
        let (session, start) = (subscriber.session, self.outbox.buffer.len());
        if let Some(slot) = subscriber.slot_mut(slot) {
            write_slot_report(&mut self.outbox.buffer, now, wall, &self.peers.publishers, slot);
        }
        self.send_control(session, start);
    }

    /// The sender reports of one receiver that are due.
    pub(super) fn send_sender_reports(&mut self, now: Instant, key: Key) {
        let wall = self.wall(now);
        let Some(subscriber) = self.peers.subscribers.get(key).filter(|peer| peer.path == Path::Open) else {
            return;
        };
        let session = subscriber.session;
        let due = |slot: &&Slot| slot.report_due.is_some_and(|due| due <= now);
        let due: Vec<SlotId> = subscriber.slots().filter(due).map(|slot| slot.id).collect();
        let mut start = self.outbox.buffer.len();
        for id in due {
            let slot = self.peers.subscribers.get_mut(key).and_then(|peer| peer.slot_mut(id));
            let Some(slot) = slot else { continue };
            write_slot_report(&mut self.outbox.buffer, now, wall, &self.peers.publishers, slot);
            if self.outbox.buffer.len() - start > COMPOUND_LENGTH {
                self.send_control(session, start);
                start = self.outbox.buffer.len();
            }
        }
        self.send_control(session, start);
    }

    /// Seals and sends the compound that stands at the end of the buffer, if there is one.
    fn send_control(&mut self, session: SessionId, start: usize) {
        if self.outbox.buffer.len() == start {
            return;
        }
        let destination = self.transport.destination(session);
        let (Some(destination), Ok(())) =
            (destination, self.transport.seal_rtcp(session, &mut self.outbox.buffer, start))
        else {
            self.outbox.buffer.truncate(start);
            return;
        };
        self.outbox.commit(destination, start);
    }

    /// Runs what is due for each peer.
    pub(super) fn tick_peers(&mut self, now: Instant) {
        let keys: Vec<Key> = self.peers.publishers.iter().map(|(key, _)| key).collect();
        for key in keys {
            if let Some(subscriber) = self.peers.subscribers.get_mut(key) {
                subscriber.repairs_left = REPAIRS_PER_TICK;
            }
            self.send_requests(now, key);
            let Some(publisher) = self.peers.publishers.get_mut(key) else { continue };
            let (feedback, report) = (publisher.feedback_due <= now, publisher.report_due <= now);
            if feedback {
                publisher.feedback_due = now + FEEDBACK_INTERVAL;
                self.send_transport_feedback(key);
                self.watch_sources(now, key);
                self.send_sender_reports(now, key);
            }
            if report {
                self.send_receiver_report(now, key);
            }
        }
    }
}

/// Appends a slot's sender report and name, and sets the next one's time. Nothing if the slot sends nothing.
fn write_slot_report(
    buffer: &mut Vec<u8>,
    now: Instant,
    wall: WallClock,
    publishers: &Arena<Publisher>,
    slot: &mut Slot,
) {
    slot.report_due = None;
    let Some(live) = slot.feed.live else { return };
    let timestamp = find_encoding(publishers, live.stream)
        .zip(publishers.get(live.stream.publisher))
        .and_then(|(encoding, publisher)| encoding.clock.reportable(now, &publisher.clock))
        .and_then(|timestamp| slot.rewriter.timestamp(timestamp));
    let Some(rtp) = timestamp else {
        slot.report_due = Some(now + REPORT_INTERVAL);
        return;
    };
    slot.rewriter.reported(now, rtp);
    let (packets, octets) = slot.sent;
    let info = SenderInfo { ntp: wall.ntp(now), rtp, packets, octets };
    write_sender_report(buffer, slot.identity.ssrc, &info, &[]);
    write_cname(buffer, slot.identity.ssrc, &slot.identity.cname);
    slot.report_due = Some(now + REPORT_INTERVAL);
}

/// The worst loss among those who hear a microphone, in 256ths.
fn worst_loss(publication: &Publication, subscribers: &Arena<Subscriber>) -> u8 {
    let losses = publication
        .watchers
        .iter()
        .filter_map(|watcher| Some(subscribers.get(watcher.subscriber)?.slot(watcher.slot)?.loss));
    losses.max().unwrap_or(0).min(GREATEST_TOLD_LOSS)
}
