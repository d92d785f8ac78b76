//! RFC 6455: heads, frames and messages, right and wrong.

use super::*;
use crate::wire::http::Status;

/// Facts from a client's bytes after the opening.
fn client_says(bytes: &[u8]) -> Vec<Fact> {
    Wire::websocket().send(Client, ACK, bytes).facts
}

/// A request and its answer: what was seen of both.
fn upgrade(request: &[u8], response: &[u8]) -> (Observation, Observation) {
    let mut wire = Wire::open();
    (wire.send(Client, ACK, request), wire.send(Server, ACK, response))
}

pub(super) fn response(step: &Observation) -> &Response {
    let found =
        step.facts.iter().find_map(|fact| if let Fact::Response(one) = fact { Some(one) } else { None });
    found.unwrap_or_else(|| panic!("{:?}", step.facts))
}

pub(super) fn replace(head: &[u8], from: &str, to: &str) -> Vec<u8> {
    let head = std::str::from_utf8(head).unwrap();
    assert!(head.contains(from), "{from}");
    head.replace(from, to).into_bytes()
}

#[test]
fn section_4_the_opening_handshake() {
    let (asked, answered) = upgrade(REQUEST, RESPONSE);
    assert_eq!(ws(&asked), "CONNECTING CONNECTING");
    let [Fact::Request(request)] = &asked.facts[..] else { panic!("{:?}", asked.facts) };
    assert_eq!(
        (request.method.as_str(), request.target.as_str(), request.version.as_str()),
        ("GET", "/echo", "HTTP/1.1")
    );
    assert_eq!(request.head.packets.iter().collect::<Vec<_>>(), [4]);
    assert_eq!((request.head.offset, request.head.length), (0, REQUEST.len() as u64));
    assert_eq!(request.head.lines[0], ("Host".to_owned(), b"x".to_vec()));
    assert_eq!((request.kind, request.head.refused), (RequestKind::WebSocket, None));
    assert_eq!(request.key, Some(("dGhlIHNhbXBsZSBub25jZQ==".to_owned(), Ok(()))));
    assert_eq!(ws(&answered), "OPEN OPEN");
    let response = response(&answered);
    assert_eq!(
        (response.status, response.phrase.as_str()),
        (Status::SWITCHING_PROTOCOLS, "Switching Protocols")
    );
    let upgrade = response.upgrade.as_ref().unwrap();
    assert!(upgrade.accept_ok());
    assert_eq!((upgrade.faults.len(), upgrade.subprotocol.as_ref(), upgrade.extensions.len()), (0, None, 0));
}

#[test]
fn section_4_1_faults_of_a_101() {
    let chat = replace(REQUEST, "Host: x\r\n", "Host: x\r\nSec-WebSocket-Protocol: chat\r\n");
    let accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
    for (from, to, fault) in [
        ("Upgrade: websocket\r\n", "", Fault::NoUpgrade),
        ("Connection: Upgrade\r\n", "", Fault::NoConnectionUpgrade),
        (accept, "", Fault::NoAccept),
        ("s3p", "S3P", Fault::WrongAccept),
        (accept, &format!("{accept}{accept}"), Fault::WrongAccept),
        (accept, &format!("{accept}Sec-WebSocket-Protocol: other\r\n"), Fault::Subprotocol),
        (accept, &format!("{accept}Sec-WebSocket-Protocol: \r\n"), Fault::Subprotocol),
        (accept, &format!("{accept}Sec-WebSocket-Extensions: permessage-deflate\r\n"), Fault::Extension),
    ] {
        let (_, answered) = upgrade(&chat, &replace(RESPONSE, from, to));
        assert_eq!(response(&answered).upgrade.as_ref().unwrap().faults, [fault]);
        assert_eq!(ws(&answered), "CONNECTING OPEN", "the client must not take it: {fault:?}");
    }
    let (_, fine) =
        upgrade(&chat, &replace(RESPONSE, accept, &format!("{accept}Sec-WebSocket-Protocol: chat\r\n")));
    assert_eq!(response(&fine).upgrade.as_ref().unwrap().subprotocol.as_deref(), Some("chat"));
}

#[test]
fn section_4_1_a_client_that_takes_a_wrong_101_is_open_by_inference() {
    let mut wire = Wire::open();
    wire.send(Client, ACK, REQUEST);
    wire.send(Server, ACK, &replace(RESPONSE, "s3p", "S3P"));
    assert_eq!(ws(&wire.send(Client, ACK, &text(Client, "anyway"))), "OPEN? OPEN");
}

#[test]
fn section_4_2_2_refused_and_tried_again() {
    let mut wire = Wire::open();
    wire.send(Client, ACK, REQUEST);
    let refused = wire.send(Server, ACK, b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\n\r\nno.\n");
    assert_eq!((ws(&refused).as_str(), response(&refused).status), ("CLOSED CLOSED", Status::UNAUTHORIZED));
    assert_eq!(ws(&wire.send(Client, ACK, REQUEST)), "CONNECTING CONNECTING");
    assert_eq!(ws(&wire.send(Server, ACK, RESPONSE)), "OPEN OPEN");
}

#[test]
fn plain_http_is_no_websocket() {
    let mut wire = Wire::open();
    let get = wire.send(Client, ACK, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(ws(&get), "none");
    let page = wire.send(Server, ACK, b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789");
    assert_eq!(response(&page).upgrade, None);
    // The same connection is upgraded then.
    wire.send(Client, ACK, REQUEST);
    assert_eq!(ws(&wire.send(Server, ACK, RESPONSE)), "OPEN OPEN");
}

#[test]
fn heads_that_the_strict_parser_refuses_are_read_with_the_reason() {
    let request = replace(REQUEST, "\r\n", "\n");
    let (asked, answered) = upgrade(&request, &replace(RESPONSE, "HTTP/1.1 101 ", "HTTP/1.1 101\t"));
    let [Fact::Request(request)] = &asked.facts[..] else { panic!("{:?}", asked.facts) };
    assert_eq!((request.target.as_str(), request.kind), ("/echo", RequestKind::WebSocket));
    assert!(request.head.refused.is_some());
    assert!(response(&answered).head.refused.is_some());
    let lost = replace(REQUEST, "Upgrade: websocket\r\n", "no colon here\r\n");
    let (asked, _) = upgrade(&lost, RESPONSE);
    let [Fact::Request(request)] = &asked.facts[..] else { panic!("{:?}", asked.facts) };
    assert_eq!(request.kind, RequestKind::WebSocketWithoutUpgrade, "a proxy may have dropped it");
    assert_eq!(request.head.lines[1].0, "");
}

#[test]
fn bytes_of_other_protocols_are_opaque() {
    for (bytes, kind) in [
        (&b"\x16\x03\x01\x02\x00\x01\x00"[..], OpaqueKind::Tls),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", OpaqueKind::Http2),
        (b"\x00\x01\x02", OpaqueKind::Unknown),
        (b"HTTP/1.1 200 OK\r\n\r\n", OpaqueKind::Unknown),
        (b"EHLO example.org\r\n\r\n", OpaqueKind::Unknown),
        (&b"A".repeat(70_000), OpaqueKind::Unknown),
    ] {
        let mut wire = Wire::open();
        let mut facts = Vec::new();
        for part in bytes.chunks(1000) {
            facts.extend(wire.send(Client, ACK, part).facts);
        }
        assert_eq!(facts, [Fact::Opaque(Opaque { from: Client, offset: 0, packet: 4, kind })]);
    }
    let mut wire = Wire::open();
    let long = [b"GET / HTTP/1.1\r\nA: ".as_slice(), &b"a".repeat(70_000)].concat();
    let facts: Vec<_> = long.chunks(1000).flat_map(|part| wire.send(Client, ACK, part).facts).collect();
    assert!(
        matches!(facts[..], [Fact::Opaque(Opaque { kind: OpaqueKind::LongHead(HeadLimit::Length), .. })]),
        "{facts:?}"
    );
}

#[test]
fn frames_in_the_segment_of_the_101_or_before_it_are_read() {
    let mut wire = Wire::open();
    wire.send(Client, ACK, &[REQUEST, &text(Client, "ea")[..3]].concat());
    wire.send(Client, ACK, &text(Client, "ea")[3..]);
    let answered = wire.send(Server, ACK, &[RESPONSE, &text(Server, "hello")].concat());
    let seen: Vec<_> = frames(&answered.facts)
        .iter()
        .map(|one| (one.from, one.packets.iter().collect::<Vec<_>>()))
        .collect();
    assert_eq!(seen, [(Server, vec![6]), (Client, vec![4, 5])]);
}

#[test]
fn section_5_2_a_frame_has_offsets_and_packets() {
    let mut wire = Wire::websocket();
    let data = [text(Client, "first"), text(Client, "Hello")].concat();
    let begin = wire.script.next.client as u64 - 1;
    wire.send(Client, ACK, &data[..14]);
    let step = wire.send(Client, ACK, &data[14..]);
    let [one] = frames(&step.facts)[..] else { panic!("{:?}", step.facts) };
    assert_eq!((one.index, one.from, one.part), (1, Client, Part::Whole));
    assert_eq!((one.offset, one.packet_offset, one.header_len), (begin + 11, 11, 6));
    assert_eq!(one.packets.iter().collect::<Vec<_>>(), [6, 7]);
    assert_eq!(one.header.mask().unwrap().to_string(), "37fa213d");
    assert_eq!((one.preview.to_string().as_str(), one.missing, one.end), ("Hello", 0, FrameEnd::Reached));
    // sha256sum of Hello
    let expected = "185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969";
    let hex = |hash: [u8; 32]| hash.map(|byte| format!("{byte:02x}")).concat();
    assert_eq!(hex(one.payload_sha256.unwrap()), expected);
    let [message] = messages(&step.facts)[..] else { panic!("{:?}", step.facts) };
    assert_eq!(hex(message.sha256.unwrap()), expected);
    assert_eq!((message.index, message.kind, message.text, message.length), (1, Opcode::TEXT, Text::Utf8, 5));
    assert_eq!(message.frames.iter().collect::<Vec<_>>(), [1]);
}

#[test]
fn section_5_invalid_frames_are_read() {
    let header = |bytes: &[u8]| {
        let facts = client_says(&[bytes, &text(Client, "after")].concat());
        let all = frames(&facts);
        assert_eq!(all.len(), 2, "{facts:?}");
        assert_eq!(all[1].preview.to_string(), "after");
        all[0].header
    };
    assert_eq!(header(b"\xF1\x80\0\0\0\0").rsv(), 7, "RSV");
    assert_eq!(header(b"\xC1\x80\0\0\0\0").rsv(), 4, "RSV1 without an extension");
    assert_eq!(header(b"\x83\x80\0\0\0\0").opcode().bits(), 3, "a reserved opcode");
    assert!(!header(b"\x09\x80\0\0\0\0").fin(), "a fragmented Ping");
    assert!(!header(b"\x82\xFE\x00\x01\0\0\0\0x").is_minimal());
    let long = [&b"\x89\xFE\x00\xC8\0\0\0\0"[..], &[0; 200]].concat();
    assert_eq!(header(&long).length(), 200, "a long Ping");
}

#[test]
fn section_5_1_wrong_masking_is_read() {
    let mut wire = Wire::websocket();
    let step = wire.send(Client, ACK, &[text(Server, "one"), text(Server, "two")].concat());
    assert_eq!(frames(&step.facts).iter().map(|one| one.header.mask()).collect::<Vec<_>>(), [None, None]);
    let step = wire.send(Server, ACK, &[text(Client, "three"), text(Client, "four")].concat());
    assert_eq!(messages(&step.facts)[1].preview.to_string(), "four");
}

#[test]
fn bytes_that_cannot_be_a_header_lose_sync() {
    for (garbage, reason) in [
        (&b"HTTP/1.1 400 Bad Request\r\n"[..], LostSyncReason::Http),
        (b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", LostSyncReason::Impossible),
        (b"\x7B\x22a\x22:1}", LostSyncReason::Impossible),
    ] {
        let mut wire = Wire::websocket();
        let begin = wire.script.next.client as u64 - 1;
        let step =
            wire.send(Client, ACK, &[&text(Client, "fine")[..], garbage, &text(Client, "lost")].concat());
        assert_eq!(frames(&step.facts).len(), 1);
        let Some(Fact::LostSync(lost)) = step.facts.last() else { panic!("{:?}", step.facts) };
        assert_eq!(
            (lost.reason, lost.offset, lost.after_frame, lost.packet),
            (reason, begin + 10, Some(0), 6)
        );
        let shown = &lost.bytes[..usize::from(lost.bytes_len)];
        assert!(shown.starts_with(&garbage[..garbage.len().min(4)]), "{shown:?}");
        assert_eq!(wire.send(Client, ACK, &text(Client, "lost")).facts, []);
        assert_eq!(frames(&wire.send(Server, ACK, &text(Server, "heard")).facts).len(), 1);
    }
}

#[test]
fn section_5_4_control_frames_between_fragments() {
    let data = [
        frame(Client, Fin::More, Opcode::TEXT, "gr\u{fc}".as_bytes().split_last().unwrap().1),
        frame(Client, Fin::Final, Opcode::PING, b"?"),
        frame(Client, Fin::More, Opcode::CONTINUATION, b"\xBC\xC3"),
        frame(Client, Fin::Final, Opcode::CONTINUATION, b"\x9F"),
    ]
    .concat();
    let facts = client_says(&data);
    let parts: Vec<_> = frames(&facts).iter().map(|one| one.part).collect();
    assert_eq!(parts, [Part::First, Part::Control, Part::Middle, Part::Last]);
    let [message] = messages(&facts)[..] else { panic!("{facts:?}") };
    assert_eq!(message.frames.iter().collect::<Vec<_>>(), [0, 2, 3]);
    assert_eq!((message.preview.to_string().as_str(), message.text, message.length), ("grüß", Text::Utf8, 6));
    assert_eq!(message.sha256, client_hash("grüß".as_bytes()));
}

fn client_hash(payload: &[u8]) -> Option<[u8; 32]> {
    messages(&client_says(&frame(Client, Fin::Final, Opcode::BINARY, payload)))[0].sha256
}

#[test]
fn section_5_4_fragments_out_of_order() {
    let facts = client_says(&frame(Client, Fin::Final, Opcode::CONTINUATION, b"of nothing"));
    assert_eq!((frames(&facts)[0].part, messages(&facts).len()), (Part::Orphan, 0));
    let data = [frame(Client, Fin::More, Opcode::TEXT, b"one"), text(Client, "two")].concat();
    let facts = client_says(&data);
    assert_eq!(frames(&facts)[1].part, Part::Interrupting);
    let seen: Vec<_> = messages(&facts).iter().map(|one| (one.preview.to_string(), one.end)).collect();
    assert_eq!(seen, [("one".to_owned(), MessageEnd::Interrupted), ("two".to_owned(), MessageEnd::Final)]);
}

#[test]
fn section_8_1_text_that_is_not_utf_8() {
    let judged = |data: &[u8]| messages(&client_says(data))[0].text;
    let bad = frame(Client, Fin::Final, Opcode::TEXT, b"abc\xFF");
    assert_eq!(judged(&bad), Text::NotUtf8 { frame: 0, offset: 3 });
    let first = frame(Client, Fin::More, Opcode::TEXT, b"abc");
    let second = frame(Client, Fin::Final, Opcode::CONTINUATION, b"d\xC3");
    assert_eq!(judged(&[first.clone(), second].concat()), Text::NotUtf8 { frame: 1, offset: 4 }, "cut");
    let third = frame(Client, Fin::Final, Opcode::CONTINUATION, b"\x80");
    assert_eq!(judged(&[first, third].concat()), Text::NotUtf8 { frame: 1, offset: 3 });
    assert_eq!(judged(&frame(Client, Fin::Final, Opcode::BINARY, b"\xFF")), Text::NotJudged);
}

#[test]
fn section_7_1_3_closing_starts_with_the_first_byte_at_the_sender_and_with_the_last_at_the_receiver() {
    let mut wire = Wire::websocket();
    let close = close(Client, 1000);
    assert_eq!(ws(&wire.send(Client, ACK, &close[..5])), "OPEN OPEN", "the header is not whole");
    assert_eq!(ws(&wire.send(Client, ACK, &close[5..6])), "CLOSING OPEN");
    assert_eq!(ws(&wire.send(Client, ACK, &close[6..])), "CLOSING CLOSING");
}

#[test]
fn an_open_frame_and_message_are_emitted_when_the_stream_ends() {
    let mut wire = Wire::websocket();
    wire.send(Client, ACK, &frame(Client, Fin::More, Opcode::TEXT, b"one"));
    wire.send(Server, ACK, &text(Server, "Hello")[..4]);
    let ended = wire.end();
    let [one] = frames(&ended.facts)[..] else { panic!("{:?}", ended.facts) };
    assert_eq!((one.from, one.end, one.missing, one.payload_sha256), (Server, FrameEnd::NotReached, 3, None));
    let seen: Vec<_> = messages(&ended.facts).iter().map(|one| (one.from, one.end, one.missing)).collect();
    assert_eq!(seen, [(Client, MessageEnd::NotReached, 0), (Server, MessageEnd::NotReached, 3)]);
}

#[test]
fn the_open_frame_of_the_other_side_is_emitted_with_a_close_frame() {
    let mut wire = Wire::websocket();
    wire.send(Client, ACK, &frame(Client, Fin::Final, Opcode::BINARY, &[7; 500])[..100]);
    let step = wire.send(Server, ACK, &close(Server, 1009));
    let Some(Fact::OpenFrame(open)) = step.facts.first() else { panic!("{:?}", step.facts) };
    assert_eq!((open.from, open.header.length(), open.missing), (Client, 500, 408));
    let ended = wire.end();
    assert_eq!(frames(&ended.facts)[0].index, open.index, "the next one to end");
    assert!(!matches!(client_says(&text(Client, "whole"))[0], Fact::OpenFrame(_)));
}

#[test]
fn a_preview_has_a_whole_close_frame() {
    let body = [&1000u16.to_be_bytes()[..], &[b'r'; 123]].concat();
    let facts = client_says(&frame(Client, Fin::Final, Opcode::CLOSE, &body));
    let close = frames(&facts)[0].close().unwrap().unwrap();
    assert_eq!((close.code().0, close.reason().len()), (1000, 123));
    assert_eq!(frames(&client_says(&text(Client, "no close")))[0].close(), None);
}
