//! Line tests under way: how many there may be, and whose answer is whose.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use giaoban_media_types::{
    Command, ConferenceId, Event, MemberId, Mid, Negotiation, NegotiationError, PeerId, Purpose, Section,
    SlotId, SourceKind,
};
use giaoban_signaling::wire::ErrorCode;
use tokio::sync::oneshot;

use crate::shard_worker::ShardHandle;

/// Tests at a time on this gateway: at most 6 Mbit/s each way and some 5 s each, so 100 Mbit/s, and three a second.
/// Whoever comes when it is full is told `overloaded`, and his page tries again.
const MOST: usize = 16;

/// Tests at a time of one seat: a page that was reloaded leaves one behind.
const PER_SEAT: usize = 2;

/// How long a shard may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// The conferences of tests are numbered from here; those of rooms by the database, from 1.
const FIRST_CONFERENCE: u32 = 1 << 31;

type Answer = Result<String, NegotiationError>;

/// The two sections of a test's offer.
pub struct Offer {
    /// The offer's text; no `Debug`.
    pub sdp: String,
    /// Where the page sends a picture.
    pub sending: String,
    /// Where it receives padding.
    pub receiving: String,
}

struct Running {
    member: MemberId,
    answer: Option<oneshot::Sender<Answer>>,
}

#[derive(Default)]
struct State {
    numbered: u32,
    running: HashMap<ConferenceId, Running>,
}

/// See the module. A test is entered here before its shard hears of it, and leaves when the shard says that it is over.
#[derive(Default)]
pub struct LineTests(Mutex<State>);

impl LineTests {
    /// Has a shard answer the offer of a seat's test.
    ///
    /// # Errors
    /// The code to tell the page.
    pub async fn begin(
        &self,
        shard: &ShardHandle,
        member: MemberId,
        offer: Offer,
    ) -> Result<String, ErrorCode> {
        let section = |mid: &str, purpose| Ok(Section { mid: Mid::new(mid)?, purpose });
        let sections = [
            section(&offer.sending, Purpose::Source(SourceKind::Camera)),
            section(&offer.receiving, Purpose::Slot(SlotId::STAGE_VIDEO)),
        ];
        let sections = sections.into_iter().collect::<Result<Vec<_>, giaoban_media_types::MidError>>();
        let sections = sections.map_err(|_| ErrorCode::BadOffer)?;
        let (conference, answer) = self.enter(member).ok_or(ErrorCode::Overloaded)?;
        let negotiation = Negotiation { conference, member, peer: PeerId(0), sdp: offer.sdp, sections };
        shard.send(Command::TestLine(Box::new(negotiation))).await;
        match tokio::time::timeout(ANSWER_TIMEOUT, answer).await {
            Ok(Ok(Ok(sdp))) => Ok(sdp),
            Ok(Ok(Err(NegotiationError::Full))) => Err(ErrorCode::Overloaded),
            Ok(Ok(Err(NegotiationError::NoCommonCodec))) => Err(ErrorCode::NoCommonCodec),
            Ok(Ok(Err(NegotiationError::Internal)) | Err(_)) => Err(ErrorCode::Internal),
            Ok(Ok(Err(_))) => Err(ErrorCode::BadOffer),
            Err(_) => Err(ErrorCode::Overloaded),
        }
    }

    /// Keeps the events of tests from the conferences.
    pub fn take(&self, event: Event) -> Option<Event> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Answered { conference, sdp, .. } if is_test(conference) => {
                let answer = state.running.get_mut(&conference).and_then(|running| running.answer.take());
                // Whoever asked may have gone.
                answer.map(|answer| answer.send(Ok(sdp)));
                None
            }
            Event::NegotiationFailed { conference, error, .. } if is_test(conference) => {
                let running = state.running.remove(&conference);
                running.and_then(|running| running.answer).map(|answer| answer.send(Err(error)));
                None
            }
            Event::Closed { conference, .. } if is_test(conference) => {
                state.running.remove(&conference);
                None
            }
            Event::Connected { conference, .. }
            | Event::SourceStarted { conference, .. }
            | Event::SourceStopped { conference, .. }
            | Event::Speaking { conference, .. }
            | Event::SlotSwitched { conference, .. }
                if is_test(conference) =>
            {
                None
            }
            other => Some(other),
        }
    }

    fn enter(&self, member: MemberId) -> Option<(ConferenceId, oneshot::Receiver<Answer>)> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = state.running.values().filter(|running| running.member == member).count();
        if state.running.len() >= MOST || own >= PER_SEAT {
            return None;
        }
        let conference = ConferenceId(FIRST_CONFERENCE | state.numbered);
        state.numbered = (state.numbered + 1) % FIRST_CONFERENCE;
        let (sender, answer) = oneshot::channel();
        state.running.insert(conference, Running { member, answer: Some(sender) });
        Some((conference, answer))
    }
}

const fn is_test(conference: ConferenceId) -> bool {
    conference.0 >= FIRST_CONFERENCE
}

#[cfg(test)]
mod tests {
    use super::*;
    use giaoban_media_types::CloseReason;

    fn over(conference: ConferenceId) -> Event {
        Event::Closed { conference, member: MemberId(1), peer: PeerId(0), reason: CloseReason::TimedOut }
    }

    #[test]
    fn a_seat_has_two_tests_at_a_time_and_the_gateway_sixteen() {
        let tests = LineTests::default();
        let (first, _) = tests.enter(MemberId(1)).unwrap();
        assert!(tests.enter(MemberId(1)).is_some());
        assert!(tests.enter(MemberId(1)).is_none());
        assert!(tests.take(over(first)).is_none());
        assert!(tests.enter(MemberId(1)).is_some());
        assert_eq!((2..100).filter(|&member| tests.enter(MemberId(member)).is_some()).count(), MOST - 2);
    }

    #[test]
    fn an_answer_goes_to_whoever_asked_and_a_refusal_frees_the_place() {
        let tests = LineTests::default();
        let (member, peer) = (MemberId(1), PeerId(0));
        let (conference, mut answer) = tests.enter(member).unwrap();
        assert!(tests.take(Event::Answered { conference, member, peer, sdp: "v=0".to_owned() }).is_none());
        assert_eq!(answer.try_recv().unwrap().unwrap(), "v=0");
        let (conference, mut answer) = tests.enter(member).unwrap();
        let error = NegotiationError::Malformed;
        assert!(tests.take(Event::NegotiationFailed { conference, member, peer, error }).is_none());
        assert_eq!(answer.try_recv().unwrap().unwrap_err(), NegotiationError::Malformed);
        assert!(tests.enter(member).is_some());
    }

    #[test]
    fn what_rooms_report_passes() {
        let event = LineTests::default().take(over(ConferenceId(1)));
        assert!(matches!(event, Some(Event::Closed { conference: ConferenceId(1), .. })));
    }
}
