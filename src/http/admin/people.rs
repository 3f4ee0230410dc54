//! People.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use giaoban_directory::{Clearance, Code, Command, Date, Details, Person, PersonId, Text, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fault::{ChangeFaults, Fault, Faults};
use super::guard::{Asked, Body, Number, Seen, SignedIn, tag};
use super::page::{Changed, Page, Paging, finds};
use super::units::{FirstDay, run};
use crate::organisation::today;
use crate::services::Services;

/// Up to which classification a person may be told things: thường, mật, tối mật, tuyệt mật.
#[derive(Serialize, Deserialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub enum ClearanceView {
    Normal,
    Confidential,
    Secret,
    TopSecret,
}

/// A person.
#[derive(Serialize, ToSchema)]
pub struct PersonView {
    id: u32,
    code: String,
    #[serde(flatten)]
    details: DetailsView,
    /// The unit on the day that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<u32>,
    revision: u32,
}

/// What is known of a person.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DetailsView {
    #[schema(value_type = String, max_length = 200)]
    name: Text,
    /// Rank (cấp bậc).
    #[schema(value_type = String, max_length = 200)]
    rank: Text,
    /// Duty (chức vụ).
    #[schema(value_type = String, max_length = 200)]
    duty: Text,
    clearance: ClearanceView,
    #[schema(value_type = Option<String>, format = Email)]
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<Text>,
}

/// A new person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    #[schema(value_type = String, max_length = 40)]
    code: Code,
    details: DetailsView,
    /// The unit; only who administers the whole organisation enters people without one.
    unit: Option<u32>,
    #[schema(value_type = String, format = Date)]
    from: Date,
}

/// Another unit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MovePerson {
    unit: u32,
    #[schema(value_type = String, format = Date)]
    from: Date,
}

/// A link to hand to a person; its holder sets name and password. It is shown only this once.
#[derive(Serialize, ToSchema)]
pub struct AccountLink {
    /// What to send to `/api/v1/account/activate`.
    secret: String,
}

/// The people of the units that I administer, as they were on a day.
#[utoipa::path(get, path = "/api/v1/people", tag = "people", params(Paging), responses(
    (status = 200, body = Page<PersonView>), Faults))]
pub async fn list(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Asked(paging): Asked<Paging>,
) -> Result<Json<Page<PersonView>>, Fault> {
    let today = today();
    let day = paging.as_of.unwrap_or(today);
    let directory = services.organisation.read();
    let found = |person: &&Person| {
        paging.takes(person.unit_at(day), &directory, day)
            && paging
                .q
                .as_deref()
                .is_none_or(|q| finds(person.details.name.as_str(), q) || finds(person.code.as_str(), q))
    };
    let all = directory.visible_people(signed_in.actor(), today, day).filter(found);
    Ok(Json(Page::of(all, &paging, |person| person.id.0, |person| view(person, day))))
}

/// One person.
#[utoipa::path(get, path = "/api/v1/people/{person}", tag = "people", params(("person" = u32, Path)), responses(
    (status = 200, body = PersonView, headers(("etag" = String, description = "To be given in If-Match with a change"))), Faults))]
pub async fn one(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(person): Number,
) -> Result<Response, Fault> {
    let directory = services.organisation.read();
    let person = directory.visible_person(signed_in.actor(), PersonId(person), today())?;
    Ok((tag(person.revision), Json(view(person, today()))).into_response())
}

/// Enters a person.
#[utoipa::path(post, path = "/api/v1/people", tag = "people", request_body = NewPerson, responses(
    (status = 201, body = Changed), Faults))]
pub async fn create(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Body(NewPerson { code, details, unit, from }): Body<NewPerson>,
) -> Result<Response, Fault> {
    let command = Command::CreatePerson { code, details: details.into(), unit: unit.map(UnitId), from };
    run(&services, &signed_in, command, None, StatusCode::CREATED).await
}

/// Replaces what is known of a person.
#[utoipa::path(put, path = "/api/v1/people/{person}", tag = "people", params(("person" = u32, Path), ("if-match" = String, Header)), request_body = DetailsView, responses(
    (status = 200, body = Changed), ChangeFaults))]
pub async fn update(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(person): Number,
    Seen(seen): Seen,
    Body(details): Body<DetailsView>,
) -> Result<Response, Fault> {
    let command = Command::UpdatePerson { person: PersonId(person), details: details.into() };
    run(&services, &signed_in, command, Some(seen), StatusCode::OK).await
}

/// Puts a person into another unit from a day on.
#[utoipa::path(post, path = "/api/v1/people/{person}/move", tag = "people", params(("person" = u32, Path), ("if-match" = String, Header)), request_body = MovePerson, responses(
    (status = 200, body = Changed), ChangeFaults))]
pub async fn move_to(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(person): Number,
    Seen(seen): Seen,
    Body(MovePerson { unit, from }): Body<MovePerson>,
) -> Result<Response, Fault> {
    let command = Command::MovePerson { person: PersonId(person), unit: UnitId(unit), from };
    run(&services, &signed_in, command, Some(seen), StatusCode::OK).await
}

/// A person leaves; all that was administered ends with it.
#[utoipa::path(post, path = "/api/v1/people/{person}/retire", tag = "people", params(("person" = u32, Path), ("if-match" = String, Header)), request_body = FirstDay, responses(
    (status = 200, body = Changed), ChangeFaults))]
pub async fn retire(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(person): Number,
    Seen(seen): Seen,
    Body(FirstDay { from }): Body<FirstDay>,
) -> Result<Response, Fault> {
    let command = Command::RetirePerson { person: PersonId(person), from };
    run(&services, &signed_in, command, Some(seen), StatusCode::OK).await
}

/// Makes a link by which a person sets name and password; earlier links end.
#[utoipa::path(post, path = "/api/v1/people/{person}/account-link", tag = "people", params(("person" = u32, Path)), responses(
    (status = 201, body = AccountLink), Faults))]
pub async fn account_link(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Number(person): Number,
) -> Result<Response, Fault> {
    let secret = services.sign_in.make_link(signed_in.actor(), PersonId(person)).await?;
    let link = AccountLink { secret: secret.as_str().to_owned() };
    Ok((StatusCode::CREATED, Json(link)).into_response())
}

fn view(person: &Person, day: Date) -> PersonView {
    let details = person.details.clone();
    PersonView {
        id: person.id.0,
        code: person.code.as_str().to_owned(),
        details: DetailsView {
            name: details.name,
            rank: details.rank,
            duty: details.duty,
            clearance: match details.clearance {
                Clearance::Normal => ClearanceView::Normal,
                Clearance::Confidential => ClearanceView::Confidential,
                Clearance::Secret => ClearanceView::Secret,
                Clearance::TopSecret => ClearanceView::TopSecret,
            },
            mail: details.mail,
        },
        unit: person.unit_at(day).map(|unit| unit.0),
        revision: person.revision,
    }
}

impl From<DetailsView> for Details {
    fn from(view: DetailsView) -> Self {
        let clearance = match view.clearance {
            ClearanceView::Normal => Clearance::Normal,
            ClearanceView::Confidential => Clearance::Confidential,
            ClearanceView::Secret => Clearance::Secret,
            ClearanceView::TopSecret => Clearance::TopSecret,
        };
        let mail = view.mail.filter(|mail| !mail.as_str().is_empty());
        Self { name: view.name, rank: view.rank, duty: view.duty, clearance, mail }
    }
}
