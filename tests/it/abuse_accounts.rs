//! Hostile conditions for accounts: a full disk, a lock, damage, a crash, and floods of passwords.

mod crash;
mod database;
mod disk;
mod hashing;

use std::sync::Mutex;

use crate::support::http::{self, Answer};
use crate::support::people::credentials;
use crate::support::server::Server;

fn register(server: &Server, name: &str) -> Answer {
    http::post_json(server.addr(), "/register", &credentials(name))
}

fn login(server: &Server, name: &str) -> Answer {
    http::post_json(server.addr(), "/login", &credentials(name))
}

/// Asks for each of these, so many at a time; each answer with what it was for.
fn ask_all<T: Send, A: Send>(
    at_once: usize,
    items: impl Iterator<Item = T> + Send,
    ask: impl Fn(&T) -> A + Sync,
) -> Vec<(T, A)> {
    let (items, answers) = (Mutex::new(items), Mutex::new(Vec::new()));
    let next = || items.lock().unwrap().next();
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some(item) = next() {
                    let answer = ask(&item);
                    answers.lock().unwrap().push((item, answer));
                }
            });
        }
    });
    answers.into_inner().unwrap()
}

/// Refused for now: 503 with a time to wait, in words.
///
/// # Panics
/// If the answer is another.
#[track_caller]
fn refused_for_now(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", answer.text());
    let wait: u64 = answer.header("Retry-After").expect("Retry-After").parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    assert!(
        answer.json()["message"].as_str().is_some_and(|it| it.contains("try again")),
        "{}",
        answer.text()
    );
}
