//! Memory of connections and of the capture, for rules that compare a packet with earlier ones: bounded, and dropped when
//! a connection ends. No rule, text or severity is decided here; nothing here uses `rules`.

pub(super) mod capture_memory;
pub(super) mod challenge;
pub(super) mod checksum_counts;
pub(super) mod compressed_history;
pub(super) mod connection_memory;
pub(super) mod data_frame;
pub(super) mod end_memory;
pub(super) mod fragmented_message;
pub(super) mod framing_fault;
pub(super) mod http2_opening;
pub(super) mod icmp_history;
pub(super) mod opening;
pub(super) mod packet_ref;
pub(super) mod replies;
pub(super) mod reset_memory;
pub(super) mod sender_memory;
pub(super) mod server_close;
pub(super) mod silent_end;
pub(super) mod unanswered;
pub(super) mod unreplied;
pub(super) mod suspect;
pub(super) mod unread_packets;
