//! HTTP: the only place that knows status codes.

mod admin;
mod api;
mod assets;
mod headers;
mod private;
mod problem;
mod server;

pub use private::routes as private_routes;
pub use server::{ListenError, Listener};

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::services::Services;

/// Largest request body taken: a link's secret is 43 characters, the offer of a line test, deflated, some 1.5 kB.
const MAX_BODY: usize = 4096;

/// A request that takes longer is given up. WebSockets are not bound by it: their upgrade is answered at once.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Everything a browser may ask for.
pub fn routes(services: Arc<Services>) -> Router {
    Router::new()
        .route("/api/v1/lobby", post(api::lobby))
        .route("/api/v1/tickets", post(api::tickets))
        .route("/api/v1/line-tests", post(api::line_tests))
        .route("/api/v1/socket", get(api::socket))
        .route("/ca.crt", get(authority))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .merge(admin::routes(Arc::clone(&services)))
        .fallback(assets::serve)
        .layer(middleware::from_fn(time_out))
        .layer(middleware::from_fn(headers::secure))
        .with_state(services)
}

async fn authority(state: axum::extract::State<Arc<Services>>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/x-x509-ca-cert"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"giaoban-ca.crt\""),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, state.authority.clone()).into_response()
}

async fn time_out(request: Request, next: Next) -> Response {
    let timeout = admin::long_timeout(request.uri().path()).unwrap_or(REQUEST_TIMEOUT);
    match tokio::time::timeout(timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
