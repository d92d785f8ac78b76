//! Tells everybody when the number of users online has changed, and not too often.

use std::sync::{Arc, PoisonError};

use crate::presence::coalesce::Action;
use crate::server::app::App;

/// Runs as long as the server.
pub(in crate::server) async fn run(app: Arc<App>) {
    loop {
        let next = app.changes.coalescer.lock().unwrap_or_else(PoisonError::into_inner).poll(app.now());
        match next {
            Action::Announce(_) => {
                app.presence.announce();
            }
            Action::WaitUntil(time) => tokio::time::sleep_until(app.instant(time)).await,
            Action::Idle => app.changes.news.notified().await,
        }
    }
}
