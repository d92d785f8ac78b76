//! Register, sign in, who am I, sign out.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::extract::{FromRequest, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use serde_json::{Value, json};
use tracing::warn;

use super::fields::{Fields, Media};
use super::run_to_end;
use crate::accounts::{
    Login, LoginError, RegisterError, SESSION_LIFETIME, SignIn, StoreError, Verified, WeakPassword,
};
use crate::presence::{EndReason, LoginPolicy, UserId};
use crate::server::admission::quota::{OverQuota, Quota};
use crate::server::admission::requester::{Requester, Scheme};
use crate::server::answer::Answer;
use crate::server::app::App;
use crate::server::routes::auth::SignedIn;
use crate::server::routes::cookie::LoginCookie;

/// Fields of a form or a JSON body.
pub(super) struct Credentials {
    user_name: String,
    password: String,
}

impl<S: Send + Sync> FromRequest<S> for Credentials {
    type Rejection = Answer;

    async fn from_request(request: Request, _: &S) -> Result<Self, Answer> {
        let mut fields = Fields::read(request, Media::JsonOrForm, &["userName", "password"]).await?;
        Ok(Self { user_name: fields.text("userName")?, password: fields.text("password")? })
    }
}

/// `POST /register`
pub(super) async fn register(
    State(app): State<Arc<App>>,
    client: Requester,
    credentials: Credentials,
) -> Result<Answer, OverQuota> {
    // Counted first, so that many at once cannot slip through; a client that hangs up stays counted.
    let now = Instant::now();
    app.networks.register(&client, now)?;
    let Credentials { user_name, password } = credentials;
    let registered = app.accounts.register(&user_name, &password, client.address).await;
    if registered.is_err() {
        app.networks.not_registered(&client, now);
    }
    Ok(match registered {
        Ok(user) => Answer::ok(json!({ "userId": user.id, "userName": user.name })),
        Err(RegisterError::Taken) => Answer::error(StatusCode::CONFLICT, "this name is taken"),
        Err(RegisterError::Overloaded { retry_after }) => overloaded(&app, &client, retry_after),
        Err(RegisterError::Store(error)) => (&error).into(),
        Err(RegisterError::BadName(reason)) => {
            Answer::error(StatusCode::BAD_REQUEST, reason.to_string()).data(json!({ "why": reason.name() }))
        }
        Err(RegisterError::WeakPassword(reason)) => weak_password(reason),
    })
}

/// `POST /login`
pub(super) async fn login(
    State(app): State<Arc<App>>,
    client: Requester,
    scheme: Scheme,
    credentials: Credentials,
) -> Result<Response, Answer> {
    let Credentials { user_name, password } = credentials;
    let verified = app
        .accounts
        .verify(&user_name, &password, client.address, Instant::now())
        .await
        .map_err(|error| refuse(&app, &client, error))?;
    let login = run_to_end(sign_in(Arc::clone(&app), verified, client)).await??;
    let cookie = LoginCookie(&app.settings.base_path).set(&login.token, SESSION_LIFETIME.as_secs(), scheme);
    let data = json!({
        "token": login.token,
        "uuid": login.session,
        "userId": login.user.id,
        "userName": login.user.name,
    });
    Ok(([(header::SET_COOKIE, cookie)], Answer::ok(data)).into_response())
}

/// Stores a login, closes the connections of the sessions that it ends, and reports it to presence.
async fn sign_in(app: Arc<App>, verified: Verified, client: Requester) -> Result<Login, Answer> {
    let now = SystemTime::now();
    let millis = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
    let sign_in = SignIn {
        user: &verified.user,
        generation: millis,
        from: client.address,
        max_sessions: app.settings.max_sessions,
        now,
    };
    let login =
        app.accounts.sign_in(&verified, &sign_in).await.map_err(|error| refuse(&app, &client, error))?;
    // Whatever becomes of this login, these have ended.
    app.end_sessions(
        &login.displaced,
        match app.settings.login_policy {
            LoginPolicy::Many => EndReason::SessionLimit,
            LoginPolicy::Single => EndReason::SignedInElsewhere,
        },
    );
    // Only now that the login is stored: where a user has one login, this ends the older ones.
    if let Err(answer) = announce(&app, &login).await {
        if let Err(error) = app.accounts.logout(login.session).await {
            warn!("a session that nobody was told of could not be ended: {error}");
        }
        return Err(answer);
    }
    Ok(login)
}

/// Tells presence of a login.
async fn announce(app: &App, login: &Login) -> Result<(), Answer> {
    let known = app.presence.login(UserId(login.user.id), login.generation).await.map_err(|why| {
        warn!("presence is unavailable: {why}");
        Answer::error(StatusCode::SERVICE_UNAVAILABLE, "presence is unavailable")
            .retry_after(Duration::from_secs(1))
    })?;
    let generation = known.generation.get();
    if generation != login.generation {
        // It knew of a later login: one made at the same moment, or before the clock was set back.
        app.accounts
            .raise_generation(login.session, generation)
            .await
            .map_err(|error| Answer::from(&error))?;
    }
    Ok(())
}

/// Why a login failed.
fn refuse(app: &App, client: &Requester, error: LoginError) -> Answer {
    match error {
        LoginError::Wrong => Answer::error(StatusCode::UNAUTHORIZED, "wrong name or password"),
        LoginError::TooMany { retry_after } => too_many(retry_after),
        LoginError::Overloaded { retry_after } => overloaded(app, client, retry_after),
        LoginError::Store(error) => Answer::from(&error),
    }
}

/// `GET /user/info`
pub(super) async fn info(SignedIn(who): SignedIn) -> Answer {
    Answer::ok(json!({ "userName": who.user.name, "userId": who.user.id, "uuid": who.session }))
}

/// `POST /logout`
pub(super) async fn logout(State(app): State<Arc<App>>, SignedIn(who): SignedIn) -> Result<Response, Answer> {
    let scope = app.session_scope(who.session);
    let cleared = LoginCookie(&app.settings.base_path).clear().map(|cookie| (header::SET_COOKIE, cookie));
    let end = async move {
        app.accounts.end_sessions(scope, SystemTime::now()).await?;
        app.end_sessions(&[who.session], EndReason::LoggedOut);
        Ok(())
    };
    run_to_end(end).await?.map_err(|error: StoreError| Answer::from(&error))?;
    Ok((AppendHeaders(cleared), Answer::ok(Value::Null)).into_response())
}

/// A password that nobody may have; a page decides by `why` what it says.
pub(super) fn weak_password(reason: WeakPassword) -> Answer {
    Answer::error(StatusCode::BAD_REQUEST, reason.to_string()).data(json!({ "why": reason.name() }))
}

/// Too many wait for a hash.
pub(super) fn overloaded(app: &App, client: &Requester, retry_after: Duration) -> Answer {
    app.networks.refuse_hash(client);
    Answer::error(StatusCode::SERVICE_UNAVAILABLE, Quota::Hashes.reason()).retry_after(retry_after)
}

/// Too many wrong passwords.
pub(super) fn too_many(retry_after: Duration) -> Answer {
    Answer::error(StatusCode::TOO_MANY_REQUESTS, "too many attempts; wait a while").retry_after(retry_after)
}
