//! The server's core names neither inspect nor the lab nor the recorder: they come in by the path table and the tap.

use super::files::File;
use super::lexer::paths;

/// The folders of the core.
const CORE: &[&str] =
    &["src/server/accept/", "src/server/admission/", "src/server/session/", "src/server/tap/"];

/// What it does not know.
const GUESTS: &[&str] = &["inspect", "lab", "recorder"];

pub(super) fn check(file: &File) -> Vec<String> {
    if !CORE.iter().any(|folder| file.path.starts_with(folder)) {
        return Vec::new();
    }
    let named = paths(&file.code).into_iter().filter_map(|path| {
        let is_module = |segment: &&&str| GUESTS.contains(*segment);
        let guest = path.segments.iter().find(is_module).filter(|_| path.segments.len() > 1)?;
        let message =
            format!("the core names {guest}: let it come in by the path table of endpoints, or by the tap");
        Some(file.complaint(path.offset, &message))
    });
    named.collect()
}

#[test]
fn a_core_that_knows_a_guest_is_refused() {
    let complaints = |path, text| check(&File::new(path, text)).len();
    for (path, text) in [
        ("src/server/accept/connection.rs", "use crate::server::endpoints::opening::open_websocket;"),
        ("src/server/tap/mod.rs", "//! [`recorder`](super::recorder)\nfn run_lab() { a.lab() }"),
        ("src/server/endpoints/table.rs", "use super::{inspect, lab};"),
        ("src/server/server.rs", "use super::recorder::Recorder;"),
    ] {
        assert_eq!(complaints(path, text), 0, "{path}");
    }
    for (path, text) in [
        ("src/server/accept/connection.rs", "use crate::server::endpoints::{inspect, upgrade};"),
        ("src/server/session/session.rs", "fn f() { crate::lab::table::find(id) }"),
        ("src/server/tap/stream.rs", "use super::super::recorder::Recorder;"),
        ("src/server/admission/quota.rs", "use crate::server::endpoints::lab::Lab;"),
    ] {
        assert_eq!(complaints(path, text), 1, "{path}");
    }
}
