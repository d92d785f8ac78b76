//! `GET /user/online`: one's own devices, and the names of others only where the server shows them.

use serde_json::{Value, json};

use super::{data, refused};
use crate::support::http::Request;
use crate::support::people::{self, Login};
use crate::support::server::Server;
use crate::support::ws::Client;
use crate::support::{PATIENCE, http, wait_until};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

fn ask(server: &Server, login: &Login) -> Value {
    data(&Request::new("GET", "/user/online").bearer(&login.token).send(server.addr()), 200)
}

fn connect(server: &Server, login: &Login, agent: &str) -> Client {
    Client::connect(server.addr(), &login.target(), &[("User-Agent", agent)])
        .unwrap_or_else(|answer| panic!("{}", answer.text()))
}

#[test]
fn own_devices_are_listed_and_nobody_else() {
    let server = people::server(&[]);
    let (here, bob) = (Login::register(&server, "Ann"), Login::register(&server, "Bob"));
    let there = Login::again(&server, "Ann");
    assert_eq!(ask(&server, &here), json!({ "online": 0, "devices": [], "users": null, "more": null }));

    let _bob = connect(&server, &bob, FIREFOX);
    let _here = connect(&server, &here, FIREFOX);
    let other = connect(&server, &there, "Python/3.13 websockets/15.0");
    let seen = ask(&server, &here);
    assert_eq!((&seen["online"], &seen["users"], &seen["more"]), (&json!(2), &Value::Null, &Value::Null));
    let devices = seen["devices"].as_array().expect("a list");
    let shown: Vec<_> =
        devices.iter().map(|it| json!([it["current"], it["browser"], it["system"]])).collect();
    assert_eq!(json!(shown), json!([[true, "Firefox", "Linux"], [false, null, null]]));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let since: Vec<_> = devices.iter().map(|it| u128::from(it["since"].as_u64().expect("a time"))).collect();
    assert!(since[0] <= since[1] && since[1] <= now && since[0] > now - 600_000, "{since:?} at {now}");
    assert_eq!(ask(&server, &there)["devices"][1]["current"], true);

    drop(other);
    wait_until("the other device is gone", PATIENCE, || {
        ask(&server, &here)["devices"].as_array().expect("a list").len() == 1
    });
    refused(&http::get(server.addr(), "/user/online"), 401);
}

#[test]
fn who_is_kicked_is_off_the_list() {
    let server = people::server(&["--show-users"]);
    let (ann, bob) = (Login::register(&server, "Ann"), Login::register(&server, "Bob"));
    let (_ann, _bob) = (connect(&server, &ann, FIREFOX), connect(&server, &bob, FIREFOX));
    let kick = json!({ "userId": bob.user, "reason": "test" });
    let answer = Request::new("POST", "/api/kick").bearer(people::ADMIN).json(&kick).send(server.addr());
    assert_eq!(answer.status, 200, "{}", answer.text());
    wait_until("Bob is off the list", PATIENCE, || {
        ask(&server, &ann)["users"] == json!([{ "userName": "Ann", "devices": 1 }])
    });
}

#[test]
fn everyone_is_listed_where_the_server_shows_them() {
    let server = Server::builder().env("WIREWALK_SHOW_USERS", "true").start();
    let (bob, ann) = (Login::register(&server, "Bob"), Login::register(&server, "安娜"));
    let again = Login::again(&server, "安娜");
    let _open = [&bob, &ann, &again].map(|login| connect(&server, login, ""));
    let seen = ask(&server, &bob);
    assert_eq!(
        seen["users"],
        json!([{ "userName": "Bob", "devices": 1 }, { "userName": "安娜", "devices": 2 }])
    );
    assert_eq!((&seen["online"], &seen["more"]), (&json!(2), &json!(0)));
}
