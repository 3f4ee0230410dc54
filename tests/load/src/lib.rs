//! See the package's description in Cargo.toml.

pub mod relay;
