//! How long a page waits before it tries again: what it asks of its timers is looked at, not the clock.

use serde_json::json;

use super::{PASSWORD, Person, RECONNECT, server};
use crate::support::chrome::{Chrome, Page};
use crate::support::http::post_json;
use crate::support::ws::{Client, Event};
use crate::support::{PATIENCE, wait_until};

/// Notes the waits before tries in `waits`. Other timers of the page have round lengths.
const LISTEN: &str = "(() => {
    window.waits = [];
    const set = window.setTimeout;
    window.setTimeout = (work, ms, ...more) => {
        if (ms > 100 && ms % 1000 !== 0) waits.push(ms);
        return set(work, ms, ...more);
    }; })()";

/// Waits until the page has waited so often.
fn waits(page: &Page, count: usize) -> Vec<f64> {
    page.wait(&format!("waits.length >= {count}"), PATIENCE * 3);
    serde_json::from_value(page.eval("waits")).expect("numbers")
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_page_that_is_looked_at_never_waits_long_for_a_server_that_is_down() {
    let mut server = server().start();
    let chrome = Chrome::launch();
    let ada = Person::register(&chrome, &server, "Ada");
    ada.page.eval(LISTEN);
    server.signal("TERM");
    assert_eq!(server.wait_exit(PATIENCE * 2).code, Some(0));
    let waits = waits(&ada.page, 12);
    assert!(waits.iter().all(|ms| (400.0..=1500.0).contains(ms)), "{waits:?}");
    // Each page at a moment of its own.
    let mut different = waits.clone();
    different.sort_by(f64::total_cmp);
    different.dedup();
    assert_eq!(different.len(), waits.len(), "{waits:?}");
    server.restart();
    ada.page.wait("document.querySelector('#state').dataset.state === 'online'", RECONNECT);
    ada.sees(1);
    ada.is_told(1);
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_page_that_nobody_looks_at_waits_longer_and_comes_back_when_looked_at() {
    let mut server = server().start();
    let chrome = Chrome::launch();
    let ada = Person::register(&chrome, &server, "Ada");
    ada.page.eval(LISTEN);
    ada.page.eval(
        "Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
         Math.random = () => 0.999; 0",
    );
    server.kill();
    let seen = waits(&ada.page, 4);
    assert_eq!(json!(seen[..4]), json!([999.0, 1998.0, 3996.0, 7992.0]));
    server.restart();
    ada.page.eval("delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'))");
    ada.is("online");
    ada.sees(1);
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_server_that_refuses_is_asked_less_and_less() {
    let server = server().args(&["--quota-user-sockets", "1"]).start();
    let chrome = Chrome::launch();
    let ada = Person::register(&chrome, &server, "Ada");
    ada.page.goto(&server.url("/login.html"));
    let credentials = json!({ "userName": "Ada", "password": PASSWORD });
    let login = post_json(server.addr(), "/login", &credentials).json()["data"].take();
    let target = format!("/message?sessionId={}&userId={}", login["uuid"].as_str().unwrap(), login["userId"]);
    // Her other login takes the only place as soon as the page has left it.
    let mut other = None;
    wait_until("the page has left", PATIENCE, || {
        let mut client = Client::connect(server.addr(), &target, &[]).expect("a valid session");
        let is_in = matches!(client.next(PATIENCE), Some(Event::Text(_)));
        other = is_in.then_some(client);
        is_in
    });
    ada.page.goto(&server.url("/"));
    ada.page.eval(LISTEN);
    ada.page.eval("Math.random = () => 0.999; 0");
    let seen = waits(&ada.page, 3);
    assert!(seen.windows(2).all(|pair| pair[1] > 1.9 * pair[0]), "{seen:?}");
}
