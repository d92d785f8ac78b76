//! State that all connections share.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::accounts::{Accounts, Limiter, LimiterRule, SessionScope, network};
use crate::presence::{EndReason, LoginPolicy, MemoryEngine, Registry, SessionId, Target};
use crate::server::admission::host::Hosts;
use crate::server::admission::quota::{NetworkPermit, Networks, OverQuota};
use crate::server::admission::refused_origins::RefusedOrigins;
use crate::server::admission::requester::{Requester, TrustedProxies};
use crate::server::endpoints::message::announcer::PresenceChanges;
use crate::server::endpoints::message::devices::Devices;
use crate::server::endpoints::message::expiry::Expiries;
use crate::server::endpoints::table::Endpoints;
use crate::server::routes::admin_guard::AdminGuard;
use crate::server::session::alarms::Alarms;
use crate::server::session::outbox::Outbox;
use crate::server::session::roster::Roster;
use crate::server::settings::Settings;
use crate::wire::http::Request;
use crate::wire::ws::{CloseCode, CloseFrame};

/// Wrong session ids from one network before it is refused with 429.
const WRONG_SESSIONS: LimiterRule = LimiterRule { most: 10, window: Duration::from_mins(1) };

/// The most networks whose wrong session ids are remembered.
const NETWORKS: usize = 10_000;

/// State that all connections share.
pub(super) struct App {
    pub(super) settings: Settings,
    /// Hosts that requests may be for.
    pub(super) hosts: Hosts,
    pub(super) accounts: Accounts,
    pub(super) presence: Registry,
    pub(super) endpoints: Endpoints,
    /// Every WebSocket session, to be closed when the server stops.
    pub(super) sessions: Arc<Roster<Arc<Outbox>>>,
    /// Open connections and held memory, by network.
    pub(super) networks: Arc<Networks>,
    pub(super) alarms: Alarms,
    pub(super) admin_guard: AdminGuard,
    pub(super) changes: Arc<PresenceChanges>,
    /// Expiry times of the sessions that are connected.
    pub(super) expiries: Arc<Expiries>,
    /// Connections on `/message`, as their users see them.
    pub(super) devices: Arc<Devices>,
    /// Proxies that may name their clients.
    pub(super) proxies: TrustedProxies,
    pub(super) refused_origins: RefusedOrigins,
    stopping: watch::Sender<bool>,
    wrong_sessions: Mutex<Limiter<IpAddr>>,
    start: Instant,
}

/// Close frame for every client when the server stops.
pub(super) fn going_away() -> CloseFrame {
    CloseFrame::new(CloseCode::GOING_AWAY, "server stopping")
}

impl App {
    pub(super) fn new(settings: Settings, accounts: Accounts) -> Self {
        accounts.set_hash_quota(settings.quotas.hashes);
        let changes = Arc::new(PresenceChanges::default());
        let notified = Arc::clone(&changes);
        let engine = Arc::new(MemoryEngine::new(settings.login_policy));
        let presence = Registry::with_quota(engine, settings.quotas.user_sockets, move |version| {
            notified.changed(version);
        });
        Self {
            hosts: Hosts::new(&settings),
            endpoints: Endpoints::new(&settings),
            sessions: Arc::default(),
            networks: Arc::new(Networks::new(settings.quotas)),
            alarms: Alarms::default(),
            admin_guard: AdminGuard::default(),
            expiries: Arc::default(),
            devices: Arc::default(),
            proxies: TrustedProxies::new(settings.trusted_proxies.clone()),
            refused_origins: RefusedOrigins::default(),
            stopping: watch::Sender::new(false),
            wrong_sessions: Mutex::new(Limiter::new(WRONG_SESSIONS, NETWORKS)),
            start: Instant::now(),
            settings,
            accounts,
            presence,
            changes,
        }
    }

    /// Closes the connections of sessions that have ended in the store; gives how many there were.
    pub(super) fn end_sessions(&self, ids: &[SessionId], why: EndReason<'_>) -> usize {
        ids.iter().map(|id| self.presence.end(Target::Session(*id), why)).sum()
    }

    /// Sessions that end in the store with this one.
    pub(super) fn session_scope(&self, id: SessionId) -> SessionScope {
        match self.settings.login_policy {
            LoginPolicy::Many => SessionScope::Session(id),
            LoginPolicy::Single => SessionScope::SessionAndOlder(id),
        }
    }

    /// A permit for a client behind a trusted proxy, whose connection was counted for nobody so far; `None` for any
    /// other client, which was counted when it was accepted.
    ///
    /// # Errors
    /// If the client's network has as many connections as it may.
    pub(super) fn permit_behind_proxy(
        &self,
        peer: SocketAddr,
        client: &Requester,
    ) -> Result<Option<NetworkPermit>, OverQuota> {
        self.proxies.trust(peer.ip()).then(|| self.networks.connect(client)).transpose()
    }

    /// The path of an Upgrade from the base path on; empty if it is elsewhere, where no endpoint is.
    pub(super) fn endpoint_path<'r>(&self, request: &Request<'r>) -> &'r str {
        self.settings.base_path.strip(request.path()).unwrap_or_default()
    }

    /// Time since the start, the clock of all connections.
    pub(super) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// The moment at which [`now`](Self::now) will be `time`.
    pub(super) fn instant(&self, time: Duration) -> tokio::time::Instant {
        (self.start + time).into()
    }

    /// Counts a wrong session id; gives how long the address must wait, if there were too many.
    pub(super) fn wrong_session(&self, from: IpAddr) -> Option<Duration> {
        let mut limiter = self.wrong_sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let (address, now) = (network(from), Instant::now());
        let wait = limiter.retry_after(&address, now);
        if wait.is_none() {
            limiter.record(address, now);
        }
        wait
    }

    /// Returns `true` if the server is stopping.
    pub(super) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Stops the server: no request starts from now on.
    pub(super) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Ends when the server stops.
    pub(super) async fn stopped(&self) {
        // The sender lives as long as this does, so waiting cannot fail.
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }
}
