//! R5, and `--max-connections`: more connections than there is room for.

use std::time::Duration;

use crate::support::http::{self, Answer};
use crate::support::raw::{End, Raw};
use crate::support::refusal::{answers, envelope, fair, refused};
use crate::support::server::Server;
use crate::support::{PATIENCE, wait_until, ws};

/// What became of a client that asked for `/echo`.
#[derive(Debug)]
enum Fate {
    Open(Raw),
    Refused(Answer),
    Closed,
    /// Not accepted yet.
    Waiting,
}

impl Fate {
    fn of(mut raw: Raw, patience: Duration) -> Self {
        raw.stream().set_read_timeout(Some(patience)).unwrap();
        let Ok(head) = ws::read_head(raw.stream()) else {
            return match raw.bytes(Duration::from_millis(1)).1 {
                End::StillOpen => Self::Waiting,
                End::Fin | End::Reset => Self::Closed,
            };
        };
        let mut answer = http::parse_head(&head[..head.len() - 4]).unwrap();
        if answer.status == 101 {
            return Self::Open(raw);
        }
        answer.body = raw.bytes(PATIENCE).0;
        Self::Refused(answer)
    }
}

fn ask(server: &Server) -> Raw {
    let mut raw = Raw::tcp(server.addr());
    raw.send(Raw::request(server.addr(), "/echo").as_bytes());
    raw
}

fn is_served(raw: &mut Raw) -> bool {
    raw.send(&Raw::frame(0x81, b"hello"));
    raw.frame_within(PATIENCE).is_ok_and(|frame| frame.payload == b"hello")
}

/// Whether a new client is, and served.
fn is_let_in(server: &Server) -> bool {
    match Fate::of(ask(server), PATIENCE) {
        Fate::Open(mut raw) => is_served(&mut raw),
        _ => false,
    }
}

/// A client over the limit is told so, or at least closed.
fn is_turned_away(answer: &Answer) {
    assert_eq!((answer.status, answer.header("Connection")), (503, Some("close")));
    assert!(answer.header("Retry-After").is_some_and(|seconds| seconds.parse::<u32>().is_ok()), "{answer:?}");
    envelope(answer).unwrap();
}

#[test]
fn r5_out_of_descriptors_the_server_goes_on() {
    let server = Server::builder().open_files(64).start();
    fair(server.addr());
    // Fewer threads than clients would do: all ask, then each is looked at.
    let asked: Vec<_> = (0..120).map(|_| ask(&server)).collect();
    let (mut open, mut turned_away) = (Vec::new(), 0);
    for raw in asked {
        match Fate::of(raw, PATIENCE) {
            Fate::Open(raw) => open.push(raw),
            Fate::Refused(answer) => {
                is_turned_away(&answer);
                turned_away += 1;
            }
            Fate::Closed => turned_away += 1,
            Fate::Waiting => panic!("nobody waits for ever"),
        }
    }
    assert!(open.len() > 20 && turned_away > 50, "{} open, {turned_away} turned away", open.len());
    assert!(open.iter_mut().all(is_served), "those inside are served as before");

    // With nobody at the door it rests; with somebody always there it does not spin, either.
    let (before, second) = (server.cpu_time(), Duration::from_secs(1));
    std::thread::sleep(second);
    let idle = server.cpu_time().saturating_sub(before);
    assert!(idle < second / 4, "{idle:?} of processor time in a second of nothing");
    let crowd: Vec<_> = (0..60).map(|_| ask(&server)).collect();
    std::thread::sleep(second);
    let busy = server.cpu_time().saturating_sub(before + idle);
    assert!(busy < second / 2, "{busy:?} of processor time in a second of turning away");
    drop(crowd);

    // The log says what is wrong, and not a line for each client.
    let log = server.log();
    let lines = log.matches("cannot accept").count();
    assert!((1..=3).contains(&lines), "{lines} lines:\n{log}");

    open.truncate(10);
    // The crowd that left may still stand in the queue, each of it to be accepted before it is seen to be gone.
    wait_until("there is room again", PATIENCE * 2, || (0..5).all(|_| is_let_in(&server)));
    fair(server.addr());
    assert!(open.iter_mut().all(is_served));
}

#[test]
fn connections_over_the_limit_get_503() {
    let server = Server::start(&["--max-connections", "3"]);
    let mut open: Vec<_> = (0..3).map(|_| Raw::connect(server.addr(), "/echo")).collect();
    for target in ["/echo", "/message", "/healthz"] {
        let answer = refused(server.addr(), Raw::request(server.addr(), target).as_bytes(), 503);
        is_turned_away(&answer);
    }
    // One that says nothing is told, too.
    let (bytes, end) = Raw::tcp(server.addr()).bytes(PATIENCE);
    assert_eq!(end, End::Fin);
    is_turned_away(&answers(&bytes)[0]);

    drop(open.pop());
    wait_until("there is room again", PATIENCE, || is_let_in(&server));
    assert!(open.iter_mut().all(is_served));
}

/// A place is a connection's, whatever it speaks and however it ends.
#[test]
fn every_connection_permit_is_returned() {
    let server = Server::start(&["--max-connections", "4", "--handshake-timeout", "1"]);
    let to = server.addr();
    for round in 0..5 {
        let mut raw: Vec<_> = (0..2).map(|_| Raw::connect(to, "/echo")).collect();
        raw[0].send(&[0xFF; 20]);
        raw.push(Raw::tcp(to));
        raw[2].send(b"GET / HTT");
        raw.push(Raw::tcp(to));
        raw[3].send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        if round % 2 == 0 {
            raw.into_iter().for_each(Raw::reset);
        } else {
            drop(raw);
        }
        wait_until("all places are free", PATIENCE, || {
            let all: Vec<_> = (0..4).map(|_| Fate::of(ask(&server), PATIENCE)).collect();
            all.iter().all(|fate| matches!(fate, Fate::Open(_)))
        });
        wait_until("and free again", PATIENCE, || matches!(Fate::of(ask(&server), PATIENCE), Fate::Open(_)));
    }
}

/// A crowd over the limit: more than can be told, and none is left hanging.
#[test]
fn a_crowd_over_the_connection_limit_is_refused_in_order() {
    let server = Server::start(&["--max-connections", "1"]);
    let mut inside = Raw::connect(server.addr(), "/echo");
    let crowd: Vec<_> = (0..300).map(|_| ask(&server)).collect();
    for raw in crowd {
        match Fate::of(raw, PATIENCE) {
            Fate::Refused(answer) => is_turned_away(&answer),
            Fate::Closed => {}
            fate => panic!("{fate:?}"),
        }
    }
    assert!(is_served(&mut inside));
    drop(inside);
    wait_until("there is room again", PATIENCE, || is_let_in(&server));
}
