//! A proxy that is cut off while a WebSocket passes it: nothing comes back from it, not even a RST. Both who connected to
//! it and whom it connected to hear no more of it.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use wirewalk::capture::Checksums;

use super::foreign::Foreign;
use super::{assert_verdict, echo, explain, finding};
use crate::support::catch::Catch;
use crate::support::peer_network::{HERE, INTERFACE, PeerNetwork, THERE};
use crate::support::raw::{End, Raw};
use crate::support::server::Server;
use crate::support::temp::TempDir;

/// Findings that blame the software of one who is out of reach, or know what its API reports.
const BLAME: &[&str] = &["C01", "C02", "C06", "C09", "C13", "F15", "L01", "L05", "L06", "T06", "T07"];

#[test]
#[ignore = "run by tests/run: needs haproxy, network namespaces and the program ip"]
fn a_proxy_that_is_cut_off_has_vanished_for_both_its_sides() {
    let name = "proxies::vanished::a_proxy_that_is_cut_off_has_vanished_for_both_its_sides";
    PeerNetwork::run(name, is_cut_off);
}

fn is_cut_off(network: &PeerNetwork) {
    let listen = format!("{HERE}:0");
    let pings = ["--ping-interval", "1", "--ping-timeout", "3"];
    let server = Server::start(&[&["--listen", &listen, "--host", THERE], &pings[..]].concat());
    let proxy: SocketAddr = format!("{THERE}:8080").parse().unwrap();
    let timeouts = "    timeout client 1m\n    timeout server 1m";
    let _haproxy = Foreign::haproxy_in(network, proxy, timeouts, server.addr());
    let catch = |port| Catch::at(INTERFACE, port, Checksums::Complete);
    let (Some(mut before), Some(mut behind)) = (catch(proxy.port()), catch(server.addr().port())) else {
        return;
    };

    let mut client = Raw::connect(proxy, "/echo");
    echo(&mut client, "Hello");
    network.drop_packets();
    client.send(&Raw::frame(0x81, b"Is anybody there?"));
    assert_eq!(client.rest(Duration::from_secs(9)).end, End::StillOpen);
    let directory = TempDir::new();
    let save = |catch: &mut Catch| {
        let path = directory.join("vanished.pcapng");
        catch.save_open(&path);
        let document = explain(&path);
        assert_eq!(document["connections"].as_array().unwrap().len(), 1, "{document}");
        document["connections"][0].clone()
    };
    let (before, behind) = (save(&mut before), save(&mut behind));

    // The client asks in vain until the capture ends.
    has_vanished(&before, "server");
    assert_verdict(&before, "server", "silence", Some("T12"));
    // The server gives up after pings that nobody answers.
    has_vanished(&behind, "client");
    assert_verdict(&behind, "client", "silence", Some("T12"));
}

/// That side's host is gone, and nothing is claimed of its software.
fn has_vanished(connection: &Value, side: &str) {
    assert_eq!(finding(connection, "T12")["at_fault"], Value::Null, "{connection}");
    let found: Vec<_> =
        connection["findings"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert!(!found.iter().any(|id| BLAME.contains(id)), "{found:?}");
    assert!(connection["close"]["reported"][side].is_null(), "{}", connection["close"]);
}
