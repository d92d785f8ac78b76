//! The first page, and the pages in the place of an error.

use super::header::SIZES;
use super::look::in_both_languages;
use super::{Person, server};
use crate::support::chrome::{Chrome, Page};
use crate::support::{PATIENCE, wait_until};

fn begins_a_connection(page: &Page) {
    page.wait("document.querySelectorAll('#rows .packet').length === 3", PATIENCE);
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_stranger_finds_the_ways_in() {
    let server = server().args(&["--lab"]).start();
    let chrome = Chrome::launch();
    let page = chrome.context().page(&server.url("/"));
    begins_a_connection(&page);
    let flags = "[...document.querySelectorAll('#rows .arrow .text')].map(at => at.innerText.split(' ')[0])";
    assert_eq!(page.eval(flags), serde_json::json!(["SYN", "SYN,ACK", "ACK"]));
    // No server sees those packets; it says so.
    assert_eq!(page.eval("document.querySelectorAll('#rows abbr').length"), 3);
    in_both_languages(&page, "the first page");
    for (width, height) in SIZES {
        page.viewport(width, height);
        let seen = "[...document.querySelectorAll('.door')].every(at => at.getBoundingClientRect().bottom <= innerHeight)";
        assert_eq!(page.eval(seen), true, "a door is out of sight at {width}x{height}");
    }
    for (door, shows) in [("/inspect", "#connect"), ("/lab", ".trial"), ("/login.html", "#user-name")] {
        page.goto(&server.url("/"));
        page.click(&format!(".door[href='{door}']"));
        page.wait(&format!("location.pathname === '{door}' && document.querySelector('{shows}')"), PATIENCE);
    }
    assert_eq!(page.problems(), Vec::<String>::new());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_page_that_begins_a_connection_also_ends_it() {
    let server = server().env("RUST_LOG", "wirewalk=debug").start();
    let chrome = Chrome::launch();
    let page = chrome.context().page(&server.url("/"));
    begins_a_connection(&page);
    wait_until("it is closed", PATIENCE, || {
        server.log().contains("= CLOSED code=1005 clean=true first=client")
    });
    assert_eq!(page.problems(), Vec::<String>::new());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn who_is_signed_in_sees_who_is_online_at_once() {
    let server = server().start();
    let chrome = Chrome::launch();
    let ada = Person::register(&chrome, &server, "Ada");
    ada.page.click("header .brand");
    ada.is("online");
    assert_eq!(ada.page.eval("location.pathname"), "/");
    ada.page.goto(&server.url("/online"));
    ada.is("online");
    ada.complains_of_nothing();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn an_error_is_a_page_with_a_way_out() {
    let server = server().start();
    let chrome = Chrome::launch();
    let page = chrome.context().blank();
    for (path, heading) in [
        ("/nothing/<b>%20", "There is nothing here"),
        ("/login", "This is not a page"),
        ("/lab", "This server has no lab"),
    ] {
        page.goto(&server.url(path));
        assert_eq!(page.text("h1"), heading);
        in_both_languages(&page, path);
        // Of the status, and of nothing else.
        page.take_problems()
            .iter()
            .for_each(|problem| assert!(problem.contains(" status of 40"), "{problem}"));
        page.click("main a");
        page.wait("['/', '/inspect'].includes(location.pathname)", PATIENCE);
    }
}
