//! Quotas of feeds and experiments, and the log of refusals.

use super::{open, over_quota, retry_after};
use crate::support::http::connect;
use crate::support::people;
use crate::support::raw::Raw;
use crate::support::refusal::refused;
use crate::support::server::Server;
use crate::support::{PATIENCE, random, wait_until};

fn key() -> String {
    format!("{:032x}", u64::from_ne_bytes(random()))
}

fn feed() -> String {
    format!("/inspect/live?key={}", key())
}

const ONE: &str = "X-Forwarded-For: 203.0.113.5\r\n";
const OTHER: &str = "X-Forwarded-For: 203.0.113.6\r\n";

#[test]
fn feeds_of_a_network_are_limited() {
    let server = people::server(&["--trust-proxy", "127.0.0.0/8", "--quota-feeds", "2"]);
    let by = |lines| open(connect(server.addr()), &feed(), lines);
    let mut inside = vec![by(ONE).unwrap(), by(ONE).unwrap()];
    let answer = over_quota(by(ONE));
    assert!(answer.text().contains("too many feeds"), "{}", answer.text());
    inside.push(by(OTHER).unwrap());
    inside.remove(0);
    wait_until("there is room again", PATIENCE, || by(ONE).is_ok());
}

#[test]
fn feeds_of_a_server_are_limited() {
    let server = Server::start(&["--trust-proxy", "127.0.0.1", "--quota-feeds", "0"]);
    let inside: Vec<_> = (0..32).map(|_| open(connect(server.addr()), &feed(), ONE).unwrap()).collect();
    let answer = refused(server.addr(), Raw::request(server.addr(), &feed()).as_bytes(), 503);
    assert_eq!(retry_after(&answer), 5);
    drop(inside);
}

#[test]
fn experiments_of_a_network_are_limited() {
    let server = Server::start(&["--lab", "--trust-proxy", "127.0.0.1", "--quota-lab-runs", "1"]);
    let by = |lines| open(connect(server.addr()), "/lab/L01?seconds=50", lines);
    let inside = by(ONE).unwrap();
    let answer = over_quota(by(ONE));
    assert!(answer.text().contains("too many experiments"), "{}", answer.text());
    let others = [by(OTHER).unwrap(), by("").unwrap(), by("").unwrap()];
    drop(inside);
    wait_until("there is room again", PATIENCE, || by(ONE).is_ok());
    drop(others);
    let off = Server::start(&["--lab", "--trust-proxy", "127.0.0.1", "--quota-lab-runs", "0"]);
    let all: Vec<_> = (0..17).map(|_| open(connect(off.addr()), "/lab/L01?seconds=50", ONE)).collect();
    assert!(all.iter().all(Result::is_ok));
}

#[test]
fn refusals_are_logged_at_intervals_and_at_the_end() {
    let args = ["--trust-proxy", "127.0.0.1", "--quota-connections", "1", "--quota-feeds", "1"];
    let mut server = Server::start(&args);
    let inside = [open(connect(server.addr()), &feed(), OTHER), open(connect(server.addr()), "/echo", ONE)];
    for _ in 0..20 {
        over_quota(open(connect(server.addr()), "/echo", ONE));
    }
    assert!(inside.iter().all(Result::is_ok));
    let log = server.log();
    let lines: Vec<_> = log.lines().filter(|line| line.contains("refused 203.0.113.5: ")).collect();
    assert!((1..=2).contains(&lines.len()) && lines[0].contains("--quota-connections"), "{log}");
    drop(inside);
    server.signal("TERM");
    let exit = server.wait_exit(PATIENCE * 2);
    assert!(exit.stderr.contains("refused by quota: connections 20\n"), "{}", exit.stderr);
}
