//! Refusals of the administration's API as problem details (RFC 9457) with a stable code.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use giaoban_calendar::Refusal as CalendarRefusal;
use giaoban_directory::Refusal;
use giaoban_directory::sign_in::Fault as AccountFault;
use serde::Serialize;
use utoipa::openapi::response::{Response as Described, ResponsesBuilder};
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::links::LinkError;
use crate::organisation::ChangeError;
use crate::schedule::ScheduleError;
use crate::sign_in::SignInError;
use crate::store::StoreError;

/// Problem details.
#[derive(Serialize, ToSchema)]
pub struct Problem {
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened, for programs; it does not change.
    #[schema(value_type = String, example = "no_such_unit")]
    code: &'static str,
    /// What happened, for people.
    detail: String,
    /// The lines of a table that cannot be taken in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lines: Vec<LineProblem>,
}

/// A line that cannot be taken in.
#[derive(Serialize, ToSchema)]
pub struct LineProblem {
    /// Counted from 1 with the heading.
    pub line: usize,
    /// What stands against it, for programs.
    #[schema(value_type = String, example = "no_such_unit")]
    pub code: &'static str,
    /// What stands against it, for people.
    pub detail: String,
}

/// The refusals that any request may meet, for the description.
pub enum Faults {}

/// The same for a change of something that exists.
pub enum ChangeFaults {}

const ANY: [StatusCode; 7] = [
    StatusCode::BAD_REQUEST,
    StatusCode::UNAUTHORIZED,
    StatusCode::FORBIDDEN,
    StatusCode::NOT_FOUND,
    StatusCode::CONFLICT,
    StatusCode::UNPROCESSABLE_ENTITY,
    StatusCode::INSUFFICIENT_STORAGE,
];

impl IntoResponses for Faults {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        problems(&ANY)
    }
}

impl IntoResponses for ChangeFaults {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        let mut all = problems(&ANY);
        all.extend(problems(&[StatusCode::PRECONDITION_FAILED, StatusCode::PRECONDITION_REQUIRED]));
        all
    }
}

fn problems(statuses: &[StatusCode]) -> BTreeMap<String, RefOr<Described>> {
    let described = statuses.iter().fold(ResponsesBuilder::new(), |all, status| {
        let content = Content::new(Some(Ref::from_schema_name("Problem")));
        let one = ResponseBuilder::new()
            .description(status.canonical_reason().unwrap_or_default())
            .content("application/problem+json", content);
        all.response(status.as_str(), one)
    });
    described.build().into()
}

/// A refusal.
pub struct Fault {
    status: StatusCode,
    code: &'static str,
    detail: String,
    lines: Vec<LineProblem>,
    retry_after: Option<u64>,
}

impl Fault {
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), lines: Vec::new(), retry_after: None }
    }

    /// A request that makes no sense.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", detail)
    }

    /// Nobody has signed in.
    pub fn not_signed_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", "sign in first")
    }

    /// A path that names nothing.
    pub fn no_such_number() -> Self {
        Self::new(StatusCode::NOT_FOUND, "no_such_number", "there is nothing with this number")
    }

    /// A table with lines that cannot be taken in.
    pub fn table(lines: Vec<LineProblem>) -> Self {
        let detail = "nothing was taken in; put these lines right and send the table again";
        Self { lines, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_table", detail) }
    }

    /// To be tried again after some seconds.
    fn later(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request of administration failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the gateway failed; its log says why")
    }
}

/// The stable word for a refusal, and the status that it has.
pub fn word(refusal: Refusal) -> (StatusCode, &'static str) {
    use StatusCode as S;
    match refusal {
        Refusal::NoSuchUnit => (S::NOT_FOUND, "no_such_unit"),
        Refusal::NoSuchPerson => (S::NOT_FOUND, "no_such_person"),
        Refusal::NoSuchAppointment => (S::NOT_FOUND, "no_such_appointment"),
        Refusal::NotAllowed => (S::FORBIDDEN, "not_allowed"),
        Refusal::ClearanceTooHigh => (S::FORBIDDEN, "clearance_too_high"),
        Refusal::LastAdministrator => (S::CONFLICT, "last_administrator"),
        Refusal::AppointedAlready => (S::CONFLICT, "appointed_already"),
        Refusal::CodeTaken => (S::CONFLICT, "code_taken"),
        Refusal::BadText => (S::UNPROCESSABLE_ENTITY, "bad_text"),
        Refusal::BadCode => (S::UNPROCESSABLE_ENTITY, "bad_code"),
        Refusal::BadMail => (S::UNPROCESSABLE_ENTITY, "bad_mail"),
        Refusal::NotLiving => (S::CONFLICT, "not_living"),
        Refusal::LaterChange => (S::CONFLICT, "later_change"),
        Refusal::WithinItself => (S::CONFLICT, "within_itself"),
        Refusal::TooFew => (S::UNPROCESSABLE_ENTITY, "too_few"),
        Refusal::NothingToChange => (S::CONFLICT, "nothing_to_change"),
        Refusal::Full => (S::INSUFFICIENT_STORAGE, "full"),
        _ => (S::CONFLICT, "refused"),
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let (status, code) = word(refusal);
        Self::new(status, code, refusal.to_string())
    }
}

fn calendar_word(refusal: CalendarRefusal) -> (StatusCode, &'static str) {
    use CalendarRefusal as R;
    use StatusCode as S;
    match refusal {
        R::Directory(refusal) => word(refusal),
        R::NoSuchRoom => (S::NOT_FOUND, "no_such_room"),
        R::NoSuchTemplate => (S::NOT_FOUND, "no_such_template"),
        R::Closed => (S::CONFLICT, "closed"),
        R::AboveClearance => (S::FORBIDDEN, "above_clearance"),
        R::LeaderNotCleared => (S::CONFLICT, "leader_not_cleared"),
        R::BadLeaders => (S::UNPROCESSABLE_ENTITY, "bad_leaders"),
        R::LobbyTooLax => (S::UNPROCESSABLE_ENTITY, "lobby_too_lax"),
        R::BadCapacity => (S::UNPROCESSABLE_ENTITY, "bad_capacity"),
        R::TooManyJoiners => (S::UNPROCESSABLE_ENTITY, "too_many_joiners"),
        R::NoSuchBooking => (S::NOT_FOUND, "no_such_booking"),
        R::NoSuchInstance => (S::NOT_FOUND, "no_such_meeting"),
        R::BadRecurrence => (S::UNPROCESSABLE_ENTITY, "bad_recurrence"),
        R::BadLength => (S::UNPROCESSABLE_ENTITY, "bad_length"),
        R::TooManyExpected => (S::UNPROCESSABLE_ENTITY, "too_many_expected"),
        R::Past => (S::CONFLICT, "past"),
        R::Conflict => (S::CONFLICT, "conflict"),
        R::StillBooked => (S::CONFLICT, "still_booked"),
        R::PutOut => (S::FORBIDDEN, "put_out"),
        R::NoLinks => (S::CONFLICT, "no_links"),
        _ => (S::CONFLICT, "refused"),
    }
}

impl From<CalendarRefusal> for Fault {
    fn from(refusal: CalendarRefusal) -> Self {
        let (status, code) = calendar_word(refusal);
        Self::new(status, code, refusal.to_string())
    }
}

impl From<ScheduleError> for Fault {
    fn from(error: ScheduleError) -> Self {
        match error {
            ScheduleError::Refused(refusal) => refusal.into(),
            ScheduleError::Outdated => ChangeError::Outdated.into(),
            ScheduleError::Store(error) => error.into(),
        }
    }
}

impl From<LinkError> for Fault {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Name => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_text", error.to_string()),
            LinkError::Over => Self::bad_request(error.to_string()),
            LinkError::NoRoom => CalendarRefusal::NoSuchRoom.into(),
            LinkError::Store(error) => error.into(),
            LinkError::Randomness => Self::internal(&error),
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}

impl From<ChangeError> for Fault {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Refused(refusal) => refusal.into(),
            ChangeError::Outdated => {
                Self::new(StatusCode::PRECONDITION_FAILED, "outdated", error.to_string())
            }
            ChangeError::Store(error) => error.into(),
        }
    }
}

impl From<SignInError> for Fault {
    fn from(error: SignInError) -> Self {
        let detail = error.to_string();
        let refused = |status, code| Self::new(status, code, detail.clone());
        match error {
            SignInError::Wrong => refused(StatusCode::UNAUTHORIZED, "wrong_credentials"),
            SignInError::CodeNeeded => refused(StatusCode::UNAUTHORIZED, "code_needed"),
            SignInError::Wait(seconds) => refused(StatusCode::TOO_MANY_REQUESTS, "wait").later(seconds),
            SignInError::Busy => refused(StatusCode::SERVICE_UNAVAILABLE, "busy").later(5),
            SignInError::NoLink => refused(StatusCode::FORBIDDEN, "link_invalid"),
            SignInError::LoginTaken => refused(StatusCode::CONFLICT, "login_taken"),
            SignInError::Fault(AccountFault::Login) => refused(StatusCode::UNPROCESSABLE_ENTITY, "bad_login"),
            SignInError::Fault(_) => refused(StatusCode::UNPROCESSABLE_ENTITY, "bad_password"),
            SignInError::Refused(refusal) => refusal.into(),
            SignInError::Store(error) => error.into(),
            SignInError::Crypto => Self::internal(&detail),
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let Self { status, code, detail, lines, retry_after } = self;
        let title = status.canonical_reason().unwrap_or_default();
        let problem = Problem { title, status: status.as_u16(), code, detail, lines };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
