//! RFC 9293 §3.6: closing a connection, in the seven ways that the kernel is compared in; and RFC 6455 §7 above it.

use super::*;

fn states(wire: &mut Wire, segments: &[(Side, Flags, &[u8])]) -> Vec<String> {
    segments.iter().map(|(from, flags, payload)| tcp(&wire.send(*from, *flags, payload))).collect()
}

#[test]
fn client_closes() {
    let mut wire = Wire::open();
    let lines = states(&mut wire, &[(Client, FIN_ACK, b""), (Server, ACK, b""), (Server, FIN_ACK, b"")]);
    assert_eq!(lines, ["FIN-WAIT-1 CLOSE-WAIT", "FIN-WAIT-2 CLOSE-WAIT", "TIME-WAIT LAST-ACK"]);
    let last = wire.send(Client, ACK, b"");
    assert_eq!(tcp(&last), "TIME-WAIT CLOSED");
    assert_eq!(closed(&last).tcp, Some(TcpClose::FourSegment));
    assert_eq!(closed(&last).first, Some(First { side: Client, layer: Layer::Fin, packet: 4 }));
    assert_eq!(closed(&last).fins, PerSide { client: Some(4), server: Some(6) });
}

#[test]
fn server_closes() {
    let mut wire = Wire::open();
    let lines = states(&mut wire, &[(Server, FIN_ACK, b""), (Client, ACK, b""), (Client, FIN_ACK, b"")]);
    assert_eq!(lines, ["CLOSE-WAIT FIN-WAIT-1", "CLOSE-WAIT FIN-WAIT-2", "LAST-ACK TIME-WAIT"]);
    assert_eq!(tcp(&wire.send(Server, ACK, b"")), "CLOSED TIME-WAIT");
}

#[test]
fn section_3_3_2_note_2_three_segments() {
    let mut wire = Wire::open();
    assert_eq!(tcp(&wire.send(Client, FIN_ACK, b"")), "FIN-WAIT-1 CLOSE-WAIT");
    let both = wire.send(Server, FIN_ACK, b"");
    assert_eq!(tcp(&both), "TIME-WAIT LAST-ACK");
    assert_eq!(
        both.transitions[1].to_string(),
        "client tcp FIN-WAIT-1 → TIME-WAIT (receive FIN, ACK of FIN, RFC 9293 §3.3.2, captured)"
    );
    let last = wire.send(Client, ACK, b"");
    assert_eq!((tcp(&last).as_str(), closed(&last).tcp), ("TIME-WAIT CLOSED", Some(TcpClose::ThreeSegment)));
}

#[test]
fn half_close() {
    let mut wire = Wire::open();
    let lines = states(
        &mut wire,
        &[
            (Client, FIN_ACK, b""),
            (Server, ACK, b"still"),
            (Client, ACK, b""),
            (Server, ACK, b"talking"),
            (Client, ACK, b""),
            (Server, FIN_ACK, b"done"),
            (Client, ACK, b""),
        ],
    );
    assert_eq!(
        lines,
        [
            "FIN-WAIT-1 CLOSE-WAIT",
            "FIN-WAIT-2 CLOSE-WAIT",
            "FIN-WAIT-2 CLOSE-WAIT",
            "FIN-WAIT-2 CLOSE-WAIT",
            "FIN-WAIT-2 CLOSE-WAIT",
            "TIME-WAIT LAST-ACK",
            "TIME-WAIT CLOSED",
        ]
    );
    assert_eq!(wire.end().close.tcp, Some(TcpClose::FourSegment));
}

#[test]
fn section_3_6_figure_13_simultaneous_close() {
    let mut wire = Wire::open();
    assert_eq!(tcp(&wire.put(Client, FIN_ACK, (1, 1), b"")), "FIN-WAIT-1 CLOSE-WAIT");
    let crossing = wire.put(Server, FIN_ACK, (1, 1), b"");
    assert_eq!(tcp(&crossing), "CLOSING CLOSING");
    let transitions: Vec<_> = crossing.transitions.iter().map(ToString::to_string).collect();
    assert_eq!(
        transitions[..3],
        [
            "server tcp CLOSE-WAIT → FIN-WAIT-1 (send FIN (the FINs cross), RFC 9293 §3.6, captured)",
            "server tcp FIN-WAIT-1 → CLOSING (receive FIN, RFC 9293 §3.6, captured)",
            "client tcp FIN-WAIT-1 → CLOSING (receive FIN, RFC 9293 §3.6, captured)",
        ]
    );
    assert_eq!(tcp(&wire.put(Client, ACK, (2, 2), b"")), "CLOSING TIME-WAIT");
    let last = wire.put(Server, ACK, (2, 2), b"");
    assert_eq!(
        (tcp(&last).as_str(), closed(&last).tcp),
        ("TIME-WAIT TIME-WAIT", Some(TcpClose::Simultaneous))
    );
}

#[test]
fn section_3_10_5_reset_by_linger_0() {
    for from in [Client, Server] {
        let mut wire = Wire::open();
        let reset = wire.send(from, RST_ACK, b"");
        assert_eq!(tcp(&reset), "CLOSED CLOSED");
        assert_eq!(closed(&reset).first, Some(First { side: from, layer: Layer::Rst, packet: 4 }));
        assert_eq!((closed(&reset).rst, closed(&reset).tcp), (Some((from, 4)), Some(TcpClose::Reset)));
    }
}

#[test]
fn a_close_with_unread_data_resets() {
    let mut wire = Wire::open();
    let lines = states(&mut wire, &[(Client, ACK, b"12345"), (Server, ACK, b""), (Server, RST_ACK, b"")]);
    assert_eq!(lines.last().unwrap(), "CLOSED CLOSED");
    // After the peer's FIN: instead of its own FIN the client, which has not read all, sends a RST.
    let mut wire = Wire::open();
    let lines = states(&mut wire, &[(Server, FIN_ACK, b"12345"), (Client, ACK, b""), (Client, RST_ACK, b"")]);
    assert_eq!(lines, ["CLOSE-WAIT FIN-WAIT-1", "CLOSE-WAIT FIN-WAIT-2", "CLOSED CLOSED"]);
    let close = wire.end().close;
    assert_eq!((close.first.unwrap().layer, close.tcp), (Layer::Fin, Some(TcpClose::Reset)));
}

#[test]
fn data_after_a_close_is_answered_by_a_reset() {
    let mut wire = Wire::open();
    let lines = states(
        &mut wire,
        &[(Client, FIN_ACK, b""), (Server, ACK, b""), (Server, ACK, b"too late"), (Client, RST, b"")],
    );
    assert_eq!(lines[2..], ["FIN-WAIT-2 CLOSE-WAIT", "CLOSED CLOSED"]);
}

#[test]
fn section_3_10_7_4_a_reset_before_the_window_is_ignored() {
    let mut wire = Wire::open();
    wire.send(Client, ACK, b"hello");
    wire.send(Server, ACK, b"");
    let old = wire.put(Client, RST, (3, 0), b"");
    assert_eq!((tcp(&old).as_str(), old.marks), ("ESTABLISHED ESTABLISHED", Marks::OUT_OF_WINDOW));
}

#[test]
fn a_fin_is_received_once_all_bytes_before_it_were() {
    let mut wire = Wire::open();
    assert_eq!(tcp(&wire.put(Client, FIN_ACK, (6, 1), b"world")), "FIN-WAIT-1 ESTABLISHED");
    assert_eq!(tcp(&wire.put(Client, ACK, (1, 1), b"hello")), "FIN-WAIT-1 CLOSE-WAIT");
}

#[test]
fn an_acknowledged_fin_was_received_even_if_bytes_are_missing() {
    let mut wire = Wire::open();
    assert_eq!(tcp(&wire.put(Client, FIN_ACK, (6, 1), b"world")), "FIN-WAIT-1 ESTABLISHED");
    let ack = wire.put(Server, ACK, (1, 12), b"");
    assert_eq!(tcp(&ack), "FIN-WAIT-2 CLOSE-WAIT");
    // The capture may still have it, a little late.
    assert_eq!(ack.facts, []);
    wire.put(Server, ACK, (1, 12), b"more");
    wire.put(Client, ACK, (12, 5), b"");
    let given_up = wire.put(Server, FIN_ACK, (5, 12), b"");
    let gap = Gap { from: Client, offset: 0, length: 5, reason: GapReason::NotCaptured };
    assert!(given_up.facts.contains(&Fact::Gap(gap)), "{:?}", given_up.facts);
}

#[test]
fn a_repeated_fin_changes_nothing() {
    let mut wire = Wire::open();
    wire.put(Client, FIN_ACK, (1, 1), b"");
    let again = wire.put(Client, FIN_ACK, (1, 1), b"");
    assert_eq!((tcp(&again).as_str(), again.transitions.len()), ("FIN-WAIT-1 CLOSE-WAIT", 0));
    wire.put(Server, ACK, (1, 2), b"");
    assert_eq!(tcp(&wire.put(Client, FIN_ACK, (1, 1), b"")), "FIN-WAIT-2 CLOSE-WAIT");
    assert_eq!(wire.end().close.tcp, Some(TcpClose::HalfOpen));
}

#[test]
fn section_3_6_time_wait_ends_by_time_alone() {
    let mut wire = Wire::open();
    states(&mut wire, &[(Client, FIN_ACK, b""), (Server, FIN_ACK, b""), (Client, ACK, b"")]);
    assert_eq!(wire.observer().poll_ended(), None);
    wire.script.time_ns += 61_000_000_000;
    wire.script.reconnect(50_001);
    wire.send(Client, SYN, b"");
    let ended = wire.observer().poll_ended().unwrap();
    assert_eq!((ended.stream, ended.reason, ended.last_packet), (0, EndReason::Finished, 6));
    let transitions: Vec<_> = ended.transitions.iter().map(ToString::to_string).collect();
    assert_eq!(transitions, ["client tcp TIME-WAIT → CLOSED (2 MSL passed, RFC 9293 §3.6, inferred)"]);
    assert_eq!(ended.transitions[0].packet, None);
}

#[test]
fn a_concluded_stream_is_released_at_once_and_stays_in_time_wait() {
    let mut wire = Wire::open();
    states(&mut wire, &[(Client, FIN_ACK, b""), (Server, FIN_ACK, b""), (Client, ACK, b"")]);
    let [one, other] = [Client, Server].map(|side| wire.script.ends[side]);
    let ended = wire.observer().conclude(other, one).unwrap();
    assert_eq!((ended.reason, ended.transitions.len()), (EndReason::Concluded, 0));
    assert_eq!(
        (ended.tcp.client.state, ended.close.tcp),
        (tcp::State::TimeWait, Some(TcpClose::ThreeSegment))
    );
    assert_eq!((wire.observer().stream_count(), wire.observer().conclude(one, other)), (0, None));
}

/// Ways to close a WebSocket: segments after its opening, each with the WebSocket states after it.
fn closes(segments: &[(Side, Flags, &[u8])]) -> (Vec<String>, Close) {
    let mut wire = Wire::websocket();
    let lines =
        segments.iter().map(|(from, flags, payload)| ws(&wire.send(*from, *flags, payload))).collect();
    (lines, wire.end().close)
}

#[test]
fn rfc_6455_section_7_1_a_clean_close() {
    let (lines, close) = closes(&[
        (Client, ACK, &close(Client, 1000)),
        (Server, ACK, &close(Server, 1000)),
        (Server, FIN_ACK, b""),
        (Client, FIN_ACK, b""),
        (Server, ACK, b""),
    ]);
    assert_eq!(
        lines,
        ["CLOSING CLOSING", "CLOSING CLOSING", "CLOSING CLOSING", "CLOSED CLOSED", "CLOSED CLOSED"]
    );
    assert_eq!(close.first, Some(First { side: Client, layer: Layer::WebSocket, packet: 6 }));
    assert_eq!((close.is_clean(), reported(&close).as_str()), (true, "1000 true / 1000 true"));
    assert_eq!(close.frames.server.unwrap().frame, 1);
}

#[test]
fn rfc_6455_section_7_1_5_the_reported_code_is_the_peers() {
    let fins: [(Side, Flags, &[u8]); 2] = [(Server, FIN_ACK, b""), (Client, FIN_ACK, b"")];
    let with = |client: &[u8], server: &[u8]| {
        let segments = [(Client, ACK, client), (Server, ACK, server), fins[0], fins[1]];
        reported(&closes(&segments).1)
    };
    let raw = |from, body: &[u8]| frame(from, Fin::Final, Opcode::CLOSE, body);
    assert_eq!(with(&close(Client, 1001), &close(Server, 4001)), "4001 true / 1001 true");
    assert_eq!(with(&raw(Client, b""), &raw(Server, b"")), "1005 true / 1005 true");
    // A body that is not legal fails the connection.
    assert_eq!(with(&close(Client, 1006), &close(Server, 1002)), "1002 true / 1006 false");
    assert_eq!(with(&raw(Client, b"\x03"), &close(Server, 1002)), "1002 true / 1006 false");
    assert_eq!(with(b"", &close(Server, 1000)), "1000 false / 1006 false");
}

#[test]
fn rfc_6455_section_7_1_4_without_close_frames_1006_is_reported() {
    let (lines, close) = closes(&[(Server, FIN_ACK, b""), (Client, FIN_ACK, b""), (Server, ACK, b"")]);
    assert_eq!(lines, ["OPEN OPEN", "CLOSED CLOSED", "CLOSED CLOSED"]);
    assert_eq!(
        (close.first.unwrap().layer, reported(&close).as_str()),
        (Layer::Fin, "1006 false / 1006 false")
    );
    let (lines, close) = closes(&[(Client, RST_ACK, b"")]);
    assert_eq!((lines[0].as_str(), close.first.unwrap().layer), ("CLOSED CLOSED", Layer::Rst));
    assert!(!close.is_clean());
}

/// The client's API has a WebSocket from its constructor on, the server's only from its 101 on.
#[test]
fn a_server_without_a_websocket_reports_nothing() {
    let refusal = b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n";
    for answer in [refusal.as_slice(), b""] {
        let mut wire = Wire::open();
        wire.send(Client, ACK, REQUEST);
        wire.send(Server, ACK, answer);
        wire.send(Server, FIN_ACK, b"");
        wire.send(Client, FIN_ACK, b"");
        wire.send(Server, ACK, b"");
        assert_eq!(reported(&wire.end().close), "1006 false / -");
    }
}

#[test]
fn rfc_6455_section_7_1_4_a_close_frame_after_the_peers_fin_is_not_reported() {
    let (lines, close) = closes(&[
        (Client, ACK, &close(Client, 1000)),
        (Client, FIN_ACK, b""),
        (Server, FIN_ACK, &close(Server, 1000)),
        (Client, ACK, b""),
    ]);
    assert_eq!(lines, ["CLOSING CLOSING", "CLOSING CLOSING", "CLOSED CLOSED", "CLOSED CLOSED"]);
    // Half-closed, the client still heard it.
    assert_eq!(reported(&close), "1000 true / 1000 true");
}

#[test]
fn rfc_6455_section_7_1_5_a_close_frame_after_a_reset_is_not_reported() {
    let (lines, close) = closes(&[(Client, RST_ACK, b""), (Server, ACK, &close(Server, 1000))]);
    assert_eq!(lines, ["CLOSED CLOSED", "CLOSED CLOSED"]);
    assert_eq!(close.frames.server.as_ref().unwrap().code.unwrap().0, 1000, "it was sent all the same");
    assert_eq!(reported(&close), "1006 false / 1006 false");
}

#[test]
fn a_close_frame_and_a_fin_in_one_segment_close_in_order() {
    let first = |close: &Close| close.first.map(|first| (first.side, first.layer, first.packet));
    let both = [text(Server, "bye").as_slice(), &close(Server, 4000)].concat();
    for bytes in [close(Server, 4000), both] {
        let (_, close) = closes(&[
            (Server, FIN_ACK, &bytes),
            (Client, ACK, &close(Client, 4000)),
            (Client, FIN_ACK, b""),
            (Server, ACK, b""),
        ]);
        assert_eq!(first(&close), Some((Server, Layer::WebSocket, 6)));
    }
    // A text is no Close frame.
    let (_, close) = closes(&[(Server, FIN_ACK, &text(Server, "bye")), (Client, FIN_ACK, b"")]);
    assert_eq!(first(&close), Some((Server, Layer::Fin, 6)));
}

#[test]
fn a_close_frame_that_a_closed_socket_answers_with_a_rst_is_not_reported() {
    let (_, close) = closes(&[
        (Client, ACK, &close(Client, 1000)),
        (Client, FIN_ACK, b""),
        (Server, ACK, &close(Server, 1000)),
        (Client, Flags::RST, b""),
    ]);
    assert_eq!(reported(&close), "1006 false / 1000 true");
    assert!(!close.is_clean());
}

#[test]
fn of_a_close_frame_that_nothing_acknowledges_it_is_not_known_whether_it_is_reported() {
    let (_, close) = closes(&[(Server, ACK, &close(Server, 1011)), (Server, Flags::RST, b"")]);
    assert_eq!(reported(&close), "- / unknown: no socket in packet 7");
}

/// Whoever closes with bytes unread, or aborts, acknowledges them with the RST: nobody need have read them.
#[test]
fn a_close_frame_that_only_a_rst_acknowledges_need_not_be_reported() {
    for end in [Client, Server] {
        let peer = end.peer();
        let of = |client: &str, server: &str| match end {
            Client => format!("{client} / {server}"),
            Server => format!("{server} / {client}"),
        };
        let last = (peer, FIN_ACK, &close(peer, 1000)[..]);
        let (_, seen) = closes(&[last, (end, RST_ACK, b"")]);
        assert_eq!(reported(&seen), of("unknown: aborted in packet 7", "1006 false"));
        let (_, seen) = closes(&[(end, ACK, &close(end, 1000)), last, (end, RST_ACK, b"")]);
        assert_eq!(reported(&seen), of("unknown: aborted in packet 8", "1000 true"));
        // It had acknowledged the frame before.
        let (_, seen) = closes(&[last, (end, ACK, b""), (end, RST_ACK, b"")]);
        assert_eq!(reported(&seen), of("1000 false", "1006 false"));
    }
}

/// No socket sends a RST without an ACK, so that nobody need be there who reports. Behind a FIN of its own an end has
/// closed, and a Close frame that it acknowledged before was received.
#[test]
fn an_end_without_a_socket_that_had_not_closed_reports_nothing_that_is_known() {
    for end in [Client, Server] {
        let peer = end.peer();
        let of = |own: &str, others: &str| match end {
            Client => format!("{own} / {others}"),
            Server => format!("{others} / {own}"),
        };
        let data = text(peer, "?");
        let (_, seen) = closes(&[(peer, ACK, &data), (end, RST, b"")]);
        assert_eq!(reported(&seen), of("unknown: no socket in packet 7", "1006 false"));
        let (_, seen) = closes(&[(peer, ACK, &close(peer, 1000)), (end, RST, b"")]);
        assert_eq!(reported(&seen), of("unknown: no socket in packet 7", "1006 false"));
        let (_, seen) = closes(&[(end, FIN_ACK, b""), (peer, ACK, &data), (end, RST, b"")]);
        assert_eq!(reported(&seen), "1006 false / 1006 false");
        let (_, seen) = closes(&[(peer, ACK, &close(peer, 1000)), (end, ACK, b""), (end, RST, b"")]);
        assert_eq!(reported(&seen), of("1000 false", "1006 false"));
        let (_, seen) = closes(&[(peer, ACK, &data), (end, RST_ACK, b""), (end, RST, b"")]);
        assert_eq!(reported(&seen), "1006 false / 1006 false");
    }
}

#[test]
fn a_stream_without_an_end_has_no_close() {
    let close = Wire::websocket().end().close;
    let coverage = close.coverage.clone();
    assert_eq!(close, Close { coverage, ..Close::default() });
}
