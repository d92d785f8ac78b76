//! A message of many bytes: every one of them can be reached, in the row of its packet.

use std::collections::BTreeSet;

use super::Watcher;
use crate::support::PATIENCE;

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn all_bytes_of_a_large_message_are_there() {
    let ada = Watcher::open();
    ada.connect();
    ada.press("send-large");
    ada.page.wait("reported.textContent.includes('message 150000 B')", PATIENCE);
    ada.page.eval("follow.checked = false");
    ada.shows("BINARY 61 61 61 61 61 61… 150000 B");
    let explained = ada.explained();
    let connection = &explained["connections"][0];
    for side in ["client", "server"] {
        // A browser may send it in several frames.
        let frames = connection["frames"].as_array().unwrap().iter().filter(|it| it["from"] == side);
        let packets: BTreeSet<u64> = frames
            .flat_map(|it| it["packets"].as_array().unwrap().iter().map(|number| number.as_u64().unwrap()))
            .collect();
        let (mut masked, mut said) = (0, 0);
        for number in packets {
            ada.page.eval(&format!("location.hash = '#p{number}'"));
            ada.page.wait(&format!("document.querySelector('#p{number} .run')"), PATIENCE);
            ada.page
                .eval(&format!("document.querySelectorAll('#p{number} .more').forEach(it => it.click())"));
            ada.page.wait(&format!("document.querySelector('#p{number} .more') === null"), PATIENCE);
            let payload =
                |of: &str| format!("document.querySelectorAll('#p{number} {of}[data-field=\"ws.payload\"]')");
            let count = |js: &str| ada.page.eval(js).as_u64().unwrap();
            masked += count(&format!(
                "[...{}].flatMap(it => it.innerText.match(/[0-9a-f]{{2}}/g)).length",
                payload(".run")
            ));
            said += count(&format!(
                "[...{}].map(it => it.querySelector('.said').innerText.replaceAll(/[^a]/g, '').length).reduce((a, b) => a + b, 0)",
                payload(".meaning-line")
            ));
            ada.page.eval(&format!("document.querySelector('#p{number}').open = false"));
        }
        // Each byte on the wire, and each unmasked.
        assert_eq!((masked, said), (150_000, 150_000), "{side}");
    }
    ada.complains_of_nothing();
}
