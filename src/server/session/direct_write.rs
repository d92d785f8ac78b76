//! Writes to a session by other sessions on its thread, without waking its task.

use std::pin::Pin;
use std::sync::Mutex;
use std::task::Context;

use tokio::io::{AsyncRead, AsyncWrite};

use super::session::{Session, written};
use crate::proto::Frames;
use crate::server::endpoints::broadcast::DirectWrite;

impl<S: AsyncRead + AsyncWrite + Unpin + Send> DirectWrite for Mutex<Session<S>> {
    fn write_now(&self, frames: &Frames) -> bool {
        // Locked only by its own task, which is the one that publishes.
        self.try_lock().is_ok_and(|mut session| session.write_now(frames))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Writes frames that were encoded for many, unless something must be sent before them; whether it took them.
    fn write_now(&mut self, frames: &Frames) -> bool {
        if self.outbox.has_entries() || self.connection.unsent() > 0 {
            return false;
        }
        // In the task's own context: when the stream is ready again, the task goes on.
        let Some(task) = self.outbox.task() else { return false };
        let (stream, mut cx) = (&mut self.stream, Context::from_waker(task));
        // Dropped when the connection is closing: no data follows a Close (RFC 6455 §5.5.1).
        let _ = self
            .connection
            .send_frames(frames, |bytes| written(&Pin::new(stream).poll_write(&mut cx, bytes)));
        if self.connection.unsent() > 0 {
            task.wake_by_ref();
        }
        true
    }
}
