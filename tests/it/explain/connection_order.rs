//! Connections that end in another order than they began: each view has them in the order of their beginnings.

use std::path::{Path, PathBuf};

use serde_json::Value;
use wirewalk::capture::{Reader, TcpEndpoint};
use wirewalk::wire::Side::{Client, Server};

use super::{document, run, text};
use crate::support::script::{self, BEGIN_NS, Script, frame};
use crate::support::temp::TempDir;

/// Three connections that begin as 0, 1, 2 and end as 2, 0, 1; a fourth, on the ports of the first, begins before 1 ends.
fn capture(dir: &TempDir) -> PathBuf {
    let script = |port: u16, isn: u32, begin_ms: u64| {
        let [client, server] = [([10, 0, 0, 1], port), ([10, 0, 0, 2], 8_080)];
        let client = TcpEndpoint::linux(client.into(), isn);
        let mut script = Script::between(client, TcpEndpoint::linux(server.into(), isn + 7));
        script = script.timed(BEGIN_NS + begin_ms * 1_000_000, 1_000);
        script.websocket();
        script
    };
    // Beginnings and ends in milliseconds.
    let mut all = Vec::new();
    for (port, isn, begin_ms, end_ms) in
        [(50_000, 1_000, 0, 40), (50_001, 2_000, 10, 60), (50_002, 3_000, 20, 30), (50_000, 900_000, 50, 70)]
    {
        let mut script = script(port, isn, begin_ms);
        script.at_ns(BEGIN_NS + end_ms * 1_000_000);
        script.write(Client, &frame(0x88, Some([1, 2, 3, 4]), &[3, 0xE8]));
        script.write(Server, &frame(0x88, None, &[3, 0xE8])).fins(Server);
        all.append(&mut script.packets);
    }
    all.sort_by_key(|packet| packet.time_ns);
    let path = dir.join("order.pcapng");
    script::save(&all, &path);
    path
}

/// The numbers behind a word, in their order.
fn numbers(text: &str, word: &str) -> Vec<u64> {
    let digits = |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
    text.lines().filter_map(|line| line.strip_prefix(word).and_then(digits)).collect()
}

fn lines(capture: &Path) -> Vec<Value> {
    let exit = run(&["--ndjson", text(capture)]);
    exit.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The streams of the lines of a type.
fn streams(lines: &[Value], kind: &str) -> Vec<u64> {
    lines.iter().filter(|line| line["type"] == kind).map(|line| line["stream"].as_u64().unwrap()).collect()
}

#[test]
fn documents_have_connections_in_the_order_of_their_beginnings() {
    let dir = TempDir::new();
    let capture = capture(&dir);
    let document = document(&capture);
    let of_json: Vec<_> =
        document["connections"].as_array().unwrap().iter().map(|it| it["stream"].as_u64().unwrap()).collect();
    assert_eq!(of_json, [0, 1, 2, 3], "JSON");
    for language in ["en", "zh"] {
        let ladder = run(&["--lang", language, text(&capture)]).stdout;
        let word = if language == "en" { "Connection " } else { "连接 " };
        assert_eq!(numbers(&ladder, word), [0, 1, 2, 3], "text, {language}");
    }
    let diagram = run(&["--mermaid", text(&capture)]).stdout;
    assert_eq!(numbers(&diagram, "    participant C"), [0, 1, 2, 3], "Mermaid");
    let html = run(&["--html", text(&capture)]).stdout;
    let data = html.split_once("id=\"data\">").unwrap().1.split_once("</script>").unwrap().0;
    let of_page: Vec<Value> = data.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(streams(&of_page, "connection"), [0, 1, 2, 3], "HTML: rows stand as their connections come");
}

#[test]
fn lines_open_connections_in_the_order_of_their_beginnings_and_end_them_as_they_end() {
    let dir = TempDir::new();
    let lines = lines(&capture(&dir));
    assert_eq!(streams(&lines, "connection"), [0, 1, 2, 3]);
    let mut begun = 0;
    for line in lines.iter().filter(|line| line["type"] != "file") {
        let stream = line["stream"].as_u64().unwrap();
        if line["type"] == "connection" {
            assert_eq!(stream, begun, "the next number: {line}");
            begun += 1;
        }
        assert!(stream < begun, "its connection stands before: {line}");
    }
    let numbers: Vec<_> =
        lines.iter().filter(|it| it["type"] == "packet").map(|it| it["number"].as_u64().unwrap()).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    // The ports were taken, and then the capture ends.
    assert_eq!(streams(&lines, "close"), [0, 1, 2, 3]);
}

#[test]
fn comments_stand_on_the_packets_of_their_connections() {
    let dir = TempDir::new();
    let (capture, copy) = (capture(&dir), dir.join("copy.pcapng"));
    assert_eq!(run(&["-o", text(&copy), text(&capture)]).code, Some(0));
    let mut reader = Reader::open(&copy).unwrap();
    let (mut begun, mut closed) = (Vec::new(), Vec::new());
    while let Some(packet) = reader.next_packet() {
        let has = |what: &str| packet.comments().any(|comment| comment.contains(what));
        if has("OPEN begins") {
            begun.push(packet.number);
        }
        if has("closes first") {
            closed.push(packet.number);
        }
    }
    let lines = lines(&capture);
    let stream_of = |number: &u64| {
        lines.iter().find(|it| it["type"] == "packet" && it["number"] == *number).unwrap()["stream"]
            .as_u64()
            .unwrap()
    };
    assert_eq!(begun.iter().map(stream_of).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert_eq!(closed.iter().map(stream_of).collect::<Vec<_>>(), [2, 0, 1, 3], "as they ended");
}
