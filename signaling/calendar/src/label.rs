//! What each classification allows. The one table of it.

use giaoban_directory::Clearance;

use crate::room::Lobby;

/// How secret a room is. The same four steps as a person's clearance: who enters has the room's step at least.
pub type Classification = Clearance;

/// What a classification allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Whoever holds a link may enter, without an account. A link says nothing of who opens it.
    pub links: bool,
    /// The title may leave the gateway, in a mail or in a feed.
    pub title_leaves: bool,
    /// The least that the door asks for.
    pub laxest_lobby: Lobby,
}

/// What a room of a classification allows.
#[must_use]
pub fn allowance(classification: Classification) -> Allowance {
    match classification {
        Clearance::Normal => Allowance { links: true, title_leaves: true, laxest_lobby: Lobby::Open },
        Clearance::Confidential => {
            Allowance { links: true, title_leaves: false, laxest_lobby: Lobby::Expected }
        }
        Clearance::Secret => Allowance { links: false, title_leaves: false, laxest_lobby: Lobby::Expected },
        Clearance::TopSecret => Allowance { links: false, title_leaves: false, laxest_lobby: Lobby::Chair },
    }
}
