//! Who sends a request: a user by token or cookie, the administrator by token.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::admin_guard::Admission;
use super::answer::Answer;
use super::app::App;
use super::origin;
use super::requester::Requester;
use crate::accounts::{AuthError, Identity};
use crate::presence::LoginPolicy;

/// The cookie that the pages sign in with. Scripts cannot read it, other sites cannot make a browser send it.
const COOKIE: &str = "wirewalk_token";

/// The user who sends a request.
pub(super) struct SignedIn(pub(super) Identity);

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Answer> {
        let token = bearer(&parts.headers).or_else(|| cookie(&parts.headers)).unwrap_or_default();
        match app.accounts.authenticate(token, SystemTime::now()).await {
            // As for the WebSocket: where one login is the rule, the newest is it.
            Ok(who) if app.settings.login_policy == LoginPolicy::Single && who.generation < who.newest => {
                Err(Answer::error(StatusCode::UNAUTHORIZED, "signed in elsewhere; sign in again"))
            }
            Ok(identity) => Ok(Self(identity)),
            Err(AuthError::Invalid) => Err(Answer::error(StatusCode::UNAUTHORIZED, "sign in first")),
            Err(AuthError::Store(error)) => Err((&error).into()),
        }
    }
}

/// The `Set-Cookie` that signs a browser in for so many seconds; 0 signs it out.
pub(super) fn set_cookie(token: &str, seconds: u64) -> String {
    format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}")
}

/// Lets only the administrator through. Without a configured token there is nothing here.
pub(super) async fn administrator(
    State(app): State<Arc<App>>,
    client: Requester,
    request: Request,
    next: Next,
) -> Response {
    let Some(token) = &app.settings.admin_token else {
        return Answer::error(StatusCode::NOT_FOUND, "not found").into_response();
    };
    let given = bearer(request.headers()).unwrap_or_default();
    match app.admin_guard.admit(given, token, client.address, Instant::now()) {
        Admission::Granted => next.run(request).await,
        Admission::Refused => {
            Answer::error(StatusCode::UNAUTHORIZED, "the admin token is needed").into_response()
        }
        Admission::Wait(wait) => {
            Answer::error(StatusCode::TOO_MANY_REQUESTS, "too many wrong admin tokens; wait a while")
                .retry_after(wait)
                .into_response()
        }
    }
}

/// Keeps pages of other origins from changing anything in a user's name.
pub(super) async fn own_pages(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if changes && !is_own(request.headers(), &app) {
        return Answer::error(StatusCode::FORBIDDEN, "Origin not allowed").into_response();
    }
    next.run(request).await
}

fn is_own(headers: &HeaderMap, app: &App) -> bool {
    let host = headers.get(header::HOST).map(text).unwrap_or_default();
    let mut origins = headers.get_all(header::ORIGIN).into_iter().map(text);
    let origin = origins.next();
    // Two of them are none to trust.
    origins.next().is_none() && origin::is_allowed(origin, host, &app.settings.allowed_origins)
}

/// A header's value; one that is not visible ASCII is as good as none, and equal to none that is allowed.
fn text(value: &HeaderValue) -> &str {
    value.to_str().unwrap_or_default()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(token.trim())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}
