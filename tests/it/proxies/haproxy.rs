//! haproxy before our server: its timeouts, and what it answers itself.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde_json::Value;

use super::foreign::{Foreign, free_port};
use super::{
    alarms, assert_read, assert_refused, assert_verdict, certainty, echo, explain_caught, finding, server,
};
use crate::support::PATIENCE;
use crate::support::catch::Catch;
use crate::support::raw::{End, Raw};

/// Opens four connections at different times, which echo and then are silent until haproxy ends them; gives what is
/// explained on the client's side of haproxy, and on the server's.
fn silence(timeouts: &str) -> Option<[Vec<Value>; 2]> {
    let server = server();
    let haproxy = Foreign::haproxy(timeouts, server.addr());
    let (before, behind) = (Catch::on(haproxy.port)?, Catch::on(server.addr().port())?);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, haproxy.port));
    let open = |_| {
        std::thread::sleep(Duration::from_millis(700));
        let mut client = Raw::connect(address, "/echo");
        echo(&mut client, "Hello");
        client
    };
    for mut client in (0..4).map(open).collect::<Vec<_>>() {
        let rest = client.rest(PATIENCE);
        assert_eq!((rest.frames.len(), rest.end), (0, End::Fin));
    }
    Some([explain_caught(before, 4), explain_caught(behind, 4)])
}

/// It closes the socket of its client; `layer` and `id` are those of the server's.
fn assert_silences([before, behind]: [Vec<Value>; 2], layer: &str, id: &str) {
    for (connections, ended_by, layer, id) in
        [(before, "server", "fin", "C01"), (behind, "client", layer, id)]
    {
        for connection in &connections {
            assert_eq!(alarms(connection), [id, "L05"], "{connection}");
            assert_read(connection, &["http", "frames"], &["http", "frames"]);
            assert_verdict(connection, ended_by, layer, Some("L05"));
        }
        // From the third one on it is no coincidence: they ended at different times.
        let certainties: Vec<_> = connections.iter().map(|it| certainty(finding(it, "L05"))).collect();
        assert_eq!(certainties, ["Possible", "Possible", "Likely", "Likely"]);
    }
}

#[test]
#[ignore = "run by tests/run: needs haproxy"]
fn connections_that_end_by_timeout_tunnel_show_a_timeout() {
    let timeouts = "    timeout client 30s\n    timeout server 30s\n    timeout tunnel 6s";
    if let Some(both) = silence(timeouts) {
        assert_silences(both, "rst", "C02");
    }
}

#[test]
#[ignore = "run by tests/run: needs haproxy"]
fn connections_that_end_by_timeout_client_show_a_timeout() {
    if let Some(both) = silence("    timeout client 6s\n    timeout server 30s") {
        assert_silences(both, "fin", "C01");
    }
}

/// Nobody is silent for long, and the capture does not show that a process was killed.
#[test]
#[ignore = "run by tests/run: needs haproxy"]
fn a_killed_haproxy_ends_both_its_connections_without_a_close_frame() {
    let server = server();
    let haproxy = Foreign::haproxy("    timeout client 30s\n    timeout server 30s", server.addr());
    let (Some(before), Some(behind)) = (Catch::on(haproxy.port), Catch::on(server.addr().port())) else {
        return;
    };
    let mut client = Raw::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, haproxy.port)), "/echo");
    echo(&mut client, "Hello");
    drop(haproxy);
    assert_eq!(client.rest(PATIENCE).end, End::Fin);
    drop(client);
    for (catch, ended_by) in [(before, "server"), (behind, "client")] {
        let connection = explain_caught(catch, 1).remove(0);
        assert_eq!(alarms(&connection), ["C01"], "{connection}");
        assert_read(&connection, &["http", "frames"], &["http", "frames"]);
        assert_verdict(&connection, ended_by, "fin", None);
    }
}

/// What haproxy itself answers to `request`, and how that is explained.
fn refusal(request: impl Fn(SocketAddr) -> String) -> Option<Value> {
    let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
    let haproxy = Foreign::haproxy("    timeout client 5s\n    timeout server 5s", nobody);
    let catch = Catch::on(haproxy.port)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, haproxy.port));
    let mut client = Raw::tcp(address);
    client.send(request(address).as_bytes());
    assert_ne!(client.bytes(PATIENCE).1, End::StillOpen);
    drop(client);
    Some(explain_caught(catch, 1).remove(0))
}

#[test]
#[ignore = "run by tests/run: needs haproxy"]
fn a_haproxy_without_a_server_refuses_with_503() {
    let Some(connection) = refusal(|to| Raw::request(to, "/echo")) else { return };
    // It tries for three seconds first.
    assert_eq!(alarms(&connection), ["H17", "H10"], "{connection}");
    assert_refused(&connection, "H10", "Likely");
    assert_read(&connection, &["http"], &["http", "http_body"]);
    assert_verdict(&connection, "server", "fin", Some("H10"));
}

#[test]
#[ignore = "run by tests/run: needs haproxy"]
fn a_request_that_haproxy_cannot_read_is_refused_with_400() {
    let broken = |to| Raw::request(to, "/echo").replace("\r\n\r\n", "\r\nX Y: no name has a space\r\n\r\n");
    let Some(connection) = refusal(broken) else { return };
    assert_eq!(alarms(&connection), ["H10"], "{connection}");
    assert_refused(&connection, "H10", "Possible");
    assert_read(&connection, &["http"], &["http", "http_body"]);
    assert_verdict(&connection, "server", "fin", Some("H10"));
}
