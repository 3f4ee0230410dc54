//! When a room's door is open, by what is booked in it.

use crate::booking::Instance;
use crate::calendar::Calendar;
use crate::room::{Opening, RoomId};
use crate::time::Moment;

/// The door of a room at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doorway {
    /// People may come in.
    pub open: bool,
    /// The meeting that it is open for: the one that runs, else the one that begins next.
    pub instance: Option<Instance>,
    /// When this is to be asked again.
    pub until: Option<Moment>,
}

impl Calendar {
    /// The door of a room at a moment.
    #[must_use]
    pub fn doorway(&self, room: RoomId, now: Moment) -> Doorway {
        let always = self.room(room).is_some_and(|room| room.rules.opening == Opening::Always);
        let mut doorway = Doorway { open: always, instance: None, until: None };
        for (booking, instance) in self.instances_in(room) {
            let (opens, shuts) = instance.door(booking.plan.opens_before);
            for change in [opens, instance.start, instance.end, shuts] {
                if change > now && doorway.until.is_none_or(|until| change < until) {
                    doorway.until = Some(change);
                }
            }
            if opens <= now && now < shuts {
                doorway.open = true;
                let before = doorway.instance.is_none_or(|other| rank(*instance, now) < rank(other, now));
                if before {
                    doorway.instance = Some(*instance);
                }
            }
        }
        doorway
    }
}

/// One that runs comes before one that is about to begin, and that before one that is over.
fn rank(instance: Instance, now: Moment) -> (u8, Moment) {
    if instance.start <= now && now < instance.end {
        (0, instance.start)
    } else if now < instance.start {
        (1, instance.start)
    } else {
        (2, instance.start)
    }
}
