//! The lab in a real browser: each experiment that a page can run, and what Chromium reports of it.

use std::time::Duration;

use serde_json::{Value, json};
use wirewalk::lab::{Experiment, table};

use super::look::{assert_focus_shows, in_both_languages};
use crate::support::PATIENCE;
use crate::support::chrome::{Chrome, Page};
use crate::support::http::get;
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
        assert_eq!(page.eval(&format!("document.getElementById('run-{}')", row.id)), Value::Null);
        // Its capture is the one that is committed.
        let capture = page.eval(&format!("{}.getAttribute('href')", part(row.id, ".leads a[download]")));
        let answer = get(server.addr(), capture.as_str().unwrap());
        let committed = crate::captures::lab::directory().join(row.id).join("capture.pcapng");
        assert!(answer.status == 200 && answer.body == std::fs::read(committed).unwrap(), "{}", row.id);
    }
}

/// The ids of the experiments that are listed.
fn listed(page: &Page) -> Value {
    page.eval("[...document.querySelectorAll('.trial')].filter(it => it.checkVisibility()).map(it => it.id)")
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn experiments_are_found_by_words_and_family() {
    let (server, chrome, page) = open();
    let all = table::experiments().count();
    assert_eq!(listed(&page).as_array().unwrap().len(), all);
    page.type_text("#search", "utf-8 split");
    assert_eq!(listed(&page), json!(["F12-split"]));
    assert_eq!(page.text("#found"), format!("1 of {all} experiments"));
    // In the other language, too, and by the id or the section.
    page.type_text("#search", "全零");
    assert_eq!(listed(&page), json!(["F14-zero"]));
    page.type_text("#search", "f08");
    assert_eq!(listed(&page), json!(["F08", "F08-64", "F08-top"]));
    page.click("#family-C");
    assert_eq!((listed(&page), page.text("#none")), (json!([]), "No experiment has all these words.".into()));
    page.type_text("#search", "");
    let of_c = table::experiments().filter(|row| row.id.starts_with('C')).map(|row| row.id);
    assert_eq!(listed(&page), json!(of_c.collect::<Vec<_>>()));
    assert_eq!(page.eval("document.querySelector('#family-C').getAttribute('aria-pressed')"), "true");
    page.click("#family-all");
    assert_eq!(listed(&page).as_array().unwrap().len(), all);
    // Each says how grave it is, why it matters, and where the rule stands; what is legal is no warning.
    for row in table::experiments() {
        let shown = |selector| page.eval(&format!("{}.textContent", part(row.id, selector)));
        let sign = shown(".sign");
        let sign = sign.as_str().unwrap();
        assert!(row.at_fault.is_some() || sign == "ℹnormal", "{}: {sign}", row.id);
        assert!(shown(".why").as_str().unwrap().ends_with('.'), "{}", row.id);
    }
    assert_eq!(page.eval(&format!("{}.textContent", part("F02", ".sign"))), "⚠error");
    assert_eq!(page.eval(&format!("{}.textContent", part("F02", ".rfc"))), "RFC 6455 §5.1");
    let page = chrome.context().page(&server.url("/lab#Z"));
    page.wait("document.querySelector('#family-Z')?.getAttribute('aria-pressed') === 'true'", PATIENCE);
    assert_eq!(page.problems(), Vec::<String>::new());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn all_that_are_shown_run_and_their_results_stand_in_a_table() {
    let (_server, _chrome, page) = open();
    page.type_text("#search", "f08");
    page.click("#run-all");
    page.wait("progress.value === 3 && document.querySelector('#stop').hidden", LONG);
    assert_eq!(page.text("#ran"), "All 3 have ended; not as expected: 0");
    let rows = page.eval(
        "[...document.querySelectorAll('#results tbody tr')].map(it => [...it.children].slice(0, 3).map(cell => cell.innerText))",
    );
    let of = |id| json!([id, "open · close 1006 wasClean=false", "As expected"]);
    assert_eq!(rows, json!([of("F08"), of("F08-64"), of("F08-top")]));
    in_both_languages(&page, "the lab with results");
    // Each leads to the ladder, and to the capture of this run.
    for id in ["F08", "F08-64", "F08-top"] {
        let link = |word: &str| format!("document.querySelector('#result-{id} [data-word=\"{word}\"]')");
        let ladder = page.eval(&format!("{}.getAttribute('href')", link("lab.ladder")));
        assert_eq!(ladder, format!("/inspect?experiment={id}"));
        let capture = link("lab.capture");
        assert_eq!(page.eval(&format!("{capture}.download")), format!("{id}.pcapng"));
        // A policy may forbid to read a blob, so that it is looked at where it is kept.
        assert_eq!(page.eval(&format!("{capture}.href.startsWith('blob:')")), true);
    }
    // Stopped, no more begin: four run at a time.
    page.type_text("#search", "h10");
    page.click("#run-all");
    page.click("#stop");
    page.wait("document.querySelector('#ran').innerText.startsWith('Stopped: 4 of 5')", LONG);
    let waiting =
        "[...document.querySelectorAll('#results .verdict')].filter(it => it.innerText === 'Waiting').length";
    assert_eq!(page.eval(waiting), 1);
    let others: Vec<_> = page.problems().into_iter().filter(|problem| !is_expected(problem)).collect();
    assert_eq!(others, Vec::<String>::new());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_run_is_seen_packet_by_packet_and_leads_to_the_ladder() {
    let (_server, _chrome, page) = open();
    for id in ["F02", "F11"] {
        start(&page, id);
        outcome(&page, id);
    }
    // Each has packets of its own, from 1 on.
    for id in ["F02", "F11"] {
        page.wait(&format!("document.getElementById('{id}-p1')"), PATIENCE);
    }
    page.eval("location.hash = 'F02-f0'");
    let unmasked = "[...document.querySelectorAll('#F02 [data-frame=\"0\"] .unmask tr:last-child td')].slice(1).map(it => it.innerText).join('')";
    page.wait(&format!("{unmasked} === 'Hello'"), PATIENCE);
    assert_eq!(page.eval("document.querySelectorAll('#F11 details[open]').length"), 0);
    assert_eq!(page.eval("document.querySelector('#F02-c0f0 [data-field=\"ws.mask\"]').dataset.bits"), "1");
    page.eval(&format!("{}.click()", part("F02", ".leads [data-word=\"lab.ladder\"]")));
    page.wait(
        "location.pathname === '/inspect' && document.querySelector('#experiment')?.value === 'F02'",
        PATIENCE,
    );
    let others: Vec<_> = page.problems().into_iter().filter(|problem| !is_expected(problem)).collect();
    assert_eq!(others, Vec::<String>::new());
}
