//! Opens and shuts the doors of rooms at the times that are booked.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use giaoban_calendar::{Doorway, Moment, RoomId};

use crate::schedule::Schedule;
use crate::shutdown::Shutdown;
use crate::store::milliseconds;

/// The longest sleep: the machine's clock may be set in between.
const LONGEST: Duration = Duration::from_secs(20);

/// Watches the calendar until shutdown.
pub async fn watch(schedule: Arc<Schedule>, shutdown: Shutdown) {
    let mut known: BTreeMap<RoomId, Doorway> = BTreeMap::new();
    loop {
        let now = now();
        let doorways: BTreeMap<RoomId, Doorway> = {
            let calendar = schedule.read();
            let open = calendar.rooms().filter(|room| !room.closed);
            open.map(|room| (room.id, calendar.doorway(room.id, now))).collect()
        };
        for (room, doorway) in &doorways {
            let before = known.get(room);
            // A room that is new had its door set when it was opened.
            if before.is_some_and(|before| before.open != doorway.open || before.instance != doorway.instance)
            {
                schedule.set_door(*room).await;
            }
        }
        let next = doorways.values().filter_map(|doorway| doorway.until).min();
        known = doorways;
        let wait = next.map_or(LONGEST, |next| until(next).min(LONGEST));
        tokio::select! {
            () = shutdown.wait() => return,
            () = schedule.changed() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// The moment it is.
#[must_use]
pub fn now() -> Moment {
    Moment(milliseconds(SystemTime::now()) / 1000)
}

fn until(moment: Moment) -> Duration {
    let left = moment.0.saturating_mul(1000) - milliseconds(SystemTime::now());
    Duration::from_millis(u64::try_from(left).unwrap_or(0).max(1))
}
