//! Bits, bytes and meaning lit together: by the pointer, by the focus, by a touch.

use serde_json::{Value, json};
use wirewalk::wire::Side::Client;

use super::{masked, opened, report};
use crate::support::PATIENCE;
use crate::support::chrome::{Chrome, Page};
use crate::support::temp::TempDir;

/// The packet with a masked text, "Hello".
const ROW: &str = "#p6";

fn open(chrome: &Chrome, dir: &TempDir) -> Page {
    let capture = dir.join("hello.pcapng");
    opened(1460).write(Client, &masked(0x81, b"Hello")).save(&capture);
    let page = super::page::open(chrome, &format!("{}{ROW}", report(dir, &capture, &["--lang", "en"])));
    page.wait(&format!("document.querySelector('{ROW} .meaning-line')"), PATIENCE);
    page
}

/// The middle of an element, once it is in sight.
fn middle(page: &Page, selector: &str) -> Value {
    page.eval(&format!(
        "(it => {{ it.scrollIntoView({{ block: 'center', behavior: 'instant' }});
           const box = it.getBoundingClientRect(); return {{ x: box.x + box.width / 2, y: box.y + box.height / 2 }}; }})
         (document.querySelector('{ROW} {selector}'))"
    ))
}

/// Moves the mouse there, as a person does.
fn point_at(page: &Page, selector: &str) {
    let at = middle(page, selector);
    let event = json!({ "type": "mouseMoved", "x": at["x"], "y": at["y"] });
    page.call("Input.dispatchMouseEvent", &event).unwrap();
}

/// Touches it with a finger, and lifts that.
fn tap(page: &Page, selector: &str) {
    let at = middle(page, selector);
    page.call(
        "Input.synthesizeTapGesture",
        &json!({ "x": at["x"], "y": at["y"], "gestureSourceType": "touch" }),
    )
    .unwrap();
}

/// What is lit: how many bits, the bytes, the fields with a line, and their sentences of the RFC.
fn lit(page: &Page) -> Value {
    page.eval(&format!(
        "(all => ({{ bits: all('.grid i').length, bytes: all(':is(.byte, .run:not(:has(.byte)))').map(it => it.innerText.trim()),
           fields: all('.meaning-line').map(it => it.dataset.field) }}))
         (what => [...document.querySelectorAll('{ROW} ' + what)].filter(it => it.classList.contains('lit')))"
    ))
}

fn is_lit(page: &Page, bits: u32, bytes: &[&str], fields: &[&str]) {
    let wanted = json!({ "bits": bits, "bytes": bytes, "fields": fields });
    let shown = lit(page);
    assert_eq!(shown, wanted);
    // The line is where it can be read, its sentence is marked, and the focus rings and colours are not all that says so.
    let seen = page.eval(&format!(
        "(line => {{ const box = line.closest('.meaning').getBoundingClientRect(), at = line.getBoundingClientRect();
           return at.top >= box.top - 1 && at.top < box.bottom && getComputedStyle(line.querySelector('.name'), '::before').content.includes('▸'); }})
         (document.querySelector('{ROW} .meaning-line.lit'))"
    ));
    assert_eq!(seen, true, "{shown}");
}

/// The sentence of the RFC that is underlined.
fn sentence(page: &Page) -> Value {
    page.eval(&format!(
        "[...document.querySelectorAll('{ROW} .sentence')].filter(it => getComputedStyle(it).textDecorationLine === 'underline').map(it => it.innerText)"
    ))
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_bit_lights_its_byte_its_field_and_its_sentence_and_back() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let page = open(&chrome, &dir);
    // From the bit …
    point_at(&page, ".grid [data-field=\"ws.mask\"] i");
    is_lit(&page, 1, &["85"], &["ws.mask"]);
    assert_eq!(sentence(&page), json!(["All frames sent from client to server have this bit set to 1."]));
    // … of the key, which has a byte of its own for each eight of them …
    point_at(&page, ".grid [data-field=\"ws.key\"] i:nth-child(9)");
    is_lit(&page, 1, &["fa"], &["ws.key"]);
    // … from the byte to all its bits and fields …
    point_at(&page, ".run[data-field=\"ws.first\"]");
    is_lit(&page, 8, &["81"], &["ws.fin", "ws.rsv", "ws.opcode"]);
    // … and from the field, also of the layers below, to bits and bytes.
    point_at(&page, ".meaning-line[data-field=\"ws.length\"] .why");
    is_lit(&page, 7, &["85"], &["ws.length"]);
    point_at(&page, ".run[data-field=\"tcp.sequence\"] .byte");
    is_lit(&page, 0, &["00"], &["tcp.sequence"]);
    point_at(&page, ".meaning-line[data-field=\"ws.payload\"]");
    is_lit(&page, 0, &["7f", "9f", "4d", "51", "58"], &["ws.payload"]);
    // Elsewhere nothing is lit.
    point_at(&page, ".tools");
    assert_eq!(lit(&page), json!({ "bits": 0, "bytes": [], "fields": [] }));
    assert_eq!(page.problems(), Vec::<String>::new());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_keys_go_from_field_to_field() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let page = open(&chrome, &dir);
    let focused = |part: &str, field: &str| {
        let js = format!("document.activeElement.matches('{ROW} .{part}[data-field=\"{field}\"]')");
        page.wait(&js, PATIENCE);
        crate::browser::look::assert_focus_shows(&page);
    };
    page.eval(&format!("document.querySelector('{ROW} .copy').focus()"));
    // The link to the frame stands before its bits.
    page.press("Tab");
    page.press("Tab");
    focused("field", "ws.fin");
    is_lit(&page, 1, &["81"], &["ws.fin"]);
    for (key, field) in [
        ("ArrowRight", "ws.rsv"),
        ("ArrowDown", "ws.opcode"),
        ("ArrowLeft", "ws.rsv"),
        ("End", "ws.key"),
        ("ArrowRight", "ws.key"),
        ("Home", "ws.fin"),
        ("ArrowRight", "ws.rsv"),
    ] {
        page.press(key);
        focused("field", field);
    }
    is_lit(&page, 3, &["81"], &["ws.rsv"]);
    page.press("Tab");
    focused("run", "ip.version");
    page.press("End");
    focused("run", "ws.payload");
    is_lit(&page, 0, &["7f", "9f", "4d", "51", "58"], &["ws.payload"]);
    page.press("Tab");
    focused("meaning-line", "ws.fin");
    page.press("ArrowDown");
    focused("meaning-line", "ws.rsv");
    is_lit(&page, 3, &["81"], &["ws.rsv"]);
    // Where one was is where one comes back to.
    page.press("Shift+Tab");
    focused("run", "ws.payload");
    assert_eq!(page.problems(), Vec::<String>::new());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn on_a_phone_a_touch_lights_and_the_grid_wraps_at_16_bits() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let page = open(&chrome, &dir);
    let rows = format!(
        "Object.values(Object.groupBy(document.querySelectorAll('{ROW} .grid i'), it => Math.round(it.getBoundingClientRect().top))).map(row => row.length)"
    );
    page.viewport(1366, 768);
    assert_eq!(page.eval(&rows), json!([32, 16]), "a frame with a key has six bytes");
    page.viewport(390, 844);
    assert_eq!(page.eval(&rows), json!([16, 16, 16]));
    page.call("Emulation.setTouchEmulationEnabled", &json!({ "enabled": true })).unwrap();
    tap(&page, ".grid [data-field=\"ws.opcode\"] i:last-child");
    page.wait(&format!("document.querySelector('{ROW} .meaning-line.lit')"), PATIENCE);
    is_lit(&page, 1, &["81"], &["ws.opcode"]);
    tap(&page, ".run[data-field=\"ws.second\"]");
    page.wait(&format!("document.querySelectorAll('{ROW} .meaning-line.lit').length === 2"), PATIENCE);
    is_lit(&page, 8, &["85"], &["ws.mask", "ws.length"]);
    assert_eq!(page.problems(), Vec::<String>::new());
}
