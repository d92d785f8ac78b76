//! `/message`: sessions that are [online], each opened with a [ticket].
//!
//! The [`announcer`] sends everyone the number of users when it has changed; [`expiry`] closes the connections of
//! sessions that have expired; [`devices`] lists who is connected, for the pages. The rules of presence itself are in
//! [`presence`](crate::presence).

pub(in crate::server) mod announcer;
pub(in crate::server) mod browser;
pub(in crate::server) mod devices;
pub(in crate::server) mod expiry;
pub(in crate::server) mod online;
mod ticket;
