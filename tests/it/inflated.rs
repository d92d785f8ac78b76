//! Compressed messages of a real capture, as the applications got them (RFC 7692).

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::PATIENCE;
use crate::support::process;

#[test]
fn messages_of_a_capture_are_told_as_the_applications_got_them() {
    let beside = || concat!(env!("CARGO_MANIFEST_DIR"), "/../shared").into();
    let shared = PathBuf::from(std::env::var_os("WIREWALK_SHARED").unwrap_or_else(beside));
    let file = shared.join("corpus/ws-compressed.pcap");
    if !file.exists() {
        println!("skipped: no {} (set WIREWALK_SHARED)", file.display());
        return;
    }
    let mut explain = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    let exit = process::run(explain.args(["explain", "--json"]).arg(&file), PATIENCE);
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    let document: Value = serde_json::from_str(&exit.stdout).unwrap();
    let message = |from, frame, text: &str| {
        let sha256 = <[u8; 32]>::from(Sha256::digest(text)).map(|byte| format!("{byte:02x}")).concat();
        json!({
            "from": from, "kind": "text", "frames": [frame], "length": text.len(), "compressed": true,
            "sha256": sha256, "preview": format!("{}…", &text[..128]),
        })
    };
    let expected = [
        message("client", 0, &"Hello_Zeek_Analyzer_".repeat(50)),
        message("server", 1, &"Zeek_WebSocket_Test_String_".repeat(50)),
    ];
    assert_eq!(document["connections"][0]["messages"], Value::from_iter(expected));
}
