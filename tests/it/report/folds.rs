//! Acknowledgments in a row: told in one, as the ladder in a terminal tells them, and opened when they are wanted.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wirewalk::wire::Side::{Client, Server};

use super::{committed, explain, masked, objects, of_type, opened, report};
use crate::support::PATIENCE;
use crate::support::chrome::{Chrome, Theme};
use crate::support::corpus;
use crate::support::temp::TempDir;

/// The rows that are folded, each as the numbers of its first and its last packet, by what a page is told.
fn folds(objects: &[Value]) -> BTreeSet<(u64, u64)> {
    let number = |packet: &Value| packet.as_u64().unwrap();
    let wrong: BTreeSet<u64> = of_type(objects, "finding")
        .iter()
        .filter(|finding| finding["severity"] != "info")
        .map(|finding| number(finding["packets"].as_array().unwrap().last().unwrap()))
        .collect();
    let streams: BTreeSet<u64> = of_type(objects, "bytes").iter().map(|it| number(&it["stream"])).collect();
    let mut folds = BTreeSet::new();
    for stream in streams {
        // The row that goes on, and the first and the last of it.
        let mut row: Option<(&Value, u64, u64)> = None;
        for packet in of_type(objects, "bytes").into_iter().filter(|it| it["stream"] == stream) {
            let this = number(&packet["number"]);
            let acks = &packet["acks"];
            let can = !acks.is_null() && !wrong.contains(&this);
            let before = row.filter(|(of, ..)| can && *of == acks);
            row = can.then_some((acks, before.map_or(this, |it| it.1), this));
            if let Some((_, first, _)) = before {
                folds.retain(|(it, _)| *it != first);
                folds.insert((first, this));
            }
        }
    }
    folds
}

/// And by the ladder: `+3 ACKs #10…14`.
fn of_ladder(text: &str) -> BTreeSet<(u64, u64)> {
    let numbers = text.lines().filter_map(|line| {
        let (_, rest) = line.split_once(" ACKs #")?;
        let (first, rest) = rest.split_once('…')?;
        let last = rest.split(|it: char| !it.is_ascii_digit()).next()?;
        Some((first.parse().ok()?, last.parse().ok()?))
    });
    numbers.collect()
}

/// Three segments and their acknowledgments behind them; then one that comes alone.
pub(super) fn write_acks(path: &std::path::Path) {
    let mut script = opened(1460);
    let before = script.packets.len();
    for place in 0..3 {
        script.at_ms(10 + place).write(Client, &masked(0x82, &[7; 50])).at_ms(20 + place).ack(Server);
    }
    script.packets[before..].sort_by_key(|packet| packet.time_ns);
    script.at_ms(30).write(Client, &masked(0x81, b"alone")).ack(Server).save(path);
}

#[test]
fn a_page_folds_what_the_ladder_folds() {
    let dir = TempDir::new();
    let made = dir.join("acks.pcapng");
    write_acks(&made);
    let mut count = 0;
    for capture in committed().into_iter().chain([made.clone()]).chain(corpus::of_others()) {
        let text = explain(&capture, &["--lang", "en", "--color", "never"]);
        let folds = folds(&objects(&explain(&capture, &["--html"])));
        assert_eq!(folds, of_ladder(&text), "{}", capture.display());
        count += folds.len();
        if capture == made {
            assert_eq!(folds, BTreeSet::from([(9, 11)]));
        }
    }
    assert!(count > 0);
    println!("{count} rows of acknowledgments");
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn folded_acknowledgments_open_by_key_by_click_and_by_address() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let capture = dir.join("acks.pcapng");
    write_acks(&capture);
    let address = report(&dir, &capture, &["--lang", "en"]);
    let page = super::page::open(&chrome, &address);
    let rows = "[...document.querySelectorAll('details.packet')].map(it => Number(it.id.slice(1)))";
    let folded = json!([1, 2, 3, 4, 5, 6, 7, 8, 12, 13]);
    assert_eq!(page.eval(rows), folded);
    let told = page.text(".fold summary .text");
    assert!(told.starts_with("+3 ACKs #9…11 ack="), "{told}");
    page.picture("report-acks");
    page.click(".fold summary");
    page.wait("document.querySelector('#p10')", PATIENCE);
    assert_eq!(page.eval(rows), json!([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]));
    page.theme(Theme::Dark);
    page.viewport(360, 800);
    page.eval("document.querySelector('.fold').scrollIntoView({ block: 'center' })");
    page.picture("report-acks-open");
    // The arrow keys go in and out of it.
    page.eval("document.querySelector('#p8 summary').focus()");
    for (key, wanted) in [
        ("ArrowDown", "fold"),
        ("ArrowDown", "p9"),
        ("ArrowDown", "p10"),
        ("ArrowUp", "p9"),
        ("ArrowUp", "fold"),
    ] {
        page.press(key);
        let focused =
            page.eval("(at => at.id || at.className.split(' ')[0])(document.activeElement.parentElement)");
        assert_eq!(focused, wanted, "{key}");
    }
    page.press("Enter");
    page.wait("document.querySelector('#p10') === null", PATIENCE);
    page.press("Enter");
    page.wait("document.querySelector('#p10')", PATIENCE);
    // What is wrong is never folded, and who links to one of them sees it.
    let fresh = super::page::open(&chrome, &format!("{address}#p10"));
    fresh.wait("document.querySelector('#p10')?.open && document.querySelector('#p10 .run')", PATIENCE);
    assert_eq!(fresh.eval("document.activeElement.parentElement.id"), "p10");
    fresh.click("#language");
    fresh.wait("document.querySelector('.fold .text').innerText.startsWith('+3 个 ACK')", PATIENCE);
    assert_eq!(fresh.eval("document.querySelector('#p10').open"), true);
    for page in [page, fresh] {
        assert_eq!(page.problems(), Vec::<String>::new());
    }
}
