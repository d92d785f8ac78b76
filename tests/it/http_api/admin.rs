//! The administrator's API: who may use it, and what it counts. What a push or a kick does to a client is in
//! `message_endpoint`.

use serde_json::json;

use super::{data, refused};
use crate::support::http::{Answer, Request};
use crate::support::people::{self, ADMIN, Login, admin, presence};
use crate::support::server::Server;
use crate::support::{PATIENCE, wait_until};

/// Each row of the table that is under `/api/`, and some that are not there.
fn all(server: &Server, sign: impl Fn(Request) -> Request) -> Vec<(String, Answer)> {
    let rows = [
        ("GET", "/api/presence"),
        ("POST", "/api/push"),
        ("POST", "/api/broadcast"),
        ("POST", "/api/kick"),
        // Neither a wrong method nor a wrong path reveals a route.
        ("POST", "/api/presence"),
        ("GET", "/api/push"),
        ("DELETE", "/api/kick"),
        ("GET", "/api/nothing"),
        ("PUT", "/api/nothing/at/all"),
        ("GET", "/api/"),
    ];
    rows.into_iter()
        .map(|(method, path)| {
            let request = sign(Request::new(method, path));
            let body = match path {
                "/api/broadcast" => json!({ "message": "x" }),
                "/api/kick" => json!({ "userId": 1 }),
                _ => json!({ "userId": 1, "message": "x" }),
            };
            let request = if method == "GET" { request } else { request.json(&body) };
            (format!("{method} {path}"), request.send(server.addr()))
        })
        .collect()
}

#[test]
fn without_a_configured_token_the_admin_api_is_404() {
    let server = Server::start(&[]);
    for sign in [
        |request: Request| request,
        |request: Request| request.bearer(""),
        |request: Request| request.bearer(ADMIN),
    ] {
        for (what, answer) in all(&server, sign) {
            assert_eq!(answer.status, 404, "{what}: {}", answer.text());
            refused(&answer, 404);
        }
    }
}

#[test]
fn without_the_right_token_it_is_401() {
    let server = people::server(&[]);
    let login = Login::register(&server, "Ann");
    let longer = format!("{ADMIN}x");
    for token in ["", "wrong-token", &ADMIN[1..], &longer, &ADMIN.to_uppercase(), &login.token] {
        // A server for each: after ten wrong tokens a network waits.
        let server = people::server(&[]);
        for (what, answer) in all(&server, |request| request.bearer(token)) {
            assert_eq!(answer.status, 401, "{what} {token}: {}", answer.text());
            refused(&answer, 401);
        }
    }
    for (what, answer) in all(&server, |request| request.cookie("wirewalk_token", ADMIN)) {
        assert_eq!(answer.status, 401, "{what} by cookie");
    }
}

#[test]
fn the_admin_token_can_be_an_argument() {
    let server = Server::start(&["--admin-token", ADMIN]);
    assert_eq!(presence(&server), (0, 0));
}

#[test]
fn with_the_token_each_admin_route_answers() {
    let server = people::server(&[]);
    let statuses: Vec<_> = all(&server, |request| request.bearer(ADMIN))
        .into_iter()
        .map(|(what, answer)| (what, answer.status))
        .collect();
    let expected = [200, 404, 200, 404, 405, 405, 405, 404, 404, 404];
    assert_eq!(statuses.iter().map(|(_, status)| *status).collect::<Vec<_>>(), expected, "{statuses:?}");
}

#[test]
fn presence_counts_users_and_connections() {
    let server = people::server(&[]);
    let ask = || Request::new("GET", "/api/presence").bearer(ADMIN).send(server.addr());
    assert_eq!(data(&ask(), 200), json!({ "users": 0, "connections": 0, "stale": false }));

    let (ann, bob) = (Login::register(&server, "Ann"), Login::register(&server, "Bob"));
    let ann_elsewhere = Login::again(&server, "Ann");
    let (first, second, third) = (ann.connect(&server), ann_elsewhere.connect(&server), bob.connect(&server));
    assert_eq!(data(&ask(), 200), json!({ "users": 2, "connections": 3, "stale": false }));
    drop(first);
    wait_until("Ann closed one", PATIENCE, || presence(&server) == (2, 2));
    drop((second, third));
    wait_until("all closed", PATIENCE, || presence(&server) == (0, 0));
}

#[test]
fn delivered_counts_the_connections_reached() {
    let server = people::server(&[]);
    let (ann, bob) = (Login::register(&server, "Ann"), Login::register(&server, "Bob"));
    let ann_elsewhere = Login::again(&server, "Ann");
    let delivered = |path: &str, body| data(&admin(&server, path, &body), 200);
    assert_eq!(delivered("/api/broadcast", json!({ "message": "x" })), json!({ "delivered": 0 }));

    let _open = [&ann, &ann_elsewhere, &bob].map(|login| login.connect(&server));
    assert_eq!(delivered("/api/broadcast", json!({ "message": "x" })), json!({ "delivered": 3 }));
    assert_eq!(
        delivered("/api/push", json!({ "userId": ann.user, "message": "x" })),
        json!({ "delivered": 2 })
    );
    // An id is a number, but scripts have it as text.
    let text = ann.user.to_string();
    assert_eq!(delivered("/api/push", json!({ "userId": text, "message": "x" })), json!({ "delivered": 2 }));
    assert_eq!(
        delivered("/api/push", json!({ "sessionId": bob.session, "message": "" })),
        json!({ "delivered": 1 })
    );
    assert_eq!(
        delivered("/api/kick", json!({ "sessionId": ann.session, "reason": "x" })),
        json!({ "delivered": 1 })
    );
    assert_eq!(delivered("/api/kick", json!({ "userId": bob.user })), json!({ "delivered": 1 }));
    assert_eq!(presence(&server), (1, 1), "the kicked are off the list at once");
}

#[test]
fn a_push_to_an_offline_session_is_404() {
    let server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    let bob = Login::register(&server, "Bob");
    let _bob_is_online = bob.connect(&server);
    let ids = [
        json!({ "sessionId": ann.session }),
        json!({ "userId": ann.user }),
        json!({ "userId": 4711 }),
        json!({ "userId": "4711" }),
        json!({ "userId": "Bob" }),
        json!({ "userId": -1 }),
        json!({ "userId": "" }),
        json!({ "sessionId": "6fa459ea-ee8a-4ca4-894e-db77e160355e" }),
        json!({ "sessionId": "nonsense" }),
        json!({ "sessionId": "" }),
    ];
    for path in ["/api/push", "/api/kick"] {
        for body in &ids {
            let mut body = body.clone();
            let field = if path == "/api/push" { "message" } else { "reason" };
            body[field] = "x".into();
            let answer = admin(&server, path, &body);
            assert_eq!(answer.status, 404, "{path} {body}: {}", answer.text());
            refused(&answer, 404);
        }
        if path == "/api/push" {
            // A kick ends a session that is not connected too, so for it only who is signed out is not there.
            data(&ann.logout(&server), 200);
        }
    }
    assert_eq!(presence(&server), (1, 1));
}
