//! Accessibility as axe-core sees it: no serious or critical fault on any page.

use serde_json::{Value, json};

use super::{report, write_talk};
use crate::browser::{Person, server};
use crate::support::PATIENCE;
use crate::support::chrome::{Chrome, Page, Theme};
use crate::support::npm;
use crate::support::temp::TempDir;

/// What axe finds that is at least serious, each with where.
fn faults(page: &Page, axe: &str) -> Value {
    page.eval(&format!("{axe};0"));
    page.eval(
        "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
         .filter(({ impact }) => impact === 'serious' || impact === 'critical')
         .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map(({ html }) => html).join(' ')}`))",
    )
}

fn has_no_fault(page: &Page, axe: &str, what: &str) {
    for theme in [Theme::Light, Theme::Dark] {
        for width in [1280, 360] {
            page.theme(theme);
            page.viewport(width, 900);
            page.wait("document.getAnimations().every(it => it.playState !== 'running')", PATIENCE);
            assert_eq!(faults(page, axe), json!([]), "{what}, {theme:?}, {width}");
        }
    }
}

#[test]
#[ignore = "run by tests/run: needs chromium and npm"]
fn no_page_has_a_serious_fault() {
    let axe = std::fs::read_to_string(npm::file("axe-core", "axe.min.js")).unwrap();
    let chrome = Chrome::launch();
    let server = server().args(&["--lab", "--show-users"]).start();
    let page = chrome.context().page(&server.url("/"));
    page.wait("document.querySelectorAll('#rows .packet').length === 3", PATIENCE);
    has_no_fault(&page, &axe, "the first page");
    page.goto(&server.url("/nothing"));
    has_no_fault(&page, &axe, "an error");
    page.goto(&server.url("/login.html"));
    has_no_fault(&page, &axe, "sign in");
    page.click("#submit");
    page.wait("!error.hidden", PATIENCE);
    has_no_fault(&page, &axe, "sign in, with an error");
    let ada = Person::register(&chrome, &server, "Ada");
    ada.is_told(1);
    ada.page.wait("document.querySelector('#users li') && document.querySelector('#devices li')", PATIENCE);
    has_no_fault(&ada.page, &axe, "who is online");
    let lab = chrome.context().page(&server.url("/lab"));
    lab.wait("document.querySelector('.trial')", PATIENCE);
    has_no_fault(&lab, &axe, "the lab");
    let walkthrough = chrome.context().page(&server.url("/walkthrough"));
    has_no_fault(&walkthrough, &axe, "the walkthrough");
    walkthrough.click("#language");
    has_no_fault(&walkthrough, &axe, "the walkthrough in Chinese");
    let live = chrome.context().page(&server.url("/inspect"));
    live.click("#connect");
    live.wait("document.querySelectorAll('#rows details.packet').length > 5", PATIENCE);
    live.eval("document.querySelectorAll('#rows details').forEach(it => { it.open = true })");
    has_no_fault(&live, &axe, "the live page");
    let dir = TempDir::new();
    let made = dir.join("made.pcapng");
    write_talk(&made);
    let page = chrome.context().page(&report(&dir, &made, &["--lang", "en"]));
    page.wait("document.querySelector('details.packet')", PATIENCE);
    has_no_fault(&page, &axe, "the report");
    page.click("#open-all");
    page.wait("document.querySelectorAll('details[open] .run').length > 100", PATIENCE);
    has_no_fault(&page, &axe, "the report, open");
}

/// Whatever axe finds, however slight: rules of WCAG 2.2 AA, and good practice.
fn has_no_violation(page: &Page, axe: &str, what: &str) {
    page.eval(&format!("{axe};0"));
    for theme in [Theme::Light, Theme::Dark] {
        for language in ["en", "zh"] {
            page.theme(theme);
            page.wait("document.getAnimations().every(it => it.playState !== 'running')", PATIENCE);
            if page.eval("document.documentElement.lang") != language {
                page.click("#language");
            }
            let found = page.eval(
                "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
                 violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`))",
            );
            assert_eq!(found, json!([]), "{what}, {theme:?}, {language}");
        }
    }
}

#[test]
#[ignore = "run by tests/run: needs chromium and npm"]
fn the_first_pages_have_no_violation() {
    let axe = std::fs::read_to_string(npm::file("axe-core", "axe.min.js")).unwrap();
    let chrome = Chrome::launch();
    let server = server().args(&["--show-users"]).start();
    let page = chrome.context().page(&server.url("/"));
    page.wait("document.querySelectorAll('#rows .packet').length === 3", PATIENCE);
    has_no_violation(&page, &axe, "the first page");
    for path in ["/nothing", "/login", "/lab", "/login.html"] {
        page.goto(&server.url(path));
        has_no_violation(&page, &axe, path);
    }
    let ada = Person::register(&chrome, &server, "Ada");
    ada.page.wait("document.querySelector('#users li') && document.querySelector('#devices li')", PATIENCE);
    has_no_violation(&ada.page, &axe, "who is online");
}

#[test]
#[ignore = "run by tests/run: needs chromium and npm"]
fn a_fault_is_found() {
    let axe = std::fs::read_to_string(npm::file("axe-core", "axe.min.js")).unwrap();
    let chrome = Chrome::launch();
    let server = server().start();
    let page = chrome.context().page(&server.url("/login.html"));
    page.eval("document.querySelector('label[for=user-name]').remove()");
    let found = faults(&page, &axe);
    assert!(found[0].as_str().is_some_and(|it| it.contains("label")), "{found}");
}
