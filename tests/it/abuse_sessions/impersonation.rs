//! Names that look like somebody else's, and common passwords.

use serde_json::json;

use crate::support::http::{self, Answer};
use crate::support::people::PASSWORD;
use crate::support::server::Server;

fn register(server: &Server, name: &str, password: &str) -> Answer {
    http::post_json(server.addr(), "/register", &json!({ "userName": name, "password": password }))
}

#[test]
fn names_that_look_alike_are_the_same_name() {
    let server = Server::start(&[]);
    for name in ["Ann", "Jürgen", "paypal", "user1", "张三", "ВОВА"] {
        assert_eq!(register(&server, name, PASSWORD).status, 200, "{name}");
    }
    for name in [
        // Cyrillic, Greek, mathematical and full-width letters, and capitals that look like others.
        "Аnn",
        "Αnn",
        "𝐀nn",
        "ａｎｎ",
        "Ｊürgen",
        "JÜRGEN",
        "раураl",
        "pаypal",
        "userl",
        "USER1",
        "张三",
        "ΑΝΝ",
        "BOBA",
    ] {
        let answer = register(&server, name, PASSWORD);
        assert_eq!(answer.status, 409, "{name}: {}", answer.text());
    }
    // Whoever types their name so is still the one they are.
    let full_width = json!({ "userName": "ａｎｎ", "password": PASSWORD });
    let login = http::post_json(server.addr(), "/login", &full_width);
    assert_eq!((login.status, &login.json()["data"]["userName"]), (200, &"Ann".into()), "{}", login.text());
    for name in ["Anne", "Jurgen", "user2", "张二"] {
        assert_eq!(register(&server, name, PASSWORD).status, 200, "{name}");
    }
}

#[test]
fn service_names_are_reserved() {
    let server = Server::start(&[]);
    for name in [
        "admin",
        "Administrator",
        "ROOT",
        "system",
        "wirewalk",
        "support",
        "moderator",
        "аdmin",
        "ａｄｍｉｎ",
        "adm1n",
        "_admin_",
        "RООТ",
        "管理员",
        "系统",
    ] {
        let answer = register(&server, name, PASSWORD);
        assert_eq!(answer.status, 400, "{name}: {}", answer.text());
        assert_eq!(answer.json()["message"], "the name is reserved for the service; choose another");
    }
}

#[test]
fn common_passwords_are_refused() {
    let server = Server::start(&[]);
    for password in
        ["12345678", "Password", "p@ssw0rd", "trustno1", "woaini1314", "1q2w3e4r", "jennifer", "19850101"]
    {
        let answer = register(&server, "Ann", password);
        assert_eq!(answer.status, 400, "{password}: {}", answer.text());
        assert_eq!(answer.json()["message"], "the password is among the commonest; take several words");
    }
    for password in ["Passw0rd!", "Summer2024", "letmein99", "wirewalk1"] {
        let answer = register(&server, "Ann", password);
        assert_eq!(answer.status, 400, "{password}: {}", answer.text());
        let message = "the password is a common one with digits or signs at its end; take several words";
        assert_eq!(answer.json()["message"], message);
    }
    assert_eq!(register(&server, "Ann", "summer horse").status, 200);
}
