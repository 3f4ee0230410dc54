//! Packets of publishers: what they are, whether they may pass, and where slots find them.

use std::time::Instant;

use giaoban_media_types::{Event, MediaKind, SourceId};

use super::Shard;
use crate::arena::Key;
use crate::dependency;
use crate::history::Stored;
use crate::nack::Arrival;
use crate::publication::{Detail, Encoding, Publication, StreamName, clock_rate};
use crate::publisher::{IngressExtensions, Publisher, Role, Stream};
use crate::rtp::{AudioLevel, ExtensionId, Packet, TransportSequence, rtx};
use crate::sequence::expand;
use crate::simulcast::LAYER_SILENCE;
use crate::transport::{PacketIndex, SessionId, Transport};
use crate::verdict::{DropReason, Verdict};
use crate::vp8;

/// A media packet, whether it came by itself or out of a retransmission.
struct Received<'a> {
    index: PacketIndex,
    payload: &'a [u8],
    /// Its Dependency Descriptor; empty without one.
    dependency: &'a [u8],
    detail: Detail,
}

impl<T: Transport> Shard<T> {
    /// Takes one packet into its encoding's history.
    pub(super) fn receive_rtp(
        &mut self,
        now: Instant,
        session: SessionId,
        packet: &Packet<'_>,
        index: PacketIndex,
    ) -> Verdict {
        match self.try_receive_rtp(now, session, packet, index) {
            Ok(()) => Verdict::Forward,
            Err(reason) => Verdict::Drop(reason),
        }
    }

    fn try_receive_rtp(
        &mut self,
        now: Instant,
        session: SessionId,
        packet: &Packet<'_>,
        index: PacketIndex,
    ) -> Result<(), DropReason> {
        let wall = self.wall(now);
        let key = self.peers.of_session(session).ok_or(DropReason::UnknownStream)?;
        let publisher = self.peers.publishers.get_mut(key).ok_or(DropReason::UnknownStream)?;
        if let Some(sequence) = transport_sequence(publisher, packet) {
            publisher.arrivals.record(wall.elapsed(now), sequence);
        }
        publisher.bytes += packet.payload.len() as u64;
        let stream = stream_of(publisher, packet)?;
        let extensions = publisher.extensions;
        let allowed = publisher.allowed.contains(stream.kind);
        let publication = publisher.publication_mut(stream.kind).ok_or(DropReason::UnknownStream)?;
        let encoding = publication.encoding_mut(stream.layer).ok_or(DropReason::UnknownStream)?;
        if stream.role == Role::Media {
            let rate = clock_rate(stream.kind.media());
            encoding.reception.receive(wall.elapsed(now), rate, index, packet.header.timestamp);
        }
        let received = unpack(encoding, stream, packet, index, &extensions)?;
        let arrival = encoding.missing.receive(now, received.index);
        if !allowed {
            encoding.missing.forget();
            let tests = self.line_tests.contains_key(&key);
            return Err(if tests { DropReason::LineTest } else { DropReason::NotAllowed });
        }
        sort_out(arrival, stream.role)?;
        self.accept(now, key, stream, packet, received)
    }

    /// Takes a packet that is new and may pass.
    fn accept(
        &mut self,
        now: Instant,
        key: Key,
        stream: Stream,
        packet: &Packet<'_>,
        received: Received<'_>,
    ) -> Result<(), DropReason> {
        let gone = DropReason::UnknownStream;
        let publisher = self.peers.publishers.get_mut(key).ok_or(gone)?;
        let source = SourceId { member: publisher.member, kind: stream.kind };
        let conference = publisher.conference;
        let publication = publisher.publication_mut(stream.kind).ok_or(gone)?;
        if publication.last_packet.replace(now).is_none() {
            self.events.push_back(Event::SourceStarted { conference, source });
            self.speech_changed(conference);
        }
        let publication = self.publication_mut(key, stream.kind).ok_or(gone)?;
        if let Detail::Audio { level: Some(level) } = received.detail
            && hear(publication, now, level)
        {
            self.speech_changed(conference);
        }
        let publication = self.publication_mut(key, stream.kind).ok_or(gone)?;
        let encoding = publication.encoding_mut(stream.layer).ok_or(gone)?;
        if stream.kind.media() == MediaKind::Audio && encoding.clock.stood_still(packet.header.timestamp, now)
        {
            // Slots begin with it anew: their own clocks have gone on.
            self.interrupt(now, key, stream.kind);
        }
        let publication = self.publication_mut(key, stream.kind).ok_or(gone)?;
        let encoding = publication.encoding_mut(stream.layer).ok_or(gone)?;
        if note(encoding, now, stream.role, packet, &received) {
            // At once, so that slots read the new layer from this very packet on.
            self.retarget_source(now, key, stream.kind);
        }
        self.store(now, key, stream, packet, received)
    }

    /// Puts a packet where slots find it, and tells their owners.
    fn store(
        &mut self,
        now: Instant,
        key: Key,
        stream: Stream,
        packet: &Packet<'_>,
        received: Received<'_>,
    ) -> Result<(), DropReason> {
        let encoding = self
            .peers
            .publishers
            .get_mut(key)
            .and_then(|publisher| publisher.publication_mut(stream.kind))
            .and_then(|publication| publication.encoding_mut(stream.layer))
            .ok_or(DropReason::UnknownStream)?;
        if !encoding.is_kept(now) && !received.detail.is_key_frame() {
            encoding.missing.forget();
            return Err(DropReason::Unwatched);
        }
        if !encoding.missing.is_complete() {
            self.urgent.push(key);
        }
        if received.detail.is_key_frame() {
            encoding.gate.settle();
        }
        let mut bytes = self.pool.take();
        bytes.extend_from_slice(received.payload);
        bytes.extend_from_slice(received.dependency);
        let stored = Stored {
            index: received.index,
            arrived: now,
            timestamp: packet.header.timestamp,
            marker: packet.header.marker,
            detail: received.detail,
            bytes,
            payload_length: received.payload.len(),
        };
        let is_key_frame = stored.detail.is_key_frame();
        let ordinal = encoding.history.push(stored, &mut self.pool);
        if is_key_frame {
            encoding.key_frame = Some((ordinal, now));
        }
        if stream.kind.media() == MediaKind::Video && stream.role == Role::Media {
            let (publisher, kind, layer, epoch) = (key, stream.kind, stream.layer, encoding.epoch);
            self.hold.note(now, StreamName { publisher, kind, layer, epoch }, packet.header.marker);
        }
        self.mark_watchers(key, stream);
        Ok(())
    }

    /// Queues the receivers of a stream for the fan-out.
    fn mark_watchers(&mut self, key: Key, stream: Stream) {
        let publication = self.peers.publishers.get(key).and_then(|peer| peer.publication(stream.kind));
        let Some(encoding) = publication.and_then(|publication| publication.encoding(stream.layer)) else {
            return;
        };
        let queue = match stream.kind.media() {
            MediaKind::Audio => &mut self.audio,
            MediaKind::Video => &mut self.video,
        };
        for watcher in encoding.watchers.iter() {
            if let Some(subscriber) = self.peers.subscribers.get_mut(watcher.subscriber)
                && subscriber.mark(watcher.slot)
            {
                queue.push(watcher.subscriber);
            }
        }
    }
}

fn extension<'a>(packet: &Packet<'a>, id: Option<ExtensionId>) -> Option<&'a [u8]> {
    packet.extension(id?)
}

fn transport_sequence(publisher: &Publisher, packet: &Packet<'_>) -> Option<TransportSequence> {
    extension(packet, publisher.extensions.transport_sequence).and_then(TransportSequence::parse)
}

/// What the packet's SSRC is for; learned from the packet if it is new.
fn stream_of(publisher: &mut Publisher, packet: &Packet<'_>) -> Result<Stream, DropReason> {
    if let Some(stream) = publisher.stream(packet.header.ssrc) {
        let spoken = publisher.speaks(stream, packet.header.payload_type);
        return if spoken { Ok(stream) } else { Err(DropReason::UnknownStream) };
    }
    let stream = publisher.identify(packet).ok_or(DropReason::UnknownStream)?;
    publisher.bind(stream);
    Ok(stream)
}

/// The media packet, out of its retransmission if it is one.
fn unpack<'a>(
    encoding: &Encoding,
    stream: Stream,
    packet: &Packet<'a>,
    index: PacketIndex,
    extensions: &IngressExtensions,
) -> Result<Received<'a>, DropReason> {
    let (index, payload) = match stream.role {
        Role::Media => (index, packet.payload),
        Role::Repair => {
            let (original, payload) = rtx::decapsulate(packet.payload).ok_or(DropReason::Probe)?;
            let newest = encoding.missing.newest().ok_or(DropReason::Duplicate)?;
            (expand(original, newest), payload)
        }
    };
    let mut received = Received { index, payload, dependency: &[], detail: Detail::Empty };
    if payload.is_empty() {
        return Ok(received);
    }
    received.detail = match stream.kind.media() {
        MediaKind::Audio => {
            Detail::Audio { level: extension(packet, extensions.audio_level).and_then(AudioLevel::parse) }
        }
        MediaKind::Video => {
            let descriptor = vp8::Descriptor::parse(payload).map_err(|_| DropReason::Malformed)?;
            received.dependency = extension(packet, extensions.dependency_descriptor).unwrap_or(&[]);
            let frame_number = dependency::Descriptor::parse(received.dependency, None).ok();
            let frame_number = frame_number.map(|dependency| dependency.frame_number);
            Detail::Video { descriptor, key_frame: descriptor.starts_key_frame(payload), frame_number }
        }
    };
    Ok(received)
}

/// Whether an arrival is of use. Copies on a repair stream that nobody asked for are a browser's probes.
const fn sort_out(arrival: Arrival, role: Role) -> Result<(), DropReason> {
    match (arrival, role) {
        (Arrival::New | Arrival::Late, _) => Ok(()),
        (Arrival::Copy { asked: false }, Role::Repair) => Err(DropReason::Probe),
        (Arrival::Copy { .. } | Arrival::Stale, _) => Err(DropReason::Duplicate),
    }
}

/// Whether a microphone has just begun to be spoken into.
fn hear(publication: &mut Publication, now: Instant, level: AudioLevel) -> bool {
    let Some(activity) = &mut publication.activity else { return false };
    let before = activity.active_since();
    activity.hear(now, level);
    before.is_none() && activity.active_since().is_some()
}

/// Takes note of what a packet tells about its layer. Whether that may change who gets which layer.
fn note(
    encoding: &mut Encoding,
    now: Instant,
    role: Role,
    packet: &Packet<'_>,
    received: &Received<'_>,
) -> bool {
    encoding.clock.observe_packet(packet.header.timestamp, now);
    let mut changed = false;
    if role == Role::Media {
        let before = encoding.last_packet.replace(now);
        changed = before.is_none_or(|before| now.saturating_duration_since(before) > LAYER_SILENCE);
    }
    let Detail::Video { descriptor, key_frame: true, .. } = received.detail else { return changed };
    if let Some(size) = descriptor.key_frame_size(received.payload)
        && encoding.height.replace(size.height) != Some(size.height)
    {
        changed = true;
    }
    changed
}
