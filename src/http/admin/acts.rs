//! The record of acts, for those who administer the whole organisation.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};

use super::fault::{Fault, Faults, Problem};
use super::guard::{Asked, SignedIn};
use crate::organisation::{day_of, today};
use crate::services::Services;
use crate::sign_in::SignInError;
use crate::store::{ActRow, Verdict};
use giaoban_directory::{Directory, PersonId, Refusal, UnitId};

/// Which part of the record.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Acts before this number; from the end when nothing is said.
    before: Option<u64>,
    /// Acts on the page, 1 to 1000; 100 when nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// Only those of this person.
    actor: Option<u32>,
    /// Only those that concern this unit or one that is below it today.
    unit: Option<u32>,
    /// Only those of this kind.
    kind: Option<String>,
    /// Only those from this moment on, in milliseconds since 1970.
    from: Option<i64>,
    /// Only those before this moment, in milliseconds since 1970.
    to: Option<i64>,
}

/// Acts, the newest first.
#[derive(Serialize, ToSchema)]
pub struct Acts {
    items: Vec<ActView>,
    /// `before` of the next page; absent on the last. A page may hold fewer than asked for, or none, and still have a next:
    /// one request looks through a bounded number of acts.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// An act.
#[derive(Serialize, ToSchema)]
pub struct ActView {
    /// Its place in the record, from 1.
    number: u64,
    /// When, in milliseconds since 1970.
    at: i64,
    /// The person; absent for the operator and for nobody known.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<u32>,
    /// That person's name today.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_name: Option<String>,
    /// The unit that it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<u32>,
    /// That unit's name on the day of the act; of one that was made for a later day, its first.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_name: Option<String>,
    /// What, by its `kind`.
    #[schema(value_type = Object)]
    content: serde_json::Value,
    /// The SHA-256 over the act and the hash before it.
    hash: String,
}

/// The record of acts.
#[utoipa::path(get, path = "/api/v1/acts", tag = "acts", params(Part), responses(
    (status = 200, body = Acts), Faults))]
pub async fn list(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Asked(part): Asked<Part>,
) -> Result<Json<Acts>, Fault> {
    let sought = {
        let directory = services.organisation.read();
        if !directory.administers_all(signed_in.actor(), today()) {
            return Err(Refusal::NotAllowed.into());
        }
        Sought::new(&part, &directory)
    };
    let limit = usize::try_from(part.limit.unwrap_or(100).clamp(1, 1000)).unwrap_or(usize::MAX);
    let (mut found, mut before, mut looked) = (Vec::new(), part.before, 0);
    while found.len() < limit && looked < LOOKED_THROUGH {
        let rows = services.store.acts_before(before, AT_ONCE).await?;
        let is_last = rows.len() < AT_ONCE as usize;
        for row in rows {
            looked += 1;
            before = Some(row.act.number);
            if sought.takes(&row) {
                found.push(row);
            }
            if found.len() == limit {
                break;
            }
        }
        if is_last && found.len() < limit {
            before = None;
            break;
        }
    }
    let next = before.filter(|before| *before > 1);
    let directory = services.organisation.read();
    Ok(Json(Acts { items: found.into_iter().map(|row| view(row, &directory)).collect(), next }))
}

/// Acts that one request looks through for those that are sought; the next one goes on from there.
const LOOKED_THROUGH: usize = 20_000;

/// Acts read at once.
const AT_ONCE: u32 = 1000;

/// Which acts are sought.
struct Sought {
    actor: Option<PersonId>,
    units: Option<BTreeSet<UnitId>>,
    /// What the content of an act of the kind begins with.
    content: Option<String>,
    from: i64,
    to: i64,
}

impl Sought {
    fn new(part: &Part, directory: &Directory) -> Self {
        let today = today();
        let units = part.unit.map(UnitId).map(|top| {
            let below = directory.units().filter(|unit| directory.is_within(unit.id, top, today));
            below.map(|unit| unit.id).chain([top]).collect()
        });
        Self {
            actor: part.actor.map(PersonId),
            units,
            content: part.kind.as_ref().map(|kind| format!("{{\"kind\":\"{kind}\"")),
            from: part.from.unwrap_or(i64::MIN),
            to: part.to.unwrap_or(i64::MAX),
        }
    }

    fn takes(&self, row: &ActRow) -> bool {
        let act = &row.act;
        self.actor.is_none_or(|actor| act.actor == Some(actor))
            && self.units.as_ref().is_none_or(|units| act.unit.is_some_and(|unit| units.contains(&unit)))
            && self.content.as_ref().is_none_or(|content| act.content.starts_with(content))
            && (self.from..self.to).contains(&act.at)
    }
}

/// Whether the record of acts is whole: each act follows from the one before it.
#[derive(Serialize, ToSchema)]
pub struct Chain {
    /// Every act follows.
    holds: bool,
    /// How many were read.
    acts: u64,
    /// The last one's hash, to be noted elsewhere; absent when the chain is broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<String>,
}

/// Reads the whole record and says whether it holds. One check at a time.
#[utoipa::path(get, path = "/api/v1/acts/chain", tag = "acts", responses(
    (status = 200, body = Chain),
    (status = 503, description = "`busy`: another check is under way", body = Problem, content_type = "application/problem+json"), Faults))]
pub async fn chain(State(services): State<Arc<Services>>, signed_in: SignedIn) -> Result<Json<Chain>, Fault> {
    /// A check reads everything: one at a time is enough for all.
    static CHECKING: Semaphore = Semaphore::const_new(1);
    if !services.organisation.read().administers_all(signed_in.actor(), today()) {
        return Err(Refusal::NotAllowed.into());
    }
    let _checking = CHECKING.try_acquire().map_err(|_| Fault::from(SignInError::Busy))?;
    Ok(Json(match services.store.verify_acts().await? {
        Verdict::Holds { acts, head } => Chain { holds: true, acts, head: Some(hexadecimal(&head)) },
        Verdict::Broken { at } => Chain { holds: false, acts: at, head: None },
    }))
}

fn hexadecimal(hash: &[u8]) -> String {
    hash.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn view(row: ActRow, directory: &Directory) -> ActView {
    let actor = row.act.actor.and_then(|person| directory.person(person));
    let unit = row.act.unit.and_then(|unit| directory.unit(unit));
    let version = unit.and_then(|unit| unit.at(day_of(row.act.at)).or(unit.versions.first()));
    ActView {
        number: row.act.number,
        at: row.act.at,
        actor: row.act.actor.map(|person| person.0),
        actor_name: actor.map(|person| person.details.name.as_str().to_owned()),
        unit: row.act.unit.map(|unit| unit.0),
        unit_name: version.map(|version| version.name.as_str().to_owned()),
        content: serde_json::from_str(&row.act.content).unwrap_or_default(),
        hash: hexadecimal(&row.hash),
    }
}
