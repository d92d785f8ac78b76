//! WebSocket sessions.
//!
//! A [`session`] reads, replies and writes on one task. Others reach it by its [`outbox`], or by [`direct_write`] from
//! the same thread; a [`roster`] lists those that are all sent the same. Its timers are [`alarms`], its memory is
//! bounded by a [`budget`].
//!
//! The meaning of a message is the business of an [endpoint](super::endpoints); the origin of a stream, of
//! [`accept`](super::accept).

pub(super) mod alarms;
pub(super) mod budget;
mod direct_write;
pub(super) mod outbox;
pub(super) mod roster;
#[expect(clippy::module_inception, reason = "the file of the type")]
pub(super) mod session;
