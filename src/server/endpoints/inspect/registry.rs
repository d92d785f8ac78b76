//! Keys and their watches.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use super::export_queue::ExportQueue;
use super::watch::Watch;
use crate::proto::{Config, Limits, Rate};
use crate::server::admission::quota::{QuotaPermit, RETRY};
use crate::server::answer::whole_seconds;
use crate::server::lock::lock;
use crate::server::settings::{PINGS, Settings};
use crate::wire::http::{Request, Response, Status, parameters};

/// The most feeds at a time.
const FEEDS: usize = 32;

/// Lengths of a key: 128 bits in hexadecimal, up to twice as long.
const KEY: std::ops::RangeInclusive<usize> = 32..=64;

/// The watches of a server, by the key of their feed.
pub(in crate::server) struct WatchRegistry {
    watches: Mutex<HashMap<String, Arc<Watch>>>,
    /// Configuration of the feeds' connections.
    pub(super) config: Arc<Config>,
    pub(super) exports: ExportQueue,
}

/// A key that is registered until this is dropped.
pub(super) struct RegisteredKey {
    registry: Arc<WatchRegistry>,
    key: String,
    pub(super) watch: Arc<Watch>,
    _permit: QuotaPermit,
}

impl WatchRegistry {
    pub(in crate::server) fn new(settings: &Settings) -> Self {
        let limits = Limits {
            message: 4096,
            messages: Some(Rate { per_second: 20, burst: 100 }),
            pings: Some(PINGS),
            ..settings.echo().limits
        };
        let config = Arc::new(Config { limits, ..settings.echo() });
        Self { watches: Mutex::default(), config, exports: ExportQueue::new() }
    }

    /// The watch that a request names by `?inspect=KEY`, if its key is registered.
    pub(in crate::server) fn requested(&self, request: &Request<'_>) -> Option<Arc<Watch>> {
        self.find(key(request.query()?, "inspect")?)
    }

    /// The watch of a key.
    pub(super) fn find(&self, key: &str) -> Option<Arc<Watch>> {
        self.lock().get(key).cloned()
    }

    /// Registers a key for a feed.
    ///
    /// # Errors
    /// The refusal to send, if the key has a feed, or there are too many.
    pub(super) fn register(
        self: &Arc<Self>,
        key: &str,
        watch: &Arc<Watch>,
        permit: QuotaPermit,
    ) -> Result<RegisteredKey, Response> {
        let mut watches = self.lock();
        if watches.contains_key(key) {
            return Err(Response::refusal(Status::CONFLICT, "this key has a feed already"));
        }
        if watches.len() >= FEEDS {
            let refusal = Response::refusal(Status::SERVICE_UNAVAILABLE, "too many feeds at a time");
            return Err(refusal.header("Retry-After", whole_seconds(RETRY).to_string()));
        }
        watches.insert(key.to_owned(), Arc::clone(watch));
        let (registry, key, watch) = (Arc::clone(self), key.to_owned(), Arc::clone(watch));
        Ok(RegisteredKey { registry, key, watch, _permit: permit })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Watch>>> {
        lock(&self.watches)
    }
}

impl Drop for RegisteredKey {
    fn drop(&mut self) {
        self.registry.lock().remove(&self.key);
        self.watch.end();
    }
}

/// The key that a query has under this name, exactly once.
pub(super) fn key<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    let mut values = parameters(query).filter(|(it, _)| *it == name).map(|it| it.1);
    let (value, again) = (values.next()?, values.next());
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (plain && KEY.contains(&value.len()) && again.is_none()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_alphanumeric_long_enough_and_given_once() {
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
