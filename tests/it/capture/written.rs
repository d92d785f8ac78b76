//! Written captures: read back they are the same, and capinfos and tshark read everything in them.

use std::borrow::Cow;
use std::path::Path;

use wirewalk::capture::{
    CaptureInfo, Direction, Flush, Interface, LinkType, Reader, Record, ResolvedName, Secrets, Section,
    Statistics, Times, Writer, annotate,
};

use super::tshark::{capinfos, fields, tshark};
use crate::support::corpus;
use crate::support::temp::TempDir;

/// Secrets in the format of an `SSLKEYLOGFILE`.
const TLS_KEY_LOG: u32 = 0x544C_534B;

const LINKS: [LinkType; 5] =
    [LinkType::ETHERNET, LinkType::RAW, LinkType::IPV4, LinkType::IPV6, LinkType::LINUX_SLL2];

const BEGIN: u64 = 1_700_000_000_123_456_789;

/// 10.0.0.1 to 10.0.0.2: UDP, four bytes of nothing.
const UDP: [u8; 32] = [
    0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0x66, 0xCA, 10, 0, 0, 1, 10, 0, 0, 2, 0, 7, 0, 7, 0, 12, 0, 0, 1, 2,
    3, 4,
];

fn interface(link: LinkType, name: &str) -> Interface {
    Interface {
        snaplen: 262_144,
        name: Some(name.to_owned()),
        description: Some(format!("{name}, as {link}")),
        filter: Some("tcp port 9001".to_owned()),
        os: Some("Linux".to_owned()),
        comments: vec!["一个接口".to_owned()],
        ..Interface::new(link)
    }
}

/// A capture with everything in it.
fn write(flush: Flush, path: &Path) {
    let section = Section::ours(vec!["会话录制".to_owned(), "a second comment".to_owned()]);
    let file = std::fs::File::create(path).unwrap();
    let mut writer = Writer::new(file, &section, flush, Times::Raise).unwrap();
    for (place, link) in LINKS.into_iter().enumerate() {
        assert_eq!(writer.interface(&interface(link, &format!("if{place}"))).unwrap(), place);
    }
    let keys = b"CLIENT_RANDOM 00 11\n".to_vec();
    writer.secrets(&Secrets { kind: TLS_KEY_LOG, data: keys }).unwrap();
    let name =
        |address: &str, name: &str| ResolvedName { address: address.parse().unwrap(), name: name.into() };
    writer.names(&[name("10.0.0.1", "client"), name("2001:db8::1", "server")]).unwrap();
    let long = "x".repeat(70_000);
    let comments = [Cow::Borrowed("[wirewalk F01] one\nand its second line"), "二".into(), long.into()];
    for (count, direction) in
        [None, Some(Direction::Inbound), Some(Direction::Outbound), None].into_iter().enumerate()
    {
        // The last is a microsecond too early.
        let time_ns = if count == 3 { BEGIN + 2 } else { BEGIN + 1_000 * count as u64 };
        let comments = &comments[..count];
        let (bytes, original_length) = (&UDP[..32 - count], 32);
        writer
            .packet(&Record { interface: 1, time_ns, original_length, bytes, direction, comments })
            .unwrap();
        if flush == Flush::EachPacket {
            assert_eq!(Reader::open(path).unwrap().finish().packets, count as u64 + 1);
        }
    }
    writer
        .statistics(&Statistics {
            interface: 1,
            time_ns: BEGIN + 9_000,
            begin_ns: Some(BEGIN),
            end_ns: Some(BEGIN + 9_000),
            received: Some(6),
            dropped: Some(2),
            comments: vec!["of no packet".to_owned()],
        })
        .unwrap();
    writer.finish().unwrap();
}

fn info(path: &Path) -> CaptureInfo {
    let mut reader = Reader::open(path).unwrap();
    reader.finish();
    reader.into_info()
}

#[test]
fn a_written_capture_is_read_and_copied_byte_for_byte() {
    let dir = TempDir::new();
    let path = dir.join("written.pcapng");
    for flush in [Flush::EachPacket, Flush::WhenFull] {
        write(flush, &path);
        let info = info(&path);
        assert_eq!(info.section, Section::ours(vec!["会话录制".into(), "a second comment".into()]));
        assert_eq!((info.packets, info.damage), (4, None));
        assert_eq!(info.interfaces[4], interface(LinkType::LINUX_SLL2, "if4"));
        let mut copied = Vec::new();
        annotate(&mut Reader::open(&path).unwrap(), &mut copied, |_| Vec::new()).unwrap();
        assert!(copied == std::fs::read(&path).unwrap(), "a copy without comments is the same file");
    }
    let mut reader = Reader::open(&path).unwrap();
    let mut times = Vec::new();
    while let Some(packet) = reader.next_packet() {
        times.push(packet.time_ns - BEGIN);
        let comments: Vec<_> = packet.comments().collect();
        assert_eq!(comments.len() as u64, packet.number - 1);
        assert!(comments.iter().all(|comment| comment.len() < 65_536));
        assert_eq!((packet.bytes, packet.original_length), (&UDP[..33 - packet.number as usize], 32));
    }
    assert_eq!(times, [0, 1_000, 2_000, 2_000], "time does not run back");
}

#[test]
fn a_packet_of_an_undescribed_interface_is_an_error_and_changes_nothing() {
    let mut writer = Writer::new(Vec::new(), &Section::default(), Flush::WhenFull, Times::Keep).unwrap();
    let record =
        Record { interface: 0, time_ns: 0, original_length: 0, bytes: &UDP, direction: None, comments: &[] };
    assert!(writer.packet(&record).is_err());
    writer.interface(&Interface::new(LinkType::RAW)).unwrap();
    writer.packet(&record).unwrap();
    let file = writer.finish().unwrap();
    let mut reader = Reader::new(&file[..]).unwrap();
    assert_eq!(reader.next_packet().unwrap().original_length, 32, "never below what there is");
    assert_eq!(reader.finish().damage, None);
}

#[test]
#[ignore = "run by tests/run: needs tshark"]
fn capinfos_and_tshark_read_everything_written() {
    let dir = TempDir::new();
    let path = dir.join("written.pcapng");
    write(Flush::WhenFull, &path);
    let infos = capinfos(&path);
    let ours = concat!("Capture application: wirewalk ", env!("CARGO_PKG_VERSION"));
    for line in [
        "pcapng",
        "File timestamp precision:  nanoseconds (9)",
        "Capture oper-sys:    Linux",
        "Capture hardware:",
        ours,
        "Capture comment:     会话录制",
        "Capture comment:     a second comment",
        "Number of interfaces in file: 5",
        "Number of decryption secrets in file: 1",
        "Name = if4",
        "Description = if4, as LINUX_SLL2",
        "Capture length = 262144",
        "Time resolution = 0x09",
        "Filter string = tcp port 9001",
        "Operating system = Linux",
        "Number of packets = 4",
        "Number of stat entries = 1",
    ] {
        assert!(infos.contains(line), "{line}\n{infos}");
    }
    let names = ["frame.time_epoch", "frame.packet_flags_direction", "frame.cap_len", "frame.len"];
    let rows = fields(&path, &[], &names);
    assert_eq!(rows[0], ["1700000000.123456789", "", "32", "32"]);
    assert_eq!(rows[1][1], "0x00000001");
    assert_eq!(rows[2], ["1700000000.123458789", "0x00000002", "30", "32"]);
    let all = tshark(&path, &["-T", "fields", "-E", "occurrence=a", "-e", "frame.comment"]);
    assert!(all.lines.concat().contains("[wirewalk F01] one"), "{:?}", all.lines);
    assert!(all.lines.concat().contains("二"));
    let resolved = tshark(&path, &["-N", "n", "-T", "fields", "-e", "ip.src_host"]);
    assert_eq!(resolved.lines[0], "client");
}

#[test]
#[ignore = "run by tests/run: needs tshark"]
fn a_capture_cut_by_a_kill_opens_up_to_the_cut() {
    let dir = TempDir::new();
    let path = dir.join("killed.pcapng");
    write(Flush::EachPacket, &path);
    let bytes = std::fs::read(&path).unwrap();
    // Within the third packet of four: it begins with its comments' first.
    let third = bytes.windows(4).position(|window| window == "[wir".as_bytes()).unwrap() + 80;
    std::fs::write(&path, &bytes[..third]).unwrap();
    let said = tshark(&path, &[]);
    assert_eq!((said.lines.len(), said.code), (2, Some(2)), "{}", said.complaints);
    let info = info(&path);
    assert_eq!((info.packets, info.truncated()), (2, true));
}

#[test]
#[ignore = "run by tests/run: needs tshark"]
fn copies_of_the_corpus_keep_every_packet() {
    let dir = TempDir::new();
    let copy = dir.join("copy.pcapng");
    let names = ["frame.number", "frame.time_epoch", "frame.len", "frame.protocols", "_ws.col.Info"];
    for path in corpus::any() {
        let mut reader = Reader::open(&path).unwrap();
        let file = std::fs::File::create(&copy).unwrap();
        let comment = |number: u64| format!("[wirewalk] packet {number}");
        annotate(&mut reader, file, |packet| vec![comment(packet.number).into()]).unwrap();
        let originals = fields(&path, &[], &names);
        let copies = fields(&copy, &[], &[&names[..], &["frame.comment"]].concat());
        assert_eq!(copies.len(), originals.len());
        for (number, (copied, mut original)) in (1..).zip(copies.iter().zip(originals)) {
            if original[1].is_empty() {
                // Without a time; the copy has that of the packet before.
                original[1].clone_from(&copied[1]);
            }
            original.push(comment(number));
            assert_eq!(*copied, original, "{}", path.display());
        }
        let (before, after) = (reader.into_info(), info(&copy));
        assert_eq!((before.interfaces, before.names), (after.interfaces, after.names));
        assert!(capinfos(&copy).contains("Capture application: wirewalk "));
    }
}
