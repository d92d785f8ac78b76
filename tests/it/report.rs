//! `explain --html`: the page of a report, and the diagram that other pages show.

mod access;
mod bytes;
mod cut;
mod diagram;
mod folds;
mod page;
mod reading;
mod size;
mod terminal;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use wirewalk::capture::{
    Built, Conversation, End, Flush, Interface, LinkType, Record, Section, Times, Writer,
};
use wirewalk::wire::Side::{Client, Server};

use crate::support::PATIENCE;
use crate::support::process;
use crate::support::temp::TempDir;

/// What would break out of a page, were it not escaped: in the target, in a header, in a payload.
const HOSTILE: &str = "</script><script>document.title='out'</script><!--<script>";

fn captures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("captures")
}

/// All captures of the repository.
fn committed() -> Vec<PathBuf> {
    let entries = |directory: PathBuf| fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<PathBuf> = entries(captures()).chain(entries(captures().join("lab"))).collect();
    all.retain(|path| path.extension().is_some_and(|ending| ending == "pcapng"));
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
    let key = [0x37, 0xFA, 0x21, 0x3D];
    let mut frame = vec![first];
    match payload.len() {
        short @ ..126 => frame.push(0x80 | short as u8),
        long => {
            frame.push(0xFE);
            frame.extend((long as u16).to_be_bytes());
        }
    }
    frame.extend(key);
    frame.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}

/// So many milliseconds after a conversation began.
const fn at(ms: u64) -> u64 {
    1_700_000_000_000_000_000 + ms * 1_000_000
}

/// A conversation in which a WebSocket has opened, with a hostile head, and its packets so far. `mss` is what an
/// Ethernet has, or more.
fn opened(mss: u16) -> (Conversation, Vec<Built>) {
    let end = |address, isn| {
        let mut end = End::linux(address, isn);
        end.options.mss = Some(mss);
        end
    };
    let (client, server) = (([10, 0, 0, 1], 50_000).into(), ([10, 0, 0, 2], 8_080).into());
    let mut talk = Conversation::new(end(client, 1_000), end(server, 5_000));
    let request = format!(
        "GET /{HOSTILE} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Odd: {HOSTILE}\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    let response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    let mut packets = vec![talk.syn(Client, at(0)), talk.syn_ack(Server, at(1)), talk.ack(Client, at(2))];
    packets.extend(talk.data(Client, at(3), request.as_bytes()));
    packets.extend(talk.data(Server, at(4), response.as_bytes()));
    (talk, packets)
}

/// A conversation with all that a page shows: a hostile head and payloads, a frame over several segments, one in
/// pieces, several in one segment, a silence, a broken rule, a retransmission, a close.
fn talk() -> Vec<Built> {
    let (mut talk, mut packets) = opened(1460);
    packets.extend(talk.data(Client, at(5), &masked(0x81, HOSTILE.as_bytes())));
    packets.extend(talk.data(Client, at(6), &masked(0x82, &[7; 4_000])));
    packets.extend(talk.data(Server, at(7), b"\x01\x02Gr\x80\x02\xC3\xBC\x89\x01p"));
    packets.extend(talk.data(Client, at(8), &masked(0x8A, b"p")));
    // Two messages in one segment; the second is not masked as it must be.
    packets.extend(talk.data(
        Client,
        at(4_000),
        &[masked(0x81, "你好".as_bytes()), b"\x81\x01x".to_vec()].concat(),
    ));
    packets.push(packets.last().unwrap().clone());
    packets.extend(talk.data(Server, at(4_005), b"\x88\x02\x03\xEA"));
    packets.extend(talk.data(Client, at(4_006), &masked(0x88, &[0x03, 0xEA])));
    packets.push(talk.fin(Server, at(4_007)));
    packets.push(talk.fin(Client, at(4_008)));
    packets.push(talk.ack(Server, at(4_009)));
    packets
}

/// Writes that conversation as a capture.
fn write_talk(path: &Path) {
    write(path, &talk());
}

/// Writes packets as a capture.
fn write(path: &Path, packets: &[Built]) {
    let file = File::create(path).unwrap();
    let mut writer = Writer::new(file, &Section::ours(Vec::new()), Flush::WhenFull, Times::Keep).unwrap();
    let interface = writer.interface(&Interface::new(LinkType::RAW)).unwrap();
    for packet in packets {
        let (time_ns, bytes) = (packet.time_ns, packet.bytes.as_slice());
        let original_length = bytes.len() as u32;
        let record = Record { interface, time_ns, original_length, bytes, direction: None, comments: &[] };
        writer.packet(&record).unwrap();
    }
    writer.finish().unwrap();
}
