//! A new password, for who is signed in.

use std::sync::Arc;

use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::accounts::{overloaded, too_many, weak_password};
use super::fields::{Fields, Media};
use super::run_to_end;
use crate::accounts::{PasswordChange, PasswordError};
use crate::presence::EndReason;
use crate::server::admission::requester::Requester;
use crate::server::answer::Answer;
use crate::server::app::App;
use crate::server::routes::auth::{self, SignedIn};

/// Fields of a form or a JSON body.
pub(super) struct Passwords {
    password: String,
    new_password: String,
}

impl<S: Send + Sync> FromRequest<S> for Passwords {
    type Rejection = Answer;

    async fn from_request(request: Request, _: &S) -> Result<Self, Answer> {
        let mut fields = Fields::read(request, Media::JsonOrForm, &["password", "newPassword"]).await?;
        Ok(Self { password: fields.text("password")?, new_password: fields.text("newPassword")? })
    }
}

/// `POST /user/password`
pub(super) async fn change(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
    client: Requester,
    passwords: Passwords,
) -> Result<Answer, Answer> {
    let Passwords { password, new_password } = passwords;
    let change = PasswordChange { current: &password, new: &new_password, from: client.address };
    let refuse = |error| refuse(&app, &client, error);
    // A client that hangs up while passwords are hashed makes room for others.
    let hash = app.accounts.hash_new_password(&who, change).await.map_err(refuse)?;
    let replace = {
        let app = Arc::clone(&app);
        async move {
            let others = app.accounts.replace_password(&who, &hash).await?;
            app.end_sessions(&others, EndReason::PasswordChanged);
            Ok(())
        }
    };
    run_to_end(replace).await?.map_err(refuse)?;
    Ok(Answer::ok(Value::Null))
}

/// Why the password is as before.
fn refuse(app: &App, client: &Requester, error: PasswordError) -> Answer {
    match error {
        PasswordError::Weak(reason) => weak_password(reason),
        // The other 401 is for who must sign in: a page distinguishes the two by `why`.
        PasswordError::Wrong => Answer::error(StatusCode::UNAUTHORIZED, "the current password is wrong")
            .data(json!({ "why": "password" })),
        PasswordError::TooMany { retry_after } => too_many(retry_after),
        PasswordError::Overloaded { retry_after } => overloaded(app, client, retry_after),
        PasswordError::SessionEnded => auth::sign_in_first(),
        PasswordError::Store(error) => Answer::from(&error),
    }
}
