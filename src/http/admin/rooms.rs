//! Rooms.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use giaoban_calendar::{Change, Classification, Command, Refusal, Room, RoomId, World, allowance};
use giaoban_directory::Actor;
use giaoban_media_types::ConferenceId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::fault::{ChangeFaults, Fault, Faults};
use super::guard::{Asked, Body, Number, Seen, SignedIn, tag};
use super::page::{Page, Paging, finds};
use super::rules::RulesView;
use super::words::{ClassificationWord, LobbyWord};
use crate::schedule::Schedule;
use crate::services::Services;

/// A room.
#[derive(Serialize, ToSchema)]
pub struct RoomView {
    id: u32,
    /// Counts its changes.
    revision: u32,
    /// It opens no more.
    closed: bool,
    /// The unit that owns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<u32>,
    #[schema(value_type = ClassificationWord)]
    classification: Classification,
    /// Absent for a room above the reader's own clearance: its title is part of what is secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<RulesView>,
}

/// Which rooms.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RoomsAsked {
    /// Rooms after this number: `next` of the page before.
    after: Option<u32>,
    /// Rooms on the page, 1 to 1000; 100 when nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// Only those of this unit.
    unit: Option<u32>,
    /// And those of the units below it.
    #[serde(default)]
    below: bool,
    /// Only those with this in their title; marks and capitals do not count.
    q: Option<String>,
    /// Closed ones too.
    #[serde(default)]
    closed: bool,
}

/// What a classification allows.
#[derive(Serialize, ToSchema)]
pub struct AllowanceView {
    #[schema(value_type = ClassificationWord)]
    classification: Classification,
    /// Its rooms may have links, by which people enter without signing in.
    links: bool,
    /// Its titles may stand in mails and feeds.
    title_leaves: bool,
    /// The laxest lobby of its rooms.
    #[schema(value_type = LobbyWord)]
    laxest_lobby: giaoban_calendar::Lobby,
}

/// The rooms of the units that I administer.
#[utoipa::path(get, path = "/api/v1/rooms", tag = "rooms", params(RoomsAsked), responses((status = 200, body = Page<RoomView>), Faults))]
pub async fn list(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Asked(asked): Asked<RoomsAsked>,
) -> Result<Json<Page<RoomView>>, Fault> {
    let RoomsAsked { after, limit, unit, below, q, closed } = asked;
    let (directory, calendar) = (services.organisation.read(), services.schedule.read());
    let (actor, world) = (signed_in.actor(), Schedule::world(&directory));
    let paging = Paging { after, limit, as_of: None, unit, below, q: None };
    let found = |room: &&Room| {
        (closed || !room.closed)
            && paging.takes(room.rules.unit, &directory, world.today)
            && q.as_deref().is_none_or(|q| {
                Schedule::is_cleared(actor, &room.rules, world) && finds(room.rules.title.as_str(), q)
            })
    };
    let rooms = calendar.visible_rooms(actor, world).filter(found);
    Ok(Json(Page::of(rooms, &paging, |room| room.id.0, |room| view(room, actor, world))))
}

/// One room.
#[utoipa::path(get, path = "/api/v1/rooms/{room}", tag = "rooms", params(("room" = u32, Path)), responses(
    (status = 200, body = RoomView, headers(("etag" = String, description = "To be given in If-Match with a change"))), Faults))]
pub async fn one(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(room): Number,
) -> Result<Response, Fault> {
    let (directory, calendar) = (services.organisation.read(), services.schedule.read());
    let (actor, world) = (signed_in.actor(), Schedule::world(&directory));
    let room = calendar.visible_room(actor, RoomId(room), world)?;
    Ok((tag(room.revision), Json(view(room, actor, world))).into_response())
}

/// Makes a room. It can be entered at once.
#[utoipa::path(post, path = "/api/v1/rooms", tag = "rooms", request_body = RulesView, responses((status = 201, body = RoomView), Faults))]
pub async fn create(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Body(rules): Body<RulesView>,
) -> Result<Response, Fault> {
    run(&services, &signed_in, Command::CreateRoom { rules: rules.into() }, None, StatusCode::CREATED).await
}

/// Replaces a room's rules, also while it is in use: whoever is in stays in. A classification that allows no links ends
/// the room's links.
#[utoipa::path(put, path = "/api/v1/rooms/{room}", tag = "rooms", params(("room" = u32, Path), ("if-match" = String, Header)), request_body = RulesView, responses((status = 200, body = RoomView), ChangeFaults))]
pub async fn update(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(room): Number,
    Seen(seen): Seen,
    Body(rules): Body<RulesView>,
) -> Result<Response, Fault> {
    let command = Command::UpdateRoom { room: RoomId(room), rules: rules.into() };
    run(&services, &signed_in, command, Some(seen), StatusCode::OK).await
}

/// Closes a room for good: whoever is in it is sent out.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/close", tag = "rooms", params(("room" = u32, Path), ("if-match" = String, Header)), responses((status = 200, body = RoomView), ChangeFaults))]
pub async fn close(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(room): Number,
    Seen(seen): Seen,
) -> Result<Response, Fault> {
    let command = Command::CloseRoom { room: RoomId(room) };
    run(&services, &signed_in, command, Some(seen), StatusCode::OK).await
}

/// What each classification allows.
#[utoipa::path(get, path = "/api/v1/policy", tag = "rooms", responses((status = 200, body = Vec<AllowanceView>), Faults))]
pub async fn policy(_: SignedIn) -> Json<Vec<AllowanceView>> {
    use Classification as C;
    let rows = [C::Normal, C::Confidential, C::Secret, C::TopSecret].map(|classification| {
        let allowed = allowance(classification);
        AllowanceView {
            classification,
            links: allowed.links,
            title_leaves: allowed.title_leaves,
            laxest_lobby: allowed.laxest_lobby,
        }
    });
    Json(rows.into())
}

async fn run(
    services: &Arc<Services>,
    signed_in: &SignedIn,
    command: Command,
    seen: Option<u32>,
    status: StatusCode,
) -> Result<Response, Fault> {
    let actor = signed_in.actor();
    let changes = services.schedule.run(actor, command, seen).await?;
    let room = changes.iter().find_map(|change| match change {
        Change::Room(room) => Some(room),
        Change::Template(_) | Change::Booking(_) => None,
    });
    let room = room.ok_or(Refusal::NoSuchRoom)?;
    let directory = services.organisation.read();
    let body = Json(view(room, actor, Schedule::world(&directory)));
    Ok((status, tag(room.revision), body).into_response())
}

fn view(room: &Room, actor: Actor, world: World<'_>) -> RoomView {
    let cleared = Schedule::is_cleared(actor, &room.rules, world);
    RoomView {
        id: room.id.0,
        revision: room.revision,
        closed: room.closed,
        unit: room.rules.unit.map(|unit| unit.0),
        classification: room.rules.classification,
        rules: cleared.then(|| (&room.rules).into()),
    }
}

/// The conference of a room that an actor may change.
pub fn administered(services: &Services, actor: Actor, room: u32) -> Result<(ConferenceId, Room), Fault> {
    let (directory, calendar) = (services.organisation.read(), services.schedule.read());
    let room = calendar.administered_room(actor, RoomId(room), Schedule::world(&directory))?;
    if room.closed {
        return Err(Refusal::Closed.into());
    }
    Ok((ConferenceId(room.id.0), room.clone()))
}
