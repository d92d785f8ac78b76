//! Wireshark finds nothing in a redacted capture that it did not find before.

use super::{captures, redacted};
use crate::capture::tshark::fields;
use crate::support::temp::TempDir;

#[test]
#[ignore = "run by tests/run: needs tshark"]
fn wireshark_finds_nothing_new() {
    let dir = TempDir::new();
    let copy = dir.join("copy.pcapng");
    let checked = ["-2", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];
    let (mut files, mut packets) = (0, 0);
    for file in captures() {
        redacted(&file, &copy);
        let names = ["frame.number", "ip.checksum.status", "tcp.checksum.status", "tcp.seq", "tcp.len"];
        let of = |path| {
            fields(path, &checked, &[&names[..], &["tcp.analysis.flags", "websocket.opcode"]].concat())
        };
        let (before, after) = (of(&file), of(&copy));
        assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            // What was no TCP is not looked into any more; a checksum that cannot be known stays so.
            if !before[3].is_empty() {
                assert_eq!(after, before, "{}", file.display());
            }
        }
        let malformed = |path| fields(path, &["-2", "-Y", "_ws.malformed"], &["frame.number"]);
        let there = malformed(&file);
        for packet in malformed(&copy) {
            assert!(there.contains(&packet), "{} packet {packet:?}", file.display());
        }
        files += 1;
        packets += after.len();
    }
    println!("{files} redacted captures, {packets} packets: as before");
}
