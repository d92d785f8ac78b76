//! A client that loses its network while it is connected: its address is taken away in a network namespace of its own,
//! so nothing comes back, not even a RST. The server captures itself.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::support::PATIENCE;
use crate::support::process;
use crate::support::server::Server;
use crate::support::skip::skipped;
use crate::support::temp::TempDir;

/// Set where the test runs again, in a network of its own: the process that holds the client's network.
const INSIDE: &str = "VANISHED_TEST_CLIENT_NETWORK";

const SCRIPT: &str = r#"
    ip link set lo up || exit 98
    unshare --net sleep 100 & holder=$!
    within() { nsenter --net=/proc/$holder/ns/net "$@"; }
    until [ "$(readlink /proc/$holder/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
    ip link add vs type veth peer name vc netns $holder &&
    ip address add 10.8.0.1/24 dev vs && ip link set vs up &&
    within ip address add 10.8.0.2/24 dev vc && within ip link set vc up || { kill $holder; exit 98; }
    # The server's kernel must send to an address that nobody has any more, and not ask for it first.
    ether=$(within ip -o link show vc | sed 's/.*ether \([^ ]*\).*/\1/')
    ip neighbour replace 10.8.0.2 lladdr "$ether" dev vs nud permanent
    VANISHED_TEST_CLIENT_NETWORK=$holder "$0" "$@"
    status=$?
    kill $holder
    exit $status
"#;

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
    if let Some(holder) = std::env::var_os(INSIDE) {
        loses_its_network(holder.to_str().expect("a number"));
        return;
    }
    let test = ["--exact", "capture::vanished::a_client_that_loses_its_network_has_vanished", "--ignored"];
    let own = std::env::current_exe().unwrap();
    let inside = |how: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(how).args(["bash", "-c", SCRIPT]).arg(&own).args(test).arg("--nocapture");
        process::run(&mut command, Duration::from_mins(1))
    };
    // As root the machine may withhold user namespaces, and as anyone else network namespaces without one.
    let mut exit = inside(&["--net"]);
    if exit.stderr.contains("unshare failed") {
        exit = inside(&["--user", "--map-root-user", "--net"]);
    }
    if exit.stderr.contains("unshare failed") || exit.code == Some(98) {
        skipped(&format!(
            "two networks with a cable between them cannot be had here: {}",
            exit.stderr.trim()
        ));
        return;
    }
    assert_eq!(exit.code, Some(0), "{}\n{}", exit.stdout, exit.stderr);
    assert!(exit.stdout.contains("1 passed"), "{}", exit.stdout);
}

fn loses_its_network(holder: &str) {
    let directory = TempDir::new();
    let file = directory.path().join("vanished.pcapng");
    let path = file.to_str().expect("a path in UTF-8");
    let mut server = Server::builder()
        .args(&["--listen", "10.8.0.1:0", "--capture", path, "--capture-mode", "packet"])
        .args(&["--ping-interval", "1", "--ping-timeout", "5"])
        .start();
    let mut client = Command::new("nsenter");
    client.arg(format!("--net=/proc/{holder}/ns/net")).args(["bash", "-c", CLIENT]);
    let exit = process::run(client.arg(server.addr().port().to_string()), PATIENCE);
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
}
