//! The roll call (điểm danh) of a meeting.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use giaoban_calendar::{Booking, Called, Instance, Moment, Refusal, Roll, Stay};
use giaoban_directory::{Date, Directory, UnitId};
use giaoban_media_types::ConferenceId;
use serde::Serialize;
use utoipa::ToSchema;

use super::bookings::{Meeting, Span, span};
use super::csv;
use super::fault::{Fault, Faults};
use super::guard::SignedIn;
use super::tables::answer;
use crate::schedule::Schedule;
use crate::services::Services;

/// How long before the door opens somebody may have come who is still there, in minutes.
const EARLIER: i64 = 24 * 60;

/// A roll.
#[derive(Serialize, ToSchema)]
pub struct RollView {
    meeting: Span,
    expected: usize,
    present: usize,
    late: usize,
    absent: usize,
    /// The expected, by the tree.
    lines: Vec<RollLine>,
    /// Who came without being expected.
    unexpected: Vec<Stranger>,
}

/// One of the expected.
#[derive(Serialize, ToSchema)]
pub struct RollLine {
    /// The unit that is called; absent in a person's line.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<u32>,
    /// The person who is called; absent in a unit's line.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<u32>,
    /// The name on the day of the meeting.
    name: String,
    /// The unit above it, on that day.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_name: Option<String>,
    present: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    came: Option<Moment>,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    went: Option<Moment>,
    /// Minutes after the start, if it came late.
    #[serde(skip_serializing_if = "Option::is_none")]
    late: Option<i64>,
}

/// One who came without being expected.
#[derive(Serialize, ToSchema)]
pub struct Stranger {
    name: String,
    #[schema(value_type = String, format = DateTime)]
    came: Moment,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    went: Option<Moment>,
}

/// The roll of a meeting, as it stands.
#[utoipa::path(get, path = "/api/v1/bookings/{booking}/meetings/{original}/roll", tag = "bookings", params(("booking" = u32, Path), ("original" = String, Path)), responses((status = 200, body = RollView), Faults))]
pub async fn roll(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    meeting: Meeting,
) -> Result<Json<RollView>, Fault> {
    call(&services, &signed_in, meeting).await.map(Json)
}

/// The same as a table.
#[utoipa::path(get, path = "/api/v1/bookings/{booking}/meetings/{original}/roll.csv", tag = "bookings", params(("booking" = u32, Path), ("original" = String, Path)), responses((status = 200, body = String, content_type = "text/csv"), Faults))]
pub async fn table(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    meeting: Meeting,
) -> Result<Response, Fault> {
    let roll = call(&services, &signed_in, meeting).await?;
    let moment = |moment: Option<Moment>| moment.map(|at| at.to_string()).unwrap_or_default();
    let rows = roll.lines.iter().map(|line| {
        let state = if line.present { "present" } else { "absent" };
        let late = line.late.map(|late| late.to_string()).unwrap_or_default();
        let parent = line.parent_name.clone().unwrap_or_default();
        vec![line.name.clone(), parent, state.to_owned(), moment(line.came), moment(line.went), late]
    });
    let strangers = roll.unexpected.iter().map(|one| {
        let (came, went) = (one.came.to_string(), moment(one.went));
        vec![one.name.clone(), String::new(), "unexpected".to_owned(), came, went, String::new()]
    });
    let heading = ["name", "parent", "state", "came", "went", "late_minutes"];
    answer("roll", csv::write(&heading, rows.chain(strangers)))
}

async fn call(
    services: &Services,
    signed_in: &SignedIn,
    Meeting(id, original): Meeting,
) -> Result<RollView, Fault> {
    let (booking, instance) = {
        let (directory, calendar) = (services.organisation.read(), services.schedule.read());
        let booking = calendar.administered_booking(signed_in.actor(), id, Schedule::world(&directory))?;
        let mut all = calendar.instances_of(id).iter();
        let instance = all.find(|instance| instance.original == original).ok_or(Refusal::NoSuchInstance)?;
        (booking.clone(), *instance)
    };
    let (from, to) = instance.door(booking.plan.opens_before);
    let conference = ConferenceId(booking.plan.room.0);
    // Whoever came long before and stayed was there.
    let earliest = from.plus_minutes(-EARLIER);
    let attendance = services.store.attendance(conference, earliest, to).await?;
    let directory = services.organisation.read();
    let day = day_of(&booking, &instance);
    Ok(view(&booking.plan.roll(&instance, &attendance, &directory, day), &instance, &directory, day))
}

/// The day on which a meeting begins, by the clocks of its zone.
fn day_of(booking: &Booking, instance: &Instance) -> Date {
    let start = giaoban_calendar::LocalTime::at(instance.start, booking.plan.zone);
    start.unwrap_or(instance.original).day().unwrap_or_else(crate::organisation::today)
}

fn view(roll: &Roll, instance: &Instance, directory: &Directory, day: Date) -> RollView {
    let unit_name = |unit: UnitId| {
        directory.unit(unit).and_then(|unit| unit.at(day)).map(|unit| unit.name.as_str().to_owned())
    };
    let lines: Vec<RollLine> = roll
        .lines
        .iter()
        .map(|line| {
            let (unit, person, name) = match line.called {
                Called::Unit(unit) => (Some(unit.0), None, unit_name(unit)),
                Called::Person(id) => {
                    let name = directory.person(id).map(|person| person.details.name.as_str().to_owned());
                    (None, Some(id.0), name)
                }
            };
            RollLine {
                unit,
                person,
                name: name.unwrap_or_default(),
                parent: line.parent.map(|parent| parent.0),
                parent_name: line.parent.and_then(unit_name),
                present: line.stay.is_some(),
                came: line.stay.map(|stay| stay.came),
                went: line.stay.and_then(|stay| stay.went),
                late: line.late,
            }
        })
        .collect();
    let present = lines.iter().filter(|line| line.present).count();
    let stranger =
        |(name, stay): &(String, Stay)| Stranger { name: name.clone(), came: stay.came, went: stay.went };
    RollView {
        meeting: span(instance),
        expected: lines.len(),
        present,
        late: lines.iter().filter(|line| line.late.is_some()).count(),
        absent: lines.len() - present,
        unexpected: roll.unexpected.iter().map(stranger).collect(),
        lines,
    }
}
