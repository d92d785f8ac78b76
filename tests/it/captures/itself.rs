//! Captures that show findings about the capture itself, which no end of a connection can provoke.
//!
//! `UPDATE_EXPECT=1 cargo test --test it captures::itself:: -- --ignored` makes them anew, where packets may be captured.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use wirewalk::capture::{Checksums, Flush, Reader, Record, Times, Writer};

use super::{CAPTURE, check_folder, explained, golden};
use crate::support::catch::Catch;
use crate::support::server::Server;
use crate::support::temp::TempDir;
use crate::support::ws::Client;

/// Each capture, and how it came about, as its README says.
pub(crate) const ROWS: [(&str, &str); 2] = [
    ("X02", "really captured on the loopback interface, where nobody ever completes a TCP checksum"),
    (
        "X02-damaged",
        "the same, with its checksums completed; then a test turned over one bit of the payload of one packet",
    ),
];

pub(crate) fn directory() -> PathBuf {
    super::directory().join("itself")
}

/// The finding that a capture is of.
pub(crate) fn finding(name: &str) -> &str {
    name.split('-').next().unwrap_or_default()
}

fn readme() -> String {
    let mut text = "\
# Captures about themselves

What a capture shows otherwise than it was: the findings of family X in [FINDINGS.md](../../docs/FINDINGS.md). Each
has a folder, as those of [the lab](../lab/README.md) have. A test makes them anew, where packets may be captured:

```
UPDATE_EXPECT=1 cargo test --test it captures::itself:: -- --ignored
UPDATE_EXPECT=1 cargo test --test it captures::
```

| capture | how it came about |
|---|---|
"
    .to_owned();
    for (name, how) in ROWS {
        writeln!(text, "| [{name}]({name}/capture.pcapng) | {how} |").unwrap();
    }
    text
}

/// Captures an exchange, its checksums as they are or completed.
fn capture(path: &Path, checksums: Checksums) -> Option<()> {
    let server = Server::start(&["--ping-interval", "0"]);
    let mut catch = Catch::with(server.addr().port(), checksums)?;
    let mut client = Client::connect(server.addr(), "/echo", &[]).unwrap();
    for message in ["one", "two", "three"] {
        client.send_text(message);
        client.text();
    }
    client.end();
    drop(client);
    catch.save(path, 1);
    Some(())
}

/// Copies a capture, with one bit of the last byte turned over in the second packet that has a payload behind the heads.
fn damage(from: &Path, to: &Path) {
    let mut reader = Reader::open(from).unwrap();
    let file = std::fs::File::create(to).unwrap();
    let mut writer = Writer::new(file, &reader.info().section, Flush::WhenFull, Times::Keep).unwrap();
    let (mut interface, mut payloads) = (None, 0);
    while let Some(packet) = reader.next_packet() {
        let interface = *interface.get_or_insert_with(|| writer.interface(packet.interface()).unwrap());
        let mut bytes = packet.bytes.to_vec();
        payloads += usize::from(packet.segment.is_ok_and(|segment| segment.length > 0));
        let comments: &[Cow<'_, str>] = if payloads == 5 {
            payloads += 1;
            *bytes.last_mut().unwrap() ^= 0x20;
            &["a test turned over one bit of this packet's last byte".into()]
        } else {
            &[]
        };
        writer
            .packet(&Record {
                interface,
                time_ns: packet.time_ns,
                original_length: packet.original_length,
                bytes: &bytes,
                direction: packet.direction(),
                comments,
            })
            .unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn explain_prints_what_lies_in_their_folders() {
    golden::check(&directory().join("README.md"), &readme()).unwrap();
    for (name, _) in ROWS {
        check_folder(&directory().join(name)).unwrap();
    }
}

/// What is captured now shows what is committed.
#[test]
#[ignore = "run by tests/run: takes the right to capture packets"]
fn they_can_be_made_again() {
    let temporary = TempDir::new();
    let directory = if golden::is_update() { directory() } else { temporary.path().to_owned() };
    let [as_is, damaged] = ROWS.map(|(name, _)| directory.join(name));
    for folder in [&as_is, &damaged] {
        std::fs::create_dir_all(folder).unwrap();
    }
    let whole = temporary.path().join("whole.pcapng");
    let captured = capture(&as_is.join(CAPTURE), Checksums::AsIs);
    if captured.and_then(|()| capture(&whole, Checksums::Complete)).is_none() {
        return;
    }
    damage(&whole, &damaged.join(CAPTURE));
    for (name, _) in ROWS {
        let said = explained(&directory.join(name), CAPTURE, &["--lang", "en", "--color", "never"]);
        assert!(said.contains(&format!(" {} ", finding(name))), "{name}: {said}");
        let is_warned = said.contains("⚠ X02");
        assert_eq!(is_warned, name == "X02-damaged", "{said}");
    }
    assert!(!explained(temporary.path(), "whole.pcapng", &["--json"]).contains("X02"));
}
