//! R2, R3: invalid queries, and queries for the session of another.

use serde_json::{Value, json};

use super::cost::{Cost, since};
use super::fair::{Session, ask, fair_message, session, sessions, start};
use super::{BINARY, TEXT, refused};
use crate::support::raw::Raw;
use crate::support::server::Server;
use crate::support::ws::Client;

/// The longest question.
const LONGEST: usize = 64 * 1024;

/// Questions that a connection may ask at once; more would be too many for the rate.
const BATCH: usize = 15;

fn cut(mut text: String) -> String {
    text.truncate(LONGEST);
    text
}

/// What is wrong, what is sent, and the code of the answer.
fn wrong(own: &Session, other: &Session) -> Vec<(&'static str, String, u16)> {
    let (id, other) = (&own.id, &other.id);
    let object = |more: &str| format!(r#"{{"sessionId":"{id}","query":"onLineNumber",{more}}}"#);
    let keys: Vec<_> = (0..4000).map(|i| format!(r#""key{i}":{i}"#)).collect();
    let deep = |levels: usize| format!(r#""deep":{}{}"#, "[".repeat(levels), "]".repeat(levels));
    vec![
        ("64 KiB of [", "[".repeat(LONGEST), 400),
        ("64 KiB of {\"a\":", cut("{\"a\":".repeat(LONGEST)), 400),
        ("64 KiB of ]", "]".repeat(LONGEST), 400),
        ("64 KiB of [ and ]", "[".repeat(LONGEST / 2) + &"]".repeat(LONGEST / 2), 400),
        ("64 KiB of quotes", "\"".repeat(LONGEST), 400),
        ("64 KiB of backslashes", cut(format!("\"{}", "\\".repeat(LONGEST))), 400),
        ("64 KiB of digits", "9".repeat(LONGEST), 400),
        ("64 KiB of spaces", " ".repeat(LONGEST), 400),
        ("16 levels", object(&deep(15)), 200),
        ("17 levels", object(&deep(16)), 400),
        ("4,000 keys", object(&keys.join(",")), 200),
        ("60 KiB of digits", object(&format!(r#""n":{}"#, "9".repeat(60_000))), 400),
        ("60 KiB of decimals", object(&format!(r#""n":0.{}"#, "9".repeat(60_000))), 200),
        ("1e999", object(r#""n":1e999"#), 400),
        ("a long exponent", object(&format!(r#""n":1e-{}"#, "9".repeat(1000))), 200),
        ("2^64", object(r#""n":18446744073709551616"#), 200),
        ("query twice", object(r#""query":"onLineNumber""#), 400),
        ("sessionId twice", object(&format!(r#""sessionId":"{other}""#)), 400),
        ("a key twice, once escaped", object(r#""\u0071uery":"onLineNumber""#), 400),
        ("a key twice, far inside", object(r#""a":[{"b":1,"b":2}]"#), 400),
        ("__proto__", object(r#""__proto__":{"query":"x"},"constructor":{}"#), 200),
        ("half a surrogate", object(r#""s":"\ud800""#), 400),
        ("a raw NUL", object("\"s\":\"\u{0}\""), 400),
        ("an escaped NUL", object(r#""s":"\u0000""#), 200),
        ("NaN", object(r#""n":NaN"#), 400),
        ("a comment", object("/* */\"n\":1"), 400),
        ("a trailing comma", object(""), 400),
        ("a byte order mark", format!("\u{feff}{}", own.question()), 400),
        ("two questions", own.question().repeat(2), 400),
        ("an unknown query", json!({ "sessionId": id, "query": "shutdown" }).to_string(), 404),
        ("an empty query", json!({ "sessionId": id, "query": "" }).to_string(), 404),
        ("another case", json!({ "sessionId": id, "query": "ONLINENUMBER" }).to_string(), 404),
        ("a query with NUL", json!({ "sessionId": id, "query": "onLineNumber\0" }).to_string(), 404),
        ("a number as query", json!({ "sessionId": id, "query": 1 }).to_string(), 400),
        ("null as query", json!({ "sessionId": id, "query": null }).to_string(), 400),
        ("a list as query", json!({ "sessionId": id, "query": ["onLineNumber"] }).to_string(), 400),
        ("an object as query", json!({ "sessionId": id, "query": {} }).to_string(), 400),
        ("a list as sessionId", json!({ "sessionId": [id], "query": "onLineNumber" }).to_string(), 400),
        ("an object as sessionId", json!({ "sessionId": {}, "query": "onLineNumber" }).to_string(), 400),
        ("true as sessionId", json!({ "sessionId": true, "query": "onLineNumber" }).to_string(), 400),
        ("no query", json!({ "sessionId": id }).to_string(), 400),
        ("no sessionId", json!({ "query": "onLineNumber" }).to_string(), 400),
        ("another's sessionId", json!({ "sessionId": other, "query": "onLineNumber" }).to_string(), 403),
        ("another's, unknown query", json!({ "sessionId": other, "query": "x" }).to_string(), 403),
        ("an object without anything", "{}".into(), 400),
        ("a list", "[]".into(), 400),
        ("a text", "\"onLineNumber\"".into(), 400),
        ("null", "null".into(), 400),
        ("a number", "-0".into(), 400),
        ("no JSON", "onLineNumber".into(), 400),
        ("nothing", String::new(), 400),
    ]
}

/// The next answer; announcements are passed over.
fn answer(client: &mut Client) -> Value {
    std::iter::repeat_with(|| client.json()).find(|it| it["event"] != "presence").expect("endless")
}

fn connect(server: &Server, session: &Session) -> Client {
    Client::connect(server.addr(), &session.target(), &[]).expect("the session gets in")
}

#[test]
fn r02_invalid_queries_are_answered_and_keep_the_connection() {
    let mut server = start(&[]);
    let (own, other) = (session(&server, "r02-own"), session(&server, "r02-other"));
    server.restart();
    let cost = Cost::of(&server);
    let before = server.cpu_time();
    let cases = wrong(&own, &other);
    for batch in cases.chunks(BATCH) {
        let mut client = connect(&server, &own);
        for (what, text, code) in batch {
            client.send_text(text);
            let answer = answer(&mut client);
            let event = if *code == 200 { "answer" } else { "error" };
            assert_eq!(
                (&answer["code"], &answer["event"]),
                (&json!(code), &json!(event)),
                "{what}: {answer}"
            );
        }
        assert_eq!(ask(&mut client, &own), 1);
        assert!(client.end().is_clean());
    }
    println!("R2: {} questions, {:?} of processor time", cases.len(), since(&server, before));
    cost.assert_memory("R2", 2 * 1024);
    fair_message(&server, &own);
}

#[test]
fn r02_binary_queries_get_400_and_invalid_text_closes() {
    let server = start(&[]);
    let own = session(&server, "r02");
    let mut client = connect(&server, &own);
    for bytes in [own.question().into_bytes(), vec![0xFF; LONGEST], Vec::new()] {
        client.send_binary(&bytes);
        assert_eq!(answer(&mut client)["code"], 400);
    }
    assert_eq!(ask(&mut client, &own), 1);
    assert!(client.end().is_clean());

    let bad = [own.question().as_bytes(), b"\xFF"].concat();
    let mut raw = Raw::connect(server.addr(), &own.target());
    refused(&mut raw, "not UTF-8", &Raw::frame(TEXT, &bad), 1007);
    let mut raw = Raw::connect(server.addr(), &own.target());
    refused(&mut raw, "binary of 64 KiB and a byte", &Raw::frame(BINARY, &vec![0; LONGEST + 1]), 1009);
    fair_message(&server, &own);
}

#[test]
fn r03_queries_for_another_session_get_403() {
    let server = start(&[]);
    let own = sessions(&server, "r03-own", 2);
    let other = session(&server, "r03-other");
    let mut client = connect(&server, &own[0]);
    // Both are online, so a mix-up would find them.
    let (mut second, mut foreign) = (connect(&server, &own[1]), connect(&server, &other));
    let unknown = "6fa459ea-ee8a-4ca4-894e-db77e160355e".to_owned();
    let near = own[0].id.replace(&own[0].id[..1], if own[0].id.starts_with('0') { "1" } else { "0" });
    for id in [&other.id, &own[1].id, &unknown, &near, &String::new(), &format!("{} ", own[0].id)] {
        client.send_text(&json!({ "sessionId": id, "query": "onLineNumber" }).to_string());
        let answer = answer(&mut client);
        assert_eq!((&answer["code"], &answer["event"]), (&json!(403), &json!("error")), "{id}");
    }
    for (client, session) in [(&mut client, &own[0]), (&mut second, &own[1]), (&mut foreign, &other)] {
        assert_eq!(ask(client, session), 2);
    }
    fair_message(&server, &own[0]);
}
