//! Offers under way between a member and his shard.

use std::collections::VecDeque;

use giaoban_media_types::{ConferenceId, MemberId};
use giaoban_media_types::{Mid, Negotiation, PeerId, Purpose, Section, SlotId};

use super::ConnectionId;
use crate::wire::{ErrorCode, SectionPurpose, WireSection};

/// Offers of one member under way at most: one of the connection he has, the others of connections he lost
/// while they were answered.
const MAX_PENDING: usize = 4;

/// Sections of an offer at most: four sources and every slot.
const MAX_SECTIONS: usize = 4 + SlotId::MAX_SLOTS as usize;

/// An offer the shard has not answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pending {
    pub(super) connection: ConnectionId,
    pub(super) request: u32,
    peer: PeerId,
}

/// The offers of one member. The shard answers them in the order in which they were made.
#[derive(Default)]
pub(super) struct Offers {
    peer: Option<PeerId>,
    pending: VecDeque<Pending>,
}

impl Offers {
    /// Notes an offer. Says whether it is for another peer connection than the one before.
    ///
    /// # Errors
    /// [`ErrorCode::TooFast`] if the connection has one under way.
    pub(super) fn begin(
        &mut self,
        connection: ConnectionId,
        request: u32,
        peer: PeerId,
    ) -> Result<bool, ErrorCode> {
        let own = self.pending.iter().any(|pending| pending.connection == connection);
        if own || self.pending.len() >= MAX_PENDING {
            return Err(ErrorCode::TooFast);
        }
        self.pending.push_back(Pending { connection, request, peer });
        Ok(self.peer.replace(peer).is_some_and(|before| before != peer))
    }

    /// The offer that an answer for `peer` answers.
    pub(super) fn settle(&mut self, peer: PeerId) -> Option<Pending> {
        let at = self.pending.iter().position(|pending| pending.peer == peer)?;
        self.pending.remove(at)
    }
}

/// The offer in the media core's words.
///
/// # Errors
/// [`ErrorCode::BadOffer`] if there are too many sections, or a mid, source or slot stands twice or cannot be.
pub(super) fn negotiation(
    conference: ConferenceId,
    member: MemberId,
    peer: PeerId,
    sdp: String,
    sections: &[WireSection],
) -> Result<Negotiation, ErrorCode> {
    if sections.len() > MAX_SECTIONS {
        return Err(ErrorCode::BadOffer);
    }
    let sections: Vec<Section> = sections.iter().map(section).collect::<Result<_, _>>()?;
    let mut mids: Vec<&Mid> = sections.iter().map(|section| &section.mid).collect();
    let mut purposes: Vec<Purpose> = sections.iter().map(|section| section.purpose).collect();
    mids.sort_unstable();
    mids.dedup();
    purposes.sort_unstable();
    purposes.dedup();
    if mids.len() != sections.len() || purposes.len() != sections.len() {
        return Err(ErrorCode::BadOffer);
    }
    Ok(Negotiation { conference, member, peer, sdp, sections })
}

fn section(section: &WireSection) -> Result<Section, ErrorCode> {
    let mid = Mid::new(&section.mid).map_err(|_| ErrorCode::BadOffer)?;
    let purpose = match section.purpose {
        SectionPurpose::Source(kind) => Purpose::Source(kind.into()),
        SectionPurpose::Slot(slot) if slot < SlotId::MAX_SLOTS => Purpose::Slot(SlotId(slot)),
        SectionPurpose::Slot(_) => return Err(ErrorCode::BadOffer),
    };
    Ok(Section { mid, purpose })
}
