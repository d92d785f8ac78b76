//! An open row: each field is explained beside its bytes, and all of many bytes can be had.

use serde_json::{Value, json};
use wirewalk::wire::Side::{Client, Server};

use super::bytes::bytes;
use super::{HOSTILE, explain, masked, objects, of_type, opened, report, write_talk};
use crate::support::PATIENCE;
use crate::support::chrome::{Chrome, Page, Theme};
use crate::support::script::frame;
use crate::support::temp::TempDir;

/// The bytes that the open row of a packet shows, in hexadecimal.
fn shown(page: &Page, number: &Value) -> String {
    let js = format!(
        "[...document.querySelectorAll('#p{number} .run')].map(it => it.innerText).join('').replace(/\\s/g, '')"
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
fn each_field_is_explained_beside_its_bytes() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let made = dir.join("made.pcapng");
    write_talk(&made);
    let address = report(&dir, &made, &["--lang", "en"]);
    let page = super::page::open(&chrome, &format!("{address}#p6"));
    page.wait("document.querySelector('#p6 .meaning-line')", PATIENCE);
    let line = |field: &str, part: &str| {
        page.eval(&format!(
            "document.querySelector('#p6 .meaning-line[data-field=\"{field}\"] .{part}').innerText"
        ))
    };
    for (field, name, value) in [
        ("ws.fin", "FIN", "1: the last frame of its message"),
        ("ws.opcode", "opcode", "0x1: text, UTF-8"),
        ("ws.mask", "MASK", "1: the payload is masked, and the key follows"),
        ("ws.length", "payload length", "58 bytes of payload"),
        ("ws.key", "masking key", "XORed with the payload, byte by byte, over and over"),
        ("tcp.source-port", "source port", "50000"),
        ("ip.destination", "destination address", "10.0.0.2"),
    ] {
        assert_eq!((line(field, "name"), line(field, "value")), (name.into(), value.into()), "{field}");
        assert!(line(field, "why").as_str().unwrap().ends_with('.'), "{field}");
    }
    assert_eq!(line("ws.fin", "source cite"), "RFC 6455 §5.2");
    assert_eq!(line("ws.fin", "sentence"), "Indicates that this is the final fragment in a message.");
    assert_eq!(line("ws.payload", "said"), HOSTILE);
    // What the packet is about stands first.
    let layers = "[...document.querySelectorAll('#p6 .meaning .layer')].map(it => it.dataset.layer)";
    assert_eq!(page.eval(layers), json!(["frame", "tcp", "internet"]));
    page.theme(Theme::Dark);
    page.picture("report-columns");
    // A segment without a frame shows the bits of TCP.
    page.eval("location.hash = '#p1'");
    page.wait("document.querySelector('#p1 .grid [data-field=\"tcp.sequence\"]')", PATIENCE);
    // It has an address, of a packet and of a frame; those of old reports hold.
    for (address, number) in [(format!("{address}#p6/annotated"), 6), (format!("{address}#f0/annotated"), 6)]
    {
        let page = super::page::open(&chrome, &address);
        page.wait(&format!("document.querySelector('#p{number}')?.open"), PATIENCE);
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

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn what_is_normal_is_not_a_warning() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let of = |id: &str| {
        let capture = super::captures().join(format!("lab/{id}/capture.pcapng"));
        let page = super::page::open(&chrome, &report(&dir, &capture, &["--lang", "en"]));
        page.eval(&format!(
            "[...document.querySelectorAll('.found .finding')].map(it => it.innerText).find(it => it.includes('{id}'))"
        ))
    };
    let wrong = of("F02").to_string();
    assert!(wrong.contains("⚠ F02") && wrong.contains("at fault: Server"), "{wrong}");
    for id in ["T09", "C03", "F16"] {
        let normal = of(id).to_string();
        assert!(normal.contains(&format!("ℹ {id}")), "{normal}");
        assert!(!normal.contains('⚠') && !normal.contains("at fault"), "{normal}");
    }
}
