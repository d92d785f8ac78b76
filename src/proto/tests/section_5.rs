//! RFC 6455 section 5: framing.

use super::*;
use crate::proto::{Kind, SendError};
use Fin::{Final, More};

#[test]
fn section_5_1_an_unmasked_client_frame_fails() {
    let mut server = server();
    assert_eq!(receive_all(&mut server, &[0x81, 0x01, b'a']), [Seen::Failed(1002)]);
    let (out, eof) = transmit_all(&mut server);
    assert_eq!(&out[..4], [0x88, out[1], 0x03, 0xEA]);
    assert!(eof, "after a failure we end our side");
    assert_eq!(receive_all(&mut server, &text("ignored")), []);
}

#[test]
fn section_5_1_a_masked_server_frame_fails() {
    let (mut client, _) = pair(Config::default());
    assert_eq!(receive_all(&mut client, &text("masked")), [Seen::Failed(1002)]);
}

#[test]
fn section_5_4_fragments_with_a_ping_in_between() {
    let mut server = server();
    let bytes = [
        frame(More, Opcode::TEXT, b"frag"),
        frame(Final, Opcode::PING, b"?"),
        frame(More, Opcode::CONTINUATION, b""),
        frame(Final, Opcode::CONTINUATION, b"mented"),
    ];
    let expected = [Seen::Ping(b"?".to_vec()), Seen::Text("fragmented".into())];
    assert_eq!(receive_all(&mut server, &bytes.concat()), expected);
    assert_eq!(transmit_all(&mut server), (vec![0x8A, 0x01, b'?'], false));
    assert_eq!(server.held(), 0);
}

#[test]
fn section_5_4_fragments_out_of_order_fail() {
    assert_eq!(receive_all(&mut server(), &frame(Final, Opcode::CONTINUATION, b"x")), [Seen::Failed(1002)]);
    let bytes = [frame(More, Opcode::TEXT, b"a"), frame(Final, Opcode::BINARY, b"b")];
    assert_eq!(receive_all(&mut server(), &bytes.concat()), [Seen::Failed(1002)]);
}

#[test]
fn section_5_4_fragments_are_sent_as_they_are_received() {
    let (mut client, mut server) = pair(Config::default());
    server.send_fragment(Kind::Text, b"a", More).unwrap();
    assert_eq!(server.send_text("other"), Err(SendError::MessageUnfinished));
    assert_eq!(server.send_fragment(Kind::Binary, b"", Final), Err(SendError::MessageUnfinished));
    server.ping(b"in between").unwrap();
    server.send_fragment(Kind::Text, b"b", Final).unwrap();
    server.send_text("c").unwrap();
    let (bytes, _) = transmit_all(&mut server);
    let expected = [Seen::Ping(b"in between".to_vec()), Seen::Text("ab".into()), Seen::Text("c".into())];
    assert_eq!(receive_all(&mut client, &bytes), expected);
}

#[test]
fn section_5_5_control_frames_hold_125_bytes() {
    let mut server = server();
    assert_eq!(server.ping(&[0; 126]), Err(SendError::LongControl));
    assert_eq!(server.ping(&[0; 125]), Ok(()));
}

#[test]
fn section_5_5_2_a_read_of_many_frames_is_answered_by_one_write() {
    let mut server = server();
    let pings: Vec<u8> = (0..10).flat_map(|i| frame(Final, Opcode::PING, &[i])).collect();
    assert_eq!(receive_all(&mut server, &pings).len(), 10);
    match server.poll_transmit() {
        Some(Transmit::Bytes(bytes)) => assert_eq!(bytes.len(), 30),
        other => panic!("{other:?}"),
    }
}

#[test]
fn section_5_6_a_whole_message_is_not_copied() {
    let mut server = server();
    let mut bytes = frame(Final, Opcode::BINARY, &[5; 1000]);
    let range = bytes.as_ptr_range();
    let mut input = Input::new(&mut bytes);
    let Some(Event::Message(message)) = server.receive(&mut input, NOW) else { panic!("a message") };
    assert!(range.contains(&message.payload.as_ptr()));
    assert_eq!(*message.payload, [5; 1000]);
}

#[test]
fn section_10_4_limits() {
    let limits = Limits { message: 10, fragments: Some(3), empty_fragments: Some(1), ..Limits::default() };
    let fragment = |payload: &[u8]| frame(More, Opcode::CONTINUATION, payload);
    let begin = frame(More, Opcode::BINARY, b"1");
    let check = |bytes: Vec<u8>| receive_all(&mut server_with(limits), &bytes);
    assert_eq!(check(frame(Final, Opcode::TEXT, b"0123456789")), [Seen::Text("0123456789".into())]);
    assert_eq!(check(frame(Final, Opcode::TEXT, b"0123456789a")), [Seen::Failed(1009)]);
    assert_eq!(check([begin.clone(), fragment(b"0123456789")].concat()), [Seen::Failed(1009)]);
    assert_eq!(check([&begin[..], &fragment(b"2").repeat(3)].concat()), [Seen::Failed(1008)]);
    assert_eq!(check([&begin[..], &fragment(b"").repeat(2)].concat()), [Seen::Failed(1008)]);
    // The header alone is enough, and nothing is set aside for what it promises.
    let mut server = server_with(limits);
    assert_eq!(
        receive_all(&mut server, &[0x82, 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4]),
        [Seen::Failed(1009)]
    );
    let mut server = super::server();
    assert_eq!(receive_all(&mut server, &[0x82, 0xFF, 0, 0, 0, 0, 0, 0xFF, 0, 0, 1, 2, 3, 4, 0]), []);
    assert!(server.held() < 64, "{}", server.held());
}

#[test]
fn section_5_2_a_frame_written_in_part_goes_on_where_it_was() {
    let payload: Vec<u8> = (0..200).collect();
    let mut plain = server();
    plain.send(Kind::Binary, &payload).unwrap();
    let expected = transmit_all(&mut plain).0;
    for taken in 0..=expected.len() {
        let mut server = server();
        let mut went = Vec::new();
        let write = |header: &[u8], payload: &[u8]| {
            went = [header, payload].concat();
            went.truncate(taken);
            taken
        };
        server.send_through(Kind::Binary, &payload, write).unwrap();
        went.extend(transmit_all(&mut server).0);
        assert_eq!(went, expected, "{taken}");
    }
    // Behind what waits it waits too, and a client's is masked, so it is copied.
    let not_called = |_: &[u8], _: &[u8]| panic!("not to be called");
    let (mut client, mut server) = pair(Config::default());
    server.send(Kind::Text, b"first").unwrap();
    server.send_through(Kind::Binary, &payload, not_called).unwrap();
    assert_eq!(
        receive_all(&mut client, &transmit_all(&mut server).0),
        [Seen::Text("first".into()), Seen::Binary(payload.clone())]
    );
    client.send_through(Kind::Binary, &payload, not_called).unwrap();
    assert_eq!(receive_all(&mut server, &transmit_all(&mut client).0), [Seen::Binary(payload.clone())]);
    server.close(&crate::wire::ws::CloseFrame::new(crate::wire::ws::CloseCode::NORMAL, ""), NOW);
    assert_eq!(server.send_through(Kind::Binary, &payload, not_called), Err(SendError::Closing));
}
