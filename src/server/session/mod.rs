//! One WebSocket session, and what it shares with others.

pub(super) mod alarms;
pub(super) mod budget;
pub(super) mod outbox;
pub(super) mod roster;
#[expect(clippy::module_inception, reason = "the folder is about it")]
pub(super) mod session;
