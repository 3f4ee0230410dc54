//! The API under `/api/v1`.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, extract::ws::rejection::WebSocketUpgradeRejection};
use giaoban_signaling::wire::{ErrorCode, MAX_CLIENT_MESSAGE, Role, RoomInfo};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::problem::Problem;
use super::server::Peer;
use crate::connection::{self, milliseconds};
use crate::line_tests::Offer;
use crate::secret::SecretHash;
use crate::services::Services;
use crate::store::Admission;

/// What a WebSocket reads at once, and keeps room for as long as it is open: most messages are much shorter. Longer ones
/// are read in parts. Without a word the library keeps 128 KiB for each member.
const READ_BUFFER: usize = 4096;

/// A body that presents a link's secret. No `Debug`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Presented {
    secret: String,
}

/// What the lobby shows.
#[derive(Serialize)]
struct Lobby {
    /// The site's name.
    site: String,
    /// The seat's role.
    role: Role,
    /// Title and classification.
    room: RoomInfo,
    /// Another connection holds the seat.
    in_use: bool,
}

/// The offer of a line test: `sdp` as in `offer` on the WebSocket, and the mids of its two sections. No `Debug`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Test {
    secret: String,
    sdp: String,
    sending: String,
    receiving: String,
}

#[derive(Serialize)]
struct TestAnswer {
    sdp: String,
}

#[derive(Serialize)]
struct Ticket {
    ticket: String,
}

/// What a link opens: `POST /api/v1/lobby {"secret"}`.
pub async fn lobby(
    State(services): State<Arc<Services>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let admission = admit(&services, peer, &headers, body).await?;
    let room = services.registry.find(admission.seat.conference).ok_or(Problem(ErrorCode::Internal))?;
    let in_use = room.in_use(admission.seat.member).await.ok_or(Problem(ErrorCode::ShuttingDown))?;
    let lobby = Lobby { site: admission.name, role: admission.role, room: room.info().clone(), in_use };
    Ok(Json(lobby).into_response())
}

/// A ticket for one WebSocket: `POST /api/v1/tickets {"secret"}`.
pub async fn tickets(
    State(services): State<Arc<Services>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let admission = admit(&services, peer, &headers, body).await?;
    let ticket =
        services.tickets.issue(Instant::now(), admission.seat).map_err(|_| Problem(ErrorCode::Internal))?;
    Ok(Json(Ticket { ticket: ticket.as_str().to_owned() }).into_response())
}

/// Tests the line before the seat is taken: `POST /api/v1/line-tests {"secret", "sdp", "sending", "receiving"}`.
pub async fn line_tests(
    State(services): State<Arc<Services>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let test: Test = read(&services, &peer, &headers, body)?;
    let seat = find(&services, &peer, &test.secret).await?.seat;
    if !services.attempts.line_test(seat.member, Instant::now()) {
        return Err(Problem(ErrorCode::RateLimited));
    }
    let room = services.registry.find(seat.conference).ok_or(Problem(ErrorCode::Internal))?;
    let sdp = connection::offer::inflate(&test.sdp).map_err(Problem)?;
    let offer = Offer { sdp, sending: test.sending, receiving: test.receiving };
    let sdp = services.line_tests.begin(room.shard(), seat.member, offer).await.map_err(Problem)?;
    Ok(Json(TestAnswer { sdp }).into_response())
}

/// The WebSocket: `GET /api/v1/socket`.
pub async fn socket(
    State(services): State<Arc<Services>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Response> {
    let upgrade = upgrade.map_err(IntoResponse::into_response)?;
    if !is_same_origin(&headers) {
        return Err(StatusCode::FORBIDDEN.into_response());
    }
    let upgrade = upgrade
        .max_message_size(MAX_CLIENT_MESSAGE)
        .max_frame_size(MAX_CLIENT_MESSAGE)
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0);
    Ok(upgrade.on_upgrade(move |socket| async move {
        let Peer { ip, permit: _permit } = peer;
        connection::serve(socket, ip, services).await;
    }))
}

/// Finds the living link whose secret a body presents. Counts by link when it is good, by address when it is not.
async fn admit(
    services: &Services,
    peer: Peer,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Admission, Problem> {
    let presented: Presented = read(services, &peer, headers, body)?;
    let admission = find(services, &peer, &presented.secret).await?;
    if !services.attempts.link(admission.seat.member, Instant::now()) {
        return Err(Problem(ErrorCode::RateLimited));
    }
    Ok(admission)
}

/// What a page of ours says.
fn read<T: DeserializeOwned>(
    services: &Services,
    peer: &Peer,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<T, Problem> {
    if !is_same_origin(headers) {
        return Err(Problem(ErrorCode::NotAllowed));
    }
    if services.attempts.is_refused(peer.ip, Instant::now()) {
        return Err(Problem(ErrorCode::RateLimited));
    }
    let body = body.map_err(|_| Problem(ErrorCode::TooLarge))?;
    serde_json::from_slice(&body).map_err(|_| Problem(ErrorCode::BadMessage))
}

/// The living link of a secret; one that has none counts against its address.
async fn find(services: &Services, peer: &Peer, secret: &str) -> Result<Admission, Problem> {
    let found = services.store.find_link(SecretHash::of(secret)).await.map_err(|error| {
        tracing::error!(%error, "cannot look a link up");
        Problem(ErrorCode::Internal)
    })?;
    let Some(admission) = found else {
        services.attempts.failed(peer.ip, Instant::now());
        return Err(Problem(ErrorCode::LinkInvalid));
    };
    if admission.until.is_some_and(|until| until <= milliseconds(SystemTime::now())) {
        let in_time = services.attempts.link(admission.seat.member, Instant::now());
        return Err(Problem(if in_time { ErrorCode::LinkExpired } else { ErrorCode::RateLimited }));
    }
    Ok(admission)
}

/// Whether a request comes from our own page. A browser always names the origin of a POST and of a WebSocket;
/// other programs need not, and carry no one's authority but what they present. A page that hides its
/// referrer may hide its origin with it, but not that the request stays within it.
pub(super) fn is_same_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    if origin == "null" {
        return headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin");
    }
    let host = headers.get(header::HOST).map(|host| host.as_bytes()).unwrap_or_default();
    origin.as_bytes().strip_prefix(b"https://").is_some_and(|origin| origin == host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_our_own_pages_may_call() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("hop.example:8443"));
        assert!(is_same_origin(&headers));
        for (origin, own) in [
            ("https://hop.example:8443", true),
            ("http://hop.example:8443", false),
            ("https://hop.example", false),
            ("https://evil.example", false),
            ("null", false),
        ] {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            assert_eq!(is_same_origin(&headers), own, "{origin}");
        }
    }

    #[test]
    fn a_hidden_origin_passes_only_within_it() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ORIGIN, HeaderValue::from_static("null"));
        assert!(!is_same_origin(&headers));
        headers.insert("sec-fetch-site", HeaderValue::from_static("cross-site"));
        assert!(!is_same_origin(&headers));
        headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
        assert!(is_same_origin(&headers));
    }
}
