//! `/echo` judged by the Autobahn suite and by the WebSocket clients that people use.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::support::process::{self, Exit};
use crate::support::server::Server;

/// One of `tests/tools`.
fn tool(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools").join(name)
}

/// An echo server that sends nothing of its own accord: the suite counts every frame. The page of the client that is a
/// browser comes from another port.
fn echo() -> Server {
    Server::start(&["--ping-interval", "0", "--allow-origin", "http://127.0.0.1:*"])
}

fn run(command: &mut Command, server: &Server) -> Exit {
    let exit = process::run(command, Duration::from_mins(20));
    // For the log of tests/run, which shows what a test printed.
    println!("{}", exit.stdout);
    assert_eq!(exit.code, Some(0), "{}\n{}\nserver: {}", exit.stdout, exit.stderr, server.log());
    exit
}

#[test]
#[ignore = "run by tests/run: needs Python"]
fn all_autobahn_cases_pass_strictly() {
    let server = echo();
    let url = format!("ws://{}/echo", server.addr());
    // Sections 12 and 13 are permessage-deflate, which is not offered.
    let exit = run(
        Command::new(tool("autobahn.py")).args(["server", &url, "-p", "2", "-x", "12.*", "-x", "13.*"]),
        &server,
    );
    assert!(exit.stdout.contains("301 of 301 Autobahn cases pass"), "{}", exit.stdout);
}

#[test]
#[ignore = "run by tests/run: needs Python, Node.js, Java and Chromium"]
fn clients_of_others_are_served() {
    let server = echo();
    let url = format!("ws://{}/echo", server.addr());
    let exit = run(Command::new(tool("clients/all.sh")).arg(url), &server);
    assert!(exit.stdout.contains(" 0 failed, 0 not installed"), "{}", exit.stdout);
}
