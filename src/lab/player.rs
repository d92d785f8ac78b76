//! The player of a script on a stream: writes the bytes as they are, and never judges what it reads.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::account::{Account, AccountEvent, describe, describe_header};
use super::step::{Piece, Placeholders, Step};
use crate::wire::Parsed;
use crate::wire::http::{HeadLimits, HeadScanner};
use crate::wire::ws::{HeaderView, Opcode};

/// Time limit of a step that waits. After it the script goes on.
const STEP_TIMEOUT: Duration = Duration::from_secs(30);

/// One read takes about this much.
const READ: usize = 16 * 1024;

/// Polling interval of conditions that cannot be awaited.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// One end of a connection, which plays a script.
pub struct Player<S> {
    stream: S,
    /// Bytes received and not parsed yet.
    received: Vec<u8>,
    /// Bytes of the last frame that are still to come, and to be discarded.
    skip: u64,
    peer_ended: bool,
    finished: bool,
    placeholders: Placeholders,
    account: Account,
    /// Time of [`Step::Idle`], if it is another than the script's.
    idle: Option<Duration>,
    /// Number of connections so far, for [`Step::AwaitConnections`].
    connections: Option<Box<dyn Fn() -> usize + Send>>,
}

impl<S: AsyncRead + AsyncWrite + AsFd + Unpin> Player<S> {
    /// A player on `stream`, of which `received` was already read.
    pub fn new(stream: S, received: Vec<u8>, placeholders: Placeholders) -> Self {
        let account = Account::default();
        let (skip, peer_ended, finished) = (0, false, false);
        let (idle, connections) = (None, None);
        Self { stream, received, skip, peer_ended, finished, placeholders, account, idle, connections }
    }

    /// Sets another time for [`Step::Idle`].
    #[must_use]
    pub fn idle(self, idle: Option<Duration>) -> Self {
        Self { idle, ..self }
    }

    /// Sets the number of connections so far, for [`Step::AwaitConnections`].
    #[must_use]
    pub fn connections(self, count: impl Fn() -> usize + Send + 'static) -> Self {
        Self { connections: Some(Box::new(count)), ..self }
    }

    /// The account, which goes on while the script is played.
    pub fn account(&self) -> Account {
        self.account.clone()
    }

    /// Plays a script to its end, or to the end of the connection.
    pub async fn play(mut self, script: &[Step]) {
        for step in script {
            match step {
                Step::SendRst => {
                    // Closing with a linger time of zero is how an abort is asked for (RFC 9293 §3.10.5).
                    let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
                    self.account.record(AccountEvent::Reset, "", &[]);
                    return;
                }
                Step::Drop => break,
                step => self.step(*step).await,
            }
        }
        if !self.finished {
            let event = if self.has_unread() { AccountEvent::Reset } else { AccountEvent::Finished };
            self.account.record(event, "", &[]);
        }
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Send(pieces) => self.send(pieces).await,
            Step::ReceiveHead => self.receive_head().await,
            Step::ReceiveFrame => {
                self.read_until(STEP_TIMEOUT, |_| true).await;
            }
            Step::ReceiveClose => {
                self.read_until(STEP_TIMEOUT, |header| header.opcode() == Opcode::CLOSE).await;
            }
            Step::ReceiveEof => {
                self.read_until(STEP_TIMEOUT, |_| false).await;
            }
            Step::ReceiveFor(time) => {
                self.read_until(time, |_| false).await;
            }
            Step::Idle(time) => {
                self.read_until(self.idle.unwrap_or(time), |_| false).await;
            }
            Step::AwaitConnections(connections) => {
                let end = Instant::now() + STEP_TIMEOUT;
                while self.connections.as_ref().is_some_and(|count| count() < connections)
                    && Instant::now() < end
                {
                    if self.peer_ended {
                        break;
                    }
                    self.read_until(POLL_INTERVAL, |_| false).await;
                }
            }
            Step::Pause(time) => {
                self.account.record(AccountEvent::Paused, format!("{} ms", time.as_millis()), &[]);
                sleep(time).await;
            }
            Step::LeaveUnread => {
                let end = Instant::now() + STEP_TIMEOUT;
                while !self.has_unread() && Instant::now() < end {
                    sleep(POLL_INTERVAL).await;
                }
                self.account.record(AccountEvent::Paused, "", &[]);
            }
            Step::SendFin => {
                self.finished = true;
                match self.stream.shutdown().await {
                    Ok(()) => self.account.record(AccountEvent::Finished, "", &[]),
                    Err(error) => self.failed(&error),
                }
            }
            Step::SendRst | Step::Drop => {}
        }
    }

    async fn send(&mut self, pieces: &[Piece]) {
        let mut bytes = Vec::new();
        for piece in pieces {
            piece.write(&self.placeholders, &mut bytes);
        }
        match within(STEP_TIMEOUT, self.stream.write_all(&bytes)).await {
            Ok(()) => self.account.record(AccountEvent::Sent, describe(&bytes), &bytes),
            Err(error) => {
                self.account.record(AccountEvent::NotSent, describe(&bytes), &bytes);
                self.failed(&error);
            }
        }
    }

    async fn receive_head(&mut self) {
        let mut scanner = HeadScanner::default();
        let end = Instant::now() + STEP_TIMEOUT;
        loop {
            match scanner.scan(&self.received, &HeadLimits::default()) {
                Ok(Some(len)) => {
                    let head: Vec<u8> = self.received.drain(..len).collect();
                    if !head.starts_with(b"HTTP/1.1 101 ") {
                        // No frames follow.
                        self.skip = u64::MAX;
                    }
                    return self.account.record(AccountEvent::Read, describe(&head), &head);
                }
                Ok(None) if self.read_more(end).await => {}
                Ok(None) => return,
                Err(_) => {
                    // Where a head over the limits ends is not looked for, so no frames are read behind it.
                    self.skip = u64::MAX;
                    return;
                }
            }
        }
    }

    /// Reads frames until one is `enough`, the other end has ended, or for so long.
    async fn read_until(&mut self, time: Duration, enough: impl Fn(&HeaderView) -> bool) {
        let end = Instant::now() + time;
        loop {
            while let Some(header) = self.next_frame() {
                if enough(&header) {
                    return;
                }
            }
            if !self.read_more(end).await {
                return;
            }
        }
    }

    /// Header of the next frame, when all of a short frame has come, or the header of a long one. Payloads are not
    /// kept: a frame may have any length.
    fn next_frame(&mut self) -> Option<HeaderView> {
        let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(self.received.len());
        self.received.drain(..skipped);
        self.skip -= skipped as u64;
        let Parsed::Complete { value: header, len } = HeaderView::parse(&self.received) else { return None };
        // A control frame is read whole, to be shown.
        let whole = (len as u64).saturating_add(header.length());
        if whole <= 256 && (self.received.len() as u64) < whole {
            return None;
        }
        let shown = self.received.len().min(usize::try_from(whole).unwrap_or(usize::MAX));
        self.account.record(AccountEvent::Read, describe_header(&header), &self.received[..shown]);
        self.received.drain(..len);
        self.skip = header.length();
        Some(header)
    }

    /// Reads once; false at the end, or when time is up.
    async fn read_more(&mut self, end: Instant) -> bool {
        if self.peer_ended {
            return false;
        }
        self.received.reserve(READ);
        match timeout_at(end, self.stream.read_buf(&mut self.received)).await {
            Err(_) => false,
            Ok(Ok(0)) => {
                self.peer_ended = true;
                self.account.record(AccountEvent::PeerFinished, "", &[]);
                false
            }
            Ok(Ok(_)) => true,
            Ok(Err(error)) => {
                self.failed(&error);
                false
            }
        }
    }

    fn failed(&mut self, error: &io::Error) {
        let reset = matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe);
        if reset && !self.peer_ended {
            self.peer_ended = true;
            self.account.record(AccountEvent::PeerReset, "", &[]);
        }
    }

    /// Returns `true` if the kernel holds bytes that were not read.
    fn has_unread(&self) -> bool {
        matches!(SockRef::from(&self.stream).peek(&mut [MaybeUninit::uninit()]), Ok(1..))
    }
}

async fn within<T>(time: Duration, doing: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(time, doing).await.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}
