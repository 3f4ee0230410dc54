//! The record of acts, for those who administer the whole organisation.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::fault::{Fault, Problem};
use super::guard::{Asked, SignedIn};
use crate::organisation::today;
use crate::services::Services;
use crate::store::ActRow;
use giaoban_directory::Refusal;

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
}

/// Acts, the newest first.
#[derive(Serialize, ToSchema)]
pub struct Acts {
    items: Vec<ActView>,
    /// `before` of the next page; absent on the last.
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
    /// The unit that it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<u32>,
    /// What, by its `kind`.
    #[schema(value_type = Object)]
    content: serde_json::Value,
    /// The SHA-256 over the act and the hash before it.
    hash: String,
}

/// The record of acts.
#[utoipa::path(get, path = "/api/v1/acts", tag = "acts", params(Part), responses(
    (status = 200, body = Acts),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Asked(part): Asked<Part>,
) -> Result<Json<Acts>, Fault> {
    if !services.organisation.read().administers_all(signed_in.actor(), today()) {
        return Err(Refusal::NotAllowed.into());
    }
    let limit = part.limit.unwrap_or(100).clamp(1, 1000);
    let rows = services.store.acts_before(part.before, limit).await?;
    let next = rows.last().map(|row| row.act.number).filter(|first| *first > 1);
    Ok(Json(Acts { items: rows.into_iter().map(view).collect(), next }))
}

fn view(row: ActRow) -> ActView {
    let hash = row.hash.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    ActView {
        number: row.act.number,
        at: row.act.at,
        actor: row.act.actor.map(|person| person.0),
        unit: row.act.unit.map(|unit| unit.0),
        content: serde_json::from_str(&row.act.content).unwrap_or_default(),
        hash,
    }
}
