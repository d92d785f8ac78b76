//! Unknown paths, and known ones with other methods.

use crate::support::PATIENCE;
use crate::support::http::{self, Request};
use crate::support::raw::{End, Raw};
use crate::support::refusal::{answers, each, envelope, fair};
use crate::support::server::Server;

#[test]
fn unknown_paths_get_404_and_methods_405() {
    let server = Server::start(&[]);
    let rows = [
        ("GET", "/nothing", 404),
        ("POST", "/nothing", 404),
        ("BREW", "/nothing", 404),
        ("GET", "/../etc/passwd", 404),
        ("GET", "/%2e%2e/etc/passwd", 404),
        ("GET", "//", 404),
        ("GET", "/healthz/", 404),
        ("GET", "/HEALTHZ", 404),
        ("GET", "/index.html%00", 404),
        ("GET", "/\u{fffd}", 404),
        ("OPTIONS", "*", 404),
        ("POST", "/healthz", 405),
        ("DELETE", "/", 405),
        ("TRACE", "/login.html", 405),
        ("GET", "/login", 405),
        ("GET", "/register", 405),
        ("PUT", "/logout", 405),
        ("POST", "/user/info", 405),
        ("POST", "/echo", 405),
        ("GET", "/echo", 426),
        ("GET", "/message", 426),
        ("GET", "/broadcast", 426),
        // Without an admin token there is no API, whatever the method.
        ("GET", "/api/presence", 404),
        ("POST", "/api/push", 404),
        ("GET", "/api/push", 404),
        ("DELETE", "/api/kick", 404),
        ("PUT", "/api/nothing", 404),
        ("GET", "/api", 404),
        ("GET", "/api/", 404),
    ];
    each(rows, |(method, target, status)| {
        let answer = Request::new(method, target).send(server.addr());
        if answer.status != status {
            return Err(format!("{method} {target}: {} {}", answer.status, answer.text()));
        }
        // RFC 9110 §15.5.6 and §15.5.22 say what else such an answer holds.
        let right = match status {
            405 => answer.header("Allow").is_some_and(|methods| !methods.is_empty()),
            426 => answer.header("Upgrade") == Some("websocket"),
            _ => true,
        };
        if !right {
            return Err(format!("{method} {target}: {answer:?}"));
        }
        envelope(&answer).map_err(|why| format!("{method} {target}: {why}"))
    });
    fair(server.addr());
}

/// With a token, what is wrong is told only to whom knows it.
#[test]
fn the_api_needs_the_admin_token() {
    let server = Server::start(&["--admin-token", "let-me-in"]);
    for token in ["", "let-me-i", "let-me-in!", "LET-ME-IN", "let-me-in let-me-in"] {
        // A server for each: after ten wrong tokens a network waits.
        let server = Server::start(&["--admin-token", "let-me-in"]);
        each([("GET", "/api/presence"), ("POST", "/api/push"), ("POST", "/api/kick")], |(method, target)| {
            let answer = Request::new(method, target).bearer(token).send(server.addr());
            let is = format!("{method} {target} with {token:?}: {} {}", answer.status, answer.text());
            if answer.status == 401 { envelope(&answer) } else { Err(is) }
        });
    }
    each([("PUT", "/api/push", 405), ("GET", "/api/nothing", 404)], |(method, target, status)| {
        let answer = Request::new(method, target).bearer("let-me-in").send(server.addr());
        if answer.status == status {
            envelope(&answer)
        } else {
            Err(format!("{method} {target}: {answer:?}"))
        }
    });
}

/// Requests that are for a proxy.
#[test]
fn requests_for_a_proxy_are_not_forwarded() {
    let server = Server::start(&[]);
    let to = server.addr();
    for line in
        ["CONNECT evil.example:443", "CONNECT /", "GET evil.example:80", "GET http://evil.example/healthz"]
    {
        let mut raw = Raw::tcp(to);
        raw.send(format!("{line} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n\r\n").as_bytes());
        let (bytes, end) = raw.bytes(PATIENCE);
        let all = answers(&bytes);
        assert_eq!((all.len(), end), (1, End::Fin), "{line}: {}", http::shown(&bytes));
        // Our own answer to a foreign name is fine, and nothing else is.
        assert!(all[0].status >= 400 || all[0].text() == "ok", "{line}: {:?}", all[0]);
    }
    fair(to);
}
