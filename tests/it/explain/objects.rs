//! Objects of JSON that are written key by key: serde writes the same.

use std::path::Path;

use wirewalk::capture::TcpEndpoint;
use wirewalk::wire::Side::{Client, Server};

use super::{run, text};
use crate::captures::directory;
use crate::support::script::{BEGIN_NS, Script, frame};
use crate::support::serde_objects::{Object, objects};
use crate::support::temp::TempDir;

const KEY: Option<[u8; 4]> = Some([1, 2, 3, 4]);

fn lines(capture: &Path) -> String {
    let exit = run(&["--ndjson", text(capture)]);
    assert_eq!(exit.code, Some(0), "{}: {}", capture.display(), exit.stderr);
    exit.stdout
}

#[test]
fn serde_writes_the_same_objects_of_the_committed_captures() {
    let mut lines = String::new();
    for folder in ["lab", "itself"] {
        for entry in directory().join(folder).read_dir().unwrap() {
            // `captures::` holds that they are what is printed.
            let beside = entry.unwrap().path().join("objects.ndjson");
            lines += &std::fs::read_to_string(beside).unwrap_or_default();
        }
    }
    let kinds = objects(&lines).into_iter().fold([0; 4], |mut counts, object| {
        match object {
            Object::Packet { .. } => counts[0] += 1,
            Object::Transition { .. } => counts[1] += 1,
            Object::Frame { .. } => counts[2] += 1,
            Object::Message { .. } => counts[3] += 1,
            Object::Other => {}
        }
        counts
    });
    assert!(kinds.into_iter().all(|count| count > 50), "{kinds:?}");
    for shown in [
        r#""ack":null"#,
        r#""ws":null"#,
        r#""ws":{"client":"#,
        r#""masking_key":null"#,
        r#""compressed":true"#,
        r#""length":null"#,
        r#""payload_sha256":null"#,
        r#""preview":null"#,
        r#""marks":[""#,
    ] {
        assert!(lines.contains(shown), "{shown}");
    }
}

#[test]
fn serde_writes_the_same_objects_of_any_payload() {
    let (special, long) = ("\"q\" \\ / \n\t\u{1}\u{7F}\u{2028}é😀", "é\"".repeat(2_000));
    let mut script = Script::new();
    script.websocket().write(Client, &frame(0x81, KEY, special.as_bytes()));
    script.write(Server, &frame(0x81, None, long.as_bytes()));
    script.write(Client, &frame(0x01, KEY, b"\"in")).write(Client, &frame(0x80, KEY, b"parts\""));
    script.write(Server, &frame(0x82, None, &[0, 0x9A, 0xFF])).write(Server, &frame(0x82, None, &[7; 3_000]));
    script.write(Client, &frame(0x89, KEY, b"\\")).write(Server, &frame(0xF3, None, b"unknown"));
    script
        .write(Client, &frame(0x88, KEY, b"\x03\xE8\"bye\"\n"))
        .write(Server, &frame(0x88, None, b"\x03\xE8"));
    script.fins(Server);
    // Another connection when 2 MSL have passed: no packet shows that TIME-WAIT ended.
    let ends = [([10, 0, 0, 1], 50_001), ([10, 0, 0, 2], 8_080)];
    let [client, server] = ends.map(|end| TcpEndpoint::linux(end.into(), 1_000));
    let mut later = Script::between(client, server).timed(BEGIN_NS + 100_000_000_000, 1);
    script.packets.append(&mut later.handshake().packets);
    let directory = TempDir::new();
    let capture = directory.path().join("payloads.pcapng");
    script.save(&capture);
    let lines = lines(&capture);
    let previews: Vec<_> = objects(&lines)
        .into_iter()
        .filter_map(|object| match object {
            Object::Frame { preview, packets, .. } => Some((preview, packets.len())),
            _ => None,
        })
        .collect();
    let cut = |text: &str, bytes| text[..bytes].to_owned() + "…";
    let expected = [
        (special.to_owned(), 1),
        (cut(&long, 128), 5),
        ("\"in".to_owned(), 1),
        ("parts\"".to_owned(), 1),
        ("009aff".to_owned(), 1),
        ("07".repeat(128) + "…", 3),
        ("\\".to_owned(), 1),
    ];
    assert_eq!(previews[..expected.len()], expected);
    assert!(previews.contains(&("1000 \"bye\"\n".to_owned(), 1)), "{previews:?}");
    for shown in [r#""frames":[2,3]"#, r#""packet":null"#, r#""evidence":"inferred""#] {
        assert!(lines.contains(shown), "{shown}: {lines}");
    }
}
