//! From a TCP connection to its first request.
//!
//! The [`listener`] accepts a connection within the limit ([`permit`]) and hands it to one of the [`workers`];
//! [`spare_fd`] keeps the loop going without descriptors. A [`connection`] begins with a [`head`]: an Upgrade goes to
//! the [endpoints](super::endpoints), anything else to [`http`]. A [`last_response`] is delivered before the connection
//! is closed, with the [`date`] of every response.
//!
//! Nothing here names an endpoint, the recorder, inspect or the lab: they come in by the path table and by the tap.

pub(super) mod connection;
pub(super) mod date;
mod head;
mod http;
pub(super) mod last_response;
pub(super) mod listener;
mod permit;
mod spare_fd;
pub(super) mod workers;
