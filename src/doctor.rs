//! `giaoban doctor`: looks at what a gateway needs of its machine. It changes nothing, and calls nothing outside of it.

mod certificate;
mod clock;
mod database;
mod disk;
mod files;
mod finding;
mod ports;
mod udp;

pub use files::OTHER_FILES;
pub use finding::{Check, Finding, Level, Said};

use std::path::Path;
use std::time::SystemTime;

use tokio::net::UnixStream;

use crate::config::Config;
use crate::control;
use crate::tls;

/// Looks at everything, in the order in which a gateway needs it.
pub async fn examine(config: &Config) -> Vec<Finding> {
    let data = config.data_directory();
    let running = runs(&data).await;
    let names = tls::names(config.https.host.as_deref());
    let mut findings = disk::examine(&data);
    findings.extend(ports::examine(config, &data, running).await);
    findings.extend(certificate::examine(&data, &names, running, SystemTime::now()));
    findings.push(clock::examine().await);
    findings.extend(udp::examine());
    findings.push(files::examine(config.limits.connections));
    findings.extend(database::examine(config, &data).await);
    findings
}

/// Whether a gateway answers on the data directory.
async fn runs(data: &Path) -> bool {
    UnixStream::connect(data.join(control::SOCKET)).await.is_ok()
}

#[cfg(test)]
mod tests;
