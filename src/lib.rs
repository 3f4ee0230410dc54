//! The gateway process: connects the two cores to sockets, TLS, HTTP, the database and the clock. See docs/architecture.md.

mod actor;
mod addresses;
pub mod cli;
mod conferences;
pub mod config;
mod connection;
mod control;
mod data;
mod doctor;
mod doorkeeper;
mod gateway;
mod http;
mod limits;
mod line_tests;
mod links;
mod metrics;
mod organisation;
mod registry;
mod schedule;
mod secret;
mod services;
mod shard_worker;
mod shutdown;
mod sign_in;
mod store;
#[cfg(test)]
mod testing;
mod tickets;
mod tls;

pub use config::Config;
pub use gateway::{Gateway, StartError};
pub use links::NewLink;

/// Serves until `shutdown` is done. `started` is told once everything listens.
///
/// # Errors
/// If the gateway cannot start, or a shard of it died.
pub async fn serve(
    config: Config,
    shutdown: impl Future<Output = ()>,
    started: impl FnOnce(&Gateway),
) -> Result<(), StartError> {
    let gateway = Gateway::start(config).await?;
    started(&gateway);
    gateway.run(shutdown).await
}
