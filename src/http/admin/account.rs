//! Signing in and out, and one's own account.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fault::{Fault, Problem};
use super::guard::{Body, SignedIn, cookie, no_cookie, presented};
use crate::http::server::Peer;
use crate::organisation::today;
use crate::secret::SecretHash;
use crate::services::Services;
use crate::sign_in::SignInError;

/// Name and password. No `Debug`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    login: String,
    #[schema(format = Password)]
    password: String,
    /// The one-time code, where one is asked for.
    code: Option<String>,
}

/// What a link's holder sets. No `Debug`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Activation {
    /// The part of the link after `#`.
    secret: String,
    /// The name to sign in with from now on.
    login: String,
    /// The password.
    #[schema(format = Password)]
    password: String,
}

/// Another password. No `Debug`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The one used so far.
    #[schema(format = Password)]
    old: String,
    /// The one used from now on.
    #[schema(format = Password)]
    new: String,
}

/// A secret of one-time codes, proved by a code. No `Debug`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Codes {
    #[schema(format = Password)]
    password: String,
    /// As the gateway made it.
    secret: String,
    /// A code made with it.
    code: String,
}

/// A fresh secret of one-time codes.
#[derive(Serialize, ToSchema)]
pub struct FreshCodes {
    /// In base32.
    secret: String,
    /// The same as apps read it, often as a QR code.
    uri: String,
}

/// Who signed in.
#[derive(Serialize, ToSchema)]
pub struct Who {
    /// The person's number.
    person: u32,
    /// The name.
    name: String,
    /// Whether there is anything to administer.
    administers: bool,
    /// Whether it is the whole organisation.
    administers_all: bool,
}

/// Signs in. The answer sets the session's cookie; a session presented before ends.
#[utoipa::path(post, path = "/api/v1/session", tag = "account", request_body = Credentials, responses(
    (status = 200, body = Who),
    (status = 401, description = "`wrong_credentials`, or `code_needed` when a one-time code is missing", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "`wait`: too many failures; Retry-After says how long", body = Problem, content_type = "application/problem+json"),
))]
pub async fn sign_in(
    State(services): State<Arc<Services>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    Body(given): Body<Credentials>,
) -> Result<Response, Fault> {
    if services.attempts.is_refused(peer.ip, Instant::now()) {
        return Err(SignInError::Wait(1).into());
    }
    let before = presented(&headers).map(SecretHash::of);
    let signed =
        services.sign_in.by_password(&given.login, &given.password, given.code.as_deref(), before).await;
    if matches!(signed, Err(SignInError::Wrong)) {
        services.attempts.failed(peer.ip, Instant::now());
    }
    let (secret, person) = signed?;
    let who = show(&services, person)?;
    Ok(([(header::SET_COOKIE, cookie(secret.as_str()))], Json(who)).into_response())
}

/// Who I am.
#[utoipa::path(get, path = "/api/v1/session", tag = "account", responses(
    (status = 200, body = Who),
    (status = 401, description = "`not_signed_in`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn who(State(services): State<Arc<Services>>, signed_in: SignedIn) -> Result<Json<Who>, Fault> {
    show(&services, signed_in.0.person).map(Json)
}

/// Signs out here.
#[utoipa::path(delete, path = "/api/v1/session", tag = "account", responses((status = 204), (status = 401, body = Problem, content_type = "application/problem+json")))]
pub async fn sign_out(State(services): State<Arc<Services>>, signed_in: SignedIn) -> Result<Response, Fault> {
    services.sign_in.sign_out(signed_in.0, false).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, no_cookie())]).into_response())
}

/// Signs out everywhere.
#[utoipa::path(delete, path = "/api/v1/sessions", tag = "account", responses((status = 204), (status = 401, body = Problem, content_type = "application/problem+json")))]
pub async fn sign_out_everywhere(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
) -> Result<Response, Fault> {
    services.sign_in.sign_out(signed_in.0, true).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, no_cookie())]).into_response())
}

/// Sets name and password by a one-time link.
#[utoipa::path(post, path = "/api/v1/account/activate", tag = "account", request_body = Activation, responses(
    (status = 204),
    (status = 403, description = "`link_invalid`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`login_taken`", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`bad_login` or `bad_password`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn activate(
    State(services): State<Arc<Services>>,
    Extension(peer): Extension<Peer>,
    Body(given): Body<Activation>,
) -> Result<StatusCode, Fault> {
    if services.attempts.is_refused(peer.ip, Instant::now()) {
        return Err(SignInError::Wait(1).into());
    }
    let done = services.sign_in.activate(&given.secret, &given.login, &given.password).await;
    if matches!(done, Err(SignInError::NoLink)) {
        services.attempts.failed(peer.ip, Instant::now());
    }
    done?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets another password; all other sessions end.
#[utoipa::path(put, path = "/api/v1/account/password", tag = "account", request_body = NewPassword, responses(
    (status = 204),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`bad_password`", body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
))]
pub async fn change_password(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Body(given): Body<NewPassword>,
) -> Result<StatusCode, Fault> {
    services.sign_in.change_password(signed_in.0, &given.old, &given.new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A fresh secret of one-time codes; it counts once it is proved.
#[utoipa::path(post, path = "/api/v1/account/codes", tag = "account", responses(
    (status = 200, body = FreshCodes),
    (status = 401, body = Problem, content_type = "application/problem+json"),
))]
pub async fn new_codes(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
) -> Result<Json<FreshCodes>, Fault> {
    let fresh = services.sign_in.new_codes(signed_in.0).await?;
    Ok(Json(FreshCodes { secret: fresh.secret, uri: fresh.uri }))
}

/// Asks for one-time codes from now on; all other sessions end.
#[utoipa::path(put, path = "/api/v1/account/codes", tag = "account", request_body = Codes, responses(
    (status = 204),
    (status = 401, description = "`wrong_credentials`", body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
))]
pub async fn set_codes(
    State(services): State<Arc<Services>>,
    signed_in: SignedIn,
    Body(given): Body<Codes>,
) -> Result<StatusCode, Fault> {
    services.sign_in.set_codes(signed_in.0, &given.password, &given.secret, &given.code).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn show(services: &Services, person: giaoban_directory::PersonId) -> Result<Who, Fault> {
    let directory = services.organisation.read();
    let known = directory.person(person).ok_or_else(Fault::not_signed_in)?;
    let actor = giaoban_directory::Actor::Person(person);
    Ok(Who {
        person: person.0,
        name: known.details.name.as_str().to_owned(),
        administers: directory.administers(actor, today()),
        administers_all: directory.administers_all(actor, today()),
    })
}
