//! Malformed and oversized request bodies.

use serde_json::json;

use super::{data, refused};
use crate::support::http::Request;
use crate::support::people::{self, PASSWORD, admin};
use crate::support::server::Server;

/// Wrong bodies where `userName` and `password` are expected.
fn wrong() -> Vec<(&'static str, &'static [u8])> {
    let (json, form) = ("application/json", "application/x-www-form-urlencoded");
    vec![
        (json, b""),
        (json, b"{"),
        (json, b"not JSON"),
        (json, b"[]"),
        (json, b"null"),
        (json, b"\"userName\""),
        (json, b"{}"),
        (json, b"{\"userName\":\"Ann\"}"),
        (json, b"{\"password\":\"correct horse battery\"}"),
        (json, b"{\"userName\":1,\"password\":\"correct horse battery\"}"),
        (json, b"{\"userName\":\"Ann\",\"password\":null}"),
        (json, b"{\"username\":\"Ann\",\"password\":\"correct horse battery\"}"),
        (json, b"{\"userName\":\"Ann\",\"password\":\"correct horse battery\"}}"),
        (json, b"{\"userName\":\"Ann\",\"userName\":\"Bob\",\"password\":\"correct horse battery\"}"),
        (json, b"{\"userName\":\"\xFF\",\"password\":\"correct horse battery\"}"),
        (json, b"userName=Ann&password=correct+horse+battery"),
        (form, b""),
        (form, b"userName=Ann"),
        (form, b"password=correct+horse+battery"),
        (form, b"userName=Ann&userName=Bob&password=correct+horse+battery"),
        (form, b"{\"userName\":\"Ann\",\"password\":\"correct horse battery\"}"),
        ("text/plain", b"{\"userName\":\"Ann\",\"password\":\"correct horse battery\"}"),
        ("text/plain", b"userName=Ann&password=correct+horse+battery"),
        ("application/jsonx", b"{\"userName\":\"Ann\",\"password\":\"correct horse battery\"}"),
        ("multipart/form-data; boundary=x", b"--x--\r\n"),
        ("", b"userName=Ann&password=correct+horse+battery"),
    ]
}

#[test]
fn wrong_bodies_are_400_and_register_nobody() {
    let server = Server::start(&[]);
    for (kind, body) in wrong() {
        for path in ["/register", "/login"] {
            let request = Request::new("POST", path).body(kind, body);
            refused(&request.send(server.addr()), 400);
        }
    }
    let no_type = Request::new("POST", "/register").send(server.addr());
    refused(&no_type, 400);
    // Ann is still free.
    let ann = Request::new("POST", "/register").form(&[("userName", "Ann"), ("password", PASSWORD)]);
    data(&ann.send(server.addr()), 200);
}

/// The messages of errors: the field, and what it must be.
#[test]
fn an_error_names_the_field() {
    let server = people::server(&[]);
    let long = "x".repeat(100);
    let unknown = format!("{{\"{long}\":1}}");
    let cut = format!("unknown field \"{}\"; known: message", "x".repeat(40));
    let (pushed, kicked) = ("sessionId, userId, message", "sessionId, userId, reason");
    for (path, body, message) in [
        ("/register", "{}", "userName is missing".to_owned()),
        ("/register", r#"{"userName":"Ann"}"#, "password is missing".to_owned()),
        ("/register", r#"{"userName":1,"password":"x"}"#, "userName must be a string".to_owned()),
        ("/login", r#"{"userName":"Ann","password":null}"#, "password must be a string".to_owned()),
        (
            "/login",
            r#"{"username":"Ann","password":"x"}"#,
            "unknown field \"username\"; known: userName, password".to_owned(),
        ),
        ("/login", r#"{"userName":"a","userName":"b"}"#, "userName is given twice".to_owned()),
        ("/login", "", "the body is empty; it must be a JSON object".to_owned()),
        ("/login", "[1]", "the body must be a JSON object".to_owned()),
        ("/login", "{\n \"userName\"}", "the body is not JSON: line 2, column 12".to_owned()),
        ("/api/broadcast", "{}", "message is missing".to_owned()),
        ("/api/broadcast", r#"{"message":["x"]}"#, "message must be a string".to_owned()),
        ("/api/broadcast", &unknown, cut),
        ("/api/push", r#"{"message":"x"}"#, "sessionId or userId is missing".to_owned()),
        ("/api/push", r#"{"userId":1}"#, "message is missing".to_owned()),
        (
            "/api/push",
            r#"{"userId":1,"sessionId":"x","message":"x"}"#,
            "give sessionId or userId, not both".to_owned(),
        ),
        (
            "/api/push",
            r#"{"userId":1.5,"message":"x"}"#,
            "userId must be an integer, or a string of its digits".to_owned(),
        ),
        ("/api/push", r#"{"sessionId":7,"message":"x"}"#, "sessionId must be a string".to_owned()),
        ("/api/push", r#"{"userId":1,"mesage":"x"}"#, format!("unknown field \"mesage\"; known: {pushed}")),
        ("/api/kick", r#"{"userId":1,"reason":7}"#, "reason must be a string".to_owned()),
        ("/api/kick", r#"{"userId":1,"message":"x"}"#, format!("unknown field \"message\"; known: {kicked}")),
    ] {
        let request =
            Request::new("POST", path).bearer(people::ADMIN).body("application/json", body.as_bytes());
        let answer = request.send(server.addr());
        assert_eq!((answer.status, &answer.json()["message"]), (400, &message.into()), "{path} {body}");
    }
    let form = Request::new("POST", "/login").form(&[("userName", "Ann"), ("password", "x"), ("next", "/")]);
    assert_eq!(
        form.send(server.addr()).json()["message"],
        "unknown field \"next\"; known: userName, password"
    );
    let kinds = "application/json or application/x-www-form-urlencoded";
    for (path, kinds) in [("/login", kinds), ("/api/push", "application/json")] {
        let request = Request::new("POST", path).bearer(people::ADMIN).body("text/plain", b"{}");
        let answer = request.send(server.addr());
        assert_eq!(answer.json()["message"], format!("Content-Type must be {kinds}"));
    }
}

/// What a client must send is in the answer, for programs and for people.
#[test]
fn unauthorized_says_what_to_send() {
    let server = people::server(&[]);
    for (method, path) in [("GET", "/user/info"), ("POST", "/logout"), ("GET", "/api/presence")] {
        let answer = Request::new(method, path).send(server.addr());
        assert_eq!((answer.status, answer.header("WWW-Authenticate")), (401, Some("Bearer")), "{path}");
        let message = answer.json()["message"].as_str().expect("text").to_owned();
        assert!(message.contains("Authorization: Bearer"), "{path}: {message}");
    }
    let login = Request::new("POST", "/login").json(&people::credentials("Nobody"));
    let upgrade = people::Login { token: String::new(), session: "x".to_owned(), user: 1 };
    for answer in [login.send(server.addr()), upgrade.try_connect(&server, &[]).unwrap_err()] {
        assert_eq!((answer.status, answer.header("WWW-Authenticate")), (401, Some("Bearer")), "{answer:?}");
    }
    assert_eq!(crate::support::http::get(server.addr(), "/healthz").header("WWW-Authenticate"), None);
}

/// What a library says of a path or a query is no answer of ours.
#[test]
fn a_malformed_path_or_query_is_answered_like_any_other() {
    let server = Server::start(&["--lab"]);
    for path in ["/inspect/saved/%ff/x.json", "/lab/runs/%ff", "/lab/%ff", "/inspect/saved/a/b?lang=a&lang=b"]
    {
        refused(&crate::support::http::get(server.addr(), path), 404);
    }
}

#[test]
fn a_media_type_may_have_parameters_and_json_has_no_case() {
    let server = Server::start(&[]);
    for (kind, name) in [
        ("application/json; charset=utf-8", "Ann"),
        ("Application/JSON", "Bob"),
        ("application/json;charset=UTF-8", "Cid"),
    ] {
        let body = people::credentials(name).to_string();
        data(&Request::new("POST", "/register").body(kind, body.as_bytes()).send(server.addr()), 200);
    }
    let form = Request::new("POST", "/login").body(
        "application/x-www-form-urlencoded; charset=utf-8",
        b"userName=Ann&password=correct+horse+battery",
    );
    data(&form.send(server.addr()), 200);
}

#[test]
fn a_body_over_64_kib_is_413() {
    let server = people::server(&[]);
    let long = "x".repeat(64 * 1024);
    for path in ["/register", "/login"] {
        let json = json!({ "userName": "Ann", "password": long });
        refused(&Request::new("POST", path).json(&json).send(server.addr()), 413);
        let form = Request::new("POST", path).form(&[("userName", "Ann"), ("password", &long)]);
        refused(&form.send(server.addr()), 413);
    }
    refused(&admin(&server, "/api/broadcast", &json!({ "message": long })), 413);
}

#[test]
fn the_admin_api_refuses_other_bodies() {
    let server = people::server(&[]);
    let session = "6fa459ea-ee8a-4ca4-894e-db77e160355e";
    for (path, body) in [
        ("/api/push", json!({})),
        ("/api/push", json!({ "message": "x" })),
        ("/api/push", json!({ "userId": 1 })),
        ("/api/push", json!({ "sessionId": session })),
        ("/api/push", json!({ "sessionId": session, "userId": 1, "message": "x" })),
        ("/api/push", json!({ "userId": 1, "message": 7 })),
        ("/api/push", json!({ "userId": [], "message": "x" })),
        ("/api/push", json!({ "userId": 1.5, "message": "x" })),
        ("/api/push", json!({ "sessionId": 7, "message": "x" })),
        ("/api/push", json!({ "userId": null, "message": "x" })),
        ("/api/push", json!([1, "x"])),
        ("/api/broadcast", json!({})),
        ("/api/broadcast", json!({ "message": null })),
        ("/api/broadcast", json!("x")),
        ("/api/kick", json!({})),
        ("/api/kick", json!({ "reason": "x" })),
        ("/api/kick", json!({ "userId": 1, "reason": 7 })),
    ] {
        let answer = admin(&server, path, &body);
        assert_eq!(answer.status, 400, "{path} {body}: {}", answer.text());
        refused(&answer, 400);
    }
    for path in ["/api/push", "/api/broadcast", "/api/kick"] {
        for (kind, body) in [
            ("application/json", &b""[..]),
            ("application/json", b"{\"message\""),
            ("application/json", b"\xFF"),
            ("text/plain", b"{\"userId\":1,\"message\":\"x\",\"reason\":\"x\"}"),
            ("application/x-www-form-urlencoded", b"userId=1&message=x&reason=x"),
        ] {
            refused(
                &Request::new("POST", path).bearer(people::ADMIN).body(kind, body).send(server.addr()),
                400,
            );
        }
    }
}
