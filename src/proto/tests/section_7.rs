//! RFC 6455 section 7: closing.

use super::*;
use crate::proto::{CloseRecord, EndCause, SendError};
use crate::wire::Side;
use crate::wire::ws::{CloseCode, CloseFrame, ReadyState};

fn bye(code: u16) -> CloseFrame {
    CloseFrame::new(CloseCode(code), "bye")
}

#[test]
fn section_7_1_2_the_client_closes_and_the_server_ends_tcp_first() {
    let (mut client, mut server) = pair(Config::default());
    client.close(&bye(4321), NOW);
    assert_eq!(client.ready_state(), ReadyState::Closing);
    assert_eq!(client.send_text("late"), Err(SendError::Closing));
    let (bytes, eof) = transmit_all(&mut client);
    assert!(!eof);
    assert_eq!(receive_all(&mut server, &bytes), [Seen::Close(4321, "bye".into())]);
    let (bytes, eof) = transmit_all(&mut server);
    assert!(eof, "RFC 6455 §7.1.1: the server closes TCP first");
    assert_eq!(bytes, [0x88, 0x02, 0x10, 0xE1]);
    assert_eq!(receive_all(&mut client, &bytes), [Seen::Close(4321, String::new())]);
    assert_eq!(transmit_all(&mut client), (vec![], false), "the client waits for the server's FIN");
    client.receive_eof();
    server.receive_eof();
    for (end, sent, received) in [(&client, "bye", ""), (&server, "", "bye")] {
        assert_eq!(end.ready_state(), ReadyState::Closed);
        let record = end.close_record().unwrap();
        assert!(record.is_clean());
        assert_eq!(record.first, Side::Client);
        assert_eq!(record.reported_code(), CloseCode(4321));
        assert_eq!(record.sent.as_ref().unwrap().reason(), sent);
        assert_eq!(record.received.as_ref().unwrap().reason(), received);
    }
}

#[test]
fn section_7_1_5_a_close_without_a_code_is_answered_without_one() {
    let (mut client, mut server) = pair(Config::default());
    client.close(&CloseFrame::empty(), NOW);
    let bytes = transmit_all(&mut client).0;
    assert_eq!(receive_all(&mut server, &bytes), [Seen::Close(1005, String::new())]);
    assert_eq!(transmit_all(&mut server), (vec![0x88, 0x00], true));
}

#[test]
fn section_7_1_4_closes_that_cross() {
    let (mut client, mut server) = pair(Config::default());
    client.close(&bye(4001), NOW);
    server.close(&bye(4002), NOW);
    let (from_client, from_server) = (transmit_all(&mut client).0, transmit_all(&mut server).0);
    assert_eq!(receive_all(&mut server, &from_client), [Seen::Close(4001, "bye".into())]);
    assert_eq!(receive_all(&mut client, &from_server), [Seen::Close(4002, "bye".into())]);
    assert_eq!(transmit_all(&mut server), (vec![], true), "answered already");
    assert_eq!(server.close_record().unwrap().first, Side::Server);
    assert_eq!(client.close_record().unwrap().first, Side::Client);
}

#[test]
fn section_5_5_1_what_comes_after_a_close() {
    let (mut client, mut server) = pair(Config::default());
    server.close(&bye(1001), NOW);
    client.send_text("crossing").unwrap();
    client.ping(b"?").unwrap();
    let bytes = transmit_all(&mut client).0;
    transmit_all(&mut server);
    assert_eq!(receive_all(&mut server, &bytes), [Seen::Text("crossing".into()), Seen::Ping(b"?".to_vec())]);
    assert_eq!(transmit_all(&mut server), (vec![], false), "no Pong after our Close");
    let close = frame(Fin::Final, Opcode::CLOSE, &[0x03, 0xE8]);
    assert_eq!(
        receive_all(&mut server, &[close, text("never")].concat()),
        [Seen::Close(1000, String::new())]
    );
}

#[test]
fn section_7_4_closes_that_are_wrong() {
    let close = |body: &[u8]| receive_all(&mut server(), &frame(Fin::Final, Opcode::CLOSE, body));
    assert_eq!(close(&[0x03]), [Seen::Failed(1002)]);
    for code in [0, 999, 1004, 1005, 1006, 1015, 5000] {
        assert_eq!(close(&u16::to_be_bytes(code)), [Seen::Failed(1002)], "{code}");
    }
    assert_eq!(close(&[0x03, 0xE8, 0xC0, 0x80]), [Seen::Failed(1007)]);
}

#[test]
fn section_7_1_5_tcp_ends_without_a_close() {
    let mut server = server();
    server.receive_eof();
    let expected = CloseRecord {
        first: Side::Client,
        sent: None,
        received: None,
        cause: Some(EndCause::TransportEnded),
    };
    assert_eq!(server.close_record(), Some(&expected));
    assert_eq!(expected.reported_code(), CloseCode::ABNORMAL);
    assert!(!expected.is_clean());
}
