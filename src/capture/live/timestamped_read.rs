//! Reads from a TCP socket, and tells when the kernel received what was read.

use std::io;
use std::os::fd::AsFd;

use super::ancillary::{self, ControlBuffer};
use super::sockopt;

/// What was read from a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimestampedRead {
    /// How many bytes; 0: the peer will send no more.
    pub len: usize,
    /// When the last segment of them came, in nanoseconds since 1970; `None` if the kernel did not say.
    pub time_ns: Option<u64>,
}

impl TimestampedRead {
    /// Tells the kernel to keep the times of what connections of this listener receive.
    ///
    /// # Errors
    /// If it is no socket.
    pub fn enable_timestamps(listener: &impl AsFd) -> io::Result<()> {
        sockopt::set(listener, libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, 1)
    }

    /// Reads what there is.
    ///
    /// # Errors
    /// As a read of the socket: [`io::ErrorKind::WouldBlock`] if it does not block and there is nothing.
    pub fn read(socket: &impl AsFd, into: &mut [u8]) -> io::Result<Self> {
        let mut control = ControlBuffer::new();
        let (len, _) = ancillary::receive(socket, into, &mut control, 0)?;
        Ok(Self { len, time_ns: control.read().time_ns })
    }
}
