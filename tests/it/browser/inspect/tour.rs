//! The guided tour, taken by keyboard: predicted right and wrong, left and taken up again.

use serde_json::json;

use super::Watcher;
use crate::browser::look::assert_focus_shows;
use crate::support::PATIENCE;

/// What really happens in each step; each of these is one of its choices.
const TRUTH: [&str; 12] =
    ["client", "SYN,ACK", "3", "client", "101", "6", "plain", "same", "2", "server", "server", "other-port"];

/// The place of a choice among those of the step.
fn place(ada: &Watcher, value: &str) -> usize {
    let values = ada.page.eval("[...document.querySelectorAll('#tour-choices input')].map(it => it.value)");
    let values = values.as_array().unwrap();
    values.iter().position(|it| it == value).unwrap_or_else(|| panic!("{value}: {values:?}"))
}

/// Predicts this choice, by keyboard.
fn predict(ada: &Watcher, place: usize) {
    assert_eq!(ada.page.focused(), "tour-title");
    ada.page.press("Tab");
    ada.page.press("Tab");
    assert_focus_shows(&ada.page);
    ada.page.press("Space");
    for _ in 0..place {
        ada.page.press("ArrowDown");
    }
    let chosen = "[...document.querySelectorAll('#tour-choices input')].findIndex(it => it.checked)";
    assert_eq!(ada.page.eval(chosen), place);
    ada.page.press("Enter");
    ada.page.wait("['tour-do', 'tour-next'].includes(document.activeElement.id)", PATIENCE);
}

/// Does what the step asks for, if anything, and waits for the answer: whether it was predicted.
fn outcome(ada: &Watcher) -> bool {
    if ada.page.focused() == "tour-do" {
        ada.page.press("Enter");
    }
    ada.page.wait("document.activeElement.id === 'tour-next'", PATIENCE);
    assert_focus_shows(&ada.page);
    ada.page.eval("document.querySelector('#tour-result .right') !== null") == json!(true)
}

fn step(ada: &Watcher) -> u64 {
    ada.page.eval("Number.parseInt(document.querySelector('#tour-title').innerText)").as_u64().unwrap()
}

/// The rows that are shown.
fn rows(ada: &Watcher) -> u64 {
    ada.page.eval("document.querySelectorAll('.packet').length").as_u64().unwrap()
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn it_is_taken_whole_by_keyboard() {
    let ada = Watcher::open();
    ada.page.tab_to("tour-open", 40);
    ada.page.press("Enter");
    // Nothing chosen is no prediction.
    ada.page.press("Tab");
    ada.page.tab_to("tour-predict", 4);
    ada.page.press("Enter");
    assert_eq!(ada.page.text("#tour-task"), "Choose one first.");
    ada.page.press("Escape");
    assert_eq!((ada.page.focused().as_str(), ada.page.eval("tour.hidden")), ("tour-open", json!(true)));
    ada.page.press("Enter");
    let mut right = 0;
    for (number, truth) in TRUTH.iter().enumerate() {
        assert_eq!(step(&ada), number as u64 + 1);
        let before = rows(&ada);
        // Every third prediction is wrong.
        let is_right = number % 3 != 2;
        let count = ada.page.eval("document.querySelectorAll('#tour-choices input').length").as_u64().unwrap()
            as usize;
        let truth = place(&ada, truth);
        predict(&ada, if is_right { truth } else { (truth + 1) % count });
        assert_eq!(outcome(&ada), is_right, "step {}", number + 1);
        right += usize::from(is_right);
        assert_eq!(ada.page.text("#tour-score"), format!("{right} predicted right"));
        // Shown as far as the packet that answers, which the answer names.
        assert!(rows(&ada) > before, "step {}", number + 1);
        let named = ada.page.eval("document.querySelector('#tour-result a').getAttribute('href')");
        let last = ada.page.eval("'#' + [...document.querySelectorAll('.packet')].at(-1).id");
        assert_eq!(named, last, "step {}", number + 1);
        if number == 4 {
            ada.page.picture("inspect-tour");
        }
        ada.page.press("Enter");
    }
    assert_eq!(ada.page.text("#tour-title"), "The tour is over: 8 of 12 predicted right");
    assert_eq!(ada.page.focused(), "tour-title");
    // Nothing is held any more.
    ada.page.wait("held.innerText === '' && pause.getAttribute('aria-pressed') === 'false'", PATIENCE);
    ada.page.tab_to("tour-next", 4);
    ada.page.press("Enter");
    assert_eq!((ada.page.focused().as_str(), ada.page.text("#tour-open").as_str()), ("tour-open", "Tour"));
    ada.complains_of_nothing();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn it_is_left_and_taken_up_again() {
    let ada = Watcher::open();
    ada.page.click("#tour-open");
    for (number, truth) in TRUTH.iter().enumerate().take(6) {
        predict(&ada, place(&ada, truth));
        assert!(outcome(&ada), "step {}", number + 1);
        ada.page.press("Enter");
    }
    assert_eq!(step(&ada), 7);
    let held = rows(&ada);
    ada.page.press("Escape");
    // What was held is shown, and the page is as it was.
    ada.page.wait(&format!("document.querySelectorAll('.packet').length > {held} && tour.hidden"), PATIENCE);
    assert_eq!(ada.page.text("#tour-open"), "Tour (7/12)");
    ada.page.reload();
    ada.page.wait("document.querySelectorAll('.node').length === 15", PATIENCE);
    assert_eq!(ada.page.text("#tour-open"), "Tour (7/12)");
    ada.page.click("#tour-open");
    assert_eq!((step(&ada), ada.page.text("#tour-score")), (7, "6 predicted right".to_owned()));
    ada.page.click("#language");
    assert_eq!(ada.page.text("#tour-title"), "7 / 12 · 回显");
    ada.page.click("#language");
    ada.page.eval("document.querySelector('#tour-title').focus()");
    // The connection is gone: it asks for one first, and then for the text.
    predict(&ada, place(&ada, "plain"));
    assert_eq!(ada.page.text("#tour-task"), "This step needs an open connection: connect first.");
    ada.page.press("Enter");
    ada.page.wait("document.querySelector('#tour-task').innerText === 'Send a text.'", PATIENCE);
    assert!(outcome(&ada));
    // Left with the answer before one's eyes, it goes on with the next step; and what was predicted is asked anew.
    for _ in 0..2 {
        ada.page.press("Escape");
        ada.page.press("Enter");
        assert_eq!((step(&ada), ada.page.text("#tour-score")), (8, "7 predicted right".to_owned()));
        predict(&ada, place(&ada, "empty"));
        assert_eq!(ada.page.text("#tour-task"), "Now have the server send a Ping.");
    }
    ada.complains_of_nothing();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_connection_decides_what_is_right() {
    let ada = Watcher::open();
    // From the closing handshake on, with a server that resets: no Close, no FIN, no TIME-WAIT.
    ada.page.eval("localStorage.setItem('wirewalk-tour', JSON.stringify({ step: 10, right: 0 }))");
    ada.page.reload();
    ada.page.wait("document.querySelectorAll('.node').length === 15", PATIENCE);
    ada.connect();
    ada.page.click("#tour-open");
    predict(&ada, place(&ada, "server"));
    ada.page.click("#abort");
    ada.page.wait("document.querySelector('#tour-result .wrong') !== null", PATIENCE);
    assert_eq!(ada.page.eval("document.querySelector('#tour-result span').innerText"), "Neither");
}
