//! Queries of a client, and wrong input: an error, never a Close and never silence.

use serde_json::json;

use super::{Notice, expect_presence, expect_quiet};
use crate::support::http;
use crate::support::people::{self, Login};
use crate::support::raw::Raw;
use crate::support::ws::Client;
use wirewalk::proto::Kind;
use wirewalk::wire::ws::Fin;

/// Asks in the right way: the answer shows that the connection still serves.
#[track_caller]
fn still_serves(client: &mut Client, login: &Login, online: u64) {
    client.send_text(&login.question());
    let notice = Notice::next(client);
    assert_eq!(notice, Notice::new(200, "answer", online, format!("当前在线人数：{online}")));
}

#[test]
fn a_query_is_answered_with_n() {
    let server = people::server(&[]);
    let (ann, bob) = (Login::register(&server, "Ann"), Login::register(&server, "Bob"));
    let mut client = ann.connect(&server);
    expect_presence(&mut client, 1);
    still_serves(&mut client, &ann, 1);
    let mut other = bob.connect(&server);
    expect_presence(&mut other, 2);
    expect_presence(&mut client, 2);
    still_serves(&mut client, &ann, 2);

    // However it is cut, spaced and ordered.
    let question = ann.question();
    let (first, rest) = question.as_bytes().split_at(7);
    client.send_fragment(Kind::Text, first, Fin::More);
    client.ping(b"between");
    client.send_fragment(Kind::Text, rest, Fin::Final);
    assert_eq!(Notice::next(&mut client).event, "answer");
    let spaced = format!(
        " {{ \"query\" : \"onLineNumber\",\n\"more\":[1,null],\"sessionId\" :\"{}\" }} ",
        ann.session
    );
    client.send_text(&spaced);
    assert_eq!(Notice::next(&mut client).event, "answer");
    expect_quiet(&mut other);
}

#[test]
fn invalid_input_is_answered_with_its_code() {
    let server = people::server(&[]);
    let (ann, bob) = (Login::register(&server, "Ann"), Login::register(&server, "Bob"));
    let own = &ann.session;
    let ask = |session: &str, query: &str| json!({ "sessionId": session, "query": query }).to_string();
    let rows = [
        // Not JSON.
        (400, String::new()),
        (400, "hello".to_owned()),
        (400, "{".to_owned()),
        (400, format!("{{'sessionId':'{own}','query':'onLineNumber'}}")),
        (400, ann.question() + "x"),
        // Not an object.
        (400, "[]".to_owned()),
        (400, "null".to_owned()),
        (400, "7".to_owned()),
        (400, "\"onLineNumber\"".to_owned()),
        // No query.
        (400, "{}".to_owned()),
        (400, json!({ "sessionId": own }).to_string()),
        (400, json!({ "sessionId": own, "query": null }).to_string()),
        (400, json!({ "sessionId": own, "query": ["onLineNumber"] }).to_string()),
        // No session, and the session of another: a real one or not.
        (400, json!({ "query": "onLineNumber" }).to_string()),
        (403, ask(&bob.session, "onLineNumber")),
        (403, ask("6fa459ea-ee8a-4ca4-894e-db77e160355e", "onLineNumber")),
        (403, ask("", "onLineNumber")),
        (403, ask(&bob.session, "unknown")),
        // No such query.
        (404, ask(own, "unknown")),
        (404, ask(own, "onlinenumber")),
        (404, ask(own, "")),
        // Deep, twice the same key, long.
        (400, format!("{}{}", "[".repeat(20_000), "]".repeat(20_000))),
        (400, format!("{{\"sessionId\":\"{own}\",\"query\":\"onLineNumber\",\"query\":\"x\"}}")),
        (404, ask(own, &"x".repeat(60_000))),
    ];
    // So many at once are within the rate that a connection is allowed.
    for rows in rows.chunks(12) {
        let mut client = ann.connect(&server);
        expect_presence(&mut client, 1);
        for (code, input) in rows {
            client.send_text(input);
            let notice = Notice::next(&mut client);
            assert_eq!(
                (notice.code, notice.event.as_str(), notice.online),
                (*code, "error", 1),
                "{input:.80}: {notice:?}"
            );
            assert!(!notice.message.is_empty(), "{input:.80}");
        }
        still_serves(&mut client, &ann, 1);
        assert!(client.end().is_clean());
    }
}

#[test]
fn binary_input_gets_400() {
    let server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    let mut client = ann.connect(&server);
    expect_presence(&mut client, 1);
    for input in [ann.question().as_bytes(), b"", b"\x00\xFF\xFE", &vec![0; 60_000]] {
        client.send_binary(input);
        let notice = Notice::next(&mut client);
        assert_eq!((notice.code, notice.event.as_str()), (400, "error"), "{notice:?}");
    }
    still_serves(&mut client, &ann, 1);
}

#[test]
fn message_has_no_subprotocol_and_requires_none() {
    let server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    let offer = "\r\nSec-WebSocket-Protocol: chat, superchat\r\n\r\n";
    let request = Raw::request(server.addr(), &ann.target());
    let answer = http::request(server.addr(), request.replace("\r\n\r\n", offer).as_bytes());
    assert_eq!(answer.status, 101);
    assert_eq!(answer.header("Sec-WebSocket-Protocol"), None);
    assert_eq!(answer.header("Sec-WebSocket-Accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
}
