//! Which page a browser gets, and that a program gets JSON where a browser gets a page.

use super::refused;
use crate::support::http::{Answer, Request};
use crate::support::people::{self, Login};
use crate::support::server::Server;
use crate::support::{PATIENCE, wait_until};

/// What Chromium sends when an address is opened.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

fn browse(server: &Server, method: &'static str, path: &str) -> Answer {
    Request::new(method, path).header("Accept", BROWSER).send(server.addr())
}

#[track_caller]
fn is_page(answer: &Answer, status: u16, title: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("Content-Type"), Some("text/html; charset=utf-8"));
    assert!(answer.header("Content-Security-Policy").is_some());
    assert!(answer.text().contains(&format!(">{title} · wirewalk</title>")), "{}", answer.text());
}

#[test]
fn the_first_page_is_by_who_asks() {
    let server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    let cookie = format!("wirewalk_token={}", ann.token);
    for path in ["/", "/index.html"] {
        let stranger = browse(&server, "GET", path);
        assert_eq!((stranger.status, stranger.header("Vary")), (200, Some("Cookie, Authorization")));
        assert!(stranger.text().contains("class=\"door panel\" href=\"/inspect\""), "{}", stranger.text());
        let request = || Request::new("GET", path).header("Cookie", &cookie);
        let user = request().send(server.addr());
        is_page(&user, 200, "Who is online");
        assert_eq!(user.header("Vary"), stranger.header("Vary"));
        // A copy of the one is not good for the other.
        let tag = stranger.header("ETag").expect("a tag");
        assert_eq!(request().header("If-None-Match", tag).send(server.addr()).status, 200);
        let tag = user.header("ETag").expect("a tag");
        assert_eq!(request().header("If-None-Match", tag).send(server.addr()).status, 304);
    }
    is_page(&browse(&server, "GET", "/online"), 200, "Who is online");
    // Who has signed out is a stranger.
    assert_eq!(Request::new("POST", "/logout").header("Cookie", &cookie).send(server.addr()).status, 200);
    let answer = Request::new("GET", "/").header("Cookie", &cookie).send(server.addr());
    assert!(answer.text().contains("class=\"door panel\""), "{}", answer.text());
}

#[test]
fn an_error_is_a_page_to_a_browser_and_json_to_a_program() {
    let server = Server::start(&[]);
    for (method, path, status, title) in [
        ("GET", "/nothing", 404, "Nothing here"),
        ("POST", "/nothing", 404, "Nothing here"),
        ("GET", "/api/presence", 404, "Nothing here"),
        ("GET", "/lab/H06", 404, "Nothing here"),
        ("GET", "/lab", 404, "The lab"),
        ("GET", "/login", 405, "Not a page"),
        ("DELETE", "/", 405, "Not a page"),
    ] {
        let page = browse(&server, method, path);
        is_page(&page, status, title);
        let answer = Request::new(method, path).send(server.addr());
        refused(&answer, status);
        assert_eq!(page.header("Allow"), answer.header("Allow"), "{method} {path}");
        let answer = Request::new(method, path).header("Accept", "application/json").send(server.addr());
        refused(&answer, status);
    }
    let head = browse(&server, "HEAD", "/nothing");
    assert_eq!((head.status, head.body.len()), (404, 0));
    // Another refusal stays what it is.
    refused(&browse(&server, "GET", "/user/info"), 401);
    refused(&browse(&server, "GET", "/echo"), 426);
}

#[test]
fn the_lab_says_how_it_is_switched_on() {
    let page = browse(&Server::start(&[]), "GET", "/lab").text();
    assert!(page.contains("<code>wirewalk serve --lab</code>"), "{page}");
    is_page(&browse(&Server::start(&["--lab"]), "GET", "/lab"), 200, "The lab");
}

#[test]
fn the_log_names_the_pages() {
    for (args, lab) in [(&["--lab"][..], "on purpose: http"), (&[], "on purpose: start with --lab for http")]
    {
        let server = Server::start(args);
        let address = server.addr();
        wait_until("the pages are named", PATIENCE, || {
            let log = server.log();
            [
                format!("open http://{address} in a browser"),
                format!("watch your own connection: http://{address}/inspect"),
                format!("break one {lab}://{address}/lab"),
                format!("who is online: http://{address}/online"),
            ]
            .iter()
            .all(|line| log.contains(line.as_str()))
        });
    }
}
