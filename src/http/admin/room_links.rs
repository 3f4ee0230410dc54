//! Links into a room: for sites whose computer signs nobody in.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use giaoban_calendar::{Refusal, allowance};
use giaoban_directory::Text;
use giaoban_media_types::MemberId;
use giaoban_signaling::Input;
use giaoban_signaling::wire::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fault::{Fault, Faults};
use super::guard::{Body, Number, SignedIn};
use super::rooms::administered;
use super::words::RoleWord;
use crate::links::Wanted;
use crate::organisation::person;
use crate::services::Services;
use crate::store::By;

/// A link to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRoomLink {
    /// The site's name, as all see it.
    #[schema(value_type = String, max_length = 100)]
    name: Text,
    #[schema(value_type = RoleWord)]
    role: Role,
}

/// A link that was made. Its address is shown only this once.
#[derive(Serialize, ToSchema)]
pub struct MadeLink {
    id: u32,
    /// What to open; whoever has it has the seat.
    url: String,
}

/// A living link, without its secret.
#[derive(Serialize, ToSchema)]
pub struct RoomLink {
    id: u32,
    name: String,
    #[schema(value_type = RoleWord)]
    role: Role,
}

/// The living links of a room.
#[utoipa::path(get, path = "/api/v1/rooms/{room}/links", tag = "rooms", params(("room" = u32, Path)), responses((status = 200, body = Vec<RoomLink>), Faults))]
pub async fn list(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(room): Number,
) -> Result<Json<Vec<RoomLink>>, Fault> {
    let (conference, _) = administered(&services, signed_in.actor(), room)?;
    let links = services.links.list().await?.into_iter();
    let living = links.filter(|link| link.conference == conference && !link.revoked);
    Ok(Json(living.map(|link| RoomLink { id: link.member.0, name: link.name, role: link.role }).collect()))
}

/// Makes a link into a room.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/links", tag = "rooms", params(("room" = u32, Path)), request_body = NewRoomLink, responses((status = 201, body = MadeLink), Faults))]
pub async fn create(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(room): Number,
    Body(NewRoomLink { name, role }): Body<NewRoomLink>,
) -> Result<Response, Fault> {
    let (conference, room) = administered(&services, signed_in.actor(), room)?;
    if !allowance(room.rules.classification).links {
        return Err(Refusal::NoLinks.into());
    }
    let by = By { actor: person(signed_in.actor()), unit: room.rules.unit };
    let wanted = Wanted { name: name.as_str(), role, until: None };
    let (seat, link) = services.links.make_in(conference, wanted, by).await?;
    if let Some(handle) = services.registry.find(conference) {
        // A gateway that goes down finds the seat when it comes back.
        let _ = handle.input(Input::SeatAdded(seat)).await;
    }
    services.schedule.set_door(room.id).await;
    Ok((StatusCode::CREATED, Json(MadeLink { id: link.member.0, url: link.url })).into_response())
}

/// Ends a link; whoever holds its seat is sent out.
#[utoipa::path(delete, path = "/api/v1/rooms/{room}/links/{link}", tag = "rooms", params(("room" = u32, Path), ("link" = u32, Path)), responses((status = 204), Faults))]
pub async fn end(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    path: Result<Path<(u32, u32)>, axum::extract::rejection::PathRejection>,
) -> Result<StatusCode, Fault> {
    let Path((room, link)) = path.map_err(|_| Fault::no_such_number())?;
    let (conference, room) = administered(&services, signed_in.actor(), room)?;
    let member = MemberId(link);
    if !services.store.link_seats(conference).await?.contains(&member) {
        return Err(Fault::no_such_number());
    }
    let by = By { actor: person(signed_in.actor()), unit: room.rules.unit };
    services.store.revoke(member, by).await?;
    services.tickets.forget(member);
    if let Some(handle) = services.registry.find(conference) {
        let _ = handle.input(Input::SeatRevoked { member }).await;
    }
    Ok(StatusCode::NO_CONTENT)
}
