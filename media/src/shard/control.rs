//! RTCP from members: reports, requests for packets and for key frames.

use std::time::Instant;

use super::Shard;
use crate::arena::Key;
use crate::publisher::{Role, Stream};
use crate::rtcp::{Nack, Packet, ReportBlock, ReportBlocks, SenderInfo, packets};
use crate::rtp::Ssrc;
use crate::subscriber::Told;
use crate::transport::{SessionId, Transport};
use crate::verdict::{DropReason, Verdict};

impl<T: Transport> Shard<T> {
    /// Takes one compound.
    pub(super) fn receive_rtcp(&mut self, now: Instant, session: SessionId, compound: &[u8]) -> Verdict {
        let Some(key) = self.peers.of_session(session) else {
            return Verdict::Drop(DropReason::UnknownStream);
        };
        for packet in packets(compound) {
            match packet {
                Ok(packet) => self.receive_control(now, key, packet),
                Err(_) => return Verdict::Drop(DropReason::Malformed),
            }
        }
        Verdict::Forward
    }

    fn receive_control(&mut self, now: Instant, key: Key, packet: Packet<'_>) {
        match packet {
            Packet::SenderReport { sender, info, reports } => {
                self.receive_sender_report(now, key, sender, &info);
                self.receive_reports(now, key, reports);
            }
            Packet::ReceiverReport { reports, .. } => self.receive_reports(now, key, reports),
            Packet::Nack(nack) => self.receive_nack(now, key, nack),
            Packet::PictureLossIndication { media, .. } => self.receive_picture_loss(key, media),
            Packet::FullIntraRequest(requests) => {
                for request in requests.requests() {
                    self.receive_picture_loss(key, request.media);
                }
            }
            // The rate towards a member is not estimated yet.
            Packet::TransportFeedback(feedback) => self.receive_line_report(now, key, &feedback),
            // A source that ends is noticed by its silence.
            Packet::SourceDescription(_) | Packet::Goodbye(_) | Packet::Other => {}
        }
    }

    fn receive_sender_report(&mut self, now: Instant, key: Key, sender: Ssrc, info: &SenderInfo) {
        let Some(publisher) = self.peers.publishers.get_mut(key) else { return };
        let Some(Stream { kind, layer, role: Role::Media, .. }) = publisher.stream(sender) else { return };
        // A sender without a clock says 0 (RFC 3550 §6.4.1): nothing can be learned from its report.
        if info.ntp.0 == 0 {
            return;
        }
        publisher.clock.observe(info.ntp, now);
        let publication = publisher.publication_mut(kind);
        let Some(encoding) = publication.and_then(|publication| publication.encoding_mut(layer)) else {
            return;
        };
        encoding.clock.observe_report(info.rtp, info.ntp);
        encoding.reception.receive_report(now, info.ntp);
    }

    fn receive_reports(&mut self, now: Instant, key: Key, reports: ReportBlocks<'_>) {
        let wall = self.wall(now);
        let Some(subscriber) = self.peers.subscribers.get_mut(key) else { return };
        for report in reports {
            let Some(slot) = subscriber.slot_of(report.ssrc) else { continue };
            slot.loss = smooth(slot.loss, &report);
            // Less than nothing is lost where packets came twice.
            let lost = u32::try_from(report.cumulative_lost).unwrap_or(0);
            slot.told = Told { lost, jitter: report.jitter };
            subscriber.lost(now, report.fraction_lost);
            let Some(round_trip) = wall.round_trip(now, &report) else { continue };
            subscriber.round_trip = Some(round_trip);
            if let Some(publisher) = self.peers.publishers.get_mut(key) {
                publisher.round_trip = round_trip;
            }
        }
    }

    fn receive_nack(&mut self, now: Instant, key: Key, nack: Nack<'_>) {
        let (mut egress, served) = self.egress(now, usize::MAX);
        let Some(subscriber) = served.subscribers.get_mut(key) else { return };
        let (session, mut left) = (subscriber.session, subscriber.repairs_left);
        let Some(slot) = subscriber.slot_of(nack.media) else { return };
        for sequence in nack.lost() {
            let Some(rest) = left.checked_sub(1) else { break };
            left = rest;
            egress.resend(key, session, slot, sequence);
        }
        subscriber.repairs_left = left;
    }

    fn receive_picture_loss(&mut self, key: Key, media: Ssrc) {
        let Some(slot) = self.peers.subscribers.get_mut(key).and_then(|peer| peer.slot_of(media)) else {
            return;
        };
        // A stream that is to take over has asked for its key frame already.
        if let Some(flow) = slot.feed.live {
            self.want_key_frame(flow.stream);
        }
    }
}

/// More loss counts at once, less by a quarter with each report: redundancy that comes late is of no use,
/// and browsers report on sound only every five seconds.
fn smooth(before: u8, report: &ReportBlock) -> u8 {
    let decayed = before - before.saturating_sub(report.fraction_lost).div_ceil(4);
    decayed.max(report.fraction_lost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loss_counts_at_once_and_fades() {
        let report = |fraction_lost| ReportBlock {
            ssrc: Ssrc(1),
            fraction_lost,
            cumulative_lost: 0,
            highest_sequence: 0,
            jitter: 0,
            last_sender_report: 0,
            delay_since_last: 0,
        };
        assert_eq!(smooth(0, &report(200)), 200);
        assert_eq!(smooth(200, &report(0)), 150);
        assert_eq!(smooth(200, &report(199)), 199);
        assert_eq!((0..40).fold(255, |loss, _| smooth(loss, &report(0))), 0);
    }
}
