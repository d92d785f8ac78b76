//! The WebSocket endpoints, by path.

pub(super) mod broadcast;
pub(super) mod inspect;
pub(super) mod lab;
pub(super) mod message;
pub(super) mod session_endpoint;
pub(super) mod upgrade;
