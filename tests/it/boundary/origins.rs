//! `Origin` of an Upgrade, on every endpoint: a WebSocket is read by its opener.

use super::{at, open};
use crate::support::http::{self, get};
use crate::support::raw::Raw;
use crate::support::refusal::{each, fair};
use crate::support::server::Server;
use crate::support::ws::{Client, Event};
use crate::support::{PATIENCE, random};

fn endpoints() -> [String; 4] {
    let key = format!("{:016x}{:016x}", u64::from_ne_bytes(random()), u64::from_ne_bytes(random()));
    ["/echo".to_owned(), "/broadcast".to_owned(), format!("/inspect/live?key={key}"), "/lab/F02".to_owned()]
}

#[test]
fn only_the_own_and_allowed_origins_may_upgrade() {
    let server = Server::start(&["--lab", "--allow-origin", "https://good.com"]);
    let to = server.addr();
    let foreign = [
        "http://evil.example".to_owned(),
        "null".to_owned(),
        String::new(),
        "file://".to_owned(),
        "chrome-extension://abc".to_owned(),
        "http://good.com".to_owned(),
        "https://good.com:444".to_owned(),
        "https://good.com.evil.example".to_owned(),
        format!("https://{to}"),
        format!("http://127.0.0.1:{}", to.port().wrapping_add(1).max(1)),
        "http://127.0.0.1".to_owned(),
        format!("http://{}", at(&server, "localhost")),
        format!("http://{}", at(&server, "evil.example")),
        "\u{1F600}".to_owned(),
    ];
    each(foreign, |origin| {
        let answers = endpoints()
            .map(|target| open(&server, &target, &to.to_string(), &format!("Origin: {origin}\r\n")));
        let told = |answer: &http::Answer| answer.status == 403 && answer.text().contains("--allow-origin");
        if answers.iter().all(told) { Ok(()) } else { Err(format!("{origin:?}: {answers:?}")) }
    });
    // Two of them are none to trust.
    for target in endpoints() {
        let twice = format!("Origin: http://{to}\r\nOrigin: http://{to}\r\n");
        assert_eq!(open(&server, &target, &to.to_string(), &twice).status, 403, "{target}");
    }
    for origin in [None, Some(format!("http://{to}")), Some("https://good.com".to_owned())] {
        let line = origin.map(|origin| format!("Origin: {origin}\r\n")).unwrap_or_default();
        for target in endpoints() {
            assert_eq!(open(&server, &target, &to.to_string(), &line).status, 101, "{target} {line}");
        }
    }
    // The own origin is the one that the browser sees.
    let host = at(&server, "localhost");
    assert_eq!(open(&server, "/echo", &host, &format!("Origin: http://{host}\r\n")).status, 101);
    fair(to);
}

#[test]
fn a_foreign_page_receives_no_broadcast() {
    let server = Server::start(&[]);
    let to = server.addr();
    let foreign = Client::connect(to, "/broadcast", &[("Origin", "http://evil.example")]).unwrap_err();
    assert_eq!(foreign.status, 403);
    // Nor does one by a later request of its connection.
    let mut raw = Raw::tcp(to);
    let health = format!("GET /healthz HTTP/1.1\r\nHost: {to}\r\n\r\n");
    raw.send(health.as_bytes());
    assert_eq!(http::read_answer(raw.stream(), health.as_bytes()).unwrap().status, 200);
    let upgrade = Raw::request(to, "/broadcast").replacen("\r\n", "\r\nOrigin: http://evil.example\r\n", 1);
    raw.send(upgrade.as_bytes());
    assert_eq!(http::read_answer(raw.stream(), upgrade.as_bytes()).unwrap().status, 403);

    let mut one = Client::connect(to, "/broadcast", &[]).unwrap();
    let mut other = Client::connect(to, "/broadcast", &[("Origin", &server.url(""))]).unwrap();
    one.send_text("among us");
    assert_eq!(other.text(), "among us");
}

#[test]
fn an_allowed_origin_may_have_any_port() {
    let server = Server::start(&["--allow-origin", "http://127.0.0.1:*,http://dev.example:*"]);
    let to = server.addr();
    for (origin, status) in [
        ("http://127.0.0.1:3000", 101),
        ("http://127.0.0.1", 101),
        ("http://dev.example:65535", 101),
        ("https://127.0.0.1:3000", 403),
        ("http://127.0.0.1:3000.evil.example", 403),
        ("http://127.0.0.1.evil.example:3000", 403),
        ("http://localhost:3000", 403),
    ] {
        let answer = open(&server, "/echo", &to.to_string(), &format!("Origin: {origin}\r\n"));
        assert_eq!(answer.status, status, "{origin}");
    }
    assert_eq!(open(&server, "/echo", "dev.example", "").status, 101, "its host is one of the server's");
}

/// Making a browser connect with a key of one's own shows nothing of what the browser sent.
#[test]
fn a_request_refused_at_the_boundary_is_not_watched() {
    let server = Server::start(&[]);
    let to = server.addr();
    let [_, _, live, _] = endpoints();
    let mut viewer = Client::connect(to, &live, &[]).unwrap();
    let key = live.rsplit('=').next().unwrap();
    let target = format!("/echo?inspect={key}");
    for (host, lines) in [
        (to.to_string(), "Origin: http://evil.example\r\n"),
        ("evil.example".to_owned(), ""),
        ("evil.example".to_owned(), "Origin: http://evil.example\r\n"),
    ] {
        assert!(matches!(open(&server, &target, &host, lines).status, 403 | 421), "{host} {lines}");
    }
    let saved = get(to, &format!("/inspect/saved/{key}/wirewalk.json"));
    assert!(!saved.text().contains("evil.example"), "{}", saved.text());
    // The first watched connection is the first that was allowed.
    assert_eq!(open(&server, &target, &to.to_string(), "X-Mark: a\r\n").status, 101);
    loop {
        match viewer.next(PATIENCE) {
            Some(Event::Text(text)) if text.contains("\"upgrade\"") => {
                assert!(!text.contains("evil.example"), "{text}");
                break;
            }
            Some(Event::Text(text)) => assert!(!text.contains("evil.example"), "{text}"),
            Some(Event::Ping(_) | Event::Pong(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}
