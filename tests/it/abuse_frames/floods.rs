//! F6, F7, F14: control frames, bytes and messages as fast as the line carries them.

use std::time::{Duration, Instant};

use super::cost::{Cost, since};
use super::fair::{ask, fair, fair_message, session, start};
use super::{PING, PONG, TEXT, closed};
use crate::support::PATIENCE;
use crate::support::raw::Raw;
use crate::support::server::Server;
use crate::support::ws::Client;

/// Pings that may come at once, and how many more a second.
const PINGS: (usize, u64) = (40, 20);

#[test]
fn f06_pings_at_line_rate_by_one_who_does_not_read() {
    let mut server = start(&[]);
    let user = session(&server, "f06");
    server.restart();
    let cost = Cost::of(&server);
    let flood = Raw::frame(PING, &[b'p'; 125]).repeat(1000);
    for target in ["/echo", "/broadcast", &user.target()] {
        let mut raw = Raw::connect(server.addr(), target);
        let begin = Instant::now();
        for _ in 0..40 {
            raw.send(&flood);
        }
        // While it floods, others are served.
        fair(&server);
        let most = PINGS.0 + (begin.elapsed().as_secs() * PINGS.1) as usize + 1;
        let rest = closed(&mut raw, target, 1008);
        let pongs: Vec<_> = rest.frames.iter().filter(|frame| frame.opcode() == 10).collect();
        println!("F6: {target}: {} pongs to 40,000 pings", pongs.len());
        assert!((PINGS.0..=most).contains(&pongs.len()), "{target}: {} pongs", pongs.len());
        assert!(pongs.iter().all(|pong| pong.payload == [b'p'; 125]), "{target}");
    }
    cost.assert_memory("F6", 1024);
    fair_message(&server, &user);
}

#[test]
fn f06_pings_within_the_rate_are_all_answered() {
    let server = start(&[]);
    let mut raw = Raw::connect(server.addr(), "/echo");
    let pings: Vec<_> = (0..PINGS.0).map(|i| Raw::frame(PING, format!("ping {i}").as_bytes())).collect();
    raw.send(&pings.concat());
    for i in 0..PINGS.0 {
        let pong = raw.frame_within(PATIENCE).expect("a pong");
        assert_eq!((pong.opcode(), pong.payload), (10, format!("ping {i}").into_bytes()));
    }
    fair(&server);
}

#[test]
fn f07_a_million_pongs_nobody_asked_for() {
    let mut server = start(&[]);
    let user = session(&server, "f07");
    server.restart();
    let cost = Cost::of(&server);
    let (empty, full) = (Raw::frame(PONG, b"").repeat(10_000), Raw::frame(PONG, &[0; 125]).repeat(1000));
    for target in ["/echo", &user.target()] {
        let mut raw = Raw::connect(server.addr(), target);
        for _ in 0..45 {
            assert!(raw.send(&empty), "{target}: pongs are no reason to close");
        }
        fair(&server);
        for _ in 0..50 {
            assert!(raw.send(&full), "{target}: pongs are no reason to close");
        }
        raw.send(&Raw::frame(PING, b"still there?"));
        let mut frames = std::iter::repeat_with(|| raw.frame_within(PATIENCE).expect("a pong"));
        let pong = frames.find(|frame| frame.opcode() != 1).expect("endless");
        assert_eq!((pong.opcode(), pong.payload.as_slice()), (10, &b"still there?"[..]));
    }
    cost.assert_memory("F7, a million", 1024);
    let mut client = Client::connect(server.addr(), &user.target(), &[]).expect("the session gets in");
    assert_eq!(ask(&mut client, &user), 1);
    fair(&server);
}

/// The processor time that a text takes which comes one byte per segment, and is echoed.
fn byte_by_byte(server: &Server, length: usize) -> Duration {
    let text = vec![b'x'; length];
    let frame = Raw::frame(TEXT, &text);
    let mut raw = Raw::connect(server.addr(), "/echo");
    let before = server.cpu_time();
    for byte in frame.chunks(1) {
        assert!(raw.send(byte));
    }
    let echo = raw.frame_within(PATIENCE).expect("an echo");
    assert!(echo.payload == text, "{} of {length} bytes", echo.payload.len());
    since(server, before)
}

#[test]
fn f14_one_byte_per_segment_takes_time_in_proportion() {
    let server = start(&[]);
    let cost = Cost::of(&server);
    let short = byte_by_byte(&server, 64 * 1024);
    let long = byte_by_byte(&server, 256 * 1024);
    println!("F14: 64 KiB took {short:?} of processor time, 256 KiB {long:?}");
    // Four times as long, and more where segments happened to be read together; looking at all that came before each
    // byte would be 34 GB to read, which takes seconds.
    assert!(long <= short * 8 + Duration::from_millis(1500), "64 KiB {short:?}, 256 KiB {long:?}");
    cost.assert_memory("F14, one byte per segment", 1024);
    fair(&server);
}

#[test]
fn f14_the_longest_question_may_come_byte_by_byte() {
    let server = start(&[]);
    let user = session(&server, "f14");
    let question = user.question();
    // White space is JSON.
    let text = format!("{question}{}", " ".repeat(64 * 1024 - question.len()));
    let mut raw = Raw::connect(server.addr(), &user.target());
    for byte in Raw::frame(TEXT, text.as_bytes()).chunks(1) {
        assert!(raw.send(byte));
    }
    let mut answer = raw.frame_within(PATIENCE).expect("an answer");
    while answer.payload.windows(8).any(|it| it == b"presence") {
        answer = raw.frame_within(PATIENCE).expect("an answer");
    }
    assert_eq!(answer.payload, br#"{"code":200,"message":"Users online: 1","event":"answer","online":1}"#);
    fair_message(&server, &user);
}

#[test]
fn f14_tiny_questions_at_line_rate() {
    let mut server = start(&[]);
    let user = session(&server, "f14");
    server.restart();
    let cost = Cost::of(&server);
    for payload in ["", "x"] {
        let flood = Raw::frame(TEXT, payload.as_bytes()).repeat(10_000);
        let mut raw = Raw::connect(server.addr(), &user.target());
        let begin = Instant::now();
        for _ in 0..20 {
            raw.send(&flood);
        }
        fair(&server);
        let most = 20 + begin.elapsed().as_secs() as usize * 10 + 1;
        let rest = closed(&mut raw, "tiny questions", 1008);
        let answers = rest.frames.iter().filter(|it| it.payload.starts_with(b"{\"code\":400,")).count();
        println!("F14: {answers} answers to 200,000 questions");
        assert!((20..=most).contains(&answers), "{answers} answers");
    }
    cost.assert_memory("F14, tiny questions", 1024);
    fair_message(&server, &user);
}
