//! Announcements of the number of users online, at the pace of the [`Coalescer`].

use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use crate::presence::Coalescer;
use crate::presence::coalesce::Action;
use crate::server::app::App;
use crate::server::lock::lock;

/// Changes that the presence engine has reported, for the announcer.
#[derive(Default)]
pub(in crate::server) struct PresenceChanges {
    coalescer: Mutex<Coalescer>,
    changed: Notify,
}

impl PresenceChanges {
    /// Reports that the number of users has changed.
    pub(in crate::server) fn changed(&self, version: u64) {
        lock(&self.coalescer).changed(version);
        self.changed.notify_one();
    }
}

/// Announces changes, as long as the server runs.
pub(in crate::server) async fn run(app: Arc<App>) {
    loop {
        let next = lock(&app.changes.coalescer).poll(app.now());
        match next {
            Action::Announce(_) => {
                app.presence.announce();
            }
            Action::WaitUntil(time) => tokio::time::sleep_until(app.instant(time)).await,
            Action::Idle => app.changes.changed.notified().await,
        }
    }
}
