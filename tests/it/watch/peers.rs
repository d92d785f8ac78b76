//! Node's `ws` against Python's `websockets`: handshake, frames and close are printed as they happen.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::Watching;
use crate::oracle::peers::{self, Peer, Serving};
use crate::support::process::{self, Collected};
use crate::support::{PATIENCE, wait_until};

#[test]
#[ignore = "run by tests/run: needs python3, Node.js and the network for their packages"]
fn a_connection_of_node_and_python_is_printed_while_it_is_open() {
    peers::install();
    let serving = Serving::start(Peer::Python, "plain");
    let Some(mut text) = Watching::start(serving.port, &[]) else { return };
    let mut lines = Watching::start(serving.port, &["--ndjson"]).unwrap();

    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/watch/client.js");
    let mut node = Command::new("node");
    node.args([script, &serving.port.to_string()]).current_dir(peers::cache());
    let mut node = node.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let answers = Collected::from(node.stdout.take().unwrap());
    let mut to_node = node.stdin.take().unwrap();
    let answered = |line: &str| wait_until(line, PATIENCE, || answers.text().lines().any(|it| it == line));

    // Nothing is told to the client before what came of the last is read from the narration.
    answered("open");
    text.line(&["[0] ", "SYN seq=0", "SYN-SENT"]);
    text.line(&["GET /told  Upgrade: websocket", "ws CONNECTING"]);
    text.line(&["101 Switching Protocols  Accept ✓", "ws OPEN"]);
    lines.line(&[r#""type":"upgrade""#, r#""accept_ok":true"#]);
    text.has_not(&["TEXT"]);
    for message in ["hello ✓", "and again"] {
        text.has_not(&[message]);
        lines.has_not(&[message]);
        writeln!(to_node, "text {message}").unwrap();
        answered(&format!("answer {message}"));
        text.line(&[&format!("══TEXT \"{message}\""), "masked", "▶"]);
        text.line(&[&format!("◀═TEXT \"{message}\"")]);
        for from in ["client", "server"] {
            let words = [r#""type":"frame""#, &format!(r#""from":"{from}""#), message];
            lines.line(&words);
        }
        text.has_not(&["═CLOSE", "In words"]);
    }
    writeln!(to_node, "close 4001 goes home").unwrap();
    answered("closed 4001");
    text.line(&["══CLOSE 4001 \"goes home\"", "ws CLOSING"]);
    text.line(&["◀═CLOSE 4001"]);
    text.line(&["[0] ", "The client closed first: its Close frame 4001"]);
    lines.line(&[r#""opcode":"close""#, r#""from":"server""#]);
    drop(to_node);
    let status = process::wait(&mut node, PATIENCE).expect("it ends");
    assert!(status.success(), "{}", answers.text());

    for watching in [&mut text, &mut lines] {
        watching.signal("INT");
        let exit = watching.end();
        assert_eq!(exit.code, Some(130), "{exit:?}");
        assert!(exit.stderr.ends_with(", 0 dropped\n"), "{}", exit.stderr);
    }
    println!("Node and Python, told line by line while they talked:\n{}", text.stdout.text());
}
