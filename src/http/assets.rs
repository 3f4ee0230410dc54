//! The web client's files, from within the program.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// One file.
struct Asset {
    path: &'static str,
    content: &'static [u8],
    gzip: Option<&'static [u8]>,
    tag: &'static str,
}

static ASSETS: &[Asset] = &include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Files here carry a hash of their content in their name.
const HASHED: &str = "assets/";

/// The room's page.
const ROOM: &str = "index.html";

/// The page of signing in and of administration.
const CONSOLE: &str = "console.html";

/// The file that shows a path.
fn file(path: &str) -> &str {
    let path = path.trim_start_matches('/');
    match path.split('/').next() {
        Some("" | "r") => ROOM,
        Some("admin" | "account" | "sign-in") => CONSOLE,
        _ => path,
    }
}

/// A file of the client.
pub async fn serve(request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = file(request.uri().path());
    let find = |path| ASSETS.iter().find(|asset| asset.path == path);
    // A build without the client has one page, which says so.
    let found = find(path).or_else(|| find(ROOM).filter(|_| path == CONSOLE));
    found.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |asset| respond(asset, request.headers()))
}

fn respond(asset: &Asset, request: &HeaderMap) -> Response {
    let gzip = asset.gzip.filter(|_| accepts_gzip(request));
    // The two encodings are two entities (RFC 9110 §8.8.3.3).
    let tag = format!("\"{}{}\"", asset.tag, if gzip.is_some() { "-gz" } else { "" });
    let mut headers = HeaderMap::new();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let caching =
        if asset.path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    if matches_tag(request, &tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(asset.path)));
    match gzip {
        Some(content) => {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            (headers, content).into_response()
        }
        None => (headers, asset.content).into_response(),
    }
}

fn accepts_gzip(request: &HeaderMap) -> bool {
    list(request, header::ACCEPT_ENCODING).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("gzip") && parts.next() != Some("q=0")
    })
}

fn matches_tag(request: &HeaderMap, tag: &str) -> bool {
    list(request, header::IF_NONE_MATCH).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

fn list(request: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    request.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().split(',').map(str::trim)
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "webmanifest" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    const ASSET: Asset =
        Asset { path: "assets/room-1.js", content: b"plain", gzip: Some(b"packed"), tag: "0123" };

    #[test]
    fn a_browser_that_takes_gzip_gets_it() {
        let response = respond(&ASSET, &headers(header::ACCEPT_ENCODING, "deflate, gzip;q=0.5"));
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
        let response = respond(&ASSET, &headers(header::ACCEPT_ENCODING, "br, gzip;q=0"));
        assert!(!response.headers().contains_key(header::CONTENT_ENCODING));
    }

    #[test]
    fn a_known_tag_is_answered_without_content() {
        let tag = respond(&ASSET, &HeaderMap::new()).headers()[header::ETAG].to_str().unwrap().to_owned();
        let response = respond(&ASSET, &headers(header::IF_NONE_MATCH, &format!("\"x\", W/{tag}")));
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
        let other = respond(&ASSET, &headers(header::IF_NONE_MATCH, "\"x\""));
        assert_eq!(other.status(), StatusCode::OK);
    }

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        let page = Asset { path: "index.html", ..ASSET };
        let kept = |asset| respond(asset, &HeaderMap::new()).headers()[header::CACHE_CONTROL].clone();
        assert_eq!(kept(&ASSET), "public, max-age=31536000, immutable");
        assert_eq!(kept(&page), "no-cache");
    }

    #[test]
    fn addresses_that_people_open_are_pages() {
        for (path, page) in [
            ("/", ROOM),
            ("/r/giao-ban", ROOM),
            ("/sign-in", CONSOLE),
            ("/admin", CONSOLE),
            ("/admin/units", CONSOLE),
            ("/account/activate", CONSOLE),
            ("/administrator", "administrator"),
            ("/assets/room-1.js", "assets/room-1.js"),
        ] {
            assert_eq!(file(path), page, "{path}");
        }
    }

    #[test]
    fn every_build_has_a_room_page() {
        assert!(ASSETS.iter().any(|asset| asset.path == "index.html"));
    }
}
