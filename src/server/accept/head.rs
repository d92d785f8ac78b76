//! The first request head of a connection.

use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::wire::http::{HeadError, HeadLimits, HeadScanner};

/// The outcome of reading a head.
pub(super) enum HeadEnd {
    /// The head is complete, and this long.
    Complete(usize),
    /// The head is refused.
    Malformed(HeadError),
    /// The client went away.
    Disconnected,
}

/// Reads a request head, up to its empty line. More may have been received behind it.
pub(super) async fn read_head<S: AsyncRead + Unpin>(stream: &mut S, received: &mut Vec<u8>) -> HeadEnd {
    let limits = HeadLimits::default();
    let mut scanner = HeadScanner::default();
    received.reserve(1024);
    loop {
        match stream.read_buf(received).await {
            Ok(1..) => {}
            Ok(0) | Err(_) => return HeadEnd::Disconnected,
        }
        match scanner.scan(received, &limits) {
            Ok(None) => {}
            Ok(Some(len)) => return HeadEnd::Complete(len),
            Err(error) => return HeadEnd::Malformed(error),
        }
    }
}
