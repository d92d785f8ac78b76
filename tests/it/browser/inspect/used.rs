//! Used by everyone: in both languages, dark and light, on a narrow screen, without a mouse.

use serde_json::Value;

use super::Watcher;
use crate::browser::look::{assert_focus_shows, in_both_languages};
use crate::support::PATIENCE;
use crate::support::chrome::Theme;

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn it_looks_right() {
    let ada = Watcher::open();
    in_both_languages(&ada.page, "the live page");
    ada.page.viewport(1400, 1000);
    ada.connect();
    ada.page.click("#send-text");
    ada.shows("TEXT \"Hello\" 5 B masked");
    ada.page.click("#ping");
    ada.page.click("#close");
    ada.page.wait("document.querySelector('.autopsy') !== null && !waiting.hidden", PATIENCE);
    in_both_languages(&ada.page, "the live page with a connection");
    for menu in ["more", "closing", "saves"] {
        ada.page.viewport(360, 640);
        ada.page.click("#all-controls");
        ada.page.click(&format!("#{menu} > summary"));
        ada.page.eval("code.value = '999'; code.dispatchEvent(new Event('input'))");
        in_both_languages(&ada.page, menu);
        ada.page.press("Escape");
        ada.page.press("Escape");
    }
    ada.page.viewport(360, 640);
    ada.page.click("#strip");
    in_both_languages(&ada.page, "the machines as strips");
    ada.page.click("#all-controls");
    ada.page.click("#tour-open");
    in_both_languages(&ada.page, "the tour");
    ada.page.click("#tour-leave");
    // The findings and the autopsy speak the reader's language too.
    ada.page.click("#language");
    ada.page.wait("/\\p{Script=Han}/u.test(document.querySelector('.autopsy').innerText)", PATIENCE);
    ada.page.theme(Theme::Dark);
    ada.page.picture("inspect-narrow-dark");
    ada.page.viewport(1400, 1000);
    ada.page.picture("inspect-dark-zh");
    ada.complains_of_nothing();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn all_can_be_done_without_a_mouse() {
    let ada = Watcher::open();
    ada.page.tab_to("connect", 10);
    assert_focus_shows(&ada.page);
    ada.page.press("Enter");
    ada.page.wait("document.querySelector('#state').dataset.state === 'online'", PATIENCE);
    ada.page.tab_to("text", 10);
    ada.page.keys("Grüße");
    ada.page.press("Enter");
    ada.shows("TEXT \"Grüße\" 7 B masked");
    for id in ["ping", "pause", "step", "speed", "save"] {
        ada.page.tab_to(id, 40);
        assert_focus_shows(&ada.page);
    }
    // A menu is opened by a key, and Escape closes it and gives the focus back.
    ada.page.press("Enter");
    ada.page.tab_to("save-html", 4);
    assert_focus_shows(&ada.page);
    ada.page.press("Escape");
    assert_eq!((ada.page.focused().as_str(), ada.page.eval("saves.open")), ("save", Value::Bool(false)));
    for id in ["clear", "tour-open", "follow", "enlarge"] {
        ada.page.tab_to(id, 4);
        assert_focus_shows(&ada.page);
    }
    ada.page.eval("follow.checked = false");
    // A row is opened and closed by a key.
    ada.page.eval("document.querySelector('#p4 summary').focus()");
    assert_focus_shows(&ada.page);
    ada.page.press("Enter");
    ada.page.wait("document.querySelector('#p4').open", PATIENCE);
    ada.page.press("Enter");
    ada.page.wait("!document.querySelector('#p4').open", PATIENCE);
    ada.complains_of_nothing();
}
