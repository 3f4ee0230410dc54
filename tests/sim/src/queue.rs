//! What is to happen, in the order of its time and, at one time, of its insertion.

use std::collections::BTreeMap;
use std::time::Duration;

/// Events of virtual time.
pub struct Queue<E> {
    events: BTreeMap<(Duration, u64), E>,
    inserted: u64,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Self { events: BTreeMap::new(), inserted: 0 }
    }
}

impl<E> Queue<E> {
    /// Adds an event.
    pub fn push(&mut self, at: Duration, event: E) {
        self.events.insert((at, self.inserted), event);
        self.inserted += 1;
    }

    /// When the next event is due.
    #[must_use]
    pub fn next(&self) -> Option<Duration> {
        self.events.first_key_value().map(|(&(at, _), _)| at)
    }

    /// Takes the next event if it is due.
    pub fn pop_due(&mut self, now: Duration) -> Option<E> {
        self.events.first_entry().filter(|entry| entry.key().0 <= now).map(|entry| entry.remove())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_one_time_come_in_the_order_of_their_insertion() {
        let mut queue = Queue::default();
        for (at, event) in [(2, 'c'), (1, 'a'), (2, 'd'), (1, 'b')] {
            queue.push(Duration::from_millis(at), event);
        }
        assert_eq!(queue.pop_due(Duration::ZERO), None);
        let order: Vec<char> = std::iter::from_fn(|| queue.pop_due(Duration::from_millis(2))).collect();
        assert_eq!(order, ['a', 'b', 'c', 'd']);
    }
}
