//! Permission: who may do what, decided here and nowhere else.

use thiserror::Error;

use crate::wire::{ErrorCode, Role};

/// Something that needs permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Raise or lower the own hand.
    Hand,
    /// Choose what is on everyone's stage, or let it follow the speaker.
    DirectStage,
    /// Mute a member of this role.
    Mute {
        /// Of whom.
        of: Role,
    },
    /// Let a member speak.
    LetSpeak,
    /// Mute all, or lift all mutes.
    MuteAll,
    /// Lower another's hand.
    LowerHand,
    /// Lock or unlock the room.
    Lock,
    /// Let one in who waits at the door.
    Admit,
    /// Put out a member of this role.
    Remove {
        /// Of whom.
        of: Role,
    },
    /// End the briefing for all.
    End,
    /// Come into a locked room.
    EnterLocked,
    /// Come into a full room: whoever may takes none of its places.
    EnterFull,
    /// Open a room again whose briefing was ended.
    Reopen,
    /// Be the one without whom a briefing is not led.
    Lead,
    /// Be heard while all are muted.
    SpeakWhileAllMuted,
    /// Be told how every site's connection is.
    WatchQuality,
}

/// The role does not allow the action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the role does not allow it")]
pub struct Denied;

impl From<Denied> for ErrorCode {
    fn from(_: Denied) -> Self {
        Self::NotAllowed
    }
}

/// The rules of permission.
pub struct Policy;

impl Policy {
    /// Whether a member of `role` may do `action`.
    ///
    /// # Errors
    /// [`Denied`] if not.
    pub fn authorize(role: Role, action: &Action) -> Result<(), Denied> {
        let allowed = match (role, action) {
            (_, Action::Hand) => true,
            // Nobody takes the word or the seat of one who leads.
            (_, Action::Mute { of: Role::Chair } | Action::Remove { of: Role::Chair }) => false,
            (Role::Chair, _) => true,
            (Role::Site, _) => false,
        };
        if allowed { Ok(()) } else { Err(Denied) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDERS: [Action; 15] = [
        Action::DirectStage,
        Action::Mute { of: Role::Site },
        Action::LetSpeak,
        Action::MuteAll,
        Action::LowerHand,
        Action::Lock,
        Action::Remove { of: Role::Site },
        Action::End,
        Action::EnterLocked,
        Action::EnterFull,
        Action::Admit,
        Action::Lead,
        Action::Reopen,
        Action::SpeakWhileAllMuted,
        Action::WatchQuality,
    ];

    #[test]
    fn the_chair_may_give_every_order_and_a_site_none() {
        for action in ORDERS {
            assert_eq!(Policy::authorize(Role::Chair, &action), Ok(()), "{action:?}");
            assert_eq!(Policy::authorize(Role::Site, &action), Err(Denied), "{action:?}");
        }
    }

    #[test]
    fn everyone_may_raise_his_hand() {
        assert_eq!(Policy::authorize(Role::Chair, &Action::Hand), Ok(()));
        assert_eq!(Policy::authorize(Role::Site, &Action::Hand), Ok(()));
    }

    #[test]
    fn nobody_mutes_or_removes_a_chair() {
        for role in [Role::Chair, Role::Site] {
            assert_eq!(Policy::authorize(role, &Action::Mute { of: Role::Chair }), Err(Denied));
            assert_eq!(Policy::authorize(role, &Action::Remove { of: Role::Chair }), Err(Denied));
        }
    }
}
