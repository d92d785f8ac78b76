//! Frames whose header no packet has whole: their bits are shown where they end.

use serde_json::{Value, json};

use super::{explain, masked, objects, of_type, opened, report};
use crate::support::PATIENCE;
use crate::support::chrome::Chrome;
use crate::support::temp::TempDir;
use wirewalk::wire::Side::{Client, Server};

/// A greeting byte by byte; a frame with an extended length that is cut in the midst of it; one of the server's, cut
/// behind its first byte; and one that is whole.
pub(super) fn write_cut(path: &std::path::Path) {
    let mut script = opened(1460);
    for byte in masked(0x81, b"Hello") {
        script.at_ms(10).write(Client, &[byte]);
    }
    let long = masked(0x82, &[7; 300]);
    script.at_ms(11).write(Client, &long[..3]).at_ms(11).write(Client, &long[3..]);
    script.at_ms(12).write(Server, b"\x89").at_ms(12).write(Server, b"\x01p");
    script.at_ms(13).write(Client, &masked(0x8A, b"p")).save(path);
}

#[test]
fn cut_headers_come_with_the_packet_where_the_frame_ends() {
    let dir = TempDir::new();
    let capture = dir.join("cut.pcapng");
    write_cut(&capture);
    let objects = objects(&explain(&capture, &["--html"]));
    let told = of_type(&objects, "bytes");
    let told: Vec<_> =
        told.iter().filter(|it| !it["cut"].is_null()).map(|it| (&it["number"], &it["cut"])).collect();
    let frames = of_type(&objects, "frame");
    let last = |frame: usize| frames[frame]["packets"].as_array().unwrap().last().unwrap();
    let long = "82fe012c37fa213d".to_owned() + &"30fd263a".repeat(32);
    assert_eq!(
        told,
        [
            (last(0), &json!([[0, "818537fa213d7f9f4d5158"]])),
            (last(1), &json!([[1, long]])),
            (last(2), &json!([[2, "890170"]])),
        ]
    );
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_grid_of_a_cut_header_stands_where_the_frame_ends() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let capture = dir.join("cut.pcapng");
    write_cut(&capture);
    let page = super::page::open(&chrome, &report(&dir, &capture, &["--lang", "en"]));
    let objects = objects(&explain(&capture, &["--html"]));
    for (index, frame) in of_type(&objects, "frame").into_iter().enumerate() {
        page.eval(&format!("location.hash = '#f{index}'"));
        let section = format!("document.querySelector('[id=\"c0f{index}\"]')");
        page.wait(&format!("{section}?.querySelector('.grid')"), PATIENCE);
        let row = page.eval(&format!("Number({section}.closest('details').id.slice(1))"));
        assert_eq!(Some(&row), frame["packets"].as_array().unwrap().last(), "{frame}");
        let bits =
            page.eval(&format!("[...{section}.querySelectorAll('[data-bits]')].map(it => it.dataset.bits)"));
        let bits: Vec<&str> = bits.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        assert_eq!((bits[0], bits[1], bits[3] == "1"), ("1", "000", frame["masked"] == true), "{frame}");
        assert_eq!(bits.len(), [7, 8, 5, 7][index], "each field is there, in pieces of 16 bits: {bits:?}");
        assert_eq!(page.eval(&format!("document.querySelectorAll('[id=\"c0f{index}\"]').length")), 1);
    }
    let plain = page.eval("[...document.querySelectorAll('[id=\"c0f0\"] [data-frame=\"0\"] .unmask tr:last-child td')].slice(1).map(it => it.innerText).join('')");
    assert_eq!(plain, "Hello");
    // A field that is cut does not pretend to be a number.
    page.eval("location.hash = `#p${document.querySelector('[id=\"c0f1\"]').closest('details').id.slice(1) - 1}/annotated`");
    let cut = "[...document.querySelectorAll('details[open] .meaning-line[data-field=\"ws.length-short\"] .value')].map(it => it.innerText)";
    page.wait(&format!("{cut}.length === 3"), PATIENCE);
    let told: Value = page.eval(cut);
    let part = "… bytes of payload (the rest is in another packet)";
    assert_eq!(told, json!([part, part, "300 bytes of payload"]), "its parts, and the whole where it ends");
    assert_eq!(page.problems(), Vec::<String>::new());
}
