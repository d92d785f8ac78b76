//! A client that loses its network while it is connected: its address is taken away in a network namespace of its own,
//! so nothing comes back, not even a RST. The server captures itself.

use std::process::Command;

use serde_json::Value;

use crate::support::PATIENCE;
use crate::support::peer_network::PeerNetwork;
use crate::support::process;
use crate::support::server::Server;
use crate::support::temp::TempDir;

/// A client that shakes hands, and then has no address any more.
const CLIENT: &str = r#"
    exec 3<>/dev/tcp/10.8.0.1/$0 &&
    printf 'GET /echo HTTP/1.1\r\nHost: 10.8.0.1:%s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' "$0" >&3 &&
    printf 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n' >&3 &&
    head -n 1 <&3 && ip address del 10.8.0.2/24 dev vc && sleep 9
"#;

#[test]
#[ignore = "run by tests/run: needs network namespaces and the program ip"]
fn a_client_that_loses_its_network_has_vanished() {
    let name = "capture::vanished::a_client_that_loses_its_network_has_vanished";
    PeerNetwork::run(name, loses_its_network);
}

fn loses_its_network(network: &PeerNetwork) {
    let directory = TempDir::new();
    let file = directory.path().join("vanished.pcapng");
    let path = file.to_str().expect("a path in UTF-8");
    let mut server = Server::builder()
        .args(&["--listen", "10.8.0.1:0", "--capture", path, "--capture-mode", "packet"])
        .args(&["--ping-interval", "1", "--ping-timeout", "5"])
        .start();
    let mut client = network.command("bash");
    let exit = process::run(client.args(["-c", CLIENT]).arg(server.addr().port().to_string()), PATIENCE);
    assert_eq!(
        (exit.code, exit.stdout.trim()),
        (Some(0), "HTTP/1.1 101 Switching Protocols"),
        "{}",
        exit.stderr
    );
    server.signal("TERM");
    assert_eq!(server.wait_exit(PATIENCE).code, Some(0));

    let mut explain = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    let exit = process::run(explain.args(["explain", "--json"]).arg(&file), PATIENCE);
    let document: Value = serde_json::from_str(&exit.stdout).expect(&exit.stderr);
    let connection = &document["connections"][0];
    let found: Vec<_> =
        connection["findings"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert!(found.contains(&"T12"), "{found:?} {connection}");
    // Nothing shows that the client's software is at fault, or what its API reports.
    assert!(!found.iter().any(|id| ["C01", "C02", "C06", "F15", "L05", "T06"].contains(id)), "{found:?}");
    assert!(connection["close"]["reported"]["client"].is_null(), "{connection}");
    let verdict = &connection["close"]["verdict"];
    assert_eq!(
        (&verdict["layer"], &verdict["cause"]["finding"]),
        (&"silence".into(), &"T12".into()),
        "{verdict}"
    );
}
