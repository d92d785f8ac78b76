//! `/message`: who is online.

pub(in crate::server) mod announcer;
pub(in crate::server) mod expiry;
pub(in crate::server) mod ticket;
