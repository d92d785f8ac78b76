//! A route over plain HTTP, as it stands in a table: `docs/openapi.json` has each of them.

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodFilter, MethodRouter};

use crate::server::app::App;

/// The method of a route. `Get` is HEAD too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Method {
    Get,
    Post,
}

/// One row: a method, a path in axum's syntax, and the handler for that method.
#[derive(Clone, Copy)]
pub(in crate::server) struct Route(
    pub(in crate::server) Method,
    pub(in crate::server) &'static str,
    pub(in crate::server) fn(MethodFilter) -> MethodRouter<Arc<App>>,
);

/// The router of some routes.
pub(in crate::server) fn mount(routes: &[Route]) -> Router<Arc<App>> {
    routes.iter().fold(Router::new(), |router, Route(method, path, handler)| {
        let filter = match method {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
        };
        router.route(path, handler(filter))
    })
}
