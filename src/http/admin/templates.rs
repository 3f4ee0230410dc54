//! Templates (mẫu phòng).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use giaoban_calendar::{Change, Command, Refusal, Template, TemplateId};
use giaoban_directory::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fault::{ChangeFaults, Fault, Faults};
use super::guard::{Asked, Body, Number, Seen, SignedIn, tag};
use super::page::{Page, Paging, finds};
use super::rules::RulesView;
use crate::schedule::Schedule;
use crate::services::Services;

/// A template.
#[derive(Serialize, ToSchema)]
pub struct TemplateView {
    id: u32,
    /// Counts its changes.
    revision: u32,
    name: String,
    rules: RulesView,
}

/// A template as it shall be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemplate {
    #[schema(value_type = String, max_length = 200)]
    name: Text,
    rules: RulesView,
}

/// The templates of the units that I administer.
#[utoipa::path(get, path = "/api/v1/templates", tag = "templates", params(Paging), responses((status = 200, body = Page<TemplateView>), Faults))]
pub async fn list(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Asked(paging): Asked<Paging>,
) -> Result<Json<Page<TemplateView>>, Fault> {
    let (directory, calendar) = (services.organisation.read(), services.schedule.read());
    let world = Schedule::world(&directory);
    let found = |template: &&Template| {
        !template.retired
            && paging.takes(template.rules.unit, &directory, world.today)
            && paging.q.as_deref().is_none_or(|q| finds(template.name.as_str(), q))
    };
    let templates = calendar.visible_templates(signed_in.actor(), world).filter(found);
    Ok(Json(Page::of(templates, &paging, |template| template.id.0, view)))
}

/// One template.
#[utoipa::path(get, path = "/api/v1/templates/{template}", tag = "templates", params(("template" = u32, Path)), responses(
    (status = 200, body = TemplateView, headers(("etag" = String, description = "To be given in If-Match with a change"))), Faults))]
pub async fn one(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(template): Number,
) -> Result<Response, Fault> {
    let (directory, calendar) = (services.organisation.read(), services.schedule.read());
    let world = Schedule::world(&directory);
    let template = calendar.visible_template(signed_in.actor(), TemplateId(template), world)?;
    Ok((tag(template.revision), Json(view(template))).into_response())
}

/// Makes a template.
#[utoipa::path(post, path = "/api/v1/templates", tag = "templates", request_body = NewTemplate, responses((status = 201, body = TemplateView), Faults))]
pub async fn create(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Body(NewTemplate { name, rules }): Body<NewTemplate>,
) -> Result<Response, Fault> {
    let command = Command::CreateTemplate { name, rules: rules.into() };
    run(&services, &signed_in, command, None, StatusCode::CREATED).await
}

/// Replaces a template. Rooms that were made from it stay as they are.
#[utoipa::path(put, path = "/api/v1/templates/{template}", tag = "templates", params(("template" = u32, Path), ("if-match" = String, Header)), request_body = NewTemplate, responses((status = 200, body = TemplateView), ChangeFaults))]
pub async fn update(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(template): Number,
    Seen(seen): Seen,
    Body(NewTemplate { name, rules }): Body<NewTemplate>,
) -> Result<Response, Fault> {
    let command = Command::UpdateTemplate { template: TemplateId(template), name, rules: rules.into() };
    run(&services, &signed_in, command, Some(seen), StatusCode::OK).await
}

/// Offers a template no more.
#[utoipa::path(delete, path = "/api/v1/templates/{template}", tag = "templates", params(("template" = u32, Path), ("if-match" = String, Header)), responses((status = 200, body = TemplateView), ChangeFaults))]
pub async fn retire(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(template): Number,
    Seen(seen): Seen,
) -> Result<Response, Fault> {
    let command = Command::RetireTemplate { template: TemplateId(template) };
    run(&services, &signed_in, command, Some(seen), StatusCode::OK).await
}

async fn run(
    services: &Arc<Services>,
    signed_in: &SignedIn,
    command: Command,
    seen: Option<u32>,
    status: StatusCode,
) -> Result<Response, Fault> {
    let changes = services.schedule.run(signed_in.actor(), command, seen).await?;
    let template = changes.iter().find_map(|change| match change {
        Change::Template(template) => Some(template),
        Change::Room(_) | Change::Booking(_) => None,
    });
    let template = template.ok_or(Refusal::NoSuchTemplate)?;
    Ok((status, tag(template.revision), Json(view(template))).into_response())
}

fn view(template: &Template) -> TemplateView {
    TemplateView {
        id: template.id.0,
        revision: template.revision,
        name: template.name.as_str().to_owned(),
        rules: (&template.rules).into(),
    }
}
