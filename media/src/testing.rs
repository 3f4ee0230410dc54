//! What the tests of this crate share.

use std::time::Instant;

/// A point in time to count from: an [`Instant`] cannot be made from nothing.
#[expect(clippy::disallowed_methods, reason = "the one origin of time in tests; they only add to it")]
pub fn start() -> Instant {
    Instant::now()
}
