//! The administrator's API: who is online, push, broadcast, kick.

use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::fields::{Fields, Media, bad};
use super::run_to_end;
use crate::accounts::{SessionScope, StoreError};
use crate::presence::{EndReason, Target, UserId};
use crate::server::answer::Answer;
use crate::server::app::App;

/// Target of a push or a kick: one session, or all of a user's.
fn target(fields: &mut Fields) -> Result<Target, Answer> {
    match (fields.optional_text("sessionId")?, fields.take("userId")) {
        (Some(id), None) => id.parse().map(Target::Session).map_err(|_| not_online()),
        (None, Some(id)) => user(&id).map(Target::User),
        (None, None) => Err(bad("sessionId or userId is missing")),
        (Some(_), Some(_)) => Err(bad("give sessionId or userId, not both")),
    }
}

/// A user's id, as a number or as the text of one.
fn user(id: &Value) -> Result<UserId, Answer> {
    let number = match id {
        Value::String(text) => text.parse().map_err(|_| not_online())?,
        other => other.as_i64().ok_or_else(|| bad("userId must be an integer, or a string of its digits"))?,
    };
    Ok(UserId(number))
}

/// `GET /api/presence`
pub(super) async fn presence(State(app): State<Arc<App>>) -> Answer {
    let now = app.presence.snapshot();
    Answer::ok(json!({ "users": now.users, "connections": now.connections, "stale": now.stale }))
}

/// `POST /api/push`
pub(super) async fn push(State(app): State<Arc<App>>, request: Request) -> Result<Answer, Answer> {
    let mut fields = Fields::read(request, Media::Json, &["sessionId", "userId", "message"]).await?;
    let message = fields.text("message")?;
    delivered(app.presence.push(target(&mut fields)?, &message))
}

/// `POST /api/broadcast`
pub(super) async fn broadcast(State(app): State<Arc<App>>, request: Request) -> Result<Answer, Answer> {
    let message = Fields::read(request, Media::Json, &["message"]).await?.text("message")?;
    Ok(Answer::ok(json!({ "delivered": app.presence.broadcast(&message) })))
}

/// `POST /api/kick`
pub(super) async fn kick(State(app): State<Arc<App>>, request: Request) -> Result<Answer, Answer> {
    let mut fields = Fields::read(request, Media::Json, &["sessionId", "userId", "reason"]).await?;
    let reason = fields.optional_text("reason")?.unwrap_or_default();
    let target = target(&mut fields)?;
    let scope = match target {
        Target::Session(id) => app.session_scope(id),
        Target::User(UserId(id)) => SessionScope::User(id),
    };
    let end = async move {
        // Where they are kept first: a client that connects again in between is refused.
        let ended = app.accounts.end_sessions(scope, SystemTime::now()).await?;
        Ok((ended, app.presence.end(target, EndReason::Administrator { reason: &reason })))
    };
    let (ended, closed) = run_to_end(end).await?.map_err(|error: StoreError| Answer::from(&error))?;
    if ended.is_empty() { delivered(closed) } else { Ok(Answer::ok(json!({ "delivered": closed }))) }
}

fn delivered(to: usize) -> Result<Answer, Answer> {
    if to == 0 { Err(not_online()) } else { Ok(Answer::ok(json!({ "delivered": to }))) }
}

fn not_online() -> Answer {
    Answer::error(StatusCode::NOT_FOUND, "not online")
}
