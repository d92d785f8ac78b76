//! What all connections share.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use crate::accounts::{Accounts, Limiter, LimiterRule, SessionScope, network};
use crate::presence::{Coalescer, EndReason, LoginPolicy, MemoryEngine, Registry, SessionId, Target};
use crate::proto::Config;
use crate::server::admission::host::Hosts;
use crate::server::admission::quota::Networks;
use crate::server::admission::requester::TrustedProxies;
use crate::server::endpoints::broadcast::Hub;
use crate::server::endpoints::inspect::Inspect;
use crate::server::endpoints::lab::Lab;
use crate::server::endpoints::message::expiry::Expiries;
use crate::server::routes::admin_guard::AdminGuard;
use crate::server::session::alarms::Alarms;
use crate::server::session::outbox::Outbox;
use crate::server::session::roster::Roster;
use crate::server::settings::Settings;

/// Wrong session ids from one network, before it hears 429.
const WRONG_SESSIONS: LimiterRule = LimiterRule { most: 10, window: Duration::from_mins(1) };

/// The most networks whose wrong session ids are remembered.
const NETWORKS: usize = 10_000;

/// What all connections share.
pub(super) struct App {
    pub(super) settings: Settings,
    /// Whom requests may be for.
    pub(super) hosts: Hosts,
    pub(super) accounts: Accounts,
    pub(super) presence: Registry,
    pub(super) echo: Arc<Config>,
    pub(super) broadcast: Arc<Config>,
    pub(super) message: Arc<Config>,
    /// Every WebSocket connection, to be told when the server stops.
    pub(super) sessions: Arc<Roster<Arc<Outbox>>>,
    /// Those connected to `/broadcast`.
    pub(super) hub: Arc<Hub>,
    /// What each network has open.
    pub(super) networks: Arc<Networks>,
    pub(super) alarms: Alarms,
    pub(super) admin_guard: AdminGuard,
    pub(super) changes: Arc<Changes>,
    /// When the sessions that are connected end by themselves.
    pub(super) expiries: Arc<Expiries>,
    /// Where connections go wrong on purpose, if that is wanted.
    pub(super) lab: Option<Lab>,
    /// Who watches their own connections.
    pub(super) inspect: Arc<Inspect>,
    /// Those who may say for whom they ask.
    pub(super) proxies: TrustedProxies,
    stopping: watch::Sender<bool>,
    wrong_sessions: Mutex<Limiter<IpAddr>>,
    start: Instant,
}

/// What the presence engine tells of changes, until the announcer looks.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) coalescer: Mutex<Coalescer>,
    pub(super) news: Notify,
}

impl App {
    pub(super) fn new(settings: Settings, accounts: Accounts) -> Self {
        accounts.set_hash_quota(settings.quotas.hashes);
        let changes = Arc::new(Changes::default());
        let told = Arc::clone(&changes);
        let engine = Arc::new(MemoryEngine::new(settings.login_policy));
        let presence = Registry::with_quota(engine, settings.quotas.user_sockets, move |version| {
            told.coalescer.lock().unwrap_or_else(PoisonError::into_inner).changed(version);
            told.news.notify_one();
        });
        Self {
            hosts: Hosts::new(&settings),
            echo: Arc::new(settings.echo()),
            broadcast: Arc::new(settings.broadcast()),
            message: Arc::new(settings.message()),
            sessions: Arc::default(),
            hub: Arc::default(),
            networks: Arc::new(Networks::new(settings.quotas)),
            alarms: Alarms::default(),
            admin_guard: AdminGuard::default(),
            expiries: Arc::default(),
            lab: settings.lab.map(|_| Lab::new()),
            inspect: Arc::new(Inspect::new(&settings)),
            proxies: TrustedProxies::new(settings.trusted_proxies.clone()),
            stopping: watch::Sender::new(false),
            wrong_sessions: Mutex::new(Limiter::new(WRONG_SESSIONS, NETWORKS)),
            start: Instant::now(),
            settings,
            accounts,
            presence,
            changes,
        }
    }

    /// Closes the connections of sessions that have ended where they are kept. Returns how many there were.
    pub(super) fn end_sessions(&self, ids: &[SessionId], why: EndReason<'_>) -> usize {
        ids.iter().map(|id| self.presence.end(Target::Session(*id), why)).sum()
    }

    /// What ends with a session, where it is kept.
    pub(super) fn session_scope(&self, id: SessionId) -> SessionScope {
        match self.settings.login_policy {
            LoginPolicy::Many => SessionScope::Session(id),
            LoginPolicy::Single => SessionScope::SessionAndOlder(id),
        }
    }

    /// The time as connections count it.
    pub(super) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// The moment at which [`now`](Self::now) will be `time`.
    pub(super) fn instant(&self, time: Duration) -> tokio::time::Instant {
        (self.start + time).into()
    }

    /// Counts a wrong session id; how long the address must wait, if there were too many.
    pub(super) fn wrong_session(&self, from: IpAddr) -> Option<Duration> {
        let mut limiter = self.wrong_sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let (address, now) = (network(from), Instant::now());
        let wait = limiter.retry_after(&address, now);
        if wait.is_none() {
            limiter.record(address, now);
        }
        wait
    }

    /// Whether the server is stopping.
    pub(super) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// From now on nothing new is begun.
    pub(super) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Ends when the server stops.
    pub(super) async fn stopped(&self) {
        // The sender lives as long as this does, so waiting cannot fail.
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }
}
