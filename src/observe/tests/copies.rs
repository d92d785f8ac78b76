//! Packets that were captured twice, told from what TCP sends again (RFC 6864 §4, RFC 9293 §3.8.1).

use super::*;

/// An open WebSocket whose packets have IP headers.
fn wire() -> Wire {
    let mut wire = Wire::new();
    wire.script.ttl = Some(PerSide { client: 64, server: 57 });
    wire.shake_hands();
    wire.send(Client, ACK, REQUEST);
    wire.send(Server, ACK, RESPONSE);
    wire
}

/// The next segment, and the same packet again so much later, after a change.
fn twice(
    wire: &mut Wire,
    payload: &[u8],
    later_ns: u64,
    change: impl Fn(&mut Segment<'_>),
) -> (Observation, Observation) {
    let segment = wire.script.segment(Client, ACK, payload);
    let first = wire.observer().observe(&segment);
    let mut again = Segment { number: segment.number + 1, time_ns: segment.time_ns + later_ns, ..segment };
    change(&mut again);
    (first, wire.observer().observe(&again))
}

fn with_id(segment: &mut Segment<'_>, id: u16) {
    segment.ip = segment.ip.map(|ip| Ip { id: Some(id), ..ip });
}

#[test]
fn a_packet_with_the_same_id_and_bytes_is_a_copy_and_changes_nothing() {
    let mut wire = wire();
    for payload in [&text(Client, "hello")[..], b""] {
        let (first, copy) = twice(&mut wire, payload, 3_000, |_| {});
        assert!(!first.marks.has(Marks::COPY));
        assert_eq!(copy.marks, Marks::COPY);
        assert_eq!((copy.tcp, copy.facts.len(), copy.transitions.len()), (first.tcp, 0, 0));
        assert_eq!((copy.seq, copy.ack), (first.seq, first.ack));
    }
    assert_eq!(wire.send(Client, ACK, &text(Client, "more")).marks, Marks::NONE);
    let close = wire.end().close;
    assert_eq!(close.first, None, "nobody is waited for");
}

#[test]
fn a_copy_may_have_another_ttl_and_checksum() {
    let mut wire = wire();
    let (_, copy) = twice(&mut wire, b"\x81", 900_000, |segment| {
        segment.ip = segment.ip.map(|ip| Ip { ttl: ip.ttl - 1, ..ip });
        segment.checksum = Checksum::Partial;
    });
    assert_eq!(copy.marks, Marks::COPY);
}

#[test]
fn a_syn_is_captured_twice_before_anything_else_was() {
    let mut wire = Wire::new();
    wire.script.ttl = Some(PerSide { client: 64, server: 57 });
    let syn = wire.script.segment(Client, SYN, b"");
    wire.observer().observe(&syn);
    let copy = wire.observer().observe(&Segment { number: 2, time_ns: syn.time_ns + 2_000, ..syn });
    assert_eq!((copy.marks, copy.transitions.len()), (Marks::COPY, 0));
}

#[test]
fn what_has_an_id_of_its_own_or_comes_later_was_sent_again() {
    let mut wire = wire();
    let (_, other_id) = twice(&mut wire, b"hello", 3_000, |segment| with_id(segment, 999));
    assert_eq!(other_id.marks, Marks::RETRANSMISSION);
    let (_, late) = twice(&mut wire, b"hello", 250_000_000, |_| {});
    assert_eq!(late.marks, Marks::RETRANSMISSION);
    // Duplicate acknowledgments, 20 µs apart.
    wire.send(Server, ACK, b"data");
    let (_, duplicate) = twice(&mut wire, b"", 20_000, |segment| with_id(segment, 1_000));
    assert_eq!(duplicate.marks, Marks::DUPLICATE_ACK);
}

#[test]
fn without_ids_only_data_is_a_copy_until_that_was_so_twice() {
    let mut wire = wire();
    let none = |segment: &mut Segment<'_>| segment.ip = segment.ip.map(|ip| Ip { id: None, ..ip });
    let mut again = |payload: &[u8], later_ns| {
        let mut segment = wire.script.segment(Client, ACK, payload);
        none(&mut segment);
        wire.observer().observe(&segment);
        let time_ns = segment.time_ns + later_ns;
        wire.observer().observe(&Segment { number: segment.number + 1, time_ns, ..segment }).marks
    };
    assert_eq!(again(b"", 20_000), Marks::DUPLICATE_ACK);
    assert_eq!([again(b"one", 20_000), again(b"two", 20_000)], [Marks::COPY; 2]);
    assert_eq!(again(b"", 20_000), Marks::COPY);
    assert_eq!(again(b"three", 300_000), Marks::RETRANSMISSION);
}
