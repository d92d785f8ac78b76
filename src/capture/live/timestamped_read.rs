//! Reads from a TCP socket together with the kernel's time of arrival.

use std::io;
use std::os::fd::AsFd;

use super::ancillary::{self, ControlBuffer};
use super::sockopt;

/// Result of a read from a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimestampedRead {
    /// Length in bytes; 0 at the end of the stream.
    pub len: usize,
    /// Time of arrival of the last segment, in nanoseconds since 1970; `None` if the kernel does not report it.
    pub time_ns: Option<u64>,
}

impl TimestampedRead {
    /// Enables timestamps (`SO_TIMESTAMPNS`) on a socket, or on the connections of a listener.
    ///
    /// # Errors
    /// If it is no socket.
    pub fn enable_timestamps(listener: &impl AsFd) -> io::Result<()> {
        sockopt::set(listener, libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, 1)
    }

    /// Reads once.
    ///
    /// # Errors
    /// As a read of the socket: [`io::ErrorKind::WouldBlock`] if it does not block and there is nothing.
    pub fn read(socket: &impl AsFd, into: &mut [u8]) -> io::Result<Self> {
        let mut control = ControlBuffer::new();
        let (len, _) = ancillary::receive(socket, into, &mut control, 0)?;
        Ok(Self { len, time_ns: control.read().time_ns })
    }
}
