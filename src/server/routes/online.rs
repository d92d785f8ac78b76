//! `GET /user/online`: who is online, as far as the one who asks may know.

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use serde_json::json;

use crate::server::answer::Answer;
use crate::server::app::App;
use crate::server::endpoints::message::browser::Browser;
use crate::server::endpoints::message::devices::OnlineUser;
use crate::server::routes::auth::SignedIn;
use crate::server::settings::VisibleUsers;

/// The most users that are listed.
const MOST_USERS: usize = 200;

/// A connection of the one who asks.
#[derive(Serialize)]
struct OwnDevice {
    /// Whether it belongs to the session that asks.
    current: bool,
    /// In milliseconds since 1970.
    since: u64,
    #[serde(flatten)]
    browser: Browser,
}

/// The number, the devices of the one who asks, and the users, if they are shown.
pub(super) async fn online(State(app): State<Arc<App>>, SignedIn(who): SignedIn) -> Answer {
    let devices: Vec<_> = app
        .devices
        .of(who.user.id)
        .iter()
        .map(|device| OwnDevice {
            current: device.session == who.session,
            since: device.since_ms(),
            browser: device.browser,
        })
        .collect();
    let users: Option<Vec<OnlineUser>> = match app.settings.visible_users {
        VisibleUsers::Oneself => None,
        VisibleUsers::Everyone => Some(app.devices.users(MOST_USERS)),
    };
    let online = app.presence.snapshot().users;
    let more = users.as_ref().map(|listed| online.saturating_sub(listed.len()));
    Answer::ok(json!({ "online": online, "devices": devices, "users": users, "more": more }))
}
