//! A WebSocket on a stream: one task, which reads, answers, sends and keeps time.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::io::poll_read_buf;
use tracing::debug;

use super::alarms::Alarm;
use super::app::App;
use super::budget::Share;
use super::endpoint::Endpoint;
use super::outbox::Outbox;
use super::roster::Seat;
use crate::proto::{Connection, EndCause, Event, Input, Placed, ProtocolError, Transmit};
use crate::wire::ws::{CloseCode, CloseFrame, ReadyState};

/// One read takes at most this much. Each thread has one buffer: an idle connection has none.
const READ: usize = 128 * 1024;

/// A peer that takes nothing of what is sent for this long is too slow.
const STALL: Duration = Duration::from_secs(10);

/// The most memory for answers that a thread keeps for the next connection.
const SPARE: usize = 2 * 1024 * 1024;

thread_local! {
    static BUFFER: RefCell<Placed> = RefCell::new(Placed::zeroed(READ));
    /// Where answers are gathered, by the connection that is being served.
    static ANSWERS: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A WebSocket connection and all that belongs to it.
pub(super) struct Session<S> {
    pub(super) stream: S,
    pub(super) connection: Connection,
    pub(super) endpoint: Endpoint,
    pub(super) outbox: Arc<Outbox>,
    pub(super) app: Arc<App>,
    pub(super) share: Share,
    /// Keeps it on the list of those who are told when the server stops.
    pub(super) _seat: Seat,
    /// Since when the peer has taken nothing of what is to be sent.
    pub(super) stalled: Option<Duration>,
    pub(super) alarm: Option<Alarm>,
}

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

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Runs the connection to its end. `early` came behind the request head.
    pub(super) fn run(mut self: Box<Self>, mut early: Vec<u8>) -> impl Future<Output = ()> {
        let now = self.app.now();
        self.take_in(&mut early, now, None);
        drop(early);
        self.live()
    }

    async fn live(mut self: Box<Self>) {
        poll_fn(|cx| self.poll(cx)).await;
        if let Some(record) = self.connection.close_record() {
            let cause = record.cause.map(tracing::field::display);
            debug!(code = %record.reported_code(), clean = record.is_clean(), first = %record.first, cause, "= CLOSED");
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.outbox.register(cx.waker());
        // Asked once, and when time itself has news: the runtime lets no poll last long.
        let mut now = self.app.now();
        loop {
            let next = match self.write(cx, now) {
                Poll::Ready(Next::Wait) => self.refill(cx, now),
                Poll::Ready(next) => next,
                // What cannot be written holds up reading: answers must not pile up.
                Poll::Pending => Next::Wait,
            };
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
                if self.is_unwelcome() {
                    self.connection.receive_eof();
                    return Poll::Ready(Next::End);
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

    /// Takes what is queued, else what comes in.
    fn refill(&mut self, cx: &mut Context<'_>, now: Duration) -> Next {
        if self.outbox.has_news() {
            self.borrow();
            let stream = &mut self.stream;
            self.outbox.drain(&mut self.connection, now, |bytes| {
                written(&Pin::new(&mut *stream).poll_write(cx, bytes))
            });
            return Next::Again;
        }
        let portion = self.endpoint.portion(self.app.settings.send_buffer);
        let most = portion.map_or(READ, |portion| portion.min(READ));
        let before = self.connection.ready_state();
        let stream = &mut self.stream;
        let rest = self.connection.receive_rest(now, |room| poll_read_buf(Pin::new(&mut *stream), cx, room));
        let read = match rest {
            Some((read, event)) => {
                if let Some(event) = event {
                    self.borrow();
                    self.heed(event, before, Some(cx));
                }
                self.settle(before, now);
                read
            }
            None => BUFFER.with_borrow_mut(|buffer| {
                let buffer = buffer.as_mut_slice();
                let read = self.read(cx, &mut buffer[..most]);
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
            Poll::Ready(Ok(len)) if portion == Some(len) => {
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

    fn read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(buffer);
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    }

    /// Understands and answers what came in. With a context, answers may be written at once.
    fn take_in(&mut self, bytes: &mut [u8], now: Duration, mut cx: Option<&mut Context<'_>>) {
        let before = self.connection.ready_state();
        let mut input = Input::new(bytes);
        while let Some(event) = self.connection.receive(&mut input, now) {
            self.heed(event, before, cx.as_deref_mut());
        }
        self.settle(before, now);
    }

    /// Answers an event.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for each message: the call costs a tenth of it")]
    fn heed(&mut self, event: Event<'_>, before: ReadyState, mut cx: Option<&mut Context<'_>>) {
        match event {
            Event::Message(message) => {
                debug!("< {} {} B", message.kind.opcode(), message.payload.len());
                let stream = &mut self.stream;
                self.endpoint.message(&mut self.connection, &message, |header, payload| {
                    cx.as_mut().map_or(0, |cx| write_at_once(stream, cx, header, payload))
                });
            }
            Event::Ping(payload) => debug!("< ping {} B, > pong", payload.len()),
            Event::Pong(payload) => debug!("< pong {} B", payload.len()),
            Event::Close(frame) => {
                debug!("< close {}", frame.code());
                if before == ReadyState::Open {
                    debug!("> close {}", frame.code());
                }
            }
            Event::Failed(error) => debug!("< {error} ({}), > close {}", error.rfc(), error.close_code()),
        }
    }

    /// All that came in at once was answered.
    fn settle(&mut self, before: ReadyState, now: Duration) {
        self.endpoint.pass_on();
        if !self.share.set(self.connection.held() + self.connection.unsent()) {
            self.connection.fail(ProtocolError::NoRoom, now);
        }
        let after = self.connection.ready_state();
        if after != before {
            debug!("= {before} -> {after}");
            // Nothing more reaches who is closing, and TCP may stay for as long as we wait: off the list now.
            self.endpoint = Endpoint::Left;
        }
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
