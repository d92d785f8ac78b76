//! The pages a browser sees: plain files, embedded in the binary, no build step. `files.rs` lists them.
//!
//! A folder for each page (`landing`, `login`, `online`, `inspect`, `lab`, `report`), `error` for those in the place of
//! an error, `rows` for what the live page and the report draw alike, `common` for what several pages use. Scripts draw
//! what the feed and the HTTP API say: labels, times, durations, states and words about a protocol come from Rust and
//! are not computed here. `types.d.ts` describes the feed; `tsc` checks the scripts against it.
//!
//! A page has the line `{header}` first in its body: [`files`] puts `common/header.html` there and marks the page's own
//! link. Its script gives the language switch its work, `speak(at("language"))`; the theme's is `common/theme.js`.
//!
//! A page may load only what this server serves: no inline script or style, nothing foreign, no frame around it
//! (the `Content-Security-Policy` below). A browser keeps a copy but asks each time whether it is still good; the
//! entity tag answers.

use std::borrow::Cow;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha1::{Digest, Sha1};

mod files;
mod report;
#[cfg(test)]
mod tests;
mod walkthrough;

use files::{FILES, File, Kind, Part};

pub use report::report;

/// Headers of every file, changed or not.
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

/// The routes of the pages and of what they load. In a browser their addresses begin with `base`, which is empty or a
/// path like `/ww`.
pub fn pages(base: &str) -> Router {
    routes(Part::Pages, base)
}

/// The page of the lab, beside the others.
pub fn lab(base: &str) -> Router {
    routes(Part::Lab, base)
}

/// What `/` is to who is signed in.
pub fn home(base: &str) -> MethodRouter {
    route(File::named("online/online.html"), base)
}

/// The page in the place of an error at a path below `base`.
#[must_use]
pub fn error_page(status: StatusCode, path: &str, base: &str) -> Response {
    let name = match (status, path) {
        (StatusCode::METHOD_NOT_ALLOWED, _) => "error/not_allowed.html",
        // Where a server has a lab, its page is found.
        (_, "/lab") => "error/no_lab.html",
        _ => "error/not_found.html",
    };
    let page = File::named(name);
    let mut response =
        (status, [(header::CONTENT_TYPE, page.kind.content_type())], body(page, base)).into_response();
    response.headers_mut().extend(HEADERS);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn routes(part: Part, base: &str) -> Router {
    let files = FILES.iter().filter(|file| file.part == part);
    files.fold(Router::new(), |router, file| router.route(file.path, route(file, base)))
}

fn route(file: &'static File, base: &str) -> MethodRouter {
    let body = body(file, base);
    let tag = tag(&body);
    get(move |request: HeaderMap| async move { answer(&request, file, body, tag) })
}

/// What is served of a file. A page names what is on this server from the root, as if there were no base; scripts and
/// styles use addresses relative to their own (`common/address.js`).
fn body(file: &File, base: &str) -> Bytes {
    let body = match file.body() {
        Cow::Borrowed(text) if file.kind != Kind::Html || base.is_empty() => {
            return Bytes::from_static(text.as_bytes());
        }
        body => body.into_owned(),
    };
    let rooted = ["href", "src", "action"]
        .iter()
        .fold(body, |text, name| text.replace(&format!(" {name}=\"/"), &format!(" {name}=\"{base}/")));
    rooted.into()
}

/// The entity tag of a file: a hash of its bytes, so it changes when and only when they do.
fn tag(text: &[u8]) -> HeaderValue {
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha1::digest(text)));
    HeaderValue::try_from(tag).expect("quotes and base64 are visible ASCII")
}

/// The file, or 304 if the browser has it already.
fn answer(request: &HeaderMap, file: &File, body: Bytes, tag: HeaderValue) -> Response {
    let mut response = if names(request, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = [(header::CONTENT_TYPE, file.kind.content_type())];
        (kind, body).into_response()
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
