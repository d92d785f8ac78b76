//! N, the distinct users online: sent to each newcomer, and to all others when it changes.

use super::{Notice, expect_presence, expect_quiet};
use crate::support::people::{self, Login, presence};
use crate::support::raw::Raw;
use crate::support::ws::Client;
use crate::support::{PATIENCE, wait_until};

#[test]
fn n_is_sent_to_each_newcomer_and_to_others_when_it_changes() {
    let server = people::server(&[]);
    let (ann, bob) = (Login::register(&server, "Ann"), Login::register(&server, "Bob"));
    let ann_elsewhere = Login::again(&server, "Ann");

    let mut first = ann.connect(&server);
    expect_presence(&mut first, 1);
    expect_quiet(&mut first);

    // A second session of the same account: only that session receives N.
    let mut second = ann_elsewhere.connect(&server);
    expect_presence(&mut second, 1);
    expect_quiet(&mut first);
    assert_eq!(presence(&server), (1, 2));

    let mut other = bob.connect(&server);
    for client in [&mut other, &mut first, &mut second] {
        expect_presence(client, 2);
    }

    // One of two goes: the account is still online.
    second.end();
    wait_until("the second session has gone", PATIENCE, || presence(&server) == (2, 2));
    expect_quiet(&mut first);
    expect_quiet(&mut other);

    // The other one too.
    first.end();
    expect_presence(&mut other, 1);
    expect_quiet(&mut other);
}

#[test]
fn the_count_survives_resets_half_closes_and_broken_frames() {
    let server = people::server(&[]);
    let (ann, bob) = (Login::register(&server, "Ann"), Login::register(&server, "Bob"));
    let mut watcher = bob.connect(&server);
    expect_presence(&mut watcher, 1);

    let ways = [
        ("RST", Raw::reset as fn(Raw)),
        ("half-close", |mut raw| {
            raw.finish();
            raw.rest(PATIENCE);
        }),
        ("FIN", drop),
        ("RST in a frame", |mut raw| {
            raw.send(&[0x81, 0xFE, 0x01]);
            raw.reset();
        }),
        ("half-close in a message", |mut raw| {
            raw.send(&Raw::frame(0x01, b"{"));
            raw.finish();
            raw.rest(PATIENCE);
        }),
        ("an unmasked frame", |mut raw| {
            raw.send(b"\x81\x02Hi");
            assert_eq!(raw.rest(PATIENCE).close_code(), Some(1002));
        }),
    ];
    for (way, end) in ways {
        let raw = Raw::connect(server.addr(), &ann.target());
        expect_presence(&mut watcher, 2);
        end(raw);
        expect_presence(&mut watcher, 1);
        assert_eq!(presence(&server), (1, 1), "{way}");
    }

    // Many at once: each is counted out once.
    let logins: Vec<_> = (0..3).map(|_| Login::again(&server, "Ann")).collect();
    for _ in 0..5 {
        let open: Vec<_> = logins.iter().map(|login| Raw::connect(server.addr(), &login.target())).collect();
        assert_eq!(presence(&server), (2, 4));
        open.into_iter().for_each(Raw::reset);
        wait_until("all were reset", PATIENCE, || presence(&server) == (1, 1));
    }
}

#[test]
fn a_closing_session_leaves_the_count_before_tcp_ends() {
    let server = people::server(&["--close-timeout", "60"]);
    let (ann, bob) = (Login::register(&server, "Ann"), Login::register(&server, "Bob"));
    let mut watcher = bob.connect(&server);
    expect_presence(&mut watcher, 1);
    // A Close, and a rule broken: after either, TCP stays open on this side.
    for (last, code) in [(Raw::frame(0x88, b"\x03\xE8"), 1000), (Raw::frame(0x83, b""), 1002)] {
        let mut raw = Raw::connect(server.addr(), &ann.target());
        expect_presence(&mut watcher, 2);
        raw.send(&last);
        expect_presence(&mut watcher, 1);
        assert_eq!(presence(&server), (1, 1));
        assert_eq!(raw.rest(PATIENCE).close_code(), Some(code));
    }
}

#[test]
fn a_refused_upgrade_does_not_count() {
    let server = people::server(&[]);
    let (ann, bob) = (Login::register(&server, "Ann"), Login::register(&server, "Bob"));
    let mut watcher = bob.connect(&server);
    expect_presence(&mut watcher, 1);
    let foreign = ann.try_connect(&server, &[("Origin", "http://evil.example")]).expect_err("a refusal");
    assert_eq!(foreign.status, 403);
    let target = format!("/message?sessionId={}&userId={}", ann.session, bob.user);
    assert_eq!(Client::connect(server.addr(), &target, &[]).expect_err("a refusal").status, 401);
    expect_quiet(&mut watcher);
    assert_eq!(presence(&server), (1, 1));
}

#[test]
fn a_query_in_the_segment_of_the_handshake_is_answered() {
    let server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    let question = Raw::frame(0x81, ann.question().as_bytes());
    let mut raw = Raw::connect_with(server.addr(), &ann.target(), &question);
    let mut events: Vec<_> = (0..2)
        .map(|_| {
            let frame = raw.frame_within(PATIENCE).expect("a frame");
            let notice = Notice::read(std::str::from_utf8(&frame.payload).expect("text"));
            assert_eq!((notice.code, notice.online), (200, 1));
            notice.event
        })
        .collect();
    events.sort();
    assert_eq!(events, ["answer", "presence"]);
}
