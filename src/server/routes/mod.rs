//! The HTTP API: accounts, health, and the administrator's part.
//!
//! A file for each group of handlers, and what only they need: [`auth`] of a request, its [`cookie`] and [`fields`], the
//! [`admin_guard`]. Each [`route`] stands in a table; those of a WebSocket endpoint stand beside the endpoint, and come
//! in by the path table. `docs/api.md` and `docs/openapi.json` describe them all.

mod accounts;
mod admin;
pub(in crate::server) mod admin_guard;
mod auth;
mod cookie;
mod fields;
mod online;
pub(in crate::server) mod pages;
mod password;
pub(in crate::server) mod route;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, on};
use tracing::error;

use self::pages::Pages;
use crate::server::admission::boundary;
use crate::server::answer::Answer;
use crate::server::app::App;
use route::{Method, Route, mount};

/// The administrator's routes.
const API: &[Route] = &[
    Route(Method::Get, "/api/presence", |method| on(method, admin::presence)),
    Route(Method::Post, "/api/push", |method| on(method, admin::push)),
    Route(Method::Post, "/api/broadcast", |method| on(method, admin::broadcast)),
    Route(Method::Post, "/api/kick", |method| on(method, admin::kick)),
];

/// The routes of accounts, and the health.
const ACCOUNTS: &[Route] = &[
    Route(Method::Post, "/register", |method| on(method, accounts::register)),
    Route(Method::Post, "/login", |method| on(method, accounts::login)),
    Route(Method::Post, "/logout", |method| on(method, accounts::logout)),
    Route(Method::Get, "/user/info", |method| on(method, accounts::info)),
    Route(Method::Get, "/user/online", |method| on(method, online::online)),
    Route(Method::Post, "/user/password", |method| on(method, password::change)),
    Route(Method::Get, "/healthz", |method| on(method, async || "ok")),
];

/// All routes. `pages` come last.
pub(in crate::server) fn router(app: &Arc<App>, pages: Pages) -> Router {
    let base = app.settings.base_path.clone();
    let not_found = move |uri: Uri| async move { not_found_at(&format!("{base}{}", uri.path())) };
    let api = mount(API)
        .route("/api/", any(not_found.clone()))
        .route("/api/{*other}", any(not_found.clone()))
        // Inside the layer: to anyone else, a wrong method must look like a wrong path.
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(Arc::clone(app), auth::administrator));
    Router::new()
        .merge(api)
        .merge(mount(ACCOUNTS))
        .merge(app.endpoints.routes())
        .with_state(Arc::clone(app))
        .merge(pages.files.layer(from_fn_with_state((Arc::clone(app), pages.home), pages::home)))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(Arc::clone(app), boundary::own_pages))
        .layer(from_fn_with_state((Arc::clone(app), pages.error), pages::errors))
}

/// Runs `work` to its end, also when the client hangs up, whose request is dropped then.
///
/// # Errors
/// If it panics.
async fn run_to_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Result<T, Answer> {
    tokio::spawn(work).await.map_err(|error| {
        error!("a request was not answered: {error}");
        Answer::error(StatusCode::INTERNAL_SERVER_ERROR, "this did not work; the log of the server says why")
    })
}

pub(in crate::server) fn not_found_at(path: &str) -> Answer {
    Answer::error(StatusCode::NOT_FOUND, format!("nothing at {path}"))
}

async fn method_not_allowed() -> Answer {
    Answer::error(StatusCode::METHOD_NOT_ALLOWED, "this method is not allowed here")
}

/// The response of a WebSocket endpoint to a request without an Upgrade (RFC 9110 §15.5.22).
pub(in crate::server) async fn upgrade_required() -> Response {
    let mut response =
        Answer::error(StatusCode::UPGRADE_REQUIRED, "only WebSocket is spoken here").into_response();
    response.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    response
}
