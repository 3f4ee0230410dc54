//! What signaling asks of a shard.

use crate::{ConferenceId, MemberId, Negotiation, SlotEpoch, SlotId, SourceId, SourceSet};

/// An order to a shard. Orders about members or conferences it does not know are ignored:
/// they crossed an event that says so.
pub enum Command {
    /// Answer an offer; replied to by `Event::Answered` or `Event::NegotiationFailed`.
    Negotiate(Box<Negotiation>),
    /// Answer the offer of a line test: as `Negotiate`, for a peer in a conference that nobody else is ever in. It is sent
    /// padding for four seconds and closes by itself, with `Event::Closed`; nothing that it sends is forwarded.
    TestLine(Box<Negotiation>),
    /// From now on only these kinds of the member's sources pass ingress. Holds for a member that
    /// has no transport yet and across his transports, until changed. A member without one sends nothing.
    Allow {
        /// The conference.
        conference: ConferenceId,
        /// Whose sources.
        member: MemberId,
        /// What passes.
        sources: SourceSet,
    },
    /// Point slots of a member at sources. Slots that do not exist yet keep the order for the offer that adds them.
    Bind {
        /// The conference.
        conference: ConferenceId,
        /// Whose slots.
        member: MemberId,
        /// The new bindings; slots not named keep theirs.
        bindings: Vec<Binding>,
    },
    /// A picture will be bound to slots as soon as their receivers have covered them: its key frame shall be there
    /// by then.
    Expect {
        /// The conference.
        conference: ConferenceId,
        /// Which.
        source: SourceId,
    },
    /// Tell what was counted of every member that has a transport; replied to by `Event::Measured`.
    Measure {
        /// The conference.
        conference: ConferenceId,
    },
    /// Close the member's transport, and forget all that is known of him.
    Remove {
        /// The conference.
        conference: ConferenceId,
        /// Who.
        member: MemberId,
    },
    /// Close the whole conference.
    End {
        /// Which.
        conference: ConferenceId,
    },
}

/// One slot's target. Stage audio, screen audio, stage video and tiles are bound so; the slots of
/// kind `Audio` are filled by the shard itself and take no binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// The slot.
    pub slot: SlotId,
    /// The assignment's number; comes back in `Event::SlotSwitched`.
    pub epoch: SlotEpoch,
    /// What it shall carry; nothing is sent on a slot without a source.
    pub source: Option<SourceId>,
    /// Height of the picture wanted, in pixels; the smallest layer of at least nine tenths of it is sent.
    /// 0 for sound.
    pub height: u16,
}
