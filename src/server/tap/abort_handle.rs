//! Abort of a connection from outside: a RST, in the middle of whatever it was doing.

use std::io;
use std::os::fd::AsFd;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use socket2::SockRef;

use crate::server::lock::lock;

/// Aborts a connection whose stream calls [`check`](Self::check) at each read and write.
#[derive(Debug, Default)]
pub(in crate::server) struct AbortHandle {
    aborted: AtomicBool,
    /// Task of the stream's reader.
    waker: Mutex<Option<Waker>>,
}

impl AbortHandle {
    /// Aborts the connection.
    pub(in crate::server) fn abort(&self) {
        self.aborted.store(true, Ordering::SeqCst);
        let waker = lock(&self.waker).take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Registers the task to be woken by an abort.
    ///
    /// # Errors
    /// `ConnectionAborted` after an abort: the socket then sends a RST when it is closed (RFC 9293 §3.10.5).
    pub(in crate::server) fn check(&self, socket: &impl AsFd, cx: &Context<'_>) -> io::Result<()> {
        // Registered before the flag is read, so that an abort in between wakes.
        *lock(&self.waker) = Some(cx.waker().clone());
        if !self.aborted.load(Ordering::SeqCst) {
            return Ok(());
        }
        let _ = SockRef::from(socket).set_linger(Some(Duration::ZERO));
        Err(io::ErrorKind::ConnectionAborted.into())
    }
}
