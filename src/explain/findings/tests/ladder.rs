//! Findings in the ladder: the verdict, the heartbeats, and where findings stand.

use std::io::Cursor;

use super::bytes::request;
use super::conversation::Conversation;
use crate::explain::text::Language;
use crate::explain::{Ladder, LadderStyle, Overview};
use crate::wire::Side::{Client, Server};

fn ladder(conversation: &Conversation, language: Language) -> String {
    let mut out = Vec::new();
    let mut overview = Overview::new(language, None);
    conversation.show(&mut overview);
    conversation.show(&mut Ladder::new(
        &mut out,
        LadderStyle { language, ..LadderStyle::default() },
        overview,
        Cursor::new(Vec::new()),
    ));
    let text = anstream::adapter::strip_str(std::str::from_utf8(&out).unwrap()).to_string();
    // Without the breaks of lines.
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_connection_has_one_verdict() {
    let open = || Conversation::websocket().frame(Client, 0x81, b"Hello").frame(Server, 0x81, b"Hello");
    let idle = "Possible: An idle timeout of 60.0 s, a known default of nginx (proxy_read_timeout) and AWS ALB. Another reason in the server's program fits as well";
    for (conversation, verdict) in [
        (
            open().closed(),
            "Verdict: the client ended the connection in packet 8 with a Close frame 1000 (Normal Closure); the closing \
             handshake and TCP's end are in order."
                .to_owned(),
        ),
        (
            open().wait_s(60).four(),
            format!("Verdict: the server ended the connection in packet 8 with a FIN; the capture points to L01. {idle}."),
        ),
        (
            Conversation::websocket().frame(Client, 0xC1, b"zip").frame(Server, 0x88, &[3, 0xEA]).four(),
            "Verdict: the server ended the connection in packet 7 with a Close frame 1002 (Protocol Error); the capture \
              points to F03. Certain: No agreed extension defines RSV1, so the receiver must fail the connection."
                .to_owned(),
        ),
        (
            Conversation::tcp()
                .data(Client, request("").as_bytes())
                .data(Server, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                .four(),
            "Verdict: the server ended the connection in packet 6 with a FIN, after the server had answered the Upgrade \
              with 404; the capture points to H10. Likely: Nothing at this path takes a WebSocket."
                .to_owned(),
        ),
        (
            open().rst(Server),
            "Verdict: the server ended the connection in packet 8 with a RST; the capture does not show why: the server's \
             program may have stopped or given up, or a proxy in its place."
                .to_owned(),
        ),
    ] {
        let text = ladder(&conversation, Language::En);
        assert!(text.contains(&verdict), "{verdict} | {text}");
        assert_eq!(text.matches("Verdict:").count(), 1, "{text}");
        assert!(ladder(&conversation, Language::Zh).contains("结论："));
    }
    assert!(!ladder(&open(), Language::En).contains("Verdict:"), "still open");
}

#[test]
fn heartbeats_are_counted_and_measured() {
    let beat = |conversation: Conversation, place: u8, after_ms: u64| {
        conversation.wait_s(20).frame(Server, 0x89, &[place]).wait_ms(after_ms).frame(Client, 0x8A, &[place])
    };
    let beats = beat(beat(Conversation::websocket(), 1, 2), 2, 10);
    let missed = beats.wait_s(20).frame(Server, 0x89, b"x").wait_s(20).frame(Server, 0x89, b"y");
    let text = ladder(&missed.clone().wait_ms(1).frame(Client, 0x8A, b"y").closed(), Language::En);
    let summary = "The server sent 4 pings, one every 20.0 s; 3 answered, after 1.2 ms to 10.2 ms; 1 more by the pong to a \
                later one.";
    assert!(text.contains(summary), "{text}");
    let text = ladder(&missed.wait_s(20).four(), Language::En);
    assert!(text.contains("; 2 answered, after 2.2 ms to 10.2 ms; 2 without a pong."), "{text}");
    assert!(text.contains("⚠ F15 The server's ping 4"), "{text}");
    let two = beat(beat(Conversation::websocket(), 1, 2), 2, 10);
    let text = ladder(&two.clone().closed(), Language::En);
    assert!(text.contains("The server sent 2 pings, 20.0 s apart; 2 answered"), "{text}");
    let text = ladder(&beat(two.wait_s(30), 3, 1).closed(), Language::En);
    assert!(text.contains("The server sent 3 pings, 20.0 s to 50.0 s apart; 3 answered"), "{text}");
    let one = Conversation::websocket().frame(Client, 0x89, b"").frame(Server, 0x8A, b"").closed();
    assert!(ladder(&one, Language::En).contains("The client sent one ping; 1 answered, after "));
    assert!(ladder(&one, Language::Zh).contains("客户端发了一个 ping；1 个得到应答，用时 "));
}

#[test]
fn connections_stand_in_the_order_in_which_they_began() {
    let second = Conversation::websocket().frame(Client, 0x81, b"Hello").rst(Client);
    let third = Conversation::tcp().rst(Server);
    let conversation =
        Conversation::websocket().connection(50_001).then(second).connection(50_002).then(third);
    let text = ladder(&conversation, Language::En);
    let at = |port: u16| text.find(&format!("CLIENT 10.0.0.1:{port} →")).unwrap();
    assert!(at(50_000) < at(50_001) && at(50_001) < at(50_002), "{text}");
}

#[test]
fn a_finding_is_under_its_packet_and_in_the_list() {
    let text =
        ladder(&Conversation::websocket().frame(Client, 0xC1, b"zip").closed().rebuilt(), Language::En);
    let (above, below) = text.rsplit_once(" Findings ").unwrap();
    let fact =
        "⚠ F03 The client's frame 0 (text, 3 B, packet 6) has RSV1=1, but the 101 accepted no extension";
    assert!(above.contains(fact) && below.contains(fact), "{text}");
    // Information is in the list alone; findings about the capture come first.
    assert!(!above.contains("C11") && below.contains("ℹ C11"), "{text}");
    assert!(below.find("ℹ X10").unwrap() < below.find("⚠ F03").unwrap(), "{text}");
}
