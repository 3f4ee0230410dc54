//! The directory of the running gateway: in memory to be read, in the store to be kept. The rules are the core's.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::SystemTime;

use giaoban_directory::{ActContent, Actor, Change, Command, Date, Directory, PersonId, Planned, Refusal};
use tokio::sync::Mutex;

use crate::store::{NewAct, Store, StoreError, milliseconds};

/// How far Vietnam's clocks are ahead of UTC, in seconds: a day begins at midnight there.
const CLOCK_OFFSET: i64 = 7 * 3600;

/// The directory. Whoever reads it waits for no disk; changes are made one after the other.
pub struct Organisation {
    store: Store,
    directory: RwLock<Directory>,
    /// Held from a decision until what it came to is kept and taken in.
    writing: Mutex<()>,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
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

impl Organisation {
    /// Reads the directory.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn open(store: Store) -> Result<Arc<Self>, StoreError> {
        let directory = RwLock::new(store.directory().await?);
        Ok(Arc::new(Self { store, directory, writing: Mutex::new(()) }))
    }

    /// The directory as it is now. Not to be held while waiting.
    pub fn read(&self) -> RwLockReadGuard<'_, Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries a command out, if what it is about still has the revision that the actor saw. It is carried out to its
    /// end also when nobody waits for it any more: what is kept and what is in memory do not part.
    ///
    /// # Errors
    /// See [`ChangeError`]; then nothing is changed.
    pub async fn run(
        self: &Arc<Self>,
        actor: Actor,
        command: Command,
        seen: Option<u32>,
    ) -> Result<Vec<Change>, ChangeError> {
        let own = Arc::clone(self);
        let work = async move {
            let _writing = own.writing.lock().await;
            let (changes, act) = {
                let (directory, today) = (own.read(), today());
                directory.authorize(actor, &command, today)?;
                if seen.is_some() && directory.revision(command.subject()) != seen {
                    return Err(ChangeError::Outdated);
                }
                let changes = directory.decide(actor, &command, today)?;
                let unit = directory.concerned(&command, today);
                (changes, act(actor, unit, ActContent::Directory(command)))
            };
            own.take_in(changes.clone(), &[act]).await?;
            Ok(changes)
        };
        finished(tokio::spawn(work).await)
    }

    /// Takes in what a table comes to, all or nothing. `plan` is asked while nobody else changes anything.
    ///
    /// # Errors
    /// What `plan` says, or the database.
    pub async fn import<E: From<ChangeError> + Send + 'static>(
        self: &Arc<Self>,
        actor: Actor,
        plan: impl FnOnce(&Directory, Date) -> Result<Vec<Planned>, E> + Send + 'static,
    ) -> Result<Vec<Planned>, E> {
        let own = Arc::clone(self);
        let work = async move {
            let _writing = own.writing.lock().await;
            let (planned, acts) = {
                let (directory, today) = (own.read(), today());
                let planned = plan(&directory, today)?;
                let acts: Vec<NewAct> = planned
                    .iter()
                    .map(|planned| {
                        let unit = directory.concerned(&planned.command, today);
                        act(actor, unit, ActContent::Directory(planned.command.clone()))
                    })
                    .collect();
                (planned, acts)
            };
            let changes = planned.iter().flat_map(|planned| planned.changes.clone()).collect();
            own.take_in(changes, &acts).await?;
            Ok(planned)
        };
        match tokio::spawn(work).await {
            Ok(result) => result,
            Err(_) => Err(ChangeError::Store(StoreError::Stopped).into()),
        }
    }

    async fn take_in(&self, changes: Vec<Change>, acts: &[NewAct]) -> Result<(), ChangeError> {
        self.store.keep(&changes, acts).await?;
        self.directory.write().unwrap_or_else(PoisonError::into_inner).apply(changes);
        Ok(())
    }
}

fn finished<T>(joined: Result<Result<T, ChangeError>, tokio::task::JoinError>) -> Result<T, ChangeError> {
    joined.unwrap_or(Err(ChangeError::Store(StoreError::Stopped)))
}

fn act(actor: Actor, unit: Option<giaoban_directory::UnitId>, content: ActContent) -> NewAct {
    NewAct { at: milliseconds(SystemTime::now()), actor: person(actor), unit, content: content.into() }
}

/// Whose number stands in the record.
#[must_use]
pub fn person(actor: Actor) -> Option<PersonId> {
    match actor {
        Actor::Operator => None,
        Actor::Person(person) => Some(person),
    }
}

/// The day it is in Vietnam.
#[must_use]
pub fn today() -> Date {
    day_of(milliseconds(SystemTime::now()))
}

/// The day in Vietnam of a moment, in milliseconds since 1970.
#[must_use]
pub fn day_of(at: i64) -> Date {
    Date::of_seconds(at / 1000, CLOCK_OFFSET)
}
