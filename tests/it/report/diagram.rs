//! The Mermaid diagram, as Mermaid itself reads and draws it.

use wirewalk::wire::Side::Client;

use super::{committed, explain, masked, opened, write_talk};
use crate::explain::memory::generated::{self, Shape};
use crate::support::chrome::Chrome;
use crate::support::corpus;
use crate::support::npm;
use crate::support::temp::TempDir;

#[test]
#[ignore = "run by tests/run: needs chromium and npm"]
fn mermaid_draws_every_diagram() {
    let script = std::fs::read_to_string(npm::file("mermaid", "dist/mermaid.min.js")).unwrap();
    let chrome = Chrome::launch();
    let page = chrome.context().page("about:blank");
    page.eval(&format!("{script};0"));
    page.eval("mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' })");
    let dir = TempDir::new();
    let (hostile, long) = (dir.join("hostile.pcapng"), dir.join("long.pcapng"));
    write_talk(&hostile);
    generated::make(&long, Shape::One, 2_000_000).unwrap();
    let bars = dir.join("bars.pcapng");
    opened(1460).write(Client, &masked(0x81, b"|a\0|b|")).save(&bars);
    let mut drawn = 0;
    for capture in committed().into_iter().chain(corpus::of_others()).chain([
        hostile.clone(),
        long.clone(),
        bars.clone(),
    ]) {
        for language in ["en", "zh"] {
            let text = explain(&capture, &["--mermaid", "--lang", language]);
            let is_one = [&hostile, &long, &bars].contains(&&capture);
            let ask = if is_one {
                "mermaid.render('diagram', TEXT).then(({ svg }) => svg)"
            } else {
                "mermaid.parse(TEXT).then(() => '<svg')"
            };
            let svg =
                page.try_eval(&ask.replace("TEXT", &serde_json::Value::from(text.as_str()).to_string()));
            let svg = svg.unwrap_or_else(|error| panic!("{}: {error}\n{text}", capture.display()));
            let svg = svg.as_str().unwrap();
            assert!(svg.starts_with("<svg"), "{}: {svg}", capture.display());
            if capture == hostile {
                assert!(!svg.contains("<script"), "{svg}");
                assert!(svg.contains("document.title="), "the text is there, as text");
            }
            if capture == long {
                let folded = if language == "en" { "frames" } else { "折叠" };
                assert!(text.contains(folded) && text.len() < 50_000 && svg.contains('…'), "{text}");
            }
            drawn += 1;
        }
    }
    assert!(drawn > 50, "{drawn}");
}
