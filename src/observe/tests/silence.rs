//! An end that answers nothing any more: when it is called silent, and what may be said of it then.

use super::*;

/// The server sends one message `times` times, `every_ns` apart, and nothing acknowledges it.
fn retransmits(wire: &mut Wire, times: usize, every_ns: u64) {
    let data = text(Server, "anybody?");
    let (seq, ack) = (wire.script.next.server, wire.script.expects.server);
    for _ in 0..times {
        wire.put(Server, ACK, (seq, ack), &data);
        wire.script.time_ns += every_ns;
    }
    wire.script.next.server = seq + data.len() as i64;
}

#[test]
fn an_end_that_does_not_answer_is_silent() {
    let mut wire = Wire::websocket();
    wire.send(Client, ACK, b"");
    retransmits(&mut wire, 5, 1_000_000_000);
    let close = wire.end().close;
    assert_eq!(close.first, Some(First { side: Client, layer: Layer::Silence, packet: 7 }));
    assert_eq!((close.tcp, reported(&close).as_str()), (None, "- / -"));
}

/// So soon no answer could be there yet.
#[test]
fn copies_within_microseconds_are_no_silence() {
    let mut wire = Wire::websocket();
    wire.send(Client, ACK, b"");
    retransmits(&mut wire, 5, 24_000);
    assert_eq!(wire.end().close.first, None);
}

/// Nothing shows that what the survivor sends comes to its peer.
#[test]
fn what_a_silent_end_reports_is_not_known() {
    let mut wire = Wire::websocket();
    wire.send(Client, ACK, b"");
    retransmits(&mut wire, 4, 1_000_000_000);
    wire.send(Server, ACK, &close(Server, 1011));
    wire.send(Server, FIN_ACK, b"");
    assert_eq!(reported(&wire.end().close), "- / -");
    let mut wire = Wire::websocket();
    wire.send(Client, ACK, b"");
    retransmits(&mut wire, 4, 1_000_000_000);
    let reset = wire.send(Server, RST_ACK, b"");
    assert_eq!(reported(closed(&reset)), "- / 1006 false");
}

/// The FIN of the survivor comes to its peer only where the peer acknowledges it; a Close frame and a RST change it only
/// by inference (RFC 9293 §3.10.7.4).
#[test]
fn what_is_sent_to_a_silent_end_does_not_change_it() {
    let silent = || {
        let mut wire = Wire::websocket();
        wire.send(Client, ACK, b"");
        retransmits(&mut wire, 4, 1_000_000_000);
        wire
    };
    let mut wire = silent();
    let fin = wire.send(Server, FIN_ACK, b"");
    assert_eq!(tcp(&fin), "ESTABLISHED FIN-WAIT-1");
    wire.script.next.server -= 1;
    assert_eq!(tcp(&wire.send(Server, FIN_ACK, b"")), "ESTABLISHED FIN-WAIT-1");
    let back = wire.send(Client, ACK, b"");
    assert_eq!(tcp(&back), "CLOSE-WAIT FIN-WAIT-2", "its acknowledgment shows it");

    let mut wire = silent();
    assert_eq!(ws(&wire.send(Server, ACK, &close(Server, 1011))), "CLOSING? CLOSING");
    let reset = wire.send(Server, RST_ACK, b"");
    assert_eq!((tcp(&reset), ws(&reset)), ("CLOSED? CLOSED".to_owned(), "CLOSED? CLOSED".to_owned()));

    // An end that is heard in between is there.
    let mut wire = silent();
    wire.send(Client, ACK, b"");
    assert_eq!(tcp(&wire.send(Server, FIN_ACK, b"")), "CLOSE-WAIT FIN-WAIT-1");
}
