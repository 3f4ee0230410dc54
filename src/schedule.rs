//! The calendar of the running gateway: in memory to be read, in the store to be kept, in conferences to be entered.
//! The rules are the core's.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::SystemTime;

use giaoban_calendar::{Calendar, Change, Command, Doorway, Refusal, RoomId, Rules, World, is_cleared};
use giaoban_directory::{Actor, Directory};
use giaoban_media_types::ConferenceId;
use tokio::sync::{Mutex, Notify};

use crate::conferences::Conferences;
use crate::doorkeeper::now;
use crate::organisation::{Organisation, person, today};
use crate::store::{NewAct, Store, StoreError, milliseconds};

/// The calendar. Whoever reads it waits for no disk; changes are made one after the other.
pub struct Schedule {
    store: Store,
    organisation: Arc<Organisation>,
    conferences: Conferences,
    calendar: RwLock<Calendar>,
    /// Held from a decision until what it came to is kept, taken in and carried out.
    writing: Mutex<()>,
    /// Told after every change.
    changed: Notify,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// The rules.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Somebody else changed it since it was read.
    #[error("it was changed by somebody else in the meantime")]
    Outdated,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Schedule {
    /// Reads the calendar.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn open(
        store: Store,
        organisation: Arc<Organisation>,
        conferences: Conferences,
    ) -> Result<Arc<Self>, StoreError> {
        let calendar = RwLock::new(store.calendar().await?);
        Ok(Arc::new(Self {
            store,
            organisation,
            conferences,
            calendar,
            writing: Mutex::new(()),
            changed: Notify::new(),
        }))
    }

    /// The calendar as it is now. Not to be held while waiting.
    pub fn read(&self) -> RwLockReadGuard<'_, Calendar> {
        self.calendar.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its rooms as conferences.
    #[must_use]
    pub fn conferences(&self) -> &Conferences {
        &self.conferences
    }

    /// What decisions look at now.
    #[must_use]
    pub fn world(directory: &Directory) -> World<'_> {
        World { directory, today: today(), now: now() }
    }

    /// Whether an actor may be told what a room is about.
    #[must_use]
    pub fn is_cleared(actor: Actor, rules: &Rules, world: World<'_>) -> bool {
        is_cleared(actor, rules.classification, world)
    }

    /// Returns when the calendar has changed since this was last waited for.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Tells the conference of a room whom its door lets in now. What fails is tried again with the next change.
    pub async fn set_door(&self, room: RoomId) {
        if let Err(error) = self.try_set_door(room).await {
            tracing::error!(%error, "cannot set a door");
        }
    }

    async fn try_set_door(&self, room: RoomId) -> Result<(), StoreError> {
        let conference = ConferenceId(room.0);
        let mut expected = self.store.link_seats(conference).await?;
        let people = self.store.people_seated(conference).await?;
        let (room, open) = {
            let (directory, calendar) = (self.organisation.read(), self.read());
            let Some(room) = calendar.room(room) else { return Ok(()) };
            let Doorway { open, instance, .. } = calendar.doorway(room.id, now());
            let plan = instance.and_then(|instance| calendar.booking(instance.booking)).map(|one| &one.plan);
            let day = today();
            expected.extend(people.into_iter().filter_map(|(member, person)| {
                let led = room.rules.is_led_by(person);
                let person = directory.person(person)?;
                let awaited = led || plan.is_none_or(|plan| plan.expects(person, &directory, day));
                awaited.then_some(member)
            }));
            (room.clone(), open)
        };
        self.conferences.set_door(&room, open, expected).await;
        Ok(())
    }

    /// Carries a command out, if what it is about still has the revision that the actor saw. It is carried out to its
    /// end also when nobody waits for it any more.
    ///
    /// # Errors
    /// See [`ScheduleError`]; then nothing is changed.
    pub async fn run(
        self: &Arc<Self>,
        actor: Actor,
        command: Command,
        seen: Option<u32>,
    ) -> Result<Vec<Change>, ScheduleError> {
        let own = Arc::clone(self);
        let work = tokio::spawn(async move { own.carry_out(actor, command, seen).await });
        work.await.unwrap_or(Err(ScheduleError::Store(StoreError::Stopped)))
    }

    async fn carry_out(
        &self,
        actor: Actor,
        command: Command,
        seen: Option<u32>,
    ) -> Result<Vec<Change>, ScheduleError> {
        let _writing = self.writing.lock().await;
        let (changes, act) = {
            let (directory, calendar) = (self.organisation.read(), self.read());
            let world = Self::world(&directory);
            calendar.authorize(actor, &command, world)?;
            if seen.is_some() && calendar.revision(command.subject()) != seen {
                return Err(ScheduleError::Outdated);
            }
            let changes = calendar.decide(actor, &command, world)?;
            let (at, unit) = (milliseconds(SystemTime::now()), calendar.concerned(&command));
            (changes, NewAct { at, actor: person(actor), unit, content: command.into() })
        };
        self.store.keep_calendar(&changes, &[act]).await?;
        self.calendar.write().unwrap_or_else(PoisonError::into_inner).apply(changes.clone());
        for change in &changes {
            match change {
                Change::Room(room) => {
                    self.conferences.follow(room).await?;
                    self.set_door(room.id).await;
                }
                Change::Booking(booking) => self.set_door(booking.plan.room).await,
                Change::Template(_) => {}
            }
        }
        self.changed.notify_one();
        Ok(changes)
    }
}
