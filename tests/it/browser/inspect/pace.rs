//! Time, as the reader wants it: held, step by step, slowly; and what is too fast is folded. The network never waits.

use serde_json::json;

use super::Watcher;
use crate::support::PATIENCE;
use crate::support::ws::Client;

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_reader_holds_the_page_and_not_the_network() {
    let ada = Watcher::open();
    ada.connect();
    let rows = || ada.page.eval("document.querySelectorAll('.packet').length").as_u64().unwrap();
    ada.page.click("#pause");
    let before = rows();
    for _ in 0..3 {
        ada.page.click("#send-text");
    }
    // The echoes have come, and nothing of them is shown.
    ada.page.wait("reported.textContent.split('message \"Hello\"').length === 4", PATIENCE);
    ada.page.wait("/^[1-9]/.test(held.innerText)", PATIENCE);
    assert_eq!(rows(), before);
    ada.page.click("#step");
    ada.page.wait(&format!("document.querySelectorAll('.packet').length === {}", before + 1), PATIENCE);
    ada.page.eval("speed.value = '4'; speed.dispatchEvent(new Event('change'))");
    ada.page.click("#pause");
    ada.page.wait("held.innerText === ''", PATIENCE);
    assert!(rows() > before + 5);

    // Where the reader is, the page stays.
    ada.page.eval("speed.value = '0'; speed.dispatchEvent(new Event('change')); follow.checked = false; location.hash = 'p2'");
    ada.page.wait("document.querySelector('#p2').open", PATIENCE);
    let place = ada.page.eval("document.querySelector('#p2').getBoundingClientRect().top");
    ada.page.eval("document.querySelector('#ping').click()");
    ada.shows("PING \"wirewalk\" 8 B");
    assert_eq!(ada.page.eval("document.querySelector('#p2').getBoundingClientRect().top"), place);
    ada.complains_of_nothing();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn what_is_too_fast_to_read_is_folded_and_counted() {
    let ada = Watcher::open();
    ada.connect();
    let mut other = Client::connect(ada.server.addr(), "/echo", &[]).unwrap();
    ada.page.eval("window.beats = 0; setInterval(() => { beats += 1; }, 10)");
    ada.press("send-many");
    // Someone else is served meanwhile, and the page answers.
    let mut count = 0;
    while ada.page.eval("/1000 × message/.test(reported.textContent)") == json!(false) {
        other.send_text("x");
        assert_eq!(other.text(), "x");
        count += 1;
        assert!(count < 10_000);
    }
    assert!(ada.page.eval("beats").as_u64().unwrap() > 20);
    // However much there is, what is rare is shown.
    ada.page.eval("follow.checked = true");
    ada.page.click("#ping");
    ada.shows("PING \"wirewalk\" 8 B");
    ada.page.wait("!folded.hidden", PATIENCE);
    ada.page.picture("inspect-folded");
    let folded = ada.page.eval("Number(folded.innerText.match(/[0-9]+/)[0])").as_u64().unwrap();
    assert!(folded > 1500, "{folded}");
    // All of it is in what is saved, and the frames count on.
    let messages = ada.explained()["connections"][0]["messages"].as_array().unwrap().len();
    assert_eq!(messages, 2000);
    ada.page.click("#close");
    ada.page.wait("document.querySelector('.autopsy') !== null", PATIENCE);
    assert_eq!(ada.page.eval("lost.hidden"), true);
    ada.complains_of_nothing();
}
