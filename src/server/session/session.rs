//! A WebSocket on a stream: one task, which reads, answers, sends and keeps time.

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

use crate::proto::{
    Connection, EndCause, Event, Frames, Input, Kind, PageOffsetBuf, ProtocolError, Transmit,
};
use crate::server::app::App;
use crate::server::endpoints::broadcast::Direct;
use crate::server::endpoints::session_endpoint::Endpoint;
use crate::server::session::alarms::Alarm;
use crate::server::session::budget::Share;
use crate::server::session::outbox::Outbox;
use crate::server::session::roster::Seat;
use crate::wire::ws::{CloseCode, CloseFrame, ReadyState};

/// One read takes at most this much, unless it is of a long message, which has memory of its own. Each thread has one
/// buffer: an idle connection has none.
const READ: usize = 128 * 1024;

/// A peer that takes nothing of what is sent for this long is too slow.
const STALL: Duration = Duration::from_secs(10);

/// The most memory for answers that a thread keeps for the next connection.
const SPARE: usize = 2 * 1024 * 1024;

thread_local! {
    static BUFFER: RefCell<PageOffsetBuf> = RefCell::new(PageOffsetBuf::zeroed(READ));
    /// Where answers are gathered, by the connection that is being served.
    static ANSWERS: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A WebSocket connection and all that belongs to it.
pub(in crate::server) struct Session<S> {
    pub(in crate::server) stream: S,
    pub(in crate::server) connection: Connection,
    pub(in crate::server) endpoint: Endpoint,
    pub(in crate::server) outbox: Arc<Outbox>,
    pub(in crate::server) app: Arc<App>,
    pub(in crate::server) share: Share,
    /// Keeps it on the list of those who are told when the server stops.
    pub(in crate::server) _seat: Seat<Arc<Outbox>>,
    /// The state that was last taken note of.
    pub(in crate::server) noted: ReadyState,
    /// Since when the peer has taken nothing of what is to be sent.
    pub(in crate::server) stalled: Option<Duration>,
    pub(in crate::server) alarm: Option<Alarm>,
}

/// A session, which its own task runs, and to which others on its thread may write.
pub(in crate::server) type Shared<S> = Arc<Mutex<Session<S>>>;

impl<S> Drop for Session<S> {
    fn drop(&mut self) {
        self.app.alarms.cancel(&self.outbox, self.alarm.take());
    }
}

/// What to do next.
enum Next {
    /// Look again: something was done.
    Again,
    /// Nothing more until the stream, the outbox or the clock wakes us.
    Wait,
    /// The connection has ended.
    End,
}

/// Runs a session to its end. `early` came behind the request head.
pub(in crate::server) fn run<S>(session: Shared<S>, mut early: Vec<u8>) -> impl Future<Output = ()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    with(&session, |session| session.take_in(&mut early, session.app.now(), None));
    drop(early);
    live(session)
}

async fn live<S: AsyncRead + AsyncWrite + Unpin>(session: Shared<S>) {
    poll_fn(|cx| with(&session, |session| session.poll(cx))).await;
    with(&session, |session| {
        if let Some(record) = session.connection.close_record() {
            let cause = record.cause.map(tracing::field::display);
            debug!(code = %record.reported_code(), clean = record.is_clean(), first = %record.first, cause, "= CLOSED");
        }
    });
}

/// A session, to oneself.
pub(in crate::server) fn with<S, R>(
    session: &Mutex<Session<S>>,
    act: impl FnOnce(&mut Session<S>) -> R,
) -> R {
    act(&mut session.lock().unwrap_or_else(PoisonError::into_inner))
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Direct for Mutex<Session<S>> {
    fn send_at_once(&self, frames: &Frames) -> bool {
        // Not to be had: it is its own task that sends to everyone.
        self.try_lock().is_ok_and(|mut session| session.send_at_once(frames))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.outbox.register(cx.waker());
        // Asked once, and when time itself has news: the runtime lets no poll last long.
        let mut now = self.app.now();
        // What others send and what comes in take turns.
        let mut others_first = true;
        loop {
            let next = match self.write(cx, now) {
                Poll::Ready(Next::Wait) if others_first && self.outbox.has_news() => {
                    others_first = false;
                    self.drain(cx, now)
                }
                Poll::Ready(Next::Wait) => {
                    others_first = true;
                    self.refill(cx, now)
                }
                Poll::Ready(next) => next,
                // What cannot be written holds up reading: answers must not pile up.
                Poll::Pending => Next::Wait,
            };
            self.note();
            match next {
                Next::Again => {}
                Next::End => return Poll::Ready(()),
                Next::Wait => match self.keep_time(now) {
                    Next::Again => now = self.app.now(),
                    Next::End => return Poll::Ready(()),
                    Next::Wait => {
                        self.give_back();
                        return Poll::Pending;
                    }
                },
            }
        }
    }

    /// Writes what there is; `Next::Wait` when all is written.
    fn write(&mut self, cx: &mut Context<'_>, now: Duration) -> Poll<Next> {
        while let Some(transmit) = self.connection.poll_transmit() {
            let written = match transmit {
                Transmit::Bytes(bytes) => Pin::new(&mut self.stream).poll_write(cx, bytes),
                Transmit::Eof => {
                    // TCP shuts down at once; what fails here has ended anyway, and reading will tell.
                    let _ = Pin::new(&mut self.stream).poll_shutdown(cx);
                    continue;
                }
            };
            let Poll::Ready(written) = written else {
                self.connection.shrink_unsent();
                if !self.share.set(self.connection.held() + self.connection.unsent()) {
                    self.connection.fail(ProtocolError::NoRoom, now);
                }
                if self.is_unwelcome() {
                    self.connection.receive_eof();
                    return Poll::Ready(Next::End);
                }
                if self.outbox.is_closed() {
                    // What is to be sent before the Close may never go: off the list now.
                    self.endpoint = Endpoint::Left;
                }
                self.stalled.get_or_insert(now);
                return Poll::Pending;
            };
            let Ok(len @ 1..) = written else {
                self.connection.receive_eof();
                return Poll::Ready(Next::End);
            };
            self.stalled = None;
            self.connection.transmitted(len);
            self.share.set(self.connection.held() + self.connection.unsent());
        }
        Poll::Ready(self.unless_closed(Next::Wait))
    }

    /// Takes what is queued.
    fn drain(&mut self, cx: &mut Context<'_>, now: Duration) -> Next {
        self.borrow();
        let stream = &mut self.stream;
        self.outbox
            .drain(&mut self.connection, now, |bytes| written(&Pin::new(&mut *stream).poll_write(cx, bytes)));
        Next::Again
    }

    /// Takes what comes in.
    fn refill(&mut self, cx: &mut Context<'_>, now: Duration) -> Next {
        let portion = self.endpoint.portion(self.app.settings.send_buffer);
        let most = portion.map_or(READ, |portion| portion.min(READ));
        let stream = &mut self.stream;
        let rest = self.connection.receive_rest(now, |room| poll_read_buf(Pin::new(&mut *stream), cx, room));
        let read = match rest {
            Some((read, event)) => {
                if let Some(event) = event {
                    self.borrow();
                    self.heed(&event, Some(cx));
                }
                self.settle(now);
                read
            }
            None => BUFFER.with_borrow_mut(|buffer| {
                let buffer = &mut buffer.as_mut_slice()[..most];
                let read = poll_read_buf(Pin::new(&mut self.stream), cx, &mut &mut *buffer);
                if let Poll::Ready(Ok(len)) = read {
                    self.borrow();
                    self.take_in(&mut buffer[..len], now, Some(cx));
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
            // There may be more: others come first.
            Poll::Ready(Ok(len)) if portion.is_some() && len == most => {
                cx.waker().wake_by_ref();
                self.unless_closed(Next::Wait)
            }
            Poll::Ready(Ok(_)) => self.unless_closed(Next::Again),
        }
    }

    /// Takes the thread's memory for answers.
    fn borrow(&mut self) {
        ANSWERS.with_borrow_mut(|memory| self.connection.lend(memory));
    }

    /// The memory for answers goes to the next connection, when all is written.
    fn give_back(&mut self) {
        if let Some(memory) = self.connection.reclaim().filter(|memory| memory.capacity() <= SPARE) {
            ANSWERS.set(memory);
        }
    }

    /// Understands and answers what came in. With a context, answers may be written at once.
    fn take_in(&mut self, bytes: &mut [u8], now: Duration, mut cx: Option<&mut Context<'_>>) {
        let mut input = Input::new(bytes);
        loop {
            if let Some((kind, payload)) = self.connection.receive_whole(&mut input) {
                self.answer(kind, payload, cx.as_deref_mut());
            } else if let Some(event) = self.connection.receive(&mut input, now) {
                self.heed(&event, cx.as_deref_mut());
            } else {
                break;
            }
        }
        self.settle(now);
    }

    /// Answers a message.
    #[inline(always)]
    fn answer(&mut self, kind: Kind, payload: &[u8], mut cx: Option<&mut Context<'_>>) {
        debug!("< {} {} B", kind.opcode(), payload.len());
        let stream = &mut self.stream;
        self.endpoint.message(&mut self.connection, kind, payload, |header, payload| {
            cx.as_mut().map_or(0, |cx| write_at_once(stream, cx, header, payload))
        });
    }

    /// Answers an event.
    fn heed(&mut self, event: &Event<'_>, cx: Option<&mut Context<'_>>) {
        match event {
            Event::Message(message) => self.answer(message.kind, &message.payload, cx),
            Event::Ping(payload) => debug!("< ping {} B, > pong", payload.len()),
            Event::Pong(payload) => debug!("< pong {} B", payload.len()),
            Event::Close(frame) => {
                debug!("< close {}", frame.code());
                if self.noted == ReadyState::Open {
                    debug!("> close {}", frame.code());
                }
            }
            Event::Failed(error) => debug!("< {error} ({}), > close {}", error.rfc(), error.close_code()),
        }
    }

    /// All that came in at once was answered.
    fn settle(&mut self, now: Duration) {
        self.endpoint.pass_on();
        if !self.share.set(self.connection.held() + self.connection.unsent()) {
            self.connection.fail(ProtocolError::NoRoom, now);
        }
    }

    /// Takes note of the connection's state.
    fn note(&mut self) {
        let state = self.connection.ready_state();
        if state != self.noted {
            debug!("= {} -> {state}", self.noted);
            self.noted = state;
            // Nothing more reaches who is closing, and TCP may stay for as long as we wait: off the list now.
            self.endpoint = Endpoint::Left;
        }
    }

    /// Writes what was encoded for many, unless something else is to be sent before; whether it took it.
    fn send_at_once(&mut self, frames: &Frames) -> bool {
        if self.outbox.has_news() || self.connection.unsent() > 0 {
            return false;
        }
        // The task's own context: should the stream have to wait, it is the task that goes on.
        let Some(task) = self.outbox.task() else { return false };
        let (stream, mut cx) = (&mut self.stream, Context::from_waker(task));
        // One that comes too late, because the connection is closing, is lost with it, as RFC 6455 has it.
        let _ = self
            .connection
            .send_frames(frames, |bytes| written(&Pin::new(stream).poll_write(&mut cx, bytes)));
        if self.connection.unsent() > 0 {
            task.wake_by_ref();
        }
        true
    }

    /// Does what is due, and sets the alarm for what comes next.
    fn keep_time(&mut self, now: Duration) -> Next {
        let stall = self.stalled.map(|since| since + STALL);
        let Some(due) = [self.connection.poll_timeout(), stall].into_iter().flatten().min() else {
            return Next::Wait;
        };
        if due <= now {
            self.connection.handle_timeout(now);
            if stall.is_some_and(|due| due <= now) {
                self.stalled = None;
                self.connection.close(&CloseFrame::new(CloseCode::TOO_SLOW, "too slow"), now);
            }
            return self.unless_closed(Next::Again);
        }
        self.app.alarms.wake(&self.outbox, &mut self.alarm, self.app.instant(due));
        Next::Wait
    }

    /// Whether the connection was failed for want of room. It had its chance to take what it is to be told; what it
    /// leaves must not be held any longer.
    fn is_unwelcome(&self) -> bool {
        let cause = self.connection.close_record().and_then(|record| record.cause);
        cause == Some(EndCause::Failed(ProtocolError::NoRoom))
    }

    fn unless_closed(&self, next: Next) -> Next {
        if self.connection.ready_state() == ReadyState::Closed { Next::End } else { next }
    }
}

/// Writes as much as the stream takes now.
fn write_at_once(
    stream: &mut (impl AsyncWrite + Unpin),
    cx: &mut Context<'_>,
    header: &[u8],
    payload: &[u8],
) -> usize {
    written(&Pin::new(stream).poll_write_vectored(cx, &[IoSlice::new(header), IoSlice::new(payload)]))
}

/// How much went. That it failed shows when the rest is written.
fn written(result: &Poll<io::Result<usize>>) -> usize {
    match result {
        Poll::Ready(Ok(len)) => *len,
        Poll::Ready(Err(_)) | Poll::Pending => 0,
    }
}
