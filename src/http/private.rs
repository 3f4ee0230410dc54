//! The private listener: metrics and health.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text::encode;

use crate::services::Services;

/// Everything the operator's monitoring may ask for.
pub fn routes(services: Arc<Services>) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/health/live", get(|| async { "live\n" }))
        .route("/health/ready", get(ready))
        .with_state(services)
}

async fn metrics(State(services): State<Arc<Services>>) -> Response {
    let mut text = String::new();
    match encode(&mut text, &services.metrics_registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Ready while the database answers and the gateway is not going down.
async fn ready(State(services): State<Arc<Services>>) -> Response {
    let going_down = services.shutdown.is_down();
    if going_down || services.store.rooms().await.is_err() {
        return (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response();
    }
    "ready\n".into_response()
}
