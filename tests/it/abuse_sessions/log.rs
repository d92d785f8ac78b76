//! A3: no secret in the log, however much is logged and whatever goes wrong.

use serde_json::json;

use super::open;
use crate::support::PATIENCE;
use crate::support::http::{self, Request};
use crate::support::people::{ADMIN, Login, PASSWORD, admin};
use crate::support::raw::Raw;
use crate::support::server::Server;

/// Everything that handles a secret, in the right way and in wrong ones.
fn story(server: &Server) -> Vec<(&'static str, String)> {
    let ann = Login::register(server, "Ann");
    let other = Login::again(server, "Ann");
    let wrong_password = "a password that is wrong";
    http::post_json(server.addr(), "/login", &json!({ "userName": "Ann", "password": wrong_password }));
    http::post_json(server.addr(), "/register", &json!({ "userName": "Ann", "password": wrong_password }));
    let form =
        Request::new("POST", "/login").form(&[("userName", "Ann"), ("password", PASSWORD), ("x", "y")]);
    form.send(server.addr());
    // Where an error could quote what it could not read.
    let half = format!("{{\"userName\":\"Ann\",\"password\":\"{PASSWORD}\"");
    Request::new("POST", "/login").body("application/json", half.as_bytes()).send(server.addr());
    Request::new("GET", "/user/info").bearer(&ann.token).send(server.addr());
    Request::new("GET", "/user/info").cookie("wirewalk_token", &ann.token).send(server.addr());
    Request::new("GET", "/user/info").bearer(&format!("{}x", ann.token)).send(server.addr());
    Request::new("GET", &format!("/user/info?token={}", ann.token)).send(server.addr());
    Request::new("GET", &ann.target()).send(server.addr());

    let mut client = ann.connect(server);
    client.send_text(&ann.question());
    client.send_text(&json!({ "sessionId": other.session, "query": "onLineNumber" }).to_string());
    client.send_text(&format!("{{\"sessionId\":\"{}\"", ann.session));
    client.send_binary(ann.session.as_bytes());
    admin(server, "/api/push", &json!({ "sessionId": ann.session, "message": ann.session }));
    admin(server, "/api/push", &json!({ "sessionId": "nobody", "message": "x" }));
    admin(server, "/api/broadcast", &json!({ "message": other.token }));
    Request::new("GET", "/api/presence").bearer(&format!("{ADMIN}x")).send(server.addr());
    let _replaces = ann.connect(server);
    admin(server, "/api/kick", &json!({ "sessionId": ann.session, "reason": ann.session }));
    client.end();

    // A Close whose reason, a message whose bytes, a head whose every part holds a secret.
    let mut raw = Raw::connect(server.addr(), &other.target());
    raw.send(&Raw::frame(0x88, &[b"\x03\xE8", other.session.as_bytes()].concat()));
    raw.rest(PATIENCE);
    let mut raw = Raw::connect(server.addr(), &other.target());
    raw.send(&Raw::frame(0x83, other.session.as_bytes()));
    raw.rest(PATIENCE);
    open(server, &other.target(), "Origin: http://evil.example\r\n");
    open(server, &format!("/message?sessionId={}&userId=4711", other.session), "");
    open(server, &format!("/message?sessionId={}%00&userId=1", other.session), "");
    open(server, &other.target(), "Sec-WebSocket-Key: again\r\n");
    open(server, &format!("/echo?sessionId={}", other.session), "");
    let elsewhere = Request::new("GET", &other.target()).encode("192.0.2.1:80".parse().unwrap());
    http::request(server.addr(), &elsewhere);
    for broken in [
        format!("GET {} HTTP/1.1\nHost: localhost\r\n\r\n", other.target()),
        format!(
            "GET {} HTTP/1.1\r\nHost : localhost\r\nAuthorization: Bearer {ADMIN}\r\n\r\n",
            other.target()
        ),
        format!("GET {} HTTP/9.9\r\n\r\n", other.target()),
    ] {
        http::request(server.addr(), broken.as_bytes());
    }
    let mut reset = Raw::connect(server.addr(), &other.target());
    reset.send(b"\x81");
    reset.reset();
    ann.logout(server);
    ann.try_connect(server, &[]).expect_err("logged out");
    other.logout(server);
    vec![
        ("a session id", ann.session.clone()),
        ("a session id", other.session.clone()),
        ("a session id without hyphens", ann.session.replace('-', "")),
        ("a token", ann.token),
        ("a token", other.token),
        ("the password", PASSWORD.to_owned()),
        ("the password in a form", "correct%20horse".to_owned()),
        ("a wrong password", wrong_password.to_owned()),
        ("the admin token", ADMIN.to_owned()),
    ]
}

#[test]
fn a3_no_secret_is_logged() {
    // What the server itself logs, then what its libraries do.
    for level in ["wirewalk=trace", "trace"] {
        let mut server = Server::builder().env("RUST_LOG", level).env("WIREWALK_ADMIN_TOKEN", ADMIN).start();
        let secrets = story(&server);
        server.signal("TERM");
        let exit = server.wait_exit(PATIENCE * 2);
        assert_eq!(exit.code, Some(0), "{}", exit.stderr);
        let log = exit.stderr;
        assert!(log.contains("/message") && log.contains("/login"), "the log is not the one to read: {log}");
        for (what, secret) in secrets {
            let line = log.lines().find(|line| line.contains(&secret));
            assert_eq!(line, None, "{what} is in the log at {level}");
        }
    }
}
