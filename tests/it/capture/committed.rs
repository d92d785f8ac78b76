//! The committed captures in Wireshark: no warning, every connection complete, and display filters that match.

use wirewalk::capture::Reader;

use super::tshark::{capinfos, fields, tshark};
use crate::captures::{directory, table};

/// Expectations of one capture.
const CHECKED: [&str; 5] = ["-2", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];

/// A connection with data and FINs, and one with data and a RST (`tcp.completeness`).
const COMPLETE: u32 = 31;
const RESET: u32 = 47;

#[test]
#[ignore = "run by tests/run: needs tshark"]
fn wireshark_has_no_warnings_for_the_committed_captures() {
    for row in table() {
        let path = directory().join(format!("{}.pcapng", row.name));
        let checked = |more: &[&'static str]| [&CHECKED[..], more].concat();
        let with_reset = row.name.contains("abnormal");

        let said = tshark(&path, &CHECKED);
        assert_eq!((said.complaints.as_str(), said.code), ("", Some(0)), "{}", row.name);
        let mut reader = Reader::open(&path).unwrap();
        reader.finish();
        assert_eq!(said.lines.len() as u64, reader.info().packets, "{}", row.name);
        assert_eq!((&reader.info().notes[..], &reader.info().damage), (&[][..], &None), "{}", row.name);

        // A reset is a warning in itself, and the only one.
        let warnings = tshark(&path, &checked(&["-q", "-z", "expert,warn"])).lines;
        let counted =
            warnings.iter().filter(|line| line.trim_start().starts_with(|c: char| c.is_ascii_digit()));
        assert_eq!(counted.count(), usize::from(with_reset), "{}: {warnings:?}", row.name);
        let wrong = checked(&["-Y", "_ws.malformed || tcp.analysis.flags"]);
        let wrong = fields(&path, &wrong, &["frame.number", "_ws.col.Info"]);
        assert!(wrong.is_empty(), "{}: {wrong:?}", row.name);

        let expected = if with_reset { RESET } else { COMPLETE }.to_string();
        for packet in fields(&path, &CHECKED, &["tcp.checksum.status", "tcp.completeness"]) {
            assert_eq!(packet, ["1", expected.as_str()], "{}", row.name);
        }
        let filter = fields(&path, &["-2", "-Y", &row.filter], &["frame.number"]);
        assert!(!filter.is_empty(), "{}: {} shows nothing", row.name, row.filter);
        let comments = fields(&path, &["-Y", "frame.comment contains \"[wirewalk]\""], &["frame.number"]);
        assert!(comments.len() >= 5, "{}: {} packets have a comment", row.name, comments.len());
        let about = capinfos(&path);
        assert!(about.contains("File timestamp precision:  nanoseconds (9)"), "{}: {about}", row.name);
        assert!(about.contains(&format!("cargo run --example {}", row.name)), "{}: {about}", row.name);
        println!("{}: {} packets, {} by its filter", row.name, said.lines.len(), filter.len());
    }
}
