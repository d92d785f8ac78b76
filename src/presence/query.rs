//! The query of a client, and its faults.
//!
//! The checks take time in proportion to the input, and none of them trusts the one before: the nesting is measured
//! before the parser sees it, so no input decides how deep the parser recurses.

use super::SessionId;
use crate::proto::Kind;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;

/// Nesting up to here is read; the message itself is the first level.
const MAX_DEPTH: usize = 16;

/// A query that the service answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Query {
    OnlineNumber,
}

/// The fault of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Binary,
    NotUtf8,
    TooDeep,
    NotJson,
    NotAnObject,
    DuplicateKey,
    WrongType,
    NoQuery,
    NoSessionId,
    ForeignSession,
    UnknownQuery,
}

impl Fault {
    pub(super) fn code(self) -> u16 {
        match self {
            Self::ForeignSession => 403,
            Self::UnknownQuery => 404,
            _ => 400,
        }
    }
}

/// Reads a message that came on the connection of the session `own`: its form first, then the session, then the query.
pub(super) fn check(own: SessionId, input: &[u8], kind: Kind) -> Result<Query, Fault> {
    if kind == Kind::Binary {
        return Err(Fault::Binary);
    }
    let text = std::str::from_utf8(input).map_err(|_| Fault::NotUtf8)?;
    if deeper_than(MAX_DEPTH, input) {
        return Err(Fault::TooDeep);
    }
    let message: Node = serde_json::from_str(text).map_err(|_| Fault::NotJson)?;
    let Value::Object { session_id, query } = message.value else { return Err(Fault::NotAnObject) };
    if message.duplicate_key {
        return Err(Fault::DuplicateKey);
    }
    let query = string(query, Fault::NoQuery)?;
    let session_id = string(session_id, Fault::NoSessionId)?;
    if SessionId::try_parse(&session_id) != Ok(own) {
        return Err(Fault::ForeignSession);
    }
    match query.as_str() {
        "onLineNumber" => Ok(Query::OnlineNumber),
        _ => Err(Fault::UnknownQuery),
    }
}

fn string(value: Option<Box<Value>>, missing: Fault) -> Result<String, Fault> {
    match value.map(|value| *value) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Fault::WrongType),
        None => Err(missing),
    }
}

/// Returns `true` if brackets outside of strings are nested deeper than this. Knows strings, but is no judge of JSON.
fn deeper_than(limit: usize, input: &[u8]) -> bool {
    let mut depth = 0_usize;
    let mut bytes = input.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => loop {
                match bytes.next() {
                    Some(b'\\') => drop(bytes.next()),
                    Some(b'"') | None => break,
                    Some(_) => {}
                }
            },
            _ => {}
        }
        if depth > limit {
            return true;
        }
    }
    false
}

/// A JSON value, as far as it matters here.
struct Node {
    value: Value,
    /// `true` if an object in it, at any level, has a key twice. Readers differ in which of the two they take.
    duplicate_key: bool,
}

enum Value {
    String(String),
    Object { session_id: Option<Box<Value>>, query: Option<Box<Value>> },
    Other,
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl NodeVisitor {
    #[expect(clippy::unnecessary_wraps, reason = "the visitor's methods return results")]
    fn leaf<E>(value: Value) -> Result<Node, E> {
        Ok(Node { value, duplicate_key: false })
    }
}

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Self::leaf(Value::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Self::leaf(Value::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
        Self::leaf(Value::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Self::leaf(Value::Other)
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Self::leaf(Value::Other)
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Self::leaf(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut duplicate_key = false;
        while let Some(item) = items.next_element::<Node>()? {
            duplicate_key |= item.duplicate_key;
        }
        Ok(Node { value: Value::Other, duplicate_key })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let (mut session_id, mut query, mut duplicate_key) = (None, None, false);
        let mut seen = HashSet::new();
        while let Some((key, node)) = entries.next_entry::<String, Node>()? {
            match key.as_str() {
                "sessionId" => session_id = Some(Box::new(node.value)),
                "query" => query = Some(Box::new(node.value)),
                _ => {}
            }
            duplicate_key |= node.duplicate_key || !seen.insert(key);
        }
        Ok(Node { value: Value::Object { session_id, query }, duplicate_key })
    }
}
