//! The accept loop: hands each connection to a worker, as many as may be open.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tracing::{Instrument as _, debug_span};

use super::connection;
use super::last_response::{overloaded, send_overloaded, turn_away};
use super::permit::ConnectionPermit;
use super::spare_fd::{RETRY, SpareFd};
use super::workers::{Worker, WorkerPool};
use crate::server::admission::requester::Requester;
use crate::server::app::App;
use crate::server::tap::sender::TapSender;
use crate::server::tap::stream::{ConnectionStream, Tap};
use crate::wire::http::Response;

/// The most connections beyond the limit that are refused with a response at a time. Others are only closed.
const REFUSALS: usize = 64;

/// Accepts connections until it is dropped. `tap` gives the sender of a connection that is tapped.
pub(in crate::server) async fn accept(
    listener: &TcpListener,
    acceptor: &Acceptor,
    tap: impl Fn(&TcpStream, SocketAddr) -> Option<TapSender>,
) {
    let mut spare = SpareFd::open();
    let mut number = 0u64;
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                recover(listener, &mut spare, &error).await;
                continue;
            }
        };
        number += 1;
        // Replies are gathered into one write; to wait for a full segment only delays them.
        let _ = stream.set_nodelay(true);
        let worker = acceptor.workers.least_loaded();
        // A stream that the worker cannot poll is closed.
        let Ok(stream) = worker.register(stream) else { continue };
        match tap(&stream, peer) {
            None => acceptor.admit(stream, peer, number, &worker),
            Some(sender) => acceptor.admit(Tap::new(stream, sender), peer, number, &worker),
        }
    }
}

/// Admits accepted connections within the limit, and hands them to the workers.
pub(in crate::server) struct Acceptor {
    app: Arc<App>,
    router: Router,
    workers: WorkerPool,
    /// One for each connection that may be open.
    permits: Arc<Semaphore>,
    /// Of `permits`, how many there are in all.
    limit: usize,
    /// One for each refusal that may be under way.
    refusals: Arc<Semaphore>,
}

impl Acceptor {
    pub(in crate::server) fn new(app: Arc<App>, router: Router, workers: WorkerPool) -> Self {
        let limit = app.settings.max_connections.min(Semaphore::MAX_PERMITS);
        let (permits, refusals) = (Arc::new(Semaphore::new(limit)), Arc::new(Semaphore::new(REFUSALS)));
        Self { app, router, workers, permits, limit, refusals }
    }

    /// Open connections.
    pub(in crate::server) fn connections(&self) -> usize {
        self.limit - self.permits.available_permits()
    }

    /// Ends when every connection has ended.
    pub(in crate::server) async fn drained(&self) {
        let all = u32::try_from(self.limit).unwrap_or(u32::MAX);
        // Never closed, so that waiting cannot fail.
        let _ = self.permits.acquire_many(all).await;
    }

    fn admit(&self, stream: impl ConnectionStream, peer: SocketAddr, number: u64, worker: &Worker) {
        let (app, address) = (&self.app, peer.ip());
        // A proxy's client is known only from the request head.
        let network = if app.proxies.trust(address) {
            Ok(app.networks.connect_proxy(address))
        } else {
            app.networks.connect(&Requester::direct(address))
        };
        let network = match network {
            Ok(permit) => permit,
            Err(over) => return self.refuse(stream, over.refusal(), worker),
        };
        if let Ok(slot) = Arc::clone(&self.permits).try_acquire_owned() {
            let (app, router) = (Arc::clone(&self.app), self.router.clone());
            let span = debug_span!("connection", number, %peer);
            let permit = ConnectionPermit::new(slot, worker.load());
            let serving = connection::serve(stream, peer, app, router, permit, network);
            if span.is_disabled() {
                // Without room for a span a task is a fourth smaller.
                worker.spawn(serving);
            } else {
                worker.spawn(serving.instrument(span));
            }
        } else {
            self.refuse(stream, overloaded(), worker);
        }
    }

    /// Sends a refusal, a few at a time; beyond that the connection is only closed.
    fn refuse(&self, stream: impl ConnectionStream, response: Response, worker: &Worker) {
        if let Ok(permit) = Arc::clone(&self.refusals).try_acquire_owned() {
            worker.spawn(async move {
                turn_away(stream, &response).await;
                drop(permit);
            });
        }
    }
}

/// Recovers from a failed accept, most likely for want of descriptors: the spare one lets one client at a time be
/// accepted and refused, so that the kernel's queue moves on.
async fn recover(listener: &TcpListener, spare: &mut SpareFd, error: &io::Error) {
    if is_transient(error) {
        return;
    }
    if spare.release() {
        spare.warn(error);
        if let Ok(Ok((stream, _))) = timeout(RETRY, listener.accept()).await {
            let _ = send_overloaded(stream);
        }
        spare.reopen();
    }
    sleep(RETRY).await;
}

/// Returns `true` if the client went away before it was accepted: nothing to recover from.
fn is_transient(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}
