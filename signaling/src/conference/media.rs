//! Between the members and their shard: offers, and what it reports.

use std::collections::BTreeSet;
use std::time::Instant;

use giaoban_media_types::{Command, Event, MemberId, NegotiationError, PeerId, SlotId, SourceId};

use super::offers::negotiation;
use super::slots::Switched;
use super::timers::Timer;
use super::{Conference, ConnectionId};
use crate::wire::{ErrorCode, ServerMessage, WireSection};

/// An offer as it came.
pub(super) struct Offer {
    pub(super) connection: ConnectionId,
    pub(super) request: u32,
    pub(super) peer: u32,
    pub(super) sdp: String,
    pub(super) sections: Vec<WireSection>,
}

impl Conference {
    pub(super) fn offer(&mut self, now: Instant, id: MemberId, offer: Offer) {
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        let peer = PeerId(offer.peer);
        let checked = negotiation(self.id, id, peer, offer.sdp, &offer.sections).and_then(|negotiation| {
            Ok((negotiation, member.offers.begin(offer.connection, offer.request, peer)?))
        });
        let (negotiation, is_other_peer) = match checked {
            Ok(checked) => checked,
            Err(code) => return self.refuse(offer.connection, offer.request, code),
        };
        if is_other_peer {
            member.disturb(now);
            self.watch_flows(now, id);
            self.renew_slots(id);
        }
        self.command(Command::Negotiate(Box::new(negotiation)));
    }

    pub(super) fn media(&mut self, now: Instant, event: Event) {
        match event {
            Event::Answered { member, peer, sdp, .. } => {
                if let Some(offer) =
                    self.members.get_mut(&member).and_then(|member| member.offers.settle(peer))
                {
                    let answer = ServerMessage::Answer { request: offer.request, peer: peer.0, sdp };
                    self.send(offer.connection, answer);
                }
            }
            Event::NegotiationFailed { member, peer, error, .. } => {
                if let Some(offer) =
                    self.members.get_mut(&member).and_then(|member| member.offers.settle(peer))
                {
                    self.refuse(offer.connection, offer.request, code_of(error));
                }
            }
            Event::SourceStarted { source, .. } => self.source_started(source),
            Event::SourceStopped { source, .. } => self.source_stopped(now, source),
            Event::SlotSwitched { member, slot, epoch, timestamp, .. } => {
                self.slot_switched(member, Switched { slot, epoch, timestamp });
            }
            Event::Measured { members, .. } => self.measured(now, members),
            Event::Speaking { dominant, speakers, .. } => self.speaking(now, dominant, &speakers),
            // Sources report their own end, and a client that lost its transport makes another.
            Event::Connected { .. } | Event::Closed { .. } => {}
        }
    }

    fn source_started(&mut self, source: SourceId) {
        if let Some(member) = self.members.get_mut(&source.member).filter(|member| member.has_lease()) {
            member.started(source.kind);
        }
    }

    fn source_stopped(&mut self, now: Instant, source: SourceId) {
        if let Some(member) = self.members.get_mut(&source.member).filter(|member| member.has_lease()) {
            member.stopped(now, source.kind);
            self.watch_flows(now, source.member);
        }
    }

    /// Wakes the conference when the next stopped source counts as gone.
    pub(super) fn watch_flows(&mut self, now: Instant, id: MemberId) {
        match self.members.get(&id).and_then(|member| member.next_gone(now)) {
            Some(at) => self.timers.set(Timer::Flow(id), at),
            None => self.timers.stop(Timer::Flow(id)),
        }
    }

    fn slot_switched(&mut self, id: MemberId, switched: Switched) {
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        if let Some(switched) = member.slots.switch(switched) {
            self.send_to_member(id, switched.into());
        }
    }

    fn speaking(&mut self, now: Instant, dominant: Option<MemberId>, speakers: &[MemberId]) {
        self.stage.hear(now, dominant);
        let speakers: BTreeSet<MemberId> =
            speakers.iter().copied().filter(|member| self.holds_lease(*member)).collect();
        if self.speakers != speakers {
            self.speakers = speakers;
            self.roster.speaking_changed();
        }
    }
}

impl From<Switched> for ServerMessage {
    fn from(switched: Switched) -> Self {
        let Switched { slot: SlotId(slot), epoch, timestamp } = switched;
        Self::SlotSwitched { slot, epoch: epoch.0, timestamp: timestamp.0 }
    }
}

fn code_of(error: NegotiationError) -> ErrorCode {
    match error {
        NegotiationError::Malformed
        | NegotiationError::UnusableTransport
        | NegotiationError::SectionMismatch => ErrorCode::BadOffer,
        NegotiationError::TooLarge => ErrorCode::TooLarge,
        NegotiationError::NoCommonCodec => ErrorCode::NoCommonCodec,
        NegotiationError::Full => ErrorCode::Overloaded,
        NegotiationError::Internal => ErrorCode::Internal,
    }
}
