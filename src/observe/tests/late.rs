//! Packets that the capture has behind later ones: one that is taken on several queues has them a little out of order.

use super::*;

/// The frames of packets, by opcode, and that none of them lacks a byte.
fn frame_names(steps: &[Observation]) -> Vec<String> {
    let frames = steps.iter().flat_map(|step| frames(&step.facts));
    frames
        .inspect(|frame| assert_eq!(frame.missing, 0, "{frame:?}"))
        .map(|frame| format!("{} {}", frame.from, frame.header.opcode()))
        .collect()
}

#[test]
fn a_syn_captured_after_the_request_begins_no_other_stream() {
    let mut wire = Wire::new();
    wire.put(Server, SYN_ACK, (0, 1), b"");
    wire.put(Client, ACK, (1, 1), REQUEST);
    let late = wire.put(Client, SYN, (0, 0), b"");
    assert_eq!((late.stream, late.marks.has(Marks::REUSED_PORTS)), (0, false));
    let answer = wire.put(Server, ACK, (1, 1 + REQUEST.len() as i64), RESPONSE);
    assert_eq!((answer.stream, ws(&answer).as_str()), (0, "OPEN OPEN"));
    // Another number is another connection.
    let next = wire.put(Client, SYN, (100_000, 0), b"");
    assert_eq!((next.stream, next.marks.has(Marks::REUSED_PORTS)), (1, true));
}

#[test]
fn bytes_captured_after_the_acknowledgment_of_their_fin_are_read() {
    let mut wire = Wire::websocket();
    let (client, server) = (wire.script.next.client, wire.script.next.server);
    let (ours, theirs) = (close(Client, 1000), close(Server, 1000));
    let (behind_ours, behind_theirs) = (client + ours.len() as i64, server + theirs.len() as i64);
    let steps = [
        wire.put(Client, ACK, (client, server), &ours),
        wire.put(Server, FIN_ACK, (behind_theirs, behind_ours), b""),
        wire.put(Client, FIN_ACK, (behind_ours, behind_theirs + 1), b""),
        wire.put(Server, ACK, (server, behind_ours), &theirs),
    ];
    assert_eq!(tcp(&steps[2]), "LAST-ACK TIME-WAIT", "what was acknowledged was received");
    assert_eq!(frame_names(&steps), ["client close", "server close"]);
    assert_eq!(reported(&wire.end().close), "1000 true / 1000 true");
}

#[test]
fn bytes_captured_after_a_rst_are_read_if_they_were_acknowledged() {
    let hello = text(Client, "hello");
    for acknowledged in [true, false] {
        let mut wire = Wire::websocket();
        let (client, server) = (wire.script.next.client, wire.script.next.server);
        let behind = client + hello.len() as i64;
        let ack = if acknowledged { behind } else { client };
        let steps = [
            wire.put(Client, ACK, (behind, server), &text(Client, "world")),
            wire.put(Server, ACK, (server, ack), b""),
            wire.put(Client, RST, (behind, 0), b""),
            wire.put(Client, ACK, (client, server), &hello),
        ];
        // In the midst of what is not acknowledged it is not the number that is expected next.
        let states = if acknowledged { "CLOSED CLOSED" } else { "CLOSED? CLOSED?" };
        assert_eq!(tcp(&steps[2]), states);
        let late = if acknowledged { &["client text", "client text"][..] } else { &[] };
        assert_eq!(frame_names(&steps), late, "{acknowledged}");
    }
}

#[test]
fn a_syn_captured_behind_the_close_was_sent_once_and_changes_no_state() {
    let mut wire = Wire::new();
    wire.script.next.client = 1;
    wire.script.expects.server = 1;
    wire.send(Server, SYN_ACK, b"");
    for (from, flags, payload) in [
        (Client, ACK, &b""[..]),
        (Client, ACK, REQUEST),
        (Server, ACK, RESPONSE),
        (Server, FIN_ACK, b""),
        (Client, FIN_ACK, b""),
        (Server, ACK, b""),
    ] {
        wire.send(from, flags, payload);
    }
    let syn = wire.put(Client, SYN, (0, 0), b"");
    assert_eq!((syn.stream, syn.marks, tcp(&syn).as_str()), (0, Marks::OUT_OF_ORDER, "CLOSED TIME-WAIT"));
}
