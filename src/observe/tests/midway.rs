//! Streams of which the capture has no beginning.

use super::*;

fn stream(step: &Observation) -> Stream {
    step.facts.iter().find_map(|fact| if let Fact::Stream(one) = fact { Some(*one) } else { None }).unwrap()
}

/// A wire in the middle of a connection.
fn midway(config: Config) -> Wire {
    let mut wire = Wire::with(config);
    wire.script.next = PerSide { client: 70_000, server: 80_000 };
    wire.script.expects = PerSide { client: 80_000, server: 70_000 };
    wire
}

#[test]
fn established_is_inferred_and_numbers_begin_with_the_first_packet() {
    let mut wire = midway(Config::default());
    let first = wire.send(Server, ACK, b"hello");
    assert_eq!((tcp(&first).as_str(), ws(&first).as_str()), ("ESTABLISHED? ESTABLISHED?", "none"));
    assert_eq!((first.from, first.seq, first.ack), (Server, 1, Some(1)));
    let stream = stream(&first);
    assert!(stream.begins_midway());
    assert_eq!((stream.role_source, stream.evidence), (RoleSource::KnownPort, Evidence::Inferred));
    let fin = wire.send(Client, FIN_ACK, b"");
    assert_eq!(tcp(&fin), "FIN-WAIT-1 CLOSE-WAIT");
}

#[test]
fn roles_by_port() {
    for (client, server, role_source) in
        [(50_000, 9001, RoleSource::KnownPort), (50_000, 4000, RoleSource::HigherPort)]
    {
        for from in [Client, Server] {
            let mut wire = midway(Config::default());
            wire.ports(client, server);
            let step = wire.send(from, ACK, b"");
            assert_eq!((step.from, stream(&step).role_source), (from, role_source));
        }
    }
}

#[test]
fn roles_by_http_correct_those_by_port() {
    // The server's port is the higher one.
    let mut wire = midway(Config::default());
    wire.ports(2000, 60_000);
    let silent = wire.send(Client, ACK, b"");
    assert_eq!(silent.from, Server, "so the ports say");
    let request = wire.send(Client, ACK, REQUEST);
    assert_eq!(request.from, Client);
    let corrected = stream(&request);
    assert_eq!((corrected.role_source, corrected.evidence), (RoleSource::Http, Evidence::Captured));
    assert_eq!(corrected.ends.client.port(), 2000);
    assert_eq!(ws(&request), "CONNECTING CONNECTING");
    assert_eq!(ws(&wire.send(Server, ACK, RESPONSE)), "OPEN OPEN");
    let hello = wire.send(Client, ACK, &text(Client, "hello"));
    assert_eq!((hello.from, frames(&hello.facts).len()), (Client, 1));
}

#[test]
fn a_101_without_its_request_opens_the_websocket() {
    let mut wire = midway(Config::default());
    let response = wire.send(Server, ACK, RESPONSE);
    assert_eq!(ws(&response), "OPEN OPEN");
    let [.., Fact::Response(head)] = &response.facts[..] else { panic!("{:?}", response.facts) };
    let upgrade = head.upgrade.as_ref().unwrap();
    assert_eq!(
        (upgrade.key.as_ref(), upgrade.accept_expected.as_ref(), upgrade.accept_ok()),
        (None, None, false)
    );
    assert_eq!(upgrade.faults, []);
    let hello = wire.send(Client, ACK, &text(Client, "hello"));
    assert_eq!(frames(&hello.facts)[0].evidence, Evidence::Inferred, "that frames begin here");
}

#[test]
fn websocket_is_assumed_only_on_configured_ports_and_for_plausible_frames() {
    let assume = || Config { assume_websocket: vec![9001], ..Config::default() };
    let hello = text(Client, "hello");
    let step = midway(Config::default()).send(Client, ACK, &hello);
    assert_eq!((ws(&step).as_str(), frames(&step.facts).len()), ("none", 0));

    let mut wire = midway(assume());
    let step = wire.send(Client, ACK, &hello);
    assert_eq!(ws(&step), "OPEN? OPEN?");
    let [frame] = frames(&step.facts)[..] else { panic!("{:?}", step.facts) };
    assert_eq!((frame.evidence, frame.preview.to_string().as_str()), (Evidence::Inferred, "hello"));
    assert_eq!(ws(&wire.send(Server, ACK, &close(Server, 1000))), "CLOSING CLOSING");

    for not_a_frame in [&b"\x16\x03\x01\x02\x00\x01"[..], b"hello", &text(Server, "not masked"), REQUEST] {
        let step = midway(assume()).send(Client, ACK, not_a_frame);
        assert_ne!(ws(&step), "OPEN? OPEN?", "{not_a_frame:?}");
        assert_eq!(frames(&step.facts).len(), 0);
    }
}

#[test]
fn a_capture_of_one_direction_is_read() {
    let mut wire = Wire::new();
    wire.send(Client, SYN, b"");
    (wire.script.next.client, wire.script.expects.client) = (1, 1);
    let request = wire.send(Client, ACK, REQUEST);
    assert_eq!(tcp(&request), "ESTABLISHED? ESTABLISHED");
    assert_eq!(ws(&request), "CONNECTING CONNECTING");
    // What the server acknowledged, or answered, is not known; what comes waits for the answer.
    let hello = wire.send(Client, ACK, &text(Client, "hello"));
    assert_eq!((ws(&hello).as_str(), frames(&hello.facts).len()), ("CONNECTING CONNECTING", 0));
}

fn opaque(facts: &[Fact]) -> Vec<(Side, OpaqueKind)> {
    let one = |fact: &Fact| if let Fact::Opaque(it) = fact { Some((it.from, it.kind)) } else { None };
    facts.iter().filter_map(one).collect()
}

#[test]
fn frames_of_both_sides_are_taken_for_a_websocket() {
    let mut wire = midway(Config::default());
    let none = wire.send(Client, ACK, &text(Client, "one"));
    assert_eq!((ws(&none).as_str(), none.facts.len()), ("none", 1));
    assert_eq!(wire.send(Server, ACK, &text(Server, "two")).facts, []);
    let third = wire.send(Client, ACK, &text(Client, "three"));
    assert_eq!(ws(&third), "OPEN? OPEN?");
    let resync: Vec<_> = third.facts.iter().filter(|fact| matches!(fact, Fact::Resync(_))).collect();
    assert_eq!(
        resync,
        [
            &Fact::Resync(Resync { from: Client, offset: 0, packet: 1 }),
            &Fact::Resync(Resync { from: Server, offset: 0, packet: 2 })
        ]
    );
    let seen: Vec<_> = frames(&third.facts)
        .iter()
        .map(|one| (one.from, one.packets.first(), one.preview.to_string(), one.evidence))
        .collect();
    let frame = |from, packet, text: &str| (from, packet, text.to_owned(), Evidence::Inferred);
    assert_eq!(seen, [frame(Client, 1, "one"), frame(Server, 2, "two"), frame(Client, 3, "three")]);
    assert_eq!(frames(&wire.send(Server, ACK, &text(Server, "four")).facts).len(), 1);
    assert_eq!(opaque(&wire.end().facts), []);
}

#[test]
fn the_search_begins_anew_with_each_segment() {
    let mut wire = midway(Config::default());
    // Within a frame of the server, then one side only.
    for segment in [&[0xE5; 1448][..], &[0x81; 700], b"and its end"] {
        wire.send(Server, ACK, segment);
    }
    for _ in 0..2 {
        assert_eq!(frames(&wire.send(Server, ACK, &text(Server, "tick")).facts).len(), 0);
    }
    assert_eq!(frames(&wire.send(Server, ACK, &text(Server, "tick")).facts).len(), 3);
    // A whole Close of either side is enough.
    let mut wire = midway(Config::default());
    wire.send(Server, ACK, b"the end of a frame");
    let step = wire.send(Server, ACK, &close(Server, 1001));
    assert_eq!((ws(&step).as_str(), frames(&step.facts).len()), ("CLOSING CLOSING", 1));
    assert_eq!(frames(&wire.send(Client, ACK, &close(Client, 1001)).facts).len(), 1);
}

#[test]
fn bytes_without_frames_are_opaque_once_the_search_is_long_or_the_capture_ends() {
    let mut wire = midway(Config::default());
    assert_eq!(opaque(&wire.send(Server, ACK, b"\xFE\x01 database").facts), []);
    assert_eq!(opaque(&wire.end().facts), [(Server, OpaqueKind::Unknown)]);
    let mut wire = midway(Config::default());
    let sides = [[Client; 40], [Server; 40]].concat();
    let seen: Vec<_> =
        sides.into_iter().flat_map(|from| opaque(&wire.send(from, ACK, &[0xFE; 30]).facts)).collect();
    assert_eq!(seen, [(Client, OpaqueKind::Unknown), (Server, OpaqueKind::Unknown)]);
    // A record of TLS is no frame, and nothing is searched in it.
    let step = midway(Config::default()).send(Server, ACK, b"\x17\x03\x03\x00\x20");
    assert_eq!(opaque(&step.facts), [(Server, OpaqueKind::Tls)]);
}

#[test]
fn masking_tells_the_roles_where_only_the_higher_port_would() {
    for from in [Client, Server] {
        for has_ack in [0, 1] {
            let mut wire = midway(Config::default());
            wire.ports(2000, 60_000);
            for _ in 0..has_ack {
                assert_eq!(wire.send(from, ACK, b"").from, from.peer(), "so the ports say");
            }
            let step = wire.send(from, ACK, &text(from, "hello"));
            let stream = stream(&step);
            assert_eq!((step.from, stream.role_source), (from, RoleSource::Masking));
            assert_eq!((stream.ends.client.port(), stream.evidence), (2000, Evidence::Inferred));
        }
    }
}

#[test]
fn masking_must_be_that_of_the_side() {
    let mut wire = midway(Config::default());
    for _ in 0..9 {
        assert_eq!(wire.send(Client, ACK, &text(Server, "unmasked")).ws, None);
    }
}

#[test]
fn where_a_websocket_is_assumed_a_side_within_a_frame_is_found_again() {
    let mut wire = midway(Config { assume_websocket: vec![9001], ..Config::default() });
    assert_eq!(opaque(&wire.send(Server, ACK, &[0xE5; 900]).facts), []);
    assert_eq!(frames(&wire.send(Client, ACK, &text(Client, "at once")).facts).len(), 1);
    wire.send(Server, ACK, &text(Server, "one"));
    wire.send(Server, ACK, &text(Server, "two"));
    let step = wire.send(Server, ACK, &text(Server, "three"));
    assert_eq!(frames(&step.facts).len(), 3);
    assert!(step.facts.contains(&Fact::Resync(Resync { from: Server, offset: 900, packet: 3 })));
}

/// Returns `true` if a fact carries bytes of a side, or shows where they are.
const fn is_of_bytes(fact: &Fact) -> bool {
    !matches!(fact, Fact::Stream(_) | Fact::SimultaneousOpen | Fact::Close(_))
}

#[test]
fn roles_are_never_corrected_once_a_byte_was_read() {
    let request = |wire: &mut Wire| wire.send(Client, ACK, REQUEST);
    // Before: acknowledgments, a probe, both FINs. After: anything that was delivered, a gap too.
    let silent: [(Side, Flags, &[u8]); 4] =
        [(Client, ACK, b""), (Server, ACK, b""), (Server, FIN_ACK, b""), (Client, FIN_ACK, b"")];
    for packets in 0..=silent.len() {
        let mut wire = midway(Config::default());
        wire.ports(2000, 60_000);
        for (from, flags, payload) in &silent[..packets] {
            let before = wire.send(*from, *flags, payload);
            assert_eq!(before.from, from.peer(), "so the ports say");
            assert_eq!(before.ws, None);
            assert!(!before.facts.iter().any(is_of_bytes), "{:?}", before.facts);
            let is_tcp = |transition: &Transition| matches!(transition.change, Change::Tcp { .. });
            assert!(before.transitions.iter().all(is_tcp));
        }
        let corrected = request(&mut wire);
        assert_eq!((corrected.from, stream(&corrected).role_source), (Client, RoleSource::Http));
    }
    for first in [&b"x"[..], b"\x81\x00"] {
        let mut wire = midway(Config::default());
        wire.ports(2000, 60_000);
        assert_eq!(wire.send(Client, ACK, first).from, Server, "so the ports say");
        let late = request(&mut wire);
        assert_eq!(late.from, Server);
        assert!(!late.facts.iter().any(|fact| matches!(fact, Fact::Stream(_))), "{:?}", late.facts);
    }
}
