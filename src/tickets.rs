//! Tickets: what a link's secret buys, good for one WebSocket within half a minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::error::Unspecified;
use giaoban_media_types::MemberId;

use crate::registry::SeatRef;
use crate::secret::{Secret, SecretHash};

/// How long a ticket lives.
const LIFETIME: Duration = Duration::from_secs(30);

/// Unused tickets of one seat at once; a further one takes the place of the oldest.
const PER_SEAT: usize = 4;

/// The tickets that are out. In memory only: a restart ends them. Bounded by the number of seats.
#[derive(Default)]
pub struct Tickets {
    out: Mutex<HashMap<SecretHash, Ticket>>,
}

#[derive(Clone, Copy)]
struct Ticket {
    seat: SeatRef,
    expires: Instant,
}

impl Tickets {
    /// A new ticket for a seat.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn issue(&self, now: Instant, seat: SeatRef) -> Result<Secret, Unspecified> {
        let ticket = Secret::random()?;
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        out.retain(|_, ticket| ticket.expires > now);
        let mine = || out.iter().filter(|(_, ticket)| ticket.seat == seat);
        if mine().count() >= PER_SEAT {
            let oldest = mine().min_by_key(|(_, ticket)| ticket.expires).map(|(hash, _)| *hash);
            oldest.map(|hash| out.remove(&hash));
        }
        out.insert(ticket.hash(), Ticket { seat, expires: now + LIFETIME });
        Ok(ticket)
    }

    /// Takes a ticket: the seat it opens, once.
    pub fn redeem(&self, now: Instant, ticket: SecretHash) -> Option<SeatRef> {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        out.remove(&ticket).filter(|ticket| ticket.expires > now).map(|ticket| ticket.seat)
    }

    /// Ends all tickets of a seat.
    pub fn forget(&self, member: MemberId) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        out.retain(|_, ticket| ticket.seat.member != member);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use giaoban_media_types::ConferenceId;

    fn seat(member: u32) -> SeatRef {
        SeatRef { conference: ConferenceId(1), member: MemberId(member) }
    }

    #[test]
    fn a_ticket_opens_its_seat_once() {
        let (tickets, now) = (Tickets::default(), Instant::now());
        let ticket = tickets.issue(now, seat(7)).unwrap();
        assert_eq!(tickets.redeem(now, ticket.hash()), Some(seat(7)));
        assert_eq!(tickets.redeem(now, ticket.hash()), None);
    }

    #[test]
    fn a_ticket_dies_after_half_a_minute() {
        let (tickets, now) = (Tickets::default(), Instant::now());
        let [in_time, late] = [(); 2].map(|()| tickets.issue(now, seat(7)).unwrap());
        assert_eq!(tickets.redeem(now + Duration::from_millis(29_999), in_time.hash()), Some(seat(7)));
        assert_eq!(tickets.redeem(now + Duration::from_secs(30), late.hash()), None);
    }

    #[test]
    fn forgetting_a_seat_ends_its_tickets_and_no_others() {
        let (tickets, now) = (Tickets::default(), Instant::now());
        let (gone, kept) = (tickets.issue(now, seat(1)).unwrap(), tickets.issue(now, seat(2)).unwrap());
        tickets.forget(MemberId(1));
        assert_eq!(tickets.redeem(now, gone.hash()), None);
        assert_eq!(tickets.redeem(now, kept.hash()), Some(seat(2)));
    }

    #[test]
    fn a_seat_holds_a_bounded_number_of_tickets() {
        let (tickets, now) = (Tickets::default(), Instant::now());
        let at = |n: u64| now + Duration::from_millis(n);
        let all: Vec<Secret> = (0..6).map(|n| tickets.issue(at(n), seat(1)).unwrap()).collect();
        let good = all.iter().filter(|ticket| tickets.redeem(at(6), ticket.hash()).is_some()).count();
        assert_eq!(good, PER_SEAT);
    }
}
