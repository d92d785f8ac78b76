//! Exchanges through proxies of others, nginx and haproxy, and through gateways that behave as Envoy does: each is captured
//! on both sides of the proxy as it happens, and `explain` names how it ended, by whom, and why as far as that shows.
//! And the configurations of `docs/deploy.md`, in [`deploy`].

mod deploy;
mod envoy;
mod foreign;
mod haproxy;
mod nginx;
mod vanished;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::PATIENCE;
use crate::support::catch::Catch;
use crate::support::process;
use crate::support::raw::Raw;
use crate::support::server::Server;
use crate::support::temp::TempDir;

/// A server without a heartbeat: `--ping-interval` would keep connections alive.
fn server() -> Server {
    Server::start(&["--ping-interval", "0"])
}

/// Sends `text` and reads its echo.
fn echo(client: &mut Raw, text: &str) {
    client.send(&Raw::frame(0x81, text.as_bytes()));
    let frame = client.frame_within(PATIENCE).expect("an echo");
    assert_eq!(frame.payload, text.as_bytes());
}

/// The explanation of a capture.
fn explain(path: &Path) -> Value {
    let mut explain = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    let exit = process::run(explain.args(["explain", "--json"]).arg(path), PATIENCE);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
    serde_json::from_str(&exit.stdout).expect("JSON")
}

/// The explanation of `count` connections that were caught, each of which ended.
fn explain_caught(mut catch: Catch, count: usize) -> Vec<Value> {
    let directory = TempDir::new();
    let path = directory.join("exchange.pcapng");
    catch.save(&path, count);
    let document = explain(&path);
    assert_eq!(document["file"]["notes"], Value::Array(Vec::new()));
    let connections = document["connections"].as_array().expect("a list").clone();
    assert_eq!(connections.len(), count);
    connections
}

/// Ids of the errors and warnings.
fn alarms(connection: &Value) -> Vec<&str> {
    let findings = connection["findings"].as_array().expect("a list").iter();
    findings.filter(|it| it["severity"] != "info").map(|it| it["id"].as_str().expect("an id")).collect()
}

/// A finding that must be there.
fn finding<'c>(connection: &'c Value, id: &str) -> &'c Value {
    let mut findings = connection["findings"].as_array().expect("a list").iter();
    findings.find(|it| it["id"] == id).unwrap_or_else(|| panic!("no {id}: {}", connection["findings"]))
}

/// The certainty with which a finding's inference begins.
fn certainty(finding: &Value) -> &str {
    finding["inference"].as_str().and_then(|it| it.split_once(':')).expect("a certainty").0
}

/// Asserts that all bytes of each side were read, and as what: `http`, `http_body`, `frames`.
fn assert_read(connection: &Value, client: &[&str], server: &[&str]) {
    for (side, kinds) in [("client", client), ("server", server)] {
        let ranges = connection["coverage"][side].as_array().expect("a list").iter();
        let read: Vec<_> = ranges.map(|it| it["as"].as_str().expect("read, not missing")).collect();
        assert_eq!(read, kinds, "{side}: {}", connection["coverage"]);
    }
}

/// Asserts the verdict: the side that ended it, the layer, and the finding that is the cause.
fn assert_verdict(connection: &Value, ended_by: &str, layer: &str, cause: Option<&str>) {
    let verdict = &connection["close"]["verdict"];
    assert_eq!((&verdict["ended_by"], &verdict["layer"]), (&ended_by.into(), &layer.into()), "{verdict}");
    assert_eq!(verdict["cause"]["finding"].as_str(), cause, "{verdict} {}", connection["findings"]);
}

/// Asserts that the Upgrade was refused, by a finding of this certainty: the client's API reports it, and the
/// program of the server has no WebSocket that could.
fn assert_refused(connection: &Value, id: &str, expected: &str) {
    assert_eq!(certainty(finding(connection, id)), expected, "{connection}");
    let reported = &connection["close"]["reported"];
    let right = (&"1006 wasClean=false".into(), &Value::Null);
    assert_eq!((&reported["client"], &reported["server"]), right, "{connection}");
}
