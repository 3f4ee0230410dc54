//! Rate limits: of attempts by link, of failures by address, of messages by connection.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A token bucket: `burst` at once, then `per_second`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Tokens of a full bucket.
    pub burst: u32,
    /// Tokens that come back.
    pub per_second: f64,
}

/// Lobby views and tickets of one link. A page takes two at its start and one for each new attempt to join.
const BY_LINK: Rate = Rate { burst: 20, per_second: 1.0 };

/// Line tests of one link. A page makes one by itself; a person may click a few more.
const LINE_TESTS: Rate = Rate { burst: 4, per_second: 0.05 };

/// Wrong secrets from one address. A whole province may sit behind it, so only failures count, and there is
/// room for a hundred pages whose links died and that ask again now and then.
const FAILURES: Rate = Rate { burst: 200, per_second: 10.0 };

/// Messages of one connection. A client sends 10 wishes, 10 acknowledgements and a few more in its worst second.
pub const MESSAGES: Rate = Rate { burst: 100, per_second: 50.0 };

/// Links or addresses remembered at once. When more come within the time a bucket takes to fill, all are
/// forgotten: a secret of 256 bits needs no limit to be safe, the limit only keeps the work of refusing small.
const REMEMBERED: usize = 10_000;

/// One bucket.
#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    /// A full one.
    #[must_use]
    pub fn new(rate: Rate, now: Instant) -> Self {
        Self { tokens: f64::from(rate.burst), at: now }
    }

    fn refill(&mut self, rate: Rate, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + passed * rate.per_second).min(f64::from(rate.burst));
        self.at = self.at.max(now);
    }

    /// Takes a token, if there is one.
    pub fn take(&mut self, rate: Rate, now: Instant) -> bool {
        self.refill(rate, now);
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}

/// Buckets by key; a key that is not remembered has a full one.
struct Limiter<K> {
    rate: Rate,
    buckets: Mutex<HashMap<K, Bucket>>,
}

impl<K: Eq + Hash> Limiter<K> {
    fn new(rate: Rate) -> Self {
        Self { rate, buckets: Mutex::new(HashMap::new()) }
    }

    fn take(&self, key: K, now: Instant) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= REMEMBERED {
            let full = Duration::from_secs_f64(f64::from(self.rate.burst) / self.rate.per_second);
            buckets.retain(|_, bucket| now.saturating_duration_since(bucket.at) < full);
            if buckets.len() >= REMEMBERED {
                buckets.clear();
            }
        }
        buckets.entry(key).or_insert_with(|| Bucket::new(self.rate, now)).take(self.rate, now)
    }

    fn is_empty(&self, key: &K, now: Instant) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.get_mut(key).is_some_and(|bucket| {
            bucket.refill(self.rate, now);
            bucket.tokens < 1.0
        })
    }
}

/// The limits on attempts.
pub struct Attempts {
    by_link: Limiter<u32>,
    line_tests: Limiter<u32>,
    failures: Limiter<IpAddr>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            by_link: Limiter::new(BY_LINK),
            line_tests: Limiter::new(LINE_TESTS),
            failures: Limiter::new(FAILURES),
        }
    }
}

impl Attempts {
    /// Counts an attempt with a good link; false if there were too many.
    pub fn link(&self, member: giaoban_media_types::MemberId, now: Instant) -> bool {
        self.by_link.take(member.0, now)
    }

    /// Counts a line test with a good link; false if there were too many.
    pub fn line_test(&self, member: giaoban_media_types::MemberId, now: Instant) -> bool {
        self.line_tests.take(member.0, now)
    }

    /// Whether an address has failed so often that it is refused unheard.
    pub fn is_refused(&self, from: IpAddr, now: Instant) -> bool {
        self.failures.is_empty(&network(from), now)
    }

    /// Counts a failure.
    pub fn failed(&self, from: IpAddr, now: Instant) {
        self.failures.take(network(from), now);
    }
}

/// An IPv4 address, or the /64 that one IPv6 host may choose from.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use giaoban_media_types::MemberId;

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let now = Instant::now();
        let mut bucket = Bucket::new(MESSAGES, now);
        assert_eq!((0..200).filter(|_| bucket.take(MESSAGES, now)).count(), 100);
        let later = now + Duration::from_secs(1);
        assert_eq!((0..200).filter(|_| bucket.take(MESSAGES, later)).count(), 50);
    }

    #[test]
    fn an_address_is_refused_after_its_failures_and_comes_back() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        let ip = "192.0.2.1".parse().unwrap();
        for _ in 0..FAILURES.burst {
            assert!(!attempts.is_refused(ip, now));
            attempts.failed(ip, now);
        }
        assert!(attempts.is_refused(ip, now));
        assert!(!attempts.is_refused("192.0.2.2".parse().unwrap(), now));
        assert!(!attempts.is_refused(ip, now + Duration::from_secs(1)));
    }

    #[test]
    fn one_host_cannot_hide_in_its_ipv6_prefix() {
        let one: IpAddr = "2001:db8::1".parse().unwrap();
        assert_eq!(network(one), network("2001:db8::ffff:1".parse().unwrap()));
        assert_ne!(network(one), network("2001:db8:0:1::1".parse().unwrap()));
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), "192.0.2.1".parse::<IpAddr>().unwrap());
    }

    #[test]
    fn links_do_not_share_their_limit() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        assert_eq!((0..100).filter(|_| attempts.link(MemberId(1), now)).count(), BY_LINK.burst as usize);
        assert!(attempts.link(MemberId(2), now));
    }

    #[test]
    fn a_limiter_remembers_a_bounded_number_of_keys() {
        let limiter = Limiter::new(FAILURES);
        let now = Instant::now();
        for key in 0..REMEMBERED as u32 * 2 {
            limiter.take(key, now);
        }
        assert!(limiter.buckets.lock().unwrap().len() <= REMEMBERED);
    }
}
