//! A session's life: taken over by another tab, outliving the server's restart.

use std::time::Duration;

use serde_json::json;

use super::{PASSWORD, Person, RECONNECT, server};
use crate::support::chrome::Chrome;
use crate::support::http::post_json;
use crate::support::ws::{Client, Event};
use crate::support::{PATIENCE, wait_until};

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_second_tab_takes_over() {
    let server = server().start();
    let chrome = Chrome::launch();
    let first = Person::register(&chrome, &server, "Ada");
    let second = first.context.page(&server.url("/"));
    let online = "document.querySelector('#state').dataset.state === 'online'";
    second.wait(online, PATIENCE);
    first.is("replaced");

    // And it goes back when asked to, without a fight.
    first.page.click("#action");
    first.is("online");
    second.wait("document.querySelector('#state').dataset.state === 'replaced'", PATIENCE);
    first.is_told(1);
    std::thread::sleep(Duration::from_millis(500));
    first.is("online");
    assert_eq!(second.problems(), Vec::<String>::new());
    first.complains_of_nothing();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_page_outlives_the_server() {
    let mut server = server().start();
    let chrome = Chrome::launch();
    let ada = Person::register(&chrome, &server, "Ada");
    let bob = Person::register(&chrome, &server, "Bob");
    ada.sees(2);

    // Stopped in order, it tells its clients first.
    server.signal("TERM");
    let exit = server.wait_exit(PATIENCE * 2);
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    ada.is("reconnecting");
    bob.is("reconnecting");
    server.restart();
    let online = "document.querySelector('#state').dataset.state === 'online'";
    for person in [&ada, &bob] {
        person.page.wait(online, RECONNECT);
        person.sees(2);
    }

    // Killed, it tells nobody.
    server.kill();
    ada.is("reconnecting");
    bob.is("reconnecting");
    server.restart();
    for person in [&ada, &bob] {
        person.page.wait(online, RECONNECT);
        person.sees(2);
        person.is_told(2);
    }
    // Tries against a server that is down are on the console; nothing else is.
    for problem in [ada.page.take_problems(), bob.page.take_problems()].concat() {
        assert!(problem.contains("WebSocket") || problem.contains("ERR_"), "{problem}");
    }
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn what_is_wrong_is_said_at_the_form() {
    let server = server().start();
    let chrome = Chrome::launch();
    let ada = Person::register(&chrome, &server, "Ada");
    ada.complains_of_nothing();

    let page = chrome.context().page(&server.url("/login.html"));
    for (mode, name, password, says) in [
        ("#mode-sign-in", "", "", "Enter your user name."),
        ("#mode-sign-in", "Ada", "", "Enter your password."),
        ("#mode-sign-in", "Ada", "not her password", "The user name or the password is wrong."),
        ("#mode-sign-in", "Nobody", PASSWORD, "The user name or the password is wrong."),
        ("#mode-register", "Ada", PASSWORD, "This user name is taken."),
    ] {
        page.click(mode);
        page.type_text("#user-name", name);
        page.type_text("#password", password);
        page.click("#submit");
        page.wait(
            &format!("!error.hidden && error.innerText.startsWith({})", serde_json::Value::from(says)),
            PATIENCE,
        );
    }
    // The server's own words, for what only it knows.
    page.type_text("#user-name", "Eve");
    page.type_text("#password", "123");
    page.click("#submit");
    page.wait("!error.hidden && error.innerText.length > 10 && !error.innerText.includes('taken')", PATIENCE);
    assert_eq!(page.eval("location.pathname"), "/login.html");
    // Refusals are on Chromium's console as failed requests; nothing else is.
    page.take_problems().iter().for_each(|problem| assert!(problem.contains(" status of 4"), "{problem}"));
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn one_connection_too_many_waits_for_its_turn() {
    let server = server().args(&["--quota-user-sockets", "1"]).start();
    let chrome = Chrome::launch();
    let ada = Person::register(&chrome, &server, "Ada");
    ada.page.eval("location.assign('/login.html')");
    let credentials = json!({ "userName": "Ada", "password": PASSWORD });
    let login = post_json(server.addr(), "/login", &credentials).json()["data"].take();
    let target = format!("/message?sessionId={}&userId={}", login["uuid"].as_str().unwrap(), login["userId"]);
    let mut other = None;
    wait_until("the page has left", PATIENCE, || {
        let mut client = Client::connect(server.addr(), &target, &[]).expect("a valid session");
        let is_in = matches!(client.next(PATIENCE), Some(Event::Text(_)));
        other = is_in.then_some(client);
        is_in
    });
    ada.page.eval("location.assign('/')");
    ada.page.wait("document.querySelector('#state')?.dataset.word === 'state.many'", PATIENCE);
    drop(other);
    ada.page.wait("document.querySelector('#state').dataset.state === 'online'", PATIENCE);
    ada.is_told(1);
    ada.complains_of_nothing();
}
