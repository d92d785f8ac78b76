//! The meaning of a connection's course, as typed values: its log, phases, heartbeats, packet labels, state changes,
//! warnings, announcements, the story and the verdict.
//!
//! Here lives what more than one view shows: it is decided once. A value may say itself as a sentence in a language;
//! widths, glyphs, colours and formats belong to `views`, single findings to `findings`.

pub(super) mod accept_steps;
pub(super) mod ack_run;
pub(super) mod announcement;
pub(super) mod begin_offset;
pub(super) mod connection_log;
pub(super) mod connection_summary;
pub(super) mod encapsulation;
pub(super) mod frame_header;
pub(super) mod heartbeat;
pub(super) mod inflation;
pub(super) mod lesson;
pub(super) mod mark_severity;
pub(super) mod outline;
pub(super) mod packet_label;
pub(super) mod packet_window;
pub(super) mod pdu_segment;
pub(super) mod phase;
pub(super) mod protocol;
pub(super) mod state_changes;
pub(super) mod story;
pub(super) mod unread;
pub(super) mod verdict;
pub(super) mod warning;
