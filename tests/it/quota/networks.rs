//! Without a proxy: networks of a private network, in which addresses are not those of a loopback.

use std::net::{IpAddr, SocketAddr};
use std::process::Command;
use std::time::Duration;

use super::{echo, is_served, over_quota, register, tcp_from};
use crate::support::process;
use crate::support::raw::End;
use crate::support::server::Server;
use crate::support::{PATIENCE, wait_until};

/// Set where the test runs again, in a network of its own.
const INSIDE: &str = "QUOTA_TEST_IS_INSIDE";

const SCRIPT: &str = r#"
    ip link set lo up &&
    ip address add 10.9.0.1/24 dev lo && ip address add 10.9.0.2/24 dev lo &&
    for address in 2001:db8::1 2001:db8::2 2001:db8:0:1::1; do
        ip address add $address/64 dev lo nodad || exit 98
    done && exec "$0" "$@"
"#;

#[test]
#[ignore = "run by tests/run: needs a network namespace and the program ip"]
fn networks_have_quotas_of_their_own() {
    if std::env::var_os(INSIDE).is_some() {
        connections();
        crowd();
        registrations();
        return;
    }
    let test = ["--exact", "quota::networks::networks_have_quotas_of_their_own", "--ignored", "--nocapture"];
    let own = std::env::current_exe().unwrap();
    let inside = |how: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(how).args(["bash", "-c", SCRIPT]).arg(&own).args(test).env(INSIDE, "1");
        process::run(&mut command, Duration::from_mins(2))
    };
    // As root the machine may withhold user namespaces, and as anyone else network namespaces without one.
    let mut exit = inside(&["--net"]);
    if exit.stderr.contains("unshare failed") {
        exit = inside(&["--user", "--map-root-user", "--net"]);
    }
    assert_eq!(exit.code, Some(0), "{}\n{}", exit.stdout, exit.stderr);
    assert!(exit.stdout.contains("1 passed"), "{}", exit.stdout);
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// A server that listens on all addresses, and how it is reached from one of them.
fn start(args: &[&str]) -> (Server, impl Fn(&str) -> (IpAddr, SocketAddr)) {
    let server = Server::builder().args(&["--listen", "[::]:0"]).args(args).start();
    let port = server.addr().port();
    let way = move |from: &str| {
        let from = address(from);
        let to = match from {
            IpAddr::V4(v4) if v4.is_loopback() => "127.0.0.1",
            IpAddr::V4(_) => "10.9.0.1",
            IpAddr::V6(_) => "2001:db8::1",
        };
        (from, SocketAddr::new(address(to), port))
    };
    (server, way)
}

fn connections() {
    let (server, way) = start(&["--quota-connections", "3"]);
    let by = |from: &str, lines: &str| {
        let (from, to) = way(from);
        echo(tcp_from(from, to), lines)
    };
    let mut inside: Vec<_> = (0..3).map(|_| by("10.9.0.2", "").expect("within the quota")).collect();
    over_quota(by("10.9.0.2", ""));
    // Nobody believes who is not trusted.
    over_quota(by("10.9.0.2", "X-Forwarded-For: 203.0.113.5\r\nForwarded: for=203.0.113.5\r\n"));
    let mut others = vec![by("10.9.0.1", "").expect("another address")];
    for from in ["2001:db8::1", "2001:db8::2", "2001:db8::1"] {
        others.push(by(from, "").expect("within the quota"));
    }
    over_quota(by("2001:db8::2", ""));
    others.push(by("2001:db8:0:1::1", "").expect("another /64"));
    others.extend((0..5).map(|_| by("127.0.0.1", "").expect("this machine is exempt")));
    assert!(inside.iter_mut().chain(&mut others).all(is_served));
    inside.pop();
    wait_until("there is room again", PATIENCE, || by("10.9.0.2", "").is_ok());
    drop(server);
}

/// R6: 1,000 connections of one address are served, the others of 1,200 refused or closed at once.
fn crowd() {
    let (_server, way) = start(&[]);
    let (from, to) = way("10.9.0.2");
    let mut inside: Vec<_> =
        (0..1000).map(|_| echo(tcp_from(from, to), "").expect("within the quota")).collect();
    for _ in 0..200 {
        let mut raw = crate::support::raw::Raw::from(tcp_from(from, to));
        let (bytes, end) = raw.bytes(PATIENCE);
        assert!(bytes.is_empty() || bytes.starts_with(b"HTTP/1.1 429 "), "{bytes:?}");
        assert!(matches!(end, End::Fin | End::Reset), "{end:?}");
    }
    let (from, to) = way("10.9.0.1");
    let mut other = echo(tcp_from(from, to), "").expect("another address");
    assert!(is_served(&mut inside[999]) && is_served(&mut other));
    drop(inside);
    let (_server, way) = start(&["--quota-connections", "0"]);
    let (from, to) = way("10.9.0.2");
    let all: Vec<_> = (0..1100).map(|_| echo(tcp_from(from, to), "")).collect();
    assert!(all.iter().all(Result::is_ok), "0 switches it off");
}

fn registrations() {
    let (_server, way) = start(&["--quota-registrations", "1"]);
    let by = |from: &str, name: &str| {
        let (from, to) = way(from);
        register(tcp_from(from, to), name, "X-Forwarded-For: 203.0.113.5\r\n").status
    };
    assert_eq!((by("10.9.0.2", "Ann"), by("10.9.0.2", "Bob")), (200, 429));
    assert_eq!((by("2001:db8::1", "Bob"), by("2001:db8::2", "Cid")), (200, 429));
    assert_eq!(
        (by("2001:db8:0:1::1", "Cid"), by("127.0.0.1", "Dan"), by("127.0.0.1", "Eve")),
        (200, 200, 200)
    );
}
