//! R9: guessing the admin token.

use super::request_from;
use crate::support::http::{Answer, Request};
use crate::support::people::{self, ADMIN};
use crate::support::server::Server;

fn ask(server: &Server, from: [u8; 4], sign: impl Fn(Request) -> Request) -> Answer {
    let request = sign(Request::new("GET", "/api/presence")).encode(server.addr());
    request_from(from, server.addr(), &request)
}

fn with(server: &Server, from: [u8; 4], token: &str) -> u16 {
    ask(server, from, |request| request.bearer(token)).status
}

#[test]
fn r9_after_ten_wrong_admin_tokens_the_network_gets_429() {
    let server = people::server(&[]);
    let (here, there) = ([127, 0, 0, 7], [127, 0, 0, 8]);
    for guess in 1..=10 {
        assert_eq!(with(&server, here, &format!("wrong-token-{guess}")), 401, "guess {guess}");
    }
    for token in ["wrong-token-11", ADMIN] {
        let answer = ask(&server, here, |request| request.bearer(token));
        assert_eq!((answer.status, &answer.json()["code"]), (429, &429.into()), "{}", answer.text());
        let wait: u64 = answer.header("Retry-After").and_then(|it| it.parse().ok()).expect("seconds");
        assert!((1..=60).contains(&wait), "{wait}");
    }
    assert_eq!(ask(&server, here, |request| request).status, 401, "no token is no guess");
    assert_eq!(with(&server, there, ADMIN), 200, "another network");

    // Where the right token came from before, wrong ones wait and the right one is served.
    for guess in 1..=10 {
        assert_eq!(with(&server, there, &format!("wrong-token-{guess}")), 401, "guess {guess}");
    }
    assert_eq!(with(&server, there, "wrong-token-11"), 429);
    assert_eq!(with(&server, there, ADMIN), 200);
}
