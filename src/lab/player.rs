//! Plays a script on a stream: writes its bytes as they are, whatever they are, and never judges what comes.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::account::{Account, Run, What, describe, describe_header};
use super::step::{Blanks, Piece, Step};
use crate::wire::Parsed;
use crate::wire::http::{HeadLimits, HeadScanner};
use crate::wire::ws::{HeaderView, Opcode};

/// What a step waits for comes within this, or the script goes on.
const PATIENCE: Duration = Duration::from_secs(30);

/// One read takes about this much.
const READ: usize = 16 * 1024;

/// How often something is looked at that cannot be waited for.
const LOOK: Duration = Duration::from_millis(10);

/// One end of a connection, and what it is to do.
pub struct Player<S> {
    stream: S,
    /// What was read and not understood yet.
    received: Vec<u8>,
    /// So much of the last frame is still to come, and is thrown away.
    skip: u64,
    peer_ended: bool,
    finished: bool,
    blanks: Blanks,
    account: Account,
    /// How long [`Step::Idle`] takes, if the visitor wants something else than the script.
    idle: Option<Duration>,
    run: Option<Arc<Run>>,
}

impl<S: AsyncRead + AsyncWrite + AsFd + Unpin> Player<S> {
    /// An end that plays on `stream`, of which `received` was already read.
    pub fn new(stream: S, received: Vec<u8>, blanks: Blanks) -> Self {
        let account = Account::default();
        let (skip, peer_ended, finished, idle, run) = (0, false, false, None, None);
        Self { stream, received, skip, peer_ended, finished, blanks, account, idle, run }
    }

    pub(crate) fn idle(self, idle: Option<Duration>) -> Self {
        Self { idle, ..self }
    }

    pub(crate) fn within(self, run: Option<Arc<Run>>) -> Self {
        if let Some(run) = &run {
            run.join(&self.account);
        }
        Self { run, ..self }
    }

    /// What happened, and will happen.
    pub fn account(&self) -> Account {
        self.account.clone()
    }

    /// Plays a script to its end, or to the end of the connection.
    pub async fn play(mut self, script: &[Step]) {
        for step in script {
            match step {
                Step::Reset => {
                    // Closing with a linger time of zero is how an abort is asked for (RFC 9293 §3.10.5).
                    let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
                    self.account.tell(What::Reset, "", &[]);
                    return;
                }
                Step::Drop => break,
                step => self.step(*step).await,
            }
        }
        if !self.finished {
            let what = if self.has_unread() { What::Reset } else { What::Finished };
            self.account.tell(what, "", &[]);
        }
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Send(pieces) => self.send(pieces).await,
            Step::HearHead => self.hear_head().await,
            Step::Hear => {
                self.until(PATIENCE, |_| true).await;
            }
            Step::HearClose => {
                self.until(PATIENCE, |header| header.opcode() == Opcode::CLOSE).await;
            }
            Step::HearEnd => {
                self.until(PATIENCE, |_| false).await;
            }
            Step::Listen(time) => {
                self.until(time, |_| false).await;
            }
            Step::Idle(time) => {
                self.until(self.idle.unwrap_or(time), |_| false).await;
            }
            Step::Meet(connections) => {
                let run = self.run.clone();
                let end = Instant::now() + PATIENCE;
                while run.as_ref().is_some_and(|run| run.connections() < connections) && Instant::now() < end
                {
                    if self.peer_ended {
                        break;
                    }
                    self.until(LOOK, |_| false).await;
                }
            }
            Step::Pause(time) => {
                self.account.tell(What::Paused, format!("{} ms", time.as_millis()), &[]);
                sleep(time).await;
            }
            Step::LeaveUnread => {
                let end = Instant::now() + PATIENCE;
                while !self.has_unread() && Instant::now() < end {
                    sleep(LOOK).await;
                }
                self.account.tell(What::Paused, "", &[]);
            }
            Step::Finish => {
                self.finished = true;
                match self.stream.shutdown().await {
                    Ok(()) => self.account.tell(What::Finished, "", &[]),
                    Err(error) => self.failed(&error),
                }
            }
            Step::Reset | Step::Drop => {}
        }
    }

    async fn send(&mut self, pieces: &[Piece]) {
        let mut bytes = Vec::new();
        for piece in pieces {
            piece.write(&self.blanks, &mut bytes);
        }
        match within(PATIENCE, self.stream.write_all(&bytes)).await {
            Ok(()) => self.account.tell(What::Sent, describe(&bytes), &bytes),
            Err(error) => {
                self.account.tell(What::NotSent, describe(&bytes), &bytes);
                self.failed(&error);
            }
        }
    }

    async fn hear_head(&mut self) {
        let mut scanner = HeadScanner::default();
        let end = Instant::now() + PATIENCE;
        loop {
            match scanner.scan(&self.received, &HeadLimits::default()) {
                Ok(Some(len)) => {
                    let head: Vec<u8> = self.received.drain(..len).collect();
                    if !head.starts_with(b"HTTP/1.1 101 ") {
                        // What follows are no frames.
                        self.skip = u64::MAX;
                    }
                    return self.account.tell(What::Read, describe(&head), &head);
                }
                Ok(None) if self.more(end).await => {}
                _ => return,
            }
        }
    }

    /// Takes what comes, until a frame is `enough`, the other end has ended, or it took so long.
    async fn until(&mut self, time: Duration, enough: impl Fn(&HeaderView) -> bool) {
        let end = Instant::now() + time;
        loop {
            while let Some(header) = self.take_frame() {
                if enough(&header) {
                    return;
                }
            }
            if !self.more(end).await {
                return;
            }
        }
    }

    /// The header of the next frame, when the whole frame is there or, if that is much, most of it. Payloads are not
    /// kept: a frame may be as long as it likes.
    fn take_frame(&mut self) -> Option<HeaderView> {
        let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(self.received.len());
        self.received.drain(..skipped);
        self.skip -= skipped as u64;
        let Parsed::Complete { value: header, len } = HeaderView::parse(&self.received) else { return None };
        // A control frame is taken whole, to be shown.
        let whole = (len as u64).saturating_add(header.length());
        if whole <= 256 && (self.received.len() as u64) < whole {
            return None;
        }
        let shown = self.received.len().min(usize::try_from(whole).unwrap_or(usize::MAX));
        self.account.tell(What::Read, describe_header(&header), &self.received[..shown]);
        self.received.drain(..len);
        self.skip = header.length();
        Some(header)
    }

    /// Reads on; false when nothing more comes, or not in time.
    async fn more(&mut self, end: Instant) -> bool {
        if self.peer_ended {
            return false;
        }
        self.received.reserve(READ);
        match timeout_at(end, self.stream.read_buf(&mut self.received)).await {
            Err(_) => false,
            Ok(Ok(0)) => {
                self.peer_ended = true;
                self.account.tell(What::PeerFinished, "", &[]);
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
            self.account.tell(What::PeerReset, "", &[]);
        }
    }

    /// Whether bytes have come that the kernel still holds.
    fn has_unread(&self) -> bool {
        matches!(SockRef::from(&self.stream).peek(&mut [MaybeUninit::uninit()]), Ok(1..))
    }
}

async fn within<T>(time: Duration, doing: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(time, doing).await.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}
