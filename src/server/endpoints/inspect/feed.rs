//! The feed of a key: a WebSocket that tells what is understood, and takes wishes.

use std::future::pending;
use std::io::{self, ErrorKind};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until, timeout};
use tracing::debug;

use super::Known;
use super::command::Wish;
use super::live_feed::Telling;
use super::watch::Watch;
use crate::proto::{Connection, Event, Input, Kind, Transmit};
use crate::server::accept::date;
use crate::server::accept::listener::goodbye;
use crate::server::app::App;
use crate::server::recorder::Entry;
use crate::wire::http::Response;
use crate::wire::ws::ReadyState;

/// A page that takes nothing for so long is gone.
const STALL: Duration = Duration::from_secs(30);

/// How long it may take when the server stops.
const LAST: Duration = Duration::from_secs(1);

/// What is told in one message: so many things that happened, or so many bytes of them, or so many facts, of which a few
/// bytes may be full. What happened at once is told at once.
const BATCH: usize = 64;
const BATCH_BYTES: usize = 64 * 1024;
const BATCH_FACTS: usize = 512;

/// So many of them are understood in one go; then the others of this worker get a turn.
const TURN: usize = 4;

/// The least rest after a message; it is as long as the telling took, if that is more. So a feed takes half a processor
/// at most, whatever a page does with its own connections.
const REST: Duration = Duration::from_millis(5);

/// Who opens a feed.
pub(in crate::server) struct Viewer {
    pub(super) response: Response,
    pub(super) connection: Connection,
    pub(super) entries: UnboundedReceiver<Entry>,
    pub(super) known: Known,
}

impl Viewer {
    /// Tells what happens, until one of the ends has enough. `early` came behind the request head.
    pub(in crate::server) async fn play<S>(self, mut stream: S, mut early: Vec<u8>, app: &App)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let Self { response, connection, mut entries, known } = self;
        if stream.write_all(&date::encode(&response)).await.is_err() {
            return;
        }
        debug!("= feed");
        let watch = Arc::clone(&known.watch);
        let mut feed = Feed { stream, connection, telling: Telling::default(), watch, lost: 0, full: None };
        feed.hear(&mut early, app.now());
        // Whatever ended it, it is over.
        let _ = feed.run(&mut entries, app).await;
        debug!("= feed ended");
    }
}

struct Feed<S> {
    stream: S,
    connection: Connection,
    telling: Telling,
    watch: Arc<Watch>,
    /// What was lost and told of.
    lost: u64,
    full: Option<u64>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Feed<S> {
    async fn run(&mut self, entries: &mut UnboundedReceiver<Entry>, app: &App) -> io::Result<()> {
        let mut stopped = pin!(app.stopped());
        let mut stopping = false;
        let mut rested = Instant::now();
        let mut buffer = vec![0; 4096];
        loop {
            let patience = if stopping { LAST } else { STALL };
            tokio::select! {
                biased;
                flushed = timeout(patience, self.flush()) => flushed.map_err(|_| ErrorKind::TimedOut)??,
                () = &mut stopped, if !stopping => {
                    stopping = true;
                    self.connection.close(&goodbye(), app.now());
                    continue;
                }
            }
            if self.connection.ready_state() == ReadyState::Closed {
                return Ok(());
            }
            let due = self.connection.poll_timeout().map(|due| app.instant(due));
            let alarm = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => pending().await,
                }
            };
            let next = async {
                sleep_until(rested).await;
                entries.recv().await
            };
            tokio::select! {
                () = &mut stopped, if !stopping => {
                    stopping = true;
                    self.connection.close(&goodbye(), app.now());
                }
                read = self.stream.read(&mut buffer) => match read? {
                    0 => return Ok(()),
                    len => self.hear(&mut buffer[..len], app.now()),
                },
                () = alarm => self.connection.handle_timeout(app.now()),
                Some(entry) = next => {
                    let took = self.tell(entry, entries).await;
                    rested = Instant::now() + took.max(REST);
                }
            }
        }
    }

    /// Writes what there is.
    async fn flush(&mut self) -> io::Result<()> {
        while let Some(transmit) = self.connection.poll_transmit() {
            match transmit {
                Transmit::Bytes(bytes) => {
                    let written = self.stream.write(bytes).await?;
                    if written == 0 {
                        return Err(ErrorKind::WriteZero.into());
                    }
                    self.connection.transmitted(written);
                }
                Transmit::Eof => self.stream.shutdown().await?,
            }
        }
        Ok(())
    }

    /// Tells what came, as much of it as goes in one message; gives how long that took, without the turns of others.
    async fn tell(&mut self, first: Entry, entries: &mut UnboundedReceiver<Entry>) -> Duration {
        let mut next = Some(first);
        let (mut count, mut bytes, mut facts) = (0, 0, 0);
        let mut took = Duration::ZERO;
        while let Some(entry) = next {
            let begin = Instant::now();
            (count, bytes) = (count + 1, bytes + entry.what.cost());
            self.watch.queue().taken(&entry);
            facts += self.telling.take(&entry, &self.watch);
            took += begin.elapsed();
            if count % TURN == 0 {
                yield_now().await;
            }
            let enough = count >= BATCH || bytes >= BATCH_BYTES || facts >= BATCH_FACTS;
            next = if enough { None } else { entries.try_recv().ok() };
        }
        let lost = self.watch.queue().lost();
        if lost > self.lost {
            self.telling.say(&json!({ "type": "lost", "events": lost - self.lost }));
            self.lost = lost;
        }
        let full = self.watch.kept().full();
        if full != self.full {
            self.telling.say(&json!({ "type": "full", "packet": full }));
            self.full = full;
        }
        self.send();
        took
    }

    fn send(&mut self) {
        if let Some(told) = self.telling.told() {
            // Too late, if it is closing.
            let _ = self.connection.send(Kind::Text, &told);
        }
    }

    /// Takes what came from the page.
    fn hear(&mut self, bytes: &mut [u8], now: Duration) {
        let mut input = Input::new(bytes);
        while let Some(event) = self.connection.receive(&mut input, now) {
            let Event::Message(message) = event else { continue };
            let done = match serde_json::from_slice::<Wish>(&message.payload) {
                Ok(wish) => wish_done(&wish, &self.telling, &self.watch),
                Err(_) => Err("not understood"),
            };
            if let Err(why) = done {
                self.telling.say(&json!({ "type": "refused", "why": why }));
                self.send();
            }
        }
    }
}

fn wish_done(wish: &Wish, telling: &Telling, watch: &Watch) -> Result<(), &'static str> {
    let reins = telling.connection(wish.stream).and_then(|connection| watch.reins(connection));
    wish.deed.done_by(&*reins.ok_or("gone")?)
}
