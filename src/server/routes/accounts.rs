//! Register, sign in, who am I, sign out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use axum::Json;
use axum::extract::{ConnectInfo, Form, FromRequest, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::warn;

use crate::accounts::{LoginError, RegisterError, SESSION_LIFETIME, StoreError};
use crate::presence::UserId;
use crate::server::answer::{Answer, whole_seconds};
use crate::server::app::App;
use crate::server::auth::SignedIn;
use crate::server::cookie;
use crate::server::origin::Scheme;

const JSON: &[u8] = b"application/json";

/// What a form or a JSON body holds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Credentials {
    user_name: String,
    password: String,
}

impl<S: Send + Sync> FromRequest<S> for Credentials {
    type Rejection = Answer;

    async fn from_request(request: Request, state: &S) -> Result<Self, Answer> {
        let content_type = request.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
        let is_json = content_type
            .and_then(|kind| kind.get(..JSON.len()))
            .is_some_and(|kind| kind.eq_ignore_ascii_case(JSON));
        let read = if is_json {
            Json::from_request(request, state).await.map(|Json(it)| it).ok()
        } else {
            Form::from_request(request, state).await.map(|Form(it)| it).ok()
        };
        read.ok_or_else(|| {
            Answer::error(
                StatusCode::BAD_REQUEST,
                "send userName and password, as a form or as JSON with Content-Type: application/json",
            )
        })
    }
}

/// `POST /register`
pub(super) async fn register(State(app): State<Arc<App>>, credentials: Credentials) -> Answer {
    match app.accounts.register(&credentials.user_name, &credentials.password).await {
        Ok(user) => Answer::ok(json!({ "userId": user.id, "userName": user.name })),
        Err(RegisterError::Taken) => Answer::error(StatusCode::CONFLICT, "this name is taken"),
        Err(RegisterError::Store(error)) => broken(&error),
        Err(error) => Answer::error(StatusCode::BAD_REQUEST, error.to_string()),
    }
}

/// `POST /login`
pub(super) async fn login(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    scheme: Scheme,
    credentials: Credentials,
) -> Response {
    let Credentials { user_name, password } = credentials;
    let user = match app.accounts.verify(&user_name, &password, peer.ip(), Instant::now()).await {
        Ok(user) => user,
        Err(LoginError::Wrong) => {
            return Answer::error(StatusCode::UNAUTHORIZED, "wrong name or password").into_response();
        }
        Err(LoginError::TooMany { retry_after }) => {
            let answer = Answer::error(StatusCode::TOO_MANY_REQUESTS, "too many attempts; wait a while");
            let seconds = HeaderValue::from(whole_seconds(retry_after));
            return ([(header::RETRY_AFTER, seconds)], answer).into_response();
        }
        Err(LoginError::Store(error)) => return broken(&error).into_response(),
    };
    let now = SystemTime::now();
    let millis = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
    let generation = match app.presence.login(UserId(user.id), millis).await {
        Ok(login) => login.generation,
        Err(why) => {
            warn!("presence is unavailable: {why}");
            return Answer::error(StatusCode::SERVICE_UNAVAILABLE, "presence is unavailable").into_response();
        }
    };
    match app.accounts.issue(&user, generation.get(), now).await {
        Ok(login) => {
            let cookie = cookie::set(&login.token, SESSION_LIFETIME.as_secs(), scheme);
            let data = json!({
                "token": login.token,
                "uuid": login.session,
                "userId": login.user.id,
                "userName": login.user.name,
            });
            ([(header::SET_COOKIE, cookie)], Answer::ok(data)).into_response()
        }
        Err(error) => broken(&error).into_response(),
    }
}

/// `GET /user/info`
pub(super) async fn info(SignedIn(who): SignedIn) -> Answer {
    Answer::ok(json!({ "userName": who.user.name, "userId": who.user.id, "uuid": who.session }))
}

/// `POST /logout`
pub(super) async fn logout(State(app): State<Arc<App>>, SignedIn(who): SignedIn) -> Response {
    if let Err(error) = app.accounts.logout(who.session).await {
        return broken(&error).into_response();
    }
    app.presence.end_session(who.session);
    let cleared = cookie::clear().map(|cookie| (header::SET_COOKIE, cookie));
    (AppendHeaders(cleared), Answer::ok(Value::Null)).into_response()
}

fn broken(error: &StoreError) -> Answer {
    warn!("the accounts cannot be read or written: {error}");
    Answer::error(StatusCode::INTERNAL_SERVER_ERROR, "the accounts cannot be read or written")
}
