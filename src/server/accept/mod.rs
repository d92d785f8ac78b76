//! From a TCP connection to its first request: accepting, worker threads, request heads, and HTTP.

pub(super) mod connection;
pub(super) mod date;
pub(super) mod http;
pub(super) mod listener;
pub(super) mod workers;
