//! What a person who signed in is called to, and his way in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use giaoban_calendar::{Classification, Instance, Moment, Refusal, RoomId, Rules};
use giaoban_directory::{Date, Directory, Person, PersonId};
use giaoban_media_types::ConferenceId;
use giaoban_signaling::Input;
use giaoban_signaling::conference::Seat;
use giaoban_signaling::wire::Role;
use serde::Serialize;
use utoipa::ToSchema;

use super::fault::{Fault, Faults};
use super::guard::{Number, SignedIn};
use super::words::{ClassificationWord, RoleWord};
use crate::doorkeeper::now;
use crate::links::LinkError;
use crate::organisation::today;
use crate::schedule::Schedule;
use crate::secret::Secret;
use crate::services::Services;
use crate::store::PersonSeat;

/// How far ahead a person is shown what he is called to, in minutes.
const AHEAD: i64 = 24 * 60;

/// How long whom the chair put out stays out where nothing is booked, in minutes.
const PUT_OUT: i64 = 12 * 60;

/// Longest name of a seat, in characters.
const MAX_NAME: usize = 100;

/// A briefing that I am called to.
#[derive(Serialize, ToSchema)]
pub struct Briefing {
    room: u32,
    booking: u32,
    title: String,
    #[schema(value_type = ClassificationWord)]
    classification: Classification,
    #[schema(value_type = RoleWord)]
    role: Role,
    #[schema(value_type = String, format = DateTime)]
    start: Moment,
    #[schema(value_type = String, format = DateTime)]
    end: Moment,
    /// From this moment on I can go in.
    #[schema(value_type = String, format = DateTime)]
    opens: Moment,
}

/// The way into a room.
#[derive(Serialize, ToSchema)]
pub struct WayIn {
    /// The lobby's address. It is good for this person alone, until the next time that it is asked for.
    url: String,
}

/// The briefings of the next 24 hours, and those that run, to which I am called.
#[utoipa::path(get, path = "/api/v1/me/briefings", tag = "me", responses((status = 200, body = Vec<Briefing>), Faults))]
pub async fn briefings(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
) -> Result<Json<Vec<Briefing>>, Fault> {
    let (directory, calendar) = (services.organisation.read(), services.schedule.read());
    let person = directory.person(signed_in.0.person).ok_or_else(Fault::not_signed_in)?;
    let (now, world) = (now(), Schedule::world(&directory));
    let all = calendar
        .instances_between(now, now.plus_minutes(AHEAD), |booking| calendar.calls(booking, person, world));
    let shown = all.into_iter().filter_map(|(booking, instance)| {
        let room = calendar.room(booking.plan.room)?;
        Some(Briefing {
            room: room.id.0,
            booking: booking.id.0,
            title: booking.plan.title.as_str().to_owned(),
            classification: room.rules.classification,
            role: role(person.id, calendar.chair_of(&booking.plan), &room.rules),
            start: instance.start,
            end: instance.end,
            opens: instance.door(booking.plan.opens_before).0,
        })
    });
    Ok(Json(shown.collect()))
}

/// Gives me a seat in a room, with an address to enter it by. Who is not expected waits there for the chair.
#[utoipa::path(post, path = "/api/v1/me/rooms/{room}/enter", tag = "me", params(("room" = u32, Path)), responses((status = 200, body = WayIn), Faults))]
pub async fn enter(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(room): Number,
) -> Result<Json<WayIn>, Fault> {
    let secret = Secret::random().map_err(|_| LinkError::Randomness)?;
    let (room, seat, since) = {
        let (directory, calendar) = (services.organisation.read(), services.schedule.read());
        let person = directory.person(signed_in.0.person).ok_or_else(Fault::not_signed_in)?;
        let room = calendar.room(RoomId(room)).filter(|room| !room.closed).ok_or(Refusal::NoSuchRoom)?;
        let current = calendar.doorway(room.id, now()).instance;
        let plan =
            current.and_then(|current: Instance| calendar.booking(current.booking)).map(|one| &one.plan);
        let today = today();
        let expected = plan.is_some_and(|plan| plan.expects(person, &directory, today));
        let cleared = person.details.clearance >= room.rules.classification;
        if !(cleared && (expected || room.rules.admits(person, &directory, today))) {
            return Err(Refusal::NoSuchRoom.into());
        }
        let chair = plan.map_or(room.rules.chair, |plan| calendar.chair_of(plan));
        let opened = current.zip(plan).map(|(current, plan)| current.door(plan.opens_before).0);
        let since = opened.unwrap_or_else(|| now().plus_minutes(-PUT_OUT));
        let name = seat_name(person, &directory, today);
        (room.clone(), person_seat(person, name, role(person.id, chair, &room.rules), &secret), since)
    };
    let conference = ConferenceId(room.id.0);
    if services.store.was_removed(conference, seat.person, since).await? {
        return Err(Refusal::PutOut.into());
    }
    let member = services.store.seat_person(conference, &seat).await?;
    if let Some(handle) = services.registry.find(conference) {
        let added = Seat { member, name: seat.name, role: seat.role, until: None };
        // A gateway that goes down finds the seat when it comes back.
        let _ = handle.input(Input::SeatAdded(added)).await;
    }
    services.schedule.set_door(room.id).await;
    let slug = services.store.slug(conference).await?.ok_or(Refusal::NoSuchRoom)?;
    Ok(Json(WayIn { url: format!("/r/{slug}#{}", secret.as_str()) }))
}

/// What all see of a person: the unit, then the name.
fn seat_name(person: &Person, directory: &Directory, day: Date) -> String {
    let unit = person.unit_at(day).and_then(|unit| directory.unit(unit)).and_then(|unit| unit.at(day));
    let name = person.details.name.as_str();
    unit.map_or_else(|| name.to_owned(), |unit| format!("{} · {name}", unit.name.as_str()))
}

fn person_seat(person: &Person, name: String, role: Role, secret: &Secret) -> PersonSeat {
    PersonSeat {
        person: person.id,
        unit: person.unit_at(today()),
        name: name.chars().take(MAX_NAME).collect(),
        role,
        link: secret.hash(),
    }
}

fn role(person: PersonId, chair: Option<PersonId>, rules: &Rules) -> Role {
    if chair == Some(person) {
        Role::Chair
    } else if rules.deputies.contains(&person) {
        Role::Deputy
    } else {
        Role::Site
    }
}
