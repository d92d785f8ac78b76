//! The HTTP API: each route, and the answers to wrong requests.

mod admin;
mod bodies;
mod documented;
mod online;
mod pages;
mod password;
mod sign_in;
mod transport;

use serde_json::Value;

use crate::support::http::Answer;

/// The data of a JSON answer, which must come in the envelope, its code the status.
///
/// # Panics
/// If anything is otherwise.
#[track_caller]
fn data(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("Content-Type"), Some("application/json; charset=utf-8"));
    let text = answer.text();
    assert!(text.starts_with(&format!("{{\"code\":{status},\"message\":\"")), "{text}");
    let envelope = answer.json();
    let keys: Vec<_> = envelope.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, ["code", "data", "message"], "{text}");
    assert!(!envelope["message"].as_str().expect("text").is_empty(), "{text}");
    envelope["data"].clone()
}

/// An error in the envelope, with nothing as its data.
///
/// # Panics
/// If anything is otherwise.
#[track_caller]
fn refused(answer: &Answer, status: u16) {
    assert_eq!(data(answer, status), Value::Null);
}
