//! Who sends a request: a user by token or cookie, the administrator by token.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use subtle::ConstantTimeEq as _;
use tracing::warn;

use super::answer::Answer;
use super::app::App;
use super::origin::Scheme;
use super::{boundary, cookie};
use crate::accounts::{AuthError, Identity};

/// The user who sends a request.
pub(super) struct SignedIn(pub(super) Identity);

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Answer> {
        let scheme = boundary::scheme(app, &parts.uri, &parts.headers);
        let token =
            bearer(&parts.headers).or_else(|| cookie::token(&parts.headers, scheme)).unwrap_or_default();
        match app.accounts.authenticate(token, SystemTime::now()).await {
            Ok(identity) => Ok(Self(identity)),
            Err(AuthError::Invalid) => Err(Answer::error(StatusCode::UNAUTHORIZED, "sign in first")),
            Err(AuthError::Store(error)) => {
                warn!("cannot read sessions: {error}");
                Err(Answer::error(StatusCode::INTERNAL_SERVER_ERROR, "sessions cannot be read"))
            }
        }
    }
}

impl FromRequestParts<Arc<App>> for Scheme {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(boundary::scheme(app, &parts.uri, &parts.headers))
    }
}

/// Lets only the administrator through. Without a configured token there is nothing here.
pub(super) async fn administrator(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(token) = &app.settings.admin_token else {
        return Answer::error(StatusCode::NOT_FOUND, "not found").into_response();
    };
    let given = bearer(request.headers()).unwrap_or_default();
    if bool::from(given.as_bytes().ct_eq(token.as_bytes())) {
        next.run(request).await
    } else {
        Answer::error(StatusCode::UNAUTHORIZED, "the admin token is needed").into_response()
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(token.trim())
}
