//! nginx before our server: its idle timeout, and what it forwards where it is not told to forward the Upgrade.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::foreign::Foreign;
use super::{
    alarms, assert_read, assert_refused, assert_verdict, certainty, echo, explain_caught, finding, server,
};
use crate::support::PATIENCE;
use crate::support::catch::Catch;
use crate::support::raw::{End, Raw};

/// The lines that a WebSocket needs.
const UPGRADE: &str = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
                       proxy_set_header Connection \"upgrade\";";

/// Opens `count` connections at different times, which echo and then are silent until nginx ends them; gives what is
/// explained on the client's side of nginx, and on the server's.
fn silence(count: usize, timeout: Option<u64>) -> Option<[Vec<serde_json::Value>; 2]> {
    let server = server();
    let timeout_line = timeout.map(|seconds| format!("proxy_read_timeout {seconds}s;")).unwrap_or_default();
    let nginx = Foreign::nginx(&format!("proxy_pass http://{}; {UPGRADE} {timeout_line}", server.addr()));
    let (before, behind) = (Catch::on(nginx.port)?, Catch::on(server.addr().port())?);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, nginx.port));
    let mut clients: Vec<_> = (0..count)
        .map(|_| {
            std::thread::sleep(Duration::from_millis(700));
            let mut client = Raw::connect(address, "/echo");
            echo(&mut client, "Hello");
            client
        })
        .collect();
    for client in &mut clients {
        let rest = client.rest(Duration::from_secs(timeout.unwrap_or(60)) + PATIENCE);
        assert_eq!((rest.frames.len(), rest.end), (0, End::Fin));
    }
    drop(clients);
    Some([explain_caught(before, count), explain_caught(behind, count)])
}

#[test]
#[ignore = "run by tests/run: needs nginx"]
fn connections_that_nginx_ends_after_a_silence_show_a_timeout() {
    let Some([before, behind]) = silence(4, Some(6)) else { return };
    for (connections, ended_by) in [(&before, "server"), (&behind, "client")] {
        for connection in connections {
            assert_eq!(alarms(connection), ["C01", "L05"], "{connection}");
            assert_read(connection, &["http", "frames"], &["http", "frames"]);
            assert_verdict(connection, ended_by, "fin", Some("L05"));
            assert_eq!(finding(connection, "C01")["at_fault"], ended_by);
            assert!(finding(connection, "L05")["fact"].as_str().unwrap().contains("6.0"), "{connection}");
        }
        // From the third one on it is no coincidence: they ended at different times.
        let certainties: Vec<_> = connections.iter().map(|it| certainty(finding(it, "L05"))).collect();
        assert_eq!(certainties, ["Possible", "Possible", "Likely", "Likely"]);
    }
}

#[test]
#[ignore = "run by tests/run: needs nginx"]
fn a_connection_that_nginx_ends_once_after_a_silence_may_have_other_reasons() {
    let Some([before, _]) = silence(1, Some(5)) else { return };
    assert_eq!(certainty(finding(&before[0], "L05")), "Possible");
    assert_verdict(&before[0], "server", "fin", Some("L05"));
}

/// The default of nginx; takes longer than a minute: `WIREWALK_LONG=1`.
#[test]
#[ignore = "run by tests/run: needs nginx"]
fn the_default_of_nginx_is_known() {
    if std::env::var_os("WIREWALK_LONG").is_none() {
        return;
    }
    let Some(both) = silence(3, None) else { return };
    for connection in both.iter().flatten() {
        assert_eq!(alarms(connection), ["C01", "L01"], "{connection}");
        let known = finding(connection, "L01");
        assert!(known["inference"].as_str().unwrap().contains("nginx"), "{known}");
    }
}

#[test]
#[ignore = "run by tests/run: needs nginx"]
fn an_upgrade_that_nginx_does_not_forward_is_found_behind_it() {
    let server = server();
    let nginx = Foreign::nginx(&format!("proxy_pass http://{};", server.addr()));
    let (Some(before), Some(behind)) = (Catch::on(nginx.port), Catch::on(server.addr().port())) else {
        return;
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, nginx.port));
    let mut client = Raw::tcp(address);
    client.send(Raw::request(address, "/echo").as_bytes());
    let head = client.bytes(Duration::from_secs(1)).0;
    client.finish();
    assert_eq!(client.bytes(PATIENCE).1, End::Fin);
    let head = String::from_utf8_lossy(&head).into_owned();
    drop(client);
    let (before, behind) = (explain_caught(before, 1).remove(0), explain_caught(behind, 1).remove(0));
    assert!(head.starts_with("HTTP/1.1 426 "), "{head}");

    // Before it: a refusal that a proxy wrote or passed on, and no more.
    assert_eq!(alarms(&before), ["H01"], "{before}");
    assert_refused(&before, "H01", "Possible");
    assert_verdict(&before, "client", "fin", Some("H01"));
    // Behind it: what it left out of the request.
    assert_eq!(alarms(&behind), ["H01", "H02"], "{behind}");
    let stripped = finding(&behind, "H01");
    assert_refused(&behind, "H01", "Likely");
    assert!(stripped["fact"].as_str().unwrap().ends_with("no Upgrade: websocket"), "{stripped}");
    // Both ends close then, and either may come first.
    assert_eq!(behind["close"]["verdict"]["cause"]["finding"], "H01", "{behind}");
    for connection in [&before, &behind] {
        assert_read(connection, &["http"], &["http", "http_body"]);
    }
}
