//! `Host`: the one header that a page cannot change after DNS rebinding.

use serde_json::json;

use super::{at, open};
use crate::support::http::{self, Answer, Request};
use crate::support::people::{self, ADMIN, Login, credentials};
use crate::support::raw::Raw;
use crate::support::refusal::{each, envelope, fair, last, refused};
use crate::support::server::Server;

/// A request without an Upgrade, for this host.
fn ask(server: &Server, request: &Request, host: &str) -> Answer {
    let own = format!("Host: {}\r\n", server.addr());
    let bytes = String::from_utf8(request.encode(server.addr())).unwrap();
    http::request(server.addr(), bytes.replacen(&own, &format!("Host: {host}\r\n"), 1).as_bytes())
}

/// The refusal of a host that is not the server's.
fn is_misdirected(answer: &Answer, host: &str) -> Result<(), String> {
    envelope(answer)?;
    let says = answer.json()["message"].as_str().is_some_and(|why| why.contains(&format!("--host {host}")));
    let closes = answer.header("Connection") == Some("close");
    let sets = answer.header("Set-Cookie").is_some();
    if answer.status == 421 && says && closes && !sets { Ok(()) } else { Err(format!("{host}: {answer:?}")) }
}

const ENDPOINTS: [&str; 6] = [
    "/echo",
    "/broadcast",
    "/message?sessionId=6fa459ea-ee8a-4ca4-894e-db77e160355e&userId=1",
    "/inspect/live?key=0123456789abcdef0123456789abcdef",
    "/lab/F02",
    "/nothing",
];

#[test]
fn dns_rebinding_is_refused() {
    let server = people::server(&["--lab"]);
    let evil = at(&server, "evil.example");
    let own = format!("Origin: http://{evil}\r\n");
    each(ENDPOINTS, |target| is_misdirected(&open(&server, target, &evil, &own), "evil.example"));
    let requests = [
        Request::new("GET", "/"),
        Request::new("GET", "/healthz"),
        Request::new("GET", "/nothing"),
        Request::new("GET", "/inspect/about"),
        Request::new("GET", "/lab/experiments"),
        Request::new("GET", "/api/presence").bearer(ADMIN),
        Request::new("POST", "/api/broadcast").bearer(ADMIN).json(&json!({ "message": "x" })),
        Request::new("POST", "/register").json(&credentials("Eve")),
        Request::new("OPTIONS", "/login"),
    ];
    each(requests, |request| {
        let request = request.header("Origin", &format!("http://{evil}"));
        is_misdirected(&ask(&server, &request, &evil), "evil.example")
    });
    // Nothing of it was done.
    Login::register(&server, "Eve");
    let login = Request::new("POST", "/login").json(&credentials("Eve"));
    is_misdirected(&ask(&server, &login, &evil), "evil.example").unwrap_or_else(|why| panic!("{why}"));
    fair(server.addr());
}

#[test]
fn later_requests_of_a_connection_are_checked_too() {
    let server = Server::start(&[]);
    let to = server.addr();
    let get = format!("GET /healthz HTTP/1.1\r\nHost: {to}\r\n\r\n");
    let upgrade = Raw::request(to, "/echo");
    for later in [&get, &upgrade] {
        let mut raw = Raw::tcp(to);
        raw.send(get.as_bytes());
        assert_eq!(http::read_answer(raw.stream(), get.as_bytes()).unwrap().status, 200);
        raw.send(later.replace(&to.to_string(), "evil.example").as_bytes());
        let answer = last(&mut raw, 421).unwrap_or_else(|why| panic!("{why}"));
        is_misdirected(&answer, "evil.example").unwrap_or_else(|why| panic!("{why}"));
    }
}

#[test]
fn a_server_on_loopback_answers_to_its_own_hosts() {
    let server = Server::start(&[]);
    let health = Request::new("GET", "/healthz");
    let own = ["127.0.0.1", "localhost", "LOCALHOST", "localhost.", "[::1]", "127.9.9.9"];
    for host in own.map(str::to_owned).into_iter().chain(own.map(|host| at(&server, host))) {
        assert_eq!(ask(&server, &health, &host).status, 200, "{host}");
        assert_eq!(open(&server, "/echo", &host, "").status, 101, "{host}");
    }
    // The port is not compared: a proxy and a port mapping change it.
    assert_eq!(open(&server, "/echo", "localhost:1", "").status, 101);
    for host in [
        "evil.example",
        "localhost.evil.example",
        "evil.localhost",
        "127.0.0.1.evil.example",
        "127.1",
        "2130706433",
        "192.0.2.1",
        "0.0.0.0",
        "10.0.0.1:80",
        "xn--fsqu00a.example",
        "_",
    ] {
        let name = host.split(':').next().unwrap();
        is_misdirected(&ask(&server, &health, host), name).unwrap_or_else(|why| panic!("{why}"));
        is_misdirected(&open(&server, "/echo", host, ""), name).unwrap_or_else(|why| panic!("{why}"));
    }
    // A malformed host is 400, not 421.
    for host in ["localhost:x", "localhost:99999", "me@localhost", "a/b", "[::1", "::1", ":80", ""] {
        assert_eq!(ask(&server, &health, host).status, 400, "{host:?}");
        assert_eq!(open(&server, "/echo", host, "").status, 400, "{host:?}");
    }
}

#[test]
fn host_and_allow_origin_add_hosts() {
    let args = ["--host", "ws.example.com,192.0.2.7", "--allow-origin", "https://App.example.com:8443"];
    let args = args.map(str::to_lowercase);
    let args: Vec<_> = args.iter().map(String::as_str).chain(["--host", "2001:DB8::7"]).collect();
    let server = Server::builder().args(&args).start();
    let health = Request::new("GET", "/healthz");
    for host in [
        "ws.example.com",
        "WS.Example.COM.:443",
        "192.0.2.7:9001",
        "[2001:db8::7]",
        "[2001:0db8:0::7]:80",
        "app.example.com",
        "app.example.com:8443",
        "127.0.0.1",
        "localhost",
    ] {
        assert_eq!(ask(&server, &health, host).status, 200, "{host}");
        assert_eq!(open(&server, "/echo", host, "").status, 101, "{host}");
    }
    for host in ["example.com", "x.ws.example.com", "ws.example.com.evil.example", "192.0.2.8"] {
        is_misdirected(&ask(&server, &health, host), host).unwrap_or_else(|why| panic!("{why}"));
    }
    let server = Server::builder().env("WIREWALK_HOST", "one.example,two.example").start();
    for (host, status) in [("one.example", 200), ("two.example", 200), ("three.example", 421)] {
        assert_eq!(ask(&server, &health, host).status, status, "{host}");
    }
}

/// A server on all addresses answers to the one that a connection came to, and says so when it starts.
#[test]
fn a_server_on_all_addresses_answers_to_any_address() {
    let server = Server::builder().listen("0.0.0.0").args(&["--host", "ws.example.com"]).start();
    let health = Request::new("GET", "/healthz");
    for host in ["127.0.0.1", "localhost", "0.0.0.0", "ws.example.com"] {
        assert_eq!(ask(&server, &health, &at(&server, host)).status, 200, "{host}");
        assert_eq!(open(&server, "/echo", host, "").status, 101, "{host}");
    }
    for host in ["192.0.2.1", "evil.example"] {
        is_misdirected(&ask(&server, &health, host), host).unwrap_or_else(|why| panic!("{why}"));
        is_misdirected(&open(&server, "/echo", host, ""), host).unwrap_or_else(|why| panic!("{why}"));
    }
    let log = server.log();
    assert!(
        log.contains("this machine's addresses, localhost, ws.example.com") && log.contains("--host"),
        "{log}"
    );
    assert!(!Server::start(&[]).log().contains("--host"), "on loopback there is nothing to say");
}

/// Of a target in absolute form the host is its own (RFC 9112 §3.2.2).
#[test]
fn the_host_of_an_absolute_target_is_checked() {
    let server = Server::start(&[]);
    let to = server.addr();
    let get = |target: &str, host: &str| {
        format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
    };
    let own = http::request(to, get(&format!("http://{to}/healthz"), "evil.example").as_bytes());
    assert_eq!((own.status, own.text().as_str()), (200, "ok"));
    for target in ["http://evil.example/healthz", "HTTP://evil.example:80/healthz", "http://evil.example?x"] {
        refused(to, get(target, &to.to_string()).as_bytes(), 421);
    }
    let upgrade = Raw::request(to, "http://evil.example/echo");
    refused(to, upgrade.as_bytes(), 421);
}

/// No browser speaks HTTP/1.0, and health checks that do may have no Host.
#[test]
fn http_1_0_needs_no_host() {
    let server = Server::start(&[]);
    for (lines, status) in [("", 200), ("Host: localhost\r\n", 200), ("Host: evil.example\r\n", 421)] {
        let request = format!("GET /healthz HTTP/1.0\r\n{lines}\r\n");
        assert_eq!(http::request(server.addr(), request.as_bytes()).status, status, "{lines}");
    }
}
