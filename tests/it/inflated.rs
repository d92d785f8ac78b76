//! Compressed messages, as the applications got them (RFC 7692): in a real capture, and where one cannot be inflated.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use wirewalk::capture::TcpEndpoint;
use wirewalk::wire::Side::{Client, Server};

use crate::support::PATIENCE;
use crate::support::corpus;
use crate::support::process;
use crate::support::script::Script;
use crate::support::temp::TempDir;

const REQUEST: &[u8] = b"GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
const RESPONSE: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
    Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";

fn messages(capture: &Path) -> Value {
    let mut explain = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    let exit = process::run(explain.args(["explain", "--json"]).arg(capture), PATIENCE);
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    let mut document: Value = serde_json::from_str(&exit.stdout).unwrap();
    document["connections"][0]["messages"].take()
}

fn sha256(bytes: &[u8]) -> String {
    <[u8; 32]>::from(Sha256::digest(bytes)).map(|byte| format!("{byte:02x}")).concat()
}

#[test]
fn compressed_messages_are_shown_as_the_applications_got_them() {
    let captures = corpus::of_others();
    if captures.is_empty() {
        return;
    }
    let is_it = |path: &PathBuf| path.ends_with("ws-compressed.pcap");
    let capture = captures.into_iter().find(is_it).expect("ws-compressed.pcap in the corpus");
    let message = |from, frame, text: &str| {
        json!({
            "from": from, "kind": "text", "frames": [frame], "length": text.len(), "compressed": true,
            "sha256": sha256(text.as_bytes()), "preview": format!("{}…", &text[..128]),
        })
    };
    let expected = [
        message("client", 0, &"Hello_Zeek_Analyzer_".repeat(50)),
        message("server", 1, &"Zeek_WebSocket_Test_String_".repeat(50)),
    ];
    assert_eq!(messages(&capture), Value::from_iter(expected));
}

#[test]
fn a_message_that_cannot_be_inflated_has_no_length_and_no_hash() {
    let end = |address: &str| TcpEndpoint::linux(address.parse().unwrap(), 7);
    let mut script = Script::between(end("192.0.2.7:51234"), end("198.51.100.1:9001"));
    script.handshake();
    for (from, bytes) in [
        (Client, REQUEST),
        (Server, RESPONSE),
        (Server, b"\xC1\x07\xF2\x48\xCD\xC9\xC9\x07\x00"),
        // The same again, and a block that ends too early.
        (Server, b"\xC1\x05\xF2\x00\x11\x00\x00"),
        (Server, b"\xC1\x04\xF2\x48\xCD\xC9"),
        (Server, b"\xC1\x07\xF2\x48\xCD\xC9\xC9\x07\x00"),
        (Server, b"\x81\x05Hello"),
    ] {
        script.write(from, bytes);
    }
    let dir = TempDir::new();
    let capture = dir.join("made.pcapng");
    script.save(&capture);
    let hash = sha256(b"Hello");
    let message = |frame, compressed, length, sha256, preview| {
        json!({
            "from": "server", "kind": "text", "frames": [frame], "length": length, "compressed": compressed,
            "sha256": sha256, "preview": preview,
        })
    };
    let expected = [
        message(0, true, Some(5), Some(&hash), Some("Hello")),
        message(1, true, Some(5), Some(&hash), Some("Hello")),
        message(2, true, None, None, Some("Hel…")),
        message(3, true, None, None, None),
        message(4, false, Some(5), Some(&hash), Some("Hello")),
    ];
    assert_eq!(messages(&capture), Value::from_iter(expected));
}
