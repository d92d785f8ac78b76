//! Contents of the feed: those of `explain` of the saved capture, and what the requests of the page do.

use std::process::Command;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use wirewalk::capture::Reader;

use super::Viewer;
use crate::support::PATIENCE;
use crate::support::http::{Request, get};
use crate::support::process;
use crate::support::server::Server;
use crate::support::temp::TempDir;
use crate::support::ws::{Client, Event};

/// The file of this name, as the page saves it.
fn saved(server: &Server, viewer: &Viewer, name: &str) -> Vec<u8> {
    let answer = get(server.addr(), &format!("/inspect/saved/{}/{name}", viewer.key));
    let disposition = format!("attachment; filename=\"{name}\"");
    assert_eq!((answer.status, answer.header("Content-Disposition")), (200, Some(&*disposition)), "{name}");
    answer.body
}

/// What `explain` says of a capture.
fn explain(capture: &[u8], view: &str) -> String {
    let directory = TempDir::new();
    let file = directory.join("wirewalk.pcapng");
    std::fs::write(&file, capture).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    let exit = process::run(command.args(["explain", view]).arg(&file), PATIENCE);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
    exit.stdout
}

fn next(client: &mut Client) -> Event {
    client.next(PATIENCE).expect("an event")
}

#[test]
fn the_feed_equals_explain_of_the_saved_capture() {
    let server = Server::start(&[]);
    let mut viewer = Viewer::open(server.addr());
    let mut client = viewer.connect(server.addr(), "/echo");
    client.send_text("Grüße");
    assert_eq!(client.text(), "Grüße");
    client.send_binary(&vec![7; 5000]);
    assert!(matches!(next(&mut client), Event::Binary(bytes) if bytes.len() == 5000));
    viewer.hears("the second echo", |it| {
        it["type"] == "message" && it["from"] == "server" && it["kind"] == "binary"
    });
    viewer.wish(0, &json!({ "do": "ping" }));
    assert_eq!(next(&mut client), Event::Ping(b"wirewalk".to_vec()));
    viewer.wish(0, &json!({ "do": "fragments" }));
    assert_eq!(next(&mut client), Event::Ping(b"between fragments".to_vec()));
    assert_eq!(client.text(), "one message, three frames, a Ping between");
    client.end();
    drop(client);
    viewer.hears_of("close");

    let close = viewer.all("close")[0];
    assert_eq!(
        (&close["client_code"], &close["server_code"], &close["clean"]),
        (&json!(1000), &json!(1000), &json!(true))
    );
    // What happened, in words, in both languages.
    let said = |language: &str| -> Vec<String> {
        let all = viewer.all("announcement").into_iter().map(|it| it["text"][language].as_str().unwrap());
        all.map(str::to_owned).collect()
    };
    let [en, zh] = ["en", "zh"].map(said);
    let pong = en
        .iter()
        .position(|it| it.starts_with("The client answered the server's Ping with the same 8 bytes, "));
    assert!(
        zh[pong.unwrap_or_else(|| panic!("{en:?}"))]
            .starts_with("客户端用同样的 8 字节应答了服务器的 Ping，用时 ")
    );
    assert!(en.iter().any(|it| it.starts_with("The server sent the same 5000 bytes back, ")), "{en:?}");
    assert!(en.last().unwrap().starts_with("Verdict: the client ended the connection"), "{en:?}");
    let opcodes: Vec<_> = viewer.all("frame").iter().map(|it| it["opcode"].clone()).collect();
    for opcode in ["text", "binary", "ping", "pong", "continuation", "close"] {
        assert!(opcodes.contains(&json!(opcode)), "{opcode}: {opcodes:?}");
    }
    let states: Vec<_> = viewer.all("packet").iter().take(3).map(|it| it["tcp"].clone()).collect();
    assert_eq!(
        states,
        [
            json!({ "client": "SYN-SENT", "server": "SYN-RECEIVED" }),
            json!({ "client": "ESTABLISHED", "server": "SYN-RECEIVED" }),
            json!({ "client": "ESTABLISHED", "server": "ESTABLISHED" }),
        ]
    );

    // Line for line. What follows the last of a stream is about the file.
    let capture = saved(&server, &viewer, "wirewalk.pcapng");
    let lines: Vec<Value> =
        explain(&capture, "--ndjson").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds =
        ["connection", "packet", "transition", "upgrade", "frame", "message", "finding", "coverage", "close"];
    let of_explain = |it: &&Value| kinds.iter().any(|kind| it["type"] == *kind);
    let mut events: Vec<_> = viewer.events.iter().filter(of_explain).cloned().collect();
    // Findings have a Chinese text besides.
    for it in &mut events {
        it.as_object_mut().unwrap().remove("zh");
    }
    assert_eq!(events.len() + 1, lines.len());
    for (event, line) in events.iter().zip(&lines) {
        assert_eq!(event, line);
    }
    // All bytes of each packet, however many.
    let bytes: Vec<_> = viewer.all("bytes").iter().map(|it| it["base64"].as_str().unwrap()).collect();
    let mut reader = Reader::new(capture.as_slice()).unwrap();
    let mut packets = Vec::new();
    while let Some(packet) = reader.next_packet() {
        packets.push(BASE64_STANDARD.encode(packet.bytes));
    }
    assert!(bytes == packets && packets.iter().any(|it| it.len() > 6_000));
    let document: Value = serde_json::from_slice(&saved(&server, &viewer, "wirewalk.json")).unwrap();
    assert_eq!(document, serde_json::from_str::<Value>(&explain(&capture, "--json")).unwrap());
    assert!(saved(&server, &viewer, "wirewalk.html").starts_with(b"<!doctype html>"));
    assert!(saved(&server, &viewer, "wirewalk.mmd").starts_with(b"sequenceDiagram\n"));
}

#[test]
fn an_aborted_connection_is_reset_by_the_server() {
    let server = Server::start(&[]);
    let mut viewer = Viewer::open(server.addr());
    let (mut first, mut second) =
        (viewer.connect(server.addr(), "/echo"), viewer.connect(server.addr(), "/echo"));
    viewer.hears("both", |it| it["type"] == "upgrade" && it["stream"] == 1);
    viewer.wish(0, &json!({ "do": "abort" }));
    let Event::End(record) = next(&mut first) else { panic!("it goes on") };
    assert!(record.received.is_none(), "{record:?}");
    viewer.hears_of("close");
    let close = viewer.all("close")[0];
    assert_eq!(
        (&close["stream"], &close["first"], &close["layer"]),
        (&json!(0), &json!("server"), &json!("rst"))
    );
    // The other one is none the worse for it, until the server closes it.
    second.send_text("still here");
    assert_eq!(second.text(), "still here");
    viewer.wish(1, &json!({ "do": "close", "code": 4000, "reason": "é".repeat(62) }));
    viewer.hears("124 bytes are too many", |it| it["why"] == "reason");
    viewer.events.retain(|it| it["type"] != "refused");
    viewer.wish(1, &json!({ "do": "close", "code": 4000, "reason": "enough" }));
    assert!(
        matches!(next(&mut second), Event::Close(frame) if frame.code().0 == 4000 && frame.reason() == "enough")
    );
    drop(second);
    viewer.hears("the second close", |it| it["type"] == "close" && it["stream"] == 1);
    for (wish, why) in [
        (json!({ "stream": 0, "do": "ping" }), "gone"),
        (json!({ "stream": 9, "do": "abort" }), "gone"),
        (json!({ "do": "abort" }), "not understood"),
        (json!([]), "not understood"),
    ] {
        viewer.client.send_text(&wish.to_string());
        viewer.hears(why, |it| it["type"] == "refused");
        let refused = viewer.events.pop().unwrap();
        assert_eq!(refused["why"], why);
    }
}

#[test]
fn an_experiment_of_the_lab_is_watched_as_any() {
    let server = Server::start(&["--lab"]);
    let mut viewer = Viewer::open(server.addr());
    let mut client = viewer.connect(server.addr(), "/lab/F02");
    while !matches!(next(&mut client), Event::End(_)) {}
    drop(client);
    viewer.hears_of("close");
    let found: Vec<_> = viewer.all("finding").iter().map(|it| it["id"].clone()).collect();
    assert!(found.contains(&json!("F02")), "{found:?}");
    // A script plays it, and knows no other part.
    let mut client = viewer.connect(server.addr(), "/lab/C06");
    viewer.hears("it is open", |it| it["type"] == "upgrade" && it["stream"] == 1);
    viewer.wish(1, &json!({ "do": "ping" }));
    viewer.hears("refused", |it| it["why"] == "script");
    viewer.wish(1, &json!({ "do": "abort" }));
    while !matches!(next(&mut client), Event::End(_)) {}
}

#[test]
fn a_refused_upgrade_is_in_the_feed() {
    let server = Server::start(&[]);
    let mut viewer = Viewer::open(server.addr());
    let target =
        format!("/message?sessionId=6fa459ea-ee8a-4ca4-894e-db77e160355e&userId=1&inspect={}", viewer.key);
    let answer = Client::connect(server.addr(), &target, &[]).unwrap_err();
    assert_eq!(answer.status, 401);
    viewer.hears_of("close");
    assert_eq!(viewer.all("upgrade")[0]["response"]["status"], 401);
}

#[test]
fn what_the_page_draws_comes_from_the_tables() {
    let server = Server::start(&[]);
    let data = get(server.addr(), "/inspect/about").json()["data"].clone();
    assert_eq!(data["lab"], false);
    assert_eq!(
        data["tcp"]["transitions"].as_array().unwrap().len(),
        wirewalk::observe::tcp::TRANSITIONS.len()
    );
    assert_eq!(data["ws"]["transitions"].as_array().unwrap().len(), wirewalk::observe::ws::TRANSITIONS.len());
    assert_eq!(
        data["tcp"]["transitions"][1],
        json!({ "from": "CLOSED", "event": "send SYN", "to": "SYN-SENT", "rfc": "RFC 9293 §3.5" })
    );
    assert_eq!(data["ws"]["states"], json!(["CONNECTING", "OPEN", "CLOSING", "CLOSED"]));
    assert_eq!(Request::new("POST", "/inspect/about").send(server.addr()).status, 405);
}
