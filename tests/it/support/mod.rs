//! The tests' tools: a server in a process of its own, and independent ways to talk to it.
//!
//! Tools of several areas live here; those of one area beside its tests.

#![allow(dead_code, reason = "a toolbox: not every tool is in use at every time")]

#[cfg(target_os = "linux")]
pub(crate) mod catch;
pub(crate) mod chrome;
pub(crate) mod corpus;
pub(crate) mod cost;
pub(crate) mod crowd;
pub(crate) mod database;
pub(crate) mod envelopes;
pub(crate) mod http;
pub(crate) mod lab;
pub(crate) mod npm;
#[cfg(target_os = "linux")]
pub(crate) mod peer_network;
pub(crate) mod people;
pub(crate) mod process;
pub(crate) mod raw;
mod selftest;
pub(crate) mod refusal;
pub(crate) mod script;
pub(crate) mod serde_objects;
pub(crate) mod server;
pub(crate) mod site;
pub(crate) mod skip;
mod suite;
pub(crate) mod temp;
pub(crate) mod ws;

use std::time::{Duration, Instant};

/// How long a test waits for what should come at once: long enough for a loaded machine, short enough to end.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Asks until `condition` holds.
///
/// # Panics
/// If it does not hold within `timeout`.
pub(crate) fn wait_until(what: &str, timeout: Duration, mut condition: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !condition() {
        assert!(begin.elapsed() < timeout, "{what}: not within {timeout:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Eight bytes nobody can foresee, from the standard library's only source of them.
pub(crate) fn random() -> [u8; 8] {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish().to_ne_bytes()
}
