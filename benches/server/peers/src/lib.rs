//! What the peer servers share: the command line, the runtime, the listener,
//! the broadcast hub and two small helpers that let a library batch its writes.
//!
//! Every server serves `/echo` (each data message back to its sender) and
//! `/broadcast` (each data message to every connection on that path).

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

pub mod bound;

/// `NAME PORT [--flag]...`
pub fn port() -> u16 {
    std::env::args().nth(1).and_then(|p| p.parse().ok()).expect("usage: SERVER PORT [--batch]")
}

pub fn flag(name: &str) -> bool {
    std::env::args().any(|a| a == name)
}

/// One thread: the server is measured on one core.
pub fn run<F: Future>(f: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(f)
}

/// Accepts for ever; each connection becomes a task without tokio's budget, as
/// the libraries' own benchmark servers have it.
pub async fn serve<F, Fut>(f: F)
where
    F: Fn(TcpStream) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let l = TcpListener::bind(("127.0.0.1", port())).await.unwrap();
    loop {
        match l.accept().await {
            Ok((s, _)) => {
                s.set_nodelay(true).ok();
                tokio::spawn(tokio::task::unconstrained(f(s)));
            }
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

/// The hub of `/broadcast`: a channel that every subscriber reads.
pub fn hub<T: Clone + Send + 'static>() -> tokio::sync::broadcast::Sender<T> {
    tokio::sync::broadcast::channel(4096).0
}

/// The next message; before the task would sleep, what was fed is flushed.
pub async fn next_or_flush<S, T, I>(ws: &mut S) -> Option<T>
where
    S: Stream<Item = T> + Sink<I> + Unpin,
{
    poll_fn(|cx| match Pin::new(&mut *ws).poll_next(cx) {
        Poll::Pending => {
            let _ = Pin::new(&mut *ws).poll_flush(cx);
            Poll::Pending
        }
        r => r,
    })
    .await
}

/// A stream that holds writes back until the next read finds nothing: batching
/// for libraries that write each frame at once.
pub struct Corked<S> {
    inner: S,
    on: bool,
    out: Vec<u8>,
    pos: usize,
}

const CORK_MAX: usize = 64 * 1024;

impl<S: AsyncWrite + Unpin> Corked<S> {
    pub fn new(inner: S, on: bool) -> Self {
        Corked { inner, on, out: Vec::new(), pos: 0 }
    }
    fn drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.pos < self.out.len() {
            match Pin::new(&mut self.inner).poll_write(cx, &self.out[self.pos..])? {
                Poll::Ready(n) => self.pos += n,
                Poll::Pending => return Poll::Pending,
            }
        }
        self.out.clear();
        self.pos = 0;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Corked<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        b: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // The caller has used up what it had: its answers go out before it waits.
        if !self.out.is_empty() {
            let _ = self.drain(cx)?;
        }
        Pin::new(&mut self.inner).poll_read(cx, b)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Corked<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, b: &[u8]) -> Poll<io::Result<usize>> {
        if !self.on || b.len() > CORK_MAX {
            match self.drain(cx)? {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(()) => return Pin::new(&mut self.inner).poll_write(cx, b),
            }
        }
        if self.out.len() > CORK_MAX && self.drain(cx)?.is_pending() {
            return Poll::Pending;
        }
        self.out.extend_from_slice(b);
        Poll::Ready(Ok(b.len()))
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let total: usize = bufs.iter().map(|b| b.len()).sum();
        if !self.on || total > CORK_MAX {
            match self.drain(cx)? {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(()) => return Pin::new(&mut self.inner).poll_write_vectored(cx, bufs),
            }
        }
        if self.out.len() > CORK_MAX && self.drain(cx)?.is_pending() {
            return Poll::Pending;
        }
        for b in bufs {
            self.out.extend_from_slice(b);
        }
        Poll::Ready(Ok(total))
    }
    fn is_write_vectored(&self) -> bool {
        true
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.drain(cx)? {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => Pin::new(&mut self.inner).poll_flush(cx),
        }
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.drain(cx)? {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => Pin::new(&mut self.inner).poll_shutdown(cx),
        }
    }
}

thread_local! {
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; 256 * 1024]);
}

/// One receive buffer for all connections of a thread, lent for one poll.
pub fn scratch<R>(f: impl FnOnce(&mut [u8]) -> R) -> R {
    SCRATCH.with(|s| f(&mut s.borrow_mut()))
}
