//! Floods of passwords: memory of the hashes, and the order of the queue.

use std::io::Write as _;
use std::net::TcpStream;

use serde_json::json;

use super::{ask_all, login, refused_for_now, register};
use crate::support::PATIENCE;
use crate::support::http::{self, Answer, Request};
use crate::support::people::{Login, PASSWORD, credentials};
use crate::support::server::Server;

/// The waiting room for registrations, the share of a network in it, and the most that are hashed meanwhile.
const ROOM: usize = 256;
const SHARE: usize = 128;
const SLOTS: usize = 4;

fn memory_stays_small(people: u32) {
    let server = Server::start(&[]);
    let names = || (0..people).map(|number| format!("user {number}"));
    for ask in [register, login] {
        for (name, answer) in ask_all(100, names(), |name| ask(&server, name)) {
            assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        }
        let rss = server.rss_kib();
        assert!(rss < 100 << 10, "{rss} KiB after {people} people");
    }
}

#[test]
fn hashes_reuse_their_memory() {
    memory_stays_small(100);
}

#[test]
#[ignore = "run by tests/run: takes a minute"]
fn five_hundred_registrations_and_logins_reuse_their_memory() {
    memory_stays_small(500);
}

/// Sends these requests, all before any answer is read.
fn send_all(server: &Server, requests: impl Iterator<Item = Request>) -> Vec<TcpStream> {
    let send = |request: Request| {
        let mut stream = http::connect(server.addr());
        stream.write_all(&request.encode(server.addr())).unwrap();
        stream
    };
    requests.map(send).collect()
}

/// Sends so many registrations.
fn send_registrations(server: &Server, count: usize) -> Vec<TcpStream> {
    let request = |number| Request::new("POST", "/register").json(&credentials(&format!("user {number}")));
    send_all(server, (0..count).map(request))
}

fn read(stream: &mut TcpStream) -> Answer {
    http::read_answer(stream, b"POST /register").unwrap()
}

/// How many have been answered by now.
fn answered(streams: &[TcpStream]) -> usize {
    let has_answer = |stream: &&TcpStream| {
        stream.set_nonblocking(true).unwrap();
        let has = matches!(stream.peek(&mut [0]), Ok(1..));
        stream.set_nonblocking(false).unwrap();
        has
    };
    streams.iter().filter(has_answer).count()
}

#[test]
fn a_login_is_served_before_a_thousand_queued_registrations() {
    const FLOOD: usize = 1000;
    let server = Server::start(&[]);
    Login::register(&server, "Ann");
    let mut flood = send_registrations(&server, FLOOD);
    let before = answered(&flood);
    for _ in 0..3 {
        let answer = login(&server, "Ann");
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    // All that were refused are answered at once; of those that wait, most are behind the logins.
    let after = answered(&flood);
    assert!(before < FLOOD && after < FLOOD, "{before} and {after} of {FLOOD} were answered");

    let answers: Vec<_> = flood.iter_mut().map(read).collect();
    let confirmed = answers.iter().filter(|answer| answer.status == 200).count();
    answers.iter().filter(|answer| answer.status != 200).for_each(refused_for_now);
    assert!(confirmed >= SHARE, "{confirmed}: a network has its share");
    assert!(confirmed < FLOOD, "{confirmed}: the room is bounded");
    assert_eq!(register(&server, "Bob").status, 200, "the room is free again");
}

#[test]
fn the_queue_share_of_a_network_is_an_option() {
    for (quota, count, share) in [("3", 100, 3), ("0", ROOM, ROOM)] {
        let server = Server::start(&["--quota-hashes", quota]);
        let mut flood = send_registrations(&server, count);
        let answers: Vec<_> = flood.iter_mut().map(read).collect();
        let confirmed = answers.iter().filter(|answer| answer.status == 200).count();
        answers.iter().filter(|answer| answer.status != 200).for_each(refused_for_now);
        assert!(confirmed >= share, "{quota}: {confirmed}");
        assert_eq!(confirmed == count, share == count, "{quota}: {confirmed}");
    }
}

#[test]
fn refusals_for_the_queue_share_are_counted() {
    let mut server = Server::start(&["--quota-hashes", "1"]);
    let ann = Login::register(&server, "Ann");
    let change = json!({ "password": PASSWORD, "newPassword": PASSWORD });
    let mut refused = 0;
    for request in [
        &|| Request::new("POST", "/register").json(&credentials("Bob")),
        &|| Request::new("POST", "/login").json(&credentials("Ann")),
        &|| Request::new("POST", "/user/password").bearer(&ann.token).json(&change),
    ] as [&dyn Fn() -> Request; 3]
    {
        let mut flood = send_all(&server, std::iter::repeat_with(request).take(50));
        let answers: Vec<_> = flood.iter_mut().map(read).collect();
        let overloaded =
            answers.iter().filter(|answer| answer.status == 503).inspect(|it| refused_for_now(it));
        let count = overloaded.count();
        assert!(count > 0);
        refused += count;
    }
    server.signal("TERM");
    let exit = server.wait_exit(PATIENCE * 2);
    assert!(exit.stderr.contains("(--quota-hashes)"), "{}", exit.stderr);
    assert!(exit.stderr.contains(&format!("refused by quota: hashes {refused}\n")), "{}", exit.stderr);
}

#[test]
fn a_client_that_hangs_up_leaves_the_queue() {
    let server = Server::start(&["--quota-hashes", "20"]);
    for round in 0..5 {
        drop(send_registrations(&server, 20 + SLOTS));
        // The server notices when the connections close, and finishes at most what it had begun.
        crate::support::wait_until("a place is free", PATIENCE, || {
            register(&server, &format!("fair {round}")).status != 503
        });
    }
}
