//! Who asks to speak, in the order of asking (a floor request queue, RFC 8855 §3).

use giaoban_media_types::MemberId;

use super::{Conference, ConnectionId};
use crate::access::{Action, Policy};

impl Conference {
    pub(super) fn hand(&mut self, id: MemberId, connection: ConnectionId, request: u32, raised: bool) {
        let Some(member) = self.members.get(&id) else {
            return;
        };
        if let Err(denied) = Policy::authorize(self.capacity(&member.seat), &Action::Hand) {
            self.refuse(connection, request, denied.into());
            return;
        }
        if raised {
            self.raise_hand(id);
        } else {
            self.lower_hand(id);
        }
        self.done(connection, request);
    }

    /// A hand that is up keeps its place.
    fn raise_hand(&mut self, id: MemberId) {
        let order = self.next_order();
        if let Some(member) = self.members.get_mut(&id)
            && member.hand.is_none()
        {
            member.hand = Some(order);
            self.roster.member_changed(id);
        }
    }

    pub(super) fn lower_hand(&mut self, id: MemberId) {
        if let Some(member) = self.members.get_mut(&id)
            && member.hand.take().is_some()
        {
            self.roster.member_changed(id);
        }
    }
}
