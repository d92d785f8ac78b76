//! R1: receivers that do not read what they are sent.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::cost::Cost;
use super::fair::{ADMIN, fair, fair_message, online, order, session, start};
use crate::support::PATIENCE;
use crate::support::http::Request;
use crate::support::raw::{End, Raw};
use crate::support::ws::{Client, Event};

/// What a slow receiver may wait for, in KiB: the default of `--send-buffer`.
const SEND_BUFFER: u64 = 256;

fn connect(server: std::net::SocketAddr, target: &str) -> Client {
    Client::connect(server, target, &[]).unwrap_or_else(|refusal| panic!("{target}: {refusal:?}"))
}

#[test]
fn r01_a_subscriber_that_does_not_read_is_closed_and_the_others_get_all() {
    const SIZE: usize = 32 * 1024;
    const ROUNDS: usize = 300;
    let server = start(&["--close-timeout", "1"]);
    let cost = Cost::of(&server);
    let mut readers: Vec<_> = (0..3).map(|_| connect(server.addr(), "/broadcast")).collect();
    let mut late: Vec<_> = (0..4).map(|_| Raw::connect(server.addr(), "/broadcast")).collect();
    let never: Vec<_> = (0..4).map(|_| Raw::connect(server.addr(), "/broadcast")).collect();
    let message = |round: usize| {
        let mut message = vec![b'x'; SIZE];
        message[..8].copy_from_slice(&round.to_be_bytes());
        message
    };
    for round in 0..ROUNDS {
        readers[0].send_binary(&message(round));
        for reader in &mut readers {
            assert!(reader.next(PATIENCE) == Some(Event::Binary(message(round))), "round {round}");
        }
    }
    // In the queue, and on the way out.
    cost.assert_memory("R1, 8 who do not read", 8 * 2 * SEND_BUFFER + 2048);
    fair(&server);
    // Who reads at last gets the beginning, whole and in order, and then hears why there is no more.
    for raw in &mut late {
        let rest = raw.rest(PATIENCE);
        assert_eq!(rest.close_code(), Some(4008), "{} frames, {:?}", rest.frames.len(), rest.end);
        let got = rest.frames.len() - 1;
        assert!(got < ROUNDS, "{got} got through");
        assert!(rest.frames[..got].iter().zip(0..).all(|(frame, round)| frame.payload == message(round)));
        println!("R1: {got} of {ROUNDS} messages, then Close 4008");
    }
    drop(late);
    // Who never reads is cut.
    let begin = Instant::now();
    let left = readers.len();
    while cost.open() > left {
        assert!(begin.elapsed() < PATIENCE * 3, "{} open, {left} expected", cost.open());
        std::thread::sleep(Duration::from_millis(50));
    }
    println!("R1: who never reads was cut {:?} later", begin.elapsed());
    drop(never);
    for reader in &mut readers {
        assert!(reader.end().is_clean());
    }
    fair(&server);
}

#[test]
fn r01_a_burst_of_tiny_messages_lets_subscribers_read() {
    // One thread: nobody reads while another's input is being taken in. As much as fits one read may be less than what
    // is to be taken in at a time, or more.
    for send_buffer in ["262144", "2097152"] {
        burst(&["--workers", "1", "--send-buffer", send_buffer]);
    }
}

fn burst(args: &[&str]) {
    const BURST: usize = 20_000;
    let server = start(args);
    let mut readers: Vec<_> = (0..3).map(|_| connect(server.addr(), "/broadcast")).collect();
    let mut sender = Raw::connect(server.addr(), "/broadcast");
    let begin = Instant::now();
    sender.send(&Raw::frame(0x82, b"x").repeat(BURST));
    for reader in &mut readers {
        for i in 0..BURST {
            let event = reader.next(PATIENCE);
            assert_eq!(event, Some(Event::Binary(b"x".to_vec())), "message {i}");
        }
    }
    for i in 0..BURST {
        assert_eq!(sender.frame_within(PATIENCE).map(|frame| frame.payload), Ok(b"x".to_vec()), "own {i}");
    }
    println!("R1: {BURST} tiny messages to four in {:?}", begin.elapsed());
    for reader in &mut readers {
        assert!(reader.end().is_clean());
    }
    fair(&server);
}

#[test]
fn r01_a_client_closed_for_slowness_is_no_longer_online() {
    const PUSH: usize = 60 * 1024;
    let mut server = start(&[]);
    let (slow, fast) = (session(&server, "r01-late"), session(&server, "r01-early"));
    server.restart();
    let mut late = Raw::connect(server.addr(), &slow.target());
    let client = connect(server.addr(), &fast.target());
    let text = "x".repeat(PUSH);
    let begin = Instant::now();
    let push = json!({ "sessionId": slow.id, "message": text });
    while online(&server).0 == 2 {
        assert!(begin.elapsed() < PATIENCE, "it is still online");
        // The last one may come when it has left.
        Request::new("POST", "/api/push").bearer(ADMIN).json(&push).send(server.addr());
    }
    // Its connection still has its time to end.
    assert_eq!(late.rest(PATIENCE).close_code(), Some(4008));
    drop(client);
}

#[test]
fn r01_pending_counts_collapse_to_the_newest() {
    const PUSH: usize = 60 * 1024;
    const PUSHES: usize = 140;
    // Room enough that only the counts are at stake, not the connection.
    let mut server = start(&["--send-buffer", "67108864"]);
    let (slow, fast) = (session(&server, "r01-slow"), session(&server, "r01-fast"));
    server.restart();
    let mut raw = Raw::connect(server.addr(), &slow.target());
    let text = "x".repeat(PUSH);
    for _ in 0..PUSHES {
        order(&server, "push", &slow, "message", &text);
    }
    let begin = Instant::now();
    let mut changes = 0;
    // A stall of ten seconds would close it.
    while changes < 400 && begin.elapsed() < Duration::from_secs(5) {
        let mut client = connect(server.addr(), &fast.target());
        assert_eq!(client.json()["online"], 2);
        assert!(client.end().is_clean());
        changes += 2;
    }
    // The last change, and the last word on it.
    let mut client = connect(server.addr(), &fast.target());
    assert_eq!(client.json()["online"], 2);
    assert_eq!(online(&server), (2, 2));
    std::thread::sleep(Duration::from_millis(300));

    let (mut pushes, mut counts) = (0, Vec::new());
    while let Ok(frame) = raw.frame_within(Duration::from_secs(1)) {
        let message: Value = serde_json::from_slice(&frame.payload).expect("JSON");
        match message["event"].as_str() {
            Some("push") => pushes += 1,
            Some("presence") => counts.push(message["online"].as_u64().expect("a number")),
            _ => panic!("{message}"),
        }
    }
    println!("R1: {changes} changes in {:?}, told as {counts:?}", begin.elapsed());
    assert!(changes >= 100, "{changes} changes are too few to tell");
    assert_eq!(pushes, PUSHES);
    assert!(counts.len() <= 5, "{counts:?}");
    assert_eq!(counts.last(), Some(&2), "{counts:?}");
    assert_eq!(raw.rest(Duration::from_millis(50)).end, End::StillOpen);
    assert!(client.end().is_clean());
    fair_message(&server, &slow);
}
