//! The endpoints, by path.
//!
//! [`table`] is the one place where a path leads to an endpoint, and its routes over plain HTTP. [`opening`] answers
//! the first request of a connection, [`upgrade`] any Upgrade that asks for a session. A session plays one of the
//! [`session_endpoint`]s: `/echo`, [`broadcast`] and [`message`]. [`inspect`] and [`lab`] have the raw stream.
//!
//! An endpoint lives in a file or folder of its own, and is named by the table only: not by the server's core.

pub(super) mod broadcast;
mod inspect;
mod lab;
pub(super) mod message;
pub(super) mod opening;
mod refusal;
pub(super) mod session_endpoint;
pub(super) mod table;
pub(super) mod upgrade;
