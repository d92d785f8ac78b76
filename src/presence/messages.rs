//! The messages on the wire, as JSON.
//!
//! Every message to a client is `{"code":…,"message":…,"event":…,"online":N}`, keys in this order, and the last one of
//! a session that is ended has `"why"` and perhaps `"reason"` too. Clients of the tutorial that this service grew from
//! read `code` and `message` only. A message from a client is a question,
//! `{"sessionId":OWN,"query":"onLineNumber"}`; whatever else comes is answered by an error, never by silence and never
//! by a Close.

use super::query::{self, Fault};
use super::{Language, SessionId};
use crate::proto::Kind;
use bytes::Bytes;
use serde::Serialize;

/// N has changed, or the client is new.
#[must_use]
pub fn presence(language: Language, online: usize) -> Bytes {
    let message = match language {
        Language::Zh => format!("当前连接人数为：{online}"),
        Language::En => format!("Users connected: {online}"),
    };
    encode(200, &message, "presence", online)
}

/// A pushed message, in whatever language it was written.
#[must_use]
pub fn push(message: &str, online: usize) -> Bytes {
    encode(200, message, "push", online)
}

/// The last message before a Close 4001: why, as a text and as a token, and the reason that an administrator gave.
pub(super) fn kicked(message: &str, why: &str, reason: Option<&str>, online: usize) -> Bytes {
    let (reason, why) = (reason, Some(why));
    write(&Wire { code: 200, message, event: "kicked", online, reason, why })
}

/// The reply to a client's message on the connection of the session `own`.
#[must_use]
pub fn reply(own: SessionId, language: Language, input: &[u8], kind: Kind, online: usize) -> Bytes {
    match query::check(own, input, kind) {
        Ok(query::Query::OnlineNumber) => {
            let message = match language {
                Language::Zh => format!("当前在线人数：{online}"),
                Language::En => format!("Users online: {online}"),
            };
            encode(200, &message, "answer", online)
        }
        Err(fault) => encode(fault.code(), fault_text(fault, language), "error", online),
    }
}

fn fault_text(fault: Fault, language: Language) -> &'static str {
    let (zh, en) = match fault {
        Fault::Binary => ("消息必须是文本，不能是二进制", "Send text, not binary"),
        Fault::NotUtf8 => ("消息不是有效的 UTF-8", "The message is not valid UTF-8"),
        Fault::TooDeep => ("JSON 嵌套超过 16 层", "The JSON is nested deeper than 16 levels"),
        Fault::NotJson => ("消息不是可读取的 JSON", "The message is not readable JSON"),
        Fault::NotAnObject => ("消息必须是 JSON 对象", "The message must be a JSON object"),
        Fault::DuplicateKey => ("JSON 对象中有重复的键", "A JSON object has the same key twice"),
        Fault::WrongType => ("sessionId 和 query 必须是字符串", "sessionId and query must be strings"),
        Fault::NoQuery => ("缺少 query", "The query is missing"),
        Fault::NoSessionId => ("缺少 sessionId", "The sessionId is missing"),
        Fault::ForeignSession => ("sessionId 不属于此连接", "The sessionId is not this connection's own"),
        Fault::UnknownQuery => ("未知的 query", "The query is unknown"),
    };
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}

/// The order of the fields is the order on the wire.
#[derive(Serialize)]
struct Wire<'a> {
    code: u16,
    message: &'a str,
    event: &'a str,
    online: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
}

fn encode(code: u16, message: &str, event: &str, online: usize) -> Bytes {
    write(&Wire { code, message, event, online, reason: None, why: None })
}

fn write(wire: &Wire<'_>) -> Bytes {
    serde_json::to_vec(wire).expect("strings and numbers can be written as JSON").into()
}

#[cfg(test)]
mod tests {
    use super::{Language, presence, push, reply};
    use crate::presence::SessionId;
    use crate::proto::Kind;
    use proptest::prelude::*;

    const OWN: SessionId = SessionId::from_u128(0x0191_2345_6789_7abc_8def_0123_4567_89ab);

    fn ask(input: &str) -> (u16, String) {
        read(&reply(OWN, Language::En, input.as_bytes(), Kind::Text, 7))
    }

    /// The code and the event of a message, which must be JSON as promised.
    fn read(message: &[u8]) -> (u16, String) {
        let value: serde_json::Value = serde_json::from_slice(message).expect("JSON");
        assert!(value["message"].is_string() && value["online"].is_u64(), "{value}");
        let code = value["code"].as_u64().and_then(|code| u16::try_from(code).ok()).expect("a code");
        (code, value["event"].as_str().expect("an event").to_owned())
    }

    #[test]
    fn the_bytes_on_the_wire() {
        for (message, expected) in [
            (
                presence(Language::Zh, 3),
                r#"{"code":200,"message":"当前连接人数为：3","event":"presence","online":3}"#,
            ),
            (
                presence(Language::En, 3),
                r#"{"code":200,"message":"Users connected: 3","event":"presence","online":3}"#,
            ),
            (push("say \"hi\"\n", 2), r#"{"code":200,"message":"say \"hi\"\n","event":"push","online":2}"#),
        ] {
            assert_eq!(message, expected);
        }
        let question = format!(r#"{{"sessionId":"{OWN}","query":"onLineNumber"}}"#);
        for (language, expected) in [
            (Language::Zh, r#"{"code":200,"message":"当前在线人数：9","event":"answer","online":9}"#),
            (Language::En, r#"{"code":200,"message":"Users online: 9","event":"answer","online":9}"#),
        ] {
            assert_eq!(reply(OWN, language, question.as_bytes(), Kind::Text, 9), expected);
        }
        assert_eq!(
            reply(OWN, Language::Zh, b"[]", Kind::Text, 9),
            r#"{"code":400,"message":"消息必须是 JSON 对象","event":"error","online":9}"#
        );
    }

    #[test]
    fn wrong_input_is_answered_by_an_error() {
        let other = SessionId::from_u128(1);
        let own = format!(r#""sessionId":"{OWN}""#);
        for (input, code) in [
            (format!(r#"{{{own},"query":"onLineNumber"}}"#), 200),
            (format!(r#" {{ "query" : "onLineNumber" , "more":[1,{{}},null,1.5,-2,true], {own} }} "#), 200),
            (format!(r#"{{{own},"query":"onlinenumber"}}"#), 404),
            (format!(r#"{{{own},"query":""}}"#), 404),
            (format!(r#"{{"sessionId":"{other}","query":"onLineNumber"}}"#), 403),
            (format!(r#"{{"sessionId":"{other}","query":"nonsense"}}"#), 403),
            (r#"{"sessionId":"","query":"onLineNumber"}"#.to_owned(), 403),
            (r#"{"sessionId":"1","query":"nonsense"}"#.to_owned(), 403),
            (r#"{"query":"onLineNumber"}"#.to_owned(), 400),
            (format!(r"{{{own}}}"), 400),
            (format!(r#"{{{own},"query":7}}"#), 400),
            (format!(r#"{{{own},"query":null}}"#), 400),
            (r#"{"sessionId":7,"query":"onLineNumber"}"#.to_owned(), 400),
            (format!(r#"{{{own},{own},"query":"onLineNumber"}}"#), 400),
            (format!(r#"{{{own},"query":"onLineNumber","qu\u0065ry":"x"}}"#), 400),
            (format!(r#"{{{own},"query":"onLineNumber","a":[{{"b":1,"b":1}}]}}"#), 400),
            (format!(r#"{{{own},"query":"onLineNumber"}}{{}}"#), 400),
            (format!(r#"{{{own},"query":"\ud800"}}"#), 400),
            (format!(r#"{{{own},"query":"onLineNumber","n":1e999}}"#), 400),
            ("{}".to_owned(), 400),
            ("[]".to_owned(), 400),
            ("\"onLineNumber\"".to_owned(), 400),
            ("null".to_owned(), 400),
            ("hello".to_owned(), 400),
            (String::new(), 400),
        ] {
            let expected = (code, if code == 200 { "answer" } else { "error" }.to_owned());
            assert_eq!(ask(&input), expected, "{input}");
        }
        let good = format!(r#"{{{own},"query":"onLineNumber"}}"#);
        assert_eq!(read(&reply(OWN, Language::Zh, good.as_bytes(), Kind::Binary, 1)).0, 400);
        assert_eq!(read(&reply(OWN, Language::Zh, b"{\"\xff\":1}", Kind::Text, 1)).0, 400);
    }

    #[test]
    fn sixteen_levels_are_read_and_seventeen_are_not() {
        let nested = |arrays: usize| {
            let (open, close) = ("[".repeat(arrays), "]".repeat(arrays));
            ask(&format!(r#"{{"sessionId":"{OWN}","query":"onLineNumber","deep":{open}{close}}}"#)).0
        };
        assert_eq!((nested(15), nested(16)), (200, 400));
        // Brackets in a string are no nesting, whatever the quotes in it.
        let brackets =
            format!(r#"{{"sessionId":"{OWN}","query":"onLineNumber","s":"\"\\\"{}"}}"#, "[".repeat(99));
        assert_eq!(ask(&brackets).0, 200);
        assert_eq!(ask(&"]".repeat(65_536)).0, 400);
        assert_eq!(ask(&"[{\"a\":".repeat(10_000)).0, 400);
    }

    fn scraps() -> impl Strategy<Value = String> {
        let own = format!(r#""sessionId":"{OWN}""#);
        let scrap = prop::sample::select(vec![
            own,
            "{".into(),
            "}".into(),
            "[".into(),
            "]".into(),
            ",".into(),
            ":".into(),
            "\"".into(),
            "\\".into(),
            r#""query""#.into(),
            r#""onLineNumber""#.into(),
            "\"query\":".into(),
            "1e9".into(),
            "-".into(),
            "null".into(),
            "\\ud83d".into(),
            "é".into(),
            " ".into(),
            "\u{0}".into(),
            "\u{feff}".into(),
        ]);
        prop::collection::vec(scrap, 0..40).prop_map(|scraps| scraps.concat())
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(
            input in prop::collection::vec(any::<u8>(), 0..300), text in any::<bool>(), zh in any::<bool>(),
        ) {
            let kind = if text { Kind::Text } else { Kind::Binary };
            let language = if zh { Language::Zh } else { Language::En };
            prop_assert_eq!(read(&reply(OWN, language, &input, kind, 1)), (400, "error".to_owned()));
        }

        #[test]
        fn any_scraps_of_json_are_answered(input in scraps()) {
            let (code, event) = ask(&input);
            prop_assert!([200, 400, 403, 404].contains(&code));
            prop_assert_eq!(event, if code == 200 { "answer" } else { "error" });
        }

        #[test]
        fn any_pushed_text_arrives(text in any::<String>(), online in any::<u32>()) {
            let value: serde_json::Value = serde_json::from_slice(&push(&text, online as usize)).unwrap();
            prop_assert_eq!(value["message"].as_str(), Some(text.as_str()));
            prop_assert_eq!(value["online"].as_u64(), Some(u64::from(online)));
        }
    }
}
