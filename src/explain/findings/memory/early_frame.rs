//! Frames in the segments of the opening handshake.

use super::connection_memory::ConnectionMemory;
use crate::observe::Frame;
use crate::wire::Side::{Client, Server};

/// Whether a frame of the server begins in the last segment of the 101, or a frame of the client before its first.
pub(in crate::explain::findings) fn is_early(connection: &ConnectionMemory, frame: &Frame) -> bool {
    let Some((first, last)) = connection.opening.answer else { return false };
    let begin = frame.packets.first();
    match frame.from {
        Server => begin == last,
        // A 101 that was captured late proves nothing.
        Client => begin < first && !connection.ends.server.has_open_gap,
    }
}
