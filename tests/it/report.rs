//! `explain --html`: the page of a report, and the diagram that other pages show.

mod access;
mod bytes;
mod cut;
mod diagram;
mod folds;
mod heads;
mod lighting;
mod page;
mod reading;
mod size;
mod terminal;
mod feed_types;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use wirewalk::capture::TcpEndpoint;
use wirewalk::wire::Side::{Client, Server};

use crate::support::PATIENCE;
use crate::support::process;
use crate::support::script::{RESPONSE, Script, frame};
use crate::support::temp::TempDir;

/// What would break out of a page, were it not escaped: in the target, in a header, in a payload.
const HOSTILE: &str = "</script><script>document.title='out'</script><!--<script>";

fn captures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("captures")
}

/// All captures of the repository.
fn committed() -> Vec<PathBuf> {
    let entries = |directory: PathBuf| fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let of_examples = entries(captures()).filter(|path| path.extension().is_some_and(|it| it == "pcapng"));
    let folders = entries(captures().join("lab")).filter(|path| path.is_dir());
    let of_walkthrough =
        entries(captures().join("online")).filter(|path| path.extension().is_some_and(|it| it == "pcapng"));
    let mut all: Vec<PathBuf> = of_examples
        .chain(of_walkthrough)
        .chain(folders.map(|folder| folder.join("capture.pcapng")))
        .collect();
    for path in &all {
        assert!(path.is_file(), "{} is missing", path.display());
    }
    all.sort();
    all
}

/// Explains a capture; gives what is printed.
fn explain(capture: &Path, args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    command.arg("explain").args(args).arg(capture).env_remove("LANG").env_remove("LC_ALL");
    let exit = process::run(&mut command, 6 * PATIENCE);
    assert!(exit.stderr.is_empty() || exit.code == Some(2), "{}: {}", capture.display(), exit.stderr);
    exit.stdout
}

/// The objects that stand in a page.
fn objects(page: &str) -> Vec<Value> {
    let data = page.split_once("id=\"data\">").expect("data").1.split_once("</script>").expect("an end").0;
    data.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

fn of_type<'v>(objects: &'v [Value], kind: &str) -> Vec<&'v Value> {
    objects.iter().filter(|object| object["type"] == kind).collect()
}

/// Writes a report into the directory; gives its address.
fn report(dir: &TempDir, capture: &Path, args: &[&str]) -> String {
    let out = dir.join("report.html");
    let out = out.to_str().unwrap();
    assert_eq!(explain(capture, &[args, &["-o", out]].concat()), "");
    format!("file://{out}")
}

/// A frame of a client's, with a key.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    frame(first, Some([0x37, 0xFA, 0x21, 0x3D]), payload)
}

/// A conversation in which a WebSocket has opened, with a hostile head. `mss` is what an Ethernet has, or more.
fn opened(mss: u16) -> Script {
    let end = |address, isn| {
        let mut end = TcpEndpoint::linux(address, isn);
        end.options.mss = Some(mss);
        end
    };
    let (client, server) = (([10, 0, 0, 1], 50_000).into(), ([10, 0, 0, 2], 8_080).into());
    let mut script = Script::between(end(client, 1_000), end(server, 5_000));
    let request = format!(
        "GET /{HOSTILE} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Odd: {HOSTILE}\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    script.handshake().write(Client, request.as_bytes()).write(Server, RESPONSE);
    script
}

/// A conversation with all that a page shows: a hostile head and payloads, a frame over several segments, one in
/// pieces, several in one segment, a silence, a broken rule, a retransmission, a close.
fn talk() -> Script {
    let mut script = opened(1460);
    script
        .write(Client, &masked(0x81, HOSTILE.as_bytes()))
        .write(Client, &masked(0x82, &[7; 4_000]))
        .write(Server, b"\x01\x02Gr\x80\x02\xC3\xBC\x89\x01p")
        .write(Client, &masked(0x8A, b"p"))
        // Two messages in one segment; the second is not masked as it must be.
        .at_ms(4_000)
        .write(Client, &[masked(0x81, "你好".as_bytes()), b"\x81\x01x".to_vec()].concat())
        .repeat()
        .at_ms(4_005)
        .write(Server, b"\x88\x02\x03\xEA")
        .write(Client, &masked(0x88, &[0x03, 0xEA]))
        .fins(Server);
    script
}

/// Writes that conversation as a capture.
fn write_talk(path: &Path) {
    talk().save(path);
}
