//! Accepts connections, as many as may be, and stops when told to.

use std::fmt;
use std::fs::File;
use std::future::Future;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tracing::{Instrument as _, debug_span, info, warn};

use super::{connection as opening, date};
use crate::accounts::Accounts;
use crate::server::accept::workers::{Crew, Post};
use crate::server::admission::requester::Requester;
use crate::server::app::App;
use crate::server::endpoints::lab::Reach;
use crate::server::endpoints::message::{announcer, expiry};
use crate::server::recorder::{self, Method, Recorder};
use crate::server::routes;
use crate::server::settings::Settings;
use crate::server::tap::stream::{Tap, Tappable};
use crate::wire::http::{Response, Status};
use crate::wire::ws::{CloseCode, CloseFrame};

/// Connections that wait to be accepted.
const BACKLOG: u32 = 4096;

/// How long the end of a capture may take to be written.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// How long accepting rests when the process is out of descriptors.
const REST: Duration = Duration::from_millis(50);

/// How long nothing more is said of it.
const QUIET: Duration = Duration::from_secs(10);

/// The most connections at a time that are over the limit, and being told so.
const TURNED_AWAY: usize = 64;

/// A server that is bound to its address, and not running yet.
pub struct Server {
    listener: TcpListener,
    recorder: Option<Recorder>,
    crew: Crew,
    app: Arc<App>,
    router: Router,
}

/// The address cannot be listened on, is too open for a lab, the connections cannot be captured as asked, or a thread
/// cannot be started.
#[derive(Debug)]
pub struct BindError(Failure);

#[derive(Debug)]
enum Failure {
    Listen(SocketAddr, io::Error),
    Lab(SocketAddr),
    Capture(recorder::Failure),
    Thread(io::Error),
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Failure::Listen(address, error) if error.kind() == io::ErrorKind::AddrInUse => {
                write!(f, "cannot listen on {address}: the port is taken; choose another with --listen")
            }
            Failure::Listen(address, error) => write!(f, "cannot listen on {address}: {error}"),
            Failure::Lab(address) => write!(
                f,
                "the lab is for this machine only, and others could reach {address}; \
                 listen on 127.0.0.1, or open it to everyone with --lab=any"
            ),
            Failure::Capture(failure) => failure.fmt(f),
            Failure::Thread(error) => {
                write!(f, "a thread cannot be started: {error}; try fewer with --workers")
            }
        }
    }
}

impl std::error::Error for BindError {}

impl Server {
    /// Binds to the address of the settings. `pages` answers what no route of the server does.
    ///
    /// # Errors
    /// [`BindError`] if the address cannot be listened on, has no place for a lab, connections cannot be captured as
    /// asked, or a thread cannot be started.
    pub fn bind(settings: Settings, accounts: Accounts, pages: Router) -> Result<Self, BindError> {
        let address = settings.listen;
        if settings.lab == Some(Reach::Loopback) && !address.ip().to_canonical().is_loopback() {
            return Err(BindError(Failure::Lab(address)));
        }
        let listen = |error| BindError(Failure::Listen(address, error));
        let socket = bind(address).map_err(listen)?;
        // Before the first client can come.
        let recorder = match &settings.recording {
            None => None,
            Some(recording) => {
                let address = socket.local_addr().map_err(listen)?;
                let recorder = Recorder::start(recording, address);
                let recorder = recorder.map_err(|failure| BindError(Failure::Capture(failure)))?;
                recorder.prepare(&socket);
                Some(recorder)
            }
        };
        let listener = socket.listen(BACKLOG).map_err(listen)?;
        let crew = Crew::start(settings.workers).map_err(|error| BindError(Failure::Thread(error)))?;
        let app = Arc::new(App::new(settings, accounts));
        let router = routes::router(&app, pages);
        Ok(Self { listener, recorder, crew, app, router })
    }

    /// How connections are captured, if they are.
    #[must_use]
    pub fn capturing(&self) -> Option<&Method> {
        self.recorder.as_ref().map(|recorder| &recorder.method)
    }

    /// The hosts that requests may be for.
    #[must_use]
    pub fn hosts(&self) -> impl fmt::Display {
        &self.app.hosts
    }

    /// The address, with the real port.
    ///
    /// # Errors
    /// If the system cannot tell.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves, on this thread and those of the other workers, until `stop` ends; then sends every client Close 1001 and
    /// waits for the connections to end, at most for the drain timeout.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { listener, recorder, crew, app, router } = self;
        let most = app.settings.max_connections.min(Semaphore::MAX_PERMITS);
        let places = Arc::new(Semaphore::new(most));
        let turned_away = Arc::new(Semaphore::new(TURNED_AWAY));
        let door = Door { app: Arc::clone(&app), router, crew, places: Arc::clone(&places), turned_away };
        let announcer = tokio::spawn(announcer::run(Arc::clone(&app)));
        let expiry_task = tokio::spawn(expiry::run(Arc::clone(&app)));
        let of_alarms = Arc::clone(&app);
        let alarm_task = tokio::spawn(async move { of_alarms.alarms.run().await });
        tokio::select! {
            () = accept(&listener, &door, recorder.as_ref()) => {}
            () = stop => {}
        }
        drop(listener);
        info!("stopping: {} connections", most - places.available_permits());
        app.stop();
        app.sessions.each(|outbox| outbox.close(goodbye()));
        // When all places are free again, every connection has ended.
        let all = u32::try_from(most).unwrap_or(u32::MAX);
        if timeout(app.settings.drain_timeout, places.acquire_many(all)).await.is_err() {
            warn!("{} connections did not end in time", most - places.available_permits());
        }
        let refusals = app.networks.refusals();
        if !refusals.is_empty() {
            info!("refused by quota: {refusals}");
        }
        announcer.abort();
        expiry_task.abort();
        alarm_task.abort();
        if let Some(recorder) = recorder {
            // Whoever reads the capture from a pipe may have stopped reading.
            let stopped = tokio::task::spawn_blocking(move || recorder.stop());
            if timeout(LAST_WORDS, stopped).await.is_err() {
                warn!("the capture could not be written to its end in time");
            }
        }
    }
}

/// What every client is told when the server stops.
pub(in crate::server) fn goodbye() -> CloseFrame {
    CloseFrame::new(CloseCode::GOING_AWAY, "server stopping")
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn accept(listener: &TcpListener, door: &Door, recorder: Option<&Recorder>) {
    let mut reserve = Reserve::new();
    let mut number = 0u64;
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                recover(listener, &mut reserve, &error).await;
                continue;
            }
        };
        number += 1;
        // Answers are gathered into one write; waiting for more to fill a segment only delays them.
        let _ = stream.set_nodelay(true);
        let post = door.crew.post();
        // What cannot be watched is closed.
        let Ok(stream) = post.bring(stream) else { continue };
        match recorder.and_then(|recorder| recorder.line(&stream, peer)) {
            None => door.admit(stream, peer, number, &post),
            Some(line) => door.admit(Tap::new(stream, line), peer, number, &post),
        }
    }
}

/// A connection's place in the server, given back when dropped.
pub(in crate::server) struct Place {
    _permit: OwnedSemaphorePermit,
    /// Of the thread that serves it.
    _load: Arc<()>,
}

/// Where connections come in, as many as may be.
struct Door {
    app: Arc<App>,
    router: Router,
    crew: Crew,
    places: Arc<Semaphore>,
    turned_away: Arc<Semaphore>,
}

impl Door {
    fn admit(&self, stream: impl Tappable, peer: SocketAddr, number: u64, post: &Post) {
        let (app, address) = (&self.app, peer.ip());
        // Who asks by way of a proxy is known when the head is.
        let permit = if app.proxies.trust(address) {
            Ok(app.networks.connect_proxy(address))
        } else {
            app.networks.connect(&Requester::direct(address))
        };
        let permit = match permit {
            Ok(permit) => permit,
            Err(over) => return self.turn_away(stream, over.refusal(), post),
        };
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            let (app, router) = (Arc::clone(&self.app), self.router.clone());
            let span = debug_span!("connection", number, %peer);
            let place = Place { _permit: place, _load: Arc::clone(&post.load) };
            let serving = opening::serve(stream, peer, app, router, place, permit);
            if span.is_disabled() {
                // Without room for a span a task is a fourth smaller.
                post.spawn(serving);
            } else {
                post.spawn(serving.instrument(span));
            }
        } else {
            self.turn_away(stream, overloaded(), post);
        }
    }

    /// Tells a client that it is one too many: a few at a time, the others are only closed.
    fn turn_away(&self, stream: impl Tappable, response: Response, post: &Post) {
        if let Ok(place) = Arc::clone(&self.turned_away).try_acquire_owned() {
            post.spawn(async move {
                opening::turn_away(stream, &response).await;
                drop(place);
            });
        }
    }
}

/// After an accept that failed: out of descriptors, most likely. A descriptor kept in reserve lets us accept one
/// client at a time and tell it, so that the queue does not stand still.
async fn recover(listener: &TcpListener, reserve: &mut Reserve, error: &io::Error) {
    if is_transient(error) {
        return;
    }
    if reserve.spend() {
        reserve.complain(error);
        if let Ok(Ok((stream, _))) = timeout(REST, listener.accept()).await {
            let _ = tell_overloaded(stream);
        }
        reserve.refill();
    }
    sleep(REST).await;
}

/// The client went away before it was accepted: nothing to recover from.
fn is_transient(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

/// Says so in as much as fits the socket's buffer, which is all of it.
fn tell_overloaded(stream: TcpStream) -> io::Result<()> {
    let mut stream = stream.into_std()?;
    stream.write_all(&date::encode(&overloaded()))?;
    stream.shutdown(std::net::Shutdown::Write)
}

fn overloaded() -> Response {
    Response::refusal(Status::SERVICE_UNAVAILABLE, "too many connections").header("Retry-After", "1")
}

/// A descriptor that is open for nothing but to be given up when there is no other.
struct Reserve {
    file: Option<File>,
    /// When it was last said that it was needed.
    told: Option<Instant>,
}

impl Reserve {
    fn new() -> Self {
        let mut reserve = Self { file: None, told: None };
        reserve.refill();
        reserve
    }

    fn refill(&mut self) {
        self.file = File::open("/dev/null").ok();
    }

    /// Says why it is needed: now and then, not for each client.
    fn complain(&mut self, error: &io::Error) {
        if self.told.is_none_or(|told| told.elapsed() >= QUIET) {
            self.told = Some(Instant::now());
            warn!("cannot accept: {error}; turning clients away until some leave");
        }
    }

    /// Gives it up; whether there was one.
    fn spend(&mut self) -> bool {
        let had = self.file.take().is_some();
        if !had {
            self.refill();
        }
        had
    }
}
