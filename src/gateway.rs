//! Puts the parts together, in the order in which they need each other, and takes them apart.

mod media;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use giaoban_calendar::RoomId;
use giaoban_signaling::conference::Setup;
use prometheus_client::registry::Registry as MetricsRegistry;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use self::media::Shards;
use crate::actor::{self, ConferenceHandle};
use crate::addresses;
use crate::conferences::{Conferences, Order};
use crate::config::{Config, ConfigError};
use crate::control::Control;
use crate::data::{DataDirectory, DataError};
use crate::doctor::OTHER_FILES;
use crate::doorkeeper;
use crate::http::{self, ListenError, Listener};
use crate::limits::Attempts;
use crate::line_tests::LineTests;
use crate::links::{self, LinkError, Links, NewLink};
use crate::metrics::Metrics;
use crate::organisation::Organisation;
use crate::registry::Registry;
use crate::schedule::Schedule;
use crate::secret::Secret;
use crate::services::Services;
use crate::shard_worker;
use crate::shutdown::{ShutdownOrder, shutdown};
use crate::sign_in::{SignIn, SignInError};
use crate::store::{Store, StoreError};
use crate::tickets::Tickets;
use crate::tls::{Authority, ServerCertificate, TlsError, server_config};

/// How often the machine's addresses are compared with those in the certificate.
const CERTIFICATE_CHECK: Duration = Duration::from_secs(60);

/// How long connections are given to take the news that the gateway goes down.
const GOING_DOWN: Duration = Duration::from_secs(3);

/// Why the gateway cannot start, or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data directory.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Keys and certificates.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// An address.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The first links.
    #[error(transparent)]
    Links(#[from] LinkError),
    /// The first administrator.
    #[error("cannot make the first administrator: {0}")]
    SignIn(#[from] SignInError),
    /// Anything else the system refused.
    #[error("cannot start {what}: {source}; look at the limits of this account and machine")]
    System {
        /// What.
        what: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// A bug of ours.
    #[error(
        "a shard or a conference ended unexpectedly; start the gateway again, and report this with the log"
    )]
    Died,
}

/// A gateway that serves.
pub struct Gateway {
    services: Arc<Services>,
    order: ShutdownOrder,
    permits: Arc<Semaphore>,
    connections: u32,
    /// Conferences and their writers. Each ends when its room is closed or the gateway goes down.
    conferences: JoinSet<()>,
    /// None ends before the gateway lets go of them.
    shard_threads: JoinSet<()>,
    /// Rooms that are to be opened while the gateway runs.
    orders: mpsc::Receiver<Order>,
    /// Listeners and what else ends at shutdown.
    tasks: JoinSet<()>,
    https: Vec<SocketAddr>,
    private: SocketAddr,
    shards: Shards,
    data: PathBuf,
    base: String,
    first_links: Vec<NewLink>,
    first_administrator: Option<Secret>,
}

impl Gateway {
    /// Starts everything. When it returns, all listeners are bound and the rooms are as they were stored.
    ///
    /// # Errors
    /// The first thing that failed; nothing is left running.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        config.validate()?;
        allow_files(config.limits.connections);
        let data = Arc::new(DataDirectory::open(config.data_directory())?);
        let authority = Authority::open(&data)?;
        let certificate = Arc::new(ServerCertificate::open(&data, &authority, config.https.host.clone())?);
        let acceptor = TlsAcceptor::from(Arc::new(server_config(Arc::clone(&certificate) as Arc<_>)?));
        let listeners = Listeners::bind(&config)?;

        let store = Store::at(config.database.url.as_ref(), data.path()).await?;
        let listen = listeners.https_addresses.first();
        let host =
            links::host(config.https.host.as_deref(), listen.map(SocketAddr::ip), addresses::preferred());
        let port = listen.map_or(0, SocketAddr::port);
        let links = Links::new(store.clone(), &host, port);
        let first_links = links.first().await?;

        let metrics = Arc::new(Metrics::default());
        let mut metrics_registry = MetricsRegistry::with_prefix("giaoban");
        metrics.register(&mut metrics_registry);
        let (order, down) = shutdown();
        store.forget_unanswered().await?;
        let organisation = Organisation::open(store.clone()).await?;
        let sign_in = SignIn::new(store.clone(), Arc::clone(&organisation))?;
        let first_administrator = sign_in.first_administrator().await?;
        let registry = Arc::new(Registry::default());
        let tickets = Arc::new(Tickets::default());
        let (conferences, orders) = Conferences::new(
            Arc::clone(&registry),
            Arc::clone(&tickets),
            store.clone(),
            config.limits.room_members,
        );
        let schedule = Schedule::open(store.clone(), Arc::clone(&organisation), conferences).await?;
        let services = Arc::new(Services {
            organisation,
            schedule,
            links: links.clone(),
            sign_in,
            store,
            registry,
            tickets,
            line_tests: LineTests::default(),
            attempts: Attempts::default(),
            metrics,
            metrics_registry,
            authority: authority.certificate().to_owned(),
            shutdown: down,
            connections: AtomicU64::new(0),
        });
        let (mut conferences, mut shard_threads) = (JoinSet::new(), JoinSet::new());
        let shards = start_shards(&config, &services, &mut shard_threads)?;
        start_conferences(&shards, &services, &mut conferences).await?;
        let control = Control::bind(data.path(), links.clone(), Arc::clone(&services))
            .map_err(|source| StartError::System { what: "the control socket", source })?;
        let mut gateway = Self {
            permits: Arc::new(Semaphore::new(
                usize::try_from(config.limits.connections).unwrap_or(usize::MAX),
            )),
            connections: config.limits.connections,
            conferences,
            shard_threads,
            orders,
            tasks: JoinSet::new(),
            https: listeners.https_addresses.clone(),
            private: listeners.private_address,
            shards,
            data: data.path().to_owned(),
            base: links.base().to_owned(),
            first_links,
            first_administrator,
            order,
            services,
        };
        listeners.serve(&mut gateway, &acceptor);
        gateway.tasks.spawn(control.serve());
        let schedule = Arc::clone(&gateway.services.schedule);
        gateway.tasks.spawn(doorkeeper::watch(schedule, gateway.services.shutdown.clone()));
        let down = gateway.services.shutdown.clone();
        gateway.tasks.spawn(keep_certificate(certificate, data, authority, down));
        Ok(gateway)
    }

    /// Where browsers reach it.
    #[must_use]
    pub fn https_addresses(&self) -> &[SocketAddr] {
        &self.https
    }

    /// Where metrics and health are.
    #[must_use]
    pub fn private_address(&self) -> SocketAddr {
        self.private
    }

    /// Where media is taken, over all shards: the ICE candidates.
    #[must_use]
    pub fn media_addresses(&self) -> &[SocketAddr] {
        &self.shards.candidates
    }

    /// The data directory.
    #[must_use]
    pub fn data_directory(&self) -> &Path {
        &self.data
    }

    /// What links begin with.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// The links made by this start, if it was the first on its data directory.
    #[must_use]
    pub fn first_links(&self) -> &[NewLink] {
        &self.first_links
    }

    /// The secret by which the first administrator sets name and password, while nobody did.
    #[must_use]
    pub fn first_administrator(&self) -> Option<&str> {
        self.first_administrator.as_ref().map(Secret::as_str)
    }

    /// Serves until `shutdown` is done, then goes down in bounded time.
    ///
    /// # Errors
    /// If a shard or a conference died.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) -> Result<(), StartError> {
        let mut shutdown = std::pin::pin!(shutdown);
        let result = loop {
            tokio::select! {
                () = &mut shutdown => break Ok(()),
                Some(_) = self.shard_threads.join_next() => break Err(StartError::Died),
                // One whose room was closed ends in peace.
                Some(Err(_)) = self.conferences.join_next() => break Err(StartError::Died),
                Some(Order { setup, reply }) = self.orders.recv() => {
                    match start_conference(setup, &self.shards, &self.services, &mut self.conferences) {
                        // Whoever asked may have gone.
                        Some(handle) => drop(reply.send(handle)),
                        None => break Err(StartError::Died),
                    }
                }
            }
        };
        self.stop().await;
        result
    }

    /// Tells every client, waits for them in bounded time, and writes what is in memory.
    async fn stop(mut self) {
        tracing::info!("going down");
        self.order.give();
        let all_gone = async {
            let _ = Arc::clone(&self.permits).acquire_many_owned(self.connections).await;
            self.services.registry.clear();
            self.shards.release();
            while self.conferences.join_next().await.is_some() {}
            while self.shard_threads.join_next().await.is_some() {}
            while self.tasks.join_next().await.is_some() {}
        };
        if tokio::time::timeout(GOING_DOWN, all_gone).await.is_err() {
            tracing::warn!("some connections did not close in time");
        }
        self.services.store.close().await;
    }
}

/// The TCP listeners.
struct Listeners {
    https: Vec<Listener>,
    https_addresses: Vec<SocketAddr>,
    private: Listener,
    private_address: SocketAddr,
}

impl Listeners {
    fn bind(config: &Config) -> Result<Self, StartError> {
        let address = |listener: &Listener| {
            listener.address().map_err(|source| StartError::System { what: "a listener", source })
        };
        let bound = config.https.listen.iter().map(|address| Listener::bind(*address, "--listen"));
        let https = bound.collect::<Result<Vec<_>, _>>()?;
        let https_addresses = https.iter().map(address).collect::<Result<_, _>>()?;
        let private = Listener::bind(config.private.listen, "--private-listen")?;
        let private_address = address(&private)?;
        Ok(Self { https, https_addresses, private, private_address })
    }

    fn serve(self, gateway: &mut Gateway, acceptor: &TlsAcceptor) {
        let services = &gateway.services;
        let routes = http::routes(Arc::clone(services));
        for listener in self.https {
            gateway.tasks.spawn(listener.serve_tls(
                acceptor.clone(),
                routes.clone(),
                Arc::clone(&gateway.permits),
                Arc::clone(&services.metrics),
                services.shutdown.clone(),
            ));
        }
        let routes = http::private_routes(Arc::clone(services));
        gateway.tasks.spawn(self.private.serve_plain(routes, services.shutdown.clone()));
    }
}

/// Starts the shards, and the way of their events.
fn start_shards(
    config: &Config,
    services: &Arc<Services>,
    tasks: &mut JoinSet<()>,
) -> Result<Shards, StartError> {
    let (events, reports) = mpsc::channel(shard_worker::EVENTS);
    let shards = media::start(config, &services.metrics, &events, tasks)?;
    // The shards hold the only senders: when the last is gone, so are they.
    drop(events);
    tokio::spawn(media::dispatch(reports, Arc::clone(services)));
    Ok(shards)
}

/// Starts every room that is open, as it was stored.
async fn start_conferences(
    shards: &Shards,
    services: &Arc<Services>,
    tasks: &mut JoinSet<()>,
) -> Result<(), StartError> {
    let conferences = services.schedule.conferences();
    for stored in services.store.rooms().await?.into_iter().filter(|room| !room.closed) {
        let id = stored.conference;
        let room = services.schedule.read().room(RoomId(id.0)).cloned().ok_or(StartError::Died)?;
        let setup = conferences.setup(stored, &room);
        let handle = start_conference(setup, shards, services, tasks).ok_or(StartError::Died)?;
        services.registry.insert(id, handle);
        services.schedule.set_door(room.id).await;
    }
    Ok(())
}

fn start_conference(
    setup: Setup,
    shards: &Shards,
    services: &Services,
    tasks: &mut JoinSet<()>,
) -> Option<ConferenceHandle> {
    let surroundings = actor::Surroundings {
        shard: shards.for_conference(setup.conference)?,
        store: services.store.clone(),
        tickets: Arc::clone(&services.tickets),
        metrics: Arc::clone(&services.metrics),
    };
    Some(actor::start(setup, surroundings, tasks))
}

/// Takes as many open files as the system allows: each connection is one.
fn allow_files(connections: u32) {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(allowed) if allowed < u64::from(connections) + OTHER_FILES => {
            tracing::warn!(
                allowed,
                "the system allows fewer open files than limits.connections: raise its limit"
            );
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "cannot raise the limit of open files"),
    }
}

async fn keep_certificate(
    certificate: Arc<ServerCertificate>,
    data: Arc<DataDirectory>,
    authority: Authority,
    shutdown: crate::shutdown::Shutdown,
) {
    let mut checks = tokio::time::interval(CERTIFICATE_CHECK);
    loop {
        tokio::select! {
            () = shutdown.wait() => return,
            _ = checks.tick() => match certificate.refresh(&data, &authority) {
                Ok(true) => tracing::info!("the machine's addresses changed: new server certificate"),
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "cannot renew the server certificate"),
            },
        }
    }
}

#[cfg(test)]
mod tests;
