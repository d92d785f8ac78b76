//! What a page says is what the terminal says: durations, labels, and text of others with what cannot be seen in it.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use wirewalk::explain::escape_controls;
use wirewalk::wire::Side::Client;

use super::{explain, masked, objects, of_type, opened, report, write_talk};
use crate::support::chrome::Chrome;
use crate::support::script::BEGIN_NS;
use crate::support::temp::TempDir;

/// Nanoseconds from one packet to the next, one of each unit and at its borders.
const GAPS: [u64; 11] = [
    1,
    500,
    999,
    1_000,
    41_000,
    999_940,
    1_000_000,
    600_000_000,
    1_000_000_000,
    58_900_000_000,
    600_000_000_000,
];

/// What hides or turns the direction of writing: as it comes in a payload.
const HIDDEN: [&str; 10] = [
    "\u{1b}[31m",
    "a\tb",
    "zero\u{200b}width",
    "\u{200c}\u{200d}",
    "\u{2028}line",
    "\u{2029}paragraph",
    "\u{feff}mark",
    "\u{202e}turned",
    "so\u{ad}ft",
    "\u{e0041}tag",
];

/// A packet after each of the gaps, and one with each of the texts.
fn write_table(path: &Path) {
    let mut script = opened(1460);
    // When the response came.
    let mut now_ns = BEGIN_NS + 4_000_000;
    for gap in GAPS {
        now_ns += gap;
        script.at_ns(now_ns).write(Client, &masked(0x82, &[7; 3]));
    }
    for text in HIDDEN {
        now_ns += 1_000;
        script.at_ns(now_ns).write(Client, &masked(0x81, text.as_bytes()));
    }
    script.save(path);
}

/// The time since the packet before, and the frame on the arrow, by number: as the ladder has them.
fn of_ladder(text: &str) -> BTreeMap<u64, (String, String)> {
    let rows = text.lines().filter_map(|line| {
        let mut words = line.get(2..)?.split_whitespace();
        let number = words.next()?.parse().ok()?;
        let _time: f64 = words.next()?.parse().ok()?;
        let delta = match words.next()? {
            sign if sign.starts_with('+') => format!("{sign} {}", words.next()?),
            _ => String::new(),
        };
        let label = line.split_once("══").map_or("", |(_, rest)| rest);
        let label = label.trim_end_matches(['═', '▶', ' ']).to_owned();
        Some((number, (delta, label)))
    });
    rows.collect()
}

#[test]
fn durations_and_labels_are_those_of_the_ladder() {
    let dir = TempDir::new();
    let capture = dir.join("table.pcapng");
    write_table(&capture);
    let ladder = of_ladder(&explain(&capture, &["--lang", "en", "--color", "never", "--width", "120"]));
    let objects = objects(&explain(&capture, &["--html"]));
    let rows = of_type(&objects, "bytes");
    assert_eq!(rows.len(), 5 + GAPS.len() + HIDDEN.len());
    let mut frames = 0;
    for row in rows {
        let (delta, label) = &ladder[&row["number"].as_u64().unwrap()];
        assert_eq!(row["delta"], **delta, "{row}");
        for frame in row["labels"].as_array().unwrap().iter().filter(|label| label[0] == "frame") {
            let size = &frame[2]["en"];
            assert_eq!(*label, format!("{} {}", frame[1].as_str().unwrap(), size.as_str().unwrap()));
            frames += 1;
        }
    }
    assert_eq!(frames, GAPS.len() + HIDDEN.len(), "one label for each packet that was written");
}

#[test]
fn each_part_of_a_frame_is_named_as_in_the_ladder() {
    let dir = TempDir::new();
    let capture = dir.join("made.pcapng");
    write_talk(&capture);
    let ladder = explain(&capture, &["--lang", "en", "--color", "never", "--width", "120"]);
    let objects = objects(&explain(&capture, &["--html"]));
    let replaced = of_type(&objects, "labels");
    let replaced: Vec<&Value> =
        replaced.iter().flat_map(|it| it["replaced"].as_array().into_iter().flatten()).collect();
    assert_eq!(replaced.len(), 2, "a frame of 4,000 bytes takes three segments: {replaced:?}");
    for label in replaced {
        let (number, text) = (label[0].as_u64(), label[1][1]["en"].as_str().unwrap());
        let row = ladder.lines().find(|line| line.contains(text)).unwrap_or_else(|| panic!("{label}"));
        // The first number of a row is its packet's.
        assert_eq!(row.split_whitespace().find_map(|word| word.parse().ok()), number, "{row}: {label}");
    }
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn nothing_hides_on_a_page_and_times_are_printed_as_in_a_terminal() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let capture = dir.join("table.pcapng");
    write_table(&capture);
    let ladder = of_ladder(&explain(&capture, &["--lang", "en", "--color", "never", "--width", "120"]));
    let page = super::page::open(&chrome, &report(&dir, &capture, &["--lang", "en"]));
    let shown = page.eval(
        "Object.fromEntries([...document.querySelectorAll('details.packet')].map(it => [it.id.slice(1), {
            delta: it.querySelector('.delta').innerText,
            label: [...it.querySelectorAll('.arrow.frame .text, .arrow.frame .size')].map(it => it.innerText).join(' ') }]))",
    );
    for (number, (delta, label)) in &ladder {
        let row = &shown[number.to_string()];
        assert_eq!(row["delta"], **delta, "packet {number}");
        assert_eq!(row["label"], **label, "packet {number}");
    }
    // In the explained bytes too.
    page.click("#open-all");
    for text in HIDDEN {
        let escaped = Value::from(escape_controls(text));
        page.wait(
            &format!(
                "[...document.querySelectorAll('.meaning-line code.said')].some(it => it.innerText === {escaped})"
            ),
            crate::support::PATIENCE,
        );
    }
    let all = page.eval("document.querySelector('#rows').innerText");
    let all = all.as_str().unwrap().replace(['\n', '\t'], " ");
    assert_eq!(escape_controls(&all), all, "nothing that hides is left");
    assert_eq!(page.problems(), Vec::<String>::new());
}
