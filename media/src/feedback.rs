//! When a publisher's packets arrived, for the congestion control of his browser
//! (draft-holmer-rmcat-transport-wide-cc-extensions-01).

use std::time::Duration;

use crate::rtcp::{Arrival, FeedbackHead, write_transport_feedback};
use crate::rtp::{SequenceNumber, Ssrc, TransportSequence};
use crate::sequence::expand;
use crate::transport::PacketIndex;

/// How often a publisher is told: browsers expect 50 to 250 ms.
pub const FEEDBACK_INTERVAL: Duration = Duration::from_millis(100);
/// Arrivals kept between two reports at most, later ones are not reported: 5 ms apart over half a second,
/// ten times what a report waits for.
const MOST_ARRIVALS: usize = 1024;

/// Collects the arrivals on one transport.
#[derive(Debug, Default)]
pub struct ArrivalRecorder {
    /// Not yet reported, ascending by number.
    arrivals: Vec<Arrival>,
    newest: Option<PacketIndex>,
    /// The number after the last one reported.
    base: u64,
    reports: u8,
}

impl ArrivalRecorder {
    /// Takes note of a packet that came `at`, since the shard's start. Probes count like all others.
    pub fn record(&mut self, at: Duration, sequence: TransportSequence) {
        if self.arrivals.len() >= MOST_ARRIVALS {
            return;
        }
        let sequence = SequenceNumber(sequence.0);
        let index = expand(sequence, self.newest.unwrap_or(PacketIndex(u64::from(sequence.0))));
        if self.newest.is_none() {
            self.base = index.0;
        }
        self.newest = self.newest.max(Some(index));
        let position = self.arrivals.partition_point(|arrival| arrival.sequence < index.0);
        if self.arrivals.get(position).is_none_or(|next| next.sequence != index.0) {
            self.arrivals.insert(position, Arrival { sequence: index.0, at });
        }
    }

    /// Whether there is anything to report.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.arrivals.is_empty()
    }

    /// Appends one feedback packet about `media` and forgets what it reports; call again while not empty.
    pub fn write(&mut self, buffer: &mut Vec<u8>, sender: Ssrc, media: Ssrc) {
        let head = FeedbackHead { sender, media, number: self.reports };
        let taken =
            write_transport_feedback(buffer, head, self.base, &self.arrivals).min(self.arrivals.len());
        self.reports = self.reports.wrapping_add(1);
        for arrival in self.arrivals.drain(..taken) {
            self.base = arrival.sequence + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rtcp::{Packet, packets};

    fn report(recorder: &mut ArrivalRecorder) -> Vec<(u16, bool)> {
        let mut buffer = Vec::new();
        recorder.write(&mut buffer, Ssrc(1), Ssrc(2));
        let Some(Ok(Packet::TransportFeedback(feedback))) = packets(&buffer).next() else {
            panic!("not a feedback packet")
        };
        feedback.statuses().map(|status| (status.sequence.0, status.arrival.is_some())).collect()
    }

    fn record(recorder: &mut ArrivalRecorder, numbers: &[u16]) {
        for (milliseconds, &number) in (0..).zip(numbers) {
            recorder.record(Duration::from_millis(milliseconds), TransportSequence(number));
        }
    }

    #[test]
    fn what_came_out_of_order_is_reported_in_order_and_once() {
        let mut recorder = ArrivalRecorder::default();
        record(&mut recorder, &[65534, 0, 65535, 2, 2]);
        assert_eq!(report(&mut recorder), [(65534, true), (65535, true), (0, true), (1, false), (2, true)]);
        assert!(recorder.is_empty());
    }

    #[test]
    fn the_hole_between_two_reports_is_reported_as_lost() {
        let mut recorder = ArrivalRecorder::default();
        record(&mut recorder, &[5]);
        report(&mut recorder);
        record(&mut recorder, &[8]);
        assert_eq!(report(&mut recorder), [(6, false), (7, false), (8, true)]);
    }

    #[test]
    fn a_late_packet_is_still_reported() {
        let mut recorder = ArrivalRecorder::default();
        record(&mut recorder, &[5, 7]);
        report(&mut recorder);
        record(&mut recorder, &[6, 8]);
        assert!(report(&mut recorder).contains(&(6, true)));
    }
}
