//! R8: names that would run as script, turn a line around, or fill the screen.

use serde_json::json;

use crate::support::http::{Request, post_json};
use crate::support::refusal::{each, envelope, fair};
use crate::support::server::Server;

#[test]
fn r8_invalid_names_are_refused() {
    let server = Server::start(&[]);
    let long = "n".repeat(33);
    let longer = "名".repeat(10_000);
    let huge = "n".repeat(1 << 20);
    let names = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "ann\u{202e}nna",
        "ann\u{200b}",
        "\u{2066}ann",
        "ann\0",
        "ann\r\nSet-Cookie: a=b",
        "ann\u{1b}[2J",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "'; DROP TABLE users; --",
        "../../etc/passwd",
        "",
        " ",
        &long,
        &longer,
        &huge,
    ];
    each(names, |name| {
        let fields = [("userName", name), ("password", "correct horse")];
        let form = Request::new("POST", "/register").form(&fields).send(server.addr());
        let value = json!({ "userName": name, "password": "correct horse" });
        let json = post_json(server.addr(), "/register", &value);
        for answer in [form, json] {
            // What is longer than any body is refused before anybody looks for a name in it.
            let due =
                if name.len() > 60_000 || answer.status == 413 && name.len() > 20_000 { 413 } else { 400 };
            if answer.status != due {
                return Err(format!(
                    "{:?}: {} {}",
                    &name[..name.len().min(30)],
                    answer.status,
                    answer.text()
                ));
            }
            envelope(&answer)?;
            if answer.body.len() > 300 {
                return Err(format!("{}: the answer repeats it", answer.text()));
            }
        }
        Ok(())
    });
    fair(server.addr());
}

/// Odd, and names all the same: they come back as they went in, and in nobody's header.
#[test]
fn r8_unusual_names_are_returned_unchanged() {
    let server = Server::start(&[]);
    each(["Jürgen Müller", "张三", "أحمد", "a.b-c_d@e", "0", "null", "ﷺ"], |name| {
        let fields = [("userName", name), ("password", "correct horse")];
        let registered = Request::new("POST", "/register").form(&fields).send(server.addr());
        let login = Request::new("POST", "/login").form(&fields).send(server.addr());
        if (registered.status, login.status) != (200, 200) {
            return Err(format!("{name}: {} {}", registered.text(), login.text()));
        }
        let data = &login.json()["data"];
        let info =
            Request::new("GET", "/user/info").bearer(data["token"].as_str().unwrap()).send(server.addr());
        let header = login.headers.iter().find(|(_, value)| value.contains(name) && name.len() > 4);
        match (&data["userName"], &info.json()["data"]["userName"], header) {
            (login, info, None) if login == name && info == name => Ok(()),
            other => Err(format!("{name}: {other:?}")),
        }
    });
}
