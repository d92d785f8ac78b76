//! Quotas behind a proxy: trusted and untrusted `Forwarded` headers.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};

use uuid::Uuid;

use super::{echo, is_served, open, over_quota, register, retry_after, tcp_from, upgrade, wrong_login};
use crate::support::http::{self, connect};
use crate::support::people::{self, Login};
use crate::support::raw::Raw;
use crate::support::refusal::{fair, refusal};
use crate::support::server::Server;
use crate::support::{PATIENCE, wait_until};

const TRUST: [&str; 2] = ["--trust-proxy", "127.0.0.1"];

fn behind(args: &[&str]) -> Server {
    people::server(&[&TRUST[..], args].concat())
}

fn forwarded_for(address: &str) -> String {
    format!("X-Forwarded-For: {address}\r\n")
}

#[test]
fn connections_count_for_the_client_that_the_proxy_names() {
    let server = behind(&["--quota-connections", "2"]);
    let to = server.addr();
    let by = |lines: &str| echo(connect(to), lines);
    let one = forwarded_for("203.0.113.5");
    let mut inside: Vec<_> = (0..2).map(|_| by(&one).expect("within the quota")).collect();
    for lines in [
        one.as_str(),
        // The left part is what the client sent itself.
        "X-Forwarded-For: 6.6.6.6, 203.0.113.5\r\n",
        "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-For: 203.0.113.5, 127.0.0.1\r\n",
        "Forwarded: for=6.6.6.6, for=\"203.0.113.5:4711\";proto=https\r\n",
        "X-Forwarded-For: ::ffff:203.0.113.5\r\n",
    ] {
        let answer = over_quota(by(lines));
        assert_eq!(answer.header("Connection"), Some("close"), "{lines}");
    }
    let mut others: Vec<_> =
        (0..2).map(|last| by(&forwarded_for(&format!("203.0.113.{last}"))).expect("another")).collect();
    // An IPv6 /64 is one network.
    others.push(by(&forwarded_for("2001:db8::1")).unwrap());
    others.push(by("Forwarded: for=\"[2001:db8::2]:80\"\r\n").unwrap());
    over_quota(by(&forwarded_for("2001:db8::3")));
    others.push(by(&forwarded_for("2001:db8:0:1::1")).unwrap());
    assert!(inside.iter_mut().chain(&mut others).all(is_served));
    // Those who ask without a proxy, from this machine, are not counted.
    let local: Vec<_> = (0..5).map(|_| Raw::connect(to, "/echo")).collect();
    drop((local, inside.pop()));
    wait_until("there is room again", PATIENCE, || by(&one).is_ok());
    fair(to);
}

/// A request that a proxy sends on a connection which it keeps has a place as long as it is answered.
#[test]
fn requests_on_one_connection_count_each_for_its_client() {
    let server = behind(&["--quota-connections", "1"]);
    let to = server.addr();
    let held = echo(connect(to), &forwarded_for("203.0.113.5")).unwrap();
    let mut proxy = connect(to);
    let mut ask = |address: &str| {
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {to}\r\n{}\r\n", forwarded_for(address));
        proxy.write_all(request.as_bytes()).unwrap();
        http::read_answer(&mut proxy, request.as_bytes()).unwrap()
    };
    for _ in 0..3 {
        assert_eq!(ask("203.0.113.6").status, 200);
        let answer = ask("203.0.113.5");
        assert_eq!((answer.status, retry_after(&answer)), (429, 5), "{}", answer.text());
    }
    // And an Upgrade, later on it.
    let lines = forwarded_for("203.0.113.6");
    proxy.write_all(upgrade(to, "/echo", &lines).as_bytes()).unwrap();
    assert_eq!(http::read_answer(&mut proxy, b"GET ").unwrap().status, 101);
    over_quota(echo(connect(to), &lines));
    let mut raw = Raw::from(proxy);
    assert!(is_served(&mut raw));
    drop((raw, held));
    wait_until("there is room again", PATIENCE, || echo(connect(to), &lines).is_ok());
}

/// Also later on a connection that is kept: what follows may be the other protocol.
#[test]
fn an_upgrade_over_the_quota_closes_the_connection() {
    let server = behind(&["--quota-connections", "1"]);
    let to = server.addr();
    let one = forwarded_for("203.0.113.5");
    let _held = echo(connect(to), &one).unwrap();
    let mut proxy = connect(to);
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {to}\r\n\r\n");
    proxy.write_all(request.as_bytes()).unwrap();
    assert_eq!(http::read_answer(&mut proxy, request.as_bytes()).unwrap().status, 200);
    proxy.write_all(upgrade(to, "/echo", &one).as_bytes()).unwrap();
    let answer = refusal(&mut Raw::from(proxy), 429).unwrap();
    assert_eq!(retry_after(&answer), 5);
}

/// A client that makes a header unreadable is not exempt with the proxy, and gets no quota of another.
#[test]
fn unreadable_forwarding_headers_count_for_the_proxy() {
    let server = behind(&["--quota-connections", "1"]);
    let to = server.addr();
    let _held = echo(connect(to), "Forwarded: for=6.6.6.6;x=\", for=203.0.113.5\r\n").unwrap();
    for lines in [
        "X-Forwarded-For: unknown\r\n",
        "Forwarded: for=_hidden\r\n",
        "Forwarded: for=6.6.6.6\r\nX-Forwarded-For: 203.0.113.5\r\n",
    ] {
        over_quota(echo(connect(to), lines));
    }
    let line = "Forwarded and X-Forwarded-For from the proxy 127.0.0.1";
    wait_until("the warning is logged", PATIENCE, || server.log().contains(line));
    let log = server.log();
    assert_eq!(log.matches(line).count(), 1, "{log}");
    fair(to);
}

#[test]
fn an_untrusted_peer_is_ignored_and_logged_once() {
    let elsewhere = IpAddr::from(Ipv4Addr::new(127, 0, 0, 2));
    let lines = forwarded_for("203.0.113.5");
    for (args, from) in [(&[][..], Ipv4Addr::LOCALHOST.into()), (&TRUST[..], elsewhere)] {
        let server = people::server(&[args, &["--quota-connections", "1"]].concat());
        // Not counted by what it says, but by itself: and this machine is exempt.
        let all: Vec<_> = (0..3).map(|_| echo(tcp_from(from, server.addr()), &lines)).collect();
        assert!(all.iter().all(Result::is_ok), "{from}");
        let line = format!("add --trust-proxy {from}");
        wait_until("the hint is logged", PATIENCE, || server.log().contains(&line));
        let log = server.log();
        assert_eq!(log.matches(&line).count(), 1, "{log}");
    }
}

#[test]
fn wrong_passwords_and_sessions_count_for_the_client() {
    let server = behind(&[]);
    let ann = Login::register(&server, "Ann");
    let to = server.addr();
    for turn in 0..12 {
        let status = wrong_login(to, "Ann", ("Forwarded", "for=203.0.113.5")).status;
        assert_eq!(status, if turn < 10 { 401 } else { 429 }, "wrong password {turn}");
        let target = format!("/message?sessionId={}&userId={}", Uuid::new_v4(), ann.user);
        let status = open(connect(to), &target, &forwarded_for("203.0.113.5")).unwrap_err().status;
        assert_eq!(status, if turn < 10 { 401 } else { 429 }, "wrong session {turn}");
        if turn == 11 {
            let other = open(connect(to), &target, &forwarded_for("203.0.113.6")).unwrap_err();
            assert_eq!(other.status, 401, "another client");
        }
    }
    assert_eq!(wrong_login(to, "Ann", ("Forwarded", "for=203.0.113.6")).status, 401, "another client");
    Login::again(&server, "Ann");
}

#[test]
fn registrations_of_a_network_are_counted_by_accounts_made() {
    let server = behind(&["--quota-registrations", "2"]);
    let try_as = |name: &str, address: &str| register(connect(server.addr()), name, &forwarded_for(address));
    assert_eq!(try_as("Ann", "2001:db8::1").status, 200);
    for _ in 0..3 {
        assert_eq!(try_as("ann", "2001:db8::1").status, 409, "what was refused is not counted");
        assert_eq!(try_as("?", "2001:db8::1").status, 400);
    }
    assert_eq!(try_as("Bob", "2001:db8::2").status, 200);
    let answer = try_as("Cid", "2001:db8::3");
    assert_eq!(answer.status, 429, "{}", answer.text());
    assert!((3500..=3600).contains(&retry_after(&answer)), "{answer:?}");
    assert_eq!(try_as("Cid", "2001:db8:0:1::3").status, 200, "another network");
    // This machine is exempt.
    for name in ["Dan", "Eve", "Fay"] {
        assert_eq!(http::post_json(server.addr(), "/register", &people::credentials(name)).status, 200);
    }
}

/// The default is a hundred an hour.
#[test]
fn registrations_without_a_quota_are_not_counted() {
    let server = behind(&["--quota-registrations", "0"]);
    for number in 0..=100 {
        let address = forwarded_for("203.0.113.5");
        let answer = register(connect(server.addr()), &format!("user {number}"), &address);
        assert_eq!(answer.status, 200, "{number}: {}", answer.text());
    }
}
