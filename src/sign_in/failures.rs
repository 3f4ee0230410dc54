//! Failed attempts to sign in, by name. A name that is nobody's is counted like any other, so that its waits tell nothing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use giaoban_directory::sign_in::{LONGEST_WAIT, wait_after};

use crate::secret::SecretHash;

/// Names remembered at once. When more come, those who need not wait any more are forgotten first, then the oldest. At the rate at
/// which one address may fail it takes longer to push a name out than to wait for it.
const REMEMBERED: usize = 10_000;

#[derive(Clone, Copy)]
struct Failed {
    times: u32,
    last: Instant,
    /// The one before the last.
    before: Instant,
}

impl Failed {
    fn over(self) -> Instant {
        self.last + Duration::from_secs(wait_after(self.times))
    }
}

/// The failures since the last success of each name, kept by the name's hash.
#[derive(Default)]
pub struct Failures(Mutex<HashMap<SecretHash, Failed>>);

impl Failures {
    /// How long a name still has to wait, in whole seconds.
    pub fn wait(&self, login: &str, now: Instant) -> Option<u64> {
        let failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let over = failures.get(&SecretHash::of(login))?.over();
        let wait = over.saturating_duration_since(now);
        (!wait.is_zero()).then(|| wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }

    /// Counts an attempt before it is judged, so that many at once are not judged for the price of one. A success takes it back.
    pub fn attempt(&self, login: &str, now: Instant) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= REMEMBERED {
            failures.retain(|_, failed| now.saturating_duration_since(failed.last).as_secs() < LONGEST_WAIT);
        }
        if failures.len() >= REMEMBERED {
            let oldest = failures.iter().min_by_key(|(_, failed)| failed.last).map(|(login, _)| *login);
            oldest.map(|oldest| failures.remove(&oldest));
        }
        let failed =
            failures.entry(SecretHash::of(login)).or_insert(Failed { times: 0, last: now, before: now });
        *failed = Failed { times: failed.times.saturating_add(1), last: now, before: failed.last };
    }

    /// Takes back the last attempt alone: nothing was guessed wrongly. What failed before still counts, or whoever knows
    /// a password could guess one-time codes without end by asking for one in between.
    pub fn take_back(&self, login: &str) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(failed) = failures.get_mut(&SecretHash::of(login)) else { return };
        *failed =
            Failed { times: failed.times.saturating_sub(1), last: failed.before, before: failed.before };
    }

    /// Forgets the failures of a name.
    pub fn succeeded(&self, login: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&SecretHash::of(login));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_failure_costs_a_wait_that_is_named() {
        let (failures, now) = (Failures::default(), Instant::now());
        for _ in 0..4 {
            failures.attempt("a", now);
            assert_eq!(failures.wait("a", now), None);
        }
        failures.attempt("a", now);
        assert_eq!(failures.wait("a", now), Some(30));
        assert_eq!(failures.wait("a", now + Duration::from_millis(29_500)), Some(1));
        assert_eq!(failures.wait("a", now + Duration::from_secs(30)), None);
        assert_eq!(failures.wait("b", now), None);
        failures.succeeded("a");
        assert_eq!(failures.wait("a", now), None);
    }

    #[test]
    fn an_attempt_taken_back_leaves_those_before_it() {
        let (failures, now) = (Failures::default(), Instant::now());
        for second in 0..4 {
            failures.attempt("a", now + Duration::from_secs(second));
        }
        failures.attempt("a", now + Duration::from_secs(4));
        failures.take_back("a");
        let later = now + Duration::from_secs(5);
        assert_eq!(failures.wait("a", later), None);
        failures.attempt("a", later);
        assert_eq!(failures.wait("a", later), Some(30));
        // Whoever has waited may be asked for his code, and give it at once.
        let over = later + Duration::from_secs(30);
        failures.attempt("a", over);
        failures.take_back("a");
        assert_eq!(failures.wait("a", over), None);
    }

    #[test]
    fn names_are_remembered_in_bounded_number() {
        let (failures, now) = (Failures::default(), Instant::now());
        for name in 0..REMEMBERED + 10 {
            failures.attempt(&name.to_string(), now);
        }
        assert!(failures.0.lock().unwrap().len() <= REMEMBERED);
    }
}
