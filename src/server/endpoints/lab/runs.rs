//! Runs: what happened on the connections of a visitor, to be asked for by their key.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::lab::Account;
use crate::server::lock::lock;

/// The most runs that are kept.
const RUNS: usize = 256;

/// The most connections of a run that are kept.
const CONNECTIONS: usize = 8;

/// The connections that a visitor opened for one run of an experiment.
#[derive(Debug)]
pub(super) struct Run {
    key: String,
    id: &'static str,
    connections: Mutex<Vec<(Account, bool)>>,
}

impl Run {
    /// Adds a connection, if there is room.
    pub(super) fn join(&self, account: &Account) {
        let mut connections = lock(&self.connections);
        if connections.len() < CONNECTIONS {
            connections.push((account.clone(), false));
        }
    }

    /// Marks a connection as ended.
    pub(super) fn ended(&self, account: &Account) {
        for (known, ended) in lock(&self.connections).iter_mut() {
            *ended |= known.is_same(account);
        }
    }

    /// Number of connections so far.
    pub(super) fn connections(&self) -> usize {
        lock(&self.connections).len()
    }

    pub(super) fn json(&self) -> Value {
        let connections = lock(&self.connections);
        let connection = |(account, ended): &(Account, bool)| {
            let mut json = account.json();
            json["ended"] = (*ended).into();
            json
        };
        json!({ "id": self.id, "connections": connections.iter().map(connection).collect::<Vec<_>>() })
    }
}

/// The last runs. A visitor makes up the key of a run, which nobody else can see.
#[derive(Debug, Default)]
pub(super) struct Runs(Mutex<VecDeque<Arc<Run>>>);

impl Runs {
    /// The run of a key, started if there is none; `None`: the key belongs to a run of another experiment.
    pub(super) fn begin(&self, key: &str, id: &'static str) -> Option<Arc<Run>> {
        let mut runs = lock(&self.0);
        if let Some(run) = runs.iter().find(|run| run.key == key) {
            return (run.id == id).then(|| Arc::clone(run));
        }
        if runs.len() >= RUNS {
            runs.pop_front();
        }
        let run = Arc::new(Run { key: key.to_owned(), id, connections: Mutex::default() });
        runs.push_back(Arc::clone(&run));
        Some(run)
    }

    pub(super) fn get(&self, key: &str) -> Option<Arc<Run>> {
        lock(&self.0).iter().find(|run| run.key == key).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::AccountEvent;

    #[test]
    fn a_run_is_found_by_its_key_until_newer_ones_replace_it() {
        let runs = Runs::default();
        let run = runs.begin("key", "F01").unwrap();
        let account = Account::default();
        run.join(&account);
        account.record(AccountEvent::PeerFinished, "", b"");
        account.record(AccountEvent::Finished, "", b"");
        run.ended(&account);
        assert!(runs.begin("key", "F02").is_none(), "one key, one experiment");
        let json = runs.get("key").unwrap().json();
        assert_eq!(json["connections"][0]["first"], json!({ "side": "client", "how": "FIN" }));
        assert_eq!((&json["id"], &json["connections"][0]["ended"]), (&json!("F01"), &json!(true)));
        for other in 0..RUNS {
            runs.begin(&other.to_string(), "F01");
        }
        assert!(runs.get("key").is_none() && runs.get("0").is_some());
    }
}
