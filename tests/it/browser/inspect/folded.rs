//! What came too fast to be read is in one row. It opens; and what there is no room for is counted.

use serde_json::{Value, json};

use super::Watcher;
use crate::support::PATIENCE;
use crate::support::chrome::Theme;

/// The numbers of the rows there are.
const ROWS: &str = "[...document.querySelectorAll('#rows .packet')].map(it => Number(it.id.slice(1)))";

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_counter_opens_and_each_packet_is_there() {
    let ada = Watcher::open();
    ada.connect();
    ada.press("send-many");
    ada.page.wait("/1000 × message/.test(reported.textContent)", PATIENCE);
    ada.page.click("#close");
    ada.page.wait("document.querySelector('.autopsy') !== null", PATIENCE);
    ada.page.wait("document.querySelector('.fold.fast')", PATIENCE);
    ada.page.picture("inspect-folded-rows");
    let before = ada.page.eval(ROWS).as_array().unwrap().len();
    // By the keyboard: the button beside the counter, and then the rows.
    ada.page.tab_to("unfold", 60);
    ada.page.press("Enter");
    ada.page.wait("document.activeElement.closest('.fold.fast')", PATIENCE);
    ada.page.wait("document.querySelectorAll('.fold.fast:not([open])').length === 0", PATIENCE);
    ada.page.wait(&format!("{ROWS}.length > {before}"), PATIENCE);
    ada.page.picture("inspect-unfolded");
    let soon = ada.page.eval(ROWS).as_array().unwrap().len();
    let explained = ada.explained();
    let packets = explained["connections"][0]["packets"].as_array().unwrap();
    assert!(soon < packets.len(), "{soon} rows at once: they appear as they are needed");
    // All of them come, in their order, and are what `explain --json` has.
    ada.page.eval(
        "(async () => { for (let before = -1; ;) {
           document.querySelectorAll('#rows .fold').forEach(it => { it.open = true });
           const all = document.querySelectorAll('#rows .chunk');
           const empty = [...all].filter(it => it.childElementCount === 0);
           if (empty.length === 0 && before === all.length) break;
           before = all.length;
           for (const it of empty) { it.scrollIntoView(); await new Promise(done => setTimeout(done, 20)); }
           await new Promise(done => setTimeout(done, 100)); } })()",
    );
    let numbers: Vec<&Value> = packets.iter().map(|it| &it["number"]).collect();
    assert_eq!(ada.page.eval(ROWS).as_array().unwrap().iter().collect::<Vec<_>>(), numbers);
    let frames = explained["connections"][0]["frames"].as_array().unwrap();
    let labels = ada.page.eval("document.querySelectorAll('#rows .packet .arrow.frame').length");
    assert_eq!(labels, frames.len());
    // Frames count on through what was folded: the last is the last there.
    ada.page.eval(&format!("location.hash = '#f{}'", frames.len() - 1));
    ada.page.wait("document.querySelector('.packet[open] summary').innerText.includes('CLOSE')", PATIENCE);
    ada.complains_of_nothing();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_link_to_a_folded_row_opens_it() {
    let ada = Watcher::open();
    ada.connect();
    ada.press("send-many");
    ada.page.wait("/1000 × message/.test(reported.textContent)", PATIENCE);
    ada.page.wait("Number(counted.innerText.match(/[0-9]+/)?.[0]) > 800", PATIENCE);
    ada.page.eval("location.hash = '#f777'");
    ada.page.wait("document.querySelector('[id=c0f777] .grid')?.checkVisibility()", PATIENCE);
    assert_eq!(ada.page.eval("document.querySelector('[id=c0f777]').closest('.fold').open"), true);
    ada.complains_of_nothing();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn what_waits_too_long_is_folded_in_its_order() {
    let ada = Watcher::open();
    ada.connect();
    ada.page.click("#pause");
    ada.press("send-many");
    ada.page.wait("/1000 × message/.test(reported.textContent)", PATIENCE);
    ada.page.wait("Number(held.innerText.match(/[0-9]+/)?.[0]) > 100", PATIENCE);
    assert_eq!(ada.page.eval("document.querySelector('.fold.fast')"), Value::Null);
    ada.page.click("#pause");
    ada.page.wait("held.innerText === '' && document.querySelector('.fold.fast')", PATIENCE);
    let numbers = ada.page.eval("[...document.querySelectorAll('#rows .number')].map(it => Number(it.innerText.replace(/[^0-9]/g, '')))");
    let numbers: Vec<u64> = numbers.as_array().unwrap().iter().map(|it| it.as_u64().unwrap()).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    ada.complains_of_nothing();
}

/// Rows by themselves, fed with packets that come too fast, and with little room for them.
#[test]
#[ignore = "run by tests/run: needs chromium"]
fn packets_without_room_are_counted() {
    let ada = Watcher::open();
    let kept = |packets: u32, most: u32| {
        ada.page.eval(&format!(
            "import('/assets/rows/rows.js').then(async ({{ Rows }}) => {{
               document.querySelector('#rows').replaceChildren();
               const rows = new Rows(document.querySelector('#rows'), {{ most: {most} }});
               rows.add({{ type: 'connection', stream: 0, client: {{ address: '10.0.0.1', port: 1 }}, server: {{ address: '10.0.0.2', port: 2 }} }});
               for (let number = 1; number <= {packets}; number += 1) rows.fold([
                 {{ type: 'packet', stream: 0, number, time_ns: number, from: 'client', flags: ['ACK'], seq: 1, ack: 1, len: 7, window: 1, marks: [], tcp: {{ client: 'ESTABLISHED', server: 'ESTABLISHED' }}, ws: null }},
                 {{ type: 'frame', stream: 0, packets: [number], from: 'client', opcode: 'text', fin: true, rsv1: false, rsv2: false, rsv3: false, masked: false, length: 5, preview: 'Hello' }},
                 {{ type: 'bytes', stream: 0, number, at_ns: number, phase: 'messages', evidence: 'captured', captured: 7, length: 7, time: '0.000000', delta: '', labels: [['frame', 'TEXT \"Hello\"', '5 B']], base64: 'gQVIZWxsbw==', runs: [[1, 'ws.first'], [1, 'ws.second'], [5, 'ws.payload', '0']] }}]);
               rows.skip({{ stream: 0, from: {packets} + 1, to: {packets} + 10, packets: 10, frames: 10 }});
               const focus = rows.unfold();
               await new Promise(done => setTimeout(done, 100));
               return {{ folded: rows.folded, text: focus.innerText.replace(/\\s+/g, ' '), first: document.querySelector('#rows .packet').id,
                 oldest: rows.reveal('p1') !== null, newest: rows.reveal('f{}') !== null }}; }})", packets - 1
        ))
    };
    let all = kept(500, 10_000_000);
    assert_eq!(all["folded"], json!({ "frames": 510, "packets": 510, "gone": 10, "from": 1, "to": 510 }));
    assert_eq!((&all["first"], &all["oldest"], &all["newest"]), (&json!("p1"), &json!(true), &json!(true)));
    let some = kept(500, 200_000);
    let gone = some["folded"]["gone"].as_u64().unwrap();
    assert!((300..500).contains(&gone), "{some}");
    assert!(
        some["text"].as_str().unwrap().contains(&format!("{gone} packets of them are no longer kept here")),
        "{some}"
    );
    // The oldest are gone, the newest are there.
    assert_eq!((&some["oldest"], &some["newest"]), (&json!(false), &json!(true)));
    assert_eq!(some["first"], format!("p{}", gone - 10 + 1));
    ada.page.theme(Theme::Dark);
    ada.page.viewport(360, 800);
    ada.page.eval("document.querySelector('#rows .fold').scrollIntoView()");
    ada.page.picture("inspect-gone");
    ada.complains_of_nothing();
}
