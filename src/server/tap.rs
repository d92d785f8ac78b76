//! A tap on a TCP stream: passes everything on, and tells the recorder what passed.

use std::io::{self, IoSlice};
use std::os::fd::{AsFd, BorrowedFd};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

use super::recorder::{Line, now_ns};
use crate::capture::{Arrival, SocketEvent};

/// A stream whose bytes and ends are recorded. What becomes of the recording never shows in the stream.
#[derive(Debug)]
pub(super) struct Tap {
    stream: TcpStream,
    line: Line,
}

impl Tap {
    pub(super) const fn new(stream: TcpStream, line: Line) -> Self {
        Self { stream, line }
    }

    /// What a call that sends or shuts down did, begun at `time_ns`: the peer may have answered before it returned.
    fn told<T>(&mut self, time_ns: u64, result: &io::Result<T>, done: impl FnOnce(&T, &mut Line)) {
        match result {
            Ok(value) => done(value, &mut self.line),
            Err(error) => self.line.failed(time_ns, error),
        }
    }
}

impl AsyncRead for Tap {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let tap = &mut *self;
        loop {
            ready!(tap.stream.poll_read_ready(cx))?;
            let into = buf.initialize_unfilled();
            let room = into.len();
            let stream = &tap.stream;
            match stream.try_io(Interest::READABLE, || Arrival::read(stream, into)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => {
                    tap.line.failed(now_ns(), &error);
                    return Poll::Ready(Err(error));
                }
                Ok(arrival) => {
                    let time_ns = arrival.time_ns.unwrap_or_else(now_ns);
                    match arrival.len {
                        0 if room > 0 => tap.line.event(time_ns, SocketEvent::PeerFinished),
                        len => {
                            buf.advance(len);
                            let filled = buf.filled();
                            let new = &filled[filled.len() - len..];
                            tap.line.event(time_ns, SocketEvent::Received(new));
                        }
                    }
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }
}

impl AsyncWrite for Tap {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let time_ns = now_ns();
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, buf));
        self.told(time_ns, &written, |len, line| line.event(time_ns, SocketEvent::Sent(&buf[..*len])));
        Poll::Ready(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let time_ns = now_ns();
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, bufs));
        self.told(time_ns, &written, |len, line| {
            let bytes: Vec<u8> = bufs.iter().flat_map(|buf| buf.iter()).copied().take(*len).collect();
            line.event(time_ns, SocketEvent::Sent(&bytes));
        });
        Poll::Ready(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let time_ns = now_ns();
        let done = ready!(Pin::new(&mut self.stream).poll_shutdown(cx));
        self.told(time_ns, &done, |(), line| line.event(time_ns, SocketEvent::Finished));
        Poll::Ready(done)
    }
}

impl AsFd for Tap {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        // What closing does depends on what was not read (RFC 9293 §3.10.4, RFC 1122 §4.2.2.13): with unread data it is
        // a reset. So it is with a linger time of zero.
        let time_ns = now_ns();
        let socket = socket2::SockRef::from(&self.stream);
        let aborted = matches!(socket.linger(), Ok(Some(Duration::ZERO)));
        match socket.peek(&mut [std::mem::MaybeUninit::uninit()]) {
            _ if aborted => self.line.event(time_ns, SocketEvent::Reset),
            Ok(0) => {
                self.line.event(time_ns, SocketEvent::PeerFinished);
                self.line.event(time_ns, SocketEvent::Finished);
            }
            Ok(_) => self.line.event(time_ns, SocketEvent::Reset),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.line.event(time_ns, SocketEvent::Finished);
            }
            Err(error) => self.line.failed(time_ns, &error),
        }
        self.line.gone();
    }
}
