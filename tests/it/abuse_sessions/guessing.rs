//! A4 and A9: guessing session ids, and guessing passwords.

use std::time::{Duration, Instant};

use serde_json::json;
use uuid::Uuid;

use super::{open, request_from, visible};
use crate::support::http::{self, Answer};
use crate::support::people::{self, Login, PASSWORD};
use crate::support::raw::Raw;
use crate::support::server::Server;

const ELSEWHERE: [u8; 4] = [127, 0, 0, 2];

/// Too many, and when to come again: not before the first guess, made after `begin`, is a minute old.
#[track_caller]
fn expect_wait(answer: &Answer, begin: Instant) {
    assert_eq!((answer.status, &answer.json()["code"]), (429, &429.into()), "{}", answer.text());
    let wait: u64 =
        answer.header("Retry-After").and_then(|it| it.parse().ok()).expect("Retry-After in seconds");
    let enough = Duration::from_secs(wait) + begin.elapsed() >= Duration::from_mins(1);
    assert!(enough && (1..=60).contains(&wait), "{wait}");
}

#[test]
fn a4_after_ten_wrong_session_ids_only_right_ones_are_served() {
    let server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    let begin = Instant::now();
    let guess = || format!("/message?sessionId={}&userId={}", Uuid::new_v4(), ann.user);
    for count in 1..=10 {
        assert_eq!(open(&server, &guess(), "").status, 401, "guess {count}");
        // What is right is not counted, nor does it wipe out what is wrong.
        assert_eq!(open(&server, &ann.target(), "").status, 101, "after guess {count}");
    }
    for _ in 0..3 {
        expect_wait(&open(&server, &guess(), ""), begin);
    }
    assert_eq!(open(&server, &ann.target(), "").status, 101, "a valid session from there is still served");
    let request = Raw::request(server.addr(), &guess());
    assert_eq!(request_from(ELSEWHERE, server.addr(), request.as_bytes()).status, 401, "another address");
}

fn login(server: &Server, name: &str, password: &str) -> Answer {
    http::post_json(server.addr(), "/login", &json!({ "userName": name, "password": password }))
}

#[test]
fn a9_after_ten_wrong_passwords_the_name_gets_429_from_that_address() {
    let server = people::server(&[]);
    Login::register(&server, "Ann");
    Login::register(&server, "Bob");
    let begin = Instant::now();
    let known: Vec<_> = (0..10).map(|turn| login(&server, "Ann", &format!("wrong guess {turn}"))).collect();
    let unknown: Vec<_> =
        (0..10).map(|turn| login(&server, "Nobody", &format!("wrong guess {turn}"))).collect();
    for answer in known.iter().chain(&unknown) {
        assert_eq!(answer.status, 401, "{}", answer.text());
        assert_eq!(visible(answer), visible(&known[0]), "whether the user exists must not show");
    }
    // Another spelling is the same name, and the right password is not looked at.
    for (name, password) in [("Ann", "wrong guess"), ("ANN", "wrong guess"), ("Ann", PASSWORD)] {
        expect_wait(&login(&server, name, password), begin);
    }
    expect_wait(&login(&server, "Nobody", "wrong guess"), begin);
    assert_eq!(login(&server, "Bob", PASSWORD).status, 200, "another user");

    let right = http::Request::new("POST", "/login").json(&people::credentials("Ann")).encode(server.addr());
    assert_eq!(request_from(ELSEWHERE, server.addr(), &right).status, 200, "another address");
}

#[test]
fn a9_concurrent_guesses_share_one_limit() {
    let server = people::server(&[]);
    Login::register(&server, "Ann");
    let statuses: Vec<_> = std::thread::scope(|scope| {
        let guesses: Vec<_> = (0..20)
            .map(|turn| {
                let server = &server;
                scope.spawn(move || login(server, "Ann", &format!("wrong guess {turn}")).status)
            })
            .collect();
        guesses.into_iter().map(|guess| guess.join().expect("no panic")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 10, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 10, "{statuses:?}");
}

#[test]
fn a9_right_passwords_do_not_count() {
    let server = people::server(&[]);
    Login::register(&server, "Ann");
    for _ in 0..11 {
        assert_eq!(login(&server, "Ann", PASSWORD).status, 200);
    }
}
