//! Admission of a request, before anything is done for it.
//!
//! The [`host`] that it is for and the [`origin`] of its page are checked at the [`boundary`], which logs
//! [`refused_origins`]; the [`requester`] is the client behind trusted proxies; a [`quota`] limits what one network or
//! one user may have.
//!
//! Checks of requests live here, and what they count; authentication of users does not: it is the routes' own.

pub(super) mod boundary;
pub(super) mod host;
pub(super) mod origin;
pub(super) mod quota;
pub(super) mod refused_origins;
pub(super) mod requester;
