//! Who administers what.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use giaoban_directory::{Appointment, AppointmentId, Command, Date, PersonId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fault::{Fault, Faults};
use super::guard::{Asked, Body, Number, SignedIn};
use super::page::{Changed, Page, Paging};
use super::units::run;
use crate::organisation::today;
use crate::services::Services;

/// An administrator of a unit and all below it.
#[derive(Serialize, ToSchema)]
pub struct AppointmentView {
    id: u32,
    person: u32,
    /// The unit; absent for the whole organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<u32>,
    #[schema(value_type = String, format = Date)]
    from: Date,
}

/// A new administrator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAppointment {
    person: u32,
    /// The unit; absent for the whole organisation.
    unit: Option<u32>,
}

/// The administrators of what I administer.
#[utoipa::path(get, path = "/api/v1/appointments", tag = "appointments", params(Paging), responses(
    (status = 200, body = Page<AppointmentView>), Faults))]
pub async fn list(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Asked(paging): Asked<Paging>,
) -> Result<Json<Page<AppointmentView>>, Fault> {
    let directory = services.organisation.read();
    let today = today();
    let all = directory.visible_appointments(signed_in.actor(), today);
    let all = all.filter(|held| paging.takes(held.unit, &directory, today));
    Ok(Json(Page::of(all, &paging, |held| held.id.0, view)))
}

/// Makes a person an administrator of a unit below my own.
#[utoipa::path(post, path = "/api/v1/appointments", tag = "appointments", request_body = NewAppointment, responses(
    (status = 201, body = Changed), Faults))]
pub async fn create(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Body(NewAppointment { person, unit }): Body<NewAppointment>,
) -> Result<Response, Fault> {
    let command = Command::Appoint { person: PersonId(person), unit: unit.map(UnitId) };
    run(&services, &signed_in, command, None, StatusCode::CREATED).await
}

/// Ends an appointment.
#[utoipa::path(delete, path = "/api/v1/appointments/{appointment}", tag = "appointments", params(("appointment" = u32, Path)), responses(
    (status = 200, body = Changed), Faults))]
pub async fn end(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(appointment): Number,
) -> Result<Response, Fault> {
    let command = Command::Dismiss { appointment: AppointmentId(appointment) };
    run(&services, &signed_in, command, None, StatusCode::OK).await
}

fn view(held: &Appointment) -> AppointmentView {
    AppointmentView {
        id: held.id.0,
        person: held.person.0,
        unit: held.unit.map(|unit| unit.0),
        from: held.from,
    }
}
