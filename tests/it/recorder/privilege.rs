//! The printed capture mode, and the command that allows the better one.

use super::{capture_of, connections, explained, modes, stop};
use crate::support::PATIENCE;
use crate::support::process;
use crate::support::server::Server;
use crate::support::temp::TempDir;
use crate::support::ws::Client;

/// One echo; what the server printed.
fn echo(mut server: Server) -> String {
    let mut client = Client::connect(server.addr(), "/echo", &[]).unwrap();
    client.send_text("hello");
    client.text();
    client.end();
    let exit = stop(&mut server);
    let document = explained(&capture_of(&server));
    assert_eq!(connections(&document)[0]["messages"].as_array().unwrap().len(), 2);
    exit.stderr
}

#[test]
fn the_capture_mode_is_printed() {
    let server = || Server::builder().args(&["--capture", super::FILE]);
    if modes().contains(&"packet") {
        assert!(echo(server().start()).contains("the packets of interface lo"));
    }
    let without = echo(server().unprivileged().start());
    assert!(without.contains("what the sockets do"), "{without}");
    assert!(without.contains("Operation not permitted"), "{without}");
    let command = format!("sudo setcap cap_net_raw+ep {}", env!("CARGO_BIN_EXE_wirewalk"));
    assert!(without.contains(&command), "{without}");
    let asked = echo(server().args(&["--capture-mode", "socket"]).start());
    assert!(asked.contains("--capture-mode auto takes the real ones"), "{asked}");
}

#[test]
fn packet_mode_requires_a_privilege() {
    let dir = TempDir::new();
    let mut command = process::unprivileged(env!("CARGO_BIN_EXE_wirewalk"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--capture", super::FILE, "--capture-mode", "packet"]);
    let exit = process::run(command.current_dir(dir.path()), PATIENCE);
    assert_eq!((exit.code, exit.stdout.as_str()), (Some(2), ""));
    let sentence = exit.stderr.lines().last().unwrap();
    assert!(sentence.starts_with("wirewalk: packets cannot be captured: "), "{sentence}");
    assert!(sentence.contains("sudo setcap cap_net_raw+ep"), "{sentence}");
    assert!(!dir.join(super::FILE).exists());
}
