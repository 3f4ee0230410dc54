//! Errors in HTTP: problem details (RFC 9457) with our stable code.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use giaoban_signaling::wire::ErrorCode;
use serde::Serialize;

/// A refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem(pub ErrorCode);

#[derive(Serialize)]
struct Body {
    title: &'static str,
    status: u16,
    code: ErrorCode,
}

impl Problem {
    fn status(self) -> StatusCode {
        match self.0 {
            ErrorCode::LinkInvalid
            | ErrorCode::LinkExpired
            | ErrorCode::TicketInvalid
            | ErrorCode::ResumeInvalid
            | ErrorCode::NotAllowed
            | ErrorCode::RoomLocked
            | ErrorCode::RoomClosed
            | ErrorCode::RoomNotOpen
            | ErrorCode::ChairAdmits => StatusCode::FORBIDDEN,
            ErrorCode::SeatInUse | ErrorCode::NoSuchMember | ErrorCode::NoSuchSource => StatusCode::CONFLICT,
            ErrorCode::BadMessage
            | ErrorCode::BadOffer
            | ErrorCode::NoCommonCodec
            | ErrorCode::WrongVersion => StatusCode::BAD_REQUEST,
            ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::TooFast | ErrorCode::SlowConsumer | ErrorCode::RateLimited => {
                StatusCode::TOO_MANY_REQUESTS
            }
            ErrorCode::RoomFull | ErrorCode::ShuttingDown | ErrorCode::Overloaded => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let title = status.canonical_reason().unwrap_or_default();
        let mut response =
            (status, Json(Body { title, status: status.as_u16(), code: self.0 })).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}
