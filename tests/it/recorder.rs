//! `serve --capture`: the server's own connections, by packets and by socket events.

mod broken;
mod content;
mod findings;
mod privilege;
mod wireshark;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use wirewalk::capture::{CaptureOptions, Checksums, PacketSocket};

use crate::support::PATIENCE;
use crate::support::process;
use crate::support::server::Server;
use crate::support::skip::skipped;

const FILE: &str = "live.pcapng";

/// A server that captures by these means, in its own directory.
fn capturing(mode: &str) -> Server {
    Server::start(&["--capture", FILE, "--capture-mode", mode, "--ping-interval", "0"])
}

fn capture_of(server: &Server) -> PathBuf {
    server.dir().join(FILE)
}

/// Stops it; the capture is then whole.
fn stop(server: &mut Server) -> process::Exit {
    server.signal("TERM");
    let exit = server.wait_exit(PATIENCE);
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    exit
}

/// The means that can be used here: packets take a privilege.
fn modes() -> Vec<&'static str> {
    let watch = CaptureOptions { interface: "lo".to_owned(), port: 1, checksums: Checksums::AsIs };
    match PacketSocket::open(watch) {
        Ok(_) => vec!["packet", "socket"],
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            skipped("capturing packets needs CAP_NET_RAW");
            vec!["socket"]
        }
        Err(error) => panic!("{error}"),
    }
}

/// Output of `explain --json` for a capture.
fn explained(path: &Path) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    let exit = process::run(command.args(["explain", "--json"]).arg(path), PATIENCE);
    assert_eq!(exit.code, Some(0), "{}: {}", path.display(), exit.stderr);
    serde_json::from_str(&exit.stdout).unwrap()
}

fn connections(document: &Value) -> &[Value] {
    document["connections"].as_array().unwrap()
}

/// The frames of a connection: who sent them, what they are, how long, and the digest.
fn frames(connection: &Value) -> Vec<(String, String, u64, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let frame = |it: &Value| {
        let length = it["length"].as_u64().unwrap();
        (text(&it["from"]), text(&it["opcode"]), length, text(&it["payload_sha256"]))
    };
    connection["frames"].as_array().unwrap().iter().map(frame).collect()
}
