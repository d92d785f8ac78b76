//! The envelope of every JSON answer: `{"code":N,"message":"…","data":…}`, and N is the HTTP status.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

/// The value of `Retry-After` for this wait: up, not down, or whoever keeps to it comes too early.
pub(super) fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// A JSON answer.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    message: String,
    data: Value,
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
        Self { status: StatusCode::OK, message: "ok".to_owned(), data }
    }

    /// Anything else, with what was wrong and what to do.
    pub(super) fn error(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), data: Value::Null }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let envelope = Envelope { code: self.status.as_u16(), message: &self.message, data: &self.data };
        let body = serde_json::to_string(&envelope).expect("strings, numbers and values are JSON");
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        let fresh = HeaderValue::from_static("no-store");
        (self.status, [(header::CONTENT_TYPE, json), (header::CACHE_CONTROL, fresh)], body).into_response()
    }
}
