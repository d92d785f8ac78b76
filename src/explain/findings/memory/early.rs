//! Frames that come with a head of HTTP.

use super::connection_memory::ConnectionMemory;
use crate::observe::Frame;
use crate::wire::Side::{Client, Server};

/// Whether a frame comes with the head: in the last segment of the 101, or before the first.
pub(in crate::explain::findings) fn is_early(connection: &ConnectionMemory, frame: &Frame) -> bool {
    let Some((first, last)) = connection.opening.answer else { return false };
    let begin = frame.packets.first();
    match frame.from {
        Server => begin == last,
        // A 101 that the capture has late proves nothing.
        Client => begin < first && !connection.ends.server.is_awaited,
    }
}
