//! Timers as values: keep-alive, the closing handshake, slow messages, rates.

use super::*;
use crate::proto::{EndCause, Rate, Timers};
use crate::wire::ws::{CloseCode, CloseFrame, ReadyState};

const SECOND: Duration = Duration::from_secs(1);

fn timed(limits: Limits) -> Connection {
    let timers =
        Timers { ping_interval: Some(20 * SECOND), ping_timeout: 10 * SECOND, close_timeout: 5 * SECOND };
    pair(Config { limits, timers }).1
}

fn give_at(connection: &mut Connection, bytes: &[u8], now: Duration) -> Vec<Seen> {
    let mut bytes = bytes.to_vec();
    let mut input = Input::new(&mut bytes);
    std::iter::from_fn(|| connection.receive(&mut input, now).map(Seen::from)).collect()
}

#[test]
fn section_5_5_2_a_silent_peer_is_pinged_and_then_given_up() {
    let mut server = timed(Limits::default());
    assert_eq!(server.poll_timeout(), Some(NOW + 20 * SECOND));
    server.handle_timeout(NOW + 19 * SECOND);
    assert!(transmit_all(&mut server).0.is_empty());
    server.handle_timeout(NOW + 20 * SECOND);
    assert_eq!(transmit_all(&mut server).0, [0x89, 0x00]);
    assert_eq!(server.poll_timeout(), Some(NOW + 30 * SECOND));
    server.handle_timeout(NOW + 30 * SECOND);
    assert_eq!(server.ready_state(), ReadyState::Closed);
    assert_eq!(server.close_record().unwrap().cause, Some(EndCause::PingTimeout));
    assert_eq!(server.poll_timeout(), None);
}

#[test]
fn section_5_5_3_anything_that_comes_is_a_sign_of_life() {
    let mut server = timed(Limits::default());
    server.handle_timeout(NOW + 20 * SECOND);
    transmit_all(&mut server);
    give_at(&mut server, &frame(Fin::Final, Opcode::PONG, b""), NOW + 21 * SECOND);
    assert_eq!(server.poll_timeout(), Some(NOW + 41 * SECOND));
}

#[test]
fn section_5_5_2_a_peer_that_is_still_being_written_to_is_not_given_up() {
    let mut server = timed(Limits::default());
    server.send_text("as slow as the peer reads").unwrap();
    assert_eq!(server.poll_timeout(), None);
    server.handle_timeout(NOW + 100 * SECOND);
    assert_eq!((transmit_all(&mut server).0.len(), server.ready_state()), (27, ReadyState::Open));
    // Now a Ping is due, and it has all its time.
    server.handle_timeout(NOW + 101 * SECOND);
    assert_eq!(transmit_all(&mut server).0, [0x89, 0x00]);
    assert_eq!(server.poll_timeout(), Some(NOW + 111 * SECOND));
}

#[test]
fn section_7_1_1_an_unanswered_close_is_waited_for_so_long() {
    let mut server = timed(Limits::default());
    server.close(&CloseFrame::new(CloseCode::GOING_AWAY, ""), NOW);
    assert_eq!(server.poll_timeout(), Some(NOW + 5 * SECOND));
    server.handle_timeout(NOW + 5 * SECOND);
    assert_eq!(server.close_record().unwrap().cause, Some(EndCause::CloseTimeout));
}

#[test]
fn section_10_4_a_message_must_end_in_time() {
    let mut server = timed(Limits { message_time: Some(3 * SECOND), ..Limits::default() });
    give_at(&mut server, &frame(Fin::More, Opcode::TEXT, b"slow"), NOW);
    assert_eq!(server.poll_timeout(), Some(NOW + 3 * SECOND));
    server.handle_timeout(NOW + 3 * SECOND);
    assert_eq!(server.close_record().unwrap().sent.as_ref().unwrap().code(), CloseCode::POLICY_VIOLATION);
}

#[test]
fn section_7_4_1_rates_are_kept() {
    let rate = Some(Rate { per_second: 10, burst: 20 });
    for (limits, bytes) in [
        (Limits { pings: rate, ..Limits::default() }, frame(Fin::Final, Opcode::PING, b"")),
        (Limits { messages: rate, ..Limits::default() }, text("x")),
    ] {
        let mut server = timed(limits);
        assert_eq!(give_at(&mut server, &bytes.repeat(20), NOW).len(), 20);
        assert_eq!(give_at(&mut server, &bytes.repeat(10), NOW + SECOND).len(), 10);
        assert_eq!(give_at(&mut server, &bytes, NOW + SECOND), [Seen::Failed(1008)]);
    }
}
