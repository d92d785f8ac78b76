//! Which RST ends a connection (RFC 9293 §3.5, §3.10.7; RFC 5961 §3), and what shows that one ended nothing.

use super::*;

/// An open WebSocket with IP headers, in which both ends have sent enough to know their TTLs.
fn wire() -> Wire {
    let mut wire = Wire::new();
    wire.script.ttl = Some(PerSide { client: 64, server: 57 });
    wire.script.checksum = Checksum::Right;
    wire.shake_hands();
    wire.send(Client, ACK, REQUEST);
    wire.send(Server, ACK, RESPONSE);
    for _ in 0..3 {
        wire.send(Client, ACK, &text(Client, "a"));
        wire.send(Server, ACK, &text(Server, "b"));
    }
    wire
}

/// A RST in the name of the server, changed.
fn rst(wire: &mut Wire, change: impl Fn(&mut Segment<'_>)) -> Observation {
    let mut segment = wire.script.off(Server, RST, 0);
    change(&mut segment);
    wire.observer().observe(&segment)
}

fn other_ttl(segment: &mut Segment<'_>) {
    segment.ip = segment.ip.map(|ip| Ip { ttl: 240, ..ip });
}

fn goes_on(step: &Observation) -> Option<u64> {
    step.facts.iter().find_map(|fact| match fact {
        Fact::GoesOn { reset } => Some(*reset),
        _ => None,
    })
}

#[test]
fn a_rst_with_a_wrong_checksum_is_dropped_where_others_are_right() {
    let mut wire = wire();
    let step = rst(&mut wire, |segment| segment.checksum = Checksum::Wrong);
    assert_eq!((step.marks, tcp(&step).as_str()), (Marks::BAD_CHECKSUM, "ESTABLISHED ESTABLISHED"));
    assert!(!step.is_reset());
}

#[test]
fn a_rst_of_another_ttl_ended_nothing_if_its_end_goes_on_with_its_own() {
    let mut wire = wire();
    let forged = rst(&mut wire, other_ttl);
    assert_eq!((tcp(&forged).as_str(), ws(&forged).as_str()), ("CLOSED CLOSED", "CLOSED CLOSED"));
    assert_eq!(closed(&forged).rst, Some((Server, forged.number)));
    let ours = wire.send(Client, ACK, &text(Client, "still here?"));
    assert_eq!(goes_on(&ours), None, "it may have been on its way");
    let theirs = wire.send(Server, ACK, &text(Server, "yes"));
    assert_eq!(goes_on(&theirs), Some(forged.number));
    assert_eq!((tcp(&theirs).as_str(), ws(&theirs).as_str()), ("ESTABLISHED ESTABLISHED", "OPEN OPEN"));
    for (from, flags, payload) in [
        (Client, ACK, &close(Client, 1000)[..]),
        (Server, ACK, &close(Server, 1000)),
        (Server, FIN_ACK, b""),
        (Client, FIN_ACK, b""),
        (Server, ACK, b""),
    ] {
        wire.send(from, flags, payload);
    }
    let close = wire.end().close;
    assert_eq!((close.rst, close.is_clean()), (None, true));
    assert_eq!(reported(&close), "1000 true / 1000 true");
}

#[test]
fn what_another_host_sends_after_a_rst_shows_nothing() {
    let mut wire = wire();
    assert_eq!(tcp(&rst(&mut wire, |_| {})), "CLOSED CLOSED");
    wire.script.ttl = Some(PerSide { client: 64, server: 240 });
    let foreign = wire.send(Server, ACK, &text(Server, "not mine"));
    assert_eq!(foreign.fit, HeaderFit::OtherTtl { usual: 57, packets: 6 });
    assert_eq!((goes_on(&foreign), tcp(&foreign).as_str()), (None, "CLOSED CLOSED"));
}

#[test]
fn a_rst_without_any_difference_ended_nothing_only_if_both_ends_go_on() {
    let mut wire = wire();
    let number = rst(&mut wire, |_| {}).number;
    assert_eq!(goes_on(&wire.send(Server, ACK, &text(Server, "more"))), None);
    assert_eq!(goes_on(&wire.send(Client, ACK, b"")), Some(number));
}

#[test]
fn rfc_5961_section_3_2_an_inexact_rst_is_answered_by_a_challenge() {
    let mut wire = wire();
    let blind = rst(&mut wire, |segment| segment.seq = segment.seq.wrapping_add(500));
    assert_eq!((blind.marks, tcp(&blind).as_str()), (Marks::INEXACT_RESET, "CLOSED? CLOSED?"));
    let challenge = wire.send(Client, ACK, b"");
    assert_eq!(goes_on(&challenge), Some(blind.number));
    // The end has gone indeed, and says so with the exact number.
    let exact = rst(&mut wire, |_| {});
    assert_eq!((exact.marks, tcp(&exact).as_str()), (Marks::NONE, "CLOSED CLOSED"));
    assert_eq!(wire.end().close.rst, Some((Server, exact.number)));
}

#[test]
fn section_3_5_1_a_syn_meets_an_older_connection_and_comes_again() {
    let mut wire = Wire::new();
    wire.send(Client, SYN, b"");
    let challenge = wire.put(Server, ACK, (-700_000, -900_000), b"");
    assert_eq!((challenge.marks, challenge.tcp.client.state), (Marks::OLDER_CONNECTION, tcp::State::SynSent));
    let answer = wire.put(Client, RST, (-900_000, 0), b"");
    assert_eq!((answer.marks, answer.tcp.client.state), (Marks::OLDER_CONNECTION, tcp::State::SynSent));
    wire.put(Client, SYN, (0, 0), b"");
    assert_eq!(wire.send(Server, SYN_ACK, b"").marks, Marks::NONE);
    assert_eq!(tcp(&wire.send(Client, ACK, b"")), "ESTABLISHED ESTABLISHED");
    assert_eq!(wire.end().close.first, None);
}

#[test]
fn a_syn_that_is_refused_may_be_answered_when_it_comes_again() {
    let mut wire = Wire::new();
    wire.send(Client, SYN, b"");
    let refused = wire.put(Server, RST_ACK, (0, 1), b"");
    assert_eq!(closed(&refused).rst, Some((Server, 2)));
    let again = wire.put(Client, SYN, (0, 0), b"");
    assert_eq!((goes_on(&again), again.tcp.client.state), (Some(2), tcp::State::SynSent));
    assert_eq!(wire.send(Server, SYN_ACK, b"").marks, Marks::NONE);
    assert_eq!(tcp(&wire.send(Client, ACK, b"")), "ESTABLISHED ESTABLISHED");
    assert_eq!(wire.end().close.rst, None);
}
