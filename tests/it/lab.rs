//! `serve --lab`: each experiment goes wrong exactly as its row of the table says, and disturbs no other connection.

mod captures;
mod frames;
mod heads;
mod service;

use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::http::get;
use crate::support::raw::{End, Raw};
use crate::support::server::Server;
use crate::support::{PATIENCE, random, wait_until};

/// Experiments that run at a time.
const THREADS: usize = 16;

fn server() -> Server {
    Server::start(&["--lab"])
}

/// A key of a run.
fn key() -> String {
    format!("{:016x}{:016x}", u64::from_ne_bytes(random()), u64::from_ne_bytes(random()))
}

/// The run, as the server has it when all its connections have ended.
fn account(to: SocketAddr, key: &str) -> Value {
    let mut data = Value::Null;
    wait_until("the run ends", PATIENCE, || {
        data = get(to, &format!("/lab/runs/{key}")).json()["data"].clone();
        data["connections"].as_array().is_some_and(|all| all.iter().all(|it| it["ended"] == true))
    });
    data
}

/// Reads until so many bytes have come in all, the server ends, or time is up.
fn read(raw: &mut Raw, bytes: &mut Vec<u8>, until: usize, time: Duration) -> End {
    let begin = Instant::now();
    loop {
        if bytes.len() >= until {
            return End::StillOpen;
        }
        let (more, end) = raw.bytes(Duration::from_millis(20));
        bytes.extend(more);
        if end != End::StillOpen || begin.elapsed() > time {
            return end;
        }
    }
}

/// Checks rows, several at a time, and fails with all that is wrong.
pub(crate) fn at_once<T: Send + Sync>(rows: &[T], check: impl Fn(&T) -> Result<(), String> + Sync) {
    let (next, wrong) = (Mutex::new(rows.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let row = next.lock().unwrap().next();
                    let Some(row) = row else { return };
                    if let Err(why) = check(row) {
                        wrong.lock().unwrap().push(why);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// End of TCP, as the account of the server has it.
fn first(side: &str, how: &str) -> Value {
    json!({ "side": side, "how": how })
}
