//! One end of a TCP connection. Where packets cannot be captured, its calls are reported, so that they can be rebuilt.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use socket2::SockRef;
use wirewalk::capture::SocketEvent;

use super::PATIENCE;
use super::packets::Tap;

/// Input from the peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Incoming {
    /// Bytes.
    Bytes(Vec<u8>),
    /// FIN: no more bytes will come.
    End,
    /// RST: the connection is gone.
    Reset,
}

/// One end of a TCP connection.
pub(crate) struct Socket {
    stream: TcpStream,
    tap: Option<Tap>,
    longest_write: usize,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, tap: Option<Tap>, longest_write: usize) -> io::Result<Self> {
        // A write is a segment: nothing is held back until there is more (RFC 9293 §3.7.4, Nagle).
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, tap, longest_write })
    }

    /// Sends bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        for piece in bytes.chunks(self.longest_write) {
            self.stream.write_all(piece)?;
        }
        self.tell(SocketEvent::Sent(bytes));
        Ok(())
    }

    /// Waits for input.
    pub(crate) fn read(&mut self) -> io::Result<Incoming> {
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer) {
            Ok(0) => {
                self.tell(SocketEvent::PeerFinished);
                Ok(Incoming::End)
            }
            Ok(len) => {
                self.tell(SocketEvent::Received(&buffer[..len]));
                Ok(Incoming::Bytes(buffer[..len].to_vec()))
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {
                self.tell(SocketEvent::PeerReset);
                Ok(Incoming::Reset)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether there is unread input, now or within this time.
    pub(crate) fn has_input(&self, patience: Duration) -> io::Result<bool> {
        self.stream.set_read_timeout(Some(patience))?;
        let news = self.stream.peek(&mut [0]);
        self.stream.set_read_timeout(Some(PATIENCE))?;
        match news {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(false),
            other => other.map(|_| true),
        }
    }

    /// Has the kernel acknowledge all input now: by itself it waits up to 40 ms for something to send along.
    pub(crate) fn acknowledge(&self) -> io::Result<()> {
        SockRef::from(&self.stream).set_tcp_quickack(true)
    }

    /// Sends a FIN: this end sends no more.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)?;
        self.tell(SocketEvent::Finished);
        Ok(())
    }

    /// Sends a RST: this end gives the connection up, and all that was on its way.
    pub(crate) fn abort(self) -> io::Result<()> {
        let Self { stream, tap, .. } = self;
        SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
        drop(stream);
        if let Some(mut tap) = tap {
            tap.tell(SocketEvent::Reset);
        }
        Ok(())
    }

    fn tell(&mut self, event: SocketEvent<'_>) {
        if let Some(tap) = &mut self.tap {
            tap.tell(event);
        }
    }
}
