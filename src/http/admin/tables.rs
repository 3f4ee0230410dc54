//! Units and people as tables: out, and in with a dry run.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use giaoban_directory::{
    Clearance, Code, Command, Date, Details, Directory, Effect, ImportFault, PersonRow, Planned, Refusal,
    Text, Unit, UnitRow,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::csv;
use super::fault::{Fault, Faults, LineProblem, Problem, word};
use super::guard::{Asked, SignedIn};
use crate::organisation::{ChangeError, today};
use crate::services::Services;

const UNIT_COLUMNS: [&str; 3] = ["code", "name", "parent"];
const PERSON_COLUMNS: [&str; 7] = ["code", "name", "unit", "rank", "duty", "clearance", "mail"];

/// The words for clearances in tables.
const CLEARANCES: [(&str, Clearance); 4] = [
    ("normal", Clearance::Normal),
    ("confidential", Clearance::Confidential),
    ("secret", Clearance::Secret),
    ("top_secret", Clearance::TopSecret),
];

/// How a table is taken in.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Taking {
    /// Only say what would change.
    #[serde(default)]
    dry_run: bool,
    /// The first day of what it changes; today when nothing is said.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
}

/// What a table changes, or would change.
#[derive(Serialize, ToSchema)]
pub struct Taken {
    /// Whether it was done.
    done: bool,
    /// Every line that changes something.
    changes: Vec<LineChange>,
}

/// What a line changes.
#[derive(Serialize, ToSchema)]
pub struct LineChange {
    /// Counted from 1 with the heading.
    line: usize,
    effect: EffectView,
    /// The code of the unit or person.
    code: String,
    /// How it is called afterwards.
    name: String,
}

/// What a line does.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EffectView {
    Create,
    Change,
    Move,
}

/// The units that I administer, as a table.
#[utoipa::path(get, path = "/api/v1/units.csv", tag = "tables", responses(
    (status = 200, body = String, content_type = "text/csv"), Faults))]
pub async fn export_units(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
) -> Result<Response, Fault> {
    let (actor, today) = (signed_in.actor(), today());
    let directory = services.organisation.read();
    let code =
        |unit| directory.unit(unit).map(|unit: &Unit| unit.code.as_str().to_owned()).unwrap_or_default();
    let rows = directory.visible_units(actor, today, today).filter_map(|unit| {
        let version = unit.at(today)?;
        let parent = version.parent.filter(|parent| directory.sees_unit(actor, *parent, today, today));
        let parent = parent.map(code).unwrap_or_default();
        Some(vec![unit.code.as_str().to_owned(), version.name.as_str().to_owned(), parent])
    });
    answer("units", csv::write(&UNIT_COLUMNS, rows))
}

/// The people of the units that I administer, as a table.
#[utoipa::path(get, path = "/api/v1/people.csv", tag = "tables", responses(
    (status = 200, body = String, content_type = "text/csv"), Faults))]
pub async fn export_people(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
) -> Result<Response, Fault> {
    let today = today();
    let directory = services.organisation.read();
    let rows = directory.visible_people(signed_in.actor(), today, today).filter_map(|person| {
        let unit = directory.unit(person.unit_at(today)?)?;
        let details = &person.details;
        let clearance = CLEARANCES.iter().find(|(_, clearance)| *clearance == details.clearance);
        let mail = details.mail.as_ref().map_or("", Text::as_str);
        let cells = [
            person.code.as_str(),
            details.name.as_str(),
            unit.code.as_str(),
            details.rank.as_str(),
            details.duty.as_str(),
            clearance.map_or("", |(word, _)| *word),
            mail,
        ];
        Some(cells.map(str::to_owned).to_vec())
    });
    answer("people", csv::write(&PERSON_COLUMNS, rows))
}

/// Takes in a table of units: `code,name,parent`. Units that it does not name stay as they are.
#[utoipa::path(post, path = "/api/v1/units.csv", tag = "tables", params(Taking), request_body(content = String, content_type = "text/csv"), responses(
    (status = 200, body = Taken),
    (status = 422, description = "`bad_table`: every bad line is named, nothing was taken in", body = Problem, content_type = "application/problem+json"), Faults))]
pub async fn import_units(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Asked(taking): Asked<Taking>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Taken>, Fault> {
    let rows = parsed(&headers, &body, &UNIT_COLUMNS, unit_row)?;
    let (actor, from) = (signed_in.actor(), taking.from);
    take(&services, &signed_in, &taking, move |directory, today| {
        directory.plan_units(actor, &rows, from.unwrap_or(today), today)
    })
    .await
}

/// Takes in a table of people: `code,name,unit,rank,duty,clearance,mail`. People that it does not name stay as they are.
#[utoipa::path(post, path = "/api/v1/people.csv", tag = "tables", params(Taking), request_body(content = String, content_type = "text/csv"), responses(
    (status = 200, body = Taken),
    (status = 422, description = "`bad_table`: every bad line is named, nothing was taken in", body = Problem, content_type = "application/problem+json"), Faults))]
pub async fn import_people(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Asked(taking): Asked<Taking>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Taken>, Fault> {
    let rows = parsed(&headers, &body, &PERSON_COLUMNS, person_row)?;
    let (actor, from) = (signed_in.actor(), taking.from);
    take(&services, &signed_in, &taking, move |directory, today| {
        directory.plan_people(actor, &rows, from.unwrap_or(today), today)
    })
    .await
}

/// Why a table is not taken in.
enum Rejected {
    Lines(Vec<ImportFault>),
    Change(ChangeError),
}

impl From<ChangeError> for Rejected {
    fn from(error: ChangeError) -> Self {
        Self::Change(error)
    }
}

impl From<Rejected> for Fault {
    fn from(rejected: Rejected) -> Self {
        match rejected {
            Rejected::Lines(faults) => {
                Self::table(faults.into_iter().map(|fault| line(fault.line, fault.refusal)).collect())
            }
            Rejected::Change(error) => error.into(),
        }
    }
}

async fn take(
    services: &Services,
    signed_in: &SignedIn,
    taking: &Taking,
    plan: impl FnOnce(&Directory, Date) -> Result<Vec<Planned>, Vec<ImportFault>> + Send + 'static,
) -> Result<Json<Taken>, Fault> {
    let planned = if taking.dry_run {
        plan(&services.organisation.read(), today()).map_err(Rejected::Lines)?
    } else {
        let plan = move |directory: &Directory, today: Date| plan(directory, today).map_err(Rejected::Lines);
        services.organisation.import(signed_in.actor(), plan).await?
    };
    let directory = services.organisation.read();
    let changes = planned.iter().map(|planned| {
        let (code, name) = called(&planned.command, &directory);
        let effect = match planned.effect {
            Effect::Create => EffectView::Create,
            Effect::Change => EffectView::Change,
            Effect::Move => EffectView::Move,
        };
        LineChange { line: planned.line, effect, code, name }
    });
    Ok(Json(Taken { done: !taking.dry_run, changes: changes.collect() }))
}

/// The code and name of what a planned command is about.
fn called(command: &Command, directory: &Directory) -> (String, String) {
    let unit = |id| {
        let unit: Option<&Unit> = directory.unit(id);
        let name = unit.and_then(|unit| unit.versions.last()).map(|last| last.name.as_str().to_owned());
        (unit.map(|unit| unit.code.as_str().to_owned()).unwrap_or_default(), name.unwrap_or_default())
    };
    let person = |id| {
        let person = directory.person(id);
        let code = person.map(|person| person.code.as_str().to_owned());
        (code.unwrap_or_default(), person.map(|p| p.details.name.as_str().to_owned()).unwrap_or_default())
    };
    match command {
        Command::CreateUnit { code, name, .. } => (code.as_str().to_owned(), name.as_str().to_owned()),
        Command::CreatePerson { code, details, .. } => {
            (code.as_str().to_owned(), details.name.as_str().to_owned())
        }
        Command::RenameUnit { unit: id, name, .. } => (unit(*id).0, name.as_str().to_owned()),
        Command::UpdatePerson { person: id, details } => (person(*id).0, details.name.as_str().to_owned()),
        Command::MoveUnit { unit: id, .. } => unit(*id),
        Command::MovePerson { person: id, .. } => person(*id),
        _ => Default::default(),
    }
}

fn parsed<T>(
    headers: &HeaderMap,
    body: &[u8],
    columns: &[&'static str],
    row: impl Fn(&csv::Row) -> Result<T, Refusal>,
) -> Result<Vec<T>, Fault> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().is_none_or(|kind| kind.trim() != "text/csv") {
        return Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_csv", "send the table as text/csv"));
    }
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for read in csv::read(body, columns).map_err(Fault::table)? {
        match row(&read) {
            Ok(row) => rows.push(row),
            Err(refusal) => faults.push(line(read.line, refusal)),
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(Fault::table(faults)) }
}

fn unit_row(row: &csv::Row) -> Result<UnitRow, Refusal> {
    let parent = row.cell("parent");
    Ok(UnitRow {
        line: row.line,
        code: Code::new(row.cell("code"))?,
        name: Text::new(row.cell("name"))?,
        parent: if parent.is_empty() { None } else { Some(Code::new(parent)?) },
    })
}

fn person_row(row: &csv::Row) -> Result<PersonRow, Refusal> {
    let (mail, clearance) = (row.cell("mail"), row.cell("clearance"));
    let clearance = if clearance.is_empty() { "normal" } else { clearance };
    let clearance = CLEARANCES.iter().find(|(word, _)| *word == clearance).ok_or(Refusal::BadText)?;
    let details = Details {
        name: Text::new(row.cell("name"))?,
        rank: Text::or_empty(row.cell("rank"))?,
        duty: Text::or_empty(row.cell("duty"))?,
        clearance: clearance.1,
        mail: if mail.is_empty() { None } else { Some(Text::new(mail)?) },
    };
    Ok(PersonRow {
        line: row.line,
        code: Code::new(row.cell("code"))?,
        unit: Code::new(row.cell("unit"))?,
        details,
    })
}

fn line(line: usize, refusal: Refusal) -> LineProblem {
    LineProblem { line, code: word(refusal).1, detail: refusal.to_string() }
}

/// The answer that a table is.
pub fn answer(name: &str, table: Result<Vec<u8>, ::csv::Error>) -> Result<Response, Fault> {
    let table = table.map_err(|_| {
        Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the table cannot be written")
    })?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    Ok((headers, table).into_response())
}
