//! F6, F7, F14: control frames, bytes and messages as fast as the line carries them.

use std::io::{ErrorKind, Read as _, Write as _};
use std::time::{Duration, Instant};

use super::cost::{Cost, since};
use super::fair::{ask, fair, fair_message, session, start};
use super::{CLOSE, PING, PONG, TEXT, closed};
use crate::support::raw::Raw;
use crate::support::server::Server;
use crate::support::ws::Client;
use crate::support::{PATIENCE, wait_until};

/// Pings that may come at once, and how many more a second, on every endpoint but `/echo`.
const PINGS: (usize, u64) = (40, 20);

/// `/echo` has no rate: pings whose pongs are read may come as fast as the line carries them.
#[test]
fn f06_a_million_pings_get_their_pongs() {
    const COUNT: u32 = 1_000_000;
    let server = start(&[]);
    let cost = Cost::of(&server);
    let mut raw = Raw::connect(server.addr(), "/echo");
    let mut writing = raw.stream().try_clone().expect("a socket");
    let begin = Instant::now();
    let writer = std::thread::spawn(move || {
        for first in (0..COUNT).step_by(1000) {
            let pings: Vec<_> = (first..first + 1000).map(|i| Raw::frame(PING, &i.to_be_bytes())).collect();
            writing.write_all(&pings.concat()).expect("pings are no reason to close");
        }
    });
    let mut pongs = vec![0; 6 * 1000];
    for first in (0..COUNT).step_by(1000) {
        raw.stream().read_exact(&mut pongs).expect("a thousand pongs");
        let each = pongs.as_chunks::<6>().0.iter().zip(first..);
        let right = each.filter(|(pong, i)| pong[..2] == [PONG, 4] && pong[2..] == i.to_be_bytes()).count();
        assert_eq!(right, 1000, "pongs {first} and on");
        if first == COUNT / 2 {
            fair(&server);
        }
    }
    writer.join().expect("it wrote all");
    println!("F6: {COUNT} pings answered in {:?}", begin.elapsed());
    cost.assert_memory("F6, a million pings", 1024);
    // And it is a connection like any other.
    raw.send(&Raw::frame(TEXT, b"still there?"));
    assert_eq!(raw.frame_within(PATIENCE).expect("an echo").payload, b"still there?");
    raw.send(&Raw::frame(CLOSE, &1000u16.to_be_bytes()));
    closed(&mut raw, "F6", 1000);
    fair(&server);
}

/// Pings without end; how many bytes of them were taken, until none were any more.
fn flood(raw: &mut Raw) -> usize {
    let pings = Raw::frame(PING, &[b'p'; 125]).repeat(1000);
    let stream = raw.stream();
    stream.set_nonblocking(true).expect("a socket");
    let (mut sent, mut last) = (0, Instant::now());
    while last.elapsed() < Duration::from_secs(1) {
        match stream.write(&pings[sent % pings.len()..]) {
            Ok(len) => (sent, last) = (sent + len, Instant::now()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(error) => panic!("{error} after {sent} bytes"),
        }
        assert!(sent < 256 * 1024 * 1024, "pings are read though no pong is");
    }
    stream.set_nonblocking(false).expect("a socket");
    sent
}

/// Pongs that nobody reads: nothing more is read either, no more is held than one read had, and after ten seconds the
/// peer is too slow.
#[test]
fn f06_unread_pongs_on_echo_are_not_buffered() {
    let server = start(&["--close-timeout", "20"]);
    let cost = Cost::of(&server);
    let mut late: Vec<_> = (0..2).map(|_| Raw::connect(server.addr(), "/echo")).collect();
    let mut never = Raw::connect(server.addr(), "/echo");
    for raw in late.iter_mut().chain([&mut never]) {
        println!("F6: {} KiB of pings were taken", flood(raw) / 1024);
        fair(&server);
    }
    cost.assert_memory("F6, three who do not read", 1024);
    cost.assert_idle("F6, three who do not read");
    // Ten seconds, and some for a busy machine; the Close has twenty to be taken.
    std::thread::sleep(Duration::from_secs(16));
    fair(&server);
    for raw in &mut late {
        let mut pongs = 0;
        let close = loop {
            let frame = raw.frame_within(PATIENCE).expect("pongs, and a Close");
            if frame.opcode() == 8 {
                break frame;
            }
            assert_eq!((frame.opcode(), frame.payload.as_slice()), (10, &[b'p'; 125][..]));
            pongs += 1;
        };
        println!("F6: {pongs} pongs, and a Close");
        assert_eq!(close.close_code(), Some(4008));
    }
    drop(late);
    // Who never reads is cut.
    wait_until("who never reads is cut", PATIENCE * 4, || cost.open() == 0);
    drop(never);
    cost.assert_memory("F6, in the end", 1024);
    fair(&server);
}

#[test]
fn f06_pings_over_the_rate_close_with_1008() {
    let mut server = start(&[]);
    let user = session(&server, "f06");
    server.restart();
    let cost = Cost::of(&server);
    let flood = Raw::frame(PING, &[b'p'; 125]).repeat(1000);
    for target in ["/broadcast", &user.target()] {
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
    let mut raw = Raw::connect(server.addr(), "/broadcast");
    let pings: Vec<_> = (0..PINGS.0).map(|i| Raw::frame(PING, format!("ping {i}").as_bytes())).collect();
    raw.send(&pings.concat());
    for i in 0..PINGS.0 {
        let pong = raw.frame_within(PATIENCE).expect("a pong");
        assert_eq!((pong.opcode(), pong.payload), (10, format!("ping {i}").into_bytes()));
    }
    fair(&server);
}

#[test]
fn f07_a_million_unsolicited_pongs_are_ignored() {
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
fn f14_one_byte_a_segment_costs_time_in_proportion() {
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
fn f14_the_longest_query_may_come_byte_by_byte() {
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
fn f14_tiny_queries_at_line_rate_close_with_1008() {
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
