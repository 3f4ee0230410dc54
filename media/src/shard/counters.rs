//! What was counted of each member's connection, for whoever asks.

use std::time::{Duration, Instant};

use giaoban_media_types::{
    ConferenceId, Event, LinkCounters, MediaKind, MemberCounters, MemberId, SlotId, SourceKind,
};

use super::Shard;
use super::egress::find_encoding;
use crate::arena::{Arena, Key};
use crate::publication::clock_rate;
use crate::publisher::Publisher;
use crate::subscriber::{Path, Subscriber};
use crate::transport::Transport;

/// A stream whose last packet is older has no jitter any more.
const FRESH: Duration = Duration::from_secs(2);

impl<T: Transport> Shard<T> {
    /// Reports on every member of a conference. A member costs some hundred nanoseconds, and nothing while nobody asks.
    pub(super) fn measure(&mut self, now: Instant, conference: ConferenceId) {
        let peers = self.peers_of(conference);
        let counted = peers.into_iter().filter_map(|(member, key)| self.counted(now, member, key));
        let members = counted.collect();
        self.events.push_back(Event::Measured { conference, members });
    }

    fn counted(&self, now: Instant, member: MemberId, key: Key) -> Option<MemberCounters> {
        let publisher = self.peers.publishers.get(key)?;
        let subscriber = self.peers.subscribers.get(key)?;
        let camera = publisher.publication(SourceKind::Camera);
        let heights = camera.into_iter().flat_map(|camera| camera.alive()).filter_map(|layer| layer.height);
        Some(MemberCounters {
            member,
            is_open: subscriber.path == Path::Open,
            round_trip: subscriber.round_trip,
            uplink: uplink(now, publisher),
            downlink: downlink(subscriber),
            sends: heights.max().unwrap_or(0),
            receives: stage_height(&self.peers.publishers, subscriber),
        })
    }
}

fn uplink(now: Instant, publisher: &Publisher) -> LinkCounters {
    let mut uplink = LinkCounters { bytes: publisher.bytes, ..LinkCounters::default() };
    for publication in publisher.publications() {
        for encoding in &publication.encodings {
            let (expected, received) = encoding.reception.totals();
            uplink.expected += expected;
            uplink.lost += expected.saturating_sub(received);
            if encoding.last_packet.is_some_and(|last| now.saturating_duration_since(last) <= FRESH) {
                let jitter = time(encoding.reception.jitter(), publication.kind.media());
                uplink.jitter = uplink.jitter.max(jitter);
            }
        }
    }
    uplink
}

fn downlink(subscriber: &Subscriber) -> LinkCounters {
    let mut downlink = LinkCounters::default();
    for slot in subscriber.slots() {
        let (packets, octets) = slot.sent;
        downlink.expected += u64::from(packets);
        downlink.bytes += u64::from(octets);
        downlink.lost += u64::from(slot.told.lost);
        if slot.feed.live.is_some() {
            downlink.jitter = downlink.jitter.max(time(slot.told.jitter, slot.id.media()));
        }
    }
    downlink
}

fn stage_height(publishers: &Arena<Publisher>, subscriber: &Subscriber) -> u16 {
    let live = subscriber.slot(SlotId::STAGE_VIDEO).and_then(|slot| slot.feed.live);
    live.and_then(|flow| find_encoding(publishers, flow.stream)?.height).unwrap_or(0)
}

fn time(ticks: u32, media: MediaKind) -> Duration {
    Duration::from_micros(u64::from(ticks) * 1_000_000 / u64::from(clock_rate(media)))
}
