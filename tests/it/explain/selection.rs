//! `--stream` and `--port`: connections are counted as in Wireshark, and what there is is said where none is selected.

use serde_json::Value;

use super::{run, syn, text};
use crate::support::temp::TempDir;

const THREE: &str = "tests/cases/order-three.pcap";

#[test]
fn a_selection_that_is_empty_says_what_there_is() {
    for (option, value, says) in [
        ("--stream", "7", "no TCP connection 7: the capture has 0 to 2"),
        ("--port", "9", "no TCP connection with port 9: the server's port is 8080"),
    ] {
        for format in [&[][..], &["--json"], &["--ndjson"], &["--mermaid"], &["--html"]] {
            let exit = run(&[&[option, value, THREE][..], format].concat());
            assert_eq!(exit.code, Some(2), "{format:?}");
            assert_eq!(exit.stderr, format!("wirewalk: {THREE}: {says}\n"));
            if format == ["--json"] {
                let document: Value = serde_json::from_str(&exit.stdout).expect("it is whole");
                assert_eq!(document["connections"], serde_json::json!([]));
            }
        }
        // Each capture for itself.
        let dir = TempDir::new();
        let other = dir.join("syn.pcap");
        std::fs::write(&other, syn()).unwrap();
        let exit = run(&["--stream", "2", THREE, text(&other)]);
        assert_eq!(exit.code, Some(2));
        assert!(
            exit.stderr.ends_with("syn.pcap: no TCP connection 2: the capture has only 0\n"),
            "{}",
            exit.stderr
        );
    }
}

#[test]
fn a_stream_is_numbered_as_it_began() {
    for stream in ["0", "1", "2"] {
        let exit = run(&["--json", "--stream", stream, THREE]);
        assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
        let document: Value = serde_json::from_str(&exit.stdout).unwrap();
        let streams: Vec<_> =
            document["connections"].as_array().unwrap().iter().map(|it| &it["stream"]).collect();
        assert_eq!(streams, [stream.parse::<u64>().unwrap()]);
    }
}
