//! The description of the API (OpenAPI 3.1), made from the code that serves it.

use axum::Json;
use utoipa::OpenApi;

use super::fault::{LineProblem, Problem};
use super::{
    account, acts, appointments, bookings, feed, me, people, preview, roll, room_links, rooms, tables,
    templates, units,
};

/// Every operation of administration.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Giaoban",
        description = "Administration of units, people, accounts and rooms. Everything but signing in needs the cookie of a session; \
                       a request that changes something names this gateway as its Origin. A POST with an Idempotency-Key of one's own is carried out once, however often it is sent within a day, where its answer holds no secret. \
                       Errors are problem details (RFC 9457) with a stable `code`.",
        version = "1"
    ),
    paths(
        account::sign_in,
        account::who,
        account::sign_out,
        account::sign_out_everywhere,
        account::activate,
        account::change_password,
        account::new_codes,
        account::set_codes,
        units::list,
        units::one,
        units::create,
        units::merge,
        units::rename,
        units::move_to,
        units::split,
        units::abolish,
        preview::preview,
        people::list,
        people::one,
        people::create,
        people::update,
        people::move_to,
        people::retire,
        people::account_link,
        appointments::list,
        appointments::create,
        appointments::end,
        tables::export_units,
        tables::import_units,
        tables::export_people,
        tables::import_people,
        rooms::list,
        rooms::one,
        rooms::create,
        rooms::update,
        rooms::close,
        rooms::policy,
        room_links::list,
        room_links::create,
        room_links::end,
        templates::list,
        templates::one,
        templates::create,
        templates::update,
        templates::retire,
        bookings::meetings,
        bookings::one,
        bookings::check,
        bookings::create,
        bookings::update,
        bookings::cancel,
        bookings::move_meeting,
        bookings::cancel_meeting,
        bookings::restore_meeting,
        bookings::convene,
        roll::roll,
        roll::table,
        me::briefings,
        me::enter,
        feed::create,
        feed::end,
        feed::read,
        acts::list,
        acts::chain,
    ),
    components(schemas(Problem, LineProblem))
)]
struct Description;

/// The description itself: `GET /api/v1/openapi.json`.
pub async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/openapi.json");

    /// `UPDATE_GOLDEN=1` writes the file anew; its diff is a change of the API.
    #[test]
    fn the_description_is_the_one_that_was_read() {
        let mut made = Description::openapi().to_pretty_json().unwrap();
        made.push('\n');
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(GOLDEN, &made).unwrap();
        }
        let golden = std::fs::read_to_string(GOLDEN).unwrap_or_default();
        assert!(
            made == golden,
            "the API changed: UPDATE_GOLDEN=1 cargo test -p giaoban openapi, and read the diff"
        );
    }
}
