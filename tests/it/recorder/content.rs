//! The content of a capture, from the SYN to the last ACK, in both capture modes.

use std::net::Shutdown;

use sha2::{Digest as _, Sha256};
use wirewalk::proto::Kind;
use wirewalk::wire::ws::Fin;

use super::{capture_of, capturing, connections, explained, frames, modes, stop};
use crate::support::http::get;
use crate::support::raw::Raw;
use crate::support::server::Server;
use crate::support::ws::{Client, Event};
use crate::support::{PATIENCE, wait_until};

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[test]
fn the_capture_has_every_frame() {
    for mode in modes() {
        let mut server = capturing(mode);
        let mut client = Client::connect(server.addr(), "/echo", &[]).unwrap();
        let long = vec![7; 300_000];
        client.send_text("hello");
        client.text();
        client.send_fragment(Kind::Text, "frag".as_bytes(), Fin::More);
        client.ping(b"between");
        client.send_fragment(Kind::Text, "ments".as_bytes(), Fin::Final);
        assert_eq!(client.text(), "fragments");
        client.send_binary(&long);
        while client.next(PATIENCE) != Some(Event::Binary(long.clone())) {}
        client.close(1000, "bye");
        while !matches!(client.next(PATIENCE), Some(Event::End(_))) {}
        let ends = client.local_addr();
        drop(client);
        let exit = stop(&mut server);
        assert!(exit.stderr.contains("captured ") && !exit.stderr.contains("lost"), "{}", exit.stderr);

        let document = explained(&capture_of(&server));
        assert_eq!(document["file"]["truncated"], false);
        let [connection] = connections(&document) else { panic!("{mode}: one connection: {document}") };
        assert_eq!(connection["client"]["port"], ends.port());
        assert_eq!(connection["server"]["port"], server.addr().port());
        assert_eq!(connection["upgrade"]["accept_ok"], true);
        // The answer to a Close repeats its code (RFC 6455 §5.5.1).
        let code = 1000_u16.to_be_bytes();
        let close = [&code[..], b"bye"].concat();
        let said = [
            ("client", "text", &b"hello"[..]),
            ("server", "text", b"hello"),
            ("client", "text", b"frag"),
            ("client", "ping", b"between"),
            ("server", "pong", b"between"),
            ("client", "continuation", b"ments"),
            ("server", "text", b"fragments"),
            ("client", "binary", &long),
            ("server", "binary", &long),
            ("client", "close", &close),
            ("server", "close", &code),
        ];
        let of = |side: &str| -> Vec<_> {
            let of_side = said.iter().filter(|(from, ..)| *from == side);
            of_side
                .map(|(from, opcode, bytes)| {
                    ((*from).to_owned(), (*opcode).to_owned(), bytes.len() as u64, digest(bytes))
                })
                .collect()
        };
        for side in ["client", "server"] {
            let mut found = frames(connection);
            found.retain(|(from, ..)| from == side);
            assert_eq!(found, of(side), "{mode}");
        }
        let close = &connection["close"];
        assert_eq!(
            (&close["first"], &close["layer"], &close["clean"]),
            (&"client".into(), &"websocket".into(), &true.into())
        );
        let evidence = |packet: u64| {
            let all = connection["transitions"].as_array().unwrap();
            let one = all.iter().find(|it| it["packet"] == packet).unwrap();
            one["evidence"].as_str().unwrap().to_owned()
        };
        // The client's SYN is its own either way.
        let expected = if mode == "packet" { "captured" } else { "rebuilt" };
        assert_eq!((evidence(1).as_str(), evidence(2).as_str()), ("captured", expected), "{mode}");
        let last = connection["packets"].as_array().unwrap().last().unwrap();
        let tcp = &last["tcp"];
        let waiting = [&tcp["client"], &tcp["server"]].into_iter().any(|state| state == "TIME-WAIT");
        assert!(waiting, "{mode}: {last}");
        let findings = connection["findings"].as_array().unwrap();
        assert!(findings.iter().all(|finding| finding["severity"] == "info"), "{mode}: {findings:?}");
    }
}

/// Name of each case, its client, and the expected end of the connection.
type Case = (&'static str, fn(Raw), Option<&'static str>, &'static [&'static str]);

/// Each way in which TCP can end is in the capture as it was, also if sockets must tell.
#[test]
fn the_capture_has_each_kind_of_end() {
    let cases: [Case; 5] = [
        ("the client leaves without a Close", drop, Some("client"), &["four-segment", "three-segment"]),
        ("the client resets", Raw::reset, Some("client"), &["reset"]),
        (
            "the client shuts down its side",
            |mut raw| {
                raw.stream().shutdown(Shutdown::Write).unwrap();
                raw.rest(PATIENCE);
            },
            Some("client"),
            &["four-segment", "three-segment"],
        ),
        (
            "the client breaks a rule",
            |mut raw| {
                raw.send(&Raw::frame(0x83, b"reserved"));
                raw.rest(PATIENCE);
            },
            Some("server"),
            &["four-segment", "three-segment"],
        ),
        (
            "a Close, and its answer",
            |mut raw| {
                raw.send(&Raw::frame(0x88, &1000_u16.to_be_bytes()));
                raw.rest(PATIENCE);
            },
            Some("client"),
            &["four-segment", "three-segment"],
        ),
    ];
    for mode in modes() {
        let mut server = capturing(mode);
        for (_, play, ..) in &cases {
            let raw = Raw::connect(server.addr(), "/echo");
            play(raw);
            // One after the other: the places in the capture are those of the cases.
            assert_eq!(get(server.addr(), "/healthz").status, 200);
        }
        stop(&mut server);
        let document = explained(&capture_of(&server));
        let of_cases = connections(&document).iter().filter(|it| !it["upgrade"].is_null());
        for ((name, _, first, tcp), connection) in cases.iter().zip(of_cases) {
            let close = &connection["close"];
            assert_eq!(close["first"].as_str(), *first, "{mode}, {name}: {close}");
            let found = close["tcp"].as_str().unwrap_or("none");
            assert!(tcp.contains(&found), "{mode}, {name}: {found}: {}", connection["packets"]);
        }
        assert_eq!(connections(&document).iter().filter(|it| !it["upgrade"].is_null()).count(), cases.len());
    }
}

/// Several at once, and HTTP among them: each has its own stream, whole.
#[test]
fn the_capture_separates_many_connections() {
    const CLIENTS: usize = 40;
    for mode in modes() {
        let mut server = capturing(mode);
        let mut clients: Vec<_> =
            (0..CLIENTS).map(|_| Client::connect(server.addr(), "/echo", &[]).unwrap()).collect();
        for round in 0..5 {
            for (number, client) in clients.iter_mut().enumerate() {
                client.send_text(&format!("{number} {round}"));
            }
            for (number, client) in clients.iter_mut().enumerate() {
                assert_eq!(client.text(), format!("{number} {round}"));
            }
        }
        assert_eq!(get(server.addr(), "/healthz").status, 200);
        for mut client in clients {
            client.end();
        }
        stop(&mut server);
        let document = explained(&capture_of(&server));
        assert_eq!(connections(&document).len(), CLIENTS + 1, "{mode}");
        for (number, connection) in connections(&document).iter().take(CLIENTS).enumerate() {
            let messages = connection["messages"].as_array().unwrap();
            assert_eq!(messages.len(), 10, "{mode}");
            let said =
                |it: &serde_json::Value| it["preview"].as_str().unwrap().starts_with(&format!("{number} "));
            assert!(messages.iter().all(said), "{mode}: {messages:?}");
            assert_eq!(connection["close"]["clean"], true, "{mode}");
        }
    }
}

/// The file can be read at any moment, and outlives the server.
#[test]
fn the_capture_is_readable_while_written_and_after_a_kill() {
    for mode in modes() {
        let mut server = capturing(mode);
        let mut client = Client::connect(server.addr(), "/echo", &[]).unwrap();
        let count = |server: &Server| match connections(&explained(&capture_of(server))) {
            [connection] => frames(connection).len(),
            _ => 0,
        };
        for said in 1..=3 {
            client.send_text("again");
            client.text();
            wait_until("both frames are in the file", PATIENCE, || count(&server) == 2 * said);
        }
        server.kill();
        assert_eq!(count(&server), 6, "{mode}");
    }
}
