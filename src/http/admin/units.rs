//! Units.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use giaoban_directory::{Code, Command, Date, Part, PersonId, Text, Unit, UnitId, UnitVersion};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fault::{ChangeFaults, Fault, Faults};
use super::guard::{Asked, Body, Number, Seen, SignedIn, tag};
use super::page::{Changed, Page, Paging, finds};
use crate::organisation::today;
use crate::services::Services;

/// A unit as it is on a day.
#[derive(Serialize, ToSchema)]
pub struct UnitView {
    id: u32,
    code: String,
    name: String,
    /// The unit above it, if it may be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<u32>,
    /// The first day on which it is so.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The first day on which it is no longer so.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Date>,
    /// Counts its changes.
    revision: u32,
}

/// A unit with its history.
#[derive(Serialize, ToSchema)]
pub struct UnitDetail {
    id: u32,
    code: String,
    revision: u32,
    /// As far as it may be seen, the oldest first.
    history: Vec<UnitView>,
}

/// A new unit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUnit {
    /// 1 to 40 letters, digits and `. _ - /`.
    #[schema(value_type = String, max_length = 40)]
    code: Code,
    #[schema(value_type = String, max_length = 200)]
    name: Text,
    /// The unit above it; without one it stands at the top.
    parent: Option<u32>,
    #[schema(value_type = String, format = Date)]
    from: Date,
}

/// Another name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    #[schema(value_type = String, max_length = 200)]
    name: Text,
    #[schema(value_type = String, format = Date)]
    from: Date,
}

/// Another place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveUnit {
    /// The unit above it from then on.
    parent: Option<u32>,
    #[schema(value_type = String, format = Date)]
    from: Date,
}

/// The first day of a change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstDay {
    #[schema(value_type = String, format = Date)]
    pub from: Date,
}

/// One new unit in the place of several.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Merger {
    /// The units that end; two at least.
    units: Vec<u32>,
    #[schema(value_type = String, max_length = 40)]
    code: Code,
    #[schema(value_type = String, max_length = 200)]
    name: Text,
    parent: Option<u32>,
    #[schema(value_type = String, format = Date)]
    from: Date,
}

/// Several new units in the place of one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// Two at least. What none names goes to the first.
    parts: Vec<SplitPart>,
    #[schema(value_type = String, format = Date)]
    from: Date,
}

/// One of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitPart {
    #[schema(value_type = String, max_length = 40)]
    code: Code,
    #[schema(value_type = String, max_length = 200)]
    name: Text,
    /// Units right below the old one.
    #[serde(default)]
    children: Vec<u32>,
    /// People of the old one.
    #[serde(default)]
    people: Vec<u32>,
}

impl From<SplitPart> for Part {
    fn from(part: SplitPart) -> Self {
        Self {
            code: part.code,
            name: part.name,
            children: part.children.into_iter().map(UnitId).collect(),
            people: part.people.into_iter().map(PersonId).collect(),
        }
    }
}

/// The units that I administer, as they were on a day.
#[utoipa::path(get, path = "/api/v1/units", tag = "units", params(Paging), responses(
    (status = 200, body = Page<UnitView>), Faults))]
pub async fn list(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Asked(paging): Asked<Paging>,
) -> Result<Json<Page<UnitView>>, Fault> {
    let (actor, today) = (signed_in.actor(), today());
    let day = paging.as_of.unwrap_or(today);
    let directory = services.organisation.read();
    let seen = directory.visible_units(actor, today, day);
    let under = |unit: &Unit| {
        paging.unit.map(UnitId).is_none_or(|above| {
            if paging.below {
                directory.is_within(unit.id, above, day)
            } else {
                unit.at(day).is_some_and(|version| version.parent == Some(above))
            }
        })
    };
    let found = |unit: &Unit, version: &UnitVersion| {
        paging.q.as_deref().is_none_or(|q| finds(version.name.as_str(), q) || finds(unit.code.as_str(), q))
    };
    let all = seen.filter_map(|unit| Some((unit, unit.at(day)?)));
    let all = all.filter(|(unit, version)| under(unit) && found(unit, version));
    let page = Page::of(
        all,
        &paging,
        |(unit, _)| unit.id.0,
        |(unit, version)| {
            let parent = version.parent.filter(|parent| directory.sees_unit(actor, *parent, today, day));
            view(unit, version, parent)
        },
    );
    Ok(Json(page))
}

/// One unit with its history.
#[utoipa::path(get, path = "/api/v1/units/{unit}", tag = "units", params(("unit" = u32, Path)), responses(
    (status = 200, body = UnitDetail, headers(("etag" = String, description = "To be given in If-Match with a change"))), Faults))]
pub async fn one(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(unit): Number,
) -> Result<Response, Fault> {
    let (actor, today) = (signed_in.actor(), today());
    let directory = services.organisation.read();
    let unit = directory.visible_unit(actor, UnitId(unit), today)?;
    let sees = |unit, day| directory.sees_unit(actor, unit, today, day);
    let history = unit
        .versions
        .iter()
        .filter(|version| sees(unit.id, version.from))
        .map(|version| view(unit, version, version.parent.filter(|parent| sees(*parent, version.from))));
    let detail = UnitDetail {
        id: unit.id.0,
        code: unit.code.as_str().to_owned(),
        revision: unit.revision,
        history: history.collect(),
    };
    Ok((tag(unit.revision), Json(detail)).into_response())
}

/// Makes a unit.
#[utoipa::path(post, path = "/api/v1/units", tag = "units", request_body = NewUnit, responses(
    (status = 201, body = Changed), Faults))]
pub async fn create(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Body(NewUnit { code, name, parent, from }): Body<NewUnit>,
) -> Result<Response, Fault> {
    let command = Command::CreateUnit { code, name, parent: parent.map(UnitId), from };
    run(&services, &signed_in, command, None, StatusCode::CREATED).await
}

/// Puts one new unit in the place of several.
#[utoipa::path(post, path = "/api/v1/units/merge", tag = "units", request_body = Merger, responses(
    (status = 201, body = Changed), Faults))]
pub async fn merge(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Body(Merger { units, code, name, parent, from }): Body<Merger>,
) -> Result<Response, Fault> {
    let units = units.into_iter().map(UnitId).collect();
    let command = Command::MergeUnits { units, code, name, parent: parent.map(UnitId), from };
    run(&services, &signed_in, command, None, StatusCode::CREATED).await
}

/// Gives a unit another name from a day on.
#[utoipa::path(post, path = "/api/v1/units/{unit}/rename", tag = "units", params(("unit" = u32, Path), ("if-match" = String, Header)), request_body = Rename, responses(
    (status = 200, body = Changed), ChangeFaults))]
pub async fn rename(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(unit): Number,
    Seen(seen): Seen,
    Body(Rename { name, from }): Body<Rename>,
) -> Result<Response, Fault> {
    let command = Command::RenameUnit { unit: UnitId(unit), name, from };
    run(&services, &signed_in, command, Some(seen), StatusCode::OK).await
}

/// Puts a unit, with all below it, under another one from a day on.
#[utoipa::path(post, path = "/api/v1/units/{unit}/move", tag = "units", params(("unit" = u32, Path), ("if-match" = String, Header)), request_body = MoveUnit, responses(
    (status = 200, body = Changed), ChangeFaults))]
pub async fn move_to(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(unit): Number,
    Seen(seen): Seen,
    Body(MoveUnit { parent, from }): Body<MoveUnit>,
) -> Result<Response, Fault> {
    let command = Command::MoveUnit { unit: UnitId(unit), parent: parent.map(UnitId), from };
    run(&services, &signed_in, command, Some(seen), StatusCode::OK).await
}

/// Puts several new units in the place of one.
#[utoipa::path(post, path = "/api/v1/units/{unit}/split", tag = "units", params(("unit" = u32, Path), ("if-match" = String, Header)), request_body = Split, responses(
    (status = 200, body = Changed), ChangeFaults))]
pub async fn split(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(unit): Number,
    Seen(seen): Seen,
    Body(Split { parts, from }): Body<Split>,
) -> Result<Response, Fault> {
    let parts = parts.into_iter().map(Part::from).collect();
    let command = Command::SplitUnit { unit: UnitId(unit), parts, from };
    run(&services, &signed_in, command, Some(seen), StatusCode::OK).await
}

/// Ends a unit; what lies below it and who belongs to it goes up.
#[utoipa::path(post, path = "/api/v1/units/{unit}/abolish", tag = "units", params(("unit" = u32, Path), ("if-match" = String, Header)), request_body = FirstDay, responses(
    (status = 200, body = Changed), ChangeFaults))]
pub async fn abolish(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(unit): Number,
    Seen(seen): Seen,
    Body(FirstDay { from }): Body<FirstDay>,
) -> Result<Response, Fault> {
    let command = Command::AbolishUnit { unit: UnitId(unit), from };
    run(&services, &signed_in, command, Some(seen), StatusCode::OK).await
}

/// Carries a command out and says what it changed, with the tag of what it was about.
pub async fn run(
    services: &Services,
    signed_in: &SignedIn,
    command: Command,
    seen: Option<u32>,
    status: StatusCode,
) -> Result<Response, Fault> {
    let subject = command.subject();
    let changes = services.organisation.run(signed_in.actor(), command, seen).await?;
    let changed = Json(Changed::from(changes.as_slice()));
    Ok(match services.organisation.read().revision(subject) {
        Some(revision) => (status, tag(revision), changed).into_response(),
        None => (status, changed).into_response(),
    })
}

fn view(unit: &Unit, version: &UnitVersion, parent: Option<UnitId>) -> UnitView {
    UnitView {
        id: unit.id.0,
        code: unit.code.as_str().to_owned(),
        name: version.name.as_str().to_owned(),
        parent: parent.map(|parent| parent.0),
        from: version.from,
        to: version.to,
        revision: unit.revision,
    }
}
