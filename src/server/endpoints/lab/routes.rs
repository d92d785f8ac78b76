//! Requests of the page of the lab: the experiments, and a run.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::Serialize;
use serde_json::json;

use super::visitor::scripted;
use crate::lab::{Experiment, table};
use crate::server::answer::Answer;
use crate::server::app::App;
use crate::server::routes::{not_found_at, upgrade_required};

/// An experiment, and its idle time in seconds, if a visitor may choose another.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    experiment: &'static Experiment,
    seconds: Option<u64>,
}

/// Routes of the endpoint for requests without an Upgrade.
pub(in crate::server) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/lab/experiments", get(experiments))
        .route("/lab/runs/{key}", get(run))
        .route("/lab/{id}", get(experiment))
}

/// The table.
async fn experiments() -> Answer {
    let row = |experiment: &'static Experiment| {
        let seconds = experiment.idle().map(|time| time.as_secs());
        Row { experiment, seconds }
    };
    let experiments: Vec<_> = table::experiments().map(row).collect();
    Answer::ok(json!({ "experiments": experiments, "elsewhere": table::UNPROVOKED }))
}

/// The run of a key.
async fn run(State(app): State<Arc<App>>, Path(key): Path<String>) -> Answer {
    match app.endpoints.lab().and_then(|lab| lab.run(&key)) {
        Some(run) => Answer::ok(run),
        None => Answer::error(StatusCode::NOT_FOUND, "no such run: too old, or not begun"),
    }
}

/// An experiment without an Upgrade.
async fn experiment(Path(id): Path<String>) -> Response {
    if scripted(&id).is_some() {
        upgrade_required().await
    } else {
        not_found_at(&format!("/lab/{id}")).into_response()
    }
}
