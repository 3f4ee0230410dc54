//! See the package's description in Cargo.toml.

mod arrivals;
pub mod crowd;
pub mod gateway;
pub mod handover;
pub mod janus;
pub mod keys;
pub mod listener;
pub mod micro;
pub mod peer;
pub mod programme;
pub mod relay;
pub mod scenario;
pub mod server;
pub mod sites;
pub mod table;
pub mod tally;
pub mod wire;
