//! The pages a browser sees: plain files, embedded in the binary, no build step.
//!
//! A page may load only what this server serves: no inline script or style, nothing foreign, no frame around it
//! (the `Content-Security-Policy` below). A browser keeps a copy but asks each time whether it is still good; the
//! entity tag answers.

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha1::{Digest, Sha1};

mod report;
#[cfg(test)]
mod tests;

pub use report::report;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// Everything there is to serve: path, type, bytes.
const FILES: &[(&str, &str, &str)] = &[
    ("/", HTML, include_str!("index.html")),
    ("/index.html", HTML, include_str!("index.html")),
    ("/login.html", HTML, include_str!("login.html")),
    ("/inspect", HTML, include_str!("inspect.html")),
    ("/assets/style.css", CSS, include_str!("style.css")),
    ("/assets/inspect.css", CSS, include_str!("inspect.css")),
    ("/assets/inspect.js", SCRIPT, include_str!("inspect.js")),
    ("/assets/inspect_diagram.js", SCRIPT, include_str!("inspect_diagram.js")),
    ("/assets/inspect_feed.js", SCRIPT, include_str!("inspect_feed.js")),
    ("/assets/inspect_pace.js", SCRIPT, include_str!("inspect_pace.js")),
    ("/assets/inspect_visit.js", SCRIPT, include_str!("inspect_visit.js")),
    ("/assets/rows.css", CSS, include_str!("rows.css")),
    ("/assets/rows.js", SCRIPT, include_str!("rows.js")),
    ("/assets/rows_bytes.js", SCRIPT, include_str!("rows_bytes.js")),
    ("/assets/rows_connection.js", SCRIPT, include_str!("rows_connection.js")),
    ("/assets/rows_draw.js", SCRIPT, include_str!("rows_draw.js")),
    ("/assets/rows_fold.js", SCRIPT, include_str!("rows_fold.js")),
    ("/assets/rows_frame.js", SCRIPT, include_str!("rows_frame.js")),
    ("/assets/rows_list.js", SCRIPT, include_str!("rows_list.js")),
    ("/assets/rows_row.js", SCRIPT, include_str!("rows_row.js")),
    ("/assets/rows_told.js", SCRIPT, include_str!("rows_told.js")),
    ("/assets/rows_words.js", SCRIPT, include_str!("rows_words.js")),
    ("/assets/words.js", SCRIPT, include_str!("words.js")),
    ("/assets/api.js", SCRIPT, include_str!("api.js")),
    ("/assets/lab_visit.js", SCRIPT, include_str!("lab_visit.js")),
    ("/assets/link.js", SCRIPT, include_str!("link.js")),
    ("/assets/login.js", SCRIPT, include_str!("login.js")),
    ("/assets/online.js", SCRIPT, include_str!("online.js")),
    ("/assets/password.js", SCRIPT, include_str!("password.js")),
    ("/assets/refusals.js", SCRIPT, include_str!("refusals.js")),
    ("/favicon.svg", SVG, include_str!("favicon.svg")),
    ("/favicon.ico", SVG, include_str!("favicon.svg")),
];

/// What there is besides, where there is a lab.
const LAB: &[(&str, &str, &str)] = &[
    ("/lab", HTML, include_str!("lab.html")),
    ("/assets/lab.css", CSS, include_str!("lab.css")),
    ("/assets/lab.js", SCRIPT, include_str!("lab.js")),
];

/// What every file is sent with, changed or not.
const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
             base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
];

/// The routes of the pages and of what they load.
pub fn pages() -> Router {
    routes(FILES)
}

/// The page of the lab, beside the others.
pub fn lab() -> Router {
    routes(LAB)
}

fn routes(files: &'static [(&str, &str, &str)]) -> Router {
    files.iter().fold(Router::new(), |router, &(path, kind, text)| {
        let tag = tag(text);
        router.route(path, get(move |request: HeaderMap| async move { answer(&request, kind, text, tag) }))
    })
}

/// The entity tag of a file: a hash of its bytes, so it changes when and only when they do.
fn tag(text: &str) -> HeaderValue {
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha1::digest(text)));
    HeaderValue::try_from(tag).expect("quotes and base64 are visible ASCII")
}

/// The file, or 304 if the browser has it already.
fn answer(request: &HeaderMap, kind: &'static str, text: &'static str, tag: HeaderValue) -> Response {
    let mut response = if names(request, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, kind)], Bytes::from_static(text.as_bytes())).into_response()
    };
    response.headers_mut().extend(HEADERS);
    response.headers_mut().insert(header::ETAG, tag);
    response
}

/// Whether `If-None-Match` names this tag. The comparison is the weak one (RFC 9110 §13.1.2): a proxy that compressed
/// the file marks the tag with `W/`.
fn names(request: &HeaderMap, tag: &HeaderValue) -> bool {
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .flat_map(|line| line.as_bytes().split(|&byte| byte == b','))
        .map(<[u8]>::trim_ascii)
        .any(|given| given == b"*" || given.strip_prefix(b"W/").unwrap_or(given) == tag.as_bytes())
}
