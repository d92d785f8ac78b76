//! Stories of others' captures, told right: who ended it, on which layer, and what is found.

use serde_json::{Value, json};

use super::document;
use crate::support::corpus;

/// A capture and a connection in it: `close` has these; these are found, and these marks are on its packets.
struct Story {
    capture: &'static str,
    /// First, layer, the codes of client and server, TCP.
    close: [Option<&'static str>; 3],
    codes: [Option<u16>; 2],
    found: &'static [&'static str],
    marks: &'static [&'static str],
}

const STORIES: [Story; 7] = [
    // An unmasked client that only ends TCP, and whose socket is gone when the answer comes.
    Story {
        capture: "ws-ping-sll.pcap",
        close: [Some("client"), Some("fin"), Some("reset")],
        codes: [None, None],
        found: &["F01 client", "C01 client", "T14 nobody"],
        marks: &[],
    },
    // An unmasked client again: Close, and a RST to the server's.
    Story {
        capture: "ws-tunnel-rst.pcap",
        close: [Some("client"), Some("websocket"), Some("reset")],
        codes: [Some(1000), Some(1000)],
        found: &["F01 client", "T14 nobody"],
        marks: &[],
    },
    Story {
        capture: "ws-too-big-1009.pcap",
        close: [Some("client"), Some("websocket"), Some("three-segment")],
        codes: [Some(1009), Some(1000)],
        found: &["F13 server"],
        marks: &[],
    },
    // It is still open where the capture ends.
    Story {
        capture: "ws-keepalive.pcap",
        close: [None, None, None],
        codes: [None, None],
        found: &[],
        marks: &["keep_alive", "keep_alive_ack"],
    },
    Story {
        capture: "http-nosyn.pcap",
        close: [Some("client"), Some("fin"), Some("three-segment")],
        codes: [None, None],
        found: &["X04 nobody"],
        marks: &[],
    },
    Story {
        capture: "tcp-no-handshake.pcap",
        close: [None, None, None],
        codes: [None, None],
        found: &["X04 nobody"],
        marks: &[],
    },
    Story {
        capture: "tcp-simultaneous-close.pcap",
        close: [None, None, Some("simultaneous")],
        codes: [None, None],
        found: &["T10 nobody"],
        marks: &[],
    },
];

#[test]
fn known_captures_have_their_story() {
    let corpus = corpus::of_others();
    for Story { capture, close, codes, found, marks } in STORIES {
        let Some(path) = corpus.iter().find(|path| path.ends_with(capture)) else {
            assert!(corpus.is_empty(), "{capture} is gone");
            continue;
        };
        let connection = document(path)["connections"][0].clone();
        let list = |name: &str| connection[name].as_array().unwrap().clone();
        let told = &connection["close"];
        assert_eq!(json!([told["first"], told["layer"], told["tcp"]]), json!(close), "{capture}");
        assert_eq!(json!([told["client_code"], told["server_code"]]), json!(codes), "{capture}");
        let short = |finding: &Value| {
            format!(
                "{} {}",
                finding["id"].as_str().unwrap(),
                finding["at_fault"].as_str().unwrap_or("nobody")
            )
        };
        let is_found: Vec<_> = list("findings").iter().map(short).collect();
        let has: Vec<_> =
            list("packets").iter().flat_map(|it| it["marks"].as_array().unwrap().clone()).collect();
        assert!(found.iter().all(|it| is_found.iter().any(|other| other == it)), "{capture}: {is_found:?}");
        assert!(marks.iter().all(|it| has.iter().any(|other| other == it)), "{capture}: {has:?}");
    }
}
