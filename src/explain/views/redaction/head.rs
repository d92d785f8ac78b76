//! A head in place of a head: the same lines, each as long as it was.

use std::ops::Range;

use super::words::{LETTER, Words};
use crate::explain::findings::key::{accept, is_right};
use crate::observe::{Head, Request, Response};
use crate::wire::Side;
use crate::wire::http::{Key, KeyError, Status, is_token};

/// The begin of a request, and of a response, of which no more is known: neither has an end.
const REQUEST: &[u8] = b"GET ";
const RESPONSE: &[u8] = b"HTTP/";

/// The words that stay where they stand in a list.
const KNOWN: &[&str] = &[
    "websocket",
    "upgrade",
    "keep-alive",
    "close",
    "chunked",
    "gzip",
    "deflate",
    "br",
    "identity",
    "trailers",
    "h2c",
    "http2-settings",
    "permessage-deflate",
    "x-webkit-deflate-frame",
    "server_no_context_takeover",
    "client_no_context_takeover",
    "server_max_window_bits",
    "client_max_window_bits",
];

/// The treatment of a header's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    /// Words of a list: those that are known stay, others become other words.
    List,
    /// Names that the other end repeats.
    Names,
    Number,
    Key,
    Accept,
    /// All of it is replaced.
    Secret,
}

impl Value {
    fn of(name: &[u8]) -> Self {
        const ROWS: &[(&str, Value)] = &[
            ("Connection", Value::List),
            ("Upgrade", Value::List),
            ("Transfer-Encoding", Value::List),
            ("Content-Encoding", Value::List),
            ("Sec-WebSocket-Extensions", Value::List),
            ("Sec-WebSocket-Protocol", Value::Names),
            ("Sec-WebSocket-Version", Value::Number),
            ("Content-Length", Value::Number),
            ("Sec-WebSocket-Key", Value::Key),
            ("Sec-WebSocket-Accept", Value::Accept),
        ];
        let row = ROWS.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name));
        row.map_or(Self::Secret, |(_, value)| *value)
    }
}

/// A request's head.
pub(super) fn request(request: &Request, words: &mut Words) -> Vec<u8> {
    rewritten(&request.head, request_line, |value, text| replace(value, text, None, words))
}

/// A response's head.
pub(super) fn response(response: &Response, words: &mut Words) -> Vec<u8> {
    let answered = response.upgrade.as_ref().filter(|upgrade| is_right(upgrade) == Some(true));
    let answered = answered.and_then(|upgrade| Some((upgrade.key.as_ref()?, upgrade.accept.as_ref()?)));
    let accept = answered.map(|(asked, answer)| (answer.clone(), accept(&key(asked, words))));
    let replaced = |value, text: &mut [u8]| replace(value, text, accept.as_ref(), words);
    rewritten(&response.head, response_line, replaced)
}

/// A byte of a head without an end, so far from its begin.
pub(super) fn unfinished(side: Side, at: u64) -> u8 {
    let begin = match side {
        Side::Client => REQUEST,
        Side::Server => RESPONSE,
    };
    usize::try_from(at).ok().and_then(|at| begin.get(at)).copied().unwrap_or(LETTER)
}

/// Each line of a head, without the spaces around it, to `first` or else its value to `value`.
fn rewritten(head: &Head, first: impl Fn(&mut [u8]), mut value: impl FnMut(Value, &mut [u8])) -> Vec<u8> {
    let mut bytes = head.raw.clone();
    let mut is_first = true;
    for line in bytes.split_inclusive_mut(|byte| *byte == b'\n') {
        let is_folded = matches!(line, [b' ' | b'\t', ..]);
        let text = trimmed(line);
        if text.is_empty() {
            continue;
        }
        let text = &mut line[text];
        if std::mem::take(&mut is_first) {
            first(text);
            continue;
        }
        let colon = text.iter().position(|byte| *byte == b':');
        match colon.filter(|colon| !is_folded && text[..*colon].iter().all(|byte| is_token(*byte))) {
            Some(colon) => {
                let kind = Value::of(&text[..colon]);
                let text = &mut text[colon + 1..];
                let inner = trimmed(text);
                value(kind, &mut text[inner]);
            }
            // No header: nothing of it is known to be harmless.
            None => text.fill(LETTER),
        }
    }
    bytes
}

/// Range of the text between spaces.
fn trimmed(line: &[u8]) -> Range<usize> {
    let begin = line.len() - line.trim_ascii_start().len();
    begin..begin + line.trim_ascii().len()
}

/// `HTTP/1.1`
fn is_version(text: &[u8]) -> bool {
    matches!(text, [b'H', b'T', b'T', b'P', b'/', major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit())
}

/// Method and version stay; of the target its slashes and where the query begins.
fn request_line(line: &mut [u8]) {
    let method = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
    let version = line.iter().rposition(|byte| *byte == b' ').unwrap_or(line.len());
    if !line[..method].iter().all(u8::is_ascii_uppercase) {
        line[..method].fill(LETTER);
    }
    let mut asked = false;
    for byte in &mut line[method..version.max(method)] {
        match *byte {
            b' ' => {}
            b'/' if !asked => {}
            b'?' if !asked => asked = true,
            _ => *byte = LETTER,
        }
    }
    if let Some(version) = line.get_mut(version + 1..).filter(|version| !is_version(version)) {
        // That it names HTTP is what makes it a request.
        let named = if version.starts_with(b"HTTP/") { 5 } else { 0 };
        version[named..].fill(LETTER);
    }
}

/// Version and status stay, and the phrase if it is the status' own.
fn response_line(line: &mut [u8]) {
    let mut places = line.split(|byte| *byte == b' ').map(<[u8]>::len);
    let version = places.next().unwrap_or(0);
    let status = version + 1..version + 1 + places.next().unwrap_or(0);
    if !is_version(&line[..version]) {
        let named = if line.starts_with(b"HTTP/") { 5 } else { 0 };
        line[named..version].fill(LETTER);
    }
    let code = line.get(status.clone()).and_then(|code| std::str::from_utf8(code).ok()?.parse().ok());
    if let Some(text) = line.get_mut(status.clone()).filter(|text| code.is_none() || text.len() != 3) {
        text.fill(LETTER);
    }
    let own = Status(code.unwrap_or(0)).phrase().as_bytes();
    if let Some(phrase) = line.get_mut(status.end + 1..).filter(|phrase| *phrase != own) {
        phrase.fill(LETTER);
    }
}

/// Puts a value in place of a value. `accept` is the accept that was right, and what is right now.
fn replace(value: Value, text: &mut [u8], accept: Option<&(String, String)>, words: &mut Words) {
    match value {
        Value::Secret => text.fill(LETTER),
        Value::Number => {
            text.iter_mut().filter(|byte| !byte.is_ascii_digit()).for_each(|byte| *byte = LETTER);
        }
        Value::List | Value::Names => list(value, text, words),
        Value::Key => {
            let instead = key(&String::from_utf8_lossy(text), words);
            if instead.len() == text.len() {
                text.copy_from_slice(instead.as_bytes());
            } else {
                text.fill(LETTER);
            }
        }
        Value::Accept => match accept {
            Some((right, now)) if right.as_bytes() == text => text.copy_from_slice(now.as_bytes()),
            _ => text.copy_from_slice(&words.word(text)),
        },
    }
}

/// A key in place of a key, as wrong as it is.
fn key(original: &str, words: &mut Words) -> String {
    match Key::parse(original.as_bytes()) {
        Ok(_) => words.key(original.as_bytes()).as_str().to_owned(),
        Err(KeyError::WrongLength(_)) => {
            original.bytes().map(|byte| if byte == b'=' { '=' } else { 'A' }).collect()
        }
        // No character of base64.
        Err(KeyError::NotBase64) => "-".repeat(original.len()),
    }
}

/// The words of a list, and the signs between them.
fn list(value: Value, text: &mut [u8], words: &mut Words) {
    for word in text.chunk_by_mut(|one, next| is_token(*one) == is_token(*next)) {
        if !is_token(word[0]) {
            let is_sign = |byte: u8| matches!(byte, b' ' | b'\t' | b',' | b';' | b'=' | b'"');
            word.iter_mut().filter(|byte| !is_sign(**byte)).for_each(|byte| *byte = LETTER);
            continue;
        }
        let is_window = word.len() <= 2 && word.iter().all(u8::is_ascii_digit);
        let is_known = KNOWN.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word));
        if value == Value::Names || !(is_window || is_known) {
            word.copy_from_slice(&words.word(word));
        }
    }
}
