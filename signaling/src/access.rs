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
    /// Stand in for a chair who is gone.
    StandIn,
    /// Be heard while all are muted.
    SpeakWhileAllMuted,
    /// Be told how every site's connection is.
    WatchQuality,
}

/// In what capacity a member acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// The role of his seat.
    pub role: Role,
    /// He stands in for the chair, who is gone.
    pub is_acting: bool,
}

impl Capacity {
    /// In his own role alone.
    #[must_use]
    pub const fn of(role: Role) -> Self {
        Self { role, is_acting: false }
    }
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
    /// Whether a member may do `action` in this capacity.
    ///
    /// # Errors
    /// [`Denied`] if not.
    pub fn authorize(Capacity { role, is_acting }: Capacity, action: &Action) -> Result<(), Denied> {
        let allowed = match (role, action) {
            (_, Action::Hand) => true,
            // Nobody takes the word or the seat of one who leads.
            (_, Action::Mute { of: Role::Chair } | Action::Remove { of: Role::Chair }) => false,
            (Role::Chair, Action::StandIn) => false,
            (Role::Chair, _) => true,
            // He keeps the door and the queue for the chair, and so has to come in whatever the door says.
            (
                Role::Deputy,
                Action::StandIn | Action::Admit | Action::LowerHand | Action::EnterLocked | Action::EnterFull,
            ) => true,
            // A briefing that was ended is the chair's to open again.
            (Role::Deputy, Action::Reopen) | (Role::Site, _) => false,
            (Role::Deputy, _) => is_acting,
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
    const ACTING: Capacity = Capacity { role: Role::Deputy, is_acting: true };

    fn may(capacity: Capacity, action: Action) -> bool {
        Policy::authorize(capacity, &action).is_ok()
    }

    #[test]
    fn the_chair_may_give_every_order_and_a_site_none() {
        for action in ORDERS {
            assert!(may(Capacity::of(Role::Chair), action), "{action:?}");
            assert!(!may(Capacity::of(Role::Site), action), "{action:?}");
        }
    }

    #[test]
    fn a_deputy_keeps_door_and_hands_and_has_the_other_powers_only_while_he_stands_in() {
        let always = [Action::LowerHand, Action::Admit, Action::EnterLocked, Action::EnterFull];
        for action in ORDERS {
            assert_eq!(may(Capacity::of(Role::Deputy), action), always.contains(&action), "{action:?}");
            assert_eq!(may(ACTING, action), action != Action::Reopen, "{action:?}");
        }
    }

    #[test]
    fn only_a_deputy_can_stand_in() {
        let can = |role| may(Capacity::of(role), Action::StandIn);
        assert_eq!([Role::Chair, Role::Deputy, Role::Site].map(can), [false, true, false]);
    }

    #[test]
    fn everyone_may_raise_his_hand() {
        for role in [Role::Chair, Role::Deputy, Role::Site] {
            assert!(may(Capacity::of(role), Action::Hand));
        }
    }

    #[test]
    fn nobody_mutes_or_removes_a_chair() {
        for capacity in [Capacity::of(Role::Chair), ACTING, Capacity::of(Role::Site)] {
            assert!(!may(capacity, Action::Mute { of: Role::Chair }));
            assert!(!may(capacity, Action::Remove { of: Role::Chair }));
        }
    }
}
