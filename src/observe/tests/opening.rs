//! RFC 9293 §3.5: opening a connection.

use super::*;

#[test]
fn section_3_5_figure_6_the_three_way_handshake() {
    let mut wire = Wire::new();
    let syn = wire.send(Client, SYN, b"");
    assert_eq!(tcp(&syn), "SYN-SENT SYN-RECEIVED?", "it need not arrive");
    assert_eq!(ws(&syn), "CONNECTING? CONNECTING?", "that it is a WebSocket only the request will tell");
    let transitions: Vec<_> = syn.transitions.iter().map(ToString::to_string).collect();
    assert_eq!(
        transitions,
        [
            "client tcp CLOSED → SYN-SENT (send SYN, RFC 9293 §3.5, captured)",
            "server tcp LISTEN → SYN-RECEIVED (receive SYN, RFC 9293 §3.5, inferred)",
        ]
    );
    assert_eq!((syn.stream, syn.number, syn.from, syn.seq, syn.ack), (0, 1, Client, 0, None));
    assert!(syn.transitions.iter().all(|one| one.packet == Some(1)));
    let Some(Fact::Stream(stream)) = syn.facts.first() else { panic!("{:?}", syn.facts) };
    assert_eq!((stream.ends.client.port(), stream.ends.server.port()), (50_000, 9001));
    assert_eq!((stream.role_source, stream.begins_midway()), (RoleSource::Syn, false));

    let syn_ack = wire.send(Server, SYN_ACK, b"");
    assert_eq!(tcp(&syn_ack), "ESTABLISHED SYN-RECEIVED");
    assert_eq!((syn_ack.seq, syn_ack.ack), (0, Some(1)));
    assert_eq!(tcp(&wire.send(Client, ACK, b"")), "ESTABLISHED ESTABLISHED");
}

#[test]
fn section_3_5_figure_7_simultaneous_open() {
    let mut wire = Wire::new();
    assert_eq!(tcp(&wire.put(Client, SYN, (0, 0), b"")), "SYN-SENT SYN-RECEIVED?");
    let crossing = wire.put(Server, SYN, (0, 0), b"");
    assert_eq!(tcp(&crossing), "SYN-RECEIVED? SYN-RECEIVED?");
    assert_eq!(crossing.facts, [Fact::SimultaneousOpen]);
    assert_eq!(tcp(&wire.put(Client, SYN_ACK, (0, 1), b"")), "SYN-RECEIVED ESTABLISHED");
    assert_eq!(tcp(&wire.put(Server, SYN_ACK, (0, 1), b"")), "ESTABLISHED ESTABLISHED");
}

#[test]
fn section_3_5_a_repeated_syn_changes_nothing() {
    let mut wire = Wire::new();
    wire.put(Client, SYN, (0, 0), b"");
    let again = wire.put(Client, SYN, (0, 0), b"");
    assert_eq!((tcp(&again).as_str(), again.marks), ("SYN-SENT SYN-RECEIVED?", Marks::RETRANSMISSION));
    assert_eq!(again.stream, 0);
    (wire.script.next.client, wire.script.expects.server) = (1, 1);
    wire.send(Server, SYN_ACK, b"");
    wire.send(Client, ACK, b"");
    let late = wire.put(Server, SYN_ACK, (0, 1), b"");
    assert_eq!((tcp(&late).as_str(), late.transitions.len()), ("ESTABLISHED ESTABLISHED", 0));
}

#[test]
fn section_3_5_1_a_syn_ack_that_acknowledges_another_syn_opens_nothing() {
    let mut wire = Wire::new();
    wire.send(Client, SYN, b"");
    assert_eq!(tcp(&wire.put(Server, SYN_ACK, (0, -500), b"")), "SYN-SENT SYN-RECEIVED");
}

#[test]
fn section_3_5_2_a_refused_connection_is_reset() {
    let mut wire = Wire::new();
    wire.send(Client, SYN, b"");
    wire.script.isn.server = 0;
    let refused = wire.put(Server, RST_ACK, (0, 1), b"");
    assert_eq!(tcp(&refused), "CLOSED CLOSED");
    assert_eq!(ws(&refused), "CLOSED CLOSED");
    let close = closed(&refused);
    assert_eq!(close.first, Some(First { side: Server, layer: Layer::Rst, packet: 2 }));
    assert_eq!((close.tcp, close.is_clean()), (Some(TcpClose::Reset), false));
    // No WebSocket was asked for, so no API of one reports.
    assert_eq!(reported(close), "- / -");
}

#[test]
fn section_3_10_7_3_a_reset_that_does_not_acknowledge_the_syn_is_ignored() {
    let mut wire = Wire::new();
    wire.send(Client, SYN, b"");
    for (flags, ack) in [(RST, 0), (RST_ACK, 0), (RST_ACK, -7)] {
        let forged = wire.put(Server, flags, (500, ack), b"");
        assert_eq!((tcp(&forged).as_str(), forged.marks), ("SYN-SENT SYN-RECEIVED?", Marks::OUT_OF_WINDOW));
    }
    assert_eq!(tcp(&wire.send(Server, SYN_ACK, b"")), "ESTABLISHED SYN-RECEIVED");
}

#[test]
fn section_3_10_7_4_a_reset_sends_a_passive_opener_back_to_listen() {
    let mut wire = Wire::new();
    wire.send(Client, SYN, b"");
    wire.send(Server, SYN_ACK, b"");
    // A port scanner's way: it never meant to open.
    assert_eq!(tcp(&wire.send(Client, RST, b"")), "CLOSED LISTEN");
}

#[test]
fn section_3_10_7_4_without_ack_a_segment_is_dropped() {
    let mut wire = Wire::open();
    assert_eq!(tcp(&wire.put(Client, Flags::FIN, (1, 0), b"")), "ESTABLISHED ESTABLISHED");
    assert_eq!(tcp(&wire.put(Client, Flags::PSH, (1, 0), b"x")), "ESTABLISHED ESTABLISHED");
}

#[test]
fn a_syn_without_an_answer_ends_in_silence() {
    let mut wire = Wire::new();
    for _ in 0..3 {
        wire.put(Client, SYN, (0, 0), b"");
        wire.script.time_ns += 1_000_000_000;
    }
    let ended = wire.end();
    assert_eq!((ended.reason, ended.packets), (EndReason::CaptureEnded, 3));
    assert_eq!(ended.close.first, Some(First { side: Server, layer: Layer::Silence, packet: 1 }));
    assert_eq!(ended.close.tcp, None);
}

#[test]
fn missing_handshake_packets_are_inferred() {
    // The SYN,ACK is missing.
    let mut wire = Wire::new();
    wire.send(Client, SYN, b"");
    wire.script.next = PerSide { client: 1, server: 1 };
    wire.script.expects = PerSide { client: 1, server: 1 };
    let ack = wire.send(Client, ACK, b"");
    assert_eq!(tcp(&ack), "ESTABLISHED? ESTABLISHED");
    assert_eq!(ack.transitions[0].change.event(), "not captured, implied by what follows");
    // The SYN is missing.
    let mut wire = Wire::new();
    wire.script.next.client = 1;
    wire.script.expects = PerSide { client: 0, server: 1 };
    let syn_ack = wire.send(Server, SYN_ACK, b"");
    assert_eq!((tcp(&syn_ack).as_str(), syn_ack.from), ("ESTABLISHED SYN-RECEIVED", Server));
    assert_eq!(tcp(&wire.send(Client, ACK, b"")), "ESTABLISHED ESTABLISHED");
    // The last ACK is missing, and the server speaks first.
    let mut wire = Wire::new();
    wire.send(Client, SYN, b"");
    wire.send(Server, SYN_ACK, b"");
    assert_eq!(tcp(&wire.send(Server, ACK, b"220 hello")), "ESTABLISHED ESTABLISHED?");
}

#[test]
fn a_syn_captured_after_its_syn_ack_begins_no_other_stream() {
    let mut wire = Wire::new();
    wire.put(Server, SYN_ACK, (0, 1), b"");
    let syn = wire.put(Client, SYN, (0, 0), b"");
    assert_eq!((syn.stream, syn.seq, tcp(&syn).as_str()), (0, 0, "ESTABLISHED SYN-RECEIVED"));
}

#[test]
fn evidence_of_rebuilt_packets_is_rebuilt() {
    let mut wire = Wire::new();
    wire.script.evidence = Evidence::Rebuilt;
    let syn = wire.send(Client, SYN, b"");
    assert!(syn.transitions.iter().all(|one| one.evidence == Evidence::Rebuilt));
    assert_eq!(syn.tcp.client.evidence, Evidence::Rebuilt);
}

#[test]
fn data_on_a_syn_has_offset_0() {
    let mut wire = Wire::new();
    wire.send(Client, SYN, &REQUEST[..20]);
    wire.send(Server, SYN_ACK, b"");
    let request = wire.send(Client, ACK, &REQUEST[20..]);
    assert!(
        matches!(&request.facts[..], [Fact::Request(one)] if one.head.offset == 0 && one.target == "/echo")
    );
}
