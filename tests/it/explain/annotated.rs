//! `-w`: the same capture with comments, as Wireshark and our own reader find it.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use flate2::Compression;
use flate2::write::GzEncoder;
use wirewalk::capture::{CaptureInfo, LinkType, Reader};

use super::{command, run, syn, text};
use crate::capture::tshark::{capinfos, fields, tshark};
use crate::support::corpus;
use crate::support::temp::TempDir;

/// A packet without its comments.
#[derive(Debug, PartialEq, Eq)]
struct Bare {
    time_ns: u64,
    original_length: u32,
    bytes: Vec<u8>,
    link: LinkType,
}

/// All packets of a capture, each with its comments.
fn packets(path: &Path) -> (Vec<(Bare, Vec<String>)>, CaptureInfo) {
    let mut reader = Reader::open(path).unwrap();
    let mut packets = Vec::new();
    while let Some(packet) = reader.next_packet() {
        let bare = Bare {
            time_ns: packet.time_ns,
            original_length: packet.original_length,
            bytes: packet.bytes.to_vec(),
            link: packet.interface().link,
        };
        packets.push((bare, packet.comments().map(String::from).collect()));
    }
    (packets, reader.into_info())
}

/// Ours among the comments of a packet.
fn ours((_, comments): &(Bare, Vec<String>)) -> Vec<&str> {
    // What was found has its id in the prefix.
    let bare = |comment| str::strip_prefix(comment, "[wirewalk").and_then(|rest| rest.split_once("] "));
    comments.iter().filter_map(|comment| bare(comment).map(|(_, bare)| bare)).collect()
}

#[test]
fn nothing_changes_but_the_comments() {
    let dir = TempDir::new();
    let (copy, again) = (dir.join("copy.pcapng"), dir.join("again.pcapng"));
    // Those of the examples have our comments already.
    for file in corpus::of_others() {
        let name = file.display();
        let exit = run(&["-w", text(&copy), text(&file)]);
        assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{name}");
        assert_eq!(exit.stdout, run(&[text(&file)]).stdout, "the view is the same: {name}");
        let (before, of_original) = packets(&file);
        let (after, of_copy) = packets(&copy);
        assert_eq!(before.len(), after.len(), "{name}");
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(after.0, before.0, "{name}");
            assert_eq!(after.1[..before.1.len()], before.1, "{name}: those there stay");
            assert_eq!(ours(after).len(), after.1.len() - before.1.len(), "{name}");
        }
        let is_commented = after.iter().any(|packet| !ours(packet).is_empty());
        assert_eq!(is_commented, !exit.stdout.contains("No TCP"), "{name}");
        assert_eq!(of_copy.link_types(), of_original.link_types(), "{name}");
        assert_eq!(of_copy.names, of_original.names, "{name}");
        assert_eq!(of_copy.secrets, of_original.secrets, "{name}");
        assert_eq!(of_copy.statistics, of_original.statistics, "{name}");
        let named =
            |facts: &CaptureInfo| facts.interfaces.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
        assert_eq!(named(&of_copy), named(&of_original), "{name}");
        // A second time nothing is added; and -o alone writes nothing else.
        let exit = run(&["-o", text(&again), text(&copy)]);
        assert_eq!((exit.code, exit.stdout.as_str(), exit.stderr.as_str()), (Some(0), "", ""), "{name}");
        assert_eq!(packets(&again).0, after, "{name}");
        // In another language more is added, behind what is there.
        assert_eq!(run(&["--lang", "zh", "-o", text(&again), text(&copy)]).code, Some(0), "{name}");
        for ((_, more), (_, there)) in packets(&again).0.iter().zip(&after) {
            assert_eq!(more[..there.len()], there[..], "{name}");
        }
    }
}

#[test]
#[ignore = "run by tests/run: needs tshark"]
fn wireshark_shows_the_comments_and_warns_of_nothing_new() {
    let dir = TempDir::new();
    let copy = dir.join("copy.pcapng");
    let checksums = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];
    let expert = [&["-2", "-q", "-z", "expert,warn"], &checksums[..]].concat();
    let all = ["-2", "-E", "occurrence=a", "-E", "aggregator=\u{1e}"];
    let (mut files, mut comments) = (0, 0);
    for file in corpus::any() {
        for lang in ["en", "zh"] {
            let name = file.display();
            assert_eq!(run(&["--lang", lang, "-o", text(&copy), text(&file)]).code, Some(0), "{name}");
            let shown = fields(&copy, &all, &["frame.number", "frame.time_epoch", "frame.comment"]);
            let original = fields(&file, &all, &["frame.number", "frame.time_epoch"]);
            let (packets, _) = packets(&copy);
            assert_eq!((shown.len(), packets.len()), (original.len(), original.len()), "{name}");
            for ((shown, original), (_, expected)) in shown.iter().zip(&original).zip(&packets) {
                // A Simple Packet Block has no time; what is written has one.
                let is_timed = !original[1].is_empty();
                assert!(
                    shown[0] == original[0] && (shown[1] == original[1] || !is_timed),
                    "{name}: {shown:?}"
                );
                assert_eq!(shown[2..].join("|"), expected.join("\u{1e}"), "{name} packet {}", shown[0]);
                comments += expected.len();
            }
            let (before, after) = (tshark(&file, &expert), tshark(&copy, &expert));
            assert_eq!(after.lines, before.lines, "{name}");
            assert_eq!((after.complaints, after.code), (before.complaints, before.code), "{name}");
            assert!(capinfos(&copy).contains("pcapng"), "{name}");
        }
        files += 1;
    }
    println!("{files} captures in two languages, {comments} comments: as tshark shows them, no new warning");
}

#[test]
fn pipes_and_gzip_give_the_same_copy() {
    let dir = TempDir::new();
    let [plain, piped, packed] = ["plain.pcapng", "piped.pcapng", "packed.pcapng"].map(|name| dir.join(name));
    let gz = dir.join("a.pcap.gz");
    for file in corpus::any() {
        assert_eq!(run(&["-o", text(&plain), text(&file)]).code, Some(0));
        let bytes = fs::read(&file).unwrap();
        let mut command = command(&["-w", text(&piped), "--json", "-"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0));
        let mut encoder = GzEncoder::new(File::create(&gz).unwrap(), Compression::fast());
        encoder.write_all(&bytes).unwrap();
        encoder.finish().unwrap();
        assert_eq!(run(&["-o", text(&packed), text(&gz)]).code, Some(0));
        let plain = fs::read(&plain).unwrap();
        assert!(plain == fs::read(&piped).unwrap(), "{}", file.display());
        assert!(plain == fs::read(&packed).unwrap(), "{}", file.display());
    }
}

#[test]
fn filtered_out_packets_are_copied_without_comments() {
    let dir = TempDir::new();
    let copy = dir.join("copy.pcapng");
    for file in corpus::of_others().into_iter().filter(|file| file.ends_with("ws-ping-sll.pcap")) {
        let commented_with = |options: &[&str], code: i32| {
            assert_eq!(run(&[options, &["-o", text(&copy), text(&file)]].concat()).code, Some(code));
            let (packets, _) = packets(&copy);
            assert_eq!(packets.len(), 19);
            let has = |place: &usize| !ours(&packets[*place - 1]).is_empty();
            (1..=19).filter(has).collect::<Vec<usize>>()
        };
        let commented = |options: &[&str]| commented_with(options, 0);
        let all = commented(&[]);
        assert_eq!((all.first(), all.last()), (Some(&1), Some(&19)));
        let (first, second): (Vec<usize>, Vec<usize>) = all.iter().partition(|packet| **packet <= 12);
        assert_eq!(commented(&["--stream", "1"]), second);
        assert_eq!(commented(&["--port", "55371"]), first);
        // A selection of nothing is said to be one.
        assert_eq!(commented_with(&["--port", "1"], 2), Vec::<usize>::new());
    }
}

#[test]
fn a_cut_capture_is_annotated_as_far_as_it_goes() {
    let dir = TempDir::new();
    let (cut, copy) = (dir.join("cut.pcap"), dir.join("copy.pcapng"));
    let mut bytes = syn();
    let packet = bytes[24..].to_vec();
    bytes.extend(&packet[..30]);
    fs::write(&cut, &bytes).unwrap();
    let exit = run(&["-w", text(&copy), text(&cut)]);
    assert_eq!(exit.code, Some(2));
    assert!(exit.stdout.contains("SYN-SENT") && exit.stderr.contains("after packet 1"), "{}", exit.stderr);
    let (packets, facts) = packets(&copy);
    assert_eq!((packets.len(), facts.damage), (1, None), "the copy is whole");
    assert!(ours(&packets[0]).iter().any(|comment| comment.contains("CLOSED → SYN-SENT")), "{packets:?}");
}

#[test]
fn an_input_is_not_written_over_by_any_name() {
    let dir = TempDir::new();
    let capture = dir.join("a.pcapng");
    fs::write(&capture, syn()).unwrap();
    let (symbolic, hard) = (dir.join("symbolic.pcapng"), dir.join("hard.pcapng"));
    std::os::unix::fs::symlink(&capture, &symbolic).unwrap();
    fs::hard_link(&capture, &hard).unwrap();
    for out in [&capture, &symbolic, &hard] {
        for option in ["-w", "-o"] {
            let exit = run(&[option, text(out), text(&capture)]);
            assert_eq!(exit.code, Some(2), "{}", out.display());
            assert!(exit.stderr.contains("not written over"), "{}", exit.stderr);
            let stdin = File::open(&capture).unwrap();
            let output = command(&[option, text(out), "-"]).stdin(stdin).output().unwrap();
            assert_eq!(output.status.code(), Some(2), "as standard input: {}", out.display());
        }
    }
    assert_eq!(fs::read(&capture).unwrap(), syn());
    // An input that is no capture leaves alone what is there.
    let (other, copy) = (dir.join("notes.txt"), dir.join("copy.pcapng"));
    fs::write(&other, "dear diary").unwrap();
    fs::write(&copy, "precious").unwrap();
    assert_eq!(run(&["-w", text(&copy), text(&other)]).code, Some(2));
    assert_eq!(fs::read(&copy).unwrap(), b"precious");
}

#[test]
fn the_copy_is_whole_when_the_view_is_not_read() {
    let dir = TempDir::new();
    let (capture, copy) = (dir.join("many.pcap"), dir.join("copy.pcapng"));
    let mut many = syn();
    let packet = many[24..].to_vec();
    (0..20_000).for_each(|_| many.extend(&packet));
    fs::write(&capture, many).unwrap();
    let mut command = command(&["--ndjson", "-w", text(&copy), text(&capture)]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    let (packets, facts) = packets(&copy);
    assert_eq!((packets.len(), facts.damage), (20_001, None));
    assert!(ours(&packets[20_000]).iter().any(|comment| comment.starts_with("copy")));
}

#[test]
fn comments_speak_the_language_asked_for() {
    let dir = TempDir::new();
    let (capture, copy) = (dir.join("a.pcap"), dir.join("copy.pcapng"));
    fs::write(&capture, syn()).unwrap();
    for (lang, comment) in [
        ("en", "client TCP: CLOSED → SYN-SENT (sends SYN, RFC 9293 §3.5)"),
        ("zh", "客户端 TCP：CLOSED → SYN-SENT（发出 SYN，RFC 9293 §3.5）"),
    ] {
        assert_eq!(run(&["--lang", lang, "-o", text(&copy), text(&capture)]).code, Some(0));
        assert!(ours(&packets(&copy).0[0]).contains(&comment), "{lang}");
    }
}
