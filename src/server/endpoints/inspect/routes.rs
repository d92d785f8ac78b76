//! What the live page asks for: what there is to watch, and what it watched, to be saved.

use std::io::ErrorKind;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::explain::Language;
use crate::observe::{tcp, ws};
use crate::rfc::Rfc;
use crate::server::answer::Answer;
use crate::server::app::App;
use crate::server::endpoints::inspect::{Words, saved_as};
use crate::server::routes::not_found_at;
use crate::wire::ws::ReadyState;

/// The two machines, as their tables have them, and whether there is a lab.
pub(in crate::server) async fn about(State(app): State<Arc<App>>) -> Answer {
    let rule = |from: &str, event: &str, to: &str, rfc: Rfc| json!({ "from": from, "event": event, "to": to, "rfc": rfc.to_string() });
    let of_tcp =
        tcp::TRANSITIONS.iter().map(|it| rule(it.from.name(), it.event.name(), it.to.name(), it.rfc));
    let of_ws =
        ws::TRANSITIONS.iter().map(|it| rule(ws::name(it.from), it.event.name(), ws::name(it.to), it.rfc));
    let states = [ReadyState::Connecting, ReadyState::Open, ReadyState::Closing, ReadyState::Closed];
    Answer::ok(json!({
        "lab": app.lab.is_some(),
        "tcp": { "states": tcp::State::ALL.iter().map(|it| it.name()).collect::<Vec<_>>(), "transitions": of_tcp.collect::<Vec<Value>>() },
        "ws": { "states": states.map(ws::name), "transitions": of_ws.collect::<Vec<Value>>() },
    }))
}

/// What a page asks for besides.
#[derive(Deserialize)]
pub(in crate::server) struct Asked {
    lang: Option<String>,
}

/// What was watched under a key, to whoever knows it, as long as its feed is open.
pub(in crate::server) async fn saved(
    State(app): State<Arc<App>>,
    Path((key, name)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let (Some(watch), Some((saved, kind))) = (app.inspect.of_key(&key), saved_as(&name)) else {
        return not_found_at("/inspect/saved/").into_response();
    };
    let language = if asked.lang.as_deref() == Some("zh") { Language::Zh } else { Language::En };
    let words = Words { language, report: app.settings.report };
    let Some(turn) = app.inspect.saving.turn().await else {
        let answer = Answer::error(StatusCode::SERVICE_UNAVAILABLE, "too many save at a time");
        return ([(header::RETRY_AFTER, HeaderValue::from_static("1"))], answer).into_response();
    };
    let packets = watch.kept().packets();
    // Explaining may take a while, and others are to be served meanwhile. Its turn lasts until it is done, even if
    // nobody waits any more.
    let made = tokio::task::spawn_blocking(move || packets.save(saved, &words).map(|bytes| turn.made(bytes)));
    match made.await {
        Ok(Ok(made)) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
                (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            ];
            (headers, Body::from(Bytes::from_owner(made))).into_response()
        }
        Ok(Err(error)) if error.kind() == ErrorKind::FileTooLarge => Answer::error(
            StatusCode::INSUFFICIENT_STORAGE,
            "too large to be made here: save the .pcapng, and give it to wirewalk explain",
        )
        .into_response(),
        _ => Answer::error(StatusCode::INTERNAL_SERVER_ERROR, "it cannot be explained").into_response(),
    }
}
