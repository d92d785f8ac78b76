//! A WebSocket session on a stream.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::io::poll_read_buf;
use tracing::debug;

use super::alarms::Alarm;
use super::budget::MemoryShare;
use super::outbox::Outbox;
use super::roster::Registration;
use crate::proto::{Connection, EndCause, Event, Input, Kind, PageOffsetBuf, ProtocolError, Transmit};
use crate::server::admission::quota::NetworkPermit;
use crate::server::app::{App, going_away};
use crate::server::endpoints::session_endpoint::SessionEndpoint;
use crate::wire::ws::{CloseCode, CloseFrame, ReadyState};

/// The most that one read takes, unless it is of a long message, which has memory of its own. Each thread has one
/// buffer: an idle session has none.
const READ: usize = 128 * 1024;

/// Time after which a peer that reads nothing of what is sent is too slow.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// The most send memory that a thread keeps for its next session, in bytes.
const SPARE: usize = 2 * 1024 * 1024;

thread_local! {
    static BUFFER: RefCell<PageOffsetBuf> = RefCell::new(PageOffsetBuf::zeroed(READ));
    /// Send memory, lent to the session that is being polled.
    static SEND_BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// One WebSocket session: reads frames, dispatches them to its endpoint, and writes replies, on a single task.
pub(in crate::server) struct Session<S> {
    pub(super) stream: S,
    pub(super) connection: Connection,
    endpoint: SessionEndpoint,
    pub(super) outbox: Arc<Outbox>,
    app: Arc<App>,
    share: MemoryShare,
    /// Entry in the list of sessions that are closed when the server stops.
    _registration: Registration<Arc<Outbox>>,
    /// The state that was logged last.
    seen_state: ReadyState,
    /// Time since which the peer has read nothing of what is to be sent.
    write_stalled_since: Option<Duration>,
    alarm: Option<Alarm>,
}

/// A session that its own task polls, and to which other sessions on its thread may write.
pub(in crate::server) type SharedSession<S> = Arc<Mutex<Session<S>>>;

/// A session that a connection has opened, and the bytes received behind its request head.
pub(in crate::server) type Opened<S> = (SharedSession<S>, Vec<u8>);

/// The parts that an accepted Upgrade begins a session with.
pub(in crate::server) struct Accepted {
    pub(in crate::server) connection: Connection,
    pub(in crate::server) endpoint: SessionEndpoint,
    pub(in crate::server) outbox: Arc<Outbox>,
}

impl<S> Drop for Session<S> {
    fn drop(&mut self) {
        self.app.alarms.cancel(&self.outbox, self.alarm.take());
    }
}

/// Next step of a poll.
enum Next {
    /// Go on: something was done.
    Again,
    /// Wait for the stream, the outbox or a timer.
    Wait,
    /// End: the connection is closed.
    End,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Session<S> {
    /// A session on a stream over which the 101 was sent.
    pub(in crate::server) fn new(
        stream: S,
        accepted: Accepted,
        app: &Arc<App>,
        permit: NetworkPermit,
    ) -> Self {
        let Accepted { connection, endpoint, outbox } = accepted;
        debug!("= CONNECTING -> {}", connection.ready_state());
        let registration = app.sessions.join(Arc::clone(&outbox));
        if app.is_stopping() {
            // Joined too late to be closed with the others.
            outbox.close(going_away());
        }
        Self {
            stream,
            seen_state: connection.ready_state(),
            connection,
            endpoint,
            outbox,
            app: Arc::clone(app),
            share: MemoryShare::new(permit),
            _registration: registration,
            write_stalled_since: None,
            alarm: None,
        }
    }

    /// Begins the session at its endpoint, where others may write to it from now on.
    pub(in crate::server) fn share(self) -> SharedSession<S> {
        let session = Arc::new(Mutex::new(self));
        let weak = Arc::downgrade(&session);
        with(&session, |session| session.endpoint.begin(weak));
        session
    }
}

/// Runs a session to its end. `early` came behind the request head.
pub(in crate::server) fn run<S>(session: SharedSession<S>, mut early: Vec<u8>) -> impl Future<Output = ()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    with(&session, |session| session.process(&mut early, session.app.now(), None));
    drop(early);
    poll_to_end(session)
}

async fn poll_to_end<S: AsyncRead + AsyncWrite + Unpin>(session: SharedSession<S>) {
    poll_fn(|cx| with(&session, |session| session.poll(cx))).await;
    with(&session, |session| {
        if let Some(record) = session.connection.close_record() {
            let cause = record.cause.map(tracing::field::display);
            debug!(code = %record.reported_code(), clean = record.is_clean(), first = %record.first, cause, "= CLOSED");
        }
    });
}

/// Calls `f` with the session, locked.
fn with<S, R>(session: &Mutex<Session<S>>, f: impl FnOnce(&mut Session<S>) -> R) -> R {
    f(&mut session.lock().unwrap_or_else(PoisonError::into_inner))
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.outbox.register(cx.waker());
        // Read once, and again when a timer was due: no poll lasts long.
        let mut now = self.app.now();
        // The outbox and the stream take turns.
        let mut outbox_first = true;
        loop {
            let next = match self.write(cx, now) {
                Poll::Ready(Next::Wait) if outbox_first && self.outbox.has_entries() => {
                    outbox_first = false;
                    self.drain(cx, now)
                }
                Poll::Ready(Next::Wait) => {
                    outbox_first = true;
                    self.read(cx, now)
                }
                Poll::Ready(next) => next,
                // A blocked write blocks reading too: replies must not pile up.
                Poll::Pending => Next::Wait,
            };
            self.track_state();
            match next {
                Next::Again => {}
                Next::End => return Poll::Ready(()),
                Next::Wait => match self.handle_timers(now) {
                    Next::Again => now = self.app.now(),
                    Next::End => return Poll::Ready(()),
                    Next::Wait => {
                        self.return_buffer();
                        return Poll::Pending;
                    }
                },
            }
        }
    }

    /// Writes everything to be sent; `Next::Wait` when all is written.
    fn write(&mut self, cx: &mut Context<'_>, now: Duration) -> Poll<Next> {
        while let Some(transmit) = self.connection.poll_transmit() {
            let written = match transmit {
                Transmit::Bytes(bytes) => Pin::new(&mut self.stream).poll_write(cx, bytes),
                Transmit::Eof => {
                    // TCP shuts down at once; after a failure here, reading fails too.
                    let _ = Pin::new(&mut self.stream).poll_shutdown(cx);
                    continue;
                }
            };
            let Poll::Ready(written) = written else {
                self.connection.shrink_unsent();
                if !self.share.set(self.connection.held() + self.connection.unsent()) {
                    self.connection.fail(ProtocolError::NoRoom, now);
                }
                if self.is_out_of_memory() {
                    self.connection.receive_eof();
                    return Poll::Ready(Next::End);
                }
                if self.outbox.is_closed() {
                    // The Close may never be sent: the session leaves its endpoint now.
                    self.endpoint = SessionEndpoint::Left;
                }
                self.write_stalled_since.get_or_insert(now);
                return Poll::Pending;
            };
            let Ok(len @ 1..) = written else {
                self.connection.receive_eof();
                return Poll::Ready(Next::End);
            };
            self.write_stalled_since = None;
            self.connection.transmitted(len);
            self.share.set(self.connection.held() + self.connection.unsent());
        }
        Poll::Ready(self.unless_closed(Next::Wait))
    }

    /// Sends the entries of the outbox.
    fn drain(&mut self, cx: &mut Context<'_>, now: Duration) -> Next {
        self.lend_buffer();
        let stream = &mut self.stream;
        self.outbox
            .drain(&mut self.connection, now, |bytes| written(&Pin::new(&mut *stream).poll_write(cx, bytes)));
        Next::Again
    }

    /// Reads once, and processes every complete frame.
    fn read(&mut self, cx: &mut Context<'_>, now: Duration) -> Next {
        let budget = self.endpoint.read_budget(self.app.settings.send_buffer);
        let most = budget.map_or(READ, |budget| budget.min(READ));
        let stream = &mut self.stream;
        let rest = self.connection.receive_rest(now, |room| poll_read_buf(Pin::new(&mut *stream), cx, room));
        let read = match rest {
            Some((read, event)) => {
                if let Some(event) = event {
                    self.lend_buffer();
                    self.on_event(&event, Some(cx));
                }
                self.flush_batch(now);
                read
            }
            None => BUFFER.with_borrow_mut(|buffer| {
                let buffer = &mut buffer.as_mut_slice()[..most];
                let read = poll_read_buf(Pin::new(&mut self.stream), cx, &mut &mut *buffer);
                if let Poll::Ready(Ok(len)) = read {
                    self.lend_buffer();
                    self.process(&mut buffer[..len], now, Some(cx));
                }
                read
            }),
        };
        match read {
            Poll::Pending => Next::Wait,
            Poll::Ready(Ok(0) | Err(_)) => {
                self.connection.receive_eof();
                Next::End
            }
            // There may be more to read: other tasks come first.
            Poll::Ready(Ok(len)) if budget.is_some() && len == most => {
                cx.waker().wake_by_ref();
                self.unless_closed(Next::Wait)
            }
            Poll::Ready(Ok(_)) => self.unless_closed(Next::Again),
        }
    }

    /// Lends the thread's send memory to the connection.
    fn lend_buffer(&mut self) {
        SEND_BUFFER.with_borrow_mut(|memory| self.connection.lend(memory));
    }

    /// Gives the send memory back to the thread, when all is written.
    fn return_buffer(&mut self) {
        if let Some(memory) = self.connection.reclaim().filter(|memory| memory.capacity() <= SPARE) {
            SEND_BUFFER.set(memory);
        }
    }

    /// Processes every complete frame. With a context, long replies may be written at once.
    fn process(&mut self, bytes: &mut [u8], now: Duration, mut cx: Option<&mut Context<'_>>) {
        let mut input = Input::new(bytes);
        loop {
            if let Some((kind, payload)) = self.connection.receive_whole(&mut input) {
                self.on_message(kind, payload, cx.as_deref_mut());
            } else if let Some(event) = self.connection.receive(&mut input, now) {
                self.on_event(&event, cx.as_deref_mut());
            } else {
                break;
            }
        }
        self.flush_batch(now);
    }

    /// Dispatches a message to the endpoint.
    #[inline(always)]
    fn on_message(&mut self, kind: Kind, payload: &[u8], mut cx: Option<&mut Context<'_>>) {
        debug!("< {} {} B", kind.opcode(), payload.len());
        let stream = &mut self.stream;
        self.endpoint.on_message(&mut self.connection, kind, payload, |header, payload| {
            cx.as_mut().map_or(0, |cx| write_vectored_now(stream, cx, header, payload))
        });
    }

    /// Handles an event; the connection itself replies to control frames.
    fn on_event(&mut self, event: &Event<'_>, cx: Option<&mut Context<'_>>) {
        match event {
            Event::Message(message) => self.on_message(message.kind, &message.payload, cx),
            Event::Ping(payload) => debug!("< ping {} B, > pong", payload.len()),
            Event::Pong(payload) => debug!("< pong {} B", payload.len()),
            Event::Close(frame) => {
                debug!("< close {}", frame.code());
                if self.seen_state == ReadyState::Open {
                    debug!("> close {}", frame.code());
                }
            }
            Event::Failed(error) => debug!("< {error} ({}), > close {}", error.rfc(), error.close_code()),
        }
    }

    /// Flushes what one read has published, and accounts for the memory in use.
    fn flush_batch(&mut self, now: Duration) {
        self.endpoint.flush_batch();
        if !self.share.set(self.connection.held() + self.connection.unsent()) {
            self.connection.fail(ProtocolError::NoRoom, now);
        }
    }

    /// Logs a change of the connection's state.
    fn track_state(&mut self) {
        let state = self.connection.ready_state();
        if state != self.seen_state {
            debug!("= {} -> {state}", self.seen_state);
            self.seen_state = state;
            // A closing connection receives nothing more, and may stay for the close timeout: it leaves its endpoint
            // now.
            self.endpoint = SessionEndpoint::Left;
        }
    }

    /// Handles due timers, and sets the alarm for the next.
    fn handle_timers(&mut self, now: Duration) -> Next {
        let stall = self.write_stalled_since.map(|since| since + WRITE_TIMEOUT);
        let Some(due) = [self.connection.poll_timeout(), stall].into_iter().flatten().min() else {
            return Next::Wait;
        };
        if due <= now {
            self.connection.handle_timeout(now);
            if stall.is_some_and(|due| due <= now) {
                self.write_stalled_since = None;
                self.connection.close(&CloseFrame::new(CloseCode::TOO_SLOW, "too slow"), now);
            }
            return self.unless_closed(Next::Again);
        }
        self.app.alarms.wake_at(&self.outbox, &mut self.alarm, self.app.instant(due));
        Next::Wait
    }

    /// Returns `true` if the connection was failed for want of memory: what its peer did not read of the Close is not
    /// kept.
    fn is_out_of_memory(&self) -> bool {
        let cause = self.connection.close_record().and_then(|record| record.cause);
        cause == Some(EndCause::Failed(ProtocolError::NoRoom))
    }

    fn unless_closed(&self, next: Next) -> Next {
        if self.connection.ready_state() == ReadyState::Closed { Next::End } else { next }
    }
}

/// Writes as much of both as the stream takes now.
fn write_vectored_now(
    stream: &mut (impl AsyncWrite + Unpin),
    cx: &mut Context<'_>,
    header: &[u8],
    payload: &[u8],
) -> usize {
    written(&Pin::new(stream).poll_write_vectored(cx, &[IoSlice::new(header), IoSlice::new(payload)]))
}

/// Bytes written. An error shows again when the rest is written.
pub(super) fn written(result: &Poll<io::Result<usize>>) -> usize {
    match result {
        Poll::Ready(Ok(len)) => *len,
        Poll::Ready(Err(_)) | Poll::Pending => 0,
    }
}
