//! Ends a connection from outside as an abort does: with a RST, in the middle of whatever it was doing.

use std::io;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Waker};
use std::time::Duration;

use socket2::SockRef;

/// What can be pulled to end a connection whose stream asks for it at each read.
#[derive(Debug, Default)]
pub(in crate::server) struct Brake {
    pulled: AtomicBool,
    /// Who reads.
    waker: Mutex<Option<Waker>>,
}

impl Brake {
    /// Ends the connection.
    pub(in crate::server) fn pull(&self) {
        self.pulled.store(true, Ordering::SeqCst);
        let waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Is asked by the stream's reader.
    ///
    /// # Errors
    /// If it was pulled: the socket then sends a RST when it is closed (RFC 9293 §3.10.5).
    pub(in crate::server) fn check(&self, socket: &impl AsFd, cx: &Context<'_>) -> io::Result<()> {
        // Before it is looked at, so that a pull in between wakes.
        *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(cx.waker().clone());
        if !self.pulled.load(Ordering::SeqCst) {
            return Ok(());
        }
        let _ = SockRef::from(socket).set_linger(Some(Duration::ZERO));
        Err(io::ErrorKind::ConnectionAborted.into())
    }
}
