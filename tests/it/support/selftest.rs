//! That the tools do what they say, on a server that runs.

use std::time::Duration;

use wirewalk::proto::Kind;
use wirewalk::wire::ws::Fin;

use super::raw::{End, Raw};
use super::server::Server;
use super::ws::{Client, Event};
use super::{PATIENCE, http, wait_until};

#[test]
fn a_server_is_watched_stopped_and_started_again() {
    let mut server = Server::builder().env("RUST_LOG", "debug").start();
    // The only connection: what is open less when it goes is its own.
    let client = Client::connect(server.addr(), "/echo", &[]).unwrap();
    let open = server.fd_count();
    drop(client);
    wait_until("a descriptor less", PATIENCE, || server.fd_count() < open);
    assert_eq!(http::get(server.addr(), "/healthz").status, 200);
    assert!(server.rss_kib() > 1000, "{}", server.rss_kib());
    assert!(server.dir().join("wirewalk.db").exists());
    assert!(server.cpu_time() < Duration::from_mins(1));
    assert!(!server.log().is_empty());

    let address = server.addr();
    server.signal("TERM");
    let exit = server.wait_exit(PATIENCE);
    assert_eq!((exit.code, exit.stdout), (Some(0), format!("listening on http://{address}\n")));
    server.restart();
    assert_eq!((server.addr(), http::get(address, "/healthz").text().trim()), (address, "ok"));
}

#[test]
fn a_server_may_be_short_of_descriptors() {
    let server = Server::builder().open_files(64).start();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.pid())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    assert_eq!(line.split_whitespace().nth(3), Some("64"), "{line}");
}

#[test]
#[should_panic(expected = "no server")]
fn a_server_that_does_not_start_says_why() {
    Server::start(&["--no-such-flag"]);
}

#[test]
fn a_fair_client_is_echoed() {
    let server = Server::start(&["--ping-interval", "0"]);
    let mut client = Client::connect_with(server.addr(), "/echo", &[], &["superchat"]).unwrap();
    client.send_text("Grüße 你好");
    assert_eq!(client.text(), "Grüße 你好");
    client.send_fragment(Kind::Binary, b"ab", Fin::More);
    client.ping(b"?");
    client.send_fragment(Kind::Binary, b"c", Fin::Final);
    assert_eq!(client.next(PATIENCE), Some(Event::Pong(b"?".to_vec())));
    assert_eq!(client.next(PATIENCE), Some(Event::Binary(b"abc".to_vec())));
    let long = vec![7; 1 << 20];
    client.send_binary(&long);
    assert_eq!(client.next(PATIENCE), Some(Event::Binary(long)));
    assert_eq!(client.next(Duration::from_millis(20)), None);
    client.send_text("{\"a\":1}");
    assert_eq!(client.json()["a"], 1);
    client.close(4000, "bye");
    let record = client.end();
    assert!(record.is_clean());
    assert_eq!(record.reported_code().0, 4000);
    assert!(matches!(client.next(PATIENCE), Some(Event::End(_))));
}

#[test]
fn a_refusal_is_an_answer() {
    let server = Server::start(&[]);
    let target = "/message?sessionId=7f7ff3e4-3e8f-4b7e-8d6c-0f3d5d2f3b1a&userId=1";
    let answer = Client::connect(server.addr(), target, &[]).unwrap_err();
    assert_eq!((answer.status, &answer.json()["code"]), (401, &401.into()), "{}", answer.text());
}

#[test]
fn an_unfair_client_may_send_anything() {
    let server = Server::start(&["--ping-interval", "0"]);
    // The first frame lies in the segment of the handshake.
    let mut raw = Raw::connect_with(server.addr(), "/echo", &Raw::frame(0x81, b"early"));
    assert_eq!(raw.frame_within(PATIENCE).unwrap().payload, b"early");
    // Not masked: RFC 6455 §5.1.
    raw.send(b"\x81\x02Hi");
    let rest = raw.rest(PATIENCE);
    assert_eq!((rest.close_code(), rest.end), (Some(1002), End::Fin));

    let mut raw = Raw::tcp(server.addr());
    raw.send(b"\x16\x03\x01\x02\r\n\r\n");
    let (bytes, end) = raw.bytes(PATIENCE);
    assert!(bytes.starts_with(b"HTTP/1.1 400 "), "{}", http::shown(&bytes));
    assert_eq!(end, End::Fin);

    Raw::connect(server.addr(), "/echo").reset();
    let half = Raw::connect(server.addr(), "/echo");
    half.finish();
    let mut half = half;
    assert_ne!(half.rest(PATIENCE).end, End::StillOpen);
}
