//! Requests of the live page: the state machines, and exports of what was watched.

use std::io::ErrorKind;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::on;
use serde_json::{Value, json};

use super::PATH;

use super::saved_packets::{ExportFile, ExportOptions};
use crate::explain::Language;
use crate::observe::{tcp, ws};
use crate::rfc::Rfc;
use crate::server::answer::Answer;
use crate::server::app::App;
use crate::server::routes::route::{Method, Route};
use crate::server::routes::{not_found_at, upgrade_required};
use crate::wire::http::parameters;
use crate::wire::ws::ReadyState;

/// Routes of the endpoint for requests without an Upgrade.
pub(in crate::server) const ROUTES: &[Route] = &[
    Route(Method::Get, PATH, |method| on(method, upgrade_required)),
    Route(Method::Get, "/inspect/about", |method| on(method, about)),
    Route(Method::Get, "/inspect/saved/{key}/{name}", |method| on(method, saved)),
];

/// The tables of the two state machines, and whether there is a lab.
async fn about(State(app): State<Arc<App>>) -> Answer {
    let rule = |from: &str, event: &str, to: &str, rfc: Rfc| json!({ "from": from, "event": event, "to": to, "rfc": rfc.to_string() });
    let of_tcp =
        tcp::TRANSITIONS.iter().map(|it| rule(it.from.name(), it.event.name(), it.to.name(), it.rfc));
    let of_ws =
        ws::TRANSITIONS.iter().map(|it| rule(ws::name(it.from), it.event.name(), ws::name(it.to), it.rfc));
    let states = [ReadyState::Connecting, ReadyState::Open, ReadyState::Closing, ReadyState::Closed];
    Answer::ok(json!({
        "lab": app.endpoints.lab().is_some(),
        "tcp": { "states": tcp::State::ALL.iter().map(|it| it.name()).collect::<Vec<_>>(), "transitions": of_tcp.collect::<Vec<Value>>() },
        "ws": { "states": states.map(ws::name), "transitions": of_ws.collect::<Vec<Value>>() },
    }))
}

/// An export of what was watched under a key, as long as its feed is open.
async fn saved(
    State(app): State<Arc<App>>,
    path: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let Ok(Path((key, name))) = path else {
        return not_found_at("/inspect/saved/").into_response();
    };
    let (Some(watch), Some(file)) = (app.endpoints.watches().find(&key), ExportFile::named(&name)) else {
        return not_found_at("/inspect/saved/").into_response();
    };
    let is_chinese = parameters(&query.unwrap_or_default()).any(|parameter| parameter == ("lang", "zh"));
    let language = if is_chinese { Language::Zh } else { Language::En };
    let options = ExportOptions { language, report: app.settings.report };
    let Some(permit) = app.endpoints.watches().exports.permit().await else {
        let answer = Answer::error(StatusCode::SERVICE_UNAVAILABLE, "too many save at a time");
        return ([(header::RETRY_AFTER, HeaderValue::from_static("1"))], answer).into_response();
    };
    let packets = watch.saved_packets().snapshot();
    // Off the worker's thread, as it may take a while. The permit is held until it is done, even if the client has
    // gone.
    let export = move || packets.export(file.format, &options).map(|bytes| permit.finish(bytes));
    match tokio::task::spawn_blocking(export).await {
        Ok(Ok(export)) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static(file.content_type)),
                (header::CONTENT_DISPOSITION, HeaderValue::from_static(file.disposition)),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            ];
            (headers, Body::from(Bytes::from_owner(export))).into_response()
        }
        Ok(Err(error)) if error.kind() == ErrorKind::FileTooLarge => Answer::error(
            StatusCode::INSUFFICIENT_STORAGE,
            "too large to be made here: save the .pcapng, and give it to wirewalk explain",
        )
        .into_response(),
        _ => Answer::error(StatusCode::INTERNAL_SERVER_ERROR, "it cannot be explained").into_response(),
    }
}
