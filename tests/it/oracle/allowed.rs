//! Differences that are allowed, capture by capture. An entry that no longer occurs is a complaint too.

use super::view::Difference;

/// A difference, and why it may be.
struct Allowed {
    capture: &'static str,
    place: &'static str,
    ours: &'static str,
    theirs: &'static str,
    why: &'static str,
}

const NO_ROUND_TRIP: &str = "tshark takes a clock that begins at 0 for a SYN without a time, so it knows no round trip, and \
    calls late what comes within 3 ms. The round trip was 2 µs, and this comes later than that";
const VOID_RESET: &str =
    "a RST with ACK 0 does not acknowledge the SYN, so the client ignores it (RFC 9293 §3.10.7.3)";
const SIMULTANEOUS_OPEN: &str = "both ends sent a SYN, so the client's SYN,ACK opens the server (RFC 9293 §3.5, figure 7); \
    the tool looks for the client's first segment without SYN";

const COPY: &str = "the same packet was captured twice (same IP ID and bytes within a millisecond): the tool knows no copies";
const OLDER: &str =
    "the RST may be of an earlier connection on the same ports: the tool has no mark for that";

/// All of them: what each concludes, not what stands in the packets.
const DIFFERENCES: &[Allowed] = &[
    Allowed {
        capture: "http-ooo-raw4.pcap",
        place: "stream 0 packet 0005 marks",
        ours: "copy",
        theirs: "out_of_order",
        why: COPY,
    },
    Allowed {
        capture: "tcp-syn-rst.pcap",
        place: "stream 0 packet 0002 marks",
        ours: "older_connection",
        theirs: "",
        why: OLDER,
    },
    Allowed {
        capture: "tcp-badsegments.pcap",
        place: "stream 0 packet 0011 marks",
        ours: "retransmission",
        theirs: "out_of_order",
        why: NO_ROUND_TRIP,
    },
    Allowed {
        capture: "tcp-badsegments.pcap",
        place: "stream 0 packet 0017 marks",
        ours: "retransmission fills_gap",
        theirs: "out_of_order",
        why: NO_ROUND_TRIP,
    },
    Allowed {
        capture: "tcp-rst-inject.pcap",
        place: "stream 0 packet 0002 marks",
        ours: "out_of_window",
        theirs: "",
        why: VOID_RESET,
    },
    Allowed {
        capture: "tcp-rst-inject.pcap",
        place: "stream 0 packet 0003 marks",
        ours: "",
        theirs: "reused_ports",
        why: VOID_RESET,
    },
    Allowed {
        capture: "tcp-split-handshake-4.pcap",
        place: "stream 0 handshake ack",
        ours: "3",
        theirs: "5",
        why: SIMULTANEOUS_OPEN,
    },
];

impl Allowed {
    fn is(&self, capture: &str, found: &Difference) -> bool {
        self.capture == capture
            && (self.place, self.ours, self.theirs) == (&found.place, &found.ours, &found.theirs)
    }
}

/// What is wrong with the differences of a capture: those that are not listed, and those that are listed in vain.
pub(super) fn judge(capture: &str, found: &[Difference]) -> Vec<String> {
    let new = found.iter().filter(|one| !DIFFERENCES.iter().any(|allowed| allowed.is(capture, one)));
    let new = new.map(|one| format!("{capture}: {one}"));
    let listed = DIFFERENCES.iter().filter(|allowed| allowed.capture == capture);
    let gone = listed.filter(|allowed| !found.iter().any(|one| allowed.is(capture, one)));
    let gone = gone.map(|Allowed { place, ours, theirs, why, .. }| {
        format!(
            "{capture}: {place} is listed as {ours:?} against {theirs:?} ({why}), which is no longer so: take \
             it off the list"
        )
    });
    new.chain(gone).collect()
}

#[test]
fn unlisted_differences_and_unused_entries_are_complaints() {
    let difference = |place: &str, ours: &str, theirs: &str| Difference {
        place: place.to_owned(),
        ours: ours.to_owned(),
        theirs: theirs.to_owned(),
    };
    let first = difference("stream 0 packet 0002 marks", "out_of_window", "");
    let second = difference("stream 0 packet 0003 marks", "", "reused_ports");
    assert_eq!(judge("other.pcap", &[]), [""; 0]);
    assert_eq!(judge("other.pcap", &[second]).len(), 1);
    let second = difference("stream 0 packet 0003 marks", "", "reused_ports");
    let both = [first, second];
    assert_eq!(judge("tcp-rst-inject.pcap", &both), [""; 0]);
    let complaints = judge("tcp-rst-inject.pcap", &both[..1]);
    assert!(complaints.len() == 1 && complaints[0].contains("0003 marks is listed"), "{complaints:?}");
    let other = difference("stream 0 packet 0002 marks", "retransmission", "");
    assert_eq!(judge("tcp-rst-inject.pcap", &[other]).len(), 3);
}
