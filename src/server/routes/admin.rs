//! The administrator's API: who is online, push, broadcast, kick.

use std::sync::Arc;
use std::time::SystemTime;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::run_to_end;
use crate::accounts::{SessionScope, StoreError};
use crate::presence::{EndReason, Target, UserId};
use crate::server::answer::Answer;
use crate::server::app::App;

/// A JSON body, or why it is none.
type Body<T> = Result<Json<T>, JsonRejection>;

/// Target of a push or a kick: one session, or all of a user's.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Whom {
    session_id: Option<String>,
    user_id: Option<Id>,
}

/// A user's id, as a number or as the text of one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Number(i64),
    Text(String),
}

impl Whom {
    fn target(self) -> Result<Target, Answer> {
        let user = |id| match id {
            Id::Number(id) => Some(id),
            Id::Text(id) => id.parse().ok(),
        };
        match (self.session_id, self.user_id) {
            (Some(id), None) => id.parse().map(Target::Session).map_err(|_| not_online()),
            (None, Some(id)) => user(id).map(|id| Target::User(UserId(id))).ok_or_else(not_online),
            _ => Err(bad("give either sessionId or userId")),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Push {
    #[serde(flatten)]
    whom: Whom,
    message: String,
}

#[derive(Deserialize)]
pub(super) struct Broadcast {
    message: String,
}

#[derive(Deserialize)]
pub(super) struct Kick {
    #[serde(flatten)]
    whom: Whom,
    #[serde(default)]
    reason: String,
}

/// `GET /api/presence`
pub(super) async fn presence(State(app): State<Arc<App>>) -> Answer {
    let now = app.presence.snapshot();
    Answer::ok(json!({ "users": now.users, "connections": now.connections, "stale": now.stale }))
}

/// `POST /api/push`
pub(super) async fn push(State(app): State<Arc<App>>, body: Body<Push>) -> Result<Answer, Answer> {
    let Push { whom, message } = read(body)?;
    delivered(app.presence.push(whom.target()?, &message))
}

/// `POST /api/broadcast`
pub(super) async fn broadcast(State(app): State<Arc<App>>, body: Body<Broadcast>) -> Result<Answer, Answer> {
    let Broadcast { message } = read(body)?;
    Ok(Answer::ok(json!({ "delivered": app.presence.broadcast(&message) })))
}

/// `POST /api/kick`
pub(super) async fn kick(State(app): State<Arc<App>>, body: Body<Kick>) -> Result<Answer, Answer> {
    let Kick { whom, reason } = read(body)?;
    let target = whom.target()?;
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

fn read<T>(body: Body<T>) -> Result<T, Answer> {
    body.map(|Json(body)| body).map_err(|rejection| match rejection.status() {
        status @ StatusCode::PAYLOAD_TOO_LARGE => Answer::error(status, "the body is too large"),
        _ => bad(&rejection.body_text()),
    })
}

fn delivered(to: usize) -> Result<Answer, Answer> {
    if to == 0 { Err(not_online()) } else { Ok(Answer::ok(json!({ "delivered": to }))) }
}

fn not_online() -> Answer {
    Answer::error(StatusCode::NOT_FOUND, "not online")
}

/// One status for whatever is wrong with a body, as for accounts.
fn bad(why: &str) -> Answer {
    Answer::error(StatusCode::BAD_REQUEST, why)
}
