//! See the package's description in Cargo.toml.

mod arrivals;
pub mod peer;
pub mod programme;
pub mod relay;
pub mod tally;
