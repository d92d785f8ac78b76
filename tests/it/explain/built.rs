//! Captures made for one purpose, packet by packet.

use std::borrow::Cow;
use std::fs::File;
use std::path::Path;

use wirewalk::capture::{
    BuiltPacket, Flush, Interface, LinkType, REBUILT, Reader, Record, Section, TcpEndpoint, Times, Writer,
};
use wirewalk::explain::{Bytes, Feed, View as _};
use wirewalk::observe::{Config, Observer, Options};
use wirewalk::wire::Side::{Client, Server};

use super::{run, text};
use crate::support::script::Script;
use crate::support::temp::TempDir;

/// The opening handshake, a write of the server's, and a close by the client, a millisecond apart.
fn conversation(written: &[u8]) -> Vec<BuiltPacket> {
    packets(Script::new(), written)
}

fn packets(mut script: Script, written: &[u8]) -> Vec<BuiltPacket> {
    script.websocket().write(Server, written);
    script.write(Client, &[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8]).fins(Client);
    script.packets
}

/// Writes a capture of ours; some of its packets were rebuilt.
fn write(path: &Path, packets: &[BuiltPacket], is_rebuilt: impl Fn(usize) -> bool) {
    let section = Section::ours(Vec::new());
    let mut writer =
        Writer::new(File::create(path).unwrap(), &section, Flush::WhenFull, Times::Keep).unwrap();
    let interface = writer.interface(&Interface::new(LinkType::RAW)).unwrap();
    let rebuilt: [Cow<'_, str>; 1] = [format!("[wirewalk] {REBUILT}, from what the socket told").into()];
    for (place, packet) in packets.iter().enumerate() {
        let comments = if is_rebuilt(place) { &rebuilt[..] } else { &[] };
        let (time_ns, bytes) = (packet.time_ns, packet.bytes.as_slice());
        let original_length = bytes.len() as u32;
        let record = Record { interface, time_ns, original_length, bytes, direction: None, comments };
        writer.packet(&record).unwrap();
    }
    writer.finish().unwrap();
}

/// The comments of each packet.
fn comments(path: &Path) -> Vec<Vec<String>> {
    let mut reader = Reader::open(path).unwrap();
    let mut all = Vec::new();
    while let Some(packet) = reader.next_packet() {
        all.push(packet.comments().map(String::from).collect());
    }
    all
}

fn has(comments: &[String], text: &str) -> bool {
    comments.iter().any(|comment| comment.contains(text))
}

#[test]
fn rebuilt_packets_are_annotated_as_such() {
    let dir = TempDir::new();
    let (capture, copy) = (dir.join("a.pcapng"), dir.join("copy.pcapng"));
    write(&capture, &conversation(b"\x81\x05Hello"), |place| place == 0 || place == 2);
    let exit = run(&["-w", text(&copy), text(&capture)]);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
    let row = |number: &str| exit.stdout.lines().find(|line| line.starts_with(number)).unwrap_or_default();
    assert!(
        row("     *1 ").contains("SYN-SENT* ") && row("     *1 ").ends_with("SYN-RECEIVED*"),
        "{}",
        exit.stdout
    );
    assert!(row("      2 ").contains("ESTABLISHED   "), "{}", exit.stdout);
    assert!(row("     *3 ").ends_with("ESTABLISHED*"), "{}", exit.stdout);
    assert!(exit.stdout.contains("marked * were not captured"), "{}", exit.stdout);
    let comments = comments(&copy);
    assert!(comments[0][0].contains(REBUILT), "the comment that was there is the first: {:?}", comments[0]);
    assert!(has(&comments[0], "CLOSED → SYN-SENT (sends SYN, RFC 9293 §3.5, rebuilt)"), "{:?}", comments[0]);
    assert!(
        has(&comments[1], "SYN-SENT → ESTABLISHED (receives SYN,ACK, RFC 9293 §3.5)"),
        "{:?}",
        comments[1]
    );
}

#[test]
fn a_frame_longer_than_the_lookahead_is_annotated_by_what_is_known() {
    const LENGTH: usize = 26 * 1024 * 1024;
    let dir = TempDir::new();
    let (capture, copy) = (dir.join("a.pcapng"), dir.join("copy.pcapng"));
    let mut frame = vec![0x82, 127];
    frame.extend((LENGTH as u64).to_be_bytes());
    frame.resize(10 + LENGTH, 0);
    let packets = conversation(&frame);
    write(&capture, &packets, |_| false);
    let exit = run(&["-o", text(&copy), text(&capture)]);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
    let comments = comments(&copy);
    assert_eq!(comments.len(), packets.len());
    assert!(has(&comments[5], "of a frame or head that is too long to count its parts"), "{:?}", comments[5]);
    let segments = packets.len() - 9;
    let last = &comments[4 + segments];
    let told = format!("frame ends here, over {segments} segments: BINARY FIN=1, {LENGTH} B, not masked");
    assert!(has(last, &told), "{told}: {last:?}");
    // Some parts in its middle are counted, those near its end are too many.
    let counted = format!("part 16000 of {segments} of a BINARY frame of {LENGTH} B");
    assert!(comments.iter().any(|comments| has(comments, &counted)), "{counted}");
    assert!(has(&comments[3 + segments], "too long to count its parts"), "{:?}", comments[3 + segments]);
    assert!(
        has(&comments[packets.len() - 1], "client now waits 2 MSL in TIME-WAIT"),
        "{:?}",
        comments.last()
    );
}

#[test]
fn the_messages_begin_with_the_first_segment_of_a_frame() {
    let dir = TempDir::new();
    let (capture, copy) = (dir.join("a.pcapng"), dir.join("copy.pcapng"));
    let frame = [&[0x82, 126, 0x13, 0x88][..], &[7; 5_000]].concat();
    write(&capture, &conversation(&frame), |_| false);
    let exit = run(&["-w", text(&copy), text(&capture)]);
    let lines: Vec<&str> = exit.stdout.lines().collect();
    let band = lines.iter().position(|line| line.starts_with("── MESSAGES")).unwrap();
    for (line, (brace, label)) in lines[band + 1..].iter().zip([
        ("╭ ", "part 1 of 4 of BINARY"),
        ("├ ", "part 2 of 4 of BINARY"),
        ("├ ", "part 3 of 4 of BINARY"),
        ("╰ ", "BINARY 07 07 07 07 07 07… 5000 B"),
    ]) {
        assert!(line.starts_with(brace) && line.contains(label), "{label}: {line}\n{}", exit.stdout);
    }
    let comments = comments(&copy);
    assert_eq!(
        comments[5],
        [
            "[wirewalk] MESSAGES begins: frames flow in both directions",
            "[wirewalk] part 1 of 4 of a BINARY frame of 5000 B"
        ]
    );
}

/// What is done for a frame must not grow with the frames beside it, or this takes minutes.
#[test]
fn each_frame_of_a_full_packet_has_its_comment() {
    const FRAMES: usize = 30_000;
    // As on the loopback interface, where a segment takes as much as IP does.
    let end = |last: u8| {
        let end = TcpEndpoint::linux(([10, 0, 0, last], 50_000 + u16::from(last)).into(), 1_000);
        TcpEndpoint { options: Options { mss: Some(65_495), ..end.options }, window: 65_535, ..end }
    };
    let packets = packets(Script::between(end(1), end(2)), &[0x82, 0].repeat(FRAMES));
    let mut observer = Observer::new(Config::default());
    let mut feed = Feed::new(Vec::new());
    for (packet, number) in packets.iter().zip(1..) {
        let bytes = packet.bytes.as_slice();
        let step = observer.observe(&packet.segment(number));
        feed.step(&step).unwrap();
        feed.bytes(&Bytes { link: 101, bytes, original_length: bytes.len() as u32 }, &step).unwrap();
    }
    let told = String::from_utf8(std::mem::take(feed.to())).unwrap();
    let most = |part: &str| told.lines().map(|line| line.matches(part).count()).max();
    assert_eq!(most("\"ws.second\""), Some(FRAMES));
    assert_eq!(told.lines().filter(|line| line.contains(r#""type":"message""#)).count(), FRAMES);
}
