//! F8, F13, R10: connections that break off, that do not end, and whose peer is gone.

use std::time::{Duration, Instant};

use super::cost::Cost;
use super::fair::{ask, fair, fair_message, online, order, session, sessions, start};
use super::{CLOSE, FIRST_BINARY, PING, TEXT, closed};
use crate::support::raw::{End, Raw};
use crate::support::ws::{Client, Event};
use crate::support::{PATIENCE, wait_until};

/// How a connection breaks off.
#[derive(Debug, Clone, Copy)]
enum Break {
    Reset,
    HalfClose,
    Close,
}

#[test]
fn f08_connections_that_break_off_leave_nothing_behind() {
    const ROUNDS: usize = 2000;
    let mut server = start(&[]);
    let victims = sessions(&server, "f08-breaks", 3);
    let witness = session(&server, "f08-stays");
    server.restart();
    let cost = Cost::of(&server);
    let mut stays = Client::connect(server.addr(), &witness.target(), &[]).expect("the session gets in");
    let message = Raw::frame(TEXT, &[b'x'; 100]);
    let mut half_closed = Vec::new();
    for round in 0..ROUNDS {
        let target = match round % 4 {
            0 => victims[round / 4 % victims.len()].target(),
            _ => "/echo".to_owned(),
        };
        let request = Raw::request(server.addr(), &target);
        let raw = match round / 4 % 8 {
            0 | 1 => {
                let mut raw = Raw::tcp(server.addr());
                raw.send(&request.as_bytes()[..round % request.len()]);
                raw
            }
            // The handshake in whole, and gone before the answer.
            2 => {
                let mut raw = Raw::tcp(server.addr());
                raw.send(request.as_bytes());
                raw
            }
            3 => Raw::connect_with(server.addr(), &target, &message[..round % message.len()]),
            4 => Raw::connect_with(server.addr(), &target, &Raw::frame(FIRST_BINARY, b"part")),
            _ => {
                let mut raw = Raw::connect(server.addr(), &target);
                raw.send(&message[..round % message.len()]);
                raw
            }
        };
        match [Break::Reset, Break::HalfClose, Break::Close][round % 3] {
            Break::Reset => raw.reset(),
            Break::HalfClose => {
                raw.finish();
                half_closed.push(raw);
            }
            Break::Close => drop(raw),
        }
    }
    // Who still listens sees an end, and no word that needed none.
    for raw in &mut half_closed {
        let (_, end) = raw.bytes(PATIENCE);
        assert_ne!(end, End::StillOpen);
    }
    drop(half_closed);
    wait_until("one is left", PATIENCE, || online(&server) == (1, 1));
    assert_eq!(ask(&mut stays, &witness), 1);
    assert!(stays.end().is_clean());
    cost.assert_sockets("F8");
    cost.assert_memory("F8", 8 * 1024);
    cost.assert_idle("F8");
    fair_message(&server, &victims[0]);
}

#[test]
fn f08_a_session_that_reconnected_leaves_once() {
    let server = start(&[]);
    let user = session(&server, "f08");
    let mut old: Vec<_> = (0..20).map(|_| Raw::connect(server.addr(), &user.target())).collect();
    for raw in old.drain(..19) {
        raw.reset();
    }
    wait_until("one is left", PATIENCE, || online(&server) == (1, 1));
    let mut raw = old.remove(0);
    raw.send(&Raw::frame(TEXT, user.question().as_bytes()));
    let frames = std::iter::repeat_with(|| raw.frame_within(PATIENCE).expect("an answer"));
    assert!(frames.take(5).any(|frame| frame.payload.ends_with(br#""event":"answer","online":1}"#)));
    raw.reset();
    wait_until("none is left", PATIENCE, || online(&server) == (0, 0));
    fair_message(&server, &user);
}

#[test]
fn f13_frames_after_a_close_are_ignored() {
    let server = start(&["--close-timeout", "1"]);
    let cost = Cost::of(&server);
    let mut raw = Raw::connect(server.addr(), "/echo");
    let behind = [
        Raw::frame(TEXT, b"unheard"),
        Raw::frame(PING, b"unheard"),
        Raw::frame(CLOSE, &1001_u16.to_be_bytes()),
        Raw::frame(0x83, b"forbidden"),
        vec![0xFF; 1000],
    ];
    raw.send(&[Raw::frame(CLOSE, &1000_u16.to_be_bytes()), behind.concat()].concat());
    let rest = closed(&mut raw, "frames after a close", 1000);
    assert_eq!(rest.frames, []);
    // And though it goes on for ever, it is cut.
    let begin = Instant::now();
    while raw.send(&Raw::frame(TEXT, &[b'x'; 1000])) {
        assert!(begin.elapsed() < PATIENCE, "it goes on");
    }
    println!("F13: cut after {:?}", begin.elapsed());
    cost.assert_sockets("F13");
    cost.assert_memory("F13", 1024);
    fair(&server);
}

#[test]
fn f13_an_unanswered_close_ends_after_the_close_timeout() {
    let server = start(&["--close-timeout", "0.5"]);
    let user = sessions(&server, "f13", 3);
    let cost = Cost::of(&server);
    // One is silent, one talks on: neither answers the server's Close.
    let mut silent = Raw::connect(server.addr(), &user[0].target());
    let mut talks = Raw::connect(server.addr(), &user[1].target());
    assert_eq!(online(&server), (1, 2));
    for session in &user[..2] {
        order(&server, "kick", session, "reason", "enough");
    }
    assert_eq!(online(&server), (0, 0), "off the list at once");
    let begin = Instant::now();
    let question = Raw::frame(TEXT, user[1].question().as_bytes());
    while talks.send(&question) {
        assert!(begin.elapsed() < PATIENCE, "it talks on");
        std::thread::sleep(Duration::from_millis(20));
    }
    let rest = silent.rest(PATIENCE);
    assert_eq!((rest.close_code(), rest.end), (Some(4001), End::Fin), "{rest:?}");
    let kicked = &rest.frames[rest.frames.len() - 2];
    assert!(kicked.payload.windows(6).any(|it| it == b"kicked"), "{kicked:?}");
    // A broken rule, and no answer to what the server says of it.
    let mut failed = Raw::connect(server.addr(), "/echo");
    failed.send(&Raw::frame(0x83, b""));
    closed(&mut failed, "a reserved opcode", 1002);
    cost.assert_sockets("F13");
    drop((silent, talks, failed));
    // The kicked cannot come back; the user can.
    fair_message(&server, &user[2]);
}

#[test]
fn r10_silent_peers_are_closed_after_the_ping_timeout() {
    const ECHO: usize = 480;
    let mut server = start(&["--ping-interval", "1", "--ping-timeout", "2"]);
    let mut gone = sessions(&server, "r10-a", 7);
    gone.extend(sessions(&server, "r10-b", 7));
    gone.extend(sessions(&server, "r10-c", 6));
    let witness = session(&server, "r10-stays");
    server.restart();
    let cost = Cost::of(&server);
    // It answers pings, and so it stays.
    let mut stays = Client::connect(server.addr(), &witness.target(), &[]).expect("the session gets in");
    let mut silent: Vec<_> = gone.iter().map(|it| Raw::connect(server.addr(), &it.target())).collect();
    let before = online(&server);
    silent.extend((0..ECHO).map(|_| Raw::connect(server.addr(), "/echo")));
    // Nobody reads and nobody sends a FIN: only silence tells.
    let begin = Instant::now();
    let mut told = 0;
    while online(&server) != (1, 1) || cost.open() > 1 || told != 1 {
        assert!(begin.elapsed() < PATIENCE * 2, "{:?}, {} open", online(&server), cost.open());
        if let Some(Event::Text(text)) = stays.next(Duration::from_millis(50)) {
            let message: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            told = message["online"].as_u64().expect("a number");
        }
    }
    println!("R10: {before:?} before; {} were gone after {:?}", silent.len(), begin.elapsed());
    assert_eq!(ask(&mut stays, &witness), 1);
    for raw in &mut silent {
        // A Ping, then the end of TCP: a Close would find nobody.
        let rest = raw.rest(PATIENCE);
        let count = |opcode| rest.frames.iter().filter(|frame| frame.opcode() == opcode).count();
        assert_eq!((count(9), count(8), rest.end), (1, 0, End::Fin), "{rest:?}");
    }
    assert!(stays.end().is_clean());
    fair_message(&server, &gone[0]);
}
