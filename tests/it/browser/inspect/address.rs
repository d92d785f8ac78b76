//! The address names a row: the page goes there as soon as it is there, once, and not when the reader has moved.

use super::Watcher;
use crate::support::PATIENCE;

const OPEN: &str = "[...document.querySelectorAll('.packet[open]')].map(it => it.id).join()";

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_fresh_page_goes_to_the_row_when_it_comes() {
    let of_frame = "document.querySelector('[id=c0f0]').closest('.packet').id";
    for (address, row) in
        [("/inspect#p7", "'p7'"), ("/inspect#p5/annotated", "'p5'"), ("/inspect#f0", of_frame)]
    {
        let ada = Watcher::open_at(address);
        ada.connect();
        ada.page.click("#send-text");
        ada.page.wait(&format!("{OPEN} === {row}"), PATIENCE);
        let row = ada.page.eval(row).as_str().unwrap().to_owned();
        ada.page.wait(&format!("{OPEN} === '{row}' && document.querySelector('#{row} .run')"), PATIENCE);
        let is_seen = format!(
            "(box => box.top >= 0 && box.top < innerHeight)(document.querySelector('#{row}').getBoundingClientRect())"
        );
        ada.page.wait(&is_seen, PATIENCE);
        assert_eq!(ada.page.eval("follow.checked"), false);
        // Once: closed again, it stays closed, and the page where it is.
        ada.page.click(&format!("#{row} summary"));
        ada.page.wait(&format!("{OPEN} === ''"), PATIENCE);
        ada.page.click("#ping");
        ada.shows("PONG \"wirewalk\" 8 B masked");
        assert_eq!(ada.page.eval(OPEN), "");
        ada.complains_of_nothing();
    }
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_reader_who_has_moved_stays_where_they_are() {
    let ada = Watcher::open_at("/inspect#p9");
    ada.connect();
    ada.page.eval("document.querySelector('#seen').dispatchEvent(new WheelEvent('wheel', { deltaY: 5, bubbles: true }))");
    for _ in 0..3 {
        ada.page.click("#send-text");
    }
    ada.page.wait("document.querySelector('#p9')", PATIENCE);
    ada.page.click("#ping");
    ada.shows("PONG \"wirewalk\" 8 B masked");
    assert_eq!(ada.page.eval(OPEN), "");
    // A link that is followed is another matter.
    ada.page.eval("location.hash = '#p4'");
    ada.page.wait(&format!("{OPEN} === 'p4'"), PATIENCE);
    ada.complains_of_nothing();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_new_row_does_not_take_the_focus_from_an_input() {
    let ada = Watcher::open_at("/inspect#p7");
    ada.connect();
    ada.page.type_text("#text", "one");
    ada.page.press("Enter");
    ada.page.wait(&format!("{OPEN} === 'p7'"), PATIENCE);
    assert_eq!(ada.page.focused(), "text");
    ada.complains_of_nothing();
}
