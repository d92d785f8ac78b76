//! Each event is printed before the next one happens.

use std::fs;

use super::{Watching, explained, serve};
use crate::support::temp::TempDir;
use crate::support::ws::Client;

#[test]
fn a_connection_is_printed_while_it_is_open() {
    let server = serve();
    let port = server.addr().port();
    let dir = TempDir::new();
    let saved = dir.join("saved.pcapng");
    let args = ["-w", saved.to_str().unwrap()];
    let Some(mut text) = Watching::start(port, &args) else { return };
    let mut lines = Watching::start(port, &["--ndjson"]).unwrap();

    let mut client = Client::connect(server.addr(), "/echo", &[]).unwrap();
    text.line(&["[0] ", "SYN seq=0", "SYN-RECEIVED"]);
    text.line(&["[0] ", "GET /echo  Upgrade: websocket", "ws CONNECTING"]);
    text.line(&["│ Sec-WebSocket-Key: "]);
    text.line(&["101 Switching Protocols  Accept ✓", "ws OPEN"]);
    text.line(&["SHA-1 of both"]);
    lines.line(&[r#""type":"upgrade","stream":0"#, r#""accept_ok":true"#]);
    text.has_not(&["TEXT", "CLOSE 1"]);
    lines.has_not(&[r#""type":"frame""#]);

    client.send_text("first ✓");
    client.text();
    text.line(&["TEXT \"first ✓\" 9 B masked", "▶"]);
    text.line(&["◀═TEXT \"first ✓\" 9 B═"]);
    lines.line(&[r#""type":"frame""#, r#""from":"server""#, r#""preview":"first ✓""#]);
    text.has_not(&["second"]);

    // A second connection, between the first one's packets.
    let mut other = Client::connect(server.addr(), "/echo", &[]).unwrap();
    other.send_text("second");
    other.text();
    text.line(&["[1] ", "TEXT \"second\" 6 B masked"]);
    lines.line(&[r#""type":"frame","stream":1"#, r#""preview":"second""#]);
    text.has_not(&["═CLOSE", "In words"]);
    lines.has_not(&[r#""type":"close""#]);

    client.end();
    drop(client);
    text.line(&["[0] ", "CLOSE 1000", "ws CLOSING"]);
    text.line(&["[0]  In words"]);
    text.line(&["[0] ", "The client closed first: its Close frame 1000"]);
    lines.line(&[r#""type":"packet","stream":0"#, "FIN"]);
    text.has_not(&["[1]  In words"]);

    for watching in [&mut text, &mut lines] {
        watching.signal("INT");
    }
    let (text, lines) = (text.end(), lines.end());
    assert_eq!((text.code, lines.code), (Some(130), Some(130)));
    let open = "[1]    It is still open where the capture ends.";
    assert!(text.stdout.contains(open), "{}", text.stdout);
    assert_eq!(text.stdout.matches("In words").count(), 2);
    assert!(lines.stdout.contains(r#""type":"close","stream":1,"first":null"#), "{}", lines.stdout);
    let last = lines.stdout.lines().last().unwrap();
    assert!(last.starts_with(r#"{"type":"file""#) && last.contains(r#""format":"live""#), "{last}");
    let summary = text.stderr.lines().last().unwrap();
    assert!(summary.ends_with(" packets, 0 dropped"), "{summary}");

    // What was saved is what was told, with comments.
    let document = explained(&saved);
    let connections = document["connections"].as_array().unwrap();
    assert_eq!(connections.len(), 2);
    assert_eq!(connections[0]["close"]["clean"], true);
    assert_eq!(summary, format!("wirewalk: {} packets, 0 dropped", document["file"]["packets"]));
    let bytes = fs::read(&saved).unwrap();
    let comment = b"[wirewalk] close code 1000";
    assert!(bytes.windows(comment.len()).any(|window| window == comment));
}

#[test]
fn a_connection_opened_before_watch_is_printed_from_its_middle_on() {
    let server = serve();
    let mut client = Client::connect(server.addr(), "/echo", &[]).unwrap();
    client.send_text("unseen");
    client.text();
    let Some(mut watching) = Watching::start(server.addr().port(), &["--lang", "zh", "--ascii"]) else {
        return;
    };
    client.send_text("seen");
    client.text();
    watching.line(&["抓包从连接中途开始"]);
    watching.line(&["TEXT \"seen\"", "==>"]);
    watching.has_not(&["unseen", "▶"]);
    watching.signal("TERM");
    let exit = watching.end();
    assert_eq!(exit.code, Some(0), "{exit:?}");
    assert!(exit.stdout.contains("解读"), "{}", exit.stdout);
    let [begins, .., counted] = exit.stderr.lines().collect::<Vec<_>>()[..] else { panic!("{exit:?}") };
    assert!(begins.starts_with("wirewalk: 正在抓 lo 上 TCP 端口 "), "{begins}");
    assert!(counted.starts_with("wirewalk: 抓到 ") && counted.ends_with(" 个包，丢弃 0 个"), "{counted}");
}

#[test]
fn json_and_mermaid_are_printed_at_the_end() {
    let server = serve();
    let port = server.addr().port();
    let dir = TempDir::new();
    let [document, diagram, quiet] = ["a.json", "a.mmd", "a.pcapng"].map(|name| dir.join(name));
    let mut watchers = Vec::new();
    for out in [&document, &diagram, &quiet] {
        let Some(watching) = Watching::start(port, &["-o", out.to_str().unwrap(), "--stream", "1"]) else {
            return;
        };
        watchers.push(watching);
    }
    for message in ["one", "two"] {
        let mut client = Client::connect(server.addr(), "/echo", &[]).unwrap();
        client.send_text(message);
        client.text();
        client.end();
    }
    for watching in &mut watchers {
        watching.signal("TERM");
        let exit = watching.end();
        assert_eq!((exit.code, exit.stdout.as_str()), (Some(0), ""), "{exit:?}");
    }
    let document: serde_json::Value = serde_json::from_slice(&fs::read(&document).unwrap()).unwrap();
    let connections = document["connections"].as_array().unwrap();
    assert_eq!((connections.len(), &connections[0]["stream"]), (1, &1.into()), "the one asked for");
    assert_eq!(connections[0]["messages"][0]["preview"], "two");
    assert_eq!(document["file"]["format"], "live");
    let diagram = fs::read_to_string(&diagram).unwrap();
    assert!(diagram.starts_with("sequenceDiagram") && diagram.contains("two") && !diagram.contains("one\""));
    assert_eq!(explained(&quiet)["connections"].as_array().unwrap().len(), 2, "the file has all packets");
}
