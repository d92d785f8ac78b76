//! What the page of the lab asks for: the experiments, and what became of a run.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::json;

use super::served;
use crate::lab::{Experiment, table};
use crate::server::answer::Answer;
use crate::server::app::App;
use crate::server::routes::{not_found_at, upgrade_required};

/// An experiment, and how many seconds it stays idle, if a visitor may want another number.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    experiment: &'static Experiment,
    seconds: Option<u64>,
}

/// The table.
pub(in crate::server) async fn experiments() -> Answer {
    let row = |experiment: &'static Experiment| {
        let seconds = experiment.idle().map(|time| time.as_secs());
        Row { experiment, seconds }
    };
    let experiments: Vec<_> = table::experiments().map(row).collect();
    Answer::ok(json!({ "experiments": experiments, "elsewhere": table::ELSEWHERE }))
}

/// What happened in a run, to whoever knows its key.
pub(in crate::server) async fn run(State(app): State<Arc<App>>, Path(key): Path<String>) -> Answer {
    match app.lab.as_ref().and_then(|lab| lab.run(&key)) {
        Some(run) => Answer::ok(run),
        None => Answer::error(StatusCode::NOT_FOUND, "no such run: too old, or not begun"),
    }
}

/// An experiment without an Upgrade.
pub(in crate::server) async fn experiment(Path(id): Path<String>) -> Response {
    if served(&id).is_some() {
        upgrade_required().await
    } else {
        not_found_at(&format!("/lab/{id}")).into_response()
    }
}
