//! An open row: what the packet is about is explained, all of it when that is wanted; and all of many bytes can be had.

use serde_json::Value;
use wirewalk::wire::Side::{Client, Server};

use super::bytes::bytes;
use super::{explain, masked, objects, of_type, opened, report, write_talk};
use crate::support::PATIENCE;
use crate::support::chrome::{Chrome, Page, Theme};
use crate::support::script::frame;
use crate::support::temp::TempDir;

/// The bytes that the open row of a packet shows, in hexadecimal.
fn shown(page: &Page, number: &Value) -> String {
    let js = format!(
        "[...document.querySelectorAll('#p{number} .run')].map(it => (it.querySelector('dt') ?? it).innerText).join('').replace(/\\s/g, '')"
    );
    page.eval(&js).as_str().unwrap().to_owned()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn each_run_is_explained_where_it_stands() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let made = dir.join("made.pcapng");
    write_talk(&made);
    let address = report(&dir, &made, &["--lang", "en"]);
    let page = super::page::open(&chrome, &format!("{address}#p6"));
    page.wait("document.querySelector('#p6 .run')", PATIENCE);
    let explained = "[...document.querySelectorAll('#p6 .run')].filter(it => it.querySelector('dd')).length";
    let all = page.eval("document.querySelectorAll('#p6 .run').length");
    let few = page.eval(explained);
    assert!(few.as_u64().unwrap() >= 4 && few.as_u64() < all.as_u64(), "{few} of {all}");
    // The others have a name, where one points.
    page.eval("document.querySelector('#p6 .plain [data-field=\"tcp.source-port\"]').scrollIntoView({ block: 'center' })");
    page.click("#p6 .plain [data-field=\"tcp.source-port\"]");
    page.wait(
        "[...document.querySelectorAll('#p6 .name')].some(it => it.innerText === 'from port 50000')",
        PATIENCE,
    );
    assert_eq!(
        page.eval("[...document.querySelectorAll('#p6 .plain .run')].every(it => it.title !== '')"),
        true
    );
    page.picture("report-plain");
    page.click("#p6 .annotate");
    page.wait(&format!("{explained} === {all}"), PATIENCE);
    assert_eq!(page.eval("document.querySelector('#p6 .annotate').getAttribute('aria-pressed')"), "true");
    assert_eq!(page.eval("document.querySelector('#p6 .tools a').getAttribute('href')"), "#p6/annotated");
    page.theme(Theme::Dark);
    page.picture("report-annotated");
    page.click("#p6 .annotate");
    page.wait(&format!("{explained} === {few}"), PATIENCE);
    // A segment without a payload is about its header.
    page.eval("location.hash = '#p1'");
    page.wait("document.querySelector('#p1 [data-layer=tcp] .run dd') && document.querySelector('#p1 [data-layer=internet] .plain')", PATIENCE);
    // It has an address, of a packet and of a frame.
    for (address, number) in [(format!("{address}#p6/annotated"), 6), (format!("{address}#f0/annotated"), 6)]
    {
        let page = super::page::open(&chrome, &address);
        page.wait(&format!("document.querySelector('#p{number}')?.open"), PATIENCE);
        assert_eq!(page.eval(explained), all, "{address}");
        assert_eq!(page.problems(), Vec::<String>::new());
    }
    assert_eq!(page.problems(), Vec::<String>::new());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn all_bytes_of_a_long_message_can_be_reached() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let capture = dir.join("long.pcapng");
    // In as few segments as there may be: the largest have nearly 64 KiB, as on the machine's own network.
    let mut script = opened(65_495);
    let message: Vec<u8> = (0..65_000_u32).map(|place| (place % 251) as u8).collect();
    script.at_ms(10).write(Client, &masked(0x82, &message));
    script.write(Server, &frame(0x81, None, &vec![b'a'; 65_500])).save(&capture);
    let page = super::page::open(&chrome, &report(&dir, &capture, &["--lang", "en"]));
    let objects = objects(&explain(&capture, &["--html"]));
    let mut long = 0;
    for packet in of_type(&objects, "bytes") {
        let number = &packet["number"];
        page.eval(&format!("location.hash = '#p{number}/annotated'"));
        page.wait(&format!("document.querySelector('#p{number} .run')"), PATIENCE);
        let all = bytes(packet);
        let more =
            page.eval(&format!("[...document.querySelectorAll('#p{number} .more')].map(it => it.innerText)"));
        if let Some(more) = more.as_array().unwrap().first() {
            long += 1;
            assert!(shown(&page, number).len() < 10_000);
            let rest = more.as_str().unwrap().replace('\u{202f}', "");
            assert!(rest.starts_with("show the remaining 6") && rest.ends_with(" bytes"), "{rest}");
            page.eval(&format!("document.querySelector('#p{number} .more').focus()"));
            page.press("Enter");
            page.wait(&format!("document.querySelector('#p{number} .more') === null"), PATIENCE);
            // The focus stays where the bytes are.
            assert_eq!(page.eval("document.activeElement.dataset.field"), "ws.payload");
        }
        assert!(shown(&page, number) == hex(&all), "packet {number}");
        page.eval(&format!("document.querySelector('#p{number}').open = false"));
    }
    assert_eq!(long, 2);
    // In the text that they are, too.
    page.eval("location.hash = '#f1'");
    page.wait("document.querySelector('details[open] .said')", PATIENCE);
    let said = page.text("details[open] .said");
    assert!(said.len() > 65_000 && said.bytes().all(|byte| byte == b'a'), "{} characters", said.len());
    assert_eq!(page.problems(), Vec::<String>::new());
}
