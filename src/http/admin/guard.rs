//! Who asks, and from which page. Everything here is decided before a handler runs.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use giaoban_directory::Actor;
use serde::de::DeserializeOwned;

use super::fault::Fault;
use crate::http::api::is_same_origin;
use crate::services::Services;
use crate::sign_in::Session;

/// The session's cookie. The prefix binds it to this host, to TLS and to the whole site (RFC 6265bis §4.1.3.2).
const COOKIE: &str = "__Host-giaoban";

/// Lets nothing through that another site's page has its visitor's browser ask for. A request that changes something must
/// name our own origin if it carries a cookie: a browser always does. Together with `SameSite=Strict` this is two
/// defences, each enough.
pub async fn same_origin(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let changes = !request.method().is_safe();
    let unnamed = headers.contains_key(header::COOKIE) && !headers.contains_key(header::ORIGIN);
    if changes && (unnamed || !is_same_origin(headers)) {
        let detail = "this request does not come from a page of this gateway";
        return Fault::new(StatusCode::FORBIDDEN, "foreign_origin", detail).into_response();
    }
    next.run(request).await
}

/// A person who signed in.
pub struct SignedIn(pub Session);

impl SignedIn {
    pub fn actor(&self) -> Actor {
        Actor::Person(self.0.person)
    }
}

impl FromRequestParts<Arc<Services>> for SignedIn {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, services: &Arc<Services>) -> Result<Self, Fault> {
        let presented = presented(&parts.headers).ok_or_else(Fault::not_signed_in)?;
        let session = services.sign_in.session(presented).await?;
        session.map(Self).ok_or_else(Fault::not_signed_in)
    }
}

/// The session's secret as a request presents it.
pub fn presented(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|cookies| cookies.to_str().ok());
    cookies
        .flat_map(|cookies| cookies.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='))
        .filter(|secret| !secret.is_empty())
}

/// The cookie that keeps a session. Scripts do not see it; without an age it ends with the browser.
pub fn cookie(secret: &str) -> String {
    format!("{COOKIE}={secret}; Path=/; Secure; HttpOnly; SameSite=Strict")
}

/// The cookie that ends it.
pub fn no_cookie() -> String {
    format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
}

/// A body of JSON; what is wrong with it is said as a problem.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<Services>> for Body<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, services: &Arc<Services>) -> Result<Self, Fault> {
        let json: Result<Json<T>, JsonRejection> = Json::from_request(request, services).await;
        json.map(|Json(body)| Self(body)).map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", rejection.body_text())
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", rejection.body_text())
            }
            _ => Fault::bad_request(rejection.body_text()),
        })
    }
}

/// The query's fields.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Arc<Services>> for Asked<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, services: &Arc<Services>) -> Result<Self, Fault> {
        let query: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, services).await;
        query.map(|Query(query)| Self(query)).map_err(|rejection| Fault::bad_request(rejection.body_text()))
    }
}

/// The number in the path.
pub struct Number(pub u32);

impl FromRequestParts<Arc<Services>> for Number {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, services: &Arc<Services>) -> Result<Self, Fault> {
        let path: Result<Path<u32>, PathRejection> = Path::from_request_parts(parts, services).await;
        path.map(|Path(number)| Self(number)).map_err(|_| Fault::no_such_number())
    }
}

/// The revision that a change is made on (RFC 9110 §13.1.1): who changes something says what he saw.
pub struct Seen(pub u32);

impl FromRequestParts<Arc<Services>> for Seen {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Services>) -> Result<Self, Fault> {
        let Some(tag) = parts.headers.get(header::IF_MATCH) else {
            let detail = "say with If-Match which ETag you saw";
            return Err(Fault::new(StatusCode::PRECONDITION_REQUIRED, "if_match_needed", detail));
        };
        let revision =
            tag.to_str().ok().and_then(|tag| tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok());
        // A tag that we never gave matches nothing.
        Ok(Self(revision.unwrap_or(0)))
    }
}

/// The tag of a revision.
pub fn tag(revision: u32) -> [(header::HeaderName, String); 1] {
    [(header::ETAG, format!("\"{revision}\""))]
}
