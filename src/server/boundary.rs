//! What keeps pages of other sites out, checked before anything is done: `Host`, `Origin` and `Sec-Fetch-Site`. Clients
//! that are no browsers send only the first.

use std::sync::Arc;

use axum::extract::{Request as HttpRequest, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response as HttpResponse};
use tracing::debug;

use super::answer::Answer;
use super::app::App;
use super::host::Reached;
use super::origin::{Scheme, Site};
use crate::wire::http::{Request, Response, Status};

/// Why a page is turned away, and what an operator can do about it.
const FOREIGN: &str = "Origin not allowed; to admit its pages, start wirewalk with --allow-origin ORIGIN";

/// Checks whom a request is for, and of an Upgrade whose page asks for it: a WebSocket has no other guard, its answers
/// are read by whoever opened it.
///
/// # Errors
/// The refusal to send.
pub(super) fn check(app: &App, request: &Request<'_>, reached: Reached) -> Result<(), Response> {
    let refused = app.hosts.check(request, reached).and_then(|host| {
        if !request.wants_websocket() || site(app, host).admits(request.headers.all("Origin")) {
            Ok(())
        } else {
            Err(Response::refusal(Status::FORBIDDEN, FOREIGN))
        }
    });
    refused.inspect_err(|refusal| debug!("> {} {}", refusal.status().0, refusal.status().phrase()))
}

fn site<'s>(app: &'s App, host: &'s str) -> Site<'s> {
    Site { scheme: Scheme::Http, host, allowed: &app.settings.allowed_origins }
}

/// Keeps pages of other origins from changing anything in a user's name, and pages of other sites even if their origin is
/// allowed: a browser sends them no cookie to act with.
pub(super) async fn own_pages(State(app): State<Arc<App>>, request: HttpRequest, next: Next) -> HttpResponse {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let headers = request.headers();
        let origins = headers.get_all(header::ORIGIN).into_iter().map(HeaderValue::as_bytes);
        if !site(&app, addressed(request.uri(), headers)).admits(origins) {
            return Answer::error(StatusCode::FORBIDDEN, FOREIGN).into_response();
        }
        let mut sites = headers.get_all("Sec-Fetch-Site").into_iter();
        if sites.any(|site| site.as_bytes().eq_ignore_ascii_case(b"cross-site")) {
            let why = "a page of another site cannot change anything here";
            return Answer::error(StatusCode::FORBIDDEN, why).into_response();
        }
    }
    next.run(request).await
}

/// Over what the browser came that sent this. A page whose `Origin` is allowed, is https and is of this very host was
/// loaded over https itself.
pub(super) fn scheme(app: &App, uri: &Uri, headers: &HeaderMap) -> Scheme {
    let host = addressed(uri, headers);
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default();
    if site(app, host).allows(origin) && Scheme::Https.is_origin(origin, host) {
        Scheme::Https
    } else {
        Scheme::Http
    }
}

/// The host and port that a request is for, which [`check`] has let through.
fn addressed<'r>(uri: &'r Uri, headers: &'r HeaderMap) -> &'r str {
    let header = || headers.get(header::HOST).and_then(|host| host.to_str().ok());
    uri.authority().map(Authority::as_str).or_else(header).unwrap_or_default()
}
