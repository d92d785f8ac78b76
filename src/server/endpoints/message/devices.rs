//! Connections on `/message` as their users know them: whose, since when, from what browser. Those of this node.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::browser::Browser;
use crate::accounts::User;
use crate::presence::SessionId;
use crate::server::lock::lock;

/// Connections that are open, by user.
#[derive(Debug, Default)]
pub(in crate::server) struct Devices {
    list: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    /// By user, and by a number of its own for each connection.
    devices: BTreeMap<(i64, u64), Device>,
    last: u64,
}

/// A connection that is open.
#[derive(Debug, Clone)]
pub(in crate::server) struct Device {
    pub(in crate::server) session: SessionId,
    pub(in crate::server) since: SystemTime,
    pub(in crate::server) browser: Browser,
    name: Box<str>,
}

/// A user with a connection, as others may see them.
#[derive(Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(in crate::server) struct OnlineUser {
    user_name: Box<str>,
    devices: usize,
}

/// Entry of a connection in [`Devices`]; removed when dropped.
#[derive(Debug)]
pub(in crate::server) struct DeviceEntry {
    devices: Arc<Devices>,
    key: (i64, u64),
}

impl Devices {
    /// Enters a connection that has just been opened.
    pub(in crate::server) fn enter(
        self: &Arc<Self>,
        user: &User,
        session: SessionId,
        browser: Browser,
    ) -> DeviceEntry {
        let mut list = lock(&self.list);
        list.last += 1;
        let key = (user.id, list.last);
        let name = Box::from(user.name.as_str());
        list.devices.insert(key, Device { session, since: SystemTime::now(), browser, name });
        drop(list);
        DeviceEntry { devices: Arc::clone(self), key }
    }

    /// Connections of a user, the oldest first.
    pub(in crate::server) fn of(&self, user: i64) -> Vec<Device> {
        lock(&self.list)
            .devices
            .range((user, 0)..=(user, u64::MAX))
            .map(|(_, device)| device.clone())
            .collect()
    }

    /// Users with a connection, the oldest accounts first, at most so many.
    pub(in crate::server) fn users(&self, most: usize) -> Vec<OnlineUser> {
        let mut users: Vec<OnlineUser> = Vec::new();
        let mut last = None;
        for (&(user, _), device) in &lock(&self.list).devices {
            if last == Some(user) {
                users.last_mut().expect("the user's first device").devices += 1;
            } else if users.len() == most {
                break;
            } else {
                users.push(OnlineUser { user_name: device.name.clone(), devices: 1 });
            }
            last = Some(user);
        }
        users
    }
}

impl Device {
    /// When it was opened, in milliseconds since 1970.
    pub(in crate::server) fn since_ms(&self) -> u64 {
        self.since.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64
    }
}

impl Drop for DeviceEntry {
    fn drop(&mut self) {
        lock(&self.devices.list).devices.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_listed_once_each_and_only_while_they_are_there() {
        let devices = Arc::new(Devices::default());
        let user = |id, name: &str| User { id, name: name.to_owned() };
        let enter = |id, name, session| {
            devices.enter(&user(id, name), SessionId::from_u128(session), Browser::default())
        };
        let [bob, ada, too] = [enter(2, "Bob", 1), enter(1, "Ada", 2), enter(1, "Ada", 3)];
        let seen = |most| -> Vec<(String, usize)> {
            devices.users(most).iter().map(|user| (user.user_name.to_string(), user.devices)).collect()
        };
        assert_eq!(seen(9), [("Ada".to_owned(), 2), ("Bob".to_owned(), 1)]);
        assert_eq!(seen(1), [("Ada".to_owned(), 2)]);
        assert_eq!(seen(0), []);
        let sessions: Vec<_> = devices.of(1).iter().map(|device| device.session.as_u128()).collect();
        assert_eq!(sessions, [2, 3]);
        drop(ada);
        assert_eq!(seen(9), [("Ada".to_owned(), 1), ("Bob".to_owned(), 1)]);
        drop((too, bob));
        assert_eq!(seen(9), []);
        assert!(devices.of(2).is_empty());
    }
}
