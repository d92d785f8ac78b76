//! The stop of the server: a signal, Close 1001 to each client, and the drain timeout.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::http::{self, Request};
use crate::support::process::{self, Collected};
use crate::support::raw::{End, Raw};
use crate::support::server::Server;
use crate::support::temp::TempDir;
use crate::support::ws::{Client, Event};
use crate::support::{PATIENCE, wait_until};

/// Longer than any test waits: what is bounded by it is not bounded in time.
const ENDLESS: &str = "600";

const PASSWORD: &str = "correct horse";

/// Sends the signal, and waits until the server has begun to stop.
fn signal(server: &Server, name: &str) {
    server.signal(name);
    wait_until("it begins to stop", PATIENCE, || server.log().contains("stopping"));
}

fn ends_well(server: &mut Server) {
    let exit = server.wait_exit(PATIENCE);
    assert_eq!((exit.code, exit.stdout.lines().count()), (Some(0), 1), "{exit:?}");
}

fn refuses(server: &Server) {
    let error = TcpStream::connect_timeout(&server.addr(), PATIENCE).expect_err("it has stopped listening");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

fn register(server: &Server, name: &str) -> u16 {
    Request::new("POST", "/register")
        .form(&[("userName", name), ("password", PASSWORD)])
        .send(server.addr())
        .status
}

fn login(server: &Server, name: &str) -> serde_json::Value {
    let form = [("userName", name), ("password", PASSWORD)];
    let answer = Request::new("POST", "/login").form(&form).send(server.addr());
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["data"].clone()
}

fn online(server: &Server, login: &serde_json::Value) -> Client {
    let (session, user) = (login["uuid"].as_str().unwrap(), login["userId"].to_string());
    let target = format!("/message?sessionId={session}&userId={}", user.trim_matches('"'));
    Client::connect(server.addr(), &target, &[]).unwrap()
}

/// Reads on to the end; the code of the Close, and whether all was in order.
fn end(mut client: Client) -> (Option<u16>, bool) {
    let mut code = None;
    loop {
        match client.next(PATIENCE) {
            Some(Event::Close(frame)) => code = Some(frame.code().0),
            Some(Event::End(record)) => return (code, record.is_clean()),
            Some(_) => {}
            None => panic!("no end"),
        }
    }
}

#[test]
fn every_websocket_gets_close_1001() {
    for name in ["TERM", "INT"] {
        let mut server = Server::start(&["--drain-timeout", ENDLESS]);
        assert_eq!(register(&server, "ann"), 200);
        let mut clients = vec![online(&server, &login(&server, "ann"))];
        for target in ["/echo", "/broadcast"] {
            clients.extend((0..20).map(|_| Client::connect(server.addr(), target, &[]).unwrap()));
        }
        // One is in the middle of a message.
        clients[1].send_fragment(wirewalk::proto::Kind::Text, b"to be contin", wirewalk::wire::ws::Fin::More);
        signal(&server, name);
        for client in clients {
            assert_eq!(end(client), (Some(1001), true), "{name}");
        }
        ends_well(&mut server);
        refuses(&server);
    }
}

/// A client that does not answer the Close is cut after the close timeout, or the drain timeout.
#[test]
fn clients_that_do_not_close_are_cut_after_a_timeout() {
    for (drain, close) in [("1", ENDLESS), (ENDLESS, "1")] {
        let mut server = Server::start(&["--drain-timeout", drain, "--close-timeout", close]);
        let mut silent = Raw::connect(server.addr(), "/echo");
        let mut half = Raw::connect(server.addr(), "/echo");
        half.send(&Raw::frame(0x81, b"half a frame")[..8]);
        let fair = Client::connect(server.addr(), "/echo", &[]).unwrap();
        signal(&server, "TERM");
        refuses(&server);
        assert_eq!(end(fair), (Some(1001), true));
        ends_well(&mut server);
        for raw in [&mut silent, &mut half] {
            let rest = raw.rest(PATIENCE);
            assert_eq!(rest.close_code(), Some(1001));
            assert_ne!(rest.end, End::StillOpen);
        }
    }
}

/// A client that does not read cannot receive the Close.
#[test]
fn clients_that_do_not_read_are_cut_after_the_drain_timeout() {
    let mut server = Server::start(&["--drain-timeout", "1", "--close-timeout", ENDLESS]);
    let mut deaf = Raw::connect(server.addr(), "/echo");
    deaf.stream().set_write_timeout(Some(Duration::from_millis(200))).unwrap();
    let frame = Raw::frame(0x82, &vec![7; 1 << 20]);
    while deaf.send(&frame) {}
    signal(&server, "TERM");
    ends_well(&mut server);
}

/// HTTP that waits for its next request, or is in the middle of its head, holds nothing up.
#[test]
fn idle_http_connections_do_not_delay_the_stop() {
    let mut server = Server::start(&["--drain-timeout", ENDLESS, "--handshake-timeout", ENDLESS]);
    let get = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", server.addr());
    let mut open = Vec::new();
    for begun in ["", "GET /heal", "GET /healthz HTTP/1.1\r\nHost: "] {
        let mut fresh = Raw::tcp(server.addr());
        fresh.send(begun.as_bytes());
        let mut kept = Raw::tcp(server.addr());
        kept.send(get.as_bytes());
        assert_eq!(http::read_answer(kept.stream(), get.as_bytes()).unwrap().status, 200);
        kept.send(begun.as_bytes());
        open.extend([fresh, kept]);
    }
    // All that was sent has arrived when a later request is answered.
    assert_eq!(http::get(server.addr(), "/healthz").status, 200);
    signal(&server, "TERM");
    ends_well(&mut server);
    for mut raw in open {
        let (bytes, end) = raw.bytes(PATIENCE);
        assert!(bytes.is_empty() && end != End::StillOpen, "{end:?} {}", http::shown(&bytes));
    }
}

#[test]
fn a_request_in_progress_is_finished() {
    let server = Server::builder().args(&["--drain-timeout", ENDLESS]);
    let mut server = server.env("RUST_LOG", "wirewalk=debug").start();
    assert_eq!(register(&server, "ann"), 200);
    let form = [("userName", "ann"), ("password", PASSWORD)];
    let request = Request::new("POST", "/login").form(&form).encode(server.addr());
    // Also one that would be kept alive otherwise.
    let text = String::from_utf8(request.clone()).unwrap();
    let keep = text.replace("Connection: close\r\n", "").into_bytes();
    let mut begun = [request, keep].map(|request| {
        let mut raw = Raw::tcp(server.addr());
        raw.send(&request[..request.len() - 5]);
        (raw, request)
    });
    wait_until("both are read", PATIENCE, || server.log().matches("< POST /login").count() == 2);
    signal(&server, "TERM");
    for (raw, request) in &mut begun {
        raw.send(&request[request.len() - 5..]);
        let answer = http::read_answer(raw.stream(), request).unwrap();
        assert_eq!((answer.status, answer.header("Connection")), (200, Some("close")), "{}", answer.text());
        assert_eq!(raw.bytes(PATIENCE), (Vec::new(), End::Fin));
    }
    ends_well(&mut server);
}

/// A request under way that does not come to its end is given up.
#[test]
fn a_stalled_request_is_dropped_after_the_drain_timeout() {
    let mut server = Server::start(&["--drain-timeout", "1", "--handshake-timeout", ENDLESS]);
    let mut raw = Raw::tcp(server.addr());
    raw.send(b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nuserName=");
    assert_eq!(http::get(server.addr(), "/healthz").status, 200);
    signal(&server, "TERM");
    ends_well(&mut server);
}

#[test]
fn a_second_signal_ends_at_once() {
    for (first, second) in [("TERM", "TERM"), ("TERM", "INT"), ("INT", "INT")] {
        let mut server = Server::start(&["--drain-timeout", ENDLESS, "--close-timeout", ENDLESS]);
        let mut silent = Raw::connect(server.addr(), "/echo");
        signal(&server, first);
        // The first was understood as it should be.
        assert_eq!(silent.frame_within(PATIENCE).unwrap().close_code(), Some(1001));
        server.signal(second);
        let exit = server.wait_exit(PATIENCE);
        assert_eq!(exit.code, Some(130), "{exit:?}");
    }
}

#[test]
fn a_server_without_connections_stops_at_once() {
    let mut server = Server::start(&["--drain-timeout", "0"]);
    server.signal("TERM");
    ends_well(&mut server);
}

/// A registration that was answered is stored, after a stop in order or a crash.
#[test]
fn accounts_survive_a_stop_and_a_crash() {
    let mut server = Server::start(&["--drain-timeout", "5"]);
    assert_eq!(register(&server, "ann"), 200);
    let before = login(&server, "ann");
    for crash in [false, true] {
        let count = Arc::new(AtomicUsize::new(0));
        let (to, counted) = (server.addr(), Arc::clone(&count));
        let busy = std::thread::spawn(move || {
            let mut done = Vec::new();
            // Until the server is gone, in the middle of one or not.
            loop {
                let name = format!("user-{crash}-{}", done.len());
                let form = [("userName", name.as_str()), ("password", PASSWORD)];
                let request = Request::new("POST", "/register").form(&form).encode(to);
                let Ok(mut stream) = TcpStream::connect(to) else { break };
                let _ = std::io::Write::write_all(&mut stream, &request);
                match http::read_answer(&mut stream, &request) {
                    Ok(answer) if answer.status == 200 => done.push(name),
                    Ok(answer) => panic!("{}", answer.text()),
                    Err(_) => break,
                }
                counted.store(done.len(), Ordering::Relaxed);
            }
            done
        });
        wait_until("some have registered", PATIENCE * 2, || count.load(Ordering::Relaxed) >= 3);
        if crash {
            server.kill();
        } else {
            signal(&server, "TERM");
            ends_well(&mut server);
        }
        let done = busy.join().unwrap();
        server.restart();
        // The last ones are those that could be lost.
        for name in done.iter().rev().take(2) {
            login(&server, name);
        }
        // A session lives on, too, and so does its token.
        let info =
            Request::new("GET", "/user/info").bearer(before["token"].as_str().unwrap()).send(server.addr());
        assert_eq!((info.status, &info.json()["data"]["userName"]), (200, &"ann".into()));
        let mut client = online(&server, &before);
        assert_eq!(client.json()["online"], 1);
    }
}

/// Nobody reads the pipe that is captured to, so the server never gets to listen.
#[test]
fn a_signal_before_serving_stops_the_server() {
    let dir = TempDir::new();
    let pipe = dir.join("capture.pcapng");
    assert_eq!(process::run(Command::new("mkfifo").arg(&pipe), PATIENCE).code, Some(0));
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--database", "sqlite::memory:", "--capture"])
        .arg(&pipe);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let stdout = Collected::from(child.stdout.take().unwrap());
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!((child.try_wait().unwrap(), stdout.text().as_str()), (None, ""), "it waits");
    process::signal("TERM", i64::from(child.id()));
    let ended = process::wait(&mut child, PATIENCE);
    let _ = child.kill();
    assert!(ended.is_some(), "a signal is not heard");
}
