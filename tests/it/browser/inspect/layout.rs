//! What an eye meets first: the ladder has the height, and both state machines are whole beside it.

use serde_json::{Value, json};

use super::Watcher;
use crate::support::PATIENCE;

/// Width and height of the window, and the least share of the height that the ladder has.
const SIZES: [(u32, u32, f64); 5] =
    [(1366, 625, 0.45), (1536, 730, 0.5), (1280, 900, 0.5), (1920, 950, 0.5), (390, 844, 0.4)];

/// The height of the ladder that is seen, as a share of the window's.
const LADDER: &str = "(() => { const [rows, seen] = ['rows', 'seen'].map(id => document.getElementById(id).getBoundingClientRect());
    return Math.max(0, Math.min(rows.bottom, seen.bottom, innerHeight) - Math.max(rows.top, seen.top, 0)) / innerHeight })()";

/// How far a figure, with all of its states, reaches out of what is seen of it without scrolling; 0 if it is whole.
const OUTSIDE: &str = "id => { const panel = document.getElementById('machines').getBoundingClientRect();
    const parts = [document.getElementById(id), ...document.querySelectorAll(`#${id} .node`)].map(it => it.getBoundingClientRect());
    const [left, right] = [Math.max(panel.left, 0), Math.min(panel.right, innerWidth)];
    const [top, bottom] = [Math.max(panel.top, 0), Math.min(panel.bottom, innerHeight)];
    return Math.max(...parts.map(box => box.width === 0 ? 1e6 : Math.max(left - box.left, box.right - right, top - box.top, box.bottom - bottom, 0))) }";

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_ladder_has_the_height_and_the_machines_are_whole() {
    let ada = Watcher::open();
    ada.connect();
    ada.page.click("#send-text");
    ada.hears("^The server sent the same 5 bytes back, ");
    for language in ["en", "zh"] {
        for (width, height, least) in SIZES {
            ada.page.viewport(width, height);
            let place = format!("{width} × {height} in {language}");
            let ladder = ada.page.eval(LADDER).as_f64().unwrap();
            assert!(
                ladder >= least,
                "{place}: the ladder has {ladder:.2} of the height, {least} is the least"
            );
            let edges = ada.page.eval("['header.bar', '.toolbar', '.now'].map(edge => Math.round(document.querySelector(edge).getBoundingClientRect().height))");
            if width > 400 {
                // A row each: 44, 48 and 28 px.
                assert_eq!(edges, json!([44, 48, 28]), "{place}");
                for machine in ["tcp", "ws"] {
                    let outside = ada.page.eval(&format!("({OUTSIDE})('{machine}')")).as_f64().unwrap();
                    assert!(outside < 1.0, "{place}: {machine} is cut off, by {outside} px");
                }
                assert_eq!(ada.page.eval("machines.scrollTop"), 0, "{place}");
            }
            assert_eq!(ada.page.eval("document.documentElement.scrollWidth <= innerWidth"), true, "{place}");
        }
        ada.page.viewport(1400, 1000);
        ada.page.click("#language");
    }
    ada.complains_of_nothing();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn where_there_is_less_room_the_machines_are_strips() {
    let ada = Watcher::open();
    ada.connect();
    ada.page.viewport(1024, 768);
    let lit = "[...document.querySelectorAll('#tcp .pill.client, #ws .pill.server')].map(it => it.checkVisibility() && it.innerText)";
    assert_eq!(ada.page.eval(lit), json!(["ESTABLISHED", "OPEN"]));
    assert!(ada.page.eval("machines.getBoundingClientRect().height").as_f64().unwrap() < 64.0);
    ada.page.viewport(390, 844);
    assert_eq!(ada.page.text("#strip"), "❱ ESTABLISHED* · OPEN* │ ❰ ESTABLISHED* · OPEN*");
    assert_eq!(ada.page.eval(&format!("{lit}.every(it => !it)")), true);
    ada.page.click("#strip");
    assert_eq!(ada.page.eval(lit), json!(["ESTABLISHED", "OPEN"]));
    // What else can be done is on a sheet; what is done there is seen.
    ada.page.eval("follow.checked = false; seen.scrollTop = 0");
    ada.page.click("#all-controls");
    ada.page.click("#ping");
    ada.shows("PONG \"wirewalk\" 8 B masked");
    assert_eq!(ada.page.eval("controls.checkVisibility()"), false);
    let is_seen = "(box => box.top > 0 && box.bottom <= innerHeight)([...document.querySelectorAll('.packet')].at(-1).getBoundingClientRect())";
    ada.page.wait(is_seen, PATIENCE);
    ada.complains_of_nothing();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn what_is_followed_ends_at_the_verdict_and_not_at_the_notes_behind_it() {
    let ada = Watcher::open();
    ada.page.viewport(1366, 625);
    ada.connect();
    ada.page.click("#send-text");
    ada.shows("TEXT \"Hello\" 5 B masked");
    // A code that is not registered has a note already while the connection is open.
    ada.page.click("#closing > summary");
    ada.page.type_text("#code", "3999");
    ada.press("own-close");
    ada.hears("^Verdict: the client ended the connection");
    let box_of = |what: &str| {
        ada.page.eval(&format!("[...document.querySelectorAll('{what}')].at(-1).getBoundingClientRect().bottom - seen.getBoundingClientRect().bottom"))
    };
    let verdict = box_of(".story > li").as_f64().unwrap();
    assert!((-60.0..=0.0).contains(&verdict), "the verdict ends {verdict} px below the ladder");
    assert!(box_of(".found .finding").as_f64().unwrap() > 100.0, "the notes are behind it");
    assert_ne!(ada.page.eval("document.querySelector('.found')"), Value::Null);
}
