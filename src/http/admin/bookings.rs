//! Bookings, and the calendar of their meetings.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use giaoban_calendar::{
    Booking, BookingId, Change, Classification, Command, Conflict, Exception, Instance, LocalTime, Moment,
    Plan, Refusal, RoomId, Shared,
};
use giaoban_directory::UnitId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::fault::{ChangeFaults, Fault, Faults};
use super::guard::{Asked, Body, Number, Seen, SignedIn, tag};
use super::page::Paging;
use super::plan::{ExpectedView, PlanView};
use super::rules::RulesView;
use super::words::{ClassificationWord, SharedWord};
use crate::schedule::Schedule;
use crate::services::Services;

/// Meetings on a page when nothing is said, and at most.
const USUAL: usize = 200;
const MOST: usize = 1000;

/// A booking.
#[derive(Serialize, ToSchema)]
pub struct BookingView {
    id: u32,
    /// Counts its changes.
    revision: u32,
    cancelled: bool,
    plan: PlanView,
    /// The meetings that differ from the series.
    exceptions: Vec<ExceptionView>,
}

/// How a meeting differs: it is moved, or cancelled when it has no start.
#[derive(Serialize, ToSchema)]
pub struct ExceptionView {
    /// The start it has by the series.
    #[schema(value_type = String, example = "2026-11-30T08:00")]
    original: LocalTime,
    #[schema(value_type = Option<String>, example = "2026-12-01T09:00")]
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<LocalTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes: Option<u16>,
}

/// A booking as it shall be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBooking {
    plan: PlanView,
    /// Also where room or chair are taken at that time.
    #[serde(default)]
    despite_conflicts: bool,
}

/// A plan to be looked at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    plan: PlanView,
    /// The booking that it would change.
    booking: Option<u32>,
}

/// What stands in a plan's way, and what would not.
#[derive(Serialize, ToSchema)]
pub struct Outlook {
    /// The first meetings of the plan.
    meetings: Vec<Span>,
    /// How many there are.
    count: usize,
    conflicts: Vec<ConflictView>,
    /// Other starts on the same day without a conflict.
    #[schema(value_type = Vec<String>)]
    starts: Vec<LocalTime>,
    /// Other rooms of the same unit and classification that are free.
    rooms: Vec<u32>,
}

/// From when to when.
#[derive(Serialize, ToSchema)]
pub struct Span {
    #[schema(value_type = String, format = DateTime)]
    start: Moment,
    #[schema(value_type = String, format = DateTime)]
    end: Moment,
}

/// Two meetings at once.
#[derive(Serialize, ToSchema)]
pub struct ConflictView {
    planned: Span,
    standing: Span,
    /// The other booking; absent if the reader may not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    booking: Option<u32>,
    #[schema(value_type = SharedWord)]
    shared: &'static str,
}

/// A meeting at another time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MovedMeeting {
    #[schema(value_type = String, example = "2026-12-01T09:00")]
    start: LocalTime,
    #[schema(minimum = 1, maximum = 1440)]
    minutes: u16,
    /// Also where room or chair are taken at that time.
    #[serde(default)]
    despite_conflicts: bool,
}

/// Which meetings.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MeetingsAsked {
    /// Those that are not over at this moment (RFC 3339).
    #[param(value_type = String, format = DateTime)]
    from: Moment,
    /// And begin before this one.
    #[param(value_type = String, format = DateTime)]
    to: Moment,
    /// Only those in this room.
    room: Option<u32>,
    /// Only those in rooms of this unit.
    unit: Option<u32>,
    /// And of the units below it.
    #[serde(default)]
    below: bool,
    /// Leave out as many: `next` of the page before.
    #[serde(default)]
    skip: usize,
    /// Meetings on the page, 1 to 1000; 200 when nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// Meetings by their starts.
#[derive(Serialize, ToSchema)]
pub struct Meetings {
    items: Vec<MeetingView>,
    /// `skip` of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<usize>,
}

/// A meeting.
#[derive(Serialize, ToSchema)]
pub struct MeetingView {
    booking: u32,
    room: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<u32>,
    #[schema(value_type = ClassificationWord)]
    classification: Classification,
    /// Absent above the reader's own clearance.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<giaoban_directory::Text>,
    #[serde(flatten)]
    span: Span,
    /// The start it has by the series, by the clocks of its zone: its name within the booking.
    #[schema(value_type = String)]
    original: LocalTime,
    /// It is at another time than by the series.
    moved: bool,
    /// One of several.
    recurs: bool,
}

/// A briefing that begins at once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Urgent {
    /// The room's rules; it is made for this meeting.
    rules: RulesView,
    #[schema(minimum = 1, maximum = 1440)]
    minutes: u16,
    #[serde(default)]
    expected: Vec<ExpectedView>,
}

/// A briefing that has begun.
#[derive(Serialize, ToSchema)]
pub struct Convened {
    room: u32,
    booking: u32,
}

/// The meetings of a stretch of time in the rooms that I administer.
#[utoipa::path(get, path = "/api/v1/meetings", tag = "bookings", params(MeetingsAsked), responses((status = 200, body = Meetings), Faults))]
pub async fn meetings(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Asked(asked): Asked<MeetingsAsked>,
) -> Result<Json<Meetings>, Fault> {
    let MeetingsAsked { from, to, room, unit, below, skip, limit } = asked;
    let (directory, calendar) = (services.organisation.read(), services.schedule.read());
    let (actor, world) = (signed_in.actor(), Schedule::world(&directory));
    let paging = Paging { after: None, limit: None, as_of: None, unit, below, q: None };
    let visible = calendar.visible_rooms(actor, world);
    let asked = |own: Option<UnitId>| paging.takes(own, &directory, world.today);
    let rooms: std::collections::BTreeSet<RoomId> = visible
        .filter(|one| room.is_none_or(|room| one.id.0 == room) && asked(one.rules.unit))
        .map(|one| one.id)
        .collect();
    let all = calendar.instances_between(from, to, |booking| rooms.contains(&booking.plan.room));
    let limit = limit.unwrap_or(USUAL).clamp(1, MOST);
    let next = skip.saturating_add(limit);
    let page = all.iter().skip(skip).take(limit).filter_map(|(booking, instance)| {
        let room = calendar.room(booking.plan.room)?;
        let cleared = Schedule::is_cleared(actor, &room.rules, world);
        Some(MeetingView {
            booking: booking.id.0,
            room: room.id.0,
            unit: room.rules.unit.map(|unit| unit.0),
            classification: room.rules.classification,
            title: cleared.then(|| booking.plan.title.clone()),
            span: span(instance),
            original: instance.original,
            moved: instance.moved,
            recurs: booking.plan.recurrence.is_some(),
        })
    });
    Ok(Json(Meetings { items: page.collect(), next: (next < all.len()).then_some(next) }))
}

/// One booking.
#[utoipa::path(get, path = "/api/v1/bookings/{booking}", tag = "bookings", params(("booking" = u32, Path)), responses(
    (status = 200, body = BookingView, headers(("etag" = String, description = "To be given in If-Match with a change"))), Faults))]
pub async fn one(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(booking): Number,
) -> Result<Response, Fault> {
    let (directory, calendar) = (services.organisation.read(), services.schedule.read());
    let world = Schedule::world(&directory);
    let booking = calendar.administered_booking(signed_in.actor(), BookingId(booking), world)?;
    Ok((tag(booking.revision), Json(view(booking))).into_response())
}

/// What stands in a plan's way, before it is kept.
#[utoipa::path(post, path = "/api/v1/bookings/check", tag = "bookings", request_body = Question, responses((status = 200, body = Outlook), Faults))]
pub async fn check(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Body(Question { plan, booking }): Body<Question>,
) -> Result<Json<Outlook>, Fault> {
    let (plan, id): (Plan, _) = (plan.into(), booking.map(BookingId));
    let (directory, calendar) = (services.organisation.read(), services.schedule.read());
    let (actor, world) = (signed_in.actor(), Schedule::world(&directory));
    let before = id.map(|id| calendar.administered_booking(actor, id, world)).transpose()?;
    calendar.may_book(actor, &plan, before.map(|booking| &booking.plan), world)?;
    calendar.check_plan(&plan, world)?;
    let instances = calendar.preview(&plan, id);
    let conflicts = calendar.conflicts(&plan, &instances);
    let other = if conflicts.is_empty() {
        giaoban_calendar::Alternatives::default()
    } else {
        calendar.alternatives(actor, &plan, id, world)
    };
    let shown = |conflict: &Conflict| ConflictView {
        planned: span(&conflict.planned),
        standing: span(&conflict.standing),
        booking: calendar
            .administered_booking(actor, conflict.standing.booking, world)
            .ok()
            .map(|booking| booking.id.0),
        shared: match conflict.shared {
            Shared::Room => "room",
            Shared::Chair => "chair",
        },
    };
    Ok(Json(Outlook {
        meetings: instances.iter().take(10).map(span).collect(),
        count: instances.len(),
        conflicts: conflicts.iter().map(shown).collect(),
        starts: other.starts,
        rooms: other.rooms.into_iter().map(|room| room.0).collect(),
    }))
}

/// Books a room, once or again and again.
#[utoipa::path(post, path = "/api/v1/bookings", tag = "bookings", request_body = NewBooking, responses((status = 201, body = BookingView), Faults))]
pub async fn create(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Body(NewBooking { plan, despite_conflicts }): Body<NewBooking>,
) -> Result<Response, Fault> {
    let command = Command::Book { plan: plan.into(), knowingly: despite_conflicts };
    run(&services, &signed_in, command, None, StatusCode::CREATED).await
}

/// Changes a booking, all of a series; meetings that were moved or cancelled stay so where the series still has them.
#[utoipa::path(put, path = "/api/v1/bookings/{booking}", tag = "bookings", params(("booking" = u32, Path), ("if-match" = String, Header)), request_body = NewBooking, responses((status = 200, body = BookingView), ChangeFaults))]
pub async fn update(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(booking): Number,
    Seen(seen): Seen,
    Body(NewBooking { plan, despite_conflicts }): Body<NewBooking>,
) -> Result<Response, Fault> {
    let booking = BookingId(booking);
    let command = Command::ChangeBooking { booking, plan: plan.into(), knowingly: despite_conflicts };
    run(&services, &signed_in, command, Some(seen), StatusCode::OK).await
}

/// Cancels all of a booking.
#[utoipa::path(post, path = "/api/v1/bookings/{booking}/cancel", tag = "bookings", params(("booking" = u32, Path), ("if-match" = String, Header)), responses((status = 200, body = BookingView), ChangeFaults))]
pub async fn cancel(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(booking): Number,
    Seen(seen): Seen,
) -> Result<Response, Fault> {
    let command = Command::CancelBooking { booking: BookingId(booking) };
    run(&services, &signed_in, command, Some(seen), StatusCode::OK).await
}

/// Moves one meeting.
#[utoipa::path(put, path = "/api/v1/bookings/{booking}/meetings/{original}", tag = "bookings", params(("booking" = u32, Path), ("original" = String, Path), ("if-match" = String, Header)), request_body = MovedMeeting, responses((status = 200, body = BookingView), ChangeFaults))]
pub async fn move_meeting(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Meeting(booking, original): Meeting,
    Seen(seen): Seen,
    Body(MovedMeeting { start, minutes, despite_conflicts }): Body<MovedMeeting>,
) -> Result<Response, Fault> {
    let exception = Some(Exception::Moved { start, minutes });
    let command = Command::ExceptInstance { booking, original, exception, knowingly: despite_conflicts };
    run(&services, &signed_in, command, Some(seen), StatusCode::OK).await
}

/// Cancels one meeting.
#[utoipa::path(delete, path = "/api/v1/bookings/{booking}/meetings/{original}", tag = "bookings", params(("booking" = u32, Path), ("original" = String, Path), ("if-match" = String, Header)), responses((status = 200, body = BookingView), ChangeFaults))]
pub async fn cancel_meeting(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Meeting(booking, original): Meeting,
    Seen(seen): Seen,
) -> Result<Response, Fault> {
    let exception = Some(Exception::Cancelled);
    let command = Command::ExceptInstance { booking, original, exception, knowingly: true };
    run(&services, &signed_in, command, Some(seen), StatusCode::OK).await
}

/// Puts one meeting back as the series has it.
#[utoipa::path(post, path = "/api/v1/bookings/{booking}/meetings/{original}/restore", tag = "bookings", params(("booking" = u32, Path), ("original" = String, Path), ("if-match" = String, Header)), responses((status = 200, body = BookingView), ChangeFaults))]
pub async fn restore_meeting(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Meeting(booking, original): Meeting,
    Seen(seen): Seen,
) -> Result<Response, Fault> {
    let command = Command::ExceptInstance { booking, original, exception: None, knowingly: false };
    run(&services, &signed_in, command, Some(seen), StatusCode::OK).await
}

/// Begins a briefing at once (họp khẩn), in a room made for it.
#[utoipa::path(post, path = "/api/v1/bookings/now", tag = "bookings", request_body = Urgent, responses((status = 201, body = Convened), Faults))]
pub async fn convene(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Body(Urgent { rules, minutes, expected }): Body<Urgent>,
) -> Result<Response, Fault> {
    let expected = expected.into_iter().map(Into::into).collect();
    let command = Command::Convene { rules: rules.into(), expected, minutes };
    let changes = services.schedule.run(signed_in.actor(), command, None).await?;
    let room = changes.iter().find_map(|change| match change {
        Change::Room(room) => Some(room.id.0),
        _ => None,
    });
    let (room, booking) = (room.ok_or(Refusal::NoSuchRoom)?, booking(&changes)?.id.0);
    Ok((StatusCode::CREATED, Json(Convened { room, booking })).into_response())
}

/// A booking's number and a meeting's name in the path.
pub struct Meeting(pub BookingId, pub LocalTime);

impl axum::extract::FromRequestParts<Arc<Services>> for Meeting {
    type Rejection = Fault;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        services: &Arc<Services>,
    ) -> Result<Self, Fault> {
        let path: Result<Path<(u32, String)>, PathRejection> =
            Path::from_request_parts(parts, services).await;
        let Ok(Path((booking, original))) = path else { return Err(Fault::no_such_number()) };
        let original = original.parse().map_err(|_| Refusal::NoSuchInstance)?;
        Ok(Self(BookingId(booking), original))
    }
}

async fn run(
    services: &Arc<Services>,
    signed_in: &SignedIn,
    command: Command,
    seen: Option<u32>,
    status: StatusCode,
) -> Result<Response, Fault> {
    let changes = services.schedule.run(signed_in.actor(), command, seen).await?;
    let booking = booking(&changes)?;
    Ok((status, tag(booking.revision), Json(view(booking))).into_response())
}

fn booking(changes: &[Change]) -> Result<&Booking, Refusal> {
    let booking = changes.iter().find_map(|change| match change {
        Change::Booking(booking) => Some(booking),
        _ => None,
    });
    booking.ok_or(Refusal::NoSuchBooking)
}

fn view(booking: &Booking) -> BookingView {
    let exceptions = booking.exceptions.iter().map(|(original, exception)| match exception {
        Exception::Cancelled => ExceptionView { original: *original, start: None, minutes: None },
        Exception::Moved { start, minutes } => {
            ExceptionView { original: *original, start: Some(*start), minutes: Some(*minutes) }
        }
    });
    BookingView {
        id: booking.id.0,
        revision: booking.revision,
        cancelled: booking.cancelled,
        plan: (&booking.plan).into(),
        exceptions: exceptions.collect(),
    }
}

/// From when to when a meeting is.
pub fn span(instance: &Instance) -> Span {
    Span { start: instance.start, end: instance.end }
}
