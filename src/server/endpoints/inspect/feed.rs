//! The feed of a key: a WebSocket that sends what is observed, and takes commands.

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

use super::command::Command;
use super::live_feed::LiveFeed;
use super::registry::{RegisteredKey, key};
use super::watch::Watch;
use crate::proto::handshake::server::{Accept, Handshake, Refusal};
use crate::proto::{Connection, Event, Input, Kind, Transmit};
use crate::server::accept::date;
use crate::server::admission::quota::OverQuota;
use crate::server::admission::requester::Requester;
use crate::server::app::{App, going_away};
use crate::server::tap::queue::TapRecord;
use crate::wire::http::{Request, Response, Status};
use crate::wire::ws::ReadyState;

/// Time after which a page that reads nothing is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// The same when the server stops.
const LAST_WRITE_TIMEOUT: Duration = Duration::from_secs(1);

/// Limits of one message: records, their bytes, and facts, of which a few bytes may hold many. Records that wait
/// together are sent together.
const BATCH: usize = 64;
const BATCH_BYTES: usize = 64 * 1024;
const BATCH_FACTS: usize = 512;

/// Records that are observed before other tasks of the worker get a turn.
const TURN: usize = 4;

/// The least pause after a message. It is as long as making the message took, if that is longer: a feed takes half a
/// processor at most, whatever a page does with its own connections.
const PAUSE: Duration = Duration::from_millis(5);

/// The client of a feed.
pub(in crate::server) struct Viewer {
    response: Response,
    connection: Connection,
    records: UnboundedReceiver<TapRecord>,
    key: RegisteredKey,
}

impl Viewer {
    /// Opens a feed for the key of an Upgrade.
    ///
    /// # Errors
    /// The refusal to send.
    pub(in crate::server) fn admit(
        app: &App,
        request: &Request<'_>,
        client: &Requester,
    ) -> Result<Self, Response> {
        let handshake = Handshake::read(request).map_err(Refusal::response)?;
        let key = key(request.query().unwrap_or_default(), "key").ok_or_else(|| {
            let why = "key takes 32 to 64 letters and digits that nobody can guess";
            Response::refusal(Status::BAD_REQUEST, why)
        })?;
        let (watch, records) = Watch::new();
        let permit = app.networks.open_feed(client).map_err(OverQuota::refusal)?;
        let registry = app.endpoints.watches();
        let key = registry.register(key, &watch, permit)?;
        let config = Arc::clone(&registry.config);
        let (connection, response) = handshake.accept(Accept { subprotocol: None, config, now: app.now() });
        Ok(Self { response, connection, records, key })
    }

    /// Serves the feed until either end closes it. `early` came behind the request head.
    pub(in crate::server) async fn serve<S>(self, mut stream: S, mut early: Vec<u8>, app: &App)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let Self { response, connection, mut records, key } = self;
        if stream.write_all(&date::encode(&response)).await.is_err() {
            return;
        }
        debug!("= feed");
        let (live, watch) = (LiveFeed::default(), Arc::clone(&key.watch));
        let mut feed = FeedConnection { stream, connection, live, watch, dropped: 0, full: None };
        feed.receive(&mut early, app.now());
        // An error ends the feed as a Close does.
        let _ = feed.run(&mut records, app).await;
        debug!("= feed ended");
    }
}

/// The connection of a feed.
struct FeedConnection<S> {
    stream: S,
    connection: Connection,
    live: LiveFeed,
    watch: Arc<Watch>,
    /// Dropped records that the page knows of.
    dropped: u64,
    /// Number of the first packet that was not saved, as far as the page knows.
    full: Option<u64>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> FeedConnection<S> {
    async fn run(&mut self, records: &mut UnboundedReceiver<TapRecord>, app: &App) -> io::Result<()> {
        let mut stopped = pin!(app.stopped());
        let mut stopping = false;
        let mut pause_end = Instant::now();
        let mut buffer = vec![0; 4096];
        loop {
            let limit = if stopping { LAST_WRITE_TIMEOUT } else { WRITE_TIMEOUT };
            tokio::select! {
                biased;
                flushed = timeout(limit, self.flush()) => flushed.map_err(|_| ErrorKind::TimedOut)??,
                () = &mut stopped, if !stopping => {
                    stopping = true;
                    self.connection.close(&going_away(), app.now());
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
                sleep_until(pause_end).await;
                records.recv().await
            };
            tokio::select! {
                () = &mut stopped, if !stopping => {
                    stopping = true;
                    self.connection.close(&going_away(), app.now());
                }
                read = self.stream.read(&mut buffer) => match read? {
                    0 => return Ok(()),
                    len => self.receive(&mut buffer[..len], app.now()),
                },
                () = alarm => self.connection.handle_timeout(app.now()),
                Some(record) = next => {
                    let took = self.send_records(record, records).await;
                    pause_end = Instant::now() + took.max(PAUSE);
                }
            }
        }
    }

    /// Writes everything to be sent.
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

    /// Sends the records that wait, as many as fit one message; gives the time it took, without the turns of other
    /// tasks.
    async fn send_records(
        &mut self,
        first: TapRecord,
        records: &mut UnboundedReceiver<TapRecord>,
    ) -> Duration {
        let mut next = Some(first);
        let (mut count, mut bytes, mut facts) = (0, 0, 0);
        let mut took = Duration::ZERO;
        while let Some(record) = next {
            let begin = Instant::now();
            (count, bytes) = (count + 1, bytes + record.event.cost());
            self.watch.queue().release(&record);
            facts += self.live.observe(&record, &self.watch);
            took += begin.elapsed();
            if count % TURN == 0 {
                yield_now().await;
            }
            let enough = count >= BATCH || bytes >= BATCH_BYTES || facts >= BATCH_FACTS;
            next = if enough { None } else { records.try_recv().ok() };
        }
        let dropped = self.watch.queue().dropped();
        if dropped > self.dropped {
            self.live.push(&json!({ "type": "lost", "events": dropped - self.dropped }));
            self.dropped = dropped;
        }
        let full = self.watch.saved_packets().full();
        if full != self.full {
            self.live.push(&json!({ "type": "full", "packet": full }));
            self.full = full;
        }
        self.send();
        took
    }

    fn send(&mut self) {
        if let Some(objects) = self.live.take_objects() {
            // Dropped when the connection is closing.
            let _ = self.connection.send(Kind::Text, &objects);
        }
    }

    /// Carries out the commands of the page.
    fn receive(&mut self, bytes: &mut [u8], now: Duration) {
        let mut input = Input::new(bytes);
        while let Some(event) = self.connection.receive(&mut input, now) {
            let Event::Message(message) = event else { continue };
            let done = match serde_json::from_slice::<Command>(&message.payload) {
                Ok(command) => carry_out(&command, &self.live, &self.watch),
                Err(_) => Err("not understood"),
            };
            if let Err(why) = done {
                self.live.push(&json!({ "type": "refused", "why": why }));
                self.send();
            }
        }
    }
}

fn carry_out(command: &Command, live: &LiveFeed, watch: &Watch) -> Result<(), &'static str> {
    let control = live.connection(command.stream).and_then(|connection| watch.control(connection));
    command.action.carry_out(&*control.ok_or("gone")?)
}
