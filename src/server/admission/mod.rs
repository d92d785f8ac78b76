//! Who may come in: hosts, origins, forwarded addresses, and quotas.

pub(super) mod boundary;
pub(super) mod host;
pub(super) mod origin;
pub(super) mod quota;
pub(super) mod requester;
