//! The server: binds its address, accepts connections, and drains them when it stops.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;
use tracing::{info, warn};

use super::accept::listener::{Acceptor, accept};
use super::accept::workers::WorkerPool;
use super::app::{App, going_away};
use super::endpoints::message::{announcer, expiry};
use super::recorder::{self, CaptureSource, Recorder};
use super::routes;
use super::routes::pages::Pages;
use super::settings::{LabAccess, Settings};
use crate::accounts::Accounts;
use crate::explain::counted;

/// Connections that the kernel queues before they are accepted.
const BACKLOG: u32 = 4096;

/// Time limit for writing the end of a capture.
const CAPTURE_END: Duration = Duration::from_secs(5);

/// A server that is bound to its address, and not running yet.
pub struct Server {
    listener: TcpListener,
    recorder: Option<Recorder>,
    workers: WorkerPool,
    app: Arc<App>,
    router: Router,
}

/// Why a server cannot be bound: its address, an address too open for a lab, the capture, or a worker thread.
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
    /// [`BindError`] if the address cannot be listened on or is too open for a lab, the capture cannot be started, or a
    /// worker thread cannot.
    pub fn bind(settings: Settings, accounts: Accounts, pages: Pages) -> Result<Self, BindError> {
        let address = settings.listen;
        if settings.lab == Some(LabAccess::Loopback) && !address.ip().to_canonical().is_loopback() {
            return Err(BindError(Failure::Lab(address)));
        }
        let listen = |error| BindError(Failure::Listen(address, error));
        let socket = bind(address).map_err(listen)?;
        // Before the first client can connect.
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
        let workers =
            WorkerPool::start(settings.workers).map_err(|error| BindError(Failure::Thread(error)))?;
        let app = Arc::new(App::new(settings, accounts));
        let router = routes::router(&app, pages);
        Ok(Self { listener, recorder, workers, app, router })
    }

    /// Source of the packets of the capture, if there is one.
    #[must_use]
    pub fn capturing(&self) -> Option<&CaptureSource> {
        self.recorder.as_ref().map(|recorder| &recorder.method)
    }

    /// The hosts that requests may be for.
    #[must_use]
    pub fn hosts(&self) -> impl fmt::Display {
        &self.app.hosts
    }

    /// Address of the listening socket, with its real port.
    ///
    /// # Errors
    /// If the system does not give it.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves, on this thread and those of the other workers, until `stop` ends; then sends every client Close 1001 and
    /// waits for the connections to end, at most for the drain timeout.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { listener, recorder, workers, app, router } = self;
        let acceptor = Acceptor::new(Arc::clone(&app), router, workers);
        let announcer = tokio::spawn(announcer::run(Arc::clone(&app)));
        let expiry_task = tokio::spawn(expiry::run(Arc::clone(&app)));
        let of_alarms = Arc::clone(&app);
        let alarm_task = tokio::spawn(async move { of_alarms.alarms.run().await });
        let tap = |stream: &TcpStream, peer| {
            recorder.as_ref().and_then(|recorder| recorder.tap_sender(stream, peer))
        };
        tokio::select! {
            () = accept(&listener, &acceptor, tap) => {}
            () = stop => {}
        }
        drop(listener);
        info!("stopping: {}", counted(acceptor.connections() as u64, "connections"));
        app.stop();
        app.sessions.each(|outbox| outbox.close(going_away()));
        if timeout(app.settings.drain_timeout, acceptor.drained()).await.is_err() {
            warn!("{} did not end in time", counted(acceptor.connections() as u64, "connections"));
        }
        let refusals = app.networks.refusals();
        if !refusals.is_empty() {
            info!("refused by quota: {refusals}");
        }
        announcer.abort();
        expiry_task.abort();
        alarm_task.abort();
        if let Some(recorder) = recorder {
            // The reader of a capture in a pipe may have stopped reading.
            let stopped = tokio::task::spawn_blocking(move || recorder.stop());
            if timeout(CAPTURE_END, stopped).await.is_err() {
                warn!("the capture could not be written to its end in time");
            }
        }
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}
