//! A tap on a TCP stream: passes everything on, and tells the recorder, or who watches it, what passed.

use std::io::{self, IoSlice};
use std::os::fd::{AsFd, BorrowedFd};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

use crate::capture::{SocketEvent, TimestampedRead};
use crate::server::recorder::{Line, now_ns};
use crate::server::tap::abort_handle::Brake;

/// One read takes at most this much.
const READ: usize = 128 * 1024;

/// A stream whose bytes and ends are told on. What becomes of what is told never shows in the stream.
#[derive(Debug)]
pub(in crate::server) struct Tap {
    stream: TcpStream,
    lines: Vec<Line>,
    brake: Option<Arc<Brake>>,
}

/// A stream on which a tap can be put.
pub(in crate::server) trait Tappable:
    AsyncRead + AsyncWrite + AsFd + Unpin + Send + Sized + 'static
{
    /// With a tap that tells this line too, and stops when the brake is pulled.
    fn tapped(self, line: Line, brake: Arc<Brake>) -> Tap;
}

impl Tappable for TcpStream {
    fn tapped(self, line: Line, brake: Arc<Brake>) -> Tap {
        Tap { stream: self, lines: vec![line], brake: Some(brake) }
    }
}

impl Tappable for Tap {
    fn tapped(mut self, line: Line, brake: Arc<Brake>) -> Tap {
        self.lines.push(line);
        self.brake = Some(brake);
        self
    }
}

impl Tap {
    pub(in crate::server) fn new(stream: TcpStream, line: Line) -> Self {
        Self { stream, lines: vec![line], brake: None }
    }

    /// Fails if the brake was pulled.
    fn obey(&self, cx: &Context<'_>) -> io::Result<()> {
        self.brake.as_ref().map_or(Ok(()), |brake| brake.check(&self.stream, cx))
    }

    /// Tells what the socket did.
    fn event(&mut self, time_ns: u64, event: SocketEvent<'_>) {
        self.lines.iter_mut().for_each(|line| line.event(time_ns, event));
    }

    /// Tells that a call failed.
    fn failed(&mut self, time_ns: u64, error: &io::Error) {
        self.lines.iter_mut().for_each(|line| line.failed(time_ns, error));
    }

    /// What a call that sends or shuts down did, begun at `time_ns`: the peer may have answered before it returned.
    fn told<T>(&mut self, time_ns: u64, result: &io::Result<T>, done: impl FnOnce(&T, &mut Self)) {
        match result {
            Ok(value) => done(value, self),
            Err(error) => self.failed(time_ns, error),
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
        tap.obey(cx)?;
        loop {
            ready!(tap.stream.poll_read_ready(cx))?;
            // What is not initialized is made so: no more of it than is likely to come.
            let into = buf.initialize_unfilled_to(buf.remaining().min(READ));
            let room = into.len();
            let stream = &tap.stream;
            match stream.try_io(Interest::READABLE, || TimestampedRead::read(stream, into)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => {
                    tap.failed(now_ns(), &error);
                    return Poll::Ready(Err(error));
                }
                Ok(arrival) => {
                    let time_ns = arrival.time_ns.unwrap_or_else(now_ns);
                    match arrival.len {
                        0 if room > 0 => tap.event(time_ns, SocketEvent::PeerFinished),
                        len => {
                            buf.advance(len);
                            let filled = buf.filled();
                            let new = &filled[filled.len() - len..];
                            tap.event(time_ns, SocketEvent::Received(new));
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
        self.obey(cx)?;
        let time_ns = now_ns();
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, buf));
        self.told(time_ns, &written, |len, tap| tap.event(time_ns, SocketEvent::Sent(&buf[..*len])));
        Poll::Ready(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.obey(cx)?;
        let time_ns = now_ns();
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, bufs));
        self.told(time_ns, &written, |len, tap| {
            let bytes: Vec<u8> = bufs.iter().flat_map(|buf| buf.iter()).copied().take(*len).collect();
            tap.event(time_ns, SocketEvent::Sent(&bytes));
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
        self.told(time_ns, &done, |(), tap| tap.event(time_ns, SocketEvent::Finished));
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
        let unread = socket.peek(&mut [std::mem::MaybeUninit::uninit()]);
        match unread {
            _ if aborted => self.event(time_ns, SocketEvent::Reset),
            Ok(0) => {
                self.event(time_ns, SocketEvent::PeerFinished);
                self.event(time_ns, SocketEvent::Finished);
            }
            Ok(_) => self.event(time_ns, SocketEvent::Reset),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.event(time_ns, SocketEvent::Finished);
            }
            Err(error) => self.failed(time_ns, &error),
        }
        self.lines.iter_mut().for_each(Line::gone);
    }
}
