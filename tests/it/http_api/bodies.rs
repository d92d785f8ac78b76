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
