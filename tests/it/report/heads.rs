//! What stands beside a connection's name: where in the capture it begins, and what its packets are inside.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use wirewalk::capture::{Flush, Interface, LinkType, Record, Section, TcpEndpoint, Times, Writer};
use wirewalk::wire::Side::{Client, Server};

use super::page::open;
use super::{explain, masked, objects, of_type, report};
use crate::support::chrome::Chrome;
use crate::support::envelopes::ENVELOPES;
use crate::support::script::{BEGIN_NS, Script};
use crate::support::temp::TempDir;

/// Two connections inside a tunnel between 203.0.113.1 and .2, the second 1.5 seconds after the first.
pub(super) fn write_tunnelled(path: &Path) {
    let envelope = ENVELOPES.iter().find(|it| it.name == "IPIP").unwrap();
    let end = |last, port| TcpEndpoint::linux(([10, 0, 0, last], port).into(), 1_000);
    let mut packets = Vec::new();
    for (port, begin_ns) in [(50_000, BEGIN_NS), (50_001, BEGIN_NS + 1_500_000_000)] {
        let mut script = Script::between(end(1, port), end(2, 8_080)).timed(begin_ns, 1_000);
        script.websocket().write(Client, &masked(0x81, b"hi")).fins(Server);
        packets.append(&mut script.packets);
    }
    let file = fs::File::create(path).unwrap();
    let mut writer = Writer::new(file, &Section::ours(Vec::new()), Flush::WhenFull, Times::Keep).unwrap();
    let interface = writer.interface(&Interface::new(LinkType(envelope.link))).unwrap();
    for packet in packets {
        let bytes = &(envelope.wrap)(&packet.bytes, packet.from)[..];
        let (time_ns, original_length) = (packet.time_ns, bytes.len() as u32);
        let record = Record { interface, time_ns, original_length, bytes, direction: None, comments: &[] };
        writer.packet(&record).unwrap();
    }
    writer.finish().unwrap();
}

/// The text of the ladder, its lines joined.
fn ladder(capture: &Path) -> String {
    explain(capture, &[]).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_page_has_the_words_of_the_ladder() {
    let dir = TempDir::new();
    let capture = dir.join("tunnelled.pcapng");
    write_tunnelled(&capture);
    let (objects, ladder) = (objects(&explain(&capture, &["--html"])), ladder(&capture));
    let heads = of_type(&objects, "head");
    let said =
        |head: usize, name: &str| heads[head][name]["en"].as_str().unwrap_or_default().trim().to_owned();
    assert_eq!((heads.len(), &heads[0]["begins"]), (2, &Value::Null), "the first begins with the capture");
    assert_eq!(said(1, "begins"), ", begins 1.500000 s into the capture");
    assert!(ladder.contains(&said(1, "begins")), "{ladder}");
    for head in [0, 1] {
        let inside = said(head, "inside");
        assert!(inside.contains("(203.0.113.1 → 203.0.113.2)"), "{inside}");
        assert!(ladder.contains(&inside), "{ladder}");
    }
    assert!(heads[1]["begins"]["zh"].as_str().unwrap().contains("1.500000 秒"), "{}", heads[1]);
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_heads_say_where_a_connection_begins_and_what_it_is_inside() {
    let chrome = Chrome::launch();
    let dir = TempDir::new();
    let capture = dir.join("tunnelled.pcapng");
    write_tunnelled(&capture);
    let page = open(&chrome, &report(&dir, &capture, &["--lang", "en"]));
    let shown = |stream: u64| page.eval(&format!("document.querySelector('#c{stream} h2').innerText"));
    assert_eq!(shown(0), json!("Connection 0"));
    assert_eq!(shown(1), json!("Connection 1, begins 1.500000 s into the capture"));
    let count = "[...document.querySelectorAll('#c1 p')].filter(it => it.innerText.includes('203.0.113.1 → 203.0.113.2')).length";
    assert_eq!(page.eval(count), json!(1), "the outer addresses are there once");
}
