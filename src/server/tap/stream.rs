//! A tap on a TCP stream: passes everything on, and records what passed.

use std::io::{self, IoSlice};
use std::os::fd::{AsFd, BorrowedFd};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

use super::abort_handle::AbortHandle;
use super::sender::TapSender;
use crate::capture::{SocketEvent, TimestampedRead, now_ns};

/// One read takes at most this much.
const READ: usize = 128 * 1024;

/// A TCP stream whose reads, writes and ends are recorded. Recording never delays or fails a call.
#[derive(Debug)]
pub(in crate::server) struct Tap {
    stream: TcpStream,
    senders: Vec<TapSender>,
    abort: Option<Arc<AbortHandle>>,
}

/// A stream of an accepted connection, to which a tap can be added.
pub(in crate::server) trait ConnectionStream:
    AsyncRead + AsyncWrite + AsFd + Unpin + Send + Sized + 'static
{
    /// Adds a sender, and the handle by which the connection can be aborted.
    fn tapped(self, sender: TapSender, abort: Arc<AbortHandle>) -> Tap;
}

impl ConnectionStream for TcpStream {
    fn tapped(self, sender: TapSender, abort: Arc<AbortHandle>) -> Tap {
        Tap { stream: self, senders: vec![sender], abort: Some(abort) }
    }
}

impl ConnectionStream for Tap {
    fn tapped(mut self, sender: TapSender, abort: Arc<AbortHandle>) -> Tap {
        self.senders.push(sender);
        self.abort = Some(abort);
        self
    }
}

impl Tap {
    pub(in crate::server) fn new(stream: TcpStream, sender: TapSender) -> Self {
        Self { stream, senders: vec![sender], abort: None }
    }

    /// Fails after an abort.
    fn check_abort(&self, cx: &Context<'_>) -> io::Result<()> {
        self.abort.as_ref().map_or(Ok(()), |abort| abort.check(&self.stream, cx))
    }

    /// Records what the socket did.
    fn event(&mut self, time_ns: u64, event: SocketEvent<'_>) {
        self.senders.iter_mut().for_each(|sender| sender.event(time_ns, event));
    }

    /// Records that a call failed.
    fn error(&mut self, time_ns: u64, error: &io::Error) {
        self.senders.iter_mut().for_each(|sender| sender.error(time_ns, error));
    }

    /// Records the result of a call that sends or shuts down, at the time of its beginning: the peer may have answered
    /// before it returned.
    fn record<T>(&mut self, time_ns: u64, result: &io::Result<T>, done: impl FnOnce(&T, &mut Self)) {
        match result {
            Ok(value) => done(value, self),
            Err(error) => self.error(time_ns, error),
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
        tap.check_abort(cx)?;
        loop {
            ready!(tap.stream.poll_read_ready(cx))?;
            // What is not initialized is made so: no more of it than is likely to come.
            let into = buf.initialize_unfilled_to(buf.remaining().min(READ));
            let room = into.len();
            let stream = &tap.stream;
            match stream.try_io(Interest::READABLE, || TimestampedRead::read(stream, into)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => {
                    tap.error(now_ns(), &error);
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
        self.check_abort(cx)?;
        let time_ns = now_ns();
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, buf));
        self.record(time_ns, &written, |len, tap| tap.event(time_ns, SocketEvent::Sent(&buf[..*len])));
        Poll::Ready(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check_abort(cx)?;
        let time_ns = now_ns();
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, bufs));
        self.record(time_ns, &written, |len, tap| {
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
        self.record(time_ns, &done, |(), tap| tap.event(time_ns, SocketEvent::Finished));
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
            Err(error) => self.error(time_ns, &error),
        }
        self.senders.iter_mut().for_each(TapSender::closed);
    }
}
