//! A tap on a TCP stream, and the packets rebuilt from what passes it.

pub(super) mod abort_handle;
pub(super) mod replay;
pub(super) mod sender;
pub(super) mod stream;
