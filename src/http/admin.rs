//! The API of administration: accounts and sessions, units, people, appointments, rooms, the record of acts.

mod account;
mod acts;
mod appointments;
mod bookings;
mod csv;
mod fault;
mod feed;
mod guard;
mod idempotency;
mod me;
mod openapi;
mod page;
mod people;
mod plan;
mod preview;
mod roll;
mod room_links;
mod rooms;
mod rules;
mod tables;
mod templates;
mod units;
mod words;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{delete, get, post, put};

use crate::services::Services;

/// Largest table taken in: 20,000 people in lines of 200 bytes.
const MAX_TABLE: usize = 4 << 20;

/// Largest body of another request: a merger of all units of a country.
const MAX_BODY: usize = 64 << 10;

/// How long what reads or writes everything may take.
const LONG_TIMEOUT: Duration = Duration::from_secs(120);

/// How long an answer may take that is not given at once: tables, and the check of the whole record.
pub fn long_timeout(path: &str) -> Option<Duration> {
    (path.ends_with(".csv") || path == "/api/v1/acts/chain").then_some(LONG_TIMEOUT)
}

/// Every route, with its guard.
pub fn routes(services: Arc<Services>) -> Router<Arc<Services>> {
    let tables = Router::new()
        .route("/api/v1/units.csv", get(tables::export_units).post(tables::import_units))
        .route("/api/v1/people.csv", get(tables::export_people).post(tables::import_people))
        .layer(DefaultBodyLimit::max(MAX_TABLE));
    Router::new()
        .route("/api/v1/openapi.json", get(openapi::document))
        .route("/api/v1/account/activate", post(account::activate))
        .route("/api/v1/account/password", put(account::change_password))
        .route("/api/v1/account/codes", post(account::new_codes).put(account::set_codes))
        .route("/api/v1/session", post(account::sign_in).get(account::who).delete(account::sign_out))
        .route("/api/v1/sessions", delete(account::sign_out_everywhere))
        .route("/api/v1/units", get(units::list).post(units::create))
        .route("/api/v1/units/preview", post(preview::preview))
        .route("/api/v1/units/merge", post(units::merge))
        .route("/api/v1/units/{unit}", get(units::one))
        .route("/api/v1/units/{unit}/rename", post(units::rename))
        .route("/api/v1/units/{unit}/move", post(units::move_to))
        .route("/api/v1/units/{unit}/split", post(units::split))
        .route("/api/v1/units/{unit}/abolish", post(units::abolish))
        .route("/api/v1/people", get(people::list).post(people::create))
        .route("/api/v1/people/{person}", get(people::one).put(people::update))
        .route("/api/v1/people/{person}/move", post(people::move_to))
        .route("/api/v1/people/{person}/retire", post(people::retire))
        .route("/api/v1/people/{person}/account-link", post(people::account_link))
        .route("/api/v1/appointments", get(appointments::list).post(appointments::create))
        .route("/api/v1/appointments/{appointment}", delete(appointments::end))
        .route("/api/v1/rooms", get(rooms::list).post(rooms::create))
        .route("/api/v1/rooms/{room}", get(rooms::one).put(rooms::update))
        .route("/api/v1/rooms/{room}/close", post(rooms::close))
        .route("/api/v1/rooms/{room}/links", get(room_links::list).post(room_links::create))
        .route("/api/v1/rooms/{room}/links/{link}", delete(room_links::end))
        .route("/api/v1/templates", get(templates::list).post(templates::create))
        .route(
            "/api/v1/templates/{template}",
            get(templates::one).put(templates::update).delete(templates::retire),
        )
        .route("/api/v1/me/feed", post(feed::create).delete(feed::end))
        .route("/api/v1/feeds/{file}", get(feed::read))
        .route("/api/v1/me/briefings", get(me::briefings))
        .route("/api/v1/me/rooms/{room}/enter", post(me::enter))
        .route("/api/v1/bookings/{booking}/meetings/{original}/roll", get(roll::roll))
        .route("/api/v1/bookings/{booking}/meetings/{original}/roll.csv", get(roll::table))
        .route("/api/v1/meetings", get(bookings::meetings))
        .route("/api/v1/bookings", post(bookings::create))
        .route("/api/v1/bookings/check", post(bookings::check))
        .route("/api/v1/bookings/now", post(bookings::convene))
        .route("/api/v1/bookings/{booking}", get(bookings::one).put(bookings::update))
        .route("/api/v1/bookings/{booking}/cancel", post(bookings::cancel))
        .route(
            "/api/v1/bookings/{booking}/meetings/{original}",
            put(bookings::move_meeting).delete(bookings::cancel_meeting),
        )
        .route("/api/v1/bookings/{booking}/meetings/{original}/restore", post(bookings::restore_meeting))
        .route("/api/v1/policy", get(rooms::policy))
        .route("/api/v1/acts", get(acts::list))
        .route("/api/v1/acts/chain", get(acts::chain))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(services, idempotency::once))
        .merge(tables)
        .layer(middleware::from_fn(guard::same_origin))
}
