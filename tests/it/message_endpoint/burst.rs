//! Many joins at once: few counts are pushed, each newer than the one before, and the last is right.

use std::time::{Duration, Instant};

use super::{Notice, expect_presence, expect_quiet};
use crate::support::crowd::crowd;
use crate::support::people::{self, Login, presence};
use crate::support::raw::Raw;
use crate::support::ws::Client;
use crate::support::{PATIENCE, wait_until};

const CROWD: u64 = 200;

/// Between two pushes to one client lies at least this (PRESENCE.md: leading edge, then one push per window).
const WINDOW: Duration = Duration::from_millis(100);

/// Reads up to the push with this number. Returns the numbers on the way.
#[track_caller]
fn numbers_up_to(client: &mut Client, last: u64) -> Vec<u64> {
    let mut numbers = Vec::new();
    while numbers.last() != Some(&last) {
        let notice = Notice::next(client);
        assert_eq!(notice.event, "presence");
        numbers.push(notice.online);
    }
    numbers
}

/// At most one push in each window, however long the machine took, and the one at the leading edge.
#[track_caller]
fn expect_few(numbers: &[u64], since: Instant) {
    let windows = since.elapsed().as_millis() / WINDOW.as_millis();
    assert!(
        numbers.len() as u128 <= windows + 2,
        "{} pushes in {windows} windows: {numbers:?}",
        numbers.len()
    );
}

#[test]
fn two_hundred_joins_and_leaves_are_pushed_as_few_counts_and_the_last_is_right() {
    let server = people::server(&[]);
    let mut watcher = Login::register(&server, "Ann").connect(&server);
    expect_presence(&mut watcher, 1);
    let logins = crowd(&server, CROWD as usize);

    // All connected before the first asks, so that the handshakes come in a burst.
    let mut open: Vec<_> = logins.iter().map(|_| Raw::tcp(server.addr())).collect();
    let begin = Instant::now();
    for (raw, login) in open.iter_mut().zip(&logins) {
        assert!(raw.send(Raw::request(server.addr(), &login.target()).as_bytes()));
    }
    let numbers = numbers_up_to(&mut watcher, CROWD + 1);
    expect_few(&numbers, begin);
    assert!(numbers.is_sorted_by(|a, b| a < b), "joins only: {numbers:?}");
    expect_quiet(&mut watcher);
    assert_eq!(presence(&server), (CROWD + 1, CROWD + 1));

    let begin = Instant::now();
    open.into_iter().for_each(Raw::reset);
    let numbers = numbers_up_to(&mut watcher, 1);
    expect_few(&numbers, begin);
    assert!(numbers.is_sorted_by(|a, b| a > b), "leaves only: {numbers:?}");
    expect_quiet(&mut watcher);
}

#[test]
fn after_joins_and_leaves_in_any_order_every_client_has_n() {
    let server = people::server(&[]);
    let logins = crowd(&server, 40);
    let (staying, going) = logins.split_at(10);
    let mut clients: Vec<_> = staying.iter().map(|login| login.connect(&server)).collect();
    std::thread::scope(|scope| {
        for share in going.chunks(10) {
            let server = &server;
            scope.spawn(move || {
                for login in share.iter().cycle().take(30) {
                    Raw::connect(server.addr(), &login.target()).reset();
                }
            });
        }
    });
    wait_until("the last has gone", PATIENCE, || presence(&server) == (10, 10));
    // The last push has the same N as the answer that follows it.
    std::thread::sleep(WINDOW * 2);
    for (client, login) in clients.iter_mut().zip(staying) {
        client.send_text(&login.question());
        let mut last = None;
        loop {
            let notice = Notice::next(client);
            if notice.event == "answer" {
                assert_eq!((last, notice.online), (Some(10), 10));
                break;
            }
            last = Some(notice.online);
        }
    }
}
