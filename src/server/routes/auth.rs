//! Authentication of a request: a user by token or cookie, the administrator by token.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::cookie::LoginCookie;
use crate::accounts::{AuthError, Identity};
use crate::presence::LoginPolicy;
use crate::server::admission::boundary;
use crate::server::admission::requester::{Requester, Scheme};
use crate::server::answer::Answer;
use crate::server::app::App;
use crate::server::routes::admin_guard::Admission;

/// The user of a request.
pub(in crate::server) struct SignedIn(pub(in crate::server) Identity);

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Answer> {
        let Ok(scheme) = Scheme::from_request_parts(parts, app).await;
        let cookie = LoginCookie(&app.settings.base_path);
        let token =
            bearer(&parts.headers).or_else(|| cookie.token(&parts.headers, scheme)).unwrap_or_default();
        match app.accounts.authenticate(token, SystemTime::now()).await {
            // As for the WebSocket: where one login is the rule, the newest is it.
            Ok(who) if app.settings.login_policy == LoginPolicy::Single && who.generation < who.newest => {
                Err(Answer::error(StatusCode::UNAUTHORIZED, "signed in elsewhere; sign in again"))
            }
            Ok(identity) => Ok(Self(identity)),
            Err(AuthError::Invalid) => Err(sign_in_first()),
            Err(AuthError::Store(error)) => Err((&error).into()),
        }
    }
}

/// No session, or one that has ended.
pub(super) fn sign_in_first() -> Answer {
    let why = "sign in first: POST /login, then send its token as Authorization: Bearer TOKEN";
    Answer::error(StatusCode::UNAUTHORIZED, why)
}

impl FromRequestParts<Arc<App>> for Scheme {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let Ok(client) = Requester::from_request_parts(parts, app).await;
        Ok(boundary::scheme(app, &client, &parts.uri, &parts.headers))
    }
}

/// Lets only the administrator through. Without a configured token, its routes do not exist.
pub(in crate::server) async fn administrator(
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
            let why = "the admin token is needed: send Authorization: Bearer ADMIN_TOKEN";
            Answer::error(StatusCode::UNAUTHORIZED, why).into_response()
        }
        Admission::Wait(wait) => {
            Answer::error(StatusCode::TOO_MANY_REQUESTS, "too many wrong admin tokens; wait a while")
                .retry_after(wait)
                .into_response()
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(token.trim())
}
