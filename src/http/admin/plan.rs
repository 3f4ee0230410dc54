//! A booking's plan as it is spoken.

use giaoban_calendar::{Expected, LocalTime, Plan, RoomId, Zone};
use giaoban_directory::{PersonId, Text, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an administrator decides about a booking.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanView {
    room: u32,
    #[schema(value_type = String, max_length = 200)]
    title: Text,
    /// The start, by the clocks of the zone; of a series the first.
    #[schema(value_type = String, example = "2026-11-30T08:00")]
    start: LocalTime,
    /// Asia/Ho_Chi_Minh when nothing is said.
    #[schema(value_type = Option<String>, example = "Asia/Ho_Chi_Minh")]
    #[serde(default = "vietnam")]
    zone: Zone,
    #[schema(minimum = 1, maximum = 1440)]
    minutes: u16,
    /// An RRULE's value (RFC 5545 §3.3.10): by days, weeks, months or years.
    #[schema(example = "FREQ=WEEKLY;BYDAY=MO", max_length = 200)]
    #[serde(skip_serializing_if = "Option::is_none")]
    recurrence: Option<String>,
    #[schema(max_items = 500)]
    #[serde(default)]
    expected: Vec<ExpectedView>,
    /// Who leads; the room's chair when nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    chair: Option<u32>,
    /// Minutes before the start at which the door opens; 15 when nothing is said.
    #[schema(maximum = 1440)]
    #[serde(default = "quarter")]
    opens_before: u16,
}

/// Who is expected.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ExpectedView {
    /// One of a unit.
    Unit { unit: u32 },
    /// One of a unit and one of each unit below it.
    Subtree { unit: u32 },
    /// A person.
    Person { person: u32 },
}

fn vietnam() -> Zone {
    Zone::VIETNAM
}

fn quarter() -> u16 {
    15
}

impl From<ExpectedView> for Expected {
    fn from(view: ExpectedView) -> Self {
        match view {
            ExpectedView::Unit { unit } => Self::Unit { unit: UnitId(unit) },
            ExpectedView::Subtree { unit } => Self::Subtree { unit: UnitId(unit) },
            ExpectedView::Person { person } => Self::Person { person: PersonId(person) },
        }
    }
}

impl From<&Expected> for ExpectedView {
    fn from(expected: &Expected) -> Self {
        match expected {
            Expected::Unit { unit } => Self::Unit { unit: unit.0 },
            Expected::Subtree { unit } => Self::Subtree { unit: unit.0 },
            Expected::Person { person } => Self::Person { person: person.0 },
        }
    }
}

impl From<PlanView> for Plan {
    fn from(view: PlanView) -> Self {
        Self {
            room: RoomId(view.room),
            title: view.title,
            start: view.start,
            zone: view.zone,
            minutes: view.minutes,
            recurrence: view.recurrence.filter(|rule| !rule.is_empty()),
            expected: view.expected.into_iter().map(Into::into).collect(),
            chair: view.chair.map(PersonId),
            opens_before: view.opens_before,
        }
    }
}

impl From<&Plan> for PlanView {
    fn from(plan: &Plan) -> Self {
        Self {
            room: plan.room.0,
            title: plan.title.clone(),
            start: plan.start,
            zone: plan.zone,
            minutes: plan.minutes,
            recurrence: plan.recurrence.clone(),
            expected: plan.expected.iter().map(Into::into).collect(),
            chair: plan.chair.map(|person| person.0),
            opens_before: plan.opens_before,
        }
    }
}
