//! The lab in a real browser: each experiment that a page can run, and what Chromium reports of it.

use std::time::Duration;

use serde_json::{Value, json};
use wirewalk::lab::{Experiment, table};

use super::look::{assert_focus_shows, in_both_languages};
use crate::support::PATIENCE;
use crate::support::chrome::{Chrome, Page};
use crate::support::server::Server;

/// An experiment ends within 70 seconds, and the browser's patience is in it.
const LONG: Duration = Duration::from_secs(90);

fn open() -> (Server, Chrome, Page) {
    let server = Server::start(&["--lab"]);
    let chrome = Chrome::launch();
    let page = chrome.context().page(&server.url("/lab"));
    page.wait("document.querySelectorAll('.trial').length > 50", PATIENCE);
    (server, chrome, page)
}

fn runnable() -> impl Iterator<Item = &'static Experiment> {
    table::experiments().filter(|row| row.browser.is_some())
}

/// A part of an experiment's panel.
fn part(id: &str, selector: &str) -> String {
    format!("document.getElementById('{id}').querySelector('{selector}')")
}

fn start(page: &Page, id: &str) {
    page.eval(&format!("document.getElementById('run-{id}').click()"));
}

/// What is shown when it has ended: the verdict, the browser's side, the server's.
fn outcome(page: &Page, id: &str) -> [String; 3] {
    let verdict = format!("{}.dataset.verdict", part(id, ".verdict"));
    page.wait(&format!("['kept', 'other'].includes({verdict})"), LONG);
    let text = |selector| page.eval(&format!("{}.innerText", part(id, selector)));
    [page.eval(&verdict), text(".reported ol"), text(".happened")]
        .map(|value| value.as_str().unwrap_or_default().to_owned())
}

/// What the browser says of a WebSocket that goes wrong. Nothing else may be wrong.
fn is_expected(problem: &str) -> bool {
    problem.contains("WebSocket connection to 'ws://")
        && problem.contains("/lab/")
        && problem.contains("failed: ")
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_browser_reports_what_the_table_says() {
    let (_server, _chrome, page) = open();
    // Those that take long go on meanwhile.
    let is_long = |id| matches!(id, "L01" | "L02" | "L03" | "L04" | "L05" | "C06" | "C07" | "T08");
    let (long, quick): (Vec<&Experiment>, Vec<&Experiment>) = runnable().partition(|row| is_long(row.id));
    for row in &long {
        start(&page, row.id);
    }
    let mut wrong = Vec::new();
    for row in quick.iter().chain(&long) {
        if !is_long(row.id) {
            start(&page, row.id);
        }
        let [verdict, reported, happened] = outcome(&page, row.id);
        if verdict != "kept" {
            wrong.push(format!("{}: not {:?}:\n{reported}\n{happened}", row.id, row.browser));
        }
        // And the server has its side of it.
        let expected = ["sent", "TCP first"].iter().all(|word| happened.contains(word));
        if !expected {
            wrong.push(format!("{}: the server says:\n{happened}", row.id));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    let problems = page.problems();
    let others: Vec<_> = problems.iter().filter(|problem| !is_expected(problem)).collect();
    assert!(others.is_empty(), "{others:?}");
    // Each that fails is complained of, so the filter filters.
    assert!(problems.len() > 30, "{problems:?}");
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn both_sides_are_shown_in_both_languages_on_a_narrow_screen() {
    let (_server, _chrome, page) = open();
    let families =
        page.eval("[...document.querySelectorAll('#families a')].map(it => it.getAttribute('href'))");
    assert_eq!(families, json!(["#T", "#H", "#F", "#Z", "#C", "#L"]));
    in_both_languages(&page, "the lab");
    start(&page, "F02");
    let [verdict, reported, happened] = outcome(&page, "F02");
    assert_eq!(verdict, "kept");
    assert!(reported.contains("open") && reported.contains("close 1006 wasClean=false"), "{reported}");
    for told in [
        "sent HTTP/1.1 101",
        "Sec-WebSocket-Accept: ",
        "81 85 37 fa 21 3d 7f 9f 4d 51 58",
        "text FIN=1 5 B masked",
        "ended TCP first",
    ] {
        assert!(happened.contains(told), "{told}: {happened}");
    }
    in_both_languages(&page, "the lab with an outcome");
    page.click("#language");
    let shown = page.eval(&format!("{}.innerText", part("F02", ".does")));
    assert_eq!(shown, table::find("F02").unwrap().does.zh);
    let others: Vec<_> = page.problems().into_iter().filter(|problem| !is_expected(problem)).collect();
    assert_eq!(others, Vec::<String>::new());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn an_experiment_is_run_without_a_mouse_and_found_by_its_address() {
    let (server, chrome, page) = open();
    page.tab_to("run-T06", 40);
    assert_focus_shows(&page);
    page.press("Enter");
    let [verdict, ..] = outcome(&page, "T06");
    assert_eq!((verdict.as_str(), page.focused().as_str()), ("kept", "run-T06"));
    // Once more, and twice at a time is once.
    page.press("Space");
    page.press("Space");
    outcome(&page, "T06");

    let page = chrome.context().page(&server.url("/lab#C01"));
    page.wait("document.getElementById('C01')?.getBoundingClientRect().top < innerHeight", PATIENCE);
    assert_eq!(
        page.eval("document.getElementById('C01').getBoundingClientRect().top >= 0"),
        Value::Bool(true)
    );
    assert_eq!(page.problems(), Vec::<String>::new());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn an_idle_timeout_is_as_long_as_one_wants() {
    let (_server, _chrome, page) = open();
    page.type_text("#seconds-L01", "99");
    page.click("#run-L01");
    assert_eq!(page.eval(&format!("{}.hidden", part("L01", ".outcome"))), true, "99 is too long");
    page.type_text("#seconds-L01", "2");
    page.click("#run-L01");
    let [verdict, ..] = outcome(&page, "L01");
    assert_eq!(verdict, "kept");
    let time = page.eval(
        "[...document.querySelectorAll('#L01 .happened li')]
         .find(it => it.querySelector('.what').innerText === 'sent FIN').querySelector('time').innerText.match(/\\d+/)[0]",
    );
    let time: u64 = time.as_str().unwrap().parse().unwrap();
    assert!((2000..30_000).contains(&time), "{time}");
    assert_eq!(page.eval(&format!("{}.checkVisibility()", part("F02", ".seconds"))), false);
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn what_no_browser_can_do_says_which_program_does() {
    let (server, _chrome, page) = open();
    for row in table::experiments().filter(|row| row.browser.is_none()) {
        let shown = page.eval(&format!("{}.innerText", part(row.id, ".program code")));
        assert_eq!(shown, format!("cargo run --example provoke -- {} {}", row.id, server.addr()));
        assert_eq!(page.eval(&format!("{}.checkVisibility()", part(row.id, "button"))), false, "{}", row.id);
    }
}
