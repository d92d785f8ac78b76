//! `docs/openapi.json` has each route, and no other.

use std::collections::BTreeSet;

use serde_json::Value;

use super::route::{Method, Route};
use super::{ACCOUNTS, API};
use crate::server::endpoints::table::Endpoints;

#[test]
fn openapi_json_has_each_route_and_no_other() {
    let routes = API.iter().chain(ACCOUNTS).chain(Endpoints::every_route());
    let routes: BTreeSet<_> = routes
        .map(|Route(method, path, _)| {
            let method = match method {
                Method::Get => "get",
                Method::Post => "post",
            };
            (method.to_owned(), (*path).to_owned())
        })
        .collect();
    let document: Value =
        serde_json::from_str(include_str!("../../../docs/openapi.json")).expect("openapi.json is JSON");
    let described: BTreeSet<_> = document["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().expect("methods").keys();
            methods.filter(|name| *name != "parameters").map(|method| (method.clone(), path.clone()))
        })
        .collect();
    let missing: Vec<_> = routes.difference(&described).collect();
    let gone: Vec<_> = described.difference(&routes).collect();
    assert!(missing.is_empty() && gone.is_empty(), "to be described: {missing:?}; to be removed: {gone:?}");
}
