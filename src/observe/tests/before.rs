//! RFC 9110, RFC 9112: HTTP before an Upgrade, proxies before HTTP, and Upgrades to something else.

use super::websocket::{replace, response};
use super::*;

/// Sends each part as segments of so many bytes; the facts of all of them.
fn exchange(cut: usize, parts: &[(Side, &[u8])]) -> (Wire, Vec<Fact>) {
    let mut wire = Wire::open();
    let mut facts = Vec::new();
    for (from, bytes) in parts {
        for segment in bytes.chunks(cut) {
            facts.extend(wire.send(*from, ACK, segment).facts);
        }
    }
    (wire, facts)
}

/// After these parts an Upgrade, both sides' frames and a Close are read.
fn then_upgrades(parts: &[(Side, &[u8])]) -> Vec<Fact> {
    let hello = (text(Client, "hello"), close(Server, 1000));
    let all =
        [parts, &[(Client, REQUEST), (Server, RESPONSE), (Client, &hello.0), (Server, &hello.1)]].concat();
    let mut first = Vec::new();
    for cut in [1, 7, 5000] {
        let (_, facts) = exchange(cut, &all);
        let opaque: Vec<_> = facts.iter().filter(|fact| matches!(fact, Fact::Opaque(_))).collect();
        assert!(opaque.is_empty(), "cut {cut}: {opaque:?}");
        let all = frames(&facts);
        assert_eq!(all.iter().map(|frame| frame.from).collect::<Vec<_>>(), [Client, Server], "cut {cut}");
        assert_eq!(all[0].preview.to_string(), "hello");
        first = facts;
    }
    first
}

fn opaque(facts: &[Fact]) -> Vec<(Side, u64, OpaqueKind)> {
    let one = |fact: &Fact| match fact {
        Fact::Opaque(Opaque { from, offset, kind, .. }) => Some((*from, *offset, *kind)),
        _ => None,
    };
    facts.iter().filter_map(one).collect()
}

fn relays(facts: &[Fact]) -> Vec<(Side, RelayEvent)> {
    let one = |fact: &Fact| match fact {
        Fact::Relay(relay) => Some((relay.from, relay.event.clone())),
        _ => None,
    };
    facts.iter().filter_map(one).collect()
}

const CHUNKED: &[u8] =
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"b\"\r\nhello\r\n0\r\nDigest: x\r\n\r\n";

#[test]
fn section_6_3_bodies_have_an_end_and_the_upgrade_stands_behind_it() {
    let post = b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    let refused =
        b"HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n";
    let cases: [&[(Side, &[u8])]; 9] = [
        &[(Client, b"GET / HTTP/1.1\r\n\r\n"), (Server, CHUNKED)],
        &[(Client, post), (Server, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")],
        &[
            (Client, b"GET / HTTP/1.1\r\n\r\n"),
            (Server, b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok"),
        ],
        &[
            (Client, b"HEAD / HTTP/1.1\r\n\r\n"),
            (Server, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ],
        &[
            (Client, b"GET / HTTP/1.1\r\n\r\n"),
            (Server, b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
        ],
        &[(Client, b"GET / HTTP/1.1\r\n\r\n"), (Server, b"HTTP/1.1 204 No Content\r\n\r\n")],
        &[
            (Client, b"GET / HTTP/1.1\r\n\r\n"),
            (Server, b"HTTP/1.1 103 Early Hints\r\n\r\n"),
            (Server, CHUNKED),
        ],
        &[
            (Client, b"GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n"),
            (Server, &[CHUNKED, b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb"].concat()),
        ],
        &[(Client, REQUEST), (Server, refused)],
    ];
    for parts in cases {
        then_upgrades(parts);
    }
}

#[test]
fn section_6_3_a_body_to_the_end_of_the_connection_is_read_to_there() {
    let refused = b"HTTP/1.1 502 Bad Gateway\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x02no";
    let (_, facts) = exchange(9, &[(Client, REQUEST), (Server, refused)]);
    let [Fact::Request(_), Fact::Response(answer)] = &facts[..] else { panic!("{facts:?}") };
    assert_eq!(answer.body, Body::ToEnd);
    let (_, facts) = exchange(99, &[(Client, b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n")]);
    assert_eq!(opaque(&facts), [(Client, 37, OpaqueKind::HttpBody)]);
}

#[test]
fn section_7_1_a_gap_in_a_chunk_is_skipped_and_one_in_its_size_is_not() {
    let read = |missing: i64| {
        let mut wire = Wire::open();
        wire.send(Client, ACK, b"GET / HTTP/1.1\r\n\r\n");
        wire.send(Server, ACK, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n0123");
        wire.script.miss(Server, missing);
        for _ in 0..4 {
            wire.send(Client, ACK, b"");
        }
        let rest = [
            &b"x".repeat(96 - missing.min(96) as usize)[..],
            b"\r\n0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        ]
        .concat();
        let facts = wire.send(Server, ACK, &rest).facts;
        facts.iter().any(|fact| matches!(fact, Fact::Response(_)))
    };
    assert!(read(1) && read(96) && !read(97));
}

#[test]
fn section_9_3_6_a_2xx_to_connect_opens_a_tunnel() {
    let connect = b"CONNECT app.example:80 HTTP/1.1\r\nHost: app.example:80\r\n\r\n";
    let granted = b"HTTP/1.1 200 Connection established\r\nContent-Length: 9\r\n\r\n";
    let asked = b"HTTP/1.1 407 Proxy Authentication Required\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n?\r\n0\r\n\r\n";
    let tunnel = RelayEvent::Tunnel { target: "app.example:80".to_owned() };
    for parts in [
        &[(Client, &connect[..]), (Server, &granted[..])][..],
        &[(Client, connect), (Server, asked), (Client, connect), (Server, granted)],
    ] {
        assert_eq!(relays(&then_upgrades(parts)), [(Server, tunnel.clone())]);
    }
    let hello = b"\x16\x03\x01\x00\x03\x01\x00\x00";
    let (_, facts) = exchange(999, &[(Client, connect), (Server, granted), (Client, hello), (Server, hello)]);
    let (asked, answered) = (connect.len() as u64, granted.len() as u64);
    assert_eq!(opaque(&facts), [(Client, asked, OpaqueKind::Tls), (Server, answered, OpaqueKind::Tls)]);
}

#[test]
fn an_answer_like_that_to_connect_is_known_as_such() {
    for (line, switch) in [
        ("HTTP/1.0 200 Connection established", Switch::LikeTunnel),
        ("HTTP/1.1 200 Connection Established", Switch::LikeTunnel),
        ("HTTP/1.1 200 OK", Switch::None),
        ("HTTP/1.1 503 Connection established", Switch::None),
    ] {
        let mut wire = Wire::open();
        wire.send(Client, ACK, REQUEST);
        let step = wire.send(Server, ACK, format!("{line}\r\n\r\n").as_bytes());
        assert_eq!(response(&step).switch, switch, "{line}");
    }
}

#[test]
fn messages_of_proxies_before_http_are_read() {
    let header = |version| RelayEvent::ProxyHeader {
        version,
        ends: Some(("192.0.2.10:51000".parse().unwrap(), "198.51.100.7:443".parse().unwrap())),
    };
    let line = b"PROXY TCP4 192.0.2.10 198.51.100.7 51000 443\r\n";
    assert_eq!(relays(&then_upgrades(&[(Client, line)])), [(Client, header(1))]);
    let binary = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x0a\xc6\x33\x64\x07\xc7\x38\x01\xbb";
    assert_eq!(relays(&then_upgrades(&[(Client, binary)])), [(Client, header(2))]);

    let request = |version| RelayEvent::SocksRequest { version, target: "app.example:80".to_owned() };
    let reply = |version, code| RelayEvent::SocksReply { version, code };
    let connect = b"\x05\x01\0\x03\x0bapp.example\0\x50";
    let connected = b"\x05\0\0\x01\0\0\0\0\0\0";
    let facts = then_upgrades(&[
        (Client, b"\x05\x01\0"),
        (Server, b"\x05\0"),
        (Client, connect),
        (Server, connected),
    ]);
    assert_eq!(relays(&facts), [(Client, request(5)), (Server, reply(5, 0))]);
    let facts = then_upgrades(&[
        (Client, b"\x05\x02\0\x02"),
        (Server, b"\x05\x02"),
        (Client, b"\x01\x04user\x04word"),
        (Server, b"\x01\0"),
        (Client, connect),
        (Server, connected),
    ]);
    assert_eq!(relays(&facts), [(Client, request(5)), (Server, reply(5, 0))]);
    let facts = then_upgrades(&[
        (Client, b"\x04\x01\0\x50\0\0\0\x01\0app.example\0"),
        (Server, b"\0\x5a\0\0\0\0\0\0"),
    ]);
    assert_eq!(relays(&facts), [(Client, request(4)), (Server, reply(4, 90))]);

    let (_, facts) = exchange(99, &[(Client, b"\x05\x01\0"), (Server, b"HTTP/1.1 400 Bad Request\r\n\r\n")]);
    assert_eq!(opaque(&facts), [(Server, 0, OpaqueKind::Unknown)]);
}

#[test]
fn section_7_8_a_101_to_another_protocol_is_no_websocket() {
    let request =
        b"POST /attach HTTP/1.1\r\nUpgrade: tcp\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\n{}";
    let switched = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
    let (mut wire, facts) = exchange(999, &[(Client, request), (Server, switched)]);
    assert_eq!(opaque(&facts), []);
    let kind = OpaqueKind::Upgraded(ProtocolName::new("tcp"));
    let step = wire.send(Server, ACK, b"\x01\0\0\0");
    assert_eq!(
        (ws(&step).as_str(), opaque(&step.facts)),
        ("none", vec![(Server, switched.len() as u64, kind)])
    );
    let step = wire.send(Client, ACK, b"ls -l\n");
    assert_eq!(opaque(&step.facts), [(Client, request.len() as u64, kind)]);
    // Nor was there one before it: none of these bytes is a Close frame that came before the FIN.
    wire.send(Server, FIN_ACK, b"");
    let close = wire.end().close;
    assert_eq!(close.known_first().map(|first| (first.side, first.layer)), Some((Server, Layer::Fin)));
    assert_eq!(ProtocolName::new("a-name-of-many-bytes-é").as_str(), "a-name-of-many-b");
}

#[test]
fn drafts_are_known_by_their_headers() {
    let hixie = b"GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nOrigin: http://x\r\n\
Sec-WebSocket-Key1: 18x 6]8vM;54 *(5:  {   U1]8  z [  8\r\nSec-WebSocket-Key2: 1_ tx7X d  <  nw  334J702) 7]o}` 0\r\n\r\n";
    let challenge = [&hixie[..], b"Tm[K T2u"].concat();
    let oldest = b"GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nOrigin: http://x\r\n\r\n";
    let old = replace(REQUEST, "Version: 13", "Version: 6");
    let accepted =
        b"HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\
Sec-WebSocket-Location: ws://x/echo\r\n\r\n0123456789abcdef";
    for (request, draft) in
        [(&challenge[..], Draft::Hixie76), (oldest, Draft::Hixie75), (&old, Draft::Hybi(6))]
    {
        let (_, facts) = exchange(999, &[(Client, request), (Server, accepted), (Client, b"\0hello\xff")]);
        let [Fact::Request(asked), Fact::Response(answer), ..] = &facts[..] else { panic!("{facts:?}") };
        let upgrade = answer.upgrade.as_ref().unwrap();
        assert_eq!((asked.draft, upgrade.draft), (Some(draft), Some(draft)));
        assert_eq!(upgrade.faults.is_empty(), !matches!(draft, Draft::Hybi(_)));
        let kind = OpaqueKind::Draft(draft);
        assert_eq!(
            opaque(&facts).iter().map(|it| (it.0, it.2)).collect::<Vec<_>>(),
            [(Server, kind), (Client, kind)]
        );
    }
    // From version 7 on the frames are those of RFC 6455.
    let old = replace(REQUEST, "Version: 13", "Version: 8");
    let (_, facts) = exchange(999, &[(Client, &old), (Server, RESPONSE), (Client, &text(Client, "hello"))]);
    assert_eq!((opaque(&facts), frames(&facts).len()), (vec![], 1));
    // A refusal of the draft is an answer like any other, and the challenge is no request.
    let refused = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    then_upgrades(&[(Client, &challenge), (Server, refused)]);
    // RFC 6455 without an answer of its own.
    let (_, facts) = exchange(999, &[(Client, REQUEST)]);
    let [Fact::Request(asked)] = &facts[..] else { panic!("{facts:?}") };
    assert_eq!(asked.draft, None);
}

#[test]
fn heads_beyond_a_limit_say_which() {
    let long = [b"GET / HTTP/1.1\r\nA: ".as_slice(), &b"a".repeat(70_000)].concat();
    let lines = [b"GET / HTTP/1.1\r\n".as_slice(), &b"A: b\r\n".repeat(2000)].concat();
    let empty = b"\r\n".repeat(50_000);
    for (bytes, limit) in
        [(&long, HeadLimit::Length), (&lines, HeadLimit::Lines), (&empty, HeadLimit::EmptyLines)]
    {
        let (mut wire, facts) = exchange(1000, &[(Client, bytes)]);
        assert_eq!(opaque(&facts), [(Client, 0, OpaqueKind::LongHead(limit))]);
        let unread = wire.end().close.unread(Client).map(|unread| (unread.offset, unread.reason));
        assert_eq!(unread, Some((0, UnreadReason::LongHead)), "a limit, not a lack of memory");
    }
    then_upgrades(&[(Client, &b"\r\n".repeat(100))]);
    // They end, and are beyond the limit all the same, however they are cut.
    let end = b"\r\n\r\n".as_slice();
    let empty = [&b"\r\n".repeat(33_000), REQUEST].concat();
    for (bytes, limit) in [
        ([&long, end].concat(), HeadLimit::Length),
        ([&lines, end].concat(), HeadLimit::Lines),
        (empty, HeadLimit::EmptyLines),
    ] {
        for size in [1000, 1460, 32_768, 65_483] {
            let (_, facts) = exchange(size, &[(Client, &bytes)]);
            assert_eq!(opaque(&facts), [(Client, 0, OpaqueKind::LongHead(limit))], "in pieces of {size} B");
        }
    }
    // At the limit it is read.
    let head = |more: usize| {
        let (begin, end) = REQUEST.split_at(REQUEST.len() - 2);
        let name = "Cookie: ";
        let filler = "a".repeat((64 << 10) + more - REQUEST.len() - name.len() - 2);
        [begin, name.as_bytes(), filler.as_bytes(), b"\r\n", end].concat()
    };
    assert_eq!(opaque(&exchange(65_483, &[(Client, &head(0))]).1), []);
    assert_eq!(opaque(&exchange(65_483, &[(Client, &head(1))]).1).len(), 1);
}
