//! Requests of the page of the lab: the experiments, a run, and the captures of what no browser can run.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::on;
use serde::Serialize;
use serde_json::json;

use super::visitor::scripted;
use crate::explain::{Severity, finding_kinds};
use crate::lab::{self, Experiment, Translated, table};
use crate::server::answer::Answer;
use crate::server::app::App;
use crate::server::routes::route::{Method, Route};
use crate::server::routes::{not_found_at, upgrade_required};

/// An experiment, and what the page says of it.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    experiment: &'static Experiment,
    /// Its idle time in seconds, if a visitor may choose another.
    seconds: Option<u64>,
    /// Usual severity of the finding; of what is legal `info`.
    severity: Option<Severity>,
    /// The section that states the rule.
    rfc: Option<String>,
    /// Why it matters.
    why: Option<Translated>,
    /// Path of its capture, where no browser can make one.
    capture: Option<String>,
}

impl Row {
    fn new(experiment: &'static Experiment) -> Self {
        let kind = finding_kinds().find(|kind| kind.id == experiment.finding());
        let severity = match experiment.at_fault {
            Some(_) => kind.map(|kind| kind.severity),
            None => Some(Severity::Info),
        };
        Self {
            experiment,
            seconds: experiment.idle().map(|time| time.as_secs()),
            severity,
            rfc: kind.and_then(|kind| kind.rfc).map(|rfc| rfc.to_string()),
            why: lab::reason(experiment.finding()),
            capture: lab::capture(experiment.id).map(|_| format!("/lab/captures/{}.pcapng", experiment.id)),
        }
    }
}

/// Routes of the endpoint for requests without an Upgrade.
pub(in crate::server) const ROUTES: &[Route] = &[
    Route(Method::Get, "/lab/experiments", |method| on(method, experiments)),
    Route(Method::Get, "/lab/runs/{key}", |method| on(method, run)),
    Route(Method::Get, "/lab/captures/{name}", |method| on(method, capture)),
    Route(Method::Get, "/lab/{id}", |method| on(method, experiment)),
];

/// The table.
async fn experiments() -> Answer {
    let experiments: Vec<_> = table::experiments().map(Row::new).collect();
    Answer::ok(json!({ "experiments": experiments, "elsewhere": table::UNPROVOKED }))
}

/// The run of a key.
async fn run(State(app): State<Arc<App>>, key: Result<Path<String>, PathRejection>) -> Answer {
    let run = key.ok().and_then(|Path(key)| app.endpoints.lab()?.run(&key));
    run.map_or_else(|| Answer::error(StatusCode::NOT_FOUND, "no such run: too old, or not begun"), Answer::ok)
}

/// The capture of an experiment.
async fn capture(name: Result<Path<String>, PathRejection>) -> Response {
    let bytes = name.ok().and_then(|Path(name)| lab::capture(name.strip_suffix(".pcapng")?));
    let Some(bytes) = bytes else {
        return not_found_at("/lab/captures/").into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "application/x-pcapng"),
        (header::CONTENT_DISPOSITION, "attachment"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, Bytes::from_static(bytes)).into_response()
}

/// An experiment without an Upgrade.
async fn experiment(id: Result<Path<String>, PathRejection>) -> Response {
    let Ok(Path(id)) = id else { return not_found_at("/lab/").into_response() };
    if scripted(&id).is_some() {
        upgrade_required().await
    } else {
        not_found_at(&format!("/lab/{id}")).into_response()
    }
}
