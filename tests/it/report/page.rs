//! The page in a real browser, opened from disk.

use std::fs;

use serde_json::{Value, json};

use super::{HOSTILE, captures, explain, objects, of_type, report, write_talk};
use crate::browser::look::in_both_languages;
use crate::support::PATIENCE;
use crate::support::chrome::{Chrome, Page, Theme};
use crate::support::temp::TempDir;

/// The rows there are: number, direction, and what stands on the arrows of frames.
const ROWS: &str = "[...document.querySelectorAll('details.packet')].map(at => ({
    number: Number(at.id.slice(1)), from: at.classList.contains('by-client') ? 'client' : 'server',
    frames: [...at.querySelectorAll('.arrow.frame .text')].map(it => it.innerText) }))";

/// The bits of the frame's grid that is shown, field by field.
const BITS: &str =
    "[...document.querySelectorAll('details[open] .grid [data-bits]')].map(it => it.dataset.bits).join('')";

pub(super) fn open(chrome: &Chrome, address: &str) -> Page {
    let page = chrome.context().blank();
    page.viewport(1280, 900);
    page.goto(address);
    page.wait("document.querySelector('details.packet')", PATIENCE);
    page
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn rows_are_those_of_the_document() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let made = dir.join("made.pcapng");
    write_talk(&made);
    for capture in [
        made,
        captures().join("07_upgrade.pcapng"),
        captures().join("11_who_is_online.pcapng"),
        captures().join("lab/F01/capture.pcapng"),
    ] {
        let name = capture.display();
        let document: Value = serde_json::from_str(&explain(&capture, &["--json"])).unwrap();
        let page = open(&chrome, &report(&dir, &capture, &["--lang", "en"]));
        // All rows are made, wherever the reader is, and those that are folded.
        page.eval("document.querySelectorAll('.fold').forEach(it => { it.open = true })");
        page.eval("new Promise(requestAnimationFrame).then(() => dispatchEvent(new Event('beforeprint')))");
        let rows = page.eval(ROWS);
        let rows = rows.as_array().unwrap();
        let mut shown = 0;
        for connection in document["connections"].as_array().unwrap() {
            let frames = connection["frames"].as_array().unwrap();
            for packet in connection["packets"].as_array().unwrap() {
                let row = rows.iter().find(|row| row["number"] == packet["number"]);
                let row = row.unwrap_or_else(|| panic!("{name}: no row of {packet}"));
                assert_eq!(row["from"], packet["from"], "{name}: {packet}");
                let ended = frames
                    .iter()
                    .filter(|it| it["packets"].as_array().unwrap().last() == Some(&packet["number"]));
                let kinds: Vec<String> =
                    ended.map(|it| it["opcode"].as_str().unwrap().to_uppercase()).collect();
                let labels: Vec<&str> =
                    row["frames"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
                assert_eq!(labels.len(), kinds.len(), "{name}: {packet} {labels:?}");
                assert!(
                    labels.iter().zip(&kinds).all(|(label, kind)| label.contains(kind.as_str())),
                    "{name}: {labels:?} {kinds:?}"
                );
                shown += 1;
            }
            let stream = &connection["stream"];
            let findings =
                page.eval(&format!("document.querySelectorAll('#c{stream} .found .finding').length"));
            assert_eq!(findings, connection["findings"].as_array().unwrap().len(), "{name}");
            assert_eq!(
                page.eval(&format!("document.querySelectorAll('#c{stream} .autopsy .story li').length > 0")),
                true,
                "{name}"
            );
        }
        assert_eq!(shown, rows.len(), "{name}");
        assert_eq!(page.problems(), Vec::<String>::new(), "{name}");
    }
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn an_open_row_shows_each_byte_and_each_bit() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let made = dir.join("made.pcapng");
    write_talk(&made);
    let address = report(&dir, &made, &["--lang", "en"]);
    let page = open(&chrome, &address);
    let objects = objects(&explain(&made, &["--html"]));
    for packet in of_type(&objects, "bytes") {
        let number = &packet["number"];
        page.eval(&format!("location.hash = '#p{number}'"));
        page.wait(&format!("document.querySelector('#p{number} .run')"), PATIENCE);
        let base64 = page.eval(&format!("btoa(String.fromCharCode(...[...document.querySelectorAll('#p{number} .run')].flatMap(it => it.innerText.match(/[0-9a-f]{{2}}/g)).map(it => parseInt(it, 16))))"));
        assert_eq!(base64, packet["base64"], "packet {number}");
        page.eval(&format!("document.querySelector('#p{number}').open = false"));
    }
    for (index, frame) in of_type(&objects, "frame").into_iter().enumerate() {
        page.eval(&format!("location.hash = '#f{index}'"));
        page.wait(&format!("document.querySelector('[id=\"c0f{index}\"] .grid')"), PATIENCE);
        let bits = page.eval(&BITS.replace("details[open]", &format!("[id=\"c0f{index}\"]")));
        let bits = bits.as_str().unwrap();
        let bit = |name: &str| if frame[name] == true { '1' } else { '0' };
        let first: String = ["fin", "rsv1", "rsv2", "rsv3"].into_iter().map(bit).collect();
        assert!(bits.starts_with(&first), "{bits} {frame}");
        assert_eq!(bits.as_bytes()[8] == b'1', frame["masked"] == true, "{bits} {frame}");
        if let Some(key) = frame["masking_key"].as_str() {
            let key = format!("{:032b}", u32::from_str_radix(key, 16).unwrap());
            assert!(bits.ends_with(&key), "{bits} {frame}");
        }
    }
    // The unmasking comes to what was meant, and the text is told whole though it is hostile.
    page.eval("location.hash = '#f0'");
    let plain = page.eval("[...document.querySelectorAll('[data-frame=\"0\"] .unmask tr:last-child td')].slice(1).map(it => it.innerText).join('')");
    assert_eq!(plain, HOSTILE[..16]);
    assert_eq!(page.eval(&format!("document.body.innerText.includes({})", Value::from(HOSTILE))), true);
    assert_ne!(page.eval("document.title"), "out");
    assert_eq!(page.eval("document.scripts.length"), 2);
    // The accept key, and the command that computes it.
    page.eval("location.hash = '#p5'");
    page.wait("document.querySelector('#p5 .reproduce code')", PATIENCE);
    let command = "printf %s 'dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11' | openssl sha1 -binary | base64";
    assert_eq!(page.text("#p5 .reproduce code"), command);
    assert!(page.text("#p5 .steps").contains("b3 7a 4f 2c c0 62 4f 16 90 f6 46 06 cf 38 59 45 b2 be c4 ea"));
    assert_eq!(page.problems(), Vec::<String>::new());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_report_from_disk_loads_nothing() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let address = report(&dir, &captures().join("11_who_is_online.pcapng"), &[]);
    let page = open(&chrome, &address);
    page.click("#open-all");
    page.wait("document.querySelector('details[open] .run')", PATIENCE);
    page.click("#language");
    page.eval("document.querySelector('details .copy').click()");
    page.eval("location.hash = '#f1'");
    // Its modules are blobs that its loader made, each loaded once.
    let (mut blobs, rest): (Vec<_>, Vec<_>) =
        page.requests().into_iter().partition(|request| request.starts_with("blob:"));
    assert_eq!(rest, [address]);
    let made = page.eval("Object.values(addresses).sort()");
    blobs.sort();
    assert_eq!(json!(blobs), made);
    assert_eq!(json!(blobs.len()), page.eval("MODULES.length"));
    // Even if a script tried: the policy of the page forbids it.
    page.eval("fetch('http://127.0.0.1:9/').catch(() => {})");
    let refused = page.take_problems();
    assert!(refused.iter().any(|it| it.contains("Content Security Policy")), "{refused:?}");
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_report_whose_modules_are_refused_says_so() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let address = report(&dir, &captures().join("07_upgrade.pcapng"), &[]);
    let path = address.strip_prefix("file://").unwrap();
    let text = fs::read_to_string(path).unwrap();
    assert_eq!(text.matches(" blob:;").count(), 1);
    fs::write(path, text.replace(" blob:;", ";")).unwrap();
    let page = chrome.context().blank();
    page.goto(&address);
    page.wait("!document.querySelector('#not-loaded').hidden", PATIENCE);
    let text = page.text("#not-loaded");
    assert!(text.contains("could not be loaded") && text.contains("无法加载"), "{text}");
    let problems = page.take_problems();
    assert!(problems.iter().any(|it| it.contains("Content Security Policy")), "{problems:?}");
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_report_looks_right_in_each_language_and_theme() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let made = dir.join("made.pcapng");
    write_talk(&made);
    let page = open(&chrome, &report(&dir, &made, &["--lang", "en"]));
    for (name, hash) in [("closed", ""), ("upgrade", "#p5"), ("frame", "#f0"), ("two", "#f6")] {
        for theme in [Theme::Light, Theme::Dark] {
            page.theme(theme);
            for width in [1280, 360] {
                page.viewport(width, 1000);
                page.eval("document.querySelectorAll('details[open]').forEach(it => it.open = false); location.hash = ''");
                page.eval(&format!("location.hash = '{hash}'"));
                page.wait(
                    &format!("'{hash}' === '' || document.querySelector('details[open] .run')"),
                    PATIENCE,
                );
                page.picture(&format!("report-{name}-{theme:?}-{width}"));
            }
        }
    }
    in_both_languages(&page, "the report");
    page.click("#open-all");
    page.wait("document.querySelectorAll('details[open] .run').length > 100", PATIENCE);
    in_both_languages(&page, "the report, open");
    page.click("#language");
    page.wait("document.querySelector('.phase').innerText === 'OPEN（三次握手）'", PATIENCE);
    assert_eq!(
        page.eval("document.querySelectorAll('details[open]').length > 10"),
        true,
        "what was open stays open"
    );
    page.viewport(1280, 1000);
    page.theme(Theme::Light);
    page.eval("scrollTo(0, 0)");
    page.picture("report-zh");
    assert_eq!(page.problems(), Vec::<String>::new());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_report_can_be_read_with_the_keyboard() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let page = open(&chrome, &report(&dir, &captures().join("07_upgrade.pcapng"), &["--lang", "en"]));
    let focused = "document.activeElement.closest('details.packet')?.id";
    let wait = |js: &str| page.wait(js, PATIENCE);
    page.tab_to("open-all", 5);
    page.press("Tab");
    page.press("Tab");
    wait(&format!("{focused} === 'p1'"));
    crate::browser::look::assert_focus_shows(&page);
    page.press("ArrowDown");
    page.press("ArrowDown");
    wait(&format!("{focused} === 'p3'"));
    page.press("ArrowUp");
    wait(&format!("{focused} === 'p2'"));
    page.press("Enter");
    wait("document.querySelector('#p2').open && document.querySelector('#p2 .run')");
    page.press("Enter");
    wait("!document.querySelector('#p2').open");
    assert_eq!(page.problems(), Vec::<String>::new());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn ten_thousand_packets_open_and_scroll() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let capture = dir.join("many.pcapng");
    let made = super::size::make(&capture);
    assert!(made >= 10_000, "{made}");
    let address = report(&dir, &capture, &["--lang", "en"]);
    let page = open(&chrome, &address);
    let rows = "document.querySelectorAll('details.packet').length";
    let few = page.eval(rows).as_u64().unwrap();
    assert!((1..2_000).contains(&few), "{few} rows are there at first");
    page.eval(&format!("location.hash = '#p{}'", made - 5));
    page.wait(&format!("document.querySelector('#p{}')?.open", made - 5), PATIENCE);
    let top = format!("document.querySelector('#p{}').getBoundingClientRect().top", made - 5);
    page.wait(&format!("{top} > -50 && {top} < innerHeight"), PATIENCE);
    page.eval("scrollTo(0, document.documentElement.scrollHeight / 2)");
    let seen = "[...document.querySelectorAll('details.packet')].some(it => { const { top } = it.getBoundingClientRect(); return top > 0 && top < innerHeight; })";
    page.wait(seen, PATIENCE);
    assert!(page.eval(rows).as_u64().unwrap() < made / 2, "rows appear as they are needed");
    page.picture("report-many");
    assert_eq!(page.eval("document.querySelectorAll('.rows > section > .chunks').length"), json!(1));
    assert_eq!(page.problems(), Vec::<String>::new());
}
