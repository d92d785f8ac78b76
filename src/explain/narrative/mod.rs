//! What a connection's course means: its log, phases, labels, heartbeats, story and verdict. Values without a layout; the
//! views draw them.

pub(super) mod accept_steps;
pub(super) mod acks;
pub(super) mod connection_log;
pub(super) mod frame_header;
pub(super) mod heartbeat;
pub(super) mod label;
pub(super) mod parts;
pub(super) mod phase;
pub(super) mod protocol;
pub(super) mod shown;
pub(super) mod story;
pub(super) mod verdict;
