//! F2–F5: large declared lengths, endless messages, endless fragments, and many of them at once.

use super::cost::Cost;
use super::fair::{fair, fair_message, session, start};
use super::{BINARY, FIRST_BINARY, FIRST_TEXT, LAST, MORE, closed, declares, refused, still_open};
use crate::support::PATIENCE;
use crate::support::raw::Raw;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// What a connection may cost beside what it holds of a message, in KiB.
const CONNECTION: u64 = 12;

fn xs(length: usize) -> Vec<u8> {
    vec![b'x'; length]
}

#[test]
fn f02_a_thousand_declared_gibibytes_are_not_allocated() {
    let server = start(&[]);
    let cost = Cost::of(&server);
    let mut open: Vec<_> = (0..1000).map(|_| Raw::connect(server.addr(), "/echo")).collect();
    for raw in &mut open {
        raw.send(&declares(BINARY, 1 << 30));
    }
    for raw in &mut open {
        closed(raw, "1 GiB", 1009);
    }
    cost.assert_memory("F2, 1 GiB", 1000 * CONNECTION);
    fair(&server);
}

#[test]
fn f02_a_legal_declared_length_is_not_allocated() {
    let server = start(&[]);
    let cost = Cost::of(&server);
    let mut open: Vec<_> = (0..1000).map(|_| Raw::connect(server.addr(), "/echo")).collect();
    for raw in &mut open {
        // The most that /echo takes, and the first byte of it.
        raw.send(&[declares(BINARY, 16 * MIB as u64), vec![b'x']].concat());
    }
    still_open(&mut open[0], "16 MiB");
    still_open(&mut open[999], "16 MiB");
    cost.assert_memory("F2, 16 MiB", 1000 * CONNECTION);
    fair(&server);
}

#[test]
fn f03_endless_continuations_close_with_1009() {
    let mut server = start(&[]);
    let user = session(&server, "f03");
    // Hashing a password takes memory that would hide what grows.
    server.restart();
    let cost = Cost::of(&server);

    let mut raw = Raw::connect(server.addr(), "/echo");
    raw.send(&Raw::frame(FIRST_BINARY, &xs(64 * KIB)));
    let more = Raw::frame(MORE, &xs(64 * KIB));
    for _ in 1..256 {
        assert!(raw.send(&more));
    }
    still_open(&mut raw, "16 MiB are allowed");
    for _ in 0..256 {
        raw.send(&more);
    }
    closed(&mut raw, "more than 16 MiB", 1009);
    cost.assert_memory("F3, /echo", 2 * 16 * KIB as u64);

    let cost = Cost::of(&server);
    let mut raw = Raw::connect(server.addr(), &user.target());
    assert_eq!(raw.frame_within(PATIENCE).expect("the number of those online").opcode(), 1);
    raw.send(&Raw::frame(FIRST_TEXT, &xs(16 * KIB)));
    let more = Raw::frame(MORE, &xs(16 * KIB));
    raw.send(&more.repeat(3));
    still_open(&mut raw, "64 KiB are allowed");
    refused(&mut raw, "more than 64 KiB", &more.repeat(100), 1009);
    cost.assert_memory("F3, /message", 2 * 1024);
    fair_message(&server, &user);
}

#[test]
fn f04_endless_fragments_of_a_query_are_refused() {
    let mut server = start(&[]);
    let user = session(&server, "f04");
    server.restart();
    let cost = Cost::of(&server);
    let (one, none) = (Raw::frame(MORE, b"x"), Raw::frame(MORE, b""));
    for (what, first, more, most) in [
        ("one byte each", Raw::frame(FIRST_TEXT, b"x"), &one, 64),
        ("empty", Raw::frame(FIRST_TEXT, b""), &none, 16),
        ("empty after the first", Raw::frame(FIRST_TEXT, b"x"), &none, 17),
    ] {
        // The most, in order: whatever it says, it is answered.
        let mut raw = Raw::connect(server.addr(), &user.target());
        assert_eq!(raw.frame_within(PATIENCE).expect("the number of those online").opcode(), 1);
        let last = [LAST].iter().chain(&more[1..]).copied().collect();
        raw.send(&[first.clone(), more.repeat(most - 2), last].concat());
        let answer = raw.frame_within(PATIENCE).expect("an answer");
        assert!(answer.payload.starts_with(b"{\"code\":400,"), "{what}: {answer:?}");
        // And one more, which need not come to an end.
        raw.send(&[first.clone(), more.repeat(most - 1)].concat());
        still_open(&mut raw, what);
        refused(&mut raw, what, more, 1008);
        let flood = [first, more.repeat(131_000)].concat();
        refused(&mut Raw::connect(server.addr(), &user.target()), what, &flood, 1008);
    }
    cost.assert_memory("F4, /message", 2 * 1024);
    fair_message(&server, &user);
}

#[test]
fn f04_echo_takes_any_number_of_fragments() {
    let server = start(&[]);
    let cost = Cost::of(&server);
    let text: Vec<u8> = (0..131_000_u32).map(|i| b'a' + (i % 26) as u8).collect();
    let (first, rest) = text.split_first().expect("131,000");
    let frames: Vec<_> = rest.iter().map(|byte| Raw::frame(MORE, &[*byte])).collect();
    let bytes = [Raw::frame(FIRST_TEXT, &[*first]), frames.concat()].concat();
    let mut raw = Raw::connect(server.addr(), "/echo");
    raw.send(&bytes);
    still_open(&mut raw, "never FIN");
    raw.send(&Raw::frame(MORE, b"").repeat(131_000));
    still_open(&mut raw, "empty ones");
    // Twice what the message has, or thirteen times less than what CVE-2026-48779 made of as many.
    cost.assert_memory("F4, /echo, unfinished", 1024);
    raw.send(&Raw::frame(LAST, b""));
    let echo = raw.frame_within(PATIENCE).expect("an echo");
    assert!(echo.header.fin() && echo.opcode() == 1 && echo.payload == text, "{} bytes", echo.payload.len());
    cost.assert_memory("F4, /echo", 1024);
    fair(&server);
}

#[test]
fn f05_unfinished_messages_have_a_memory_budget() {
    const EACH: usize = 63 * KIB;
    /// What the process may hold of unfinished messages.
    const BUDGET: usize = 64 * MIB;
    /// What each connection may hold besides.
    const FREE: usize = 4 * KIB;
    const FIT: usize = BUDGET / (EACH - FREE);
    // All come from one network: without its quota it may have all there is.
    let mut server = start(&["--quota-held-bytes", "0"]);
    let user = session(&server, "f05");
    server.restart();
    let cost = Cost::of(&server);
    let frame = Raw::frame(FIRST_BINARY, &xs(EACH));
    let mut open = Vec::new();
    for _ in 0..1400 {
        let mut raw = Raw::connect(server.addr(), "/echo");
        assert!(raw.send(&frame));
        open.push(raw);
    }
    // Who comes in good time may stay, who comes when all is taken must go.
    for raw in &mut open[FIT..] {
        let rest = raw.rest(PATIENCE);
        assert_eq!(rest.close_code(), Some(1013), "{rest:?}");
    }
    // What grew in steps may have room to spare, and that counts too.
    open.truncate(FIT);
    for i in [0, FIT / 4, FIT / 2] {
        still_open(&mut open[i], "within the budget");
    }
    cost.assert_memory("F5", ((BUDGET + FIT * FREE) / KIB) as u64 + 1400 * CONNECTION);
    // What comes whole needs none of the budget.
    fair_message(&server, &user);
    // Those who go make room.
    open.truncate(FIT / 2);
    cost.assert_sockets_at_most("F5", open.len());
    let mut raw = Raw::connect(server.addr(), "/echo");
    raw.send(&frame);
    still_open(&mut raw, "in the place of another");
    raw.send(&Raw::frame(LAST, b""));
    assert_eq!(raw.frame_within(PATIENCE).expect("an echo").payload, xs(EACH));

    drop((open, raw));
    cost.assert_sockets("F5");
    let mut raw = Raw::connect(server.addr(), "/echo");
    raw.send(&Raw::frame(FIRST_BINARY, &xs(8 * MIB)));
    raw.send(&Raw::frame(LAST, b""));
    assert_eq!(raw.frame_within(PATIENCE).expect("an echo").payload.len(), 8 * MIB);
    fair_message(&server, &user);
}

#[test]
fn f05_unread_answers_share_the_memory_budget() {
    const EACH: usize = 16 * MIB;
    let server = start(&["--workers", "1"]);
    let cost = Cost::of(&server);
    let frame = Raw::frame(BINARY, &xs(EACH));
    let mut open = Vec::new();
    for _ in 0..12 {
        let mut raw = Raw::connect(server.addr(), "/echo");
        raw.send(&frame);
        open.push(raw);
    }
    fair(&server);
    // The budget; a message whose last byte brings it over; and its echo, which is made before it is let go.
    cost.assert_memory("F5", ((64 * MIB + 3 * EACH) / KIB) as u64);
    // Who came in good time is not harmed by those who came later.
    assert_eq!(open[0].frame_within(PATIENCE).expect("an echo").payload.len(), EACH);
}

#[test]
fn f05_declared_lengths_take_nothing_of_the_memory_budget() {
    let server = start(&[]);
    let mut open: Vec<_> = (0..1400).map(|_| Raw::connect(server.addr(), "/echo")).collect();
    for raw in &mut open {
        raw.send(&[declares(BINARY, MIB as u64), vec![b'x']].concat());
    }
    still_open(&mut open[1399], "a byte of a mebibyte");
    // A message that comes in two parts needs a little of the budget.
    let mut raw = Raw::connect(server.addr(), "/echo");
    let frame = Raw::frame(BINARY, b"in two parts");
    raw.send(&frame[..10]);
    still_open(&mut raw, "the first part");
    raw.send(&frame[10..]);
    assert_eq!(raw.frame_within(PATIENCE).expect("an echo").payload, b"in two parts");
    fair(&server);
}
