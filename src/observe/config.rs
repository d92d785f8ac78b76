//! The assumptions and limits of an observer.

/// Assumptions and limits of an observer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Server ports on which a stream that begins midway is read as WebSocket, if its bytes read as frames.
    pub assume_websocket: Vec<u16>,
    /// Ports that show which end of a stream that begins midway is the server.
    pub server_ports: Vec<u16>,
    /// The most bytes of a side that are queued behind a gap. Beyond, the gap is given up.
    pub max_pending: usize,
    /// The most memory of all streams, in bytes. Beyond, the windows of compression are given up first, then streams that
    /// are over, then the others, each time the one that was idle the longest.
    pub max_memory: usize,
    /// Memory that the layers above take for each stream, in bytes: it counts as the stream's.
    pub memory_above: usize,
    /// The number of the stream that matters most: where memory lacks, all others are given up before it.
    pub chosen: Option<u64>,
    /// The time until a stream is released when both ends are done: Linux' TIME-WAIT (2 MSL, RFC 9293 §3.4.2).
    pub time_wait_ns: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            assume_websocket: Vec::new(),
            server_ports: vec![80, 443, 3000, 8000, 8080, 8443, 9001],
            max_pending: 1024 * 1024,
            max_memory: 256 * 1024 * 1024,
            memory_above: 0,
            chosen: None,
            time_wait_ns: 60_000_000_000,
        }
    }
}
