//! Taps on connections: reports of what a socket does, for an observer, without holding the connection up.
//!
//! [`stream::Tap`] wraps a TCP stream and reports each read, write and end to its [`sender::TapSender`]s. A [`queue`]
//! of bounded size carries the records to an observer: the recorder's thread or an inspect feed. [`replay`] rebuilds
//! packets from them. An [`abort_handle`] ends a tapped connection from outside, with a RST.
//!
//! A tap knows its observers by their queue only: neither the recorder nor inspect is named here.

pub(super) mod abort_handle;
pub(super) mod queue;
pub(super) mod replay;
pub(super) mod sender;
pub(super) mod stream;
