//! What is remembered of connections and of the capture: little, and nothing of what is over. No rule is here.

pub(super) mod capture;
pub(super) mod checksums;
pub(super) mod deaths;
pub(super) mod early;
pub(super) mod ends;
pub(super) mod fault;
pub(super) mod fragments;
pub(super) mod history;
pub(super) mod http2;
pub(super) mod opening;
pub(super) mod turns;
pub(super) mod connection_memory;
