//! A person's own calendar as a feed that other programs fetch (RFC 5545). Its address is a secret.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use giaoban_calendar::{Event, allowance, write_calendar};
use giaoban_directory::PersonId;
use serde::Serialize;
use utoipa::ToSchema;

use super::fault::{Fault, Faults};
use super::guard::SignedIn;
use crate::doorkeeper::now;
use crate::http::server::Peer;
use crate::links::LinkError;
use crate::organisation::today;
use crate::schedule::Schedule;
use crate::secret::{Secret, SecretHash};
use crate::services::Services;

/// How long a meeting stays in a feed after it, in minutes.
const KEPT: i64 = 31 * 24 * 60;

/// The address of a feed, shown only this once.
#[derive(Serialize, ToSchema)]
pub struct Feed {
    url: String,
}

/// Gives my calendar an address for other programs; the one before shows nothing any more.
#[utoipa::path(post, path = "/api/v1/me/feed", tag = "me", responses((status = 201, body = Feed), Faults))]
pub async fn create(State(services): State<Arc<Services>>, signed_in: SignedIn) -> Result<Response, Fault> {
    let secret = Secret::random().map_err(|_| LinkError::Randomness)?;
    services.store.set_feed(signed_in.0.person, Some(secret.hash())).await?;
    let url = format!("{}/api/v1/feeds/{}.ics", services.links.base(), secret.as_str());
    Ok((StatusCode::CREATED, Json(Feed { url })).into_response())
}

/// Ends the address of my calendar.
#[utoipa::path(delete, path = "/api/v1/me/feed", tag = "me", responses((status = 204), Faults))]
pub async fn end(State(services): State<Arc<Services>>, signed_in: SignedIn) -> Result<StatusCode, Fault> {
    services.store.set_feed(signed_in.0.person, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The briefings to which the owner of this address is called. Titles that a classification keeps are not in it.
#[utoipa::path(get, path = "/api/v1/feeds/{file}", tag = "me", params(("file" = String, Path)), responses((status = 200, body = String, content_type = "text/calendar"), Faults))]
pub async fn read(
    State(services): State<Arc<Services>>,
    Extension(peer): Extension<Peer>,
    Path(file): Path<String>,
) -> Result<Response, Fault> {
    if services.attempts.is_refused(peer.ip, Instant::now()) {
        return Err(Fault::new(StatusCode::TOO_MANY_REQUESTS, "wait", "too many failures; wait a while"));
    }
    let secret = file.strip_suffix(".ics").ok_or_else(Fault::no_such_number)?;
    let owner = services.store.find_feed(SecretHash::of(secret)).await?;
    let owner = owner.filter(|owner| services.organisation.read().may_sign_in(*owner, today()));
    let Some(owner) = owner else {
        services.attempts.failed(peer.ip, Instant::now());
        return Err(Fault::no_such_number());
    };
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"giaoban.ics\""),
    ];
    Ok((headers, calendar_of(&services, owner)).into_response())
}

fn calendar_of(services: &Services, owner: PersonId) -> String {
    let (directory, calendar) = (services.organisation.read(), services.schedule.read());
    let (now, world) = (now(), Schedule::world(&directory));
    let address = format!("{}/", services.links.base());
    let host = services.links.base().trim_start_matches("https://");
    let Some(person) = directory.person(owner) else { return write_calendar(&[], host, now) };
    let since = now.plus_minutes(-KEPT);
    let lasts = |instances: &[giaoban_calendar::Instance]| instances.iter().any(|one| one.end > since);
    let mine = calendar
        .planned()
        .filter(|(booking, instances)| lasts(instances) && calendar.calls(booking, person, world));
    let events: Vec<Event<'_>> = mine
        .map(|(booking, instances)| {
            let room = calendar.room(booking.plan.room);
            let leaves = room.is_some_and(|room| allowance(room.rules.classification).title_leaves);
            let title = leaves.then_some(booking.plan.title.as_str());
            Event { booking, instances, title, address: &address }
        })
        .collect();
    write_calendar(&events, host, now)
}
