//! Offers and answers.

use std::collections::BTreeMap;
use std::time::Instant;

use giaoban_media_types::{
    Event, MediaKind, Mid, Negotiation, NegotiationError, Purpose, SlotId, SlotKind, SourceKind,
};
use rand_chacha::rand_core::Rng;

use super::Shard;
use super::roster::{Conference, Peer};
use crate::arena::Key;
use crate::publication::Publication;
use crate::publisher::{IngressExtensions, Publisher, PublisherConfig, Role, SourceSection, Stream};
use crate::rtp::Ssrc;
use crate::sdp::{self, Accepted, Answer, AnswerSection, Extension, Offer, Part, StreamIdentity};
use crate::simulcast::LayerIndex;
use crate::subscriber::{Slot, SlotFormat, Subscriber};
use crate::transport::{LocalParameters, OpenError, PacketIndex, RemoteParameters, SessionId, Transport};

/// A slot's first sequence number is below this, so that the rollover counter is never guessed wrongly
/// (RFC 3711 §3.3.1).
const FIRST_SEQUENCE_LIMIT: u32 = 1 << 14;

/// What an offer comes to: the answer's sections, and what they are for.
struct Plan {
    sections: Vec<AnswerSection>,
    purposes: Vec<Option<Purpose>>,
}

impl Plan {
    /// The sections that are taken for something, with their place in the offer.
    fn taken(&self) -> impl Iterator<Item = (usize, Purpose, &Accepted)> {
        self.sections.iter().zip(&self.purposes).enumerate().filter_map(|(place, (section, purpose))| match (
            section, purpose,
        ) {
            (AnswerSection::Accepted(accepted), Some(purpose)) => Some((place, *purpose, accepted)),
            _ => None,
        })
    }
}

impl<T: Transport> Shard<T> {
    /// Answers an offer. If it is refused, what stood before it stands.
    pub(super) fn negotiate(&mut self, now: Instant, negotiation: Negotiation) {
        let (conference, member, peer) = (negotiation.conference, negotiation.member, negotiation.peer);
        let event = match self.try_negotiate(now, &negotiation) {
            Ok(sdp) => Event::Answered { conference, member, peer, sdp },
            Err(error) => Event::NegotiationFailed { conference, member, peer, error },
        };
        self.events.push_back(event);
    }

    fn try_negotiate(&mut self, now: Instant, negotiation: &Negotiation) -> Result<String, NegotiationError> {
        let offer = Offer::parse(&negotiation.sdp)?;
        let purposes = match_sections(&offer, negotiation)?;
        let state = self.conferences.get(&negotiation.conference);
        let standing = state
            .and_then(|state| state.members.get(&negotiation.member))
            .and_then(|state| state.peer.clone());
        let renewed = standing.clone().filter(|peer| peer.id == negotiation.peer);
        if let Some(peer) = &renewed {
            keep_purposes(&peer.purposes, &offer, &purposes)?;
        }
        let plan = self.plan(&offer, purposes, renewed.as_ref().map(|peer| peer.key))?;
        let remote = RemoteParameters {
            ufrag: offer.transport.ufrag.clone(),
            password: offer.transport.password.clone(),
            fingerprint: offer.transport.fingerprint,
        };
        let (peer, local) = match renewed {
            Some(peer) => {
                let local = self.transport.renegotiate(now, peer.session, &remote);
                (peer, local.ok_or(NegotiationError::Internal)?)
            }
            None => self.open(now, negotiation, &remote, standing)?,
        };
        let answer = self.commit(now, negotiation, &offer, &plan, &peer);
        Ok(write_answer(&offer, plan, local, answer))
    }

    /// Decides every section, before anything is changed.
    fn plan(
        &mut self,
        offer: &Offer,
        purposes: Vec<Option<Purpose>>,
        standing: Option<Key>,
    ) -> Result<Plan, NegotiationError> {
        let mut identities: BTreeMap<SlotId, StreamIdentity> = standing
            .and_then(|key| self.peers.subscribers.get(key))
            .map(|peer| peer.slots().map(|slot| (slot.id, slot.identity.clone())).collect())
            .unwrap_or_default();
        let mut sections = Vec::with_capacity(offer.sections.len());
        for (offered, purpose) in offer.sections.iter().zip(&purposes) {
            let part = match purpose {
                Some(Purpose::Source(_)) => Part::Receive,
                Some(Purpose::Slot(slot)) => Part::Send(self.identify(*slot, offer, &mut identities)),
                None => Part::Idle,
            };
            sections.push(sdp::accept(offered, part)?);
        }
        Ok(Plan { sections, purposes })
    }

    /// What a slot is called for life. The stage's sound and picture share stream and CNAME, so that they are
    /// played in step.
    fn identify(
        &mut self,
        slot: SlotId,
        offer: &Offer,
        identities: &mut BTreeMap<SlotId, StreamIdentity>,
    ) -> StreamIdentity {
        if let Some(identity) = identities.get(&slot) {
            return identity.clone();
        }
        let pair = match slot.kind() {
            SlotKind::StageAudio => identities.get(&SlotId::STAGE_VIDEO),
            SlotKind::StageVideo => identities.get(&SlotId::STAGE_AUDIO),
            SlotKind::Audio | SlotKind::ScreenAudio | SlotKind::Tile => None,
        };
        let names = pair.map(|pair| (pair.cname.clone(), pair.stream.clone()));
        let (cname, stream) = names.unwrap_or_else(|| (self.random_name(), self.random_name()));
        let mut taken: Vec<Ssrc> = offer.sections.iter().flat_map(|section| section.ssrcs.clone()).collect();
        taken.extend(identities.values().flat_map(|other| [other.ssrc, other.repair_ssrc]));
        let ssrc = self.random_ssrc(&taken);
        taken.push(ssrc);
        let repair_ssrc = self.random_ssrc(&taken);
        let identity = StreamIdentity { ssrc, repair_ssrc, cname, stream, track: self.random_name() };
        identities.insert(slot, identity.clone());
        identity
    }

    fn random_ssrc(&mut self, taken: &[Ssrc]) -> Ssrc {
        loop {
            let ssrc = Ssrc(self.random.next_u32());
            if ssrc.0 != 0 && !taken.contains(&ssrc) {
                return ssrc;
            }
        }
    }

    fn random_name(&mut self) -> String {
        format!("{:016x}", self.random.next_u64())
    }

    pub(super) fn random_index(&mut self) -> PacketIndex {
        PacketIndex(u64::from(self.random.next_u32() % FIRST_SEQUENCE_LIMIT))
    }

    /// Opens a transport and puts it in place of the member's old one.
    fn open(
        &mut self,
        now: Instant,
        negotiation: &Negotiation,
        remote: &RemoteParameters,
        standing: Option<Peer>,
    ) -> Result<(Peer, LocalParameters), NegotiationError> {
        let session = SessionId(self.next_session);
        self.next_session += 1;
        let local = self.transport.open(now, session, remote).map_err(|error| match error {
            OpenError::Full => NegotiationError::Full,
            OpenError::Crypto => NegotiationError::Internal,
        })?;
        if let Some(old) = standing {
            self.transport.close(old.session);
            self.disconnect(now, old.key);
        }
        let reporter = self.random_ssrc(&[]);
        let answers = self.random.next_u64() >> 1;
        let (conference, member) = (negotiation.conference, negotiation.member);
        let state = self.conferences.entry(conference).or_insert_with(|| Conference::new(now));
        let state = state.members.entry(member).or_default();
        let config = PublisherConfig { conference, member, session, reporter, allowed: state.allowed };
        let key =
            self.peers.insert(Publisher::new(now, config), Subscriber::new(conference, member, session));
        let peer =
            Peer { id: negotiation.peer, key, session, purposes: BTreeMap::new(), answers: (answers, 0) };
        state.peer = Some(peer.clone());
        self.next_tick.get_or_insert(now);
        Ok((peer, local))
    }

    /// Puts the plan into effect. The answer's session and version.
    fn commit(
        &mut self,
        now: Instant,
        negotiation: &Negotiation,
        offer: &Offer,
        plan: &Plan,
        peer: &Peer,
    ) -> (u64, u64) {
        let (conference, member) = (negotiation.conference, negotiation.member);
        self.commit_sources(now, offer, plan, peer.key);
        self.commit_slots(plan, peer.key, offer.mixed_extensions);
        let state = self.conferences.get_mut(&conference).and_then(|state| state.members.get_mut(&member));
        let mut answers = peer.answers;
        if let Some(peer) = state.and_then(|state| state.peer.as_mut()) {
            peer.answers.1 += 1;
            answers = peer.answers;
            peer.purposes =
                plan.taken().map(|(_, purpose, accepted)| (accepted.mid.clone(), purpose)).collect();
        }
        self.apply_all(now, conference, member);
        for kind in SourceKind::ALL {
            self.attach_watchers(now, conference, member, kind);
        }
        answers
    }

    fn commit_sources(&mut self, now: Instant, offer: &Offer, plan: &Plan, key: Key) {
        let Some(publisher) = self.peers.publishers.get_mut(key) else { return };
        publisher.sections.clear();
        for (place, purpose, accepted) in plan.taken() {
            let Purpose::Source(kind) = purpose else { continue };
            learn_extensions(&mut publisher.extensions, accepted);
            let format = &accepted.format;
            publisher.sections.push(SourceSection {
                mid: accepted.mid.clone(),
                kind,
                payload_type: format.payload_type,
                repair_payload_type: format.repair_payload_type,
            });
            let rids: Vec<&str> = format.rids.iter().map(sdp::Rid::as_str).collect();
            if !publisher.publication(kind).is_some_and(|publication| publication.has_layers(&rids)) {
                publisher.add(Publication::new(now, kind, &rids));
            }
            if let (true, Some(offered)) = (rids.is_empty(), offer.sections.get(place)) {
                bind_announced(publisher, kind, offered);
            }
        }
    }

    fn commit_slots(&mut self, plan: &Plan, key: Key, mixed_extensions: bool) {
        for (_, purpose, accepted) in plan.taken() {
            let (Purpose::Slot(id), Part::Send(identity)) = (purpose, &accepted.part) else { continue };
            let first = (self.random_index(), self.random_index());
            let Some(subscriber) = self.peers.subscribers.get_mut(key) else { return };
            let extensions = &accepted.format.extensions;
            let format = SlotFormat {
                payload_type: accepted.format.payload_type,
                repair_payload_type: accepted.format.repair_payload_type,
                mid: extensions.get(Extension::Mid).map(|id| (id, accepted.mid.clone())),
                audio_level: extensions.get(Extension::AudioLevel),
                // A template structure needs the two-byte form.
                dependency_descriptor: extensions
                    .get(Extension::DependencyDescriptor)
                    .filter(|_| mixed_extensions || accepted.mixed_extensions),
            };
            match subscriber.slot_mut(id) {
                Some(slot) => slot.format = format,
                None => subscriber.add(Slot::new(id, identity.clone(), format, first)),
            }
        }
    }
}

/// What each section of the offer is for. Every listed section must be there once, with its kind of media.
fn match_sections(
    offer: &Offer,
    negotiation: &Negotiation,
) -> Result<Vec<Option<Purpose>>, NegotiationError> {
    let mismatch = NegotiationError::SectionMismatch;
    let mut purposes = vec![None; offer.sections.len()];
    for section in &negotiation.sections {
        let place = offer.sections.iter().position(|offered| offered.mid == section.mid).ok_or(mismatch)?;
        let media = match section.purpose {
            Purpose::Source(kind) => kind.media(),
            Purpose::Slot(slot) if slot.0 < SlotId::MAX_SLOTS => slot.media(),
            Purpose::Slot(_) => return Err(NegotiationError::TooLarge),
        };
        let fits =
            offer.sections.get(place).is_some_and(|offered| offered.media == sdp::SectionMedia::Rtp(media));
        if !fits || purposes.contains(&Some(section.purpose)) {
            return Err(mismatch);
        }
        let purpose = purposes.get_mut(place).filter(|purpose| purpose.is_none()).ok_or(mismatch)?;
        *purpose = Some(section.purpose);
    }
    Ok(purposes)
}

/// In a further offer a section keeps its purpose, and a slot its section.
fn keep_purposes(
    standing: &BTreeMap<Mid, Purpose>,
    offer: &Offer,
    purposes: &[Option<Purpose>],
) -> Result<(), NegotiationError> {
    for (mid, before) in standing {
        let now = offer.sections.iter().zip(purposes).find(|(section, _)| section.mid == *mid);
        match (before, now.and_then(|(_, purpose)| *purpose)) {
            (before, Some(purpose)) if purpose == *before => {}
            // A client may stop offering a source.
            (Purpose::Source(_), None) => {}
            _ => return Err(NegotiationError::SectionMismatch),
        }
    }
    Ok(())
}

/// The numbers are the same on all sections of a bundle (RFC 8843 §9), but not every section has all.
fn learn_extensions(extensions: &mut IngressExtensions, accepted: &Accepted) {
    let offered = &accepted.format.extensions;
    extensions.mid = offered.get(Extension::Mid).or(extensions.mid);
    extensions.transport_sequence =
        offered.get(Extension::TransportSequence).or(extensions.transport_sequence);
    match accepted.media {
        MediaKind::Audio => {
            extensions.audio_level = offered.get(Extension::AudioLevel).or(extensions.audio_level)
        }
        MediaKind::Video => {
            extensions.rid = offered.get(Extension::Rid).or(extensions.rid);
            extensions.repaired_rid = offered.get(Extension::RepairedRid).or(extensions.repaired_rid);
            extensions.dependency_descriptor =
                offered.get(Extension::DependencyDescriptor).or(extensions.dependency_descriptor);
        }
    }
}

/// Takes the streams that a section without layers announces by number (RFC 5576).
fn bind_announced(publisher: &mut Publisher, kind: SourceKind, offered: &sdp::Section) {
    let is_repair = |ssrc: &Ssrc| offered.repairs.iter().any(|(_, repair)| repair == ssrc);
    let Some(&media) = offered.ssrcs.iter().find(|ssrc| !is_repair(ssrc)) else { return };
    let layer = LayerIndex(0);
    publisher.bind(Stream { ssrc: media, kind, layer, role: Role::Media });
    for &(_, repair) in offered.repairs.iter().filter(|(repaired, _)| *repaired == media) {
        publisher.bind(Stream { ssrc: repair, kind, layer, role: Role::Repair });
    }
}

fn write_answer(offer: &Offer, plan: Plan, local: LocalParameters, (session, version): (u64, u64)) -> String {
    let answer = Answer {
        session,
        version,
        ufrag: local.ufrag,
        password: local.password,
        fingerprint: local.fingerprint,
        candidates: local.candidates,
        mixed_extensions: offer.mixed_extensions,
        sections: plan.sections,
    };
    answer.write()
}
