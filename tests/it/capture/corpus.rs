//! Captures by others: every packet equals that of tshark.

use std::path::Path;
use std::process::Command;

use wirewalk::capture::Reader;
use wirewalk::observe::Segment;

use super::tshark::{capinfos, fields, nanoseconds};
use crate::support::corpus;
use crate::support::temp::TempDir;

const FIELDS: [&str; 20] = [
    "frame.number",
    "frame.time_epoch",
    "frame.len",
    "frame.cap_len",
    "ip.src",
    "ip.dst",
    "ipv6.src",
    "ipv6.dst",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.seq_raw",
    "tcp.ack_raw",
    "tcp.flags",
    "tcp.len",
    "tcp.window_size_value",
    "tcp.options.mss_val",
    "tcp.options.wscale.shift",
    "tcp.options.timestamp.tsval",
    "tcp.options.timestamp.tsecr",
    "tcp.options.sack_perm",
];

/// A segment as the fields of tshark from the addresses on.
fn as_fields(segment: &Segment<'_>) -> Vec<String> {
    let mut fields = vec![String::new(); 4];
    let at = if segment.source.is_ipv4() { 0 } else { 2 };
    fields[at] = segment.source.ip().to_string();
    fields[at + 1] = segment.destination.ip().to_string();
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    fields.extend([
        segment.source.port().to_string(),
        segment.destination.port().to_string(),
        segment.seq.to_string(),
        number(segment.ack),
        segment.flags.0.to_string(),
        segment.length.to_string(),
        segment.window.to_string(),
        number(segment.options.mss.map(u32::from)),
        number(segment.options.window_scale.map(u32::from)),
        number(segment.options.timestamps.map(|(value, _)| value)),
        number(segment.options.timestamps.map(|(_, echo)| echo)),
        segment.options.sack_permitted.to_string(),
    ]);
    fields
}

/// Compares every packet with tshark's view; returns their number, and that of TCP segments.
pub(super) fn compare(path: &Path) -> (usize, usize) {
    let theirs = fields(path, &["-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE"], &FIELDS);
    let mut reader = Reader::open(path).unwrap();
    let (mut packets, mut segments) = (0, 0);
    while let Some(packet) = reader.next_packet() {
        let place = format!("{} packet {}", path.display(), packet.number);
        let row = &theirs[packets];
        packets += 1;
        assert_eq!(packet.number.to_string(), row[0], "{place}");
        if !row[1].is_empty() {
            assert_eq!(packet.time_ns, nanoseconds(&row[1]), "{place}");
        }
        assert_eq!(packet.original_length.to_string(), row[2], "{place}");
        assert_eq!(packet.bytes.len().to_string(), row[3], "{place}");
        match &packet.segment {
            Ok(segment) => {
                segments += 1;
                let mut theirs = row[4..].to_vec();
                let flags = u16::from_str_radix(theirs[8].trim_start_matches("0x"), 16).unwrap();
                theirs[8] = (flags & 0xFF).to_string();
                if segment.ack.is_none() {
                    theirs[7].clear();
                }
                theirs[15] = (!theirs[15].is_empty()).to_string();
                assert_eq!(as_fields(segment), theirs, "{place}");
            }
            Err(anomaly) => assert_eq!(row[10], "", "{place}: {anomaly}"),
        }
    }
    assert_eq!(packets, theirs.len(), "{}", path.display());
    assert_eq!(reader.info().damage, None, "{}", path.display());
    assert_eq!(reader.info().packets, packets as u64);
    (packets, segments)
}

#[test]
#[ignore = "run by tests/run: needs tshark"]
fn packets_of_the_corpus_equal_those_of_tshark() {
    let (mut files, mut packets, mut segments) = (0, 0, 0);
    for path in corpus::any() {
        let (more, of_tcp) = compare(&path);
        let infos = capinfos(&path);
        assert!(infos.contains(&format!("Number of packets:   {more}\n")), "{infos}");
        files += 1;
        packets += more;
        segments += of_tcp;
    }
    println!("{files} captures, {packets} packets, {segments} of TCP: as tshark reads them");
}

#[test]
fn captures_of_the_corpus_are_read_to_their_end() {
    for path in corpus::any() {
        let mut reader = Reader::open(&path).unwrap();
        let info = reader.finish();
        assert_eq!(info.damage, None, "{}", path.display());
        assert!(info.packets > 0 && !info.interfaces.is_empty(), "{}", path.display());
    }
}

#[test]
#[ignore = "run by tests/run: needs tshark"]
fn packets_of_every_format_equal_those_of_tshark() {
    let dir = TempDir::new();
    // A format has to do with how packets are framed and not with what is in them: a few files show it.
    for path in corpus::any().into_iter().step_by(7) {
        for format in ["pcapng", "nsecpcap", "modpcap", "pcap"] {
            let converted = dir.join(format);
            let run = Command::new("editcap").args(["-F", format]).arg(&path).arg(&converted).output();
            let run = run.expect("editcap comes with tshark");
            if !run.status.success() {
                // Files of several interfaces fit only pcapng.
                assert_ne!(format, "pcapng", "{}", String::from_utf8_lossy(&run.stderr));
                continue;
            }
            compare(&converted);
        }
    }
}

/// A block of a little-endian pcapng.
fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let mut block = kind.to_le_bytes().to_vec();
    let len = (body.len().next_multiple_of(4) + 12) as u32;
    block.extend_from_slice(&len.to_le_bytes());
    block.extend_from_slice(body);
    block.resize(len as usize - 4, 0);
    block.extend_from_slice(&len.to_le_bytes());
    block
}

#[test]
#[ignore = "run by tests/run: needs tshark"]
fn records_without_packets_are_numbered_as_by_wireshark() {
    let packet = block(6, &[&[0; 12][..], &[60, 0, 0, 0, 60, 0, 0, 0], &[0; 60]].concat());
    let mut file =
        block(0x0A0D_0D0A, &[0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]);
    file.extend(block(1, &[1, 0, 0, 0, 0, 0, 0, 0]));
    for kind in [9, 0xBAD, 0x4000_0BAD, 0x204, 0x216, 0x221, 0x201, 0x208, 7, 0x99, 0x101, 0x8000_0001] {
        let body = match kind {
            9 => b"__REALTIME_TIMESTAMP=1463692003000000\nMESSAGE=hi\n".to_vec(),
            _ => [&[1, 0, 0, 0, 0, 0, 0, 0][..], &[0; 40]].concat(),
        };
        file.extend(block(kind, &body));
        file.extend_from_slice(&packet);
    }
    let dir = TempDir::new();
    let path = dir.join("numbered.pcapng");
    std::fs::write(&path, file).unwrap();
    let theirs = fields(&path, &["-Y", "eth"], &["frame.number"]);
    let mut reader = Reader::open(&path).unwrap();
    let ours = std::iter::from_fn(|| reader.next_packet().map(|packet| vec![packet.number.to_string()]));
    assert_eq!(ours.collect::<Vec<_>>(), theirs);
}
