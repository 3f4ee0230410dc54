//! One direction of a member's way to the gateway.

use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

/// What a way does to datagrams. Chances are in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkConfig {
    /// Time on the way.
    pub delay: Duration,
    /// Up to so much is added to it; the order is kept.
    pub jitter: Duration,
    /// Datagrams that are lost.
    pub loss: u32,
    /// Datagrams that are overtaken by those of the next 30 ms.
    pub reorder: u32,
    /// Datagrams that come twice.
    pub duplicate: u32,
    /// The narrowest place, in bits per second, if there is one; before it 200 ms of datagrams wait, more are lost.
    pub rate: Option<u64>,
    /// Nothing passes.
    pub is_cut: bool,
}

/// A wire of 10 ms with nothing wrong.
pub const CLEAN: LinkConfig = LinkConfig {
    delay: Duration::from_millis(10),
    jitter: Duration::ZERO,
    loss: 0,
    reorder: 0,
    duplicate: 0,
    rate: None,
    is_cut: false,
};

/// Longest wait before the narrowest place.
const LONGEST_QUEUE: Duration = Duration::from_millis(200);
/// How late an overtaken datagram may be.
const REORDER_MICROS: u32 = 30_000;

/// The state of one direction.
#[derive(Debug, Clone)]
pub struct Link {
    /// What it does now.
    pub config: LinkConfig,
    free_at: Duration,
    last_arrival: Duration,
}

impl Link {
    /// A way on which nothing is under way.
    #[must_use]
    pub fn new(config: LinkConfig) -> Self {
        Self { config, free_at: Duration::ZERO, last_arrival: Duration::ZERO }
    }

    /// When a datagram sent now arrives: never, once or twice.
    pub fn send(&mut self, now: Duration, random: &mut ChaCha8Rng, bytes: usize) -> [Option<Duration>; 2] {
        let config = self.config;
        if config.is_cut || chance(random, config.loss) {
            return [None, None];
        }
        let mut leaves = now;
        if let Some(rate) = config.rate.filter(|&rate| rate > 0) {
            let starts = self.free_at.max(now);
            if starts - now > LONGEST_QUEUE {
                return [None, None];
            }
            leaves = starts + Duration::from_micros(bytes as u64 * 8_000_000 / rate);
            self.free_at = leaves;
        }
        let jitter = u32::try_from(config.jitter.as_micros()).unwrap_or(u32::MAX);
        let mut arrives = leaves + config.delay + below(random, jitter);
        if chance(random, config.reorder) {
            arrives += below(random, REORDER_MICROS);
        } else {
            arrives = arrives.max(self.last_arrival);
            self.last_arrival = arrives;
        }
        let again = chance(random, config.duplicate).then(|| arrives + below(random, 5_000));
        [Some(arrives), again]
    }
}

/// Draws once, unless there is no chance at all.
pub(crate) fn chance(random: &mut ChaCha8Rng, thousandths: u32) -> bool {
    thousandths > 0 && random.next_u32() % 1000 < thousandths
}

/// Up to so many microseconds.
pub(crate) fn below(random: &mut ChaCha8Rng, micros: u32) -> Duration {
    let micros = if micros == 0 { 0 } else { random.next_u32() % micros };
    Duration::from_micros(u64::from(micros))
}

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    fn arrivals(config: LinkConfig) -> Vec<Duration> {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut link = Link::new(config);
        let send = |place| link.send(Duration::from_millis(place), &mut random, 1000);
        (0..1000).flat_map(send).flatten().collect()
    }

    #[test]
    fn a_clean_way_only_takes_time() {
        let expected: Vec<_> = (0..1000).map(|place| Duration::from_millis(place + 10)).collect();
        assert_eq!(arrivals(CLEAN), expected);
    }

    #[test]
    fn loss_and_duplication_are_about_what_was_asked_for() {
        let lossy = arrivals(LinkConfig { loss: 100, ..CLEAN }).len();
        assert!((850..950).contains(&lossy), "{lossy} of 1000");
        let doubled = arrivals(LinkConfig { duplicate: 100, ..CLEAN }).len();
        assert!((1050..1150).contains(&doubled), "{doubled} of 1000");
    }

    #[test]
    fn jitter_keeps_the_order_and_reordering_does_not() {
        let jittery = LinkConfig { jitter: Duration::from_millis(20), ..CLEAN };
        assert!(arrivals(jittery).is_sorted());
        assert!(!arrivals(LinkConfig { reorder: 100, ..CLEAN }).is_sorted());
    }

    #[test]
    fn a_narrow_place_lets_its_rate_through_and_loses_the_rest() {
        let arrivals = arrivals(LinkConfig { rate: Some(4_000_000), ..CLEAN });
        assert!(
            (580..620).contains(&arrivals.len()),
            "{} of 1000 at half the rate and 200 ms",
            arrivals.len()
        );
        assert!(arrivals.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(2)));
    }

    #[test]
    fn nothing_passes_a_cut_way() {
        assert_eq!(arrivals(LinkConfig { is_cut: true, ..CLEAN }), []);
    }
}
