//! The boundary against pages of other sites: `Host`, `Origin` and `Sec-Fetch-Site`, checked before anything is done.
//! Clients that are no browsers send only the first.

use std::sync::Arc;

use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response as HttpResponse};
use tracing::debug;

use crate::server::admission::host::LocalAddress;
use crate::server::admission::origin::Site;
use crate::server::admission::refused_origins::Proxy;
use crate::server::admission::requester::{Requester, Scheme, is_forwarding};
use crate::server::answer::Answer;
use crate::server::app::App;
use crate::wire::http::{Request, Response, Status};

/// Reason of a refusal, and the option that lifts it.
const FOREIGN: &str = "Origin not allowed; to admit its pages, start wirewalk with --allow-origin ORIGIN, or behind a \
                       proxy with --trust-proxy ADDRESS: the log of the server says what was compared";

/// Checks the host that a request is for, and the one that a trusted proxy says the browser asked for.
///
/// # Errors
/// The refusal to send.
pub(in crate::server) fn check(
    app: &App,
    request: &Request<'_>,
    client: &Requester,
    reached: LocalAddress,
) -> Result<(), Response> {
    checked_host(app, request, client, reached).map(drop)
}

/// The host and port that a browser would show, if they are ours.
fn checked_host<'r>(
    app: &App,
    request: &Request<'r>,
    client: &'r Requester,
    reached: LocalAddress,
) -> Result<&'r str, Response> {
    let host = app.hosts.check(request, reached).inspect_err(log)?;
    let Some(forwarded) = client.host.as_deref() else { return Ok(host) };
    app.hosts.check_forwarded(forwarded, reached).inspect_err(log)?;
    Ok(forwarded)
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
    let host = checked_host(app, request, client, reached)?;
    let site = site(app, client.scheme, host);
    if site.admits(request.headers.all("Origin")) {
        return Ok(());
    }
    let origin = request.headers.all("Origin").next().unwrap_or_default();
    let names = request.headers.iter().map(|(name, _)| name);
    app.refused_origins.log(origin, &site, proxy(app, client, names));
    Err(Response::refusal(Status::FORBIDDEN, FOREIGN)).inspect_err(log)
}

/// The proxy that a request with headers of these names came by.
fn proxy<'n>(app: &App, client: &Requester, mut names: impl Iterator<Item = &'n str>) -> Proxy {
    if !client.is_direct() || app.proxies.trust(client.address) {
        Proxy::Trusted
    } else if names.any(is_forwarding) {
        Proxy::Untrusted(client.address)
    } else {
        Proxy::Unseen
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
        let site = site(&app, client.scheme, addressed(&client, request.uri(), headers));
        if !site.admits(origins) {
            let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes).unwrap_or_default();
            let names = headers.keys().map(HeaderName::as_str);
            app.refused_origins.log(origin, &site, proxy(&app, &client, names));
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
    let host = addressed(client, uri, headers);
    let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes).unwrap_or_default();
    let https = Site { scheme: Scheme::Https, host, allowed: &app.settings.allowed_origins };
    if https.allows(origin) && https.is_own(origin) { Scheme::Https } else { client.scheme }
}

/// Host and port that a browser would show, after [`check`].
fn addressed<'r>(client: &'r Requester, uri: &'r Uri, headers: &'r HeaderMap) -> &'r str {
    let target = || uri.authority().map(axum::http::uri::Authority::as_str);
    let header = || headers.get(header::HOST).and_then(|value| value.to_str().ok());
    client.host.as_deref().or_else(target).or_else(header).unwrap_or_default()
}
