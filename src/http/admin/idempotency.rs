//! A request that its sender gives a key is carried out once, however often it is sent. Answers are kept for a day and
//! given again; what was under way when the process was killed may be carried out a second time.

use std::sync::Arc;
use std::time::SystemTime;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use giaoban_directory::PersonId;

use super::MAX_BODY;
use super::fault::Fault;
use super::guard::presented;
use crate::services::Services;
use crate::store::{Answer, Known, StoreError, milliseconds};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPEATED: HeaderName = HeaderName::from_static("idempotency-repeated");

/// Longest key.
const MAX_KEY: usize = 100;

/// Longest answer that is kept.
const MAX_ANSWER: usize = 1 << 20;

/// Whether answers under a path are kept. Those that hold a secret are not.
fn is_kept(path: &str) -> bool {
    const LISTS: [&str; 6] = ["units", "people", "appointments", "rooms", "templates", "bookings"];
    let mut parts = path.trim_start_matches("/api/v1/").split('/');
    parts.next().is_some_and(|list| LISTS.contains(&list))
        && parts.all(|part| part != "links" && part != "account-link")
}

/// Answers a request that was answered before as it was then.
pub async fn once(State(services): State<Arc<Services>>, request: Request, next: Next) -> Response {
    let named = request.headers().contains_key(KEY);
    if !named || request.method() != Method::POST || !is_kept(request.uri().path()) {
        return next.run(request).await;
    }
    // To its end also when its sender hangs up: he sends it again to learn what became of it.
    match tokio::spawn(answer(services, request, next)).await {
        Ok(Ok(response)) => response,
        Ok(Err(fault)) => fault.into_response(),
        Err(_) => Fault::from(StoreError::Stopped).into_response(),
    }
}

async fn answer(services: Arc<Services>, request: Request, next: Next) -> Result<Response, Fault> {
    let key = key(request.headers())?;
    let session = match presented(request.headers()) {
        Some(presented) => services.sign_in.session(presented).await?,
        None => None,
    };
    let person = session.ok_or_else(Fault::not_signed_in)?.person;
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY)
        .await
        .map_err(|_| Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the request is too large"))?;
    let seen = parts.headers.get(header::IF_MATCH).map(HeaderValue::as_bytes).unwrap_or_default();
    let whole = [parts.uri.path().as_bytes(), seen, &body].join(&0);
    let fingerprint = digest(&SHA256, &whole);
    let now = milliseconds(SystemTime::now()) / 1000;
    match services.store.begin_answer(person, &key, fingerprint.as_ref(), now).await? {
        Known::New => {
            let request = Request::from_parts(parts, Body::from(body));
            keep(&services, person, &key, next.run(request).await).await
        }
        Known::UnderWay => Err(Fault::new(
            StatusCode::CONFLICT,
            "under_way",
            "the same request is being carried out; ask again in a moment",
        )),
        Known::Another => Err(Fault::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "key_used",
            "another request had this Idempotency-Key; give each its own",
        )),
        Known::Answered(answer) => Ok(again(answer)),
    }
}

fn key(headers: &HeaderMap) -> Result<String, Fault> {
    let key = headers.get(KEY).and_then(|key| key.to_str().ok()).unwrap_or_default();
    let is_good = !key.is_empty() && key.len() <= MAX_KEY && key.bytes().all(|byte| byte.is_ascii_graphic());
    if is_good {
        Ok(key.to_owned())
    } else {
        Err(Fault::bad_request("an Idempotency-Key has 1 to 100 visible ASCII characters"))
    }
}

async fn keep(
    services: &Services,
    person: PersonId,
    key: &str,
    response: Response,
) -> Result<Response, Fault> {
    let (parts, body) = response.into_parts();
    let text = |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let body = to_bytes(body, MAX_ANSWER).await.unwrap_or_default();
    let answer = Answer {
        status: parts.status.as_u16(),
        etag: text(header::ETAG).map(str::to_owned),
        kind: text(header::CONTENT_TYPE).map(str::to_owned),
        body: body.to_vec(),
    };
    // What failed by our fault is to be tried again.
    let kept = Some(&answer).filter(|_| !parts.status.is_server_error());
    services.store.answer(person, key, kept).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn again(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    for (name, value) in [(header::ETAG, answer.etag), (header::CONTENT_TYPE, answer.kind)] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPEATED, HeaderValue::from_static("true"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_with_a_secret_are_not_kept() {
        for path in ["units", "units/3/rename", "rooms", "rooms/3/close", "bookings/now", "people"] {
            assert!(is_kept(&format!("/api/v1/{path}")), "{path}");
        }
        for path in [
            "session",
            "account/codes",
            "account/activate",
            "people/3/account-link",
            "rooms/3/links",
            "me/feed",
            "me/rooms/3/enter",
            "units.csv",
            "people.csv",
        ] {
            assert!(!is_kept(&format!("/api/v1/{path}")), "{path}");
        }
    }
}
