//! The number on the page: distinct people who are there now, at once, for everyone.

use super::{ADMIN, Person, server};
use crate::support::chrome::Chrome;
use crate::support::http::Request;
use crate::support::server::Server;

/// Users and connections, as an operator is told.
pub(super) fn presence(server: &Server) -> (u64, u64) {
    let answer = Request::new("GET", "/api/presence").bearer(ADMIN).send(server.addr());
    let data = &answer.json()["data"];
    (data["users"].as_u64().expect("users"), data["connections"].as_u64().expect("connections"))
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn people_come_and_go() {
    let server = server().start();
    let chrome = Chrome::launch();

    // Two browsers, one account: one person.
    let ada = Person::register(&chrome, &server, "Ada");
    ada.sees(1);
    let ada_too = Person::sign_in(&chrome, &server, "Ada");
    ada_too.sees(1);
    ada.is_told(1);
    assert_eq!(presence(&server), (1, 2));

    // Another person.
    let bob = Person::register(&chrome, &server, "小明");
    for person in [&ada, &ada_too, &bob] {
        person.sees(2);
    }
    assert_eq!(presence(&server), (2, 3));

    // One of the first one's two windows closes: nothing changes.
    ada_too.complains_of_nothing();
    ada_too.page.close();
    crate::support::wait_until("the window is gone", crate::support::PATIENCE, || {
        presence(&server) == (2, 2)
    });
    ada.is_told(2);
    bob.is_told(2);

    // The other person's browser is closed.
    bob.complains_of_nothing();
    bob.context.close();
    ada.sees(1);
    assert_eq!(presence(&server), (1, 1));

    // The page is loaded again.
    ada.page.reload();
    ada.is("online");
    ada.sees(1);
    ada.is_told(1);
    crate::support::wait_until("the old connection is gone", crate::support::PATIENCE, || {
        presence(&server) == (1, 1)
    });

    ada.complains_of_nothing();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_reload_keeps_the_place() {
    let server = server().start();
    let chrome = Chrome::launch();
    let ada = Person::register(&chrome, &server, "Ada");
    let bob = Person::register(&chrome, &server, "Bob");
    ada.sees(2);
    for _ in 0..5 {
        ada.page.reload();
        ada.is("online");
        ada.sees(2);
    }
    // However the connections overlapped, the number is right in the end, and the session is the same.
    bob.sees(2);
    bob.is_told(2);
    assert_eq!(ada.page.eval("location.pathname"), "/");
    crate::support::wait_until("one connection each", crate::support::PATIENCE, || {
        presence(&server) == (2, 2)
    });
    ada.complains_of_nothing();
    bob.complains_of_nothing();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn who_signs_out_is_gone() {
    let server = server().start();
    let chrome = Chrome::launch();
    let ada = Person::register(&chrome, &server, "Ada");
    let bob = Person::register(&chrome, &server, "Bob");
    ada.sees(2);
    bob.page.click("#sign-out");
    bob.page.wait("location.pathname === '/login.html'", crate::support::PATIENCE);
    ada.sees(1);
    assert_eq!(presence(&server), (1, 1));

    // There is no way back without signing in.
    bob.page.goto(&server.url("/online"));
    bob.page.wait("location.pathname === '/login.html'", crate::support::PATIENCE);
    ada.is_told(1);
    ada.complains_of_nothing();
    // That nobody is signed in is an answer of 401, which Chromium writes on the console.
    bob.page.take_problems().iter().for_each(|problem| assert!(problem.contains("401"), "{problem}"));
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn what_is_pushed_is_shown_as_text() {
    let server = server().start();
    let chrome = Chrome::launch();
    let ada = Person::register(&chrome, &server, "Ada");
    let hostile = "<img src=x onerror=alert(1)> & 你好";
    let message = serde_json::json!({ "message": hostile });
    let answer = Request::new("POST", "/api/broadcast").bearer(ADMIN).json(&message).send(server.addr());
    assert_eq!((answer.status, &answer.json()["data"]["delivered"]), (200, &1.into()));
    ada.page.wait("messages.children.length === 1", crate::support::PATIENCE);
    assert!(ada.page.text("#messages").contains(hostile), "{}", ada.page.text("#messages"));
    ada.complains_of_nothing();
}
