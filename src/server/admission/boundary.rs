//! The boundary against pages of other sites: `Host`, `Origin` and `Sec-Fetch-Site`, checked before anything is done.
//! Clients that are no browsers send only the first.

use std::sync::Arc;

use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response as HttpResponse};
use tracing::debug;

use crate::server::admission::host::LocalAddress;
use crate::server::admission::origin::Site;
use crate::server::admission::requester::{Requester, Scheme};
use crate::server::answer::Answer;
use crate::server::app::App;
use crate::wire::http::{Request, Response, Status};

/// Reason of a refusal, and the option that lifts it.
const FOREIGN: &str = "Origin not allowed; to admit its pages, start wirewalk with --allow-origin ORIGIN";

/// Checks the host that a request is for.
///
/// # Errors
/// The refusal to send.
pub(in crate::server) fn check(
    app: &App,
    request: &Request<'_>,
    reached: LocalAddress,
) -> Result<(), Response> {
    app.hosts.check(request, reached).map(drop).inspect_err(log)
}

/// Checks the host that an Upgrade is for, and the origin of its page: a WebSocket has no other guard, as its opener
/// reads all of it.
///
/// # Errors
/// The refusal to send.
pub(in crate::server) fn check_upgrade(
    app: &App,
    request: &Request<'_>,
    client: &Requester,
    reached: LocalAddress,
) -> Result<(), Response> {
    let host = app.hosts.check(request, reached).inspect_err(log)?;
    if site(app, client.scheme, host).admits(request.headers.all("Origin")) {
        Ok(())
    } else {
        Err(Response::refusal(Status::FORBIDDEN, FOREIGN)).inspect_err(log)
    }
}

fn log(refusal: &Response) {
    debug!("> {} {}", refusal.status().0, refusal.status().phrase());
}

fn site<'s>(app: &'s App, scheme: Scheme, host: &'s str) -> Site<'s> {
    Site { scheme, host, allowed: &app.settings.allowed_origins }
}

/// Keeps pages of other origins from changing anything in a user's name, and pages of other sites even if their origin
/// is allowed: a browser sends them no cookie to act with.
pub(in crate::server) async fn own_pages(
    State(app): State<Arc<App>>,
    client: Requester,
    request: HttpRequest,
    next: Next,
) -> HttpResponse {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let headers = request.headers();
        let origins = headers.get_all(header::ORIGIN).into_iter().map(HeaderValue::as_bytes);
        if !site(&app, client.scheme, addressed(request.uri(), headers)).admits(origins) {
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

/// Over what the browser came that sent this: a trusted proxy's word, or an `Origin` that is allowed, is https and is
/// of this very host, for then the page was loaded over https itself.
pub(in crate::server) fn scheme(app: &App, client: &Requester, uri: &Uri, headers: &HeaderMap) -> Scheme {
    let host = addressed(uri, headers);
    let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes).unwrap_or_default();
    let https = Site { scheme: Scheme::Https, host, allowed: &app.settings.allowed_origins };
    if https.allows(origin) && https.is_own(origin) { Scheme::Https } else { client.scheme }
}

/// Host and port that a request is for, after [`check`].
fn addressed<'r>(uri: &'r Uri, headers: &'r HeaderMap) -> &'r str {
    let header = || headers.get(header::HOST).and_then(|value| value.to_str().ok());
    uri.authority().map(axum::http::uri::Authority::as_str).or_else(header).unwrap_or_default()
}
