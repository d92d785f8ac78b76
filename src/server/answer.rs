//! The envelope of every JSON answer: `{"code":N,"message":"…","data":…}`, and N is the HTTP status.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use tracing::warn;

use crate::accounts::StoreError;

/// Value of `Retry-After` for this wait, rounded up, so that no client returns too early.
pub(super) fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// A JSON answer.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    message: String,
    data: Value,
    retry_after: Option<Duration>,
}

/// The order of the fields is the order on the wire.
#[derive(Serialize)]
struct Envelope<'a> {
    code: u16,
    message: &'a str,
    data: &'a Value,
}

impl Answer {
    /// 200, with data.
    pub(super) fn ok(data: Value) -> Self {
        Self { status: StatusCode::OK, message: "ok".to_owned(), data, retry_after: None }
    }

    /// An error, with its reason and what to do.
    pub(super) fn error(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), data: Value::Null, retry_after: None }
    }

    /// The same, with data.
    pub(super) fn data(self, data: Value) -> Self {
        Self { data, ..self }
    }

    /// The same, with `Retry-After`.
    pub(super) fn retry_after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let envelope = Envelope { code: self.status.as_u16(), message: &self.message, data: &self.data };
        let body = serde_json::to_string(&envelope).expect("strings, numbers and values are JSON");
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        let fresh = HeaderValue::from_static("no-store");
        let mut response =
            (self.status, [(header::CONTENT_TYPE, json), (header::CACHE_CONTROL, fresh)], body)
                .into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            // Without it a client cannot know what to send (RFC 9110 §15.5.2, RFC 6750 §3).
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, whole_seconds(wait).into());
        }
        response
    }
}

/// The error of a client when the account store fails.
#[derive(Debug)]
pub(super) struct StoreTrouble {
    pub(super) status: StatusCode,
    pub(super) message: &'static str,
    /// Value of `Retry-After`, where trying again may help.
    pub(super) retry_after: Option<Duration>,
}

impl From<&StoreError> for StoreTrouble {
    fn from(error: &StoreError) -> Self {
        warn!("{error}");
        let soon = Some(Duration::from_secs(1));
        match error {
            StoreError::Busy(_) => Self {
                status: StatusCode::SERVICE_UNAVAILABLE,
                message: "the account database is busy; try again",
                retry_after: soon,
            },
            StoreError::Full(_) => Self {
                status: StatusCode::SERVICE_UNAVAILABLE,
                message: "the disk of the account database is full; try again later",
                retry_after: soon,
            },
            StoreError::Broken(_) => Self {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                message: "the accounts cannot be read or written",
                retry_after: None,
            },
        }
    }
}

impl From<&StoreError> for Answer {
    fn from(error: &StoreError) -> Self {
        let StoreTrouble { status, message, retry_after } = error.into();
        Self { retry_after, ..Self::error(status, message) }
    }
}
