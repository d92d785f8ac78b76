//! Requests that change something: allowed to pages of this site only.

use serde_json::json;

use crate::support::http::{Request, get};
use crate::support::people::{self, ADMIN, Login, PASSWORD, credentials};
use crate::support::server::Server;

fn writes() -> [Request; 6] {
    let message = json!({ "message": "x", "userId": 1 });
    [
        Request::new("POST", "/login").json(&credentials("Ann")),
        Request::new("POST", "/login").form(&[("userName", "Ann"), ("password", PASSWORD)]),
        Request::new("POST", "/register").json(&credentials("Bob")),
        Request::new("POST", "/logout"),
        Request::new("POST", "/api/broadcast").bearer(ADMIN).json(&message),
        Request::new("POST", "/api/kick").bearer(ADMIN).json(&message),
    ]
}

fn is_refused(server: &Server, request: &Request) {
    let answer = request.send(server.addr());
    assert_eq!((answer.status, answer.header("Set-Cookie")), (403, None), "{request:?}: {}", answer.text());
    assert_eq!(answer.json()["code"], 403);
}

#[test]
fn a_page_of_another_site_changes_nothing() {
    let server = people::server(&["--allow-origin", "https://good.com"]);
    let ann = Login::register(&server, "Ann");
    for request in writes() {
        // Even from an allowed origin: a browser sends it no cookie, so there is no user to act for.
        for origin in [None, Some(server.url("")), Some("https://good.com".to_owned())] {
            let request =
                origin.iter().fold(request.clone(), |request, origin| request.header("Origin", origin));
            is_refused(&server, &request.clone().header("Sec-Fetch-Site", "cross-site"));
            is_refused(
                &server,
                &request.header("Sec-Fetch-Site", "none").header("Sec-Fetch-Site", "cross-site"),
            );
        }
        is_refused(&server, &request.clone().header("Origin", "http://evil.example"));
        // Of the same site, and of another origin there.
        let port = Request::header(request, "Origin", "http://127.0.0.1:1");
        is_refused(&server, &port.header("Sec-Fetch-Site", "same-site"));
    }
    let cross =
        |method: &'static str, path: &str| Request::new(method, path).header("Sec-Fetch-Site", "cross-site");
    is_refused(&server, &cross("POST", "/logout").cookie("wirewalk_token", &ann.token));
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "BREW"] {
        is_refused(&server, &cross(method, "/"));
        is_refused(&server, &cross(method, "/api/nothing"));
    }

    // A link from elsewhere only reads. And nothing of the above was done.
    assert_eq!(cross("GET", "/login.html").send(server.addr()).status, 200);
    assert_eq!(Request::new("POST", "/login").json(&credentials("Bob")).send(server.addr()).status, 401);
    assert_eq!(Request::new("GET", "/user/info").bearer(&ann.token).send(server.addr()).status, 200);
}

#[test]
fn own_pages_and_programs_may_change_state() {
    let server = people::server(&[]);
    Login::register(&server, "Ann");
    for (origin, site) in [(Some(server.url("")), Some("same-origin")), (None, Some("none")), (None, None)] {
        for request in &writes()[..2] {
            let lines = [("Origin", origin.as_deref()), ("Sec-Fetch-Site", site)];
            let request = lines.into_iter().fold(request.clone(), |request, (name, value)| {
                value.into_iter().fold(request, |request, value| request.header(name, value))
            });
            assert_eq!(request.send(server.addr()).status, 200, "{origin:?} {site:?}");
        }
    }
    let broadcast = Request::new("POST", "/api/broadcast").bearer(ADMIN).json(&json!({ "message": "x" }));
    assert_eq!(broadcast.header("Origin", &server.url("")).send(server.addr()).status, 200);
    assert_eq!(get(server.addr(), "/healthz").status, 200);
}
