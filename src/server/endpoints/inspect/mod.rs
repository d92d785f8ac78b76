//! The live page: whoever watches sees what both ends of their own connections do, as it happens.
//!
//! A page makes up a secret key and opens the feed, `/inspect/live?key=KEY`: that makes the key known. A WebSocket that
//! is then opened with `?inspect=KEY`, to whatever endpoint, gets a [tap](crate::server::tap::stream), and the [`feed`] tells what is
//! [understood](telling) of it. Nothing else connects the two: no login, no cookie, no address. Without a feed that has
//! made it known a key means nothing, and a connection without one never gets a tap.
//!
//! What waits to be told is bounded, and what is told in a second: for a page that is slow, events are lost and counted.

mod command;
mod export;
mod feed;
mod live_feed;
mod redacted_head;
pub(in crate::server) mod routes;
mod saved_packets;
mod watch;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::proto::handshake::server::{Accept, Handshake, Refusal};
use crate::proto::{Config, Limits, Rate};
use crate::server::admission::quota::{OverQuota, Permit, RETRY};
use crate::server::admission::requester::Requester;
use crate::server::answer::whole_seconds;
use crate::server::app::App;
use crate::server::lock::lock;
use crate::server::settings::{PINGS, Settings};
use crate::wire::http::{Request, Response, Status, parameters};

use export::Saving;
pub(in crate::server) use feed::Viewer;
pub(in crate::server) use saved_packets::{Words, saved_as};
pub(in crate::server) use watch::{Begun, Reins, Watch};

/// Where the feed is.
pub(in crate::server) const LIVE: &str = "/inspect/live";

/// The most feeds at a time.
const FEEDS: usize = 32;

/// The shortest and the longest key: 128 bits in hexadecimal, and not long.
const KEY: std::ops::RangeInclusive<usize> = 32..=64;

/// What the feeds of a server share.
pub(in crate::server) struct Inspect {
    watches: Mutex<HashMap<String, Arc<Watch>>>,
    config: Arc<Config>,
    /// For explaining all that was kept.
    pub(in crate::server) saving: Saving,
}

/// A key that is known as long as this is there.
struct Known {
    inspect: Arc<Inspect>,
    key: String,
    watch: Arc<Watch>,
    _place: Permit,
}

impl Inspect {
    pub(in crate::server) fn new(settings: &Settings) -> Self {
        let limits = Limits {
            message: 4096,
            messages: Some(Rate { per_second: 20, burst: 100 }),
            pings: Some(PINGS),
            ..settings.echo().limits
        };
        let config = Arc::new(Config { limits, ..settings.echo() });
        Self { watches: Mutex::default(), config, saving: Saving::new() }
    }

    /// Who watches a connection that asks for this.
    pub(in crate::server) fn watch(&self, request: &Request<'_>) -> Option<Arc<Watch>> {
        if request.path() == LIVE {
            // A feed that told of itself would have something to tell each time it did.
            return None;
        }
        self.of_key(key(request.query()?, "inspect")?)
    }

    /// Who watches the connections of this key.
    pub(in crate::server) fn of_key(&self, key: &str) -> Option<Arc<Watch>> {
        self.lock().get(key).cloned()
    }

    /// # Errors
    /// The refusal to send.
    fn make_known(self: &Arc<Self>, key: &str, watch: &Arc<Watch>, place: Permit) -> Result<Known, Response> {
        let mut watches = self.lock();
        if watches.contains_key(key) {
            return Err(Response::refusal(Status::CONFLICT, "this key has a feed already"));
        }
        if watches.len() >= FEEDS {
            let refusal = Response::refusal(Status::SERVICE_UNAVAILABLE, "too many feeds at a time");
            return Err(refusal.header("Retry-After", whole_seconds(RETRY).to_string()));
        }
        watches.insert(key.to_owned(), Arc::clone(watch));
        let (inspect, key, watch) = (Arc::clone(self), key.to_owned(), Arc::clone(watch));
        Ok(Known { inspect, key, watch, _place: place })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Watch>>> {
        lock(&self.watches)
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        self.inspect.lock().remove(&self.key);
        self.watch.end();
    }
}

/// The key that a query has under this name, once.
fn key<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    let mut values = parameters(query).filter(|(it, _)| *it == name).map(|it| it.1);
    let (value, again) = (values.next()?, values.next());
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (plain && KEY.contains(&value.len()) && again.is_none()).then_some(value)
}

/// The viewer, if an Upgrade asks for a feed.
///
/// # Errors
/// The refusal to send.
pub(in crate::server) fn enter(
    app: &App,
    request: &Request<'_>,
    client: &Requester,
) -> Option<Result<Viewer, Response>> {
    (request.path() == LIVE).then(|| viewer(app, request, client))
}

fn viewer(app: &App, request: &Request<'_>, client: &Requester) -> Result<Viewer, Response> {
    let refuse = |(status, why)| Response::refusal(status, why);
    let handshake = Handshake::read(request).map_err(Refusal::response)?;
    let key = key(request.query().unwrap_or_default(), "key").ok_or_else(|| {
        refuse((Status::BAD_REQUEST, "key takes 32 to 64 letters and digits that nobody can guess"))
    })?;
    let (watch, entries) = Watch::new();
    let place = app.networks.open_feed(client).map_err(OverQuota::refusal)?;
    let known = app.inspect.make_known(key, &watch, place)?;
    let config = Arc::clone(&app.inspect.config);
    let (connection, response) = handshake.accept(Accept { subprotocol: None, config, now: app.now() });
    Ok(Viewer { response, connection, entries, known })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_long_and_plain_and_stands_once() {
        let good = "0123456789abcdef0123456789ABCDEF";
        assert_eq!(key(&format!("a=b&inspect={good}&c"), "inspect"), Some(good));
        for wrong in [
            String::new(),
            "inspect=".to_owned(),
            "inspect".to_owned(),
            format!("key={good}"),
            format!("Inspect={good}"),
            format!("inspect={}", &good[1..]),
            format!("inspect={good}{good}x"),
            format!("inspect={}%20", &good[3..]),
            format!("inspect={good}&inspect={good}"),
        ] {
            assert_eq!(key(&wrong, "inspect"), None, "{wrong}");
        }
    }
}
