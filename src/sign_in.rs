//! Signing in by name, password and one-time code. Other ways (OpenID Connect, LDAP, passkeys) come in beside
//! [`SignIn::by_password`]: each proves who somebody is, and all open the same sessions.

mod failures;
mod password;
mod totp;

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use giaoban_directory::sign_in::{Fault, check_password, login};
use giaoban_directory::{
    ActContent, Actor, Clearance, Code, Command, Details, Directory, PersonId, Refusal, Text,
};
use tokio::sync::Semaphore;

use self::failures::Failures;
use crate::organisation::{ChangeError, Organisation, today};
use crate::secret::{Secret, SecretHash};
use crate::store::{Account, Activated, NewAct, Store, StoreError, milliseconds};

/// Passwords hashed at once, each on 19 MiB and a core: media keeps the rest of the machine.
const HASHES_AT_ONCE: usize = 2;

/// Attempts that wait for a hash; more are turned away.
const WAITING: usize = 100;

/// The first administrator.
const FIRST_CODE: &str = "quan-tri";
const FIRST_NAME: &str = "Quản trị";

/// Why somebody is not signed in, or an account not changed.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Name, password or code is wrong; which, is not said.
    #[error("name, password or code is wrong")]
    Wrong,
    /// Name and password are right, and a code is asked for.
    #[error("a one-time code is needed")]
    CodeNeeded,
    /// Too many failures under this name.
    #[error("wait {0} seconds")]
    Wait(u64),
    /// Too many people sign in at this moment.
    #[error("too many sign in at this moment")]
    Busy,
    /// The link was used or is too old.
    #[error("this link is used up or too old")]
    NoLink,
    /// The name belongs to another person.
    #[error("this name is taken")]
    LoginTaken,
    /// The name or password cannot be set.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The rules of the directory.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system has no randomness, or no memory for a hash.
    #[error("the system has no randomness or no memory")]
    Crypto,
}

/// Who signed in, and by which session.
#[derive(Clone, Copy)]
pub struct Session {
    /// Who.
    pub person: PersonId,
    /// The session.
    pub hash: SecretHash,
}

/// A secret for one-time codes as a person takes it into an app. No `Debug`.
pub struct CodeSecret {
    /// In base32.
    pub secret: String,
    /// The same as an address that apps read.
    pub uri: String,
}

/// The ways in.
pub struct SignIn {
    store: Store,
    organisation: Arc<Organisation>,
    failures: Failures,
    hashing: Arc<Semaphore>,
    waiting: Semaphore,
    /// What an attempt under a name that is nobody's is compared with, so that it takes as long as any other.
    nobody: String,
}

impl SignIn {
    /// Over the gateway's store and directory.
    ///
    /// # Errors
    /// If the system has no randomness or memory.
    pub fn new(store: Store, organisation: Arc<Organisation>) -> Result<Self, SignInError> {
        let secret = Secret::random().map_err(|_| SignInError::Crypto)?;
        Ok(Self {
            store,
            organisation,
            failures: Failures::default(),
            hashing: Arc::new(Semaphore::new(HASHES_AT_ONCE)),
            waiting: Semaphore::new(WAITING),
            nobody: password::hash(secret.as_str())?,
        })
    }

    /// Signs a person in. A session that was presented ends: what was known before somebody signed in opens nothing after.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn by_password(
        &self,
        name: &str,
        password: &str,
        code: Option<&str>,
        presented: Option<SecretHash>,
    ) -> Result<(Secret, PersonId), SignInError> {
        let name = name.trim().to_ascii_lowercase();
        if let Some(seconds) = self.failures.wait(&name, Instant::now()) {
            return Err(SignInError::Wait(seconds));
        }
        self.failures.attempt(&name, Instant::now());
        let account = self.store.account_by_login(&name).await?;
        let account = account.filter(|account| self.organisation.read().may_sign_in(account.person, today()));
        let kept = account.as_ref().map_or(&self.nobody, |account| &account.password).clone();
        let right = self.verify(password, kept).await?;
        let Some(account) = account.filter(|_| right) else { return self.refuse(&name).await };
        let step = match self.step(&account, code) {
            Ok(step) => step,
            Err(SignInError::CodeNeeded) => {
                self.failures.take_back(&name);
                return Err(SignInError::CodeNeeded);
            }
            Err(_) => return self.refuse(&name).await,
        };
        let secret = Secret::random().map_err(|_| SignInError::Crypto)?;
        let act = act(Some(account.person), ActContent::SignedIn);
        let opened =
            self.store.open_session(account.person, (secret.hash(), presented), step, seconds(), act).await?;
        if !opened {
            return self.refuse(&name).await;
        }
        self.failures.succeeded(&name);
        Ok((secret, account.person))
    }

    /// Whose session this is, if it lives.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn session(&self, presented: &str) -> Result<Option<Session>, StoreError> {
        let hash = SecretHash::of(presented);
        let person = self.store.use_session(hash, seconds()).await?;
        let person = person.filter(|person| self.organisation.read().may_sign_in(*person, today()));
        Ok(person.map(|person| Session { person, hash }))
    }

    /// Ends a session, or all of its person.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sign_out(&self, session: Session, everywhere: bool) -> Result<(), StoreError> {
        let act = act(Some(session.person), ActContent::SignedOut { everywhere });
        if everywhere {
            self.store.close_sessions(session.person, act).await
        } else {
            self.store.close_session(session.hash, act).await
        }
    }

    /// Makes a link by which a person sets name and password. Earlier ones end.
    ///
    /// # Errors
    /// If the actor may not, or the database fails.
    pub async fn make_link(&self, actor: Actor, person: PersonId) -> Result<Secret, SignInError> {
        self.organisation.read().authorize_account(actor, person, today())?;
        let secret = Secret::random().map_err(|_| SignInError::Crypto)?;
        let by = match actor {
            Actor::Operator => None,
            Actor::Person(by) => Some(by),
        };
        let act = act(by, ActContent::AccountLinkMade { person });
        self.store.put_account_link(person, secret.hash(), seconds(), act).await?;
        Ok(secret)
    }

    /// Sets name and password by a link, which is then used up.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn activate(&self, link: &str, name: &str, password: &str) -> Result<(), SignInError> {
        let link = SecretHash::of(link);
        // Before the work of a hash is done for it.
        self.store.find_account_link(link, seconds()).await?.ok_or(SignInError::NoLink)?;
        let name = login(name)?;
        check_password(password, &name)?;
        let kept = self.hash(password).await?;
        let act = |person| act(Some(person), ActContent::AccountActivated);
        match self.store.activate(link, &name, &kept, seconds(), act).await? {
            Activated::Done(_) => {
                self.failures.succeeded(&name);
                Ok(())
            }
            Activated::NoLink => Err(SignInError::NoLink),
            Activated::LoginTaken => Err(SignInError::LoginTaken),
        }
    }

    /// Sets another password; the other sessions of the person end.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn change_password(&self, session: Session, old: &str, new: &str) -> Result<(), SignInError> {
        let account = self.own_account(session, old).await?;
        check_password(new, &account.login)?;
        let kept = self.hash(new).await?;
        let act = act(Some(session.person), ActContent::PasswordChanged);
        Ok(self.store.set_password(session.person, &kept, session.hash, act).await?)
    }

    /// A secret for one-time codes. It counts once [`SignIn::set_codes`] has seen a code made with it.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn new_codes(&self, session: Session) -> Result<CodeSecret, SignInError> {
        let account = self.store.account(session.person).await?.ok_or(SignInError::Wrong)?;
        let mut bytes = [0; totp::SECRET];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| SignInError::Crypto)?;
        let secret = totp::base32(&bytes);
        let uri = format!("otpauth://totp/Giaoban:{}?secret={secret}&issuer=Giaoban", account.login);
        Ok(CodeSecret { secret, uri })
    }

    /// Asks for one-time codes from now on; the other sessions of the person end.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn set_codes(
        &self,
        session: Session,
        password: &str,
        secret: &str,
        code: &str,
    ) -> Result<(), SignInError> {
        self.own_account(session, password).await?;
        let secret = totp::from_base32(secret).filter(|secret| secret.len() == totp::SECRET);
        let secret = secret.ok_or(SignInError::Wrong)?;
        let step = totp::matching_step(&secret, code, seconds(), 0).ok_or(SignInError::Wrong)?;
        let act = act(Some(session.person), ActContent::SecondFactorSet);
        Ok(self.store.set_totp(session.person, (&secret, step), session.hash, act).await?)
    }

    /// While nobody who administers the whole organisation can sign in: the secret of a link by which one can.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn first_administrator(&self) -> Result<Option<Secret>, SignInError> {
        if heads(&self.organisation.read()).is_empty() {
            self.enter_first().await?;
        }
        let heads = heads(&self.organisation.read());
        for head in &heads {
            if self.store.account(*head).await?.is_some() {
                return Ok(None);
            }
        }
        match heads.first() {
            Some(head) => self.make_link(Actor::Operator, *head).await.map(Some),
            None => Ok(None),
        }
    }

    async fn enter_first(&self) -> Result<(), SignInError> {
        let empty = Text::or_empty("")?;
        let details = Details {
            name: Text::new(FIRST_NAME)?,
            rank: empty.clone(),
            duty: empty,
            clearance: Clearance::TopSecret,
            mail: None,
        };
        let code = Code::new(FIRST_CODE)?;
        let create = Command::CreatePerson { code: code.clone(), details, unit: None, from: today() };
        match self.organisation.run(Actor::Operator, create, None).await {
            Ok(_) | Err(ChangeError::Refused(Refusal::CodeTaken)) => {}
            Err(error) => return Err(error.into()),
        }
        let person = self.organisation.read().person_by_code(&code).map(|person| person.id);
        let person = person.ok_or(SignInError::Refused(Refusal::NoSuchPerson))?;
        self.organisation.run(Actor::Operator, Command::Appoint { person, unit: None }, None).await?;
        Ok(())
    }

    /// The account of a session, if its password is given too.
    async fn own_account(&self, session: Session, password: &str) -> Result<Account, SignInError> {
        let account = self.store.account(session.person).await?.ok_or(SignInError::Wrong)?;
        if let Some(seconds) = self.failures.wait(&account.login, Instant::now()) {
            return Err(SignInError::Wait(seconds));
        }
        self.failures.attempt(&account.login, Instant::now());
        if !self.verify(password, account.password.clone()).await? {
            return self.refuse(&account.login).await;
        }
        self.failures.succeeded(&account.login);
        Ok(account)
    }

    /// The time step of a code; none where no code is asked for.
    fn step(&self, account: &Account, code: Option<&str>) -> Result<Option<i64>, SignInError> {
        let Some(secret) = &account.totp else { return Ok(None) };
        let code = code.ok_or(SignInError::CodeNeeded)?;
        let step = totp::matching_step(secret, code.trim(), seconds(), account.totp_step);
        step.map(Some).ok_or(SignInError::Wrong)
    }

    async fn refuse<T>(&self, login: &str) -> Result<T, SignInError> {
        let person = self.store.account_by_login(login).await?.map(|account| account.person);
        self.store.note(&[act(None, ActContent::SignInRefused { person })]).await?;
        Err(SignInError::Wrong)
    }

    async fn verify(&self, password: &str, kept: String) -> Result<bool, SignInError> {
        let password = password.to_owned();
        self.hashing(move || Ok(password::verify(&password, &kept))).await
    }

    async fn hash(&self, password: &str) -> Result<String, SignInError> {
        let password = password.to_owned();
        self.hashing(move || password::hash(&password)).await
    }

    /// Does the work of a hash aside from the tasks that serve everybody.
    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, SignInError> + Send + 'static,
    ) -> Result<T, SignInError> {
        let _waiting = self.waiting.try_acquire().map_err(|_| SignInError::Busy)?;
        let permit = Arc::clone(&self.hashing).acquire_owned().await.map_err(|_| SignInError::Busy)?;
        let work = move || {
            let result = work();
            drop(permit);
            result
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| SignInError::Crypto)?
    }
}

impl From<ChangeError> for SignInError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Refused(refusal) => Self::Refused(refusal),
            ChangeError::Store(error) => Self::Store(error),
            ChangeError::Outdated => Self::Refused(Refusal::NothingToChange),
        }
    }
}

/// Who administers the whole organisation.
fn heads(directory: &Directory) -> Vec<PersonId> {
    let living = directory.appointments().filter(|held| held.unit.is_none() && held.ended.is_none());
    living.map(|held| held.person).collect()
}

fn act(actor: Option<PersonId>, content: ActContent) -> NewAct {
    NewAct { at: milliseconds(SystemTime::now()), actor, unit: None, content: content.into() }
}

/// Now, in seconds since 1970.
fn seconds() -> i64 {
    milliseconds(SystemTime::now()) / 1000
}
