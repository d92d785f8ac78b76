//! Register, sign in, who am I, sign out.

use serde_json::{Value, json};

use super::{data, refused};
use crate::support::http::{self, Answer, Request};
use crate::support::people::{Login, PASSWORD, credentials};
use crate::support::server::Server;

/// Posts a name and a password to a path.
type Post = fn(&Server, &str, &str, &str) -> Answer;

fn post_form(server: &Server, path: &str, name: &str, password: &str) -> Answer {
    Request::new("POST", path).form(&[("userName", name), ("password", password)]).send(server.addr())
}

fn post_json(server: &Server, path: &str, name: &str, password: &str) -> Answer {
    http::post_json(server.addr(), path, &json!({ "userName": name, "password": password }))
}

fn info(server: &Server, token: &str) -> Answer {
    Request::new("GET", "/user/info").bearer(token).send(server.addr())
}

#[test]
fn forms_and_json_are_equivalent() {
    let server = Server::start(&[]);
    for (post, name) in [(post_form as Post, "小明"), (post_json, "Ann")] {
        data(&post(&server, "/register", name, PASSWORD), 200);
        let login = data(&post(&server, "/login", name, PASSWORD), 200);
        assert_eq!(login["userName"], name);
        assert!(login["userId"].is_i64(), "{login}");
        let uuid = login["uuid"].as_str().expect("a session id");
        assert_eq!(uuid::Uuid::parse_str(uuid).expect("a UUID").get_version_num(), 4);

        let token = login["token"].as_str().expect("a token");
        let user = data(&info(&server, token), 200);
        assert_eq!(user, json!({ "userName": name, "userId": login["userId"], "uuid": uuid }));
    }
}

#[test]
fn user_names_are_case_insensitive() {
    let server = Server::start(&[]);
    data(&post_json(&server, "/register", "Ann", PASSWORD), 200);
    for name in ["Ann", "ANN", "ann"] {
        refused(&post_json(&server, "/register", name, "another password"), 409);
    }
    // The first password still holds.
    data(&post_form(&server, "/login", "Ann", PASSWORD), 200);
    refused(&post_form(&server, "/login", "Ann", "another password"), 401);
}

#[test]
fn bad_names_and_weak_passwords_are_400() {
    let server = Server::start(&[]);
    let long = "n".repeat(33);
    for (name, why) in [
        ("", "name-empty"),
        (" ", "name-edge"),
        ("ann ", "name-edge"),
        ("<script>", "name-character"),
        ("a\u{202E}b", "name-character"),
        ("x:y", "name-character"),
        (&long, "name-long"),
    ] {
        assert_eq!(data(&post_json(&server, "/register", name, PASSWORD), 400), json!({ "why": why }));
        assert_eq!(data(&post_form(&server, "/register", name, PASSWORD), 400), json!({ "why": why }));
    }
    let long = "p".repeat(128) + &"q".repeat(129);
    for (password, why) in [
        ("", "password-short"),
        ("short", "password-short"),
        ("aaaaaaaaaaaa", "password-repeated"),
        ("password", "password-common"),
        ("long-enough-ann", "password-name"),
        (&long, "password-long"),
    ] {
        let answer = post_json(&server, "/register", "Long-Enough-Ann", password);
        assert_eq!(data(&answer, 400), json!({ "why": why }));
    }
    // A bad name at the login is no oracle: wrong, like any other.
    refused(&post_json(&server, "/login", "<script>", PASSWORD), 401);
}

#[test]
fn the_cookie_signs_in_and_keeps_to_its_attributes() {
    let server = Server::start(&[]);
    data(&http::post_json(server.addr(), "/register", &credentials("Ann")), 200);
    let answer = post_form(&server, "/login", "Ann", PASSWORD);
    let login = data(&answer, 200);

    let cookie = answer.header("Set-Cookie").expect("a cookie");
    let mut parts = cookie.split("; ");
    let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).expect("a name and a value");
    assert_eq!(Value::from(value), login["token"]);
    let attributes: Vec<_> = parts.collect();
    for needed in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(attributes.contains(&needed), "{cookie}");
    }
    assert!(!attributes.iter().any(|it| it.starts_with("Domain")), "{cookie}");
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));

    let by_cookie = Request::new("GET", "/user/info").cookie(name, value).send(server.addr());
    assert_eq!(data(&by_cookie, 200)["uuid"], login["uuid"]);
    let among_others =
        Request::new("GET", "/user/info").header("Cookie", &format!("a=b; {name}={value}; c=d"));
    data(&among_others.send(server.addr()), 200);

    let out = Request::new("POST", "/logout").cookie(name, value).send(server.addr());
    assert_eq!(data(&out, 200), Value::Null);
    let cleared = out.header("Set-Cookie").expect("a cookie");
    assert!(cleared.starts_with(&format!("{name}=;")) && cleared.contains("Max-Age=0"), "{cleared}");
    assert!(cleared.contains("Path=/"), "{cleared}");
    refused(&Request::new("GET", "/user/info").cookie(name, value).send(server.addr()), 401);
}

#[test]
fn each_login_is_a_session_of_its_own() {
    let server = Server::start(&[]);
    let first = Login::register(&server, "Ann");
    let second = Login::again(&server, "Ann");
    assert_eq!(first.user, second.user);
    assert_ne!(first.session, second.session);
    assert_ne!(first.token, second.token);
    for login in [&first, &second] {
        assert_eq!(data(&info(&server, &login.token), 200)["uuid"], login.session.as_str());
    }
    data(&first.logout(&server), 200);
    refused(&info(&server, &first.token), 401);
    refused(&first.logout(&server), 401);
    data(&info(&server, &second.token), 200);
}

#[test]
fn requests_without_a_session_are_401() {
    let server = Server::start(&[]);
    let login = Login::register(&server, "Ann");
    let mut forged = login.token.clone();
    forged.pop();
    for token in ["", "nonsense", "a.b.c", &forged, &login.session] {
        refused(&info(&server, token), 401);
    }
    let ask = || Request::new("GET", "/user/info");
    let lines = [
        ask(),
        ask().header("Authorization", &login.token),
        ask().header("Authorization", &format!("Basic {}", login.token)),
        ask().cookie("wirewalk_token", "nonsense"),
        ask().cookie("token", &login.token),
        ask().header("Cookie", "\u{fffd}=;;=; wirewalk_token"),
        Request::new("GET", &format!("/user/info?token={}", login.token)),
        Request::new("POST", "/logout"),
    ];
    for request in lines {
        refused(&request.send(server.addr()), 401);
    }
    // The scheme is a word without case (RFC 9110 §11.1).
    data(&ask().header("Authorization", &format!("bearer {}", login.token)).send(server.addr()), 200);
}

#[test]
fn accounts_and_sessions_outlive_a_restart() {
    let mut server = Server::start(&[]);
    let login = Login::register(&server, "Ann");
    let gone = Login::again(&server, "Ann");
    data(&gone.logout(&server), 200);
    server.restart();
    data(&info(&server, &login.token), 200);
    refused(&info(&server, &gone.token), 401);
    Login::again(&server, "Ann");
}
