//! A new password, for who is signed in.

use std::sync::Arc;

use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::Value;

use super::accounts::{overloaded, read, too_many};
use crate::accounts::{PasswordChange, PasswordError};
use crate::presence::EndReason;
use crate::server::answer::Answer;
use crate::server::app::App;
use crate::server::auth::SignedIn;
use crate::server::requester::Requester;

/// What a form or a JSON body holds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Passwords {
    password: String,
    new_password: String,
}

impl<S: Send + Sync> FromRequest<S> for Passwords {
    type Rejection = Answer;

    async fn from_request(request: Request, state: &S) -> Result<Self, Answer> {
        read(request, state, "password (the current one) and newPassword").await
    }
}

/// `POST /user/password`
pub(super) async fn change(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
    client: Requester,
    passwords: Passwords,
) -> Response {
    let Passwords { password, new_password } = passwords;
    let change = PasswordChange { current: &password, new: &new_password, from: client.address };
    match app.accounts.change_password(&who, change).await {
        Ok(others) => {
            app.end_sessions(&others, EndReason::PasswordChanged);
            Answer::ok(Value::Null).into_response()
        }
        Err(PasswordError::Weak(reason)) => {
            Answer::error(StatusCode::BAD_REQUEST, reason.to_string()).into_response()
        }
        Err(PasswordError::Wrong) => {
            Answer::error(StatusCode::UNAUTHORIZED, "the current password is wrong").into_response()
        }
        Err(PasswordError::TooMany { retry_after }) => too_many(retry_after).into_response(),
        Err(PasswordError::Overloaded { retry_after }) => overloaded(retry_after).into_response(),
        Err(PasswordError::SessionEnded) => {
            Answer::error(StatusCode::UNAUTHORIZED, "sign in first").into_response()
        }
        Err(PasswordError::Store(error)) => Answer::from(&error).into_response(),
    }
}
