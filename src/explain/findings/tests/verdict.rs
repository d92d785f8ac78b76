//! Verdicts: the cause only along the chain, and each link of it.

use super::bytes::{render, request, response};
use super::conversation::{Conversation, Cut};
use crate::explain::findings::{Cause, Verdict};
use crate::explain::text::Language;
use crate::observe::{Flags, Layer};
use crate::testing::frame;
use crate::wire::Side::{Client, Server};

const PROTOCOL_ERROR: &[u8] = &[3, 0xEA];
const NORMAL: &[u8] = &[3, 0xE8];
const INTERNAL: &[u8] = &[3, 0xF3];

/// The id of the cause, or why there is none.
fn cause(verdict: &Verdict) -> &'static str {
    match &verdict.cause {
        Cause::InOrder => "in order",
        Cause::Finding(finding) => finding.id(),
        Cause::NotInOrder => "not in order",
        Cause::Unfinished => "unfinished",
        Cause::Unknown => "unknown",
        Cause::NotRead => "not read",
    }
}

#[track_caller]
fn assert_cause(conversation: &Conversation, expected: &str) {
    let found = conversation.play(Cut::Whole);
    let verdict = conversation.verdict();
    assert_eq!(verdict.as_ref().map(cause), Some(expected), "{verdict:#?} {}", render(&found));
    let Some(verdict) = verdict else { return };
    if let Cause::Finding(finding) = &verdict.cause {
        let is_it = found.iter().any(|it| it.id() == finding.id() && it.certainty() == finding.certainty());
        assert!(is_it, "{expected} is not among the findings");
    }
}

#[test]
fn a_breach_that_the_receiver_must_not_take_is_the_cause() {
    for side in [Client, Server] {
        let peer = side.peer();
        let open = || Conversation::websocket().frame(peer, 0x81, b"Hello").frame(side, 0x81, b"Hello");
        let broken = || open().wait_s(3).frame(peer, 0xC1, b"zip");
        let reset = |it: Conversation| it.send(side, Flags::RST | Flags::ACK, b"");
        assert_cause(&broken().four_from(side), "F03");
        assert_cause(&reset(broken()), "F03");
        assert_cause(&broken().send(side, Flags::RST, b""), "F03");
        assert_cause(&broken().frame(side, 0x88, PROTOCOL_ERROR).four(), "F03");
        assert_cause(&broken().frame(side, 0x88, INTERNAL).four(), "F03");
        // The words point at it, however long after.
        assert_cause(&broken().wait_s(20).frame(side, 0x88, PROTOCOL_ERROR).four(), "F03");
        // An open frame counts from its header on.
        let partial =
            open().data(peer, &frame(0xC2, (peer == Client).then_some([1, 2, 3, 4]), &[7; 300])[..100]);
        assert_cause(&reset(partial), "F03");
    }
}

/// Frames are read behind the chunk's framing: nothing that was not read may have ended it.
#[test]
fn the_framing_of_a_chunk_around_a_frame_is_a_breach() {
    let answer = response("Transfer-Encoding: chunked\r\n");
    let open = Conversation::tcp().data(Client, request("").as_bytes()).data(Server, answer.as_bytes());
    let chunk = open.data(Server, b"9\r\n\x81\x07welcome\r\n");
    assert_cause(&chunk.clone().four_from(Client), "F05");
    assert_cause(&chunk.clone().frame(Client, 0x88, PROTOCOL_ERROR).four(), "F05");
    assert_cause(&chunk.four_from(Server), "unknown");
}

#[test]
fn a_breach_that_was_taken_is_no_cause() {
    for side in [Client, Server] {
        let peer = side.peer();
        let open = || Conversation::websocket().frame(peer, 0x81, b"Hello").frame(side, 0x81, b"Hello");
        let broken = || open().wait_s(3).frame(peer, 0xC1, b"zip");
        for (conversation, expected) in [
            // Answered.
            (broken().ack(side).frame(side, 0x81, b"ok").four_from(side), "unknown"),
            (broken().ack(side).frame(side, 0x8A, b"ok").four_from(side), "unknown"),
            // Kept for seconds.
            (broken().ack(side).wait_s(4).four_from(side), "unknown"),
            // Ended by the side that made it.
            (broken().four_from(peer), "unknown"),
            // Not received yet: the FIN does not acknowledge it.
            (
                open()
                    .hold(side)
                    .frame(peer, 0xC1, b"zip")
                    .fin(side)
                    .release(side)
                    .ack(peer)
                    .fin(peer)
                    .ack(side),
                "unknown",
            ),
            // The end says that nothing is wrong.
            (broken().frame(side, 0x88, NORMAL).frame(peer, 0x88, NORMAL).four(), "in order"),
            (broken().frame(side, 0x88, NORMAL).ack(peer).wait_s(9).four_from(side), "not in order"),
        ] {
            assert_cause(&conversation, expected);
        }
        // Taken for seconds: not even the words of the end point at it, and its own answer is no failure.
        let said = broken().ack(side).frame(side, 0x81, b"ok").wait_s(9).frame(peer, 0x81, b"fine");
        let failed = said.frame(side, 0x88, PROTOCOL_ERROR).frame(peer, 0x88, PROTOCOL_ERROR).four();
        assert_cause(&failed, "C12");
        let found = failed.play(Cut::Whole);
        let failures: Vec<_> = found.iter().filter(|it| it.id() == "C12").collect();
        assert!(matches!(failures[..], [it] if it.at_fault().is_none()), "{}", render(&found));
        // A later breach that was not taken counts, the one before it does not.
        let later = broken().ack(side).frame(side, 0x81, b"ok").wait_s(9).frame(peer, 0x83, b"?");
        assert_cause(&later.clone().frame(side, 0x88, PROTOCOL_ERROR).four(), "F04");
        assert_cause(&later.four_from(side), "F04");
    }
}

#[test]
fn without_a_breach_the_words_of_the_end_are_the_cause() {
    let open = || Conversation::websocket().frame(Server, 0x81, b"Hello").frame(Client, 0x81, b"Hello");
    assert_cause(&open().frame(Client, 0x88, PROTOCOL_ERROR).four(), "C12");
    assert_cause(&open().frame(Server, 0x88, &[3, 0xF1]).four(), "F13");
    // A code of the application's own says all that there is.
    assert_cause(&open().frame(Server, 0x88, INTERNAL).frame(Client, 0x88, INTERNAL).four(), "in order");
    let pinged = |open: Conversation| open.frame(Server, 0x89, b"1").wait_s(9).frame(Client, 0x81, b"busy");
    assert_cause(&pinged(open()).frame(Server, 0x88, INTERNAL).four(), "F15");
    assert_cause(
        &pinged(open()).frame(Server, 0x88, NORMAL).frame(Client, 0x88, NORMAL).rst(Server),
        "not in order",
    );
    assert_cause(&pinged(open()).four(), "unknown");
}

#[test]
fn a_refused_opening_is_the_cause_and_one_that_was_used_is_none() {
    let answered =
        |answer: &[u8]| Conversation::tcp().data(Client, request("").as_bytes()).data(Server, answer);
    let refused = answered(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    for side in [Client, Server] {
        assert_cause(&refused.clone().four_from(side), "H09");
        assert_cause(&refused.clone().rst(side), "H09");
    }
    // Tried again, and it worked.
    assert_cause(&refused.clone().opened().frame(Client, 0x81, b"hi").wait_s(4).four(), "unknown");
    assert!(refused.verdict().is_none(), "it is open");
    // The 101 is one that a client must not take: this one does, this one does not.
    let wrong = answered(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
    );
    assert_cause(&wrong.clone().four_from(Client), "H06");
    assert_cause(&wrong.clone().wait_s(4).four_from(Server), "unknown");
    assert_cause(&wrong.frame(Client, 0x81, b"hi").wait_s(1).four_from(Client), "unknown");
    let syn = || Conversation::default().send(Client, Flags::SYN, b"");
    assert_cause(&syn().rst(Server), "T02");
    assert_cause(&syn().wait_s(1).again(Client).wait_s(2).again(Client), "T01");
    // Of what is no WebSocket nothing is said without a cause.
    assert!(Conversation::tcp().data(Client, b"SSH-2.0-a\r\n").four().verdict().is_none());
}

#[test]
fn unread_data_silence_and_nothing() {
    let open = || Conversation::websocket().frame(Client, 0x81, b"Hello").frame(Server, 0x81, b"Hello");
    assert_cause(&open().frame(Client, 0x81, b"unread").rst(Server), "T06");
    assert_cause(&open().wait_s(60).four(), "L01");
    assert_cause(&open().wait_s(4).rst(Server), "unknown");
    assert_cause(&open().wait_s(7).rst(Server), "L05");
    assert_cause(&open().closed(), "in order");
    // The peer's window was closed to the last: the end had no room, which is no idle timeout.
    let full = || open().window(Client, 0).ack(Client).wait_s(9).off(Server, Flags::ACK, -1).ack(Client);
    assert_cause(&full().wait_s(9).rst(Server), "T08");
    assert_cause(&full().wait_s(9).window(Client, 502).rst(Client), "unknown");
    let silent = || open().frame(Client, 0x81, b"lost").wait_s(1).again(Client).wait_s(2).again(Client);
    assert_cause(&silent().wait_s(4).again(Client), "T12");
    // How it closed is no reason: data after the FIN, a Close frame without an answer.
    assert_cause(
        &open().fin(Server).ack(Client).frame(Client, 0x81, b"more").fin(Client).ack(Server),
        "unknown",
    );
    assert_cause(&open().frame(Client, 0x88, NORMAL).ack(Server).wait_s(9).four_from(Client), "not in order");
    assert_cause(&open().frame(Client, 0x88, NORMAL).rst(Client), "not in order");
    // Gone before it could receive the Close frame, which was not sent for that.
    let unheard = open().ack(Client).frame(Server, 0x88, NORMAL).fin(Server);
    let repeated = unheard.wait_s(1).again(Server).wait_s(2).again(Server).wait_s(4).again(Server);
    assert!(repeated.play(Cut::Whole).iter().any(|it| it.id() == "T12"));
    assert_cause(&repeated, "unfinished");
    // The capture ends before the answer.
    assert_cause(&open().frame(Client, 0x88, NORMAL).ack(Server), "unfinished");
    assert_cause(&open().frame(Client, 0x88, NORMAL).frame(Server, 0x88, NORMAL), "unfinished");
    let gap = open().miss(Server, 8).ack(Client).frame(Server, 0x81, b"x").four();
    assert_cause(&gap, "not read");
    assert_eq!(open().rst(Server).verdict().unwrap().first.layer, Layer::Rst);
}

/// A writer raises times that step back to the last one, so that equal times do not say how long it took. Segments are
/// 250 µs apart here.
#[test]
fn a_rst_is_about_data_only_where_the_clock_went_on_between() {
    let open = || Conversation::websocket().frame(Client, 0x81, b"Hello").frame(Server, 0x81, b"Hello");
    for (back_us, expected) in [(249, "T06"), (250, "unknown"), (300, "unknown")] {
        let reset = open().frame(Client, 0x81, b"perhaps read").back_us(back_us).rst(Server);
        assert_cause(&reset, expected);
    }
}

/// The 400 was not the end: the client went on with another protocol, which is not read.
#[test]
fn behind_a_switch_to_another_protocol_the_refusal_before_is_no_cause() {
    let refused = Conversation::tcp()
        .data(Client, request("").as_bytes())
        .data(Server, b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    let h2c = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    let switched = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    let went_on =
        refused.clone().data(Client, h2c).data(Server, switched).data(Server, &[0, 0, 0, 4, 0, 0, 0, 0, 0]);
    assert_cause(&went_on.four_from(Server), "not read");
    assert_cause(&refused.four_from(Server), "H10");
}

/// What was answered on the connection before is told.
#[test]
fn an_unanswered_upgrade_behind_an_answered_request_says_so() {
    let inference = |answer: &[u8]| {
        let get = Conversation::tcp().data(Client, b"GET /app.js HTTP/1.1\r\nHost: a\r\n\r\n");
        let asked = get.data(Client, request("").as_bytes()).data(Server, answer).ack(Server);
        let found = asked.wait_s(60).four().play(Cut::Whole);
        let unanswered = found.iter().find(|found| found.id() == "H19").unwrap();
        unanswered.render(Language::En).inference.unwrap()
    };
    let before = "An earlier request on this connection was answered; this one was not";
    let answered = inference(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");
    assert!(answered.contains(before) && !answered.contains("othing above TCP"), "{answered}");
    assert!(inference(b"").contains("Nothing above TCP answered"));
}
