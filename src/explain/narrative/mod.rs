//! What a connection's course means: its log, phases, labels, heartbeats, story and verdict. Values without a layout; the
//! views draw them.

pub(super) mod ack_run;
pub(super) mod connection_log;
pub(super) mod heartbeat;
pub(super) mod label;
pub(super) mod pdu_segment;
pub(super) mod phase;
pub(super) mod protocol;
pub(super) mod state_changes;
pub(super) mod story;
pub(super) mod verdict;
