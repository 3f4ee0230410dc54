//! See the package's description in Cargo.toml.

pub mod peer;
pub mod programme;
pub mod relay;
pub mod tally;
