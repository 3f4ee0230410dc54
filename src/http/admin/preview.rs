//! What a change of units would come to, before it is made.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use giaoban_directory::{
    Change, Code, Command, Date, Directory, Part, PersonId, Text, Unit, UnitId, UnitVersion,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fault::{Fault, Problem};
use super::guard::{Body, SignedIn};
use crate::organisation::today;
use crate::services::Services;

/// Units listed; of more than these only the number is told.
const LISTED: usize = 200;

/// A change of units that is thought of.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Thought {
    /// A new unit.
    Create {
        #[schema(value_type = String, max_length = 40)]
        code: Code,
        #[schema(value_type = String, max_length = 200)]
        name: Text,
        parent: Option<u32>,
        #[schema(value_type = String, format = Date)]
        from: Date,
    },
    /// Another name.
    Rename {
        unit: u32,
        #[schema(value_type = String, max_length = 200)]
        name: Text,
        #[schema(value_type = String, format = Date)]
        from: Date,
    },
    /// Another place.
    Move {
        unit: u32,
        parent: Option<u32>,
        #[schema(value_type = String, format = Date)]
        from: Date,
    },
    /// One new unit in the place of several.
    Merge {
        units: Vec<u32>,
        #[schema(value_type = String, max_length = 40)]
        code: Code,
        #[schema(value_type = String, max_length = 200)]
        name: Text,
        parent: Option<u32>,
        #[schema(value_type = String, format = Date)]
        from: Date,
    },
    /// Several new units in the place of one.
    Split {
        unit: u32,
        parts: Vec<super::units::SplitPart>,
        #[schema(value_type = String, format = Date)]
        from: Date,
    },
    /// No such unit any more.
    Abolish {
        unit: u32,
        #[schema(value_type = String, format = Date)]
        from: Date,
    },
}

impl From<Thought> for (Command, Date) {
    fn from(thought: Thought) -> Self {
        match thought {
            Thought::Create { code, name, parent, from } => {
                (Command::CreateUnit { code, name, parent: parent.map(UnitId), from }, from)
            }
            Thought::Rename { unit, name, from } => {
                (Command::RenameUnit { unit: UnitId(unit), name, from }, from)
            }
            Thought::Move { unit, parent, from } => {
                (Command::MoveUnit { unit: UnitId(unit), parent: parent.map(UnitId), from }, from)
            }
            Thought::Merge { units, code, name, parent, from } => {
                let units = units.into_iter().map(UnitId).collect();
                (Command::MergeUnits { units, code, name, parent: parent.map(UnitId), from }, from)
            }
            Thought::Split { unit, parts, from } => {
                let parts = parts.into_iter().map(Part::from).collect();
                (Command::SplitUnit { unit: UnitId(unit), parts, from }, from)
            }
            Thought::Abolish { unit, from } => (Command::AbolishUnit { unit: UnitId(unit), from }, from),
        }
    }
}

/// What becomes of a unit.
#[derive(Serialize, ToSchema, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    Made,
    Renamed,
    Moved,
    Ended,
}

/// A unit that would change.
#[derive(Serialize, ToSchema)]
pub struct UnitFate {
    fate: Fate,
    code: String,
    /// Its name afterwards; of one that ends, its last.
    name: String,
    /// The name of the unit above it afterwards, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
}

/// What a change would come to.
#[derive(Serialize, ToSchema)]
pub struct Preview {
    /// The units, two hundred at most.
    units: Vec<UnitFate>,
    /// How many units in all.
    units_in_all: usize,
    /// How many people come into another unit.
    people: usize,
    /// How many administrators get another unit, or none.
    appointments: usize,
}

/// Says what a change of units would come to. Nothing is changed.
#[utoipa::path(post, path = "/api/v1/units/preview", tag = "units", request_body = Thought, responses(
    (status = 200, body = Preview),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
))]
pub async fn preview(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Body(thought): Body<Thought>,
) -> Result<Json<Preview>, Fault> {
    let (command, from) = thought.into();
    let directory = services.organisation.read();
    let changes = directory.decide(signed_in.actor(), &command, today())?;
    Ok(Json(summary(&directory, &changes, from)))
}

fn summary(directory: &Directory, changes: &[Change], from: Date) -> Preview {
    let (mut units, mut people, mut appointments) = (Vec::new(), BTreeSet::<PersonId>::new(), 0);
    for change in changes {
        match change {
            Change::Unit(unit) => units.push(unit),
            Change::Person(person) => drop(people.insert(person.id)),
            Change::Appointment(_) => appointments += 1,
        }
    }
    let name = |id: UnitId| {
        let made = units.iter().find(|unit| unit.id == id).and_then(|unit| unit.at(from));
        let version = made.or_else(|| directory.unit(id)?.at(from));
        version.map(|version: &UnitVersion| version.name.as_str().to_owned())
    };
    let fates: Vec<UnitFate> = units.iter().filter_map(|unit| fate(directory, unit, from, name)).collect();
    let units_in_all = fates.len();
    Preview {
        units: fates.into_iter().take(LISTED).collect(),
        units_in_all,
        people: people.len(),
        appointments,
    }
}

fn fate(
    directory: &Directory,
    unit: &Unit,
    from: Date,
    name: impl Fn(UnitId) -> Option<String>,
) -> Option<UnitFate> {
    let before = directory.unit(unit.id).and_then(|unit| unit.at(from));
    let after = unit.at(from);
    let fate = match (before, after) {
        (_, None) => Fate::Ended,
        (None, Some(_)) => Fate::Made,
        (Some(before), Some(after)) if before.parent != after.parent => Fate::Moved,
        (Some(before), Some(after)) if before.name != after.name => Fate::Renamed,
        _ => return None,
    };
    let shown = after.or(before)?;
    let parent = shown.parent.filter(|_| fate != Fate::Ended).and_then(name);
    let (code, name) = (unit.code.as_str().to_owned(), shown.name.as_str().to_owned());
    Some(UnitFate { fate, code, name, parent })
}
